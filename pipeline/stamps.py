"""What files are like, so that whoever made something of them knows when to look again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

Stamp = tuple[str, int, int, int]
"""Name, inode, bytes and time of the last change in nanoseconds."""

_SILENT = frozenset({"job.log", "log.jsonl"})
"""Files that nothing is made of."""


def stamps(places: Iterable[Path], counts: Callable[[os.DirEntry[str]], bool]) -> Iterator[Stamp]:
    """What stands in some folders, by name within each; hidden files and logs do not count.

    Args:
        places: the folders; one that is not there holds nothing.
        counts: whether something in them counts.
    """
    for place in places:
        with contextlib.suppress(OSError), os.scandir(place) as found:
            for entry in sorted(found, key=lambda e: e.name):
                if entry.name not in _SILENT and not entry.name.startswith(".") and counts(entry):
                    seen = entry.stat(follow_symlinks=entry.is_file())
                    yield entry.name, seen.st_ino, seen.st_size, seen.st_mtime_ns
