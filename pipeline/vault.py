"""cryptography's one door: bytes that can be read with one key only, which is never made twice.

AES-256-GCM, with a nonce of its own for every file. What is told in the clear beside the sealed bytes is bound to them:
a file whose clear part was changed does not open.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from speakers.disk import storage_error, sync
from speakers.error import RegisterError, VoiceprintError, ZhuziError
from speakers.record import digest

_BYTES = 32
_NONCE = 12


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
    """

    key: str
    what: str
    one: str
    setting: str
    without: str
    damaged: str
    error: type[ZhuziError]


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
            raise self._of.error(
                f"{self._of.one} is damaged, or was changed by something else than this program.",
                self._of.damaged,
            ) from error

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
