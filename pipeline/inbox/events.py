"""What happens at an inbox, for people and programs: by number, job and meeting; never by the name of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from speakers.moment import moment


class Happened(StrEnum):
    """What can."""

    WATCHING = "watching"
    WAITING = "waiting"
    COPYING = "copying"
    HANDED_IN = "handed in"
    TAKEN = "taken"
    REMOVED = "removed"
    REFUSED = "refused"
    DONE = "done"
    FAILED = "failed"
    LEFT_ALONE = "left alone"
    HELD_UP = "held up"
    GONE = "inbox gone"
    BACK = "inbox back"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        event: what.
        item: number of what was dropped, counted since this watcher began; 0 if it is about none.
        job: that it is.
        meeting: that it is.
        done: bytes copied.
        total: of so many.
        left_s: seconds that the copy will take still; None where that cannot be told.
        what: is wrong, as a sentence.
        cure: what to do about it, likewise.
        exit_code: of that kind of error; 0 for none.
        at: ISO time with offset.
    """

    event: Happened
    item: int = 0
    job: str = ""
    meeting: str = ""
    done: int = 0
    total: int = 0
    left_s: int | None = None
    what: str = ""
    cure: str = ""
    exit_code: int = 0
    at: str = field(default_factory=moment)

    def row(self) -> dict[str, Any]:
        """For programs."""
        return {
            "at": self.at,
            "event": self.event.value,
            "item": self.item,
            "job": self.job,
            "meeting": self.meeting,
            "done": self.done,
            "total": self.total,
            "left_s": self.left_s,
            "what": self.what,
            "cure": self.cure,
            "exit_code": self.exit_code,
        }
