"""Accounts, for admins: who has one, what they may do, and links to choose a password by."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from pipeline.room.accounts import Account, Role
from pipeline.room.asked import Asked, page
from pipeline.room.pages import html
from speakers.error import AccountError

ADMINS = frozenset({Role.ADMIN})

_HERE = "/accounts"
_ONE = _HERE + "/{account_id:int}"


def _shown(asked: Asked, *, link: str = "", whose: str = "", wrong: AccountError | None = None) -> Response:
    return html(
        asked,
        "people.html",
        status=400 if wrong else 200,
        people=asked.room.accounts.everybody(),
        roles=tuple(Role),
        link=asked.here + link if link else "",
        whose=whose,
        here_only=asked.here_only,
        wrong=wrong,
        outside=asked.room.provider is not None or bool(asked.room.settings.doors.proxy_header),
    )


def _account(asked: Asked) -> Account:
    """Whom the path names."""
    account = asked.room.accounts.numbered(asked.request.path_params["account_id"])
    asked.noting.about = account.name
    return account


def _roles(asked: Asked) -> frozenset[Role]:
    return frozenset(role for role in Role if role.value in asked.several("role"))


def _back() -> Response:
    return RedirectResponse(_HERE, status_code=303)


@page(_HERE, roles=ADMINS)
def show(asked: Asked) -> Response:
    """Everybody who may come in."""
    return _shown(asked)


@page(_HERE, roles=ADMINS, methods=("POST",))
def add(asked: Asked) -> Response:
    """Another account, and the link by which its owner chooses a password; it is shown this once."""
    accounts = asked.room.accounts
    try:
        number = accounts.add(asked.typed("name"), _roles(asked))
    except AccountError as wrong:
        return _shown(asked, wrong=wrong)
    made = accounts.numbered(number)
    asked.noting.about = made.name
    return _shown(asked, link=asked.room.links.make(number), whose=made.name)


@page(_ONE + "/link", roles=ADMINS, methods=("POST",))
def link(asked: Asked) -> Response:
    """A new link; the password stays until it is used."""
    account = _account(asked)
    return _shown(asked, link=asked.room.links.make(account.number), whose=account.name)


@page(_ONE + "/roles", roles=ADMINS, methods=("POST",))
def roles(asked: Asked) -> Response:
    """What somebody may do."""
    try:
        asked.room.accounts.set_roles(_account(asked).number, _roles(asked))
    except AccountError as wrong:
        return _shown(asked, wrong=wrong)
    return _back()


@page(_ONE + "/shut", roles=ADMINS, methods=("POST",))
def shut(asked: Asked) -> Response:
    """Nobody comes in by it any more, from now on."""
    try:
        asked.room.accounts.shut(_account(asked).number)
    except AccountError as wrong:
        return _shown(asked, wrong=wrong)
    return _back()


@page(_ONE + "/open", roles=ADMINS, methods=("POST",))
def open_(asked: Asked) -> Response:
    """Its owner comes in again."""
    asked.room.accounts.open(_account(asked).number)
    return _back()


@page(_ONE + "/sessions", roles=ADMINS, methods=("POST",))
def end(asked: Asked) -> Response:
    """The end of all sessions."""
    asked.room.sessions.end_all(_account(asked).number)
    return _back()


@page(_ONE + "/outside", roles=ADMINS, methods=("POST",))
def outside(asked: Asked) -> Response:
    """What the identity provider or the proxy calls somebody."""
    try:
        asked.room.accounts.set_outside(_account(asked).number, asked.typed("outside"))
    except AccountError as wrong:
        return _shown(asked, wrong=wrong)
    return _back()


ROUTES = (show, add, link, roles, shut, open_, end, outside)
