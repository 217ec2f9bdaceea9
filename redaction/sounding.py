"""Names that a text does not spell but says: in other characters of the same sound, or in another English spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from redaction.folding import IDEOGRAPH, fold
from redaction.spellings import readings, sharing

SYLLABLES_LEAST = 3
"""Two syllables are half of the language: 小漁 is 小魚 and 校譽."""


@cache
def _alike(character: str) -> str:
    """All characters that share a reading with this one, as text is folded; itself among them."""
    sounds = {sound for c in (character, fold(character)) for sound in readings(c)}
    shared = (fold(c) for sound in sorted(sounds) for c in sharing(sound))
    return "".join(dict.fromkeys((fold(character), *shared)))


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


_WORD = re.compile("[a-z]+(?:['’][a-z]+)*")
_SOUNDS = (
    ("tch", "X"), ("sch", "X"), ("ch", "X"), ("sh", "X"), ("ph", "f"), ("ght", "t"), ("gh", "g"), ("ck", "k"),
    ("kn", "n"), ("wr", "r"), ("wh", "w"), ("dge", "j"), ("th", "t"), ("x", "ks"), ("qu", "kw"), ("q", "k"), ("v", "f"),
    ("z", "s"), ("d", "t"), ("b", "p"),
)  # fmt: skip
_SOFT = re.compile("c(?=[eiy])")
_SOFT_G = re.compile("g(?=[eiy])")
CODE_LEAST = 6
"""Consonants by which a name in letters is told from any other words."""


WORD_LEAST, WORD_CODE_LEAST = 7, 4
"""Letters and consonants of a name of one word."""


@lru_cache(maxsize=50_000)
def consonants(word: str) -> str:
    """What remains of a word's sound however its vowels are spelt.

    >>> consonants("noelle"), consonants("noel"), consonants("darcy") == consonants("darcey")
    ('nl', 'nl', True)
    """
    word = re.sub("['’]", "", word)
    word = _SOFT_G.sub("j", _SOFT.sub("s", word))
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    word = word.replace("c", "k")
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiouyhw]", "", word))


def _close(word: str, name: str) -> bool:
    return word != name and word[0] == name[0] and abs(len(word) - len(name)) <= 1


class Misheard:
    """Names in letters, by their consonants: Noel Darcey Finch for Noëlle D'Arcy-Finch.

    One word has too few of them to tell a name by: it has to begin with the same letter and be as long as the name,
    give or take one.

    Args:
        surfaces: `(term, surface)`; short names and those in ideographs are passed over.
    """

    def __init__(self, surfaces: Iterable[tuple[str, str]]) -> None:
        self._terms: dict[str, tuple[str, str]] = {}
        self._beginnings: set[str] = set()
        self._single: dict[str, tuple[str, str]] = {}
        for term, surface in surfaces:
            words = _WORD.findall(fold(surface))
            code = "".join(map(consonants, words))
            if len(words) == 1 and len(words[0]) >= WORD_LEAST and len(code) >= WORD_CODE_LEAST:
                if not IDEOGRAPH.search(surface):
                    self._single.setdefault(code, (term, words[0]))
            elif len(words) > 1 and len(code) >= CODE_LEAST and not IDEOGRAPH.search(surface):
                self._terms.setdefault(code, (term, re.sub("[^a-z]", "", "".join(words))))
                self._beginnings |= {code[:n] for n in range(1, len(code))}

    def find(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Where words have the consonants of a name: `(start, end, term)`; not where it is spelt."""
        if not self._terms and not self._single:
            return
        words = [(m.start(), m.end(), consonants(m[0])) for m in _WORD.finditer(folded)]
        for first, (start, _, begun) in enumerate(words):
            at, code = first, begun
            if (alone := self._single.get(code)) and _close(folded[start : words[at][1]], alone[1]):
                yield start, words[at][1], alone[0]
            while code in self._beginnings and at + 1 < len(words) and at - first < 8:
                at += 1
                if words[at][0] - words[at - 1][1] > 3:
                    break
                code += words[at][2]
                if (known := self._terms.get(code)) and re.sub(
                    "[^a-z]", "", folded[start : words[at][1]]
                ) != known[1]:
                    yield start, words[at][1], known[0]
