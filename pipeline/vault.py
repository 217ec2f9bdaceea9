"""cryptography's one door: bytes that can be read with one key only, which is never made twice.

AES-256-GCM, with a nonce of its own for every file. What is told in the clear beside the sealed bytes is bound to them:
a file whose clear part was changed does not open. Large files are sealed in pieces, none of which can be changed, left
out, cut off or put elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from speakers.disk import storage_error, sync
from speakers.error import RegisterError, StorageError, VoiceprintError, ZhuziError
from speakers.record import digest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_BYTES = 32
_NONCE = 12
_SALT, _TAG = 32, 16

PIECE = 1 << 20
"""Bytes of a large file that are sealed at once; so much of it is in memory, and a little more."""


class Readable(Protocol):
    """Something that is read from its beginning to its end."""

    def read(self, size: int, /) -> bytes:
        """So many bytes at most; none at the end."""


class DamagedError(StorageError):
    """Something in a store is not what was put there, or gone."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a key seals, in the words of its errors.

    Attributes:
        key: what tells its key from those of other contents.
        what: all of it.
        one: a piece of it.
        setting: the variable that names the key's file.
        without: what is left without the key, as the end of a sentence.
        damaged: what to do about a damaged piece.
        error: raised where it does not open.
        torn: raised instead where it is damaged, so that it can be told from a key that is missing.
    """

    key: str
    what: str
    one: str
    setting: str
    without: str
    damaged: str
    error: type[ZhuziError]
    torn: type[ZhuziError] | None = None


VOICEPRINTS = Contents(
    "zhuzi voiceprint key",
    "the voiceprints",
    "A voiceprint",
    "ZHUZI_VOICEPRINT_KEY",
    "without it the prints can only be deleted",
    "Restore it from a backup, or delete it: zhuzi unenroll ID.",
    VoiceprintError,
)
REGISTER = Contents(
    "zhuzi register key",
    "the consent register",
    "An entry of the consent register",
    "ZHUZI_REGISTER_KEY",
    "without it nobody knows who is to be hidden, and nothing can be reviewed or released",
    "Restore it from a backup.",
    RegisterError,
)
STORE = Contents(
    "zhuzi store key",
    "the store",
    "An object in the store",
    "ZHUZI_STORE_KEY",
    "without it nothing in the store can be read; the data directory needs none",
    "Run it again: the machine with the data directory sends it anew.",
    StorageError,
    DamagedError,
)


class Vault:
    """A key, and what it opens.

    Args:
        key_file: where the key is, readable by its owner only.
        contents: what it seals.
    """

    def __init__(self, key_file: Path, contents: Contents = VOICEPRINTS) -> None:
        self.key_file = key_file
        self._of = contents

    def create(self) -> None:
        """Make a key, unless there is one.

        Call it only where nothing was sealed yet.
        """
        if self.key_file.exists():
            return
        try:
            self.key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            sync(self.key_file.parent)
        except FileExistsError:  # another process was faster; its key is the key
            return
        except OSError as error:
            raise storage_error(self.key_file, error) from error

    @property
    def id(self) -> str:
        """Tells this key from others, and tells nothing of it."""
        return digest(self._of.key, self._key().hex())[:16]

    def seal(self, plain: bytes, clear: bytes) -> bytes:
        """Encrypt; `clear` is bound to it and not in it."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key()).encrypt(nonce, plain, clear)

    def open(self, sealed: bytes, clear: bytes) -> bytes:
        """Decrypt.

        Raises:
            ZhuziError: The contents' own, if the key is another one, or a byte was changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self._key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], clear)
        except (InvalidTag, ValueError) as error:
            raise self._damaged() from error

    def seal_pieces(self, plain: Readable, clear: bytes) -> Iterator[bytes]:
        """Encrypt a large file piece by piece, each under a number and whether it is the last one."""
        salt = secrets.token_bytes(_SALT)
        cipher = self._of_pieces(salt, clear)
        yield salt
        piece, number = _read(plain, PIECE), 0
        while True:
            following = _read(plain, PIECE) if len(piece) == PIECE else b""
            yield cipher.encrypt(_numbered(number, last=not following), piece, None)
            if not following:
                return
            piece, number = following, number + 1

    def open_pieces(self, sealed: Readable, clear: bytes) -> Iterator[bytes]:
        """Decrypt what `seal_pieces` made; what comes out counts only once all of it came.

        Raises:
            ZhuziError: The contents' own, if the key is another one, a byte was changed, or the end is missing.
        """
        from cryptography.exceptions import InvalidTag

        cipher = self._of_pieces(_read(sealed, _SALT), clear)
        piece, number = _read(sealed, PIECE + _TAG), 0
        while True:
            following = _read(sealed, PIECE + _TAG) if len(piece) == PIECE + _TAG else b""
            try:
                yield cipher.decrypt(_numbered(number, last=not following), piece, None)
            except (InvalidTag, ValueError) as error:
                raise self._damaged() from error
            if not following:
                return
            piece, number = following, number + 1

    def name(self, *parts: str) -> str:
        """A name for something that only who has the key can tell from any other name: 64 hexadecimal digits."""
        key = hmac.digest(self._key(), b"names", "sha256")
        return hmac.new(key, digest(*parts).encode(), hashlib.sha256).hexdigest()

    def _of_pieces(self, salt: bytes, clear: bytes) -> AESGCM:
        """The cipher of one file: with a key of its own, so that numbers will do as nonces."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return AESGCM(HKDF(SHA256(), _BYTES, salt, b"pieces " + clear).derive(self._key()))

    def _damaged(self) -> ZhuziError:
        return (self._of.torn or self._of.error)(
            f"{self._of.one} is damaged, or was changed by something else than this program.",
            self._of.damaged,
        )

    def _key(self) -> bytes:
        try:
            if self.key_file.stat().st_mode & 0o077:
                raise self._of.error(
                    f"The key {self.key_file} can be read by others.",
                    f"Run chmod 600 {self.key_file} so that only you can read it.",
                )
            key = bytes.fromhex(self.key_file.read_text(encoding="ascii"))
        except FileNotFoundError:
            raise self._of.error(
                f"The key of {self._of.what}, {self.key_file}, is missing.",
                f"Restore it from a backup, or set {self._of.setting}; {self._of.without}.",
            ) from None
        except OSError as error:
            raise storage_error(self.key_file, error) from error
        except ValueError:
            key = b""
        if len(key) != _BYTES:
            raise self._of.error(f"{self.key_file} is no key.", "Restore it from a backup.")
        return key


def _read(source: Readable, size: int) -> bytes:
    """Exactly so many bytes, fewer only at the end."""
    parts: list[bytes] = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _numbered(number: int, *, last: bool) -> bytes:
    """The nonce of a piece."""
    return number.to_bytes(_NONCE - 1, "big") + (b"\1" if last else b"\0")
