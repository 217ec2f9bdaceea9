"""Whether the program can do its work right now, for whoever asks by a machine: names of checks, and yes or no."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline import models, register
from pipeline.catalogue import catalogue_in_force
from pipeline.settings import Settings
from speakers.error import ZhuziError

LEAST_BYTES = 1 << 30
"""Free on the disk; with less no recording is taken."""

_FRESH_S = 2.0

Check = Callable[[], bool]


def ready(settings: Settings, **more: Check) -> dict[str, bool]:
    """Every check by its name.

    Args:
        settings: in force.
        more: checks of whoever asks, above those here.
    """
    checks: dict[str, Check] = {
        "data": lambda: _writable(settings.data),
        "disk": lambda: shutil.disk_usage(settings.data).free >= LEAST_BYTES,
        "register": lambda: _opens(settings.data),
        "models": lambda: _present(settings),
        "jobs": lambda: _reached(settings),
        "worker": lambda: worker_alive(settings.data),
        **more,
    }
    return {name: _holds(check) for name, check in checks.items()}


class Readiness:
    """The same for whoever asks often, and for anybody: looked at again after two seconds.

    Args:
        settings: in force.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._seen: tuple[float, dict[str, bool]] | None = None

    def __call__(self) -> dict[str, bool]:
        """Every check by its name."""
        with self._lock:
            if self._seen is None or time.monotonic() - self._seen[0] > _FRESH_S:
                self._seen = time.monotonic(), ready(self._settings)
            return self._seen[1]


def _holds(check: Check) -> bool:
    try:
        return check()
    except (OSError, sqlite3.Error, ZhuziError):
        return False


def _writable(data: Path) -> bool:
    with tempfile.TemporaryFile(dir=data) as file:
        return file.write(b"1") == 1


def _opens(data: Path) -> bool:
    """Whether the consent register is there with its key; nothing in it is read, so nothing has to be noted."""
    return isinstance(register.of(data).ids, tuple)


def _present(settings: Settings) -> bool:
    wanted = {*catalogue_in_force(None).defaults(), settings.whisper}
    here = {one.model.name for one in models.status(settings.models) if one.present}
    return wanted <= here


def _reached(settings: Settings) -> bool:
    """Whether the engine's database can be read; a file that was never needed is none that is away."""
    if settings.jobs:
        from pipeline.jobs.tables import answers

        return answers(settings.jobs)
    place = settings.data / "jobs.sqlite"
    if not place.exists():
        return os.access(settings.data, os.W_OK)
    with contextlib.closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=2)) as database:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return True


def worker_alive(data: Path) -> bool:
    """Whether a process holds the lock of whoever does the work; asked without taking it, which could keep one out."""
    places = [path.stat() for path in (data / "work").glob("worker*.lock")]
    wanted = {(os.major(p.st_dev), os.minor(p.st_dev), p.st_ino) for p in places}
    return bool(wanted) and any(held in wanted for held in _held())


def _held() -> Iterator[tuple[int, int, int]]:
    """What is locked on this machine, as Linux tells: major and minor number of the disk, and inode."""
    for line in Path("/proc/locks").read_text("ascii").splitlines():
        parts = line.split()
        if len(parts) > 5 and parts[1] == "FLOCK":
            major, minor, inode = parts[5].split(":")
            yield int(major, 16), int(minor, 16), int(inode)
