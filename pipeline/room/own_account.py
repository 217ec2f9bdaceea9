"""Everybody's own account: the password, and the end of sessions elsewhere."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.entrance import let_in
from pipeline.room.pages import html
from redaction.approval import person
from speakers.error import AccountError

_HERE = "/account"


@page(_HERE, roles=EVERYBODY)
def show(asked: Asked) -> Response:
    """Who one is here."""
    return _shown(asked)


def _shown(asked: Asked, wrong: AccountError | None = None) -> Response:
    account = asked.room.accounts.numbered(asked.visitor.account)
    return html(asked, "own_account.html", status=400 if wrong else 200, account=account, wrong=wrong)


@page("/account/password", roles=EVERYBODY, methods=("POST",))
def change(asked: Asked) -> Response:
    """Another password; every session ends but this one, which becomes a new one."""
    try:
        _change(asked)
    except AccountError as wrong:
        return _shown(asked, wrong)
    return _anew(asked)


def _change(asked: Asked) -> None:
    room, me = asked.room, asked.visitor
    if wait_s := room.attempts.wait_s(person(me.name), asked.address):
        raise AccountError("That was too often.", f"Wait {-(-wait_s // 60)} minutes, then try again.")
    if asked.typed("password") != asked.typed("again"):
        raise AccountError("The two passwords differ.", "Type them again.")
    room.accounts.change_password(me.account, asked.typed("now"), asked.typed("password"))
    room.attempts.succeeded(person(me.name), asked.address)


def _anew(asked: Asked) -> Response:
    """The same page in a new session."""
    return let_in(
        asked.room,
        RedirectResponse(_HERE, status_code=303),
        asked.room.sessions.enter(asked.visitor.account),
    )


@page("/account/sessions", roles=EVERYBODY, methods=("POST",))
def end_others(asked: Asked) -> Response:
    """The end of every session but this one, which becomes a new one."""
    asked.room.sessions.end_all(asked.visitor.account)
    return _anew(asked)


ROUTES = (show, change, end_others)
