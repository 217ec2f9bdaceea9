"""Restoring: a whole archive into a new folder beside the wanted one, which gets its name once everything was right.

Nothing that was erased after the backup comes back: the certificates of the directory that was backed up say what was.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pipeline.keeping import age
from pipeline.keeping.again import Again, apply
from pipeline.keeping.archive import DATA, FIRST, LAST, REGISTER, VERSION, Seal
from pipeline.settings import register_place
from speakers.disk import storage_error, sync
from speakers.error import KeepingError, StorageError

_BLOCK = 1 << 20
_LONGEST = 4096
_JSON = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What an archive held.

    Attributes:
        data: where the data directory is now; None if it was only looked at.
        register: where the register is now; None if it is not in the archive, or was only looked at.
        made: when the backup was made, ISO.
        files: how many there were in the archive.
        bytes: of them all.
        meetings: ids of those that were restored.
        again: what was erased again, since it had been erased after the backup, each as a sentence.
        notes: what one has to know, each as a sentence.
    """

    data: Path | None
    register: Path | None
    made: str
    files: int
    bytes: int
    meetings: tuple[str, ...]
    again: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def restore(
    archive: Path,
    key: Path,
    into: Path | None,
    *,
    meetings: tuple[str, ...] = (),
    certificates: Path | None = None,
    known: Path | None = None,
    passphrase: Callable[[], str] = lambda: "",
) -> Restored:
    """Bring back what an archive holds, all of it or nothing.

    Args:
        archive: from `zhuzi backup`.
        key: file of the secret key.
        into: where the data directory is to be, which is not there yet; None to verify the archive only.
        meetings: ids of those that are wanted; empty for everything.
        certificates: a data directory, or its `keeping/`, that says what was erased since.
        known: a data directory that may say it, if it is the one that was backed up.
        passphrase: asks for it, where one locks the key.

    Raises:
        KeepingError: If the archive or the key is not what it should be, or `into` is there.
        StorageError: If there is no room, or the disk refuses. Nothing has its final name then.
    """
    secret = age.secret_key(key, passphrase)
    try:
        file = archive.open("rb")
    except OSError as error:
        raise KeepingError(f"{archive} cannot be read.", "Name the file of a backup.") from error
    with file:
        if into is None:
            reading = _Reading(archive.name, None, meetings)
            reading.everything(file, secret)
            return _told(reading, None, None)
        into = into.absolute()
        _free(into)
        return _into(file, secret, into, meetings, Again(certificates, known))


def _into(file: IO[bytes], secret: Any, into: Path, meetings: tuple[str, ...], again: Again) -> Restored:
    people = register_place(into, {})[0]  # beside it, wherever the one in force lies
    staging = into.with_name(f".{into.name}.restoring")
    reading = _Reading(Path(file.name).name, staging, meetings, people)
    try:
        if os.path.lexists(staging):  # of a restore that was killed
            _remove(staging)
        staging.mkdir(mode=0o700, parents=True)
        reading.everything(file, secret)
        done, notes = apply(staging / DATA, staging / REGISTER, again)
        reading.settle()
        os.sync()
        register = staging / REGISTER if (staging / REGISTER).is_dir() else None
        if register is not None:
            register.replace(people)
        (staging / DATA).replace(into)  # last: what has this name is whole
        staging.rmdir()
        sync(into.parent)
    except OSError as error:
        raise storage_error(into, error) from error
    finally:
        if os.path.lexists(staging):
            _remove(staging)
    told = _told(reading, into, people if register is not None else None)
    return Restored(
        told.data,
        told.register,
        told.made,
        told.files,
        told.bytes,
        told.meetings,
        done,
        (*notes, *_lacking(into, register_place(into)[0])),
    )


def _free(place: Path) -> None:
    """Refuse a place where something is."""
    if os.path.lexists(place) and not (place.is_dir() and not any(place.iterdir())):
        raise KeepingError(
            f"{place} is already there.", "Choose another place: nothing is restored over what there is."
        )


def _lacking(into: Path, people: Path) -> Iterator[str]:
    if (into / "register.id").exists() and not (people / "register.json").exists():
        yield (
            f"The consent register of this data is not at {people}: bring it there from its own backup, or name its "
            "place in ZHUZI_REGISTER. Without it no meeting with a hidden person can be opened."
        )


def _told(reading: _Reading, data: Path | None, register: Path | None) -> Restored:
    made = str(reading.first.get("made", ""))
    return Restored(
        data, register, made, reading.seal.files, reading.seal.bytes, tuple(sorted(reading.meetings))
    )


@dataclass(slots=True)
class _Folder:
    path: Path
    mode: int
    modified: float


