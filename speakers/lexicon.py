"""jieba's dictionary, its one door: which words everybody uses, and how much of a text is made of them."""

from __future__ import annotations

import math
from functools import cache, lru_cache

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
