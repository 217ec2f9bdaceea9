"""jieba's one door: which words everybody uses, how much of a text is made of them, and which are names of people."""

from __future__ import annotations

import math
import warnings
from functools import cache, lru_cache
from typing import Any

from speakers.traditional import to_simplified

_LONGEST = 8
"""Characters of the longest word that is looked for in running text."""


@cache
def dictionary() -> dict[str, tuple[int, str]]:
    """Frequency and word class of jieba's words; read as data, so that its tokenizer and its cache are not needed."""
    from importlib import resources

    table: dict[str, tuple[int, str]] = {}
    lines = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        word, frequency, word_class = line.split(" ")
        table[word] = (int(frequency), word_class)
    return table


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's source is older than Python's warnings about it
        import jieba
        import jieba.posseg
    jieba.setLogLevel("CRITICAL")
    jieba.dt.FREQ, jieba.dt.total = jieba.dt.gen_pfdict(jieba.dt.get_dict_file())
    jieba.dt.initialized = True
    return jieba.posseg.dt


@cache
def _total() -> float:
    return math.log(sum(frequency for frequency, _ in dictionary().values()))


@lru_cache(maxsize=20_000)
def surprise(text: str) -> float:
    """How little a stretch of Chinese looks like words: -log of the likeliest way to cut it into words, in nats.

    A unigram model over the dictionary. Text that falls apart into single characters is a surprise, known words
    are little.

    >>> surprise("搞灰面") > surprise("交通局") > surprise("")
    True
    """
    return _cheapest(to_simplified(text))[0][-1]


def cut(text: str) -> tuple[str, ...]:
    """A stretch of Chinese in its likeliest words; together they are the text.

    >>> cut("交通局的会议")
    ('交通局', '的', '会议')
    """
    _, starts = _cheapest(to_simplified(text))
    words: list[str] = []
    end = len(text)
    while end:
        words.append(text[starts[end] : end])
        end = starts[end]
    return tuple(reversed(words))


def _cheapest(plain: str) -> tuple[list[float], list[int]]:
    """For every end of a Simplified text: nats of the likeliest way to cut it, and where its last word begins."""
    words, rarest = dictionary(), _total() + 1
    best, starts = [0.0], [0]
    for end in range(1, len(plain) + 1):
        ways = [(best[end - 1] + rarest, end - 1)]
        for start in range(max(0, end - _LONGEST), end):
            known = words.get(plain[start:end])
            if known:
                ways.append((best[start] + _total() - math.log(max(1, known[0])), start))
        cost, start = min(ways)
        best.append(cost)
        starts.append(start)
    return best, starts
