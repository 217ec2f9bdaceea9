"""Signing in by an identity provider, where one is configured."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from pipeline.room.asked import Asked, page
from pipeline.room.entrance import cookie_name
from pipeline.room.pages import html
from pipeline.room.sign_in import entered
from pipeline.room.state import RETURN, WITHIN_S, Room
from speakers.error import AccountError, NotFoundError


def _cookie(room: Room) -> str:
    """Of what a browser keeps while its owner is at the provider; unlike a strict one it comes back along."""
    return cookie_name(room) + "-oidc"


@page("/sign-in/oidc", roles=None)
def go(asked: Asked) -> Response:
    """The way to the provider; nothing changes here but what the browser keeps until it is back."""
    provider = asked.room.provider
    if provider is None:
        raise NotFoundError("There is no such page.", "Go back to the first page.")
    wait_s = asked.room.attempts.wait_s("", asked.address)
    if wait_s:
        raise AccountError("That was too often.", f"Wait {-(-wait_s // 60)} minutes, then try again.")
    url, binding = provider.start()
    answer = RedirectResponse(url, status_code=303)
    answer.set_cookie(
        _cookie(asked.room),
        binding,
        max_age=WITHIN_S,
        httponly=True,
        samesite="lax",
        secure=asked.room.settings.doors.secure,
        path="/",
    )
    return answer


@page(RETURN, roles=None)
def come_back(asked: Asked) -> Response:
    """A session for whom the provider knows and an account names.

    The one GET that lets somebody in: that is how providers send people back. What was begun in this very browser, and
    not yet used, is what it needs. It answers with a page that leads on, since a browser brings a strict cookie only
    along with what begins here.
    """
    provider = asked.room.provider
    if provider is None:
        raise NotFoundError("There is no such page.", "Go back to the first page.")
    called = provider.finish(asked.request.cookies.get(_cookie(asked.room), ""), asked.request.query_params)
    account = asked.room.accounts.from_outside(called)
    if account is None:
        raise AccountError(
            "No account here is yours.", "Ask an admin to put your name from outside into one."
        )
    answer = entered(asked, account, html(asked, "come_back.html"))
    answer.delete_cookie(
        _cookie(asked.room), path="/", secure=asked.room.settings.doors.secure, httponly=True
    )
    return answer


ROUTES = (go, come_back)
