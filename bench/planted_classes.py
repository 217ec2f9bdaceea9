"""Which ways of mishearing a name are the usual ones, and which lie outside: decided without the matcher's code.

Usual in Mandarin: every syllable keeps a toneless reading, after zh/z, ch/c, sh/s, n/l, f/h, r/l and -ng/-n are one.
Usual in Latin letters: as many words, each at least .88 alike by Jaro-Winkler. All else is outside: another consonant
or vowel, a syllable more or less, Han for Latin.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, pinyin
from rapidfuzz.distance import JaroWinkler

_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "h": "f", "r": "l"}
_PARTS = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxzcsryw]?)(.+)")
_TOKENS = re.compile(r"[\u3400-\u9fff]|[A-Za-z']+|[0-9]+")


def tokens(text: str) -> list[str]:
    """Han characters one by one, Latin words and numbers, without signs between them.

    >>> tokens("請，Amy 說")
    ['請', 'Amy', '說']
    """
    return _TOKENS.findall(text)


def is_han(token: str) -> bool:
    """Whether a token is a Han character."""
    return len(token) == 1 and "\u3400" <= token <= "\u9fff"


@lru_cache(maxsize=50_000)
def readings(character: str) -> frozenset[str]:
    """Every toneless reading."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(r.replace("ü", "v") for row in found for r in row)


@lru_cache(maxsize=50_000)
def merged(character: str) -> frozenset[str]:
    """Every reading once what is often confused is one.

    >>> merged("承") & merged("岑") == {"cen"}
    True
    """
    return frozenset(_merged(r) for r in readings(character))


def _merged(syllable: str) -> str:
    found = _PARTS.fullmatch(syllable)
    if found is None:
        return syllable
    initial, final = found.groups()
    return _INITIALS.get(initial, initial) + re.sub("ng$", "n", final)


def wrong(said: str, heard: str) -> int:
    """How many tokens of a name are outside the usual classes; a token more or less counts as one.

    >>> wrong("承恩", "程恩"), wrong("承恩", "岑恩"), wrong("承恩", "成都"), wrong("承恩", "恩")
    (0, 0, 1, 1)
    """
    a, b = tokens(said), tokens(heard)
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row = row, [i]
        for j, y in enumerate(b, start=1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (not alike(x, y))))
    return row[-1]


@lru_cache(maxsize=100_000)
def alike(a: str, b: str) -> bool:
    """Whether two tokens are one, or confused in a usual way."""
    if is_han(a) and is_han(b):
        return a == b or not merged(a).isdisjoint(merged(b))
    return a.casefold() == b.casefold() or (
        not is_han(a) and not is_han(b) and JaroWinkler.similarity(a.casefold(), b.casefold()) >= 0.88
    )


@lru_cache(maxsize=100_000)
def same(a: str, b: str) -> bool:
    """Whether two tokens are one, or share a toneless reading."""
    return a.casefold() == b.casefold() or (
        is_han(a) and is_han(b) and not readings(a).isdisjoint(readings(b))
    )
