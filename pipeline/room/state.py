"""What every page needs, made once when the room opens."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.folder import MeetingFolder
from pipeline.live import LiveMeeting
from pipeline.room.accounts import Accounts
from pipeline.settings import Settings
from pipeline.uploads import Uploads
from pipeline.work import Work


@dataclass(slots=True)
class Room:
    """The room of one data directory.

    Attributes:
        settings: in force.
        accounts: who may come in.
        work: what is done in the background.
    """

    settings: Settings
    accounts: Accounts
    work: Work
    _meetings: dict[str, LiveMeeting] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def data(self) -> Path:
        """Where meetings live."""
        return self.settings.data

    @property
    def uploads(self) -> Uploads:
        """Files on their way here."""
        return Uploads(self.data)

    def live(self, folder: MeetingFolder) -> LiveMeeting:
        """The one live meeting of a folder, whoever asks."""
        with self._lock:
            return self._meetings.setdefault(folder.id, LiveMeeting(folder))
