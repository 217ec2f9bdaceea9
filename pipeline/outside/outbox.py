"""What was last known of every meeting and job, and the messages that are to go out about changes: on the disk.

    webhooks/outbox.sqlite     0600; ids, states and times

A change and its messages are written in one transaction, so that a program that is killed at any moment has noted both
or neither; a message keeps its id however often it is sent. Addresses are kept as digests: they may hold a secret.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from speakers.error import NotFoundError, StorageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS known (kind TEXT, id TEXT, state TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS message (
    id TEXT PRIMARY KEY, at REAL NOT NULL, type TEXT NOT NULL, meeting TEXT NOT NULL, job TEXT NOT NULL,
    old TEXT, new TEXT NOT NULL, exit_code INTEGER
);
CREATE TABLE IF NOT EXISTS delivery (
    message TEXT NOT NULL REFERENCES message (id), target TEXT NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, began REAL NOT NULL, outcome TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (message, target)
);
CREATE INDEX IF NOT EXISTS waiting ON delivery (state, due);
"""

KEPT_S = 30 * 24 * 3600
"""How long a message is kept that was delivered or given up."""

Key = tuple[str, str]
"""("meeting", its id), or ("job", its id)."""


class Delivery(StrEnum):
    """How a message stands to one address."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "given up"


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of one change: ids and words of the program, no name, no title, nothing of a record.

    Attributes:
        type: "meeting.released", "job.failed", …
        new: the state now.
        old: the one before; None if there was none.
        meeting: id of the meeting.
        job: id of the job; empty if it is about none.
        exit_code: of the error that a job failed with.
        id: drawn by lot; the same however often it is sent.
        at: when it was noticed, seconds since 1970.
    """

    type: str
    new: str
    old: str | None = None
    meeting: str = ""
    job: str = ""
    exit_code: int | None = None
    id: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be sent to one address now.

    Attributes:
        message: which.
        target: `target_of` the address.
        tries: how often that was tried.
        began: when it was to be sent first, seconds since 1970.
    """

    message: Message
    target: str
    tries: int
    began: float


def target_of(url: str) -> str:
    """What of an address is kept."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


