"""Meetings made ready before anybody opens them: the first look at a long one takes seconds, the next ones none."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

from pipeline.folder import MeetingFolder, meetings
from pipeline.live import LiveMeeting
from pipeline.reader import reader
from redaction.risk import assess
from speakers.error import ZhuziError

MEETINGS = 2
"""The newest that wait for reviewers; each stays in memory."""


class Warming:
    """Makes meetings ready, one after the other, in a thread of its own.

    Args:
        data: where meetings live.
        live: gives the meeting that the pages will ask.
    """

    def __init__(self, data: Path, live: Callable[[MeetingFolder], LiveMeeting]) -> None:
        self._data, self._live = data, live
        self._one = threading.Lock()

    def soon(self) -> None:
        """Begin, and do not wait for it."""
        threading.Thread(target=self.all, name="warming", daemon=True).start()

    def all(self) -> None:
        """The newest that were heard and never released; one that cannot be read is left to who opens it."""
        with self._one:
            ready = 0
            for folder in reversed(meetings(self._data)):
                with contextlib.suppress(ZhuziError):
                    if ready < MEETINGS and _awaits(folder):
                        _make_ready(self._live(folder))
                        ready += 1


def _awaits(folder: MeetingFolder) -> bool:
    """Whether it was heard, and nothing of it is public."""
    heard = folder.manifest()["stages"].get("attribute", {}).get("finished")
    return bool(heard) and not os.path.lexists(folder.public)


def _make_ready(live: LiveMeeting) -> None:
    """Look once at what every page looks at; what is found in each statement is remembered."""
    draft = reader(live).look().draft
    assert draft.suggestions is not None  # noqa: S101 - asked for so that it is known
    assess(draft)
