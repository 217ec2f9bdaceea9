"""Half a million words in a few megabytes: what Python's own dictionary of them would take a hundred for.

Words are known by their 64-bit hash alone. That another text has the hash of one of them happens once in 10^13.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

_BEGINNING = 255
"""In the place of a word class: only words that go on begin so."""


class WordTable:
    """Frequency and class of words, and whether any word begins in some way.

    Args:
        rows: `(word, frequency, class)`; the last row of a word counts.
        bits: there are so many places, as a power of two: twice as many as words and beginnings of words.
    """

    def __init__(self, rows: Iterable[tuple[str, int, str]], bits: int) -> None:
        self._last = (1 << bits) - 1
        self._hashes = array("q", [0]) * (1 << bits)
        self._frequencies = array("I", [0]) * (1 << bits)
        self._classes = array("B", [0]) * (1 << bits)
        self._names: list[str] = []
        numbers: dict[str, int] = {}
        for word, frequency, name in rows:
            number = numbers.setdefault(name, len(numbers))
            slot = self._slot(word)
            self._hashes[slot] = _hash(word)
            self._frequencies[slot], self._classes[slot] = frequency, number
            for length in range(len(word) - 1, 0, -1):
                slot = self._slot(word[:length])
                if self._hashes[slot]:  # and so are all shorter ones
                    break
                self._hashes[slot], self._classes[slot] = _hash(word[:length]), _BEGINNING
        self._names = list(numbers)

    def _slot(self, text: str) -> int:
        """Where a text stands, or would stand."""
        wanted, hashes = _hash(text), self._hashes
        slot = wanted & self._last
        while (there := hashes[slot]) and there != wanted:
            slot = (slot + 1) & self._last
        return slot

    @property
    def total(self) -> int:
        """How often all of the words are said."""
        return sum(self._frequencies)

    def begins(self, text: str) -> bool:
        """Whether a word is this, or begins so."""
        return self._hashes[self._slot(text)] != 0

    def get(self, word: str) -> tuple[int, str] | None:
        """Frequency and class of a word; None for what is none.

        >>> table = WordTable([("交通局", 3, "n")], 4)
        >>> table.get("交通局"), table.get("交通"), table.begins("交通"), table.begins("通")
        ((3, 'n'), None, True, False)
        """
        slot = self._slot(word)
        if not self._hashes[slot] or self._classes[slot] == _BEGINNING:
            return None
        return self._frequencies[slot], self._names[self._classes[slot]]


def _hash(text: str) -> int:
    """Never 0.

    Python hashes the bytes of a string, and stores "AP" in the same two as 「偁」, unless a Han character is there.
    """
    return hash(f"一{text}") or 1


class Frequencies:
    """The same for jieba's tokenizer: the frequency of words, 0 of what only begins one.

    Args:
        table: of its words.
    """

    def __init__(self, table: WordTable) -> None:
        self._table = table

    def __contains__(self, text: str) -> bool:
        return self._table.begins(text)

    def __getitem__(self, text: str) -> int:
        return (self._table.get(text) or (0, ""))[0]

    def get(self, text: str, default: int | None = None) -> int | None:
        """As a dictionary does."""
        return self[text] if self._table.begins(text) else default


class Classes:
    """The same for jieba's tagger: the class of words.

    Args:
        table: of its words.
    """

    def __init__(self, table: WordTable) -> None:
        self._table = table

    def get(self, word: str, default: str) -> str:
        """As a dictionary does."""
        found = self._table.get(word)
        return found[1] if found else default