class Outbox:
    """The messages of one data directory; any process may open it.

    Args:
        data: the directory.
    """

    def __init__(self, data: Path) -> None:
        self.path = data / "webhooks" / "outbox.sqlite"

    @property
    def there(self) -> bool:
        """Whether anything was ever noted."""
        return self.path.is_file()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = FULL")
                database.execute("BEGIN IMMEDIATE")
                for statement in _SCHEMA.split(";"):
                    database.execute(statement)
                yield database
                database.execute("COMMIT")
        except (OSError, sqlite3.DatabaseError) as error:
            raise StorageError(
                f"{self.path} cannot be used.", "Free some disk space, and allow writing there."
            ) from error

    def known(self) -> dict[Key, str]:
        """What was last noted of every meeting and job."""
        with self._open() as database:
            rows = database.execute("SELECT kind, id, state FROM known").fetchall()
        return {(kind, of): state for kind, of, state in rows}

    def note(
        self, now: Mapping[Key, str], gone: Iterable[Key], messages: Iterable[Message], urls: Iterable[str]
    ) -> None:
        """Take down what holds now, with the messages about it, all or nothing.

        Args:
            now: the states that are new.
            gone: what is no more.
            messages: about both; each gets its id and its time here.
            urls: who is told.
        """
        targets = [target_of(url) for url in urls]
        at = time.time()
        with self._open() as database:
            database.executemany(
                "INSERT OR REPLACE INTO known VALUES (?, ?, ?)", [(*key, state) for key, state in now.items()]
            )
            database.executemany("DELETE FROM known WHERE kind = ? AND id = ?", list(gone))
            for one in messages:
                made = f"msg_{secrets.token_hex(16)}"
                database.execute(
                    "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (made, at, one.type, one.meeting, one.job, one.old, one.new, one.exit_code),
                )
                database.executemany(
                    "INSERT INTO delivery (message, target, state, due, began) VALUES (?, ?, ?, ?, ?)",
                    [(made, target, Delivery.WAITING, at, at) for target in targets],
                )
            _forget(database, at - KEPT_S)

    def due(self, urls: Iterable[str], *, most: int = 50) -> tuple[Due, ...]:
        """What is to be sent now, the oldest first; nothing to an address that the settings do not name any more."""
        targets = {target_of(url) for url in urls}
        if not targets or not self.there:
            return ()
        with self._open() as database:
            rows = database.execute(
                "SELECT target, tries, began, message.* FROM delivery JOIN message ON message.id = message"
                " WHERE state = ? AND due <= ? ORDER BY due",
                (Delivery.WAITING, time.time()),
            )
            meant = (Due(_message(row[3:]), row[0], row[1], row[2]) for row in rows if row[0] in targets)
            return tuple(islice(meant, most))

    def settle(self, one: Due, state: Delivery, outcome: str, due: float = 0.0) -> None:
        """Note what came of sending it.

        Args:
            one: what was sent.
            state: how it stands now.
            outcome: HTTP's number, or a word of ours.
            due: when to try again, if it waits.
        """
        with self._open() as database:
            database.execute(
                "UPDATE delivery SET state = ?, outcome = ?, due = ?, tries = tries + 1"
                " WHERE message = ? AND target = ?",
                (state, outcome, due, one.message.id, one.target),
            )

    def again(self, message_id: str) -> int:
        """Send a message once more to everybody who has not had it; to everybody if all have.

        Returns:
            To how many.

        Raises:
            NotFoundError: If there is none of that id.
        """
        with self._open() as database:
            states = database.execute(
                "SELECT state FROM delivery WHERE message = ?", (message_id,)
            ).fetchall()
            if not states:
                raise NotFoundError("There is no such message.", "See which there are: zhuzi webhook list.")
            left = [state for state in states if state != (Delivery.DELIVERED,)]
            now = time.time()
            return sum(
                database.execute(
                    "UPDATE delivery SET state = ?, due = ?, began = ?, tries = 0 WHERE message = ? AND state = ?",
                    (Delivery.WAITING, now, now, message_id, *state),
                ).rowcount
                for state in {*(left or states)}
            )

    def counts(self) -> dict[str, int]:
        """How many deliveries stand how."""
        found = {str(state): 0 for state in Delivery}
        if self.there:
            with self._open() as database:
                found |= dict(
                    database.execute("SELECT state, COUNT(*) FROM delivery GROUP BY state").fetchall()
                )
        return found

    def rows(self, most: int = 100) -> list[dict[str, Any]]:
        """The newest messages and how they stand, newest first."""
        if not self.there:
            return []
        with self._open() as database:
            found = database.execute(
                "SELECT message.*, target, state, tries, outcome FROM message"
                " LEFT JOIN delivery ON message = message.id ORDER BY at DESC, message.id LIMIT ?",
                (most,),
            ).fetchall()
        return [
            {
                **body_of(_message(row[:8])),
                "target": row[8],
                "state": row[9],
                "tries": row[10],
                "outcome": row[11],
            }
            for row in found
        ]


def body_of(message: Message) -> dict[str, Any]:
    """A message as whoever is told reads it."""
    data: dict[str, Any] = {"meeting": message.meeting, "old": message.old, "new": message.new}
    if message.job:
        data |= {"job": message.job, "exit_code": message.exit_code}
    at = datetime.fromtimestamp(message.at, UTC).isoformat(timespec="milliseconds")
    return {"id": message.id, "type": message.type, "timestamp": at, "data": data}


def _message(row: tuple[Any, ...]) -> Message:
    made, at, kind, meeting, job, old, new, exit_code = row
    return Message(kind, new, old, meeting, job, exit_code, made, at)


def _forget(database: sqlite3.Connection, before: float) -> None:
    """Take out what nobody will ask for any more."""
    database.execute(
        "DELETE FROM delivery WHERE state != ? AND message IN (SELECT id FROM message WHERE at < ?)",
        (Delivery.WAITING, before),
    )
    database.execute(
        "DELETE FROM message WHERE at < ? AND id NOT IN (SELECT message FROM delivery)", (before,)
    )
