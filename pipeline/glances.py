"""Where every meeting stands, for a server that is asked often: looked at again only where something changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pipeline import log, register
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Job
from pipeline.keeping import holds
from pipeline.settings import Settings
from pipeline.stamps import Stamp, stamps
from pipeline.workdays import now
from speakers.error import StageError

Row = dict[str, Any]

WORKED_ON = "being worked on"
"""The state of a meeting that has a job: what is not finished of it was not interrupted."""


def beside_jobs(rows: Iterable[Row], jobs: Iterable[Job]) -> Iterator[Row]:
    """Rows as they are while jobs wait and run.

    Args:
        rows: of meetings, as `pipeline.status.details` has them.
        jobs: that are known.
    """
    working = {job.meeting_id for job in jobs if job.open}
    for row in rows:
        begun = row["state"] == "not transcribed" or row["state"].startswith("interrupted in ")
        yield {**row, "state": WORKED_ON} if begun and row["id"] in working else row


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
        self._last: tuple[float, tuple[tuple[MeetingFolder, Row | None], ...]] | None = None
        self._changing = threading.Condition()  # of what is above

    @classmethod
    def at(cls, settings: Settings) -> Glances:
        """Looks as `pipeline.status.details` does."""

        def look(folder: MeetingFolder) -> Row:
            from pipeline.status import details  # whoever never looks starts without it

            return details(folder, settings.approvers, settings.correction_days)

        return cls(look)

    def rows(self, folders: Sequence[MeetingFolder], *, within_s: float) -> list[Row | None]:
        """The row of each meeting, in their order; None where that takes longer: ask again in a moment.

        Args:
            folders: the meetings, those that people want first first.
            within_s: how long the caller waits in all.
        """
        begun = time.monotonic()
        with self._changing:
            people = _people(folders)
            now_like = {folder.id: _like(folder, people) for folder in folders}
            self._waiting = [f for f in folders if self._known(f, now_like[f.id]) is None]
            if self._waiting and not self._looking:
                self._looking = True
                threading.Thread(target=self._work, name="glances", daemon=True).start()
            self._changing.wait_for(lambda: not self._looking, within_s)
            found = [self._known(folder, now_like[folder.id]) for folder in folders]
            self._last = begun, tuple(zip(folders, found, strict=True))
            return found

    def last(self, fresh_s: float) -> tuple[tuple[MeetingFolder, Row | None], ...] | None:
        """What was answered last, to whomever; None if that is longer ago than `fresh_s` seconds."""
        with self._changing:
            if self._last is None or time.monotonic() - self._last[0] > fresh_s:
                return None
            return self._last[1]

    def _known(self, folder: MeetingFolder, like: object) -> Row | None:
        seen = self._seen.get(folder.id)
        return seen[1] if seen is not None and seen[0] == like else None

    def _work(self) -> None:
        """Look at what waits until nothing does."""
        while (folder := self._next()) is not None:
            like = _like(folder, _people([folder]))
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
                self._seen[folder.id] = like, row

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


def _like(folder: MeetingFolder, people: tuple[Stamp, ...]) -> tuple[object, ...]:
    """What everything is like that a row is made of; the day is among it, because deadlines pass."""
    places = (folder.root, folder.public, folder.window.parent)
    held = stamps((holds.path_of(folder.root.parent.parent).parent,), lambda e: e.name == "holds.jsonl")
    return (now().date(), *stamps(places, lambda _: True), *held, *people)


def _people(folders: Sequence[MeetingFolder]) -> tuple[Stamp, ...]:
    """What the consent register of these meetings is like, looked at once for all of them."""
    if not folders:
        return ()
    return tuple(stamps(register.of(folders[0].root.parent.parent).places, lambda _: True))
