"""Accounts from the command line, for when nobody can sign in: whoever may write the data may do that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.audit import Audit, Deed
from pipeline.register_log import account as system_account
from pipeline.room.accounts import Accounts, Role
from pipeline.room.links import Links
from pipeline.room.outcome import status_of
from pipeline.room.state import store_of
from pipeline.settings import Settings
from speakers.error import ZhuziError

_WHERE = "http://127.0.0.1:8377"


def rows(settings: Settings) -> list[dict[str, Any]]:
    """Every account."""
    return [
        {
            "name": one.name,
            "roles": sorted(one.roles),
            "shut": one.shut,
            "password": one.chosen,
            "sessions": one.sessions,
        }
        for one in Accounts(store_of(settings)).everybody()
    ]


def lines(found: Iterable[dict[str, Any]]) -> Iterable[str]:
    """The same for people."""
    for row in found:
        said = [", ".join(row["roles"]) or "no role"]
        said += ["shut"] if row["shut"] else []
        said += [] if row["password"] else ["no password yet"]
        yield f"{row['name']}: {'; '.join(said)}"


def make(settings: Settings, name: str, roles: Iterable[str]) -> str:
    """An account, and the link to its password.

    Raises:
        ZhuziError: If there is one already, or the audit cannot be written.
    """
    store = store_of(settings)
    accounts = Accounts(store)
    with _noted(settings, "add"):
        number = accounts.add(name, frozenset(Role(role) for role in roles))
    return _url(settings, Links(store, accounts).make(number))


def link(settings: Settings, name: str) -> str:
    """A link to a new password; a shut account is opened, since nobody else might.

    Raises:
        ZhuziError: If nobody has such an account, or the audit cannot be written.
    """
    store = store_of(settings)
    accounts = Accounts(store)
    found = accounts.named(name)
    with _noted(settings, "link", found.name):
        if found.shut:
            accounts.open(found.number)
        return _url(settings, Links(store, accounts).make(found.number))


def _url(settings: Settings, path: str) -> str:
    return (settings.doors.url or _WHERE) + path


@contextmanager
def _noted(settings: Settings, what: str, about: str = "") -> Iterator[None]:
    audit = Audit(settings.data)
    deed = Deed(f"system account {system_account()}", "", "zhuzi", f"account {what}")
    begun = audit.begin(deed)
    try:
        yield
    except ZhuziError as error:
        audit.note(deed, status_of(error), of=begun, about=about)
        raise
    audit.note(deed, 200, of=begun, about=about)
