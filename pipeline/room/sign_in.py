"""The door: signing in and out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from pipeline.room.asked import COOKIE, EVERYBODY, Asked, page
from pipeline.room.pages import html


@page("/sign-in", roles=None)
def show(asked: Asked) -> Response:
    """The form."""
    return html(asked, "sign_in.html", refused=False, name="")


@page("/sign-in", roles=None, methods=("POST",))
def enter(asked: Asked) -> Response:
    """A session for whoever knows the password; always a new one."""
    accounts = asked.room.accounts
    account = accounts.check(asked.one("name"), asked.one("password"))
    if account is None:
        return html(asked, "sign_in.html", status=403, refused=True, name=asked.one("name"))
    if old := asked.request.cookies.get(COOKIE):
        accounts.leave(old)
    answer = RedirectResponse("/", status_code=303)
    secure = asked.request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, accounts.enter(account), httponly=True, samesite="strict", secure=secure, path="/"
    )
    return answer


@page("/sign-out", roles=EVERYBODY, methods=("POST",))
def leave(asked: Asked) -> Response:
    """The end of the session, for every copy of its cookie."""
    asked.room.accounts.leave(asked.request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


ROUTES = (show, enter, leave)
