"""jieba's one door: which words everybody uses, how much of a text is made of them, and which are names of people."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from speakers.taiwan_words import words
from speakers.traditional import to_simplified
from speakers.word_table import Classes, Frequencies, WordTable

_LONGEST = 8
"""Characters of the longest word that is looked for in running text."""

_EVERYDAY_FREQUENCY, _COMMON_FREQUENCY = 50, 1_000

_TAIWAN_FREQUENCY = 500
"""Of a word that only Taiwan has, in a dictionary of 60 million."""


@cache
def _jieba() -> tuple[WordTable, int]:
    """Jieba's words, and how often it says that all of them are said; read as data, so that its cache is not needed."""
    from importlib import resources

    total = 0

    def rows() -> Iterator[tuple[str, int, str]]:
        nonlocal total
        with resources.files("jieba").joinpath("dict.txt").open(encoding="utf-8") as lines:
            for line in lines:
                word, frequency, word_class = line.split()
                total += int(frequency)
                yield word, int(frequency), word_class

    table = WordTable(rows(), bits=20)
    return table, total


@cache
def _taiwan() -> tuple[WordTable, int]:
    """What Taiwan says more often than jieba knows, and how much more that is together."""
    table, more = _jieba()[0], 0
    rows: dict[str, tuple[int, str]] = {}
    for word in map(to_simplified, words()):
        known, word_class = rows.get(word) or table.get(word) or (0, "n")
        more += max(known, _TAIWAN_FREQUENCY) - known
        rows[word] = (max(known, _TAIWAN_FREQUENCY), word_class)
    return WordTable(((word, *row) for word, row in rows.items()), bits=14), more


def entry(word: str) -> tuple[int, str] | None:
    """Frequency and word class of a Simplified word of jieba's or of Taiwan's; None for what is none.

    >>> entry("交通局") is not None, entry("通局")
    (True, None)
    """
    return _taiwan()[0].get(word) or _jieba()[0].get(word)


@lru_cache(maxsize=20_000)
def people(text: str) -> tuple[tuple[int, int], ...]:
    """Where the part-of-speech tagger sees names of people in Chinese: `(char_start, char_end)`; it is wrong often.

    >>> people("昨天王小明來過")
    ((2, 5),)
    """
    plain = to_simplified(text)
    if len(plain) != len(text):
        plain = "".join(s if len(s) == 1 else c for c in text for s in [to_simplified(c)])
    places, at = [], 0
    for word, word_class in _tagger().cut(plain):
        if word_class.startswith("nr") and len(word) > 1:
            places.append((at, at + len(word)))
        at += len(word)
    return tuple(places)


@cache
def _tagger() -> Any:
    """The tagger of jieba, with its dictionary read here.

    By itself it would keep a cache in the folder for temporary files, and believe whatever lies there.
    """
    table, total = _jieba()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's source is older than Python's warnings about it
        import jieba

        dict_file, jieba.dt.get_dict_file = jieba.dt.get_dict_file, io.BytesIO
        import jieba.posseg  # it reads the classes of words at once, from nowhere
    jieba.setLogLevel("CRITICAL")
    jieba.dt.get_dict_file = dict_file
    jieba.dt.FREQ, jieba.dt.total = Frequencies(table), total
    jieba.dt.initialized = True
    jieba.posseg.dt.word_tag_tab = Classes(table)
    return jieba.posseg.dt


@cache
def _total() -> float:
    return math.log(_jieba()[0].total + _taiwan()[1])


class Lattice:
    """Every way to cut a row of characters into words, so that any stretch of it can be asked about at once.

    A unigram model over the dictionary: text that falls apart into single characters is a surprise, known words are
    little.

    Args:
        characters: (n,) one character each; a token of several (a Latin word) is one unknown word.
        breaks: places in 1..n-1 before which a sign stands, so that no word reaches over them.
    """

    def __init__(self, characters: Sequence[str], breaks: Collection[int] = ()) -> None:
        total = _total()
        jieba, taiwan = _jieba()[0], _taiwan()[0]
        plain = _plain(characters)
        size = len(plain)
        self._edges: list[list[tuple[int, float]]] = [[] for _ in range(size)]
        for start in range(size):
            edges, word = self._edges[start], ""
            edges.append((start + 1, total + 1))
            for end in range(start + 1, min(size, start + _LONGEST) + 1):
                word += plain[end - 1]
                known = taiwan.get(word) or jieba.get(word)
                if known:
                    edges.append((end, total - math.log(max(1, known[0]))))
                if end in breaks or not (jieba.begins(word) or taiwan.begins(word)):
                    break
        self._before = [0.0] + [math.inf] * size
        for start, edges in enumerate(self._edges):
            for end, nats in edges:
                self._before[end] = min(self._before[end], self._before[start] + nats)
        self._after = [math.inf] * size + [0.0]
        for start in range(size - 1, -1, -1):
            self._after[start] = min(nats + self._after[end] for end, nats in self._edges[start])

    @property
    def surprise(self) -> float:
        """-log of the likeliest way to cut all of it into words, in nats."""
        return self._before[-1]

    def words(self) -> Iterator[tuple[int, int]]:
        """Where the words of the likeliest way begin and end."""
        start = 0
        while start < len(self._edges):
            end = min(self._edges[start], key=lambda edge: edge[1] + self._after[edge[0]])[0]
            yield start, end
            start = end

    def gain(self, start: int, end: int) -> float:
        """How much less of a surprise the text is if `[start, end)` was something else, which costs nothing.

        Negative where taking it out would cut words around it in two.
        """
        return self._before[-1] - self._before[start] - self._after[end]


def _plain(characters: Sequence[str]) -> Sequence[str]:
    """Each character simplified."""
    plain = to_simplified("".join(characters))
    return plain if len(plain) == len(characters) else [to_simplified(c) for c in characters]


@lru_cache(maxsize=20_000)
def surprise(text: str) -> float:
    """How little a stretch of Chinese looks like words: -log of the likeliest way to cut it into words, in nats.

    >>> surprise("搞灰面") > surprise("交通局") > surprise("")
    True
    """
    return Lattice(text).surprise


def cut(text: str) -> tuple[str, ...]:
    """A stretch of Chinese in its likeliest words; together they are the text.

    >>> cut("交通局的会议")
    ('交通局', '的', '会议')
    """
    return tuple(text[start:end] for start, end in Lattice(text).words())


def frequency(word: str) -> int:
    """How often a word stands in the 60 million of the dictionary; 0 for what is no word."""
    return (entry(to_simplified(word)) or (0, ""))[0]


def is_word(word: str, least: int = 1) -> bool:
    """Whether it is a word that is no name, and at least so frequent.

    >>> is_word("太陽"), is_word("太陽", 10**9), is_word("王小明")
    (True, False, False)
    """
    known, word_class = entry(to_simplified(word)) or (0, "nr")
    return known >= least and not word_class.startswith("nr")


def is_everyday(word: str) -> bool:
    """Whether it is no name, and said so often that it is somebody's nickname only as often as not (小魚 in 小魚乾)."""
    return is_word(word, _EVERYDAY_FREQUENCY)


def is_common(word: str) -> bool:
    """Whether everybody uses this word, whoever is also called that."""
    return frequency(word) >= _COMMON_FREQUENCY
