"""Who may come in: accounts with roles and argon2 hashes."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import argon2

from pipeline.room.store import Store
from redaction.approval import person
from speakers.error import AccountError, BusyError, NotFoundError

SHORTEST = 12
"""Characters of a password, as NIST SP 800-63B asks at least for one that is the only factor (it says 8 to 15)."""

LONGEST = 1000
"""Characters of a password."""

_AT_ONCE = 1
"""Passwords looked at together: each takes 64 MiB, a fifth of what the server may hold."""

_QUEUE = 20
"""Those who wait for that; who comes later is told so, and does not hold what others need to be answered."""

_WAIT_S = 10.0

_OTHER_ADMIN = (
    "SELECT 1 FROM account WHERE id != ? AND NOT shut AND (hash != '' OR outside IS NOT NULL)"
    " AND ' ' || roles || ' ' LIKE '% admin %'"
)


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
        token: id of the token that a program of theirs came by; empty for themselves.
        scopes: what that token is good for.
    """

    name: str
    roles: frozenset[Role]
    csrf: str
    account: int
    token: str = ""
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """An account, as admins see it.

    Attributes:
        number: of it.
        name: of whose it is.
        roles: what they may do.
        shut: whether nobody comes in by it.
        chosen: whether its password was chosen yet.
        outside: what an identity provider or a proxy calls them; empty if neither does.
        sessions: how many are open.
    """

    number: int
    name: str
    roles: frozenset[Role]
    shut: bool
    chosen: bool
    outside: str
    sessions: int