@dataclass(slots=True)
class _Reading:
    """Reads an archive to its end, and writes what is wanted of it into a new folder.

    Attributes:
        name: of the archive, for errors.
        staging: the new folder; None to write nothing.
        wanted: ids of meetings; empty for all.
        people: where the register is to be.
        first: what the archive's first file says.
        seal: of what went by.
        meetings: ids of those that were wanted and there.
        folders: their rights are set at the end, or nothing could be written into them.
    """

    name: str
    staging: Path | None
    wanted: tuple[str, ...]
    people: Path | None = None
    first: dict[str, Any] = field(default_factory=dict)
    seal: Seal = field(default_factory=Seal)
    meetings: set[str] = field(default_factory=set)
    folders: list[_Folder] = field(default_factory=list)

    def everything(self, file: IO[bytes], secret: Any) -> None:
        """Decrypt in a thread, and read the tar as it comes.

        Raises:
            KeepingError: If anything is not as it was written.
            OSError: If the disk refuses.
        """
        read, write = os.pipe()
        failed: list[BaseException] = []

        def decrypted() -> None:
            try:
                with os.fdopen(write, "wb", buffering=0) as into:
                    age.decrypt(file, _Whole(into), secret, self.name)
            except BaseException as error:  # noqa: BLE001 - it is raised by the thread that waits for this one
                failed.append(error)

        thread = threading.Thread(target=decrypted, name="decrypt", daemon=True)
        thread.start()
        mine: BaseException | None = None
        torn = False
        try:
            with os.fdopen(read, "rb") as plain:
                self._tar(plain)
        except (
            tarfile.TarError,
            ValueError,
            KeyError,
            TypeError,
            EOFError,
            UnicodeError,
            RecursionError,
        ) as error:
            mine, torn = self._damaged(), True
            mine.__cause__ = error
        except (OSError, KeepingError, StorageError) as error:
            mine = error
        thread.join()
        if failed and (torn or mine is None):  # otherwise it failed because nobody listened any more
            raise failed[0]
        if mine is not None:
            raise mine

    def _damaged(self) -> KeepingError:
        return KeepingError(
            f"{self.name} is no backup of this program, or not all of one.",
            "Take another one: nothing was restored.",
        )

    def _tar(self, plain: IO[bytes]) -> None:
        sealed = None
        with tarfile.open(fileobj=plain, mode="r|", encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar:
                if sealed is not None:
                    raise self._damaged()
                if not self.first:
                    self._begin(member, tar)
                elif member.name == LAST:
                    sealed = _json(member, tar)
                else:
                    self._take(member, tar)
        while block := plain.read(_BLOCK):
            if block.strip(b"\0"):
                raise self._damaged()
        if sealed != self.seal.values:
            raise self._damaged()
        missing = [one for one in self.wanted if not any(m.startswith(one) for m in self.meetings)]
        if missing:
            raise KeepingError(
                f"{len(missing)} of the meetings are not in this archive.",
                "See which are: zhuzi restore --verify-only.",
            )

    def _begin(self, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
        if member.name != FIRST:
            raise self._damaged()
        self.first = _json(member, tar)
        if self.first.get("version") != VERSION:
            raise KeepingError(
                f"{self.name} was made by another version of this program.", "Restore it with that one."
            )
        if self.people is not None and self.first.get("people"):
            _free(self.people)
        needed = int(self.first["bytes"])
        if self.staging is not None and shutil.disk_usage(self.staging).free < needed and not self.wanted:
            raise StorageError(
                f"There is no room for {needed / 1e9:.1f} GB.",
                "Free some disk space, or choose another place.",
            )

    def _take(self, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
        path = self._path(member)
        if member.isdir():
            self.seal.folder(member.name)
            if path is not None:
                path.mkdir(mode=0o700)
                self.folders.append(_Folder(path, member.mode & 0o777, member.mtime))
            return
        source = tar.extractfile(member)
        if not member.isreg() or member.issparse() or source is None:
            raise self._damaged()
        digest, size = hashlib.sha256(), 0
        into = self._new(path) if path is not None else None
        try:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                if into is not None:
                    into.write(block)
        finally:
            if into is not None:
                into.close()
        if size != member.size:
            raise self._damaged()
        self.seal.file(member.name, size, digest.hexdigest())
        if path is not None:
            path.chmod(member.mode & 0o777)
            os.utime(path, (member.mtime, member.mtime))

    @staticmethod
    def _new(path: Path) -> IO[bytes]:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")

    def _path(self, member: tarfile.TarInfo) -> Path | None:
        """Where a member goes; None if it is not wanted.

        Raises:
            KeepingError: If that is anywhere else than in the new folder.
        """
        name = member.name
        parts = PurePosixPath(name).parts
        plain = parts and parts[0] in {DATA, REGISTER} and "/".join(parts) == name and len(name) <= _LONGEST
        if not plain or ".." in parts or "\0" in name:
            raise self._damaged()
        if len(parts) > 2 and parts[:2] == (DATA, "meetings"):
            if self.wanted and not any(parts[2].startswith(one) for one in self.wanted):
                return None
            self.meetings.add(parts[2])
        if self.wanted and len(parts) > 1 and parts[:2] == (DATA, "work"):
            return None
        return self.staging / name if self.staging is not None else None

    def settle(self) -> None:
        """Give the folders their rights and times, the innermost first."""
        for folder in reversed(self.folders):
            if folder.path.is_dir():
                folder.path.chmod(folder.mode)
                os.utime(folder.path, (folder.modified, folder.modified))


class _Whole:
    """Writes every byte into a pipe.

    Args:
        file: its end.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, block: bytes) -> int:
        """Write a block."""
        left = memoryview(block)
        while left:
            left = left[self._file.write(left) :]
        return len(block)

    def flush(self) -> None:
        """Nothing is kept back here."""


def _json(member: tarfile.TarInfo, tar: tarfile.TarFile) -> dict[str, Any]:
    source = tar.extractfile(member) if member.isreg() and member.size <= _JSON else None
    values = json.loads(source.read()) if source is not None else None
    return dict(values or {})


def _remove(path: Path) -> None:
    for folder, _, _ in os.walk(path):
        Path(folder).chmod(0o700)
    shutil.rmtree(path)
