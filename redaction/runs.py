"""What base64 makes of a name wherever it stands in longer data: three shifts, of which the middle is always alike."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

CERTAIN = 6
"""Letters of base64 that are too many for chance: 2^-36 at each place."""


def _middles(data: bytes) -> Iterator[str]:
    """The letters that only these bytes decide, for each of the three places that they may begin at."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        first = (shift * 8 + 5) // 6
        last = (shift + len(data)) * 8 // 6
        yield text[first:last]


class Runs:
    """Names inside runs of base64, of either alphabet.

    Args:
        surfaces: `(term, surface)` for every way of writing each term.
    """

    def __init__(self, surfaces: Iterable[tuple[str, str]]) -> None:
        self._terms: dict[str, str] = {}
        for term, surface in surfaces:
            for codec in ("utf-8", "utf-16-le", "utf-16-be", "cp950"):
                for cased in {surface, surface.lower()}:
                    for middle in _middles(cased.encode(codec, "ignore")):
                        if len(middle) >= CERTAIN:
                            self._terms.setdefault(middle, term)
        longest = sorted(self._terms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)) or r"(?!)")

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Where one stands: `(offset, term)`.

        >>> import base64
        >>> [t for _, t in Runs([("p1/0", "小漁")]).find("x" + base64.b64encode("一小漁".encode()).decode())]
        ['p1/0']
        """
        if "-" in text or "_" in text:
            text = text.translate(_ONE_ALPHABET)
        for found in self._pattern.finditer(text):
            yield found.start(), self._terms[found[0]]


_ONE_ALPHABET = str.maketrans("-_", "+/")
