"""pyrage's one door: the age format, which the program `age` of every system opens as well.

Archives are made for a public key, so that what is on the machine every night cannot open them. The secret key, which
does, is made once and kept elsewhere; a passphrase may lock its file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from speakers.disk import storage_error, sync
from speakers.error import KeepingError

SECRET = b"AGE-SECRET-KEY-"
"""What a secret key begins with."""

_LOCKED = b"age-encryption.org/v1\n-> scrypt "
_PUBLIC = re.compile(r"age1[0-9a-z]{20,4000}")
_LONGEST = 1 << 16


def new_key(path: Path, passphrase: str = "") -> str:
    """Make a secret key, and write it into a file that only its owner reads.

    Args:
        path: of the file; never over another one.
        passphrase: locks the file; empty for none.

    Returns:
        The public key that belongs to it.

    Raises:
        KeepingError: If there is such a file.
        StorageError: If it cannot be written.
    """
    import pyrage

    made = pyrage.x25519.Identity.generate()
    public = str(made.to_public())
    text = f"# public key: {public}\n{made}\n".encode()
    if passphrase:
        text = pyrage.passphrase.encrypt(text, passphrase)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        sync(path.parent)
    except FileExistsError:
        raise KeepingError(
            f"{path} is already there.", "Choose another name: a key is never written over another one."
        ) from None
    except OSError as error:
        raise storage_error(path, error) from error
    return public


def public_keys(given: str) -> tuple[Any, ...]:
    """The public keys of a setting, with commas between.

    Raises:
        KeepingError: If there is none, or one that is none.
    """
    import pyrage

    names = [name for name in re.split(r"[,\s]+", given) if name]
    try:
        keys = tuple(pyrage.x25519.Recipient.from_str(name) for name in names if _PUBLIC.fullmatch(name))
    except pyrage.RecipientError:
        keys = ()
    if not names or len(keys) != len(names):
        what = "ZHUZI_BACKUP_TO is no public key." if names else "Nobody said for which key to back up."
        raise KeepingError(
            what, "Make one (zhuzi backup-key FILE), and put what it prints into ZHUZI_BACKUP_TO."
        )
    return keys


def secret_key(path: Path, passphrase: Callable[[], str]) -> Any:
    """The secret key of a file.

    Args:
        path: of the file, as `new_key` or the program `age-keygen` wrote it.
        passphrase: asks for it, where one locks the file.

    Raises:
        KeepingError: If it holds none, or the passphrase is another one.
    """
    import pyrage

    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST)
    except OSError as error:
        raise KeepingError(
            f"The key {path} cannot be read.", "Name the file of the secret key: --key FILE."
        ) from error
    try:
        if data.startswith(_LOCKED):
            data = pyrage.passphrase.decrypt(data, passphrase())
        secret = next(line for line in data.splitlines() if line.startswith(SECRET)).decode("ascii")
        return pyrage.x25519.Identity.from_str(secret.strip())
    except pyrage.DecryptError as error:
        raise KeepingError(f"The key {path} is locked by another passphrase.", "Type it again.") from error
    except (StopIteration, ValueError, pyrage.IdentityError) as error:
        raise KeepingError(
            f"{path} holds no secret key.", "Name the file that zhuzi backup-key made."
        ) from error


class Written:
    """Where an archive goes: counts and digests what is written, and remembers why it could not be.

    Args:
        file: open for writing.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest = file, hashlib.sha256()
        self.bytes = 0
        self.error: OSError | None = None

    def write(self, block: bytes) -> int:
        """Write a block."""
        try:
            self._file.write(block)
        except OSError as error:
            self.error = error
            raise
        self._digest.update(block)
        self.bytes += len(block)
        return len(block)

    def flush(self) -> None:
        """Nothing is kept back here."""

    @property
    def sha256(self) -> str:
        """Of everything that was written."""
        return self._digest.hexdigest()


class _Blocks:
    """Blocks of any length, read in pieces of the length that is asked for; remembers why they ended early."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._left = blocks, b""
        self.error: BaseException | None = None

    def read(self, most: int = -1) -> bytes:
        try:
            while not self._left:
                self._left = next(self._blocks)
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        most = len(self._left) if most < 0 else most
        piece, self._left = self._left[:most], self._left[most:]
        return piece


def encrypt(blocks: Iterator[bytes], into: Written, keys: tuple[Any, ...]) -> None:
    """Encrypt a stream; no more than a few blocks of it are in memory.

    Raises:
        OSError: If it cannot be written.
        Exception: Whatever the stream raises. What was written then is of no use.
    """
    import pyrage

    source = _Blocks(blocks)
    try:
        pyrage.encrypt_io(source, into, list(keys))
    except (pyrage.EncryptError, OSError) as error:
        raise source.error or into.error or OSError(errno.EIO, "it cannot be encrypted") from error
    if source.error is not None:
        raise source.error


def decrypt(file: IO[bytes], into: Any, key: Any, name: str) -> None:
    """Decrypt a stream; every block was proven to be whole before it is written.

    Args:
        file: the archive.
        into: its `write` takes the blocks.
        key: from `secret_key`.
        name: of the archive, for errors.

    Raises:
        KeepingError: If it was damaged, cut off, lengthened, or is another key's.
    """
    import pyrage

    try:
        pyrage.decrypt_io(file, into, [key])
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise KeepingError(
                f"{name} was not made for this key.", "Name the one it was made for: --key FILE."
            ) from error
        raise _damaged(name) from error
    except OSError as error:
        raise _damaged(name) from error


def _damaged(name: str) -> KeepingError:
    return KeepingError(
        f"{name} is no backup, or was damaged, cut off or changed.",
        "Take an earlier one: nothing was restored.",
    )
