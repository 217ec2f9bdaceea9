"""What a page is asked, and by whom: sessions, roles, CSRF and the size of a body, looked at for every page."""

from __future__ import annotations

import functools
import hmac
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeline.folder import MeetingFolder, find
from pipeline.live import LiveMeeting
from pipeline.room.accounts import Role, Visitor
from pipeline.room.state import Room
from speakers.error import AccountError, NotFoundError, RecordError

COOKIE = "zhuzi"

LARGEST = 1 << 20
"""Bytes of a form or of JSON; recordings come by another way."""

EVERYBODY = frozenset(Role)
"""Whoever signed in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        request: as Starlette has it.
        room: what every page needs.
        fields: of a form, in their order; empty otherwise.
        said: the JSON object of its body; empty if it brought none.
        who: who signed in; None only on pages that are open.
    """

    request: Request
    room: Room
    fields: tuple[tuple[str, str], ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    who: Visitor | None = None

    @property
    def visitor(self) -> Visitor:
        """Who signed in, on a page that is not open."""
        assert self.who is not None  # noqa: S101 - `page` lets nobody else in
        return self.who

    def one(self, name: str, default: str = "") -> str:
        """A field of the form, or of the query."""
        return dict(self.fields).get(name, self.request.query_params.get(name, default))

    def several(self, name: str) -> tuple[str, ...]:
        """Every field of that name."""
        return tuple(value for key, value in self.fields if key == name)

    def folder(self) -> MeetingFolder:
        """The meeting that the path names, by its whole id.

        Raises:
            NotFoundError: If there is none.
        """
        meeting_id = str(self.request.path_params["meeting_id"])
        folder = find(self.room.data, meeting_id)
        if folder.id != meeting_id:
            raise NotFoundError("There is no such meeting.", "See which there are on the first page.")
        return folder

    def live(self) -> LiveMeeting:
        """The same meeting, kept up to date."""
        return self.room.live(self.folder())


Page = Callable[[Asked], Response] | Callable[[Asked], Awaitable[Response]]


def page(
    path: str, *, roles: frozenset[Role] | None, methods: tuple[str, ...] = ("GET",)
) -> Callable[[Page], Route]:
    """A function as a page; an `async` one gets a body that nobody has read, of any length, and reads it by itself.

    Args:
        path: as Starlette writes it.
        roles: who may open it: anybody with one of them. None: it is open to whoever reaches the server.
        methods: GET (with HEAD) never changes anything; everything else needs the session's CSRF token.
    """

    def decorate(function: Page) -> Route:
        @functools.wraps(function)
        async def endpoint(request: Request) -> Response:
            room: Room = request.app.state.room
            _same_origin(request)
            token = request.cookies.get(COOKIE, "")
            visitor = await run_in_threadpool(room.accounts.visitor, token) if token else None
            if roles is not None:
                if visitor is None:
                    return _sign_in_first(request)
                if not visitor.roles & roles:
                    raise AccountError("Your account may not open this.", "Ask an admin for the role.")
            streams = inspect.iscoroutinefunction(function)
            fields, said = ((), {}) if streams else await _body(request)
            if roles is not None and request.method not in {"GET", "HEAD"}:
                _came_from_us(request, visitor, dict(fields))
            asked = Asked(request, room, fields, said, visitor)
            if streams:
                return await cast("Callable[[Asked], Awaitable[Response]]", function)(asked)
            return await run_in_threadpool(cast("Callable[[Asked], Response]", function), asked)

        route = Route(path, endpoint, methods=list(methods), name=function.__name__)
        route.roles = roles  # type: ignore[attr-defined]  # a test asks every route who may open it
        return route

    return decorate


def _sign_in_first(request: Request) -> Response:
    if request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/sign-in", status_code=303)
    raise AccountError("You are not signed in (any more).", "Sign in, then try again.")


async def _body(request: Request) -> tuple[tuple[tuple[str, str], ...], Mapping[str, Any]]:
    """The fields of a form, or a JSON object.

    Raises:
        RecordError: If it is neither, or too long.
    """
    if request.method in {"GET", "HEAD"}:
        return (), {}
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise RecordError("That is too much at once.", "Send less of it.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            said = json.loads(body)
            return (), dict(said.items())
        if kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(
                body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=10_000
            )
            return tuple(pairs), {}
    except (ValueError, AttributeError, RecursionError) as error:
        raise RecordError(
            "What was sent cannot be read.", "Load the page again, then try once more."
        ) from error
    if body:
        raise RecordError("What was sent cannot be read.", "Load the page again, then try once more.")
    return (), {}


def _same_origin(request: Request) -> None:
    """Refuse what another site's page sends.

    Raises:
        AccountError: If a browser says that another site sent this.
    """
    if request.method in {"GET", "HEAD"}:
        return
    origin = request.headers.get("origin")
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    if foreign or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise AccountError("Another site sent this.", "Open the room itself, then try again.")


def _came_from_us(request: Request, visitor: Visitor | None, fields: Mapping[str, str]) -> None:
    given = request.headers.get("x-csrf") or fields.get("csrf", "")
    if visitor is None or not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
        raise AccountError("This page is from an earlier session.", "Load it again, then try once more.")
