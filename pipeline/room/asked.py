"""What a page is asked, and by whom: sessions, roles, CSRF and the size of a body, looked at for every page."""

from __future__ import annotations

import asyncio
import functools
import hmac
import inspect
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pipeline.folder import MeetingFolder, meetings
from pipeline.live import LiveMeeting
from pipeline.outside import events
from pipeline.room.accounts import Role, Visitor
from pipeline.room.entrance import by_token, known, let_in
from pipeline.room.noting import Noting, noting
from pipeline.room.outcome import status_of
from pipeline.room.state import Room
from speakers.error import AccountError, NotFoundError, RecordError

LARGEST = 1 << 20
"""Bytes of a form or of JSON; recordings come by another way."""

BODY_S = 30
"""Seconds within which it has to arrive."""

DEEPEST = 32
"""Objects and lists within each other."""

READS = frozenset({"GET", "HEAD"})
"""What never changes anything."""

EVERYBODY = frozenset(Role)
"""Whoever signed in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        request: as Starlette has it.
        room: what every page needs.
        noting: what it leaves in the audit.
        fields: of a form, in their order; empty otherwise.
        said: the JSON object of its body; empty if it brought none.
        who: who signed in; None only on pages that are open.
    """

    request: Request
    room: Room
    noting: Noting
    fields: tuple[tuple[str, str], ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    who: Visitor | None = None

    def begin(self) -> None:
        """Note that a change is about to be made, on a page that does not do so by itself.

        Raises:
            StorageError: If that cannot be; nothing is to be changed then.
        """
        self.noting.begin()

    @property
    def visitor(self) -> Visitor:
        """Who signed in, on a page that is not open."""
        assert self.who is not None  # noqa: S101 - `page` lets nobody else in
        return self.who

    @property
    def address(self) -> str:
        """Where it comes from."""
        return self.request.client.host if self.request.client else ""

    @property
    def here(self) -> str:
        """How the room is called, for a link to it."""
        return (
            self.room.settings.doors.url or f"{self.request.scope['scheme']}://{self.request.headers['host']}"
        )

    @property
    def here_only(self) -> bool:
        """Whether links to the room open on this machine only."""
        return urlsplit(self.here).hostname in {"localhost", "127.0.0.1", "::1"}

    def typed(self, name: str) -> str:
        """A field of the form, never of the query: for what must not get into an address."""
        return dict(self.fields).get(name, "")

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
        found = [folder for folder in meetings(self.room.data) if folder.id == meeting_id]
        if not found:
            raise NotFoundError("There is no such page.", "Go back to the first page.")
        return found[0]

    def live(self) -> LiveMeeting:
        """The same meeting, kept up to date."""
        return self.room.live(self.folder())


Page = Callable[[Asked], Response] | Callable[[Asked], Awaitable[Response]]


def page(
    path: str,
    *,
    roles: frozenset[Role] | None,
    methods: tuple[str, ...] = ("GET",),
    begins: bool = True,
    scope: str = "",
) -> Callable[[Page], Route]:
    """A function as a page; an `async` one gets a body that nobody has read, of any length, and reads it by itself.

    Args:
        path: as Starlette writes it.
        roles: who may open it: anybody with one of them. None: it is open to whoever reaches the server.
        methods: GET (with HEAD) never changes anything; everything else needs the session's CSRF token.
        begins: note every change before it is made. Otherwise the function calls `Asked.begin` once it knows that
            there is something to change, so that nobody can fill the audit from outside.
        scope: that a program's token has to have; then nobody comes in by a session, and no CSRF token is asked for.
    """

    def decorate(function: Page) -> Route:
        @functools.wraps(function)
        async def endpoint(request: Request) -> Response:
            room: Room = request.app.state.room
            begun = time.monotonic()
            found = await run_in_threadpool(by_token if scope else known, request, room)
            note = noting(request, room.audit, path, found.who, guarded=roles is not None)

            def answered(asked: Asked) -> Response:
                if begins and request.method not in READS:
                    note.begin()
                answer = cast("Callable[[Asked], Response]", function)(asked)
                note.opened(answer)
                return let_in(room, answer, found.begun) if found.begun else answer

            try:
                _same_origin(request)
                if roles is not None:
                    if found.who is None:
                        answer = _token_first(found.wait_s) if scope else _sign_in_first(request)
                        await run_in_threadpool(note.refused, answer.status_code if scope else 401)
                        return answer
                    _may(found.who, roles, scope)
                streams = inspect.iscoroutinefunction(function)
                fields, said = ((), {}) if streams else await _body(request)
                if roles is not None and request.method not in READS and not scope:
                    _came_from_us(request, found.who, dict(fields))
                asked = Asked(request, room, note, fields, said, found.who)
                if not streams:
                    return await run_in_threadpool(answered, asked)
                if begins:
                    await run_in_threadpool(note.begin)
                answer = await cast("Callable[[Asked], Awaitable[Response]]", function)(asked)
                await run_in_threadpool(note.opened, answer)
                return let_in(room, answer, found.begun) if found.begun else answer
            except Exception as error:
                await run_in_threadpool(note.refused, status_of(error))
                raise
            finally:
                level = logging.DEBUG if request.method in READS else logging.INFO
                took = round(time.monotonic() - begun, 3)
                events.event(
                    events.Event.REQUEST, level=level, route=path, method=request.method, seconds=took
                )

        route = Route(path, endpoint, methods=list(methods), name=function.__name__)
        route.roles = roles  # type: ignore[attr-defined]  # a test asks every route who may open it
        route.scope = scope  # type: ignore[attr-defined]  # likewise, and with what token
        return route

    return decorate


def _may(who: Visitor, roles: frozenset[Role], scope: str) -> None:
    if scope and scope not in who.scopes:
        raise AccountError("This token is not good for that.", f"Make one with the scope {scope}.")
    if not who.roles & roles:
        raise AccountError("Your account may not open this.", "Ask an admin for the role.")


def _token_first(wait_s: int) -> Response:
    if wait_s:
        error = AccountError("That was too often.", f"Try again in {wait_s} seconds.")
        return JSONResponse(_said(error), 429, {"retry-after": str(wait_s)})
    error = AccountError(
        "There is no token that is good (any more).",
        "Make one: zhuzi account token NAME, and send it as Bearer.",
    )
    return JSONResponse(_said(error), 401, {"www-authenticate": 'Bearer realm="zhuzi"'})


def _said(error: AccountError) -> dict[str, str | int]:
    return {"error": error.what, "cure": error.cure, "exit_code": error.exit_code}


def _sign_in_first(request: Request) -> Response:
    if request.method in READS and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/sign-in", status_code=303)
    raise AccountError("You are not signed in (any more).", "Sign in, then try again.")


async def _body(request: Request) -> tuple[tuple[tuple[str, str], ...], Mapping[str, Any]]:
    """The fields of a form, or a JSON object.

    Raises:
        RecordError: If it is neither, or too long.
    """
    if request.method in READS:
        return (), {}
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    raise RecordError("That is too much at once.", "Send less of it.")
    except TimeoutError as error:
        raise RecordError("That took too long to arrive.", "Try again.") from error
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            said = json.loads(body, parse_constant=_no_number)
            _look(said, DEEPEST)
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


def _no_number(said: str) -> None:
    raise ValueError(said)


def _look(value: object, depth: int) -> None:
    """Refuse what nobody sends who uses the pages.

    Raises:
        ValueError: If it is nested deeper, or holds half a character.
    """
    if depth == 0:
        raise ValueError("too deep")
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, dict):
        for name, inner in value.items():
            name.encode("utf-8")
            _look(inner, depth - 1)
    elif isinstance(value, list):
        for inner in value:
            _look(inner, depth - 1)


def _same_origin(request: Request) -> None:
    """Refuse what another site's page sends.

    Raises:
        AccountError: If a browser says that another site sent this.
    """
    if request.method in READS:
        return
    origin = request.headers.get("origin")
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    here = f"{request.scope['scheme']}://{request.headers.get('host', '')}".lower()
    if foreign or (origin is not None and origin.lower() != here):
        raise AccountError("Another site sent this.", "Open the room itself, then try again.")


def _came_from_us(request: Request, visitor: Visitor | None, fields: Mapping[str, str]) -> None:
    given = request.headers.get("x-csrf") or fields.get("csrf", "")
    if visitor is None or not hmac.compare_digest(given.encode(), visitor.csrf.encode()):
        raise AccountError("This page is from an earlier session.", "Load it again, then try once more.")
