"""Who is in the room now."""

from __future__ import annotations

import secrets
import time

from pipeline.room.accounts import Role, Visitor
from pipeline.room.store import Store, sealed

SESSION_S = 12 * 3600
"""A session ends so long after it began, whatever happens in it."""

IDLE_S = 2 * 3600
"""It ends so long after it was last used."""


class Sessions:
    """The sessions of one data directory; they end with sign-out, and with every change of what an account is.

    Args:
        store: where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def enter(self, account: int) -> str:
        """Begin a session; the token that is its only key."""
        token, now = secrets.token_urlsafe(32), time.time()
        with self._store.writing() as database:
            database.execute(
                "DELETE FROM session WHERE begun < ? OR used < ?", (now - SESSION_S, now - IDLE_S)
            )
            database.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?)",
                (sealed(token), account, secrets.token_urlsafe(24), now, now),
            )
        return token

    def visitor(self, token: str) -> Visitor | None:
        """Who has a session with this token; None if nobody has, any more."""
        now = time.time()
        with self._store.reading() as database:
            row = database.execute(
                "SELECT name, roles, csrf, account.id, used FROM session JOIN account ON account.id = account"
                " WHERE token = ? AND begun >= ? AND used >= ? AND NOT shut",
                (sealed(token), now - SESSION_S, now - IDLE_S),
            ).fetchone()
            if row is None:
                return None
            name, roles, csrf, account, used = row
            if now - used > 60:  # a write a minute is enough to know that somebody is there
                database.execute("UPDATE session SET used = ? WHERE token = ?", (now, sealed(token)))
        return Visitor(name, frozenset(Role(role) for role in roles.split()), csrf, account)

    def leave(self, token: str) -> None:
        """End a session."""
        with self._store.writing() as database:
            database.execute("DELETE FROM session WHERE token = ?", (sealed(token),))

    def end_all(self, account: int) -> None:
        """End every session of an account."""
        with self._store.writing() as database:
            database.execute("DELETE FROM session WHERE account = ?", (account,))
