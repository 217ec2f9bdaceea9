"""Accounts from the command line, for when nobody can sign in: whoever may write the data may do that."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.audit import Audit, Deed
from pipeline.register_log import account as system_account
from pipeline.room.accounts import Accounts, Role
from pipeline.room.links import Links
from pipeline.room.outcome import status_of
from pipeline.room.state import store_of
from pipeline.room.tokens import Scope, Tokens
from pipeline.settings import Settings
from pipeline.workdays import TAIPEI
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


def token(settings: Settings, name: str, scopes: Iterable[str], days: int) -> dict[str, Any]:
    """A token for a program of somebody's.

    Raises:
        ZhuziError: If nobody has such an account, its roles do not reach so far, or the audit cannot be written.
    """
    store = store_of(settings)
    found = Accounts(store).named(name)
    wanted = tuple(map(Scope, scopes)) or (Scope.STATUS,)
    with _noted(settings, "token", found.name):
        made, called = Tokens(store).make(found.number, found.roles, wanted, days)
    row = next(row for row in tokens(settings) if row["id"] == called)
    return {"token": made, **row}


def tokens(settings: Settings) -> list[dict[str, Any]]:
    """Every token that is good, without what it is."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "scopes": sorted(one.scopes),
            "made": _moment(one.made),
            "until": _moment(one.until),
            "used": _moment(one.used) if one.used else None,
        }
        for one in Tokens(store_of(settings)).all()
    ]


def token_line(row: dict[str, Any]) -> str:
    """The same for people."""
    used = f"used last {row['used']}" if row["used"] else "never used"
    return f"{row['id']}  {row['name']}: {', '.join(row['scopes'])}; until {row['until']}, {used}"


def untoken(settings: Settings, token_id: str) -> None:
    """End a token.

    Raises:
        ZhuziError: If there is none of that id, or the audit cannot be written.
    """
    kept = Tokens(store_of(settings))
    names = {one.id: one.name for one in kept.all()}
    with _noted(settings, "untoken", names.get(token_id, "")):
        kept.revoke(token_id)


def _moment(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds, TAIPEI).isoformat(timespec="minutes")


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
