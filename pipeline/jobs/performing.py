"""Who performs jobs beside a command that waits for them: the one place in which that is decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.jobs.beside import Beside
from pipeline.settings import Settings


@contextmanager
def performed(settings: Settings) -> Iterator[None]:
    """While this is open a worker does what waits: one beside this process, unless the data directory has one.

    Args:
        settings: in force.
    """
    beside = Beside(settings)
    beside.start()
    try:
        yield
    finally:
        beside.close()
