"""Files as they are at one moment, while others go on working: held open first, and read afterwards.

What is replaced meanwhile (results of stages, manifests) is read as it was, what grows (ledgers, audits, logs) up to
the length it had, and SQLite files are copied by SQLite. A folder is taken again if anything in it was replaced, came
or went while it was being opened.
"""

from __future__ import annotations

import errno
import os
import resource
import sqlite3
import stat
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from speakers.error import BusyError, KeepingError

_BLOCK = 1 << 20
_TRIES = 50
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Held:
    """A file or a folder, held open.

    Attributes:
        path: where it was.
        descriptor: through which it is read; -1 for a folder.
        length: in bytes; what was added since does not count.
        mode: its rights.
        modified: when it was changed last, seconds since 1970.
    """

    path: Path
    descriptor: int
    length: int
    mode: int
    modified: float

    def blocks(self) -> Iterator[bytes]:
        """What it holds.

        Raises:
            BusyError: If it is shorter than it was.
        """
        at = 0
        while at < self.length:
            block = os.pread(self.descriptor, min(_BLOCK, self.length - at), at)
            if not block:
                raise BusyError(f"A file in {self.path.parent} was cut off while it was read.", "Try again.")
            at += len(block)
            yield block


def allow_many_files() -> None:
    """Have as many files open at once as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def hold(root: Path, opened: ExitStack, leave_out: frozenset[Path] = frozenset()) -> tuple[Held, ...]:
    """Everything in a folder, itself first, as it is at one moment.

    Args:
        root: of the folder; or a file, which is held alone.
        opened: closes the files.
        leave_out: files and folders that are not looked at.

    Returns:
        Folders before what is in them; nothing if it is not there.

    Raises:
        KeepingError: If there is a link, or something else than files and folders: whoever follows it may leave the
            data, and whoever does not loses what it points to.
        BusyError: If it does not come to rest.
    """
    for _ in range(_TRIES):
        with ExitStack() as now:
            try:
                before = _seen(root, leave_out)
                held = tuple(_open(path, like, now) for path, like in before)
                same = _seen(root, leave_out) == before and all(
                    h.descriptor < 0 or os.fstat(h.descriptor).st_ino == like.st_ino
                    for h, (_, like) in zip(held, before, strict=True)
                )
            except (FileNotFoundError, NotADirectoryError):
                same = False
            if same:
                opened.push(now.pop_all())
                return held
        time.sleep(_PAUSE_S)
    raise BusyError(f"{root} is being changed without a pause.", "Try again later.")


class _Like:
    """What tells a file from the one that replaced it; growing is no change."""

    __slots__ = ("mode", "modified", "st_ino")

    def __init__(self, seen: os.stat_result) -> None:
        self.st_ino, self.mode, self.modified = seen.st_ino, seen.st_mode, seen.st_mtime

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Like) and (self.st_ino, self.mode) == (other.st_ino, other.mode)

    __hash__ = None  # type: ignore[assignment]  # it is compared and never looked up


def _seen(root: Path, leave_out: frozenset[Path]) -> list[tuple[Path, _Like]]:
    found: list[tuple[Path, _Like]] = []
    if root in leave_out or not os.path.lexists(root):
        return found
    seen = root.lstat()
    if not (stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode)):
        raise KeepingError(
            f"In {root.parent} lies a link, or something that is no file.",
            "Put what it points to there in its place, or move it out of the data directory.",
        )
    found.append((root, _Like(seen)))
    if stat.S_ISDIR(seen.st_mode):
        for path in sorted(root.iterdir()):
            if not passing(path):
                found += _seen(path, leave_out)
    return found


def passing(path: Path) -> bool:
    """Whether a file is only there for a moment, or tells other processes something: no copy of it is of use."""
    name = path.name
    return (
        name.endswith((".lock", ".part", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal"))
        or name in {".listen", ".public.part", "progress.json"}
        or name.startswith(".new-")
    )


def _open(path: Path, like: _Like, opened: ExitStack) -> Held:
    if stat.S_ISDIR(like.mode):
        return Held(path, -1, 0, stat.S_IMODE(like.mode), like.modified)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.EMFILE:
            raise KeepingError(
                f"{path.parent} has more files than may be open at once.",
                "Allow more (ulimit -n), or erase earlier releases: zhuzi purge.",
            ) from error
        raise
    opened.callback(os.close, descriptor)
    now = os.fstat(descriptor)
    return Held(path, descriptor, now.st_size, stat.S_IMODE(now.st_mode), now.st_mtime)


def copy_database(path: Path, into: Path) -> None:
    """Copy a SQLite file that others may be writing, as it is between two of their transactions.

    Raises:
        OSError: If it cannot be read, or copied.
    """
    try:
        read_only = f"file:{urllib.parse.quote(str(path))}?mode=ro"
        with (
            closing(sqlite3.connect(read_only, uri=True, timeout=30)) as source,
            closing(sqlite3.connect(into)) as copy,
        ):
            source.backup(copy)
    except sqlite3.DatabaseError as error:
        raise OSError(errno.EIO, "a database cannot be read") from error
    into.chmod(0o600)
