"""What every page needs, made once when the room opens."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.audit import Audit
from pipeline.doors import Doors
from pipeline.folder import MeetingFolder
from pipeline.live import LiveMeeting
from pipeline.mine import Sharing
from pipeline.room.accounts import Accounts
from pipeline.room.attempts import Attempts, Guesses
from pipeline.room.links import Links
from pipeline.room.sessions import Sessions
from pipeline.room.store import Store
from pipeline.settings import Settings
from pipeline.uploads import Uploads
from pipeline.work import Work

if TYPE_CHECKING:
    from pipeline.room.oidc import Provider  # Authlib is loaded only where a provider is configured

RETURN = "/sign-in/oidc/return"
"""Where an identity provider sends people back to."""


WITHIN_S = 600
"""How long they may take there."""


@dataclass(slots=True)
class Room:
    """The room of one data directory.

    Attributes:
        settings: in force.
        accounts: who may come in.
        sessions: who is in.
        links: by which people choose their passwords.
        audit: who did what.
        attempts: how often somebody tried to sign in.
        provider: who else says who somebody is, or None.
        work: what is done in the background.
        guesses: how often a personal link opened nothing.
        sharing: what personal links show.
    """

    settings: Settings
    accounts: Accounts
    sessions: Sessions
    links: Links
    audit: Audit
    attempts: Attempts
    provider: Provider | None
    work: Work
    guesses: Guesses = field(default_factory=Guesses)
    sharing: Sharing = field(default_factory=Sharing)
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


def opened(settings: Settings) -> Room:
    """The room of one data directory, with what it keeps.

    Raises:
        StorageError: If that cannot be used.
    """
    store = store_of(settings)
    accounts = Accounts(store)
    return Room(
        settings,
        accounts,
        Sessions(store),
        Links(store, accounts),
        Audit(settings.data),
        Attempts(),
        _provider(settings.doors),
        Work(settings),
    )


def _provider(doors: Doors) -> Provider | None:
    if doors.oidc is None:
        return None
    from pipeline.room.oidc import Provider

    return Provider(doors.oidc, doors.url + RETURN)


def store_of(settings: Settings) -> Store:
    """The room's file in a data directory."""
    return Store(settings.data / "room" / "accounts.sqlite")
