"""Where every meeting stands, for a server that is asked often: looked at again only where something changed."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline import log, register
from pipeline.folder import MeetingFolder
from pipeline.workdays import now
from speakers.error import StageError

Row = dict[str, Any]

_PASSING = frozenset({"job.log", "log.jsonl"})
"""Files that say nothing of where a meeting stands."""


class Glances:
    """What was seen of each meeting, and how its files were then; any thread may ask.

    Args:
        look: makes the row of a meeting, as `pipeline.status.details` does; may take seconds.
    """

    def __init__(self, look: Callable[[MeetingFolder], Row]) -> None:
        self._look = look
        self._seen: dict[str, tuple[object, Row]] = {}
        self._waiting: list[MeetingFolder] = []
        self._looking = False
        self._changing = threading.Condition()  # of what is above

    def rows(self, folders: Sequence[MeetingFolder], *, within_s: float) -> list[Row | None]:
        """The row of each meeting, in their order; None where that takes longer: ask again in a moment.

        Args:
            folders: the meetings, those that people want first first.
            within_s: how long the caller waits in all.
        """
        with self._changing:
            stamps = {folder.id: _stamps(folder) for folder in folders}
            self._waiting = [f for f in folders if self._known(f, stamps[f.id]) is None]
            if self._waiting and not self._looking:
                self._looking = True
                threading.Thread(target=self._work, name="glances", daemon=True).start()
            self._changing.wait_for(lambda: not self._looking, within_s)
            return [self._known(folder, stamps[folder.id]) for folder in folders]

    def _known(self, folder: MeetingFolder, stamps: object) -> Row | None:
        seen = self._seen.get(folder.id)
        return seen[1] if seen is not None and seen[0] == stamps else None

    def _work(self) -> None:
        """Look at what waits until nothing does."""
        while (folder := self._next()) is not None:
            stamps = _stamps(folder)
            try:
                row = self._look(folder)
            except Exception as error:  # noqa: BLE001 - one that cannot be looked at hides no other one
                log.write(folder.log, "glance", error)
                row = {
                    "id": folder.id,
                    "title": "",
                    "state": "damaged",
                    "error": str(_unforeseen(folder, error)),
                }
            with self._changing:
                self._seen[folder.id] = stamps, row

    def _next(self) -> MeetingFolder | None:
        with self._changing:
            if self._waiting:
                return self._waiting.pop(0)
            self._looking = False
            self._changing.notify_all()
            return None


def _unforeseen(folder: MeetingFolder, error: Exception) -> StageError:
    return StageError(
        f"Meeting {folder.id} cannot be looked at ({type(error).__name__}).",
        "Try again; if it happens again, report it with job.log of its folder.",
    )


def _stamps(folder: MeetingFolder) -> tuple[object, ...]:
    """What everything is like that a row is made of; the day is among it, because deadlines pass."""
    place = register.of(folder.root.parent.parent).place
    return (
        now().date(),
        *_files(folder.root),
        *_files(folder.public),
        *_files(place),
        *_files(place / "people"),
    )


def _files(inside: Path) -> Iterator[tuple[str, int, int, int]]:
    with contextlib.suppress(OSError), os.scandir(inside) as found:
        for entry in sorted(found, key=lambda e: e.name):
            if entry.name not in _PASSING and not entry.name.startswith("."):
                seen = entry.stat(follow_symlinks=False)
                yield entry.name, seen.st_ino, seen.st_size, seen.st_mtime_ns
