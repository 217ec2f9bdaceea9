"""Digests of a name, whole or cut short, written or raw: a list of names undoes them.

Unsalted ones, and those salted with what everybody knows: the meeting's ID.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
import uuid
from collections.abc import Iterator

from speakers.record import digest

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

SEALED_AS = "participant"
"""What stands before a name in the digest by which this program tells people apart."""

_NAMESPACES = tuple(
    space.bytes
    for space in (
        uuid.NAMESPACE_DNS,
        uuid.NAMESPACE_URL,
        uuid.NAMESPACE_OID,
        uuid.NAMESPACE_X500,
        uuid.UUID(int=0),
    )
)
"""What a UUID of version 3 or 5 puts before the name; its first 48 bits are the digest's."""

_HEX = re.compile(r"[0-9a-f](?:[:/-]?[0-9a-f]){11,}")
_BASE64 = re.compile(r"(?<![A-Za-z0-9])(?=([A-Za-z0-9+/_-]{16}))")


class Digests:
    """What the digests of some names begin with.

    Args:
        surfaces: `(term, surface)` for every way of writing each term.
        salts: what may have been put before or behind it, or used as a key.
    """

    def __init__(self, surfaces: list[tuple[str, str]], salts: tuple[str, ...] = ()) -> None:
        self._hex: dict[str, tuple[str, str]] = {}
        self._base64: dict[str, tuple[str, str]] = {}
        self.raw: list[tuple[bytes, str, str]] = []
        for term, surface in surfaces:
            written = self._written(surface)
            spaced = {space + data for space in _NAMESPACES for data in written}
            salted = spaced | {
                mixed for salt in salts for data in written for mixed in self._salted(data, salt)
            }
            for data in {*written, *salted}:
                for algorithm in ALGORITHMS:
                    value = hashlib.new(algorithm, data, usedforsecurity=False).digest()
                    self._note(value, term, algorithm + (", salted" if data in salted else ""))
            plain = unicodedata.normalize("NFC", surface)
            for parts in ((plain,), *((before, plain) for before in (SEALED_AS, *salts))):
                self._note(bytes.fromhex(digest(*parts)), term, "sha256, a seal")
            for key in (salt.encode() for salt in salts):
                for algorithm in ("md5", "sha1", "sha256", "sha512"):
                    value = hmac.digest(key, unicodedata.normalize("NFC", surface).encode(), algorithm)
                    self._note(value, term, f"{algorithm}, keyed")

    def _note(self, value: bytes, term: str, how: str) -> None:
        self._hex.setdefault(value.hex()[:HEX_LEAST], (term, f"hex digest {how}"))
        self._base64.setdefault(
            base64.b64encode(value).decode()[:BASE64_LEAST], (term, f"base64 digest {how}")
        )
        self.raw.append((value[:HEX_LEAST], term, f"raw digest {how}"))

    @staticmethod
    def _salted(data: bytes, salt: str) -> set[bytes]:
        key = salt.encode()
        return {
            mixed
            for sign in (b"", b":", b"/", b"-", b"_", b"|", b" ", b"\0", b"\n")
            for mixed in (key + sign + data, data + sign + key)
        }

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
            run = re.sub("[:/-]", "", found[0])
            # Within a run of ordinary length a digest may follow other digits; a long run is data.
            for at in range(len(run) - HEX_LEAST + 1 if len(run) <= 300 else 1):
                if hit := self._hex.get(run[at : at + HEX_LEAST]):
                    yield (found.start(), *hit)
        for found in _BASE64.finditer(text):
            if hit := self._base64.get(found[1].replace("-", "+").replace("_", "/")):
                yield (found.start(), *hit)
