"""The description of the HTTP API, made of the declarations that answer it: OpenAPI 3.1."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.room.api import jobs, meetings, people
from pipeline.room.api.bodies import REF, Failed, schemas
from pipeline.room.api.operation import PREFIX, Operation
from pipeline.room.asked import Asked, page
from pipeline.room.tokens import ROLES, Scope

_ERRORS = {
    "400": "What was sent cannot be, or is not as described.",
    "401": "There is no token that is good.",
    "403": "The token, or its account, may not do this.",
    "404": "There is no such thing.",
    "409": "Something stands in the way, or somebody else works on the same.",
    "429": "That was too often; Retry-After says how long to wait.",
    "500": "Something unforeseen, or what is kept is damaged.",
    "507": "The disk is full, or cannot be written.",
}

_IDS = {
    "meeting_id": "id of a meeting, whole",
    "job_id": "id of a job",
    "upload_id": "id of an upload",
    "entry_id": "id of an entry of the consent register",
    "message_id": "id of a message",
}

_TUS = {
    "POST": ("Upload-Length", "Tus-Resumable", "Upload-Metadata"),
    "PATCH": ("Upload-Offset", "Tus-Resumable"),
}
"""Headers of https://tus.io/protocols/resumable-upload."""


def routes() -> tuple[Route, ...]:
    """Every operation."""
    return (*meetings.ROUTES, *jobs.ROUTES, *people.ROUTES)


def operations() -> tuple[Operation, ...]:
    """What is declared of them."""
    return tuple(route.operation for route in routes())  # type: ignore[attr-defined]  # put there by `operation`


@cache
def description() -> dict[str, Any]:
    """The whole of it."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations():
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    kinds: list[type[Any]] = [Failed, *dict.fromkeys(o.body for o in operations() if o.body is not None)]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Zhuzi",
            "version": metadata.version("zhuzi"),
            "description": "From the recording of a public meeting to a verbatim record that may be published. No "
            "token approves: people do. An answer has the keys that the command named at it gives with `--json`; "
            "docs/cli.md says what each means.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(kinds),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "From `zhuzi account token NAME`. Scopes: "
                    + "; ".join(f"{scope} ({', '.join(sorted(ROLES[scope]))})" for scope in Scope)
                    + ".",
                }
            },
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": _called(one),
        "summary": one.says,
        "description": f"Scope `{one.scope}`."
        + (f" Answers as `zhuzi {one.command} --json`." if one.command else ""),
        "tags": [one.path.removeprefix(PREFIX).split("/")[1]],
        "parameters": list(_parameters(one)),
        "responses": {
            str(one.status): _done(one),
            **{
                status: {
                    "description": says,
                    "content": {"application/json": {"schema": {"$ref": REF.format(model="Failed")}}},
                }
                for status, says in _ERRORS.items()
            },
        },
    }
    if one.body is not None:
        schema = {"$ref": REF.format(model=one.body.__name__)}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif one.method in {"PUT", "PATCH"}:
        kind = "application/offset+octet-stream" if one.method == "PATCH" else "application/octet-stream"
        found["requestBody"] = {"required": True, "content": {kind: {}}}
    return found


def _called(one: Operation) -> str:
    """A name for clients that are made of the description.

    >>> _called(Operation("GET", "/api/v1/meetings/{meeting_id}/record", Scope.READ, "", "", None, 200, {}))
    'get_meetings_meeting_id_record'
    """
    return re.sub(r"[^a-z]+", "_", f"{one.method} {one.path.removeprefix(PREFIX)}".lower()).strip("_")


def _parameters(one: Operation) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", one.path):
        yield _parameter(name, "path", _IDS[name], required=True)
    for name, says in one.queries.items():
        yield _parameter(name, "query", says)
    if "/uploads" in one.path:
        for name in _TUS.get(one.method, ()):
            yield _parameter(name, "header", "as tus 1.0 has it", required=name != "Upload-Metadata")


def _parameter(name: str, where: str, says: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": required,
        "description": says,
        "schema": {"type": "string"},
    }


def _done(one: Operation) -> dict[str, Any]:
    if one.status == 204 or "/uploads" in one.path:
        return {"description": "Done."}
    return {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}}


@page(f"{PREFIX}/openapi.json", roles=None)
def show(asked: Asked) -> Response:
    """The description, for whoever writes a program."""
    del asked
    return JSONResponse(description())


ROUTES = (show,)