class Accounts:
    """The accounts of one data directory.

    Args:
        store: where they are kept.
        hasher: what seals passwords; hashes of other parameters are renewed when they are used.
    """

    def __init__(self, store: Store, hasher: argon2.PasswordHasher | None = None) -> None:
        self._store = store
        self._hasher = hasher or argon2.PasswordHasher()
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._seats = threading.BoundedSemaphore(_AT_ONCE + _QUEUE)

    def add(self, name: str, roles: frozenset[Role], password: str = "") -> int:
        """Make an account; without a password nobody comes in before one was chosen by a link.

        Raises:
            AccountError: If the name is nobody's or somebody has it already, or the password is too short.
        """
        hashed = self.hashed(password, name) if password else ""
        with self._store.writing() as database:
            return self.insert(database, name, roles, hashed)

    def insert(self, database: sqlite3.Connection, name: str, roles: frozenset[Role], hashed: str) -> int:
        """The same within a transaction, with the password sealed."""
        name = " ".join(unicodedata.normalize("NFC", name).split())
        if not person(name) or not name.isprintable() or len(name) > 80:
            raise AccountError("An account needs a name.", "Give the name that is to stand in the ledger.")
        try:
            made = database.execute(
                "INSERT INTO account (name, person, roles, hash) VALUES (?, ?, ?, ?)",
                (name, person(name), " ".join(sorted(roles)), hashed),
            )
        except sqlite3.IntegrityError as error:
            raise AccountError(
                "Somebody has an account of this name.", "Two people need two names: add something to it."
            ) from error
        return int(made.lastrowid or 0)

    def any(self) -> bool:
        """Whether there is an account yet."""
        with self._store.reading() as database:
            return database.execute("SELECT 1 FROM account LIMIT 1").fetchone() is not None

    def everybody(self) -> tuple[Account, ...]:
        """Every account, by its number."""
        with self._store.reading() as database:
            rows = database.execute(
                "SELECT account.id, name, roles, shut, hash != '', outside, COUNT(token) FROM account"
                " LEFT JOIN session ON account = account.id GROUP BY account.id ORDER BY account.id"
            ).fetchall()
        return tuple(
            Account(
                number,
                name,
                frozenset(Role(r) for r in roles.split()),
                bool(shut),
                bool(chosen),
                outside or "",
                n,
            )
            for number, name, roles, shut, chosen, outside, n in rows
        )

    def named(self, name: str) -> Account:
        """The account of somebody, however they write their name.

        Raises:
            NotFoundError: If they have none.
        """
        found = [a for a in self.everybody() if person(a.name) == person(name)]
        if not found:
            raise NotFoundError("Nobody has an account of this name.", "See who has: zhuzi account list.")
        return found[0]

    def numbered(self, number: int) -> Account:
        """The account of a number.

        Raises:
            NotFoundError: If there is none.
        """
        found = [a for a in self.everybody() if a.number == number]
        if not found:
            raise NotFoundError("There is no such account.", "See the page of accounts.")
        return found[0]

    def check(self, name: str, password: str) -> int | None:
        """The account that this name and password open; it costs the same where there is none."""
        with self._store.reading() as database:
            row = database.execute(
                "SELECT id, hash, shut FROM account WHERE person = ?", (person(name),)
            ).fetchone()
        account, hashed, shut = row or (0, "", 1)
        if not self._fits(hashed or self._nobody, password) or shut:
            return None
        if self._hasher.check_needs_rehash(hashed):
            again = self.hashed(password)
            with self._store.writing() as database:
                database.execute(
                    "UPDATE account SET hash = ? WHERE id = ? AND hash = ?", (again, account, hashed)
                )
        return int(account)

    def _fits(self, hashed: str, password: str) -> bool:
        with self._place():
            try:
                return self._hasher.verify(hashed, _plain(password))
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the few places in which a password is looked at."""
        busy = BusyError("Too many people sign in at this moment.", "Try again in a minute.")
        if not self._seats.acquire(blocking=False):
            raise busy
        try:
            if not self._free.acquire(timeout=_WAIT_S):
                raise busy
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._seats.release()

    @cached_property
    def _nobody(self) -> str:
        """A hash that no password fits, of the same cost as everybody's."""
        return self._hasher.hash(secrets.token_hex(16))

    def hashed(self, password: str, name: str = "") -> str:
        """A password, sealed.

        Raises:
            AccountError: If it is too short or too long, or is one of the first that anybody tries.
        """
        if len(password) < SHORTEST or len(set(password)) < 4:
            raise AccountError(
                f"A password needs {SHORTEST} characters or more, not all alike.",
                "Choose a longer one; several words are fine.",
            )
        if len(password) > LONGEST:
            raise AccountError(f"A password has {LONGEST} characters at most.", "Choose a shorter one.")
        if name and person(password) == person(name):
            raise AccountError("A password is not your name.", "Choose another one; several words are fine.")
        with self._place():
            return self._hasher.hash(_plain(password))

    def replace(self, database: sqlite3.Connection, account: int, hashed: str) -> None:
        """Set a password within a transaction; every session, link and token of the account ends."""
        database.execute("UPDATE account SET hash = ? WHERE id = ?", (hashed, account))
        database.execute("DELETE FROM session WHERE account = ?", (account,))
        database.execute("DELETE FROM link WHERE account = ?", (account,))
        database.execute("DELETE FROM token WHERE account = ?", (account,))

    def change_password(self, account: int, now: str, new: str) -> None:
        """Set somebody's own password, who knows the one that they have; all their sessions end.

        Raises:
            AccountError: If they do not know it, or the new one is too short.
        """
        known = self.numbered(account)
        if self.check(known.name, now) != account:
            raise AccountError("That is not your password now.", "Type it again, or ask an admin for a link.")
        hashed = self.hashed(new, known.name)
        with self._store.writing() as database:
            self.replace(database, account, hashed)

    def set_roles(self, account: int, roles: frozenset[Role]) -> None:
        """Say what somebody may do; their sessions end if that is something else.

        Raises:
            AccountError: If nobody would be left to look after accounts.
        """
        self._change(account, "roles = ?", " ".join(sorted(roles)), demotes=Role.ADMIN not in roles)

    def shut(self, account: int) -> None:
        """Let nobody in by it, from now on.

        Raises:
            AccountError: If nobody would be left to look after accounts.
        """
        self._change(account, "shut = ?", 1, demotes=True)

    def open(self, account: int) -> None:
        """Let its owner in again."""
        self._change(account, "shut = ?", 0)

    def set_outside(self, account: int, called: str) -> None:
        """Say what an identity provider or a proxy calls somebody; empty if neither is to let them in.

        Raises:
            AccountError: If another account has that.
        """
        if len(called) > 255 or not called.isprintable():
            raise AccountError("Nobody is called so elsewhere.", "Give the value of the claim or header.")
        try:
            self._change(account, "outside = ?", called.strip() or None)
        except sqlite3.IntegrityError as error:
            raise AccountError(
                "Another account has that name from outside.", "One value lets one person in."
            ) from error

    def from_outside(self, called: str) -> int | None:
        """The open account of whom an identity provider or a proxy calls so."""
        with self._store.reading() as database:
            row = database.execute(
                "SELECT id FROM account WHERE outside = ? AND NOT shut", (called,)
            ).fetchone()
        return None if row is None or not called else int(row[0])

    def _change(self, account: int, sets: str, value: str | int | None, *, demotes: bool = False) -> None:
        with self._store.writing() as database:
            demoted = demotes and Role.ADMIN in _roles(database, account)
            if demoted and not database.execute(_OTHER_ADMIN, (account,)).fetchone():
                raise AccountError(
                    "This is the last admin: nobody else could look after accounts.",
                    "Make somebody else an admin first, who has chosen a password.",
                )
            database.execute(f"UPDATE account SET {sets} WHERE id = ?", (value, account))  # noqa: S608 - ours
            database.execute("DELETE FROM session WHERE account = ?", (account,))


def _roles(database: sqlite3.Connection, account: int) -> frozenset[Role]:
    row = database.execute("SELECT roles FROM account WHERE id = ?", (account,)).fetchone()
    if row is None:
        raise NotFoundError("There is no such account.", "See the page of accounts.")
    return frozenset(Role(role) for role in row[0].split())


def _plain(password: str) -> str:
    """One form of what is typed with different keyboards."""
    return unicodedata.normalize("NFKC", password)
