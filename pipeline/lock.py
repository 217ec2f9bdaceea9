"""The lock of a data directory: one worker at a time, whatever happens to the others."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from speakers.disk import storage_error
from speakers.error import BusyError, StorageError

_HELD: list[IO[str]] = []
"""Locks that are kept until the process ends."""


@contextlib.contextmanager
def alone(
    data: Path,
    waiting: Callable[[], None] = lambda: None,
    *,
    wait: bool = True,
    shared: bool = False,
    name: str = "worker.lock",
) -> Iterator[None]:
    """Be the only worker on a data directory; released by the system when the process dies, however it dies.

    Args:
        data: the directory.
        waiting: called once if somebody else is there.
        wait: whether to wait for them.
        shared: be there beside others who share it, but not beside one who is alone.
        name: of the file that is locked.

    Raises:
        BusyError: If somebody else is there and `wait` is false.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        file = (data / name).open("a")
    except OSError as error:
        raise storage_error(data / name, error) from error
    with contextlib.ExitStack() as opened:
        opened.enter_context(file)
        try:
            _lock(file, waiting, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, wait=wait)
            yield
        except KeyboardInterrupt:
            # A stage may still be at work in its thread: nobody else may begin before this process has ended.
            opened.pop_all()
            _HELD.append(file)
            raise


def _lock(file: IO[str], waiting: Callable[[], None], how: int, *, wait: bool) -> None:
    try:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise BusyError("Another job is running on this data.", "Wait until it is done.") from None
            waiting()
            fcntl.flock(file, how)
    except OSError as error:
        raise StorageError(
            f"The data directory cannot be locked ({os.strerror(error.errno or 0).lower()}).",
            "Put it on a local disk.",
        ) from error
