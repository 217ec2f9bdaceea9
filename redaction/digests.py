"""Unsalted digests of a name, whole or cut short, written or raw: a list of names undoes them."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator

ALGORITHMS = (
    "md5",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "blake2b",
    "blake2s",
    "sha3_256",
    "sha3_512",
)
HEX_LEAST, BASE64_LEAST = 12, 16
"""Characters of a digest that are too many for chance: 2^-48 and 2^-96."""

_HEX = re.compile(r"[0-9a-f](?:[:-]?[0-9a-f]){11,}")
_BASE64 = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z0-9+/_-]{16}))")


class Digests:
    """What the digests of some names begin with.

    Args:
        surfaces: `(term, surface)` for every way of writing each term.
    """

    def __init__(self, surfaces: list[tuple[str, str]]) -> None:
        self._hex: dict[str, tuple[str, str]] = {}
        self._base64: dict[str, tuple[str, str]] = {}
        self.raw: list[tuple[bytes, str, str]] = []
        for term, surface in surfaces:
            for data in self._written(surface):
                for algorithm in ALGORITHMS:
                    value = hashlib.new(algorithm, data, usedforsecurity=False).digest()
                    self._hex.setdefault(value.hex()[:HEX_LEAST], (term, f"hex digest {algorithm}"))
                    text = base64.b64encode(value).decode()[:BASE64_LEAST]
                    self._base64.setdefault(text, (term, f"base64 digest {algorithm}"))
                    self.raw.append((value[:HEX_LEAST], term, f"raw digest {algorithm}"))

    @staticmethod
    def _written(surface: str) -> set[bytes]:
        plain = unicodedata.normalize("NFC", surface)
        texts = {plain, plain.lower(), plain.upper(), plain.replace(" ", ""), plain.lower().replace(" ", "")}
        texts |= {t + "\n" for t in texts}  # `echo name | sha256sum`
        wide = {plain.encode("utf-16-le")}
        return {t.encode() for t in texts} | wide | {plain.encode("cp950", "ignore")} - {b""}

    def find(self, text: str) -> Iterator[tuple[int, str, str]]:
        """Where a digest stands: `(offset, term, what it is)`.

        Args:
            text: as written; a base64 digest would not survive folding.
        """
        for found in _HEX.finditer(text.lower()):
            run = found[0].replace(":", "").replace("-", "")
            # Within a run of ordinary length a digest may follow other digits; a long run is data.
            for at in range(len(run) - HEX_LEAST + 1 if len(run) <= 300 else 1):
                if hit := self._hex.get(run[at : at + HEX_LEAST]):
                    yield (found.start(), *hit)
        for found in _BASE64.finditer(text):
            if hit := self._base64.get(found[1].replace("-", "+").replace("_", "/")):
                yield (found.start(), *hit)
