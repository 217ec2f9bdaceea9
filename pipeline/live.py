"""A meeting that several people work on at once: its draft, replayed only when something changed."""

from __future__ import annotations

import threading
from pathlib import Path

from pipeline import register, review
from pipeline.folder import MeetingFolder
from redaction.decision import Act
from redaction.draft import Draft

_Seen = tuple[tuple[int, int, int], ...]


class LiveMeeting:
    """One meeting, for as long as a program that serves it runs.

    Args:
        folder: the meeting's.
    """

    def __init__(self, folder: MeetingFolder) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._draft: Draft | None = None
        self._seen: _Seen = ()

    def draft(self) -> Draft:
        """The draft as it stands now, with whatever other programs changed.

        Raises:
            NotReleasableError: If the meeting has not been heard yet.
            ZhuziError: If an artifact, `meeting.toml` or the ledger is damaged.
        """
        with self._lock:
            seen = self._looked()
            if self._draft is None or seen != self._seen:
                self._draft = review.draft_of(self.folder)
                self._seen = seen
            return self._draft

    def decide(
        self, who: str, acts: tuple[Act, ...], *, how: str = "in the room", seen: Draft | None = None
    ) -> Draft:
        """Record what somebody decided; as `pipeline.review.decide`."""
        with self._lock:
            review.decide(self.folder, who, acts, how=how, seen=seen)
            return self.draft()

    def _looked(self) -> _Seen:
        """What the files are like that a draft is made of."""
        place = register.of(self.folder.root.parent.parent).place
        inside = [p for p in self.folder.root.iterdir() if p.is_file() and not p.name.startswith(".")]
        others = sorted(place.glob("*")) if place.is_dir() else []
        return tuple(_like(path) for path in (*sorted(inside), *others))


def _like(path: Path) -> tuple[int, int, int]:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)
