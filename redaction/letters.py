"""How Latin words sound, roughly enough to compare them with what a recognizer wrote, in letters or in Chinese."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

_VOWELS = frozenset("aeiouv")
_PAIRS = """
b/p d/t g/k v/f v/b v/w f/h s/S l/r m/n C/S C/J J/S n/N t/T d/T s/T J/C k/h w/u i/j g/J s/J s/C t/C r/w b/f
"""
_ALIKE = frozenset(frozenset(pair.split("/")) for pair in _PAIRS.split())
_VOWEL_APART, _ALIKE_APART, _OTHER_APART = 0.35, 0.5, 1.0
_VOWEL_EXTRA, _WEAK_EXTRA, _EXTRA = 0.35, 0.45, 0.9
LEAST_EXTRA = min(_VOWEL_EXTRA, _WEAK_EXTRA)
"""What one sound more or less costs at least."""
_WEAK = frozenset("hrwnNTS")
"""Sounds that are dropped or added easily."""

_INITIALS = (
    ("zh", "J"), ("ch", "C"), ("sh", "S"), ("x", "S"), ("q", "C"), ("j", "J"), ("z", "J"), ("c", "C"), ("r", "r"),
    ("y", "i"), ("w", "u"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def sounds(word: str) -> str:
    """The sounds of a Latin word, a letter each.

    >>> sounds("Sheila"), sounds("Jessica"), sounds("George")
    ('Sila', 'Jesika', 'JeorJ')
    """
    word = word.casefold()
    for spelling, sound in (
        ("['’.-]", ""), ("tch|ch", "C"), ("sh|sch", "S"), ("ph", "f"), ("th", "T"), ("dg", "J"), ("wh", "w"),
        ("ck", "k"), ("^kn", "n"), ("gh", ""), ("j|g(?=[eiy])", "J"), ("ng", "N"), ("qu", "kw"), ("x", "ks"),
        ("c(?=[eiy])", "s"), ("[cq]", "k"), ("z", "s"), ("ee|ei|ea|ie(?=.)|ey$|ie$|y", "i"), ("oo|ou", "u"),
        ("ai|ay", "e"), ("(?<=[^aeiou])e$", ""), (r"(.)\1", r"\1"),
    ):  # fmt: skip
        word = re.sub(spelling, sound, word)
    return word


@lru_cache(maxsize=2_000)
def syllable_sounds(syllable: str) -> str:
    """The sounds of a toneless Mandarin syllable, as those of a Latin word.

    >>> syllable_sounds("xi"), syllable_sounds("wen"), syllable_sounds("zhi")
    ('Si', 'uen', 'J')
    """
    for initial, sound in _INITIALS:
        if syllable.startswith(initial):
            syllable = sound + syllable[len(initial) :]
            break
    if syllable[:1] in {"J", "C", "S", "s"} and syllable[1:] == "i" and syllable[0] != "S":
        return syllable[0]
    for final, plain in (
        ("ng", "N"),
        ("ai", "e"),
        ("ei", "e"),
        ("ao", "o"),
        ("ou", "o"),
        ("ie", "e"),
        ("ii", "i"),
        ("uu", "u"),
    ):
        syllable = syllable.replace(final, plain)
    return syllable


@lru_cache(maxsize=200_000)
def apart(a: str, b: str) -> float:
    """How far two rows of sounds are apart: the least cost of turning one into the other, about 1 a sound.

    >>> apart("Sila", "Sila"), apart("kevin", "kebin"), apart("kevin", "sat") > 2
    (0.0, 0.5, True)
    """
    row = [0.0]
    for d in b:
        row.append(row[-1] + _extra(d))
    for c in a:
        previous, row = row, [row[0] + _extra(c)]
        for n, d in enumerate(b, start=1):
            row.append(min(previous[n - 1] + _other(c, d), previous[n] + _extra(c), row[n - 1] + _extra(d)))
    return round(row[-1], 2)


def _extra(sound: str) -> float:
    return _VOWEL_EXTRA if sound in _VOWELS else _WEAK_EXTRA if sound in _WEAK else _EXTRA


def _other(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if a in _VOWELS and b in _VOWELS:
        return _VOWEL_APART
    return _ALIKE_APART if frozenset((a, b)) in _ALIKE else _OTHER_APART


_SPELT_ALIKE = 0.88


def spelt_alike(a: str, b: str) -> bool:
    """Whether two words differ by a slip of the pen."""
    return abs(len(a) - len(b)) <= 2 and JaroWinkler.similarity(a.casefold(), b.casefold()) >= _SPELT_ALIKE
