"""How an operation of the HTTP API is declared: once, for what answers it and for its description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.api import Zhuzi
from pipeline.folder import MeetingFolder
from pipeline.room.api.bodies import Body, Nothing, read
from pipeline.room.asked import Asked, page
from pipeline.room.tokens import ROLES, Scope
from redaction.draft import Draft

PREFIX = "/api/v1"

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Operation:
    """What is said of an operation.

    Attributes:
        method: HTTP's.
        path: with its prefix, as OpenAPI writes it.
        scope: that a token needs.
        says: what it does, as a sentence.
        command: whose answer with `--json` it gives; empty if no command gives it.
        body: of what is sent.
        status: HTTP's number when it was done.
        queries: names of values in the query, and what each means.
    """

    method: str
    path: str
    scope: Scope
    says: str
    command: str
    body: type[Body] | None
    status: int
    queries: dict[str, str]


def operation(
    method: str,
    path: str,
    scope: Scope,
    *,
    command: str = "",
    body: type[B] = Nothing,  # type: ignore[assignment]  # whoever names none gets none
    status: int = 200,
    queries: dict[str, str] | None = None,
) -> Callable[[Callable[[Asked, Zhuzi, B], Any]], Route]:
    """A function as an operation: it is asked with what was sent, checked, and answers values that JSON has.

    Args:
        method: HTTP's.
        path: below the prefix, as Starlette writes it.
        scope: that a token needs; its account needs one of the roles that go with it.
        command: whose answer with `--json` it gives.
        body: of what is sent.
        status: HTTP's number when it was done.
        queries: names of values in the query, and what each means.
    """

    def decorate(function: Callable[[Asked, Zhuzi, B], Any]) -> Route:
        def answered(asked: Asked) -> Response:
            given = read(body, asked.said)
            values = function(asked, api_of(asked), given)
            return Response(status_code=status) if values is None else JSONResponse(values, status)

        answered.__name__, answered.__doc__ = f"api_{function.__name__}", function.__doc__
        route = page(PREFIX + path, roles=ROLES[scope], methods=(method,), scope=scope)(answered)
        says = " ".join(str(function.__doc__).partition("\n\n")[0].split())
        sent = None if cast("type[Body]", body) is Nothing else body
        shown = (PREFIX + path).replace(":int}", "}")
        told = Operation(method, shown, scope, says, command, sent, status, queries or {})
        route.operation = told  # type: ignore[attr-defined]  # the description is made of it
        return route

    return decorate


def api_of(asked: Asked) -> Zhuzi:
    """The Python API, as whoever asks may use it."""
    room = asked.room

    def draft(folder: MeetingFolder) -> Draft:
        return room.live(folder).draft()

    return Zhuzi(settings=room.settings, jobs=room.work, draft=draft, how=f"by token {asked.visitor.token}")
