"""Who may come in: accounts with roles and argon2 hashes, and their sessions, in one SQLite file."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import argon2

from redaction.approval import person
from speakers.error import AccountError, StorageError

SESSION_S = 12 * 3600
"""A session ends so long after it began, whatever happens in it."""

IDLE_S = 2 * 3600
"""It ends so long after it was last used."""

SHORTEST = 12
"""Characters of a password, as NIST SP 800-63B asks at least for one that is the only factor (it says 8 to 15)."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, person TEXT NOT NULL UNIQUE, roles TEXT NOT NULL,
    hash TEXT NOT NULL, shut INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS session (
    token TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account (id), csrf TEXT NOT NULL,
    begun REAL NOT NULL, used REAL NOT NULL
);
"""


class Role(StrEnum):
    """What somebody may do."""

    STAFF = "staff"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who signed in.

    Attributes:
        name: their own name, which goes into ledgers; two accounts never have one person's.
        roles: what they may do.
        csrf: what every change of theirs has to bring along.
        account: number of the account.
    """

    name: str
    roles: frozenset[Role]
    csrf: str
    account: int


class Accounts:
    """The accounts and sessions of one data directory.

    Args:
        path: of the SQLite file; made if it is not there, readable for its owner only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._hasher = argon2.PasswordHasher()
        with self._database() as database:
            database.executescript(_SCHEMA)
        path.chmod(0o600)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection; what is done in it is kept together or not at all."""
        try:
            if not hasattr(self._local, "database"):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._local.database = sqlite3.connect(self._path, timeout=10)
                self._local.database.execute("PRAGMA journal_mode = WAL")
            with self._local.database as database:
                yield database
        except (OSError, sqlite3.OperationalError) as error:
            raise StorageError(
                f"{self._path} cannot be used.", "Free some disk space, and allow writing there."
            ) from error

    def add(self, name: str, roles: frozenset[Role], password: str) -> None:
        """Make an account.

        Raises:
            AccountError: If the name is nobody's or somebody has it already, or the password is too short.
        """
        name = " ".join(name.split())
        if not name or not name.isprintable() or len(name) > 80:
            raise AccountError("An account needs a name.", "Give the name that is to stand in the ledger.")
        if len(password) < SHORTEST:
            raise AccountError(
                f"A password needs {SHORTEST} characters or more.",
                "Choose a longer one; several words are fine.",
            )
        hashed = self._hasher.hash(password)
        try:
            with self._database() as database:
                database.execute(
                    "INSERT INTO account (name, person, roles, hash) VALUES (?, ?, ?, ?)",
                    (name, person(name), " ".join(sorted(roles)), hashed),
                )
        except sqlite3.IntegrityError as error:
            raise AccountError(
                "Somebody has an account of this name.", "Two people need two names: add something to it."
            ) from error

    def any(self) -> bool:
        """Whether there is an account yet."""
        with self._database() as database:
            return database.execute("SELECT 1 FROM account LIMIT 1").fetchone() is not None

    def check(self, name: str, password: str) -> int | None:
        """The account that this name and password open; it takes as long where there is none."""
        with self._database() as database:
            row = database.execute(
                "SELECT id, hash, shut FROM account WHERE person = ?", (person(name),)
            ).fetchone()
        account, hashed, shut = row or (0, self._nobody, 1)
        try:
            self._hasher.verify(hashed, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return None
        return None if shut else account

    @property
    def _nobody(self) -> str:
        """A hash that no password fits, of the same cost as everybody's."""
        if not hasattr(self, "_no_hash"):
            self._no_hash = self._hasher.hash(secrets.token_hex(16))
        return self._no_hash

    def enter(self, account: int) -> str:
        """Begin a session; the token that is its only key."""
        token, now = secrets.token_urlsafe(32), time.time()
        with self._database() as database:
            database.execute(
                "DELETE FROM session WHERE begun < ? OR used < ?", (now - SESSION_S, now - IDLE_S)
            )
            database.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?)",
                (_sealed(token), account, secrets.token_urlsafe(24), now, now),
            )
        return token

    def visitor(self, token: str) -> Visitor | None:
        """Who has a session with this token; None if nobody has, any more."""
        now = time.time()
        with self._database() as database:
            row = database.execute(
                "SELECT name, roles, csrf, account.id, used FROM session JOIN account ON account.id = account"
                " WHERE token = ? AND begun >= ? AND used >= ? AND NOT shut",
                (_sealed(token), now - SESSION_S, now - IDLE_S),
            ).fetchone()
            if row is None:
                return None
            name, roles, csrf, account, used = row
            if now - used > 60:  # a write a minute is enough to know that somebody is there
                database.execute("UPDATE session SET used = ? WHERE token = ?", (now, _sealed(token)))
        return Visitor(name, frozenset(Role(role) for role in roles.split()), csrf, account)

    def leave(self, token: str) -> None:
        """End a session."""
        with self._database() as database:
            database.execute("DELETE FROM session WHERE token = ?", (_sealed(token),))


def _sealed(token: str) -> str:
    """What of a token is kept: whoever copies the file cannot come in with it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
