"""Links that let somebody in once, to choose their own password."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from pipeline.room.accounts import Accounts, Role
from pipeline.room.store import Store, sealed
from speakers.error import AccountError

FIRST_S = 3600
"""How long the link to the first account is good."""

LINK_S = 24 * 3600
"""How long one to an account that is there is good."""

PATH = "/link/"
"""Where they lead."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is good.

    Attributes:
        account: number of the account whose password it sets; None: it makes the first one.
        name: of that account; empty for the first.
    """

    account: int | None
    name: str


class Links:
    """The links of one data directory; only their hashes are kept.

    Args:
        store: where.
        accounts: whom they are for.
    """

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    def first(self) -> str:
        """A link to the first account, in place of any that was given before; empty if there is an account."""
        with self._store.writing() as database:
            database.execute("DELETE FROM link WHERE account IS NULL")
        return "" if self._accounts.any() else self._made(None, FIRST_S)

    def make(self, account: int) -> str:
        """A link to an account, in place of any that was given before."""
        return self._made(account, LINK_S)

    def _made(self, account: int | None, seconds: int) -> str:
        token = secrets.token_urlsafe(32)
        with self._store.writing() as database:
            database.execute("DELETE FROM link WHERE account IS ? OR until < ?", (account, time.time()))
            database.execute(
                "INSERT INTO link VALUES (?, ?, ?)", (sealed(token), account, time.time() + seconds)
            )
        return PATH + token

    def good(self, token: str) -> Link:
        """What a link is for.

        Raises:
            AccountError: If it is none, was used, or is too old; which of them is nobody's business.
        """
        with self._store.reading() as database:
            row = database.execute(
                "SELECT account, name FROM link LEFT JOIN account ON account.id = account"
                " WHERE token = ? AND until >= ? AND NOT COALESCE(shut, 0)",
                (sealed(token), time.time()),
            ).fetchone()
        if row is None or (row[0] is None and self._accounts.any()):
            raise AccountError(
                "This link is not good (any more).", "Ask whoever gave it to you for a new one."
            )
        return Link(row[0], row[1] or "")

    def use(self, token: str, password: str, name: str = "") -> int:
        """Set a password by a link, which is good no more then; every session of the account ends.

        Args:
            token: of the link.
            password: the new one.
            name: for the first account, which becomes an admin.

        Returns:
            The account.

        Raises:
            AccountError: If the link is not good, or the name or password is not; it stays good in the latter case.
        """
        link = self.good(token)
        hashed = self._accounts.hashed(password, link.name or name)
        with self._store.writing() as database:
            if not database.execute("DELETE FROM link WHERE token = ?", (sealed(token),)).rowcount:
                raise AccountError("This link was just used.", "Sign in with the password chosen then.")
            if link.account is None:
                return self._accounts.insert(database, name, frozenset(Role), hashed)
            self._accounts.replace(database, link.account, hashed)
            return link.account
