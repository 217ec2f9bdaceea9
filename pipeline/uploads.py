"""Files on their way here: taken in pieces, gone on with after whatever interrupted them, never held in memory.

uploads/ID/upload.json   whose, how long, and what was found when it was whole
uploads/ID/data          what arrived; its size is the offset at which it goes on

A file's own name never comes here: it may be somebody's. Of it only the ending is asked for.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from pipeline import aside, brought
from pipeline.digest import sha256_of
from pipeline.folder import write_atomically
from pipeline.taking import ENDING
from speakers.disk import storage_error, sync
from speakers.error import (
    BusyError,
    MeetingError,
    NotFoundError,
    RecordError,
    RecordingError,
    StorageError,
    ZhuziError,
)

LONGEST = 256 << 30
"""Bytes of one file."""

MOST = 20
"""Files of one account that are here at once."""

LASTS_S = 7 * 24 * 3600
"""A file that nobody went on with for so long is deleted."""

CHECKSUMS = ("sha256", "sha1")

ROOM = 3
"""A file needs its size this often: as it arrives, for the copy that is verified, and for what is made of it."""

LOOK_S = 120
"""Looking into a file is given up after so long."""

_ID = re.compile("[0-9a-f]{32}")
_GO_ON = "Ask where it stands, and go on there."


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way, or here.

    Attributes:
        id: 32 hexadecimal digits, drawn by lot.
        owner: number of the account that sends it; nobody else may touch it.
        length: bytes it will have.
        ending: of its name: ".wav", or nothing.
        begun: when, seconds since 1970.
        sha256: of the whole file, once that was looked at.
        announced_ms: how long it lasts, as far as it says.
        written: of what was written during a meeting, how many entries it has as each kind that it may be; empty for
            a recording, and before it was looked at.
        offset: bytes that are here.
        expires: when it is deleted if nobody goes on with it.
    """

    id: str
    owner: int
    length: int
    ending: str
    begun: float
    sha256: str = ""
    announced_ms: int | None = None
    written: dict[str, int] = field(default_factory=dict)
    offset: int = 0
    expires: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether every byte is here."""
        return self.offset == self.length


def ending_of(name: str) -> str:
    """What of a file's name may be kept.

    >>> ending_of("蔡佩珊 的訪談.M4A"), ending_of("../../etc/passwd"), ending_of("a.b c")
    ('.m4a', '', '')
    """
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    return ending if ENDING.fullmatch(ending) else ""


class Uploads:
    """The uploads of one data directory.

    Args:
        data: the directory.
    """

    def __init__(self, data: Path) -> None:
        self._place = data / "uploads"

    def create(self, owner: int, length: int, ending: str) -> Upload:
        """Begin one.

        Args:
            owner: number of the account.
            length: bytes it will have.
            ending: from `ending_of`.

        Raises:
            RecordError: If it is none or too long, or there are too many.
            MeetingError: If it is too long for what is written during a meeting.
            StorageError: If there is no room for it.
        """
        if ending_of(ending) in brought.ENDINGS:
            brought.too_large(length)
        if not 0 < length <= LONGEST:
            raise RecordError(
                "A file of that length is not taken." if length else "The file is empty.",
                f"Drop one of at least a byte and at most {LONGEST >> 30} GB.",
            )
        self.clean()
        if len(self.of(owner)) >= MOST:
            raise RecordError(
                f"{MOST} files of yours are on their way already.", "Finish or remove some of them first."
            )
        made = Upload(secrets.token_hex(16), owner, length, ending_of(ending), time.time())
        folder = self._place / made.id
        try:
            folder.mkdir(parents=True, mode=0o700)
            promised = sum(u.length - u.offset for u in self._all())
            if shutil.disk_usage(folder).free < promised + ROOM * length:
                raise StorageError(
                    f"There is no room for a file of {length / 1e9:.1f} GB: {ROOM} times as much has to be free.",
                    "Free some disk space, or remove files that are on their way.",
                )
            (folder / "data").touch(mode=0o600)
            self._keep(made)
            sync(self._place)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise storage_error(folder, error) from error
        except ZhuziError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self.upload(owner, made.id)

    def of(self, owner: int) -> tuple[Upload, ...]:
        """Those of an account, oldest first."""
        return tuple(sorted((u for u in self._all() if u.owner == owner), key=lambda u: u.begun))

    def upload(self, owner: int, upload_id: str) -> Upload:
        """One of an account's.

        Raises:
            NotFoundError: If there is none, or it is somebody else's: nobody learns which.
        """
        found = self._read(upload_id)
        if found is None or found.owner != owner or found.expires < time.time():
            raise NotFoundError("There is no such upload (any more).", "Choose the file again.")
        return found

    def path(self, upload: Upload) -> Path:
        """Where its bytes are."""
        return self._place / upload.id / "data"

    def remove(self, owner: int, upload_id: str) -> None:
        """Delete one.

        Raises:
            NotFoundError: As `upload`.
            BusyError: If it is being written.
        """
        found = self.upload(owner, upload_id)
        with self.path(found).open("rb") as file:
            _alone(file)
            shutil.rmtree(self._place / found.id, ignore_errors=True)

    def writer(self, owner: int, upload_id: str, offset: int, checksum: str = "") -> Writer:
        """Go on with one.

        Args:
            owner: number of the account.
            upload_id: which.
            offset: where the sender believes it goes on.
            checksum: "sha256 BASE64" of what comes now; empty for none.

        Raises:
            NotFoundError: As `upload`.
            BusyError: If somebody else is writing it, or it goes on elsewhere.
            RecordError: If the checksum is of no known kind.
        """
        found = self.upload(owner, upload_id)
        kind, wanted = _checksum(checksum)
        file = self.path(found).open("r+b", buffering=0)
        with contextlib.ExitStack() as opened:
            opened.enter_context(file)
            _alone(file)
            _goes_on(file, offset)
            opened.pop_all()
        return Writer(file, found.length, kind, wanted)

    def look(self, owner: int, upload_id: str) -> Upload:
        """What a whole upload is: its digest, and whether it is a recording or what was written during a meeting.

        Raises:
            NotFoundError: As `upload`.
            BusyError: If it is not whole.
            RecordingError: If it is no recording; it is deleted then.
            MeetingError: If by its ending it is no recording, and is nothing else either; likewise.
        """
        found = self.upload(owner, upload_id)
        if not found.whole:
            raise BusyError("This file has not arrived to its end.", _GO_ON)
        if found.sha256:
            return found
        path = self.path(found)
        try:
            if found.ending in brought.ENDINGS:
                written = {str(kind): many for kind, many in brought.recognised(path).items()}
                looked = replace(found, written=written)
            else:
                task = {"task": "look", "path": str(path), "settings": {"data": str(self._place.parent)}}
                looked = replace(found, announced_ms=aside.ask(task, LOOK_S)["announced_ms"])
        except (RecordingError, MeetingError):
            self.remove(owner, upload_id)
            raise
        looked = replace(looked, sha256=sha256_of(path))
        self._keep(looked)
        return looked

    def clean(self) -> None:
        """Delete what nobody went on with, and what is no upload."""
        for folder in self._folders():
            found = self._read(folder.name)
            try:
                if found is None and time.time() - folder.stat().st_mtime < 60:
                    continue  # somebody is just making it
            except OSError:
                continue
            if found is None or found.expires < time.time():
                shutil.rmtree(folder, ignore_errors=True)

    def _keep(self, upload: Upload) -> None:
        values = {k: v for k, v in asdict(upload).items() if k not in {"offset", "expires"}}
        write_atomically(self._place / upload.id / "upload.json", json.dumps(values).encode())

    def _folders(self) -> tuple[Path, ...]:
        return tuple(self._place.iterdir()) if self._place.is_dir() else ()

    def _all(self) -> Iterator[Upload]:
        yield from filter(None, map(self._read, (f.name for f in self._folders())))

    def _read(self, upload_id: str) -> Upload | None:
        if not _ID.fullmatch(upload_id):
            return None
        folder = self._place / upload_id
        try:
            seen = (folder / "data").stat()
            read = Upload(**json.loads((folder / "upload.json").read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        return replace(read, offset=seen.st_size, expires=seen.st_mtime + LASTS_S)


class Writer:
    """Puts bytes behind those that are here; nobody else can meanwhile.

    Args:
        file: open, locked, at its end.
        length: bytes that the whole file has.
        kind: of the checksum; empty for none.
        wanted: the checksum.
    """

    def __init__(self, file: BinaryIO, length: int, kind: str, wanted: bytes) -> None:
        self._file, self._length, self._wanted = file, length, wanted
        self._from = self._at = file.tell()
        self._digest = hashlib.new(kind, usedforsecurity=False) if kind else None

    def write(self, block: bytes) -> None:
        """Add bytes.

        Raises:
            RecordError: If the file would grow longer than was said; nothing of this piece is kept then.
            StorageError: If the disk is full.
        """
        if self._at + len(block) > self._length:
            self._file.truncate(self._from)
            raise RecordError("More was sent than was announced.", "Choose the file again.")
        if self._digest:
            self._digest.update(block)
        try:
            left = memoryview(block)
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            raise storage_error(Path(str(self._file.name)), error) from error
        self._at += len(block)

    def close(self, *, whole: bool) -> int:
        """Have what arrived on the disk, and let others write.

        Args:
            whole: whether the piece arrived to its end; half of one with a checksum cannot be checked, and goes.

        Returns:
            Where the file goes on.

        Raises:
            ChecksumError: If the piece is not what was sent; it is not kept.
            StorageError: If the disk refuses.
        """
        with self._file as file:
            try:
                if self._digest and not (whole and hmac.compare_digest(self._digest.digest(), self._wanted)):
                    file.truncate(self._from)
                    if whole:
                        raise ChecksumError
                os.fsync(file.fileno())
                return os.fstat(file.fileno()).st_size
            except OSError as error:
                raise storage_error(Path(str(file.name)), error) from error


class ChecksumError(Exception):
    """A piece of a file did not arrive as it was sent: it is to be sent again, and nobody needs to hear of it."""


def _checksum(given: str) -> tuple[str, bytes]:
    if not given:
        return "", b""
    kind, _, value = given.partition(" ")
    try:
        wanted = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        kind, wanted = "", b""
    if kind not in CHECKSUMS or len(wanted) != hashlib.new(kind, usedforsecurity=False).digest_size:
        raise RecordError("That is no checksum.", f"Use one of: {', '.join(CHECKSUMS)}.")
    return kind, wanted


def _goes_on(file: BinaryIO, offset: int) -> None:
    if file.seek(0, os.SEEK_END) != offset:
        raise BusyError(f"This upload does not go on at {offset}.", _GO_ON)


def _alone(file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError("This file is being sent already.", "Wait a moment, then try again.") from None
