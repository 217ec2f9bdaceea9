"""What every page needs, made once when the room opens."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.audit import Audit
from pipeline.doors import Doors
from pipeline.folder import MeetingFolder
from pipeline.glances import Glances
from pipeline.jobs.beside import Beside
from pipeline.jobs.spool import Jobs
from pipeline.live import LiveMeeting
from pipeline.mine import Sharing
from pipeline.outside.health import Readiness
from pipeline.outside.metrics import Metrics
from pipeline.outside.notify import Notifier
from pipeline.room.accounts import Accounts
from pipeline.room.attempts import Attempts, Calls, Guesses
from pipeline.room.links import Links
from pipeline.room.sessions import Sessions
from pipeline.room.store import Store
from pipeline.room.tokens import Tokens
from pipeline.settings import Settings
from pipeline.status import details
from pipeline.uploads import Uploads
from pipeline.warming import Warming

if TYPE_CHECKING:
    from pipeline.room.oidc import Provider  # Authlib is loaded only where a provider is configured

RETURN = "/sign-in/oidc/return"
"""Where an identity provider sends people back to."""


AT_ONCE = 4
"""Meetings that are kept up to date between requests; each takes memory (one of five hours 60 MB)."""

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
        work: what is to be done in the background.
        beside: sees to it that somebody does it.
        tokens: by which programs come in.
        guesses: how often a personal link, or a token, opened nothing.
        calls: how much programs ask.
        sharing: what personal links show.
        glances: where every meeting stands.
        warming: makes meetings ready that wait for reviewers.
        metrics: how much there is to do, and how it goes.
        notifier: notices what changed, and tells.
        readiness: whether it can do its work.
    """

    settings: Settings
    accounts: Accounts
    sessions: Sessions
    links: Links
    audit: Audit
    attempts: Attempts
    provider: Provider | None
    work: Jobs
    beside: Beside
    tokens: Tokens
    guesses: Guesses = field(default_factory=Guesses)
    calls: Calls = field(default_factory=Calls)
    sharing: Sharing = field(default_factory=Sharing)
    _meetings: OrderedDict[str, LiveMeeting] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    glances: Glances = field(init=False)
    warming: Warming = field(init=False)
    metrics: Metrics = field(init=False)
    notifier: Notifier = field(init=False)
    readiness: Readiness = field(init=False)

    def __post_init__(self) -> None:
        self.glances = Glances(self.glance)
        self.warming = Warming(self.data, self.live)
        self.metrics = Metrics(self.settings, self.work.jobs, self.glances)
        self.notifier = Notifier(self.settings, self.work.jobs, self.glances)
        self.readiness = Readiness(self.settings)

    @property
    def data(self) -> Path:
        """Where meetings live."""
        return self.settings.data

    @property
    def uploads(self) -> Uploads:
        """Files on their way here."""
        return Uploads(self.data)

    def live(self, folder: MeetingFolder) -> LiveMeeting:
        """The one live meeting of a folder, whoever asks; those that nobody asked for longest are let go."""
        with self._lock:
            if folder.id not in self._meetings:
                self._meetings[folder.id] = LiveMeeting(folder)
            self._meetings.move_to_end(folder.id)
            while len(self._meetings) > AT_ONCE:
                self._meetings.popitem(last=False)
            return self._meetings[folder.id]

    def glance(self, folder: MeetingFolder) -> dict[str, Any]:
        """Where a meeting stands, as `pipeline.status.details`; one that is live need not be replayed for it."""
        with self._lock:
            live = self._meetings.get(folder.id)
        chosen = self.settings
        return details(folder, chosen.approvers, chosen.correction_days, live.draft if live else None)


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
        Jobs(settings),
        Beside(settings),
        Tokens(store),
    )


def _provider(doors: Doors) -> Provider | None:
    if doors.oidc is None:
        return None
    from pipeline.room.oidc import Provider

    return Provider(doors.oidc, doors.url + RETURN)


def store_of(settings: Settings) -> Store:
    """The room's file in a data directory."""
    return Store(settings.data / "room" / "accounts.sqlite")
