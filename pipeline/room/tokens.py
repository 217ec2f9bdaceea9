"""Keys by which programs come in for somebody: each is good for some things, for some time, and never for approving.

That a person approved exactly what is published is what everything else rests on; a key proves only that a program
could read a file. So no key approves: people do, in the room or at the machine.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.room.accounts import Role, Visitor
from pipeline.room.store import Store, sealed
from speakers.error import AccountError, NotFoundError

PREFIX = "zhuzi_"
"""Every token begins so, for those who look for keys that somebody published by mistake."""

DAYS = 90
"""How long one is good unless somebody says otherwise."""

MOST_DAYS = 366

_FORM = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


class Scope(StrEnum):
    """What a token is good for; its account needs the role as well, whenever it is used."""

    STATUS = "status"
    SUBMIT = "submit"
    READ = "read"
    REVIEW = "review"
    WINDOW = "window"
    REGISTER = "register"
    NAMES = "names"
    CONSENT = "consent"
    RELEASE = "release"
    REVOKE = "revoke"
    ADMIN = "admin"


_REVIEWERS = frozenset({Role.REVIEWER})

ROLES: dict[Scope, frozenset[Role]] = {
    Scope.STATUS: frozenset(Role),
    Scope.SUBMIT: frozenset({Role.STAFF, Role.ADMIN}),
    Scope.READ: _REVIEWERS,
    Scope.REVIEW: _REVIEWERS,
    Scope.WINDOW: _REVIEWERS,
    Scope.REGISTER: frozenset({Role.REVIEWER, Role.ADMIN}),
    Scope.NAMES: _REVIEWERS,
    Scope.CONSENT: _REVIEWERS,
    Scope.RELEASE: _REVIEWERS,
    Scope.REVOKE: _REVIEWERS,
    Scope.ADMIN: frozenset({Role.ADMIN}),
}
"""Whose tokens may have which scope: those who may do the same in the room."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, as it is listed.

    Attributes:
        id: "t" and 8 hexadecimal digits.
        name: of the account that it is of.
        scopes: what it is good for.
        made: when it was made, seconds since 1970.
        until: when it ends, likewise.
        used: when it was used last, to the minute; None if it never was.
    """

    id: str
    name: str
    scopes: frozenset[Scope]
    made: float
    until: float
    used: float | None


class Tokens:
    """The tokens of one data directory; only their hashes are kept.

    Args:
        store: where.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(
        self, account: int, roles: frozenset[Role], scopes: Iterable[Scope], days: int = DAYS
    ) -> tuple[str, str]:
        """Make one.

        Args:
            account: number of whose it is.
            roles: that the account has now.
            scopes: what it is to be good for.
            days: how long.

        Returns:
            The token, which is shown this once, and its id.

        Raises:
            AccountError: If the account's roles do not reach so far, or it would last too long.
        """
        wanted = frozenset(scopes)
        beyond = sorted(scope for scope in wanted if not ROLES[scope] & roles)
        if beyond:
            raise AccountError(
                f"The account's roles do not reach as far as {', '.join(beyond)}.",
                "Choose other scopes, or have an admin give the account the role.",
            )
        if not 1 <= days <= MOST_DAYS:
            raise AccountError(
                f"A token lasts between 1 and {MOST_DAYS} days.", "Choose another number of days."
            )
        token, made, now = PREFIX + secrets.token_urlsafe(32), f"t{secrets.token_hex(4)}", time.time()
        with self._store.writing() as database:
            database.execute("DELETE FROM token WHERE until < ?", (now,))
            database.execute(
                "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (made, sealed(token), account, " ".join(sorted(wanted)), now, now + days * 86_400),
            )
        return token, made

    def visitor(self, token: str) -> Visitor | None:
        """Whose program brings this token; None if it is none, or not good any more."""
        if not _FORM.fullmatch(token):
            return None
        now = time.time()
        with self._store.reading() as database:
            row = database.execute(
                "SELECT token.id, scopes, used, name, roles, account FROM token JOIN account"
                " ON account.id = account WHERE seal = ? AND until >= ? AND NOT shut",
                (sealed(token), now),
            ).fetchone()
            if row is None:
                return None
            made, scopes, used, name, roles, account = row
            if used is None or now - used > 60:
                database.execute("UPDATE token SET used = ? WHERE id = ?", (now, made))
        return Visitor(
            name, frozenset(map(Role, roles.split())), "", account, made, frozenset(scopes.split())
        )

    def all(self) -> tuple[Token, ...]:
        """Those that are good, the newest first."""
        with self._store.reading() as database:
            rows = database.execute(
                "SELECT token.id, name, scopes, made, until, used FROM token JOIN account"
                " ON account.id = account WHERE until >= ? ORDER BY made DESC",
                (time.time(),),
            ).fetchall()
        return tuple(Token(r[0], r[1], frozenset(map(Scope, r[2].split())), *r[3:]) for r in rows)

    def revoke(self, token_id: str) -> None:
        """End one at once.

        Raises:
            NotFoundError: If there is none of that id.
        """
        with self._store.writing() as database:
            if not database.execute("DELETE FROM token WHERE id = ?", (token_id,)).rowcount:
                raise NotFoundError("There is no such token.", "See which there are: zhuzi account tokens.")
