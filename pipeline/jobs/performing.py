"""Who performs jobs beside a command that waits for them: the one place in which that is decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.jobs.spool import Jobs
from speakers.error import BusyError


@contextmanager
def performed(jobs: Jobs) -> Iterator[None]:
    """While this is open what waits is done: here, or by whoever does the work of this data directory already.

    Args:
        jobs: of that data directory.

    Raises:
        StorageError: If it cannot be written.
    """
    try:
        jobs.start()
    except BusyError:
        yield
        return
    try:
        yield
    finally:
        jobs.close()
