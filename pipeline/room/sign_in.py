"""The door: signing in and out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.entrance import cookie_name, let_in, let_out
from pipeline.room.pages import html
from redaction.approval import person
from speakers.error import NotFoundError

_LONGEST_NAME = 80


@page("/sign-in", roles=None)
def show(asked: Asked) -> Response:
    """The form."""
    return _form(asked)


def _form(asked: Asked, status: int = 200, *, refused: bool = False, wait_s: int = 0) -> Response:
    answer = html(
        asked,
        "sign_in.html",
        status=status,
        refused=refused,
        minutes=-(-wait_s // 60),
        provider=asked.room.provider is not None,
        fresh=not asked.room.accounts.everybody(),
    )
    if wait_s:
        answer.headers["retry-after"] = str(wait_s)
    return answer


@page("/sign-in", roles=None, methods=("POST",), begins=False)
def enter(asked: Asked) -> Response:
    """A session for whoever knows the password; always a new one."""
    room, name = asked.room, asked.typed("name")[:_LONGEST_NAME]
    wait_s = room.attempts.wait_s(person(name), asked.address)
    if wait_s:
        return _form(asked, 429, wait_s=wait_s)
    account = room.accounts.check(name, asked.typed("password"))
    if account is None:
        asked.noting.about = _whose(asked, name)
        return _form(asked, 403, refused=True)
    return entered(asked, account, RedirectResponse("/", status_code=303))


def _whose(asked: Asked, name: str) -> str:
    """Whose account somebody tried; nothing that was typed where there is none."""
    try:
        return asked.room.accounts.named(name).name
    except NotFoundError:
        return ""


def entered(asked: Asked, account: int, answer: Response) -> Response:
    """Begin somebody's session, end the one that their browser had, and give the key along with an answer."""
    room = asked.room
    name = room.accounts.numbered(account).name
    asked.noting.by(name)
    asked.begin()
    room.sessions.leave(asked.request.cookies.get(cookie_name(room), ""))
    room.attempts.succeeded(person(name), asked.address)
    return let_in(room, answer, room.sessions.enter(account))


@page("/sign-out", roles=EVERYBODY, methods=("POST",))
def leave(asked: Asked) -> Response:
    """The end of the session, for every copy of its cookie."""
    room = asked.room
    room.sessions.leave(asked.request.cookies.get(cookie_name(room), ""))
    return let_out(room, RedirectResponse("/sign-in", status_code=303))


ROUTES = (show, enter, leave)
