"""Named bytes in a place that several machines reach, whole under their name or not there at all.

Two things are asked of such a place: an object that is half written is not visible, and of several who create the same
name at once one succeeds. A folder (local disk, NFS) does so by links; what else fsspec opens has to do it itself, as
S3 does since it knows `If-None-Match`: `pipeline.store_remote`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.vault import Readable
from speakers.disk import sync
from speakers.error import StorageError

_HALF = ".part-"
"""How the name of a file begins that nobody may read yet."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a listing tells of an object.

    Attributes:
        size: in bytes.
        changed: seconds since 1970, by the store's clock; None where it does not say.
    """

    size: int
    changed: float | None


class Objects(Protocol):
    """Named bytes. Names have slashes and none at either end. Every method raises StorageError."""

    def look(self) -> None:
        """Whether the place is there at all."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a small object unless there is one of that name; whether it was written."""

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write an object, whatever was there; nobody sees it before it is whole."""

    def read(self, name: str) -> bytes | None:
        """A small object; None if there is none."""

    def stream(self, name: str) -> contextlib.AbstractContextManager[Readable | None]:
        """A large object, to be read from its beginning; None if there is none."""

    def names(self, prefix: str) -> dict[str, Seen]:
        """Every object below a prefix."""

    def remove(self, name: str) -> None:
        """Take an object away, if it is there."""

    def remove_halves(self, prefix: str, before: float) -> None:
        """Take away what killed writers left below a prefix before a moment; see `Seen.changed`."""

    def keeps_what_is_removed(self) -> bool:
        """Whether the place keeps earlier versions, so that nothing in it can be erased."""


class Folder:
    """Objects in a folder of a local disk or of NFS."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def look(self) -> None:
        """As `Objects.look`."""
        with told():
            if not self.root.is_dir():  # a share that is not mounted is not an empty store
                raise FileNotFoundError(errno.ENOENT, "")

    def create(self, name: str, data: bytes) -> bool:
        """As `Objects.create`."""
        with told(), self._written(name, [data]) as half:
            try:
                os.link(half, self.root / name)
            except FileExistsError:
                return False
            sync((self.root / name).parent)
            return True

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """As `Objects.put`."""
        with told(), self._written(name, pieces) as half:
            half.replace(self.root / name)
            sync((self.root / name).parent)

    @contextlib.contextmanager
    def _written(self, name: str, pieces: Iterable[bytes]) -> Iterator[Path]:
        """A file that is on the disk beside its final name, which it does not have."""
        place = (self.root / name).parent
        self.look()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = place / f"{_HALF}{secrets.token_hex(8)}"
        try:
            with half.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            yield half
        finally:
            half.unlink(missing_ok=True)

    def read(self, name: str) -> bytes | None:
        """As `Objects.read`."""
        with told():
            try:
                return (self.root / name).read_bytes()
            except FileNotFoundError:
                self.look()
                return None

    @contextlib.contextmanager
    def stream(self, name: str) -> Iterator[Readable | None]:
        """As `Objects.stream`."""
        with contextlib.ExitStack() as opened:
            found: Readable | None = None
            with told(), contextlib.suppress(FileNotFoundError):
                found = Told(opened.enter_context((self.root / name).open("rb")))
            if found is None:
                self.look()
            yield found

    def names(self, prefix: str) -> dict[str, Seen]:
        """As `Objects.names`."""
        self.look()
        with told():
            return {
                path.relative_to(self.root).as_posix(): Seen(seen.st_size, seen.st_mtime)
                for path, seen in self._files(prefix)
                if not path.name.startswith(_HALF)
            }

    def _files(self, prefix: str) -> Iterator[tuple[Path, os.stat_result]]:
        for path in (self.root / prefix).rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                if path.is_file():
                    yield path, path.stat()

    def remove(self, name: str) -> None:
        """As `Objects.remove`."""
        with told():
            (self.root / name).unlink(missing_ok=True)

    def remove_halves(self, prefix: str, before: float) -> None:
        """As `Objects.remove_halves`."""
        with told():
            for path, seen in self._files(prefix):
                if path.name.startswith(_HALF) and seen.st_mtime < before:
                    path.unlink(missing_ok=True)
            if before == float("inf"):
                shutil.rmtree(self.root / prefix, ignore_errors=True)  # folders without a file

    def keeps_what_is_removed(self) -> bool:
        """As `Objects.keeps_what_is_removed`."""
        return False


class Told:
    """An object that is being read; what goes wrong is told as of a store.

    Args:
        source: of the place.
    """

    def __init__(self, source: Readable) -> None:
        self._source = source

    def read(self, size: int, /) -> bytes:
        """So many bytes at most; none at the end."""
        with told():
            return self._source.read(size)


def code_of(error: BaseException | None) -> str:
    """S3's own word for an error, as it stands in the answer."""
    while error is not None:
        answer = getattr(error, "response", None)
        if isinstance(answer, dict):
            return str(answer.get("Error", {}).get("Code", ""))
        error = error.__cause__
    return ""


_REFUSED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403", "Forbidden"})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Say what an error of the place means for people; what it says itself may hold an address or a key."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 - each file system raises what its library raises
        raise _meaning(error) from None


def _meaning(error: Exception) -> StorageError:
    code = code_of(error)
    number = error.errno if isinstance(error, OSError) else None
    if code == "RequestTimeTooSkewed":
        return StorageError(
            "The clocks of the store and of this machine differ too much.", "Set both by a time server."
        )
    if isinstance(error, PermissionError) or code in _REFUSED or type(error).__name__ == "NoCredentialsError":
        return StorageError(
            "The store does not let this machine in.",
            "Check the rights and credentials: AWS_SHARED_CREDENTIALS_FILE, or AWS_ACCESS_KEY_ID and its secret.",
        )
    if isinstance(error, FileNotFoundError):
        return StorageError(
            "The store's bucket or folder is not there.", "Make or mount it, or correct ZHUZI_STORE."
        )
    if number in _FULL:
        return StorageError(
            "The store is full.", "Free some space there, then run again: what is finished stays."
        )
    if number == errno.ENOTSUP or isinstance(error, NotImplementedError):
        return StorageError(
            "The store cannot create a file only where there is none.",
            "Use another one: zhuzi doctor says whether it will do.",
        )
    reason = os.strerror(number).lower() if number else type(error).__name__
    return StorageError(
        f"The store does not answer ({reason}).",
        "See whether its server runs and can be reached, then run again: what is finished stays.",
    )
