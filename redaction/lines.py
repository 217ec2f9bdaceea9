"""Files of lines: added to so that all of it is on the disk or none, and read from their end."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator

AT_ONCE_BYTES = 1 << 16
"""A line of a file that is only ever looked at from its end is shorter."""


def lines_backwards(file: io.BufferedReader, end: int | None) -> Iterator[tuple[int, bytes]]:
    """The whole lines before a byte, the last one first, each with where it begins."""
    place = file.seek(0, os.SEEK_END) if end is None else end
    begun = b""  # of a line whose beginning is in the block before
    torn = True  # what stands after the last end of a line is no line
    while place > 0:
        begin = max(0, place - AT_ONCE_BYTES)
        file.seek(begin)
        begun, *lines = (file.read(place - begin) + begun).split(b"\n")
        at = begin + len(begun) + 1 + sum(len(line) + 1 for line in lines)
        for line in reversed(lines):
            at -= len(line) + 1
            if not torn:
                yield at, line
            torn = False
        place = begin
    if begun and not torn:
        yield 0, begun


def write_whole(
    file: io.FileIO, data: bytes, whole: int, then: Callable[[], None] = lambda: None, *, lasting: bool = True
) -> None:
    """All of it, on the disk, and what comes then; or nothing of it: somebody is told that it was not recorded."""
    try:
        left = memoryview(data)
        while left:
            left = left[file.write(left) or 0 :]
        if lasting:
            os.fsync(file.fileno())
        then()
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(whole)
        raise
