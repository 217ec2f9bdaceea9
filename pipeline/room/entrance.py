"""Who a request is from: a session's cookie, what the trusted proxy says, or a program's token."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from pipeline.room.accounts import Visitor
from pipeline.room.state import Room

COOKIE = "zhuzi"

PROXY = "zhuzi.proxy"
"""Where a request's scope says that it came by the trusted proxy."""


def cookie_name(room: Room) -> str:
    """Of the session; over TLS one that no other host and no page without TLS can set."""
    return f"__Host-{COOKIE}" if room.settings.doors.secure else COOKIE


@dataclass(frozen=True, slots=True)
class Known:
    """Who it is.

    Attributes:
        who: None for nobody who signed in.
        begun: token of a session that began with this very request; empty otherwise.
        wait_s: seconds to wait, because too many wrong tokens came from there or too much was asked with this one.
    """

    who: Visitor | None
    begun: str = ""
    wait_s: int = 0


def known(request: Request, room: Room) -> Known:
    """Who a request is from."""
    token = request.cookies.get(cookie_name(room), "")
    visitor = room.sessions.visitor(token) if token else None
    header = room.settings.doors.proxy_header
    if not header or not request.scope.get(PROXY):
        return Known(visitor)
    said = request.headers.getlist(header)
    called = said[0].encode("latin-1").decode("utf-8", "replace") if len(said) == 1 else ""
    account = room.accounts.from_outside(called)
    if account is None:
        return Known(None)
    if visitor is not None and visitor.account == account:
        return Known(visitor)
    if request.method not in {"GET", "HEAD"}:
        return Known(None)  # what this page brings along is of another session
    begun = room.sessions.enter(account)
    return Known(room.sessions.visitor(begun), begun)


def by_token(request: Request, room: Room) -> Known:
    """Whose program a request is from: by its token alone, whatever cookie a browser adds."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return Known(None)
    address = request.client.host if request.client else ""
    if wait := room.guesses.wait_s(address):
        return Known(None, wait_s=wait)
    visitor = room.tokens.visitor(token.strip())
    if visitor is None:
        room.guesses.wrong(address)
        return Known(None)
    if wait := room.calls.wait_s(visitor.token):
        return Known(None, wait_s=wait)
    return Known(visitor)


def let_in(room: Room, answer: Response, token: str) -> Response:
    """Give an answer the key of a session."""
    answer.set_cookie(
        cookie_name(room),
        token,
        httponly=True,
        samesite="strict",
        secure=room.settings.doors.secure,
        path="/",
    )
    return answer


def let_out(room: Room, answer: Response) -> Response:
    """Take it away."""
    answer.delete_cookie(
        cookie_name(room), path="/", secure=room.settings.doors.secure, httponly=True, samesite="strict"
    )
    return answer
