"""Searching the text of a record: folded as the rules fold it, so that 台 finds 臺 and ＡＢＣ finds abc."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from redaction.folding import fold
from speakers.error import RecordError
from speakers.record import Statement

LONGEST = 200
"""Characters of what may be searched for."""

MOST = 2_000
"""Hits that are placed; beyond them they are only counted."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found.

    Attributes:
        count: how often it stands there, all in all.
        places: (n_places,) statement id, first character and one past the last, in reading order; at most `MOST`.
    """

    count: int
    places: tuple[tuple[str, int, int], ...]


def search(statements: Iterable[Statement], wanted: str) -> Hits:
    """Where a text stands, whatever its width, case, accents, variants of characters, and spaces.

    Raises:
        RecordError: If there is nothing to look for, or too much.
    """
    needle = "".join(_folded(c) for c in wanted)
    if not needle or len(wanted) > LONGEST:
        raise RecordError(f"A search needs 1 to {LONGEST} characters.", "Type some of the words.")
    count, places = 0, []
    for statement in statements:
        text = statement.text
        if needle not in _line(text):
            continue
        for start, end in _in_text(text, needle):
            count += 1
            if count <= MOST:
                places.append((statement.id, start, end))
    return Hits(count, tuple(places))


def _in_text(text: str, needle: str) -> Iterator[tuple[int, int]]:
    """Half-open stretches of the text that read like the needle, none of which overlap."""
    pieces = [_folded(c) for c in text]
    whose = [index for index, piece in enumerate(pieces) for _ in piece]
    line, at = "".join(pieces), 0
    while (found := line.find(needle, at)) >= 0:
        yield whose[found], whose[found + len(needle) - 1] + 1
        at = found + len(needle)


@lru_cache(maxsize=20_000)
def _line(text: str) -> str:
    return "".join(_folded(c) for c in text)


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    return "".join(fold(character).split())
