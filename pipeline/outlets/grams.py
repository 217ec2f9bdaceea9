"""In which records two characters stand beside each other: the index of the page's search, in scripts.

Two characters and not words: jieba cuts the same characters otherwise in a question than in a sentence, and then finds
nothing. `find.js` reads texts by the same rules; a test holds one against the other.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

SHARDS = 512
"""Scripts: a search loads as many as it has pairs of characters."""

_RUN = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """A text as it is compared, character by character: width, case, and 台 for 臺.

    >>> fold("ＡＢc 臺北")
    'abc 台北'
    """
    return "".join(map(_folded, text))


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character).lower().replace("臺", "台")


def runs(text: str) -> list[str]:
    """What is searched for: letters and digits, folded, cut at everything else.

    >>> runs("寵物「友善」, Open-Data")
    ['寵物', '友善', 'open', 'data']
    """
    return _RUN.findall(fold(text))


def grams(texts: Iterable[str]) -> set[str]:
    """Every character, and every two that stand beside each other in a run."""
    found: set[str] = set()
    for text in texts:
        for run in runs(text):
            found.update(run)
            found.update(map("".join, itertools.pairwise(run)))
    return found


def shard_of(gram: str) -> int:
    """In which script a character or two stand."""
    first, *second = map(ord, gram)
    return (first * 31 + sum(second)) % SHARDS


def shards(records: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """The scripts, (SHARDS,): of each gram in which records it stands, as differences in base 36.

    Args:
        records: texts of each record, in the order of the page.
    """
    found: list[dict[str, list[int]]] = [{} for _ in range(SHARDS)]
    for number, texts in enumerate(records):
        for gram in grams(texts):
            found[shard_of(gram)].setdefault(gram, []).append(number)
    for number, shard in enumerate(found):
        table = {gram: _differences(shard[gram]) for gram in sorted(shard)}
        said = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
        yield f"zhuzi.grams({number},{said});\n".encode("utf-8", "surrogatepass")
        shard.clear()


def _differences(numbers: list[int]) -> str:
    before, pieces = 0, []
    for number in numbers:
        pieces.append(_in_base_36(number - before))
        before = number
    return " ".join(pieces)


@lru_cache(maxsize=20_000)
def _in_base_36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    written = ""
    while number or not written:
        number, rest = divmod(number, 36)
        written = digits[rest] + written
    return written
