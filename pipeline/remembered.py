"""What was made of a draft and need not be made again while it is the same one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from redaction.draft import Draft

_Made = TypeVar("_Made")

_MEETINGS = 8
"""So many are remembered; others are made again."""


class Remembered(Generic[_Made]):
    """The newest value of each meeting.

    Args:
        make: makes it of a draft; two callers at once may both make it.
    """

    def __init__(self, make: Callable[[Draft], _Made]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Draft, _Made]] = {}

    def of(self, meeting_id: str, draft: Draft) -> _Made:
        """The value of this very draft."""
        with self._lock:
            known = self._known.get(meeting_id)
        if known is not None and known[0] is draft:
            return known[1]
        made = self._make(draft)
        with self._lock:
            self._known.pop(meeting_id, None)
            self._known[meeting_id] = (draft, made)
            for old in [*self._known][:-_MEETINGS]:
                del self._known[old]
        return made
