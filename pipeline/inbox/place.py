"""The inbox's own folder: which may be one, who is at it, whether it is there, and where files go."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline import chinese
from pipeline.folder import write_atomically
from pipeline.inbox import names
from pipeline.lock import alone
from pipeline.settings import Settings, register_place, within
from speakers.disk import storage_error, sync
from speakers.error import BusyError, NotFoundError, StorageError, ZhuziError
from speakers.moment import moment
from speakers.record import digest

_LONGEST = 200
"""Bytes of a name to which something is added still."""


class Inbox:
    """One inbox.

    Args:
        path: of it; a link is followed once, here.
        settings: in force.

    Raises:
        NotFoundError: If it is no folder.
        StorageError: If it is not apart from the data, the consent register, a key or the models.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self.root = path.resolve()
        if not self.root.is_dir():
            raise NotFoundError(
                "The inbox is no folder that is there.", "Make it, or mount it, then try again."
            )
        register, key = register_place(settings.data)
        for other in (settings.data, settings.models, register, key.parent, settings.voiceprint_key.parent):
            around = within(other, self.root) and other.exists()
            if within(self.root, other) or around:
                raise StorageError(
                    f"The inbox is not apart from {other}, where data, the consent register, a key or models lie.",
                    "Choose another folder for it: neither in that one nor around it.",
                )
        self._data = settings.data
        self._id = b""
        self._known = (0, 0)
        self._lock = ExitStack()

    @property
    def journal(self) -> Path:
        """Where what was handed in is noted."""
        return self.root / names.OWN / "journal.json"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only watcher of it.

        Raises:
            BusyError: If there is another one.
            StorageError: If it cannot be written.
        """
        place = self._data / "work" / ".watching" / digest(os.fsencode(self.root).hex())[:16]
        with ExitStack() as held:
            try:
                held.enter_context(alone(place, wait=False))
            except BusyError:
                raise _another() from None
            held.callback(self._lock.close)
            self._take_up()
            yield

    def there(self) -> bool:
        """Whether it is there, and the one that it was: an empty folder under a share that is gone is not.

        Raises:
            BusyError: If it came back, and another watcher is at it.
        """
        try:
            seen = self.root.stat()
            now = (seen.st_dev, seen.st_ino)
            found = self._marker()
            if found == self._id and now == self._known:
                return True
            if found != self._id and now != self._known:
                return False
            self._lock.close()
            self._take_up()
        except (OSError, StorageError):
            return False
        return True

    def move(self, path: str, where: str) -> str:
        """Move a file or folder of the inbox into one of ours, beside others of its name.

        Args:
            path: from the inbox.
            where: `names.TAKEN` or `names.FAILED`.

        Returns:
            Where it is now, from the inbox.

        Raises:
            StorageError: If it cannot be moved.
        """
        source = self.root / path
        try:
            into = self._ours(where)
            target = _free(into, source.name)
            source.rename(target)
            with contextlib.suppress(OSError):  # not every share can be asked to
                sync(into)
                sync(source.parent)
        except OSError as error:
            raise storage_error(source, error) from error
        return f"{where}/{target.name}"

    def note(self, name: str, error: ZhuziError, where: str) -> None:
        """Say beside what failed why it did, in both languages.

        Args:
            name: of the file or folder, as it is called in failed/.
            error: why.
            where: the file is now, from the inbox; empty if it is in failed/ itself.

        Raises:
            StorageError: If it cannot be written.
        """
        zh = "".join(chinese.said(part) or part for part in (error.what, error.cure))
        lies = f"檔案在收件匣的 {where}。\n" if where else "檔案在這裡，沒有更動。\n"
        lies_en = f"The file is in the inbox, under {where}.\n" if where else "The file is here, unchanged.\n"
        text = (
            f"{moment()}\n\n沒有處理完成：{zh}\n{lies}修正之後，把檔案移回收件匣，就會再試一次。\n\n"
            f"This was not done: {error.what} {error.cure}\n{lies_en}"
            "Once that is put right, move it back into the inbox, and it is tried again.\n"
        )
        try:
            write_atomically(self._ours(names.FAILED) / f"{_short(name)}.txt", os.fsencode(text))
        except OSError as error_:
            raise storage_error(self.root / names.FAILED, error_) from error_

    def _ours(self, where: str) -> Path:
        into = self.root / where
        if into.is_symlink():
            raise StorageError("A folder of the inbox is a link.", "Put a folder in its place.")
        into.mkdir(mode=0o700, exist_ok=True)
        return into

    def _marker(self) -> bytes:
        try:
            return (self.root / names.OWN / "inbox").read_bytes()
        except FileNotFoundError:
            return b""

    def _take_up(self) -> None:
        """Know it again, and be the only one at it where a share can tell."""
        try:
            own = self._ours(names.OWN)
            self._id = self._marker() or self._id or secrets.token_hex(16).encode()
            if self._marker() != self._id:
                write_atomically(own / "inbox", self._id)
            seen = self.root.stat()
            self._known = (seen.st_dev, seen.st_ino)
            descriptor = os.open(own / "watch.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise storage_error(self.journal, error) from error
        self._lock.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise _another() from None
        except OSError:
            return  # a share without locks: the one in the data directory has to do


def _another() -> BusyError:
    return BusyError("Another watcher is at this inbox.", "Let that one do the work, or stop it first.")


def _free(into: Path, name: str) -> Path:
    """A place for a file in a folder that nothing else has."""
    target, number = into / name, 1
    while os.path.lexists(target):
        number += 1
        target = into / f"{_short(names.stem(name))} ({number}){names.ending(name)[:20]}"
    return target


def _short(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[:_LONGEST]) if len(os.fsencode(name)) > _LONGEST else name
