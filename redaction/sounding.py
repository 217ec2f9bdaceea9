"""Names that a text does not spell but says: every character sounds like the name's, in some reading, without tones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from redaction.folding import IDEOGRAPH, fold
from redaction.spellings import readings, sharing

SYLLABLES_LEAST = 3
"""Two syllables are half of the language: 小漁 is 小魚 and 校譽."""


@cache
def _alike(character: str) -> str:
    """All characters that share a reading with this one, as text is folded; itself among them."""
    sounds = {sound for c in (character, fold(character)) for sound in readings(c)}
    return "".join(dict.fromkeys(fold(c) for sound in sorted(sounds) for c in sharing(sound))) or character


class Sounding:
    """Names of three syllables and more, by their sound.

    Args:
        surfaces: `(term, surface)`; others than names in ideographs are passed over.
    """

    def __init__(self, surfaces: Iterable[tuple[str, str]]) -> None:
        self._patterns: list[tuple[str, str, re.Pattern[str]]] = []
        for term, surface in surfaces:
            bare = re.sub(r"[\W_]", "", fold(surface))
            if len(bare) >= SYLLABLES_LEAST and all(IDEOGRAPH.match(c) and readings(c) for c in bare):
                pattern = "".join(f"[{re.escape(_alike(c))}]" for c in bare)
                self._patterns.append((term, bare, re.compile(f"(?=({pattern}))")))

    def find(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Where a name is said in other characters: `(start, end, term)`; not where it is spelt.

        >>> [where[:2] for where in Sounding([("p1/0", "陳筱明")]).find(fold("請晨曉鳴說，陳筱明"))]
        [(1, 4)]
        """
        if folded.isascii():
            return
        for term, bare, pattern in self._patterns:
            for found in pattern.finditer(folded):
                if found[1] != bare:
                    yield found.start(), found.end(1), term
