"""Where a one-time link leads: choosing one's own password, and with the very first link one's name."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from pipeline.room.asked import Asked, page
from pipeline.room.links import PATH, Link
from pipeline.room.pages import html
from pipeline.room.sign_in import entered
from speakers.error import AccountError


def _token(asked: Asked) -> str:
    return str(asked.request.path_params["token"])


def _form(asked: Asked, link: Link, wrong: AccountError | None = None) -> Response:
    return html(asked, "welcome.html", status=400 if wrong else 200, link=link, wrong=wrong)


@page(PATH + "{token}", roles=None)
def show(asked: Asked) -> Response:
    """The form; looking at it does not use the link up, as mail programs look at links."""
    return _form(asked, asked.room.links.good(_token(asked)))


@page(PATH + "{token}", roles=None, methods=("POST",), begins=False)
def choose(asked: Asked) -> Response:
    """The password, and a session."""
    room, link = asked.room, asked.room.links.good(_token(asked))
    asked.noting.about = link.name
    if asked.typed("password") != asked.typed("again"):
        return _form(asked, link, AccountError("The two passwords differ.", "Type them again."))
    asked.begin()
    try:
        account = room.links.use(_token(asked), asked.typed("password"), asked.typed("name"))
    except AccountError as wrong:
        return _form(asked, link, wrong)
    return entered(asked, account, RedirectResponse("/", status_code=303))


ROUTES = (show, choose)
