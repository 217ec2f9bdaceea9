"""The room's one SQLite file: accounts, their sessions and tokens, and links that let somebody in once."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from speakers.error import StorageError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, person TEXT NOT NULL UNIQUE, roles TEXT NOT NULL,
    hash TEXT NOT NULL, shut INTEGER NOT NULL DEFAULT 0, outside TEXT UNIQUE
);
CREATE TABLE IF NOT EXISTS session (
    token TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES account (id), csrf TEXT NOT NULL,
    begun REAL NOT NULL, used REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS token (
    id TEXT PRIMARY KEY, seal TEXT NOT NULL UNIQUE, account INTEGER NOT NULL REFERENCES account (id),
    scopes TEXT NOT NULL, made REAL NOT NULL, until REAL NOT NULL, used REAL
);
CREATE TABLE IF NOT EXISTS link (
    token TEXT PRIMARY KEY, account INTEGER REFERENCES account (id), until REAL NOT NULL
);
"""


class Store:
    """The file of one data directory.

    Args:
        path: of the SQLite file; made if it is not there, readable for its owner only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        with self.writing() as database:
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
        path.chmod(0o600)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection; what is done in it is kept together or not at all."""
        try:
            if not hasattr(self._local, "database"):
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
                self._local.database = sqlite3.connect(self._path, timeout=10)
                self._local.database.execute("PRAGMA journal_mode = WAL")
            with self._local.database as database:
                yield database
        except (OSError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.IntegrityError):
                raise
            raise StorageError(
                f"{self._path} cannot be used.", "Free some disk space, and allow writing there."
            ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The same, and nobody else writes from its beginning on."""
        with self.reading() as database:
            database.execute("BEGIN IMMEDIATE")
            yield database


def sealed(token: str) -> str:
    """What of a token is kept: whoever copies the file cannot come in with it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
