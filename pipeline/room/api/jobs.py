"""Recordings and jobs, over HTTP. A recording is sent as tus has it, or in one piece."""

from __future__ import annotations

import contextlib
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline import intake
from pipeline.api import Zhuzi
from pipeline.room import uploading
from pipeline.room.accounts import Role
from pipeline.room.api import bodies
from pipeline.room.api.bodies import Nothing
from pipeline.room.api.operation import PREFIX, Operation, operation
from pipeline.room.asked import Asked, page
from pipeline.room.tokens import ROLES, Scope
from pipeline.room.working import may_change
from speakers.error import AccountError, RecordError, ZhuziError

_JOB = "/jobs/{job_id}"


@operation("GET", "/jobs", Scope.STATUS)
def listed(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Every job that is known, the newest first."""
    return {"jobs": [_row(asked, row) for row in api.jobs()["jobs"]]}


@operation("GET", _JOB, Scope.STATUS)
def one(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """One job: how far it is, or why it failed."""
    return _row(asked, api.job(_id(asked)))


def _row(asked: Asked, row: dict[str, Any]) -> dict[str, Any]:
    if Role.ADMIN in asked.visitor.roles:
        return row
    return {**row, "notes": list(intake.for_staff(row["notes"]))}


def _id(asked: Asked) -> str:
    return str(asked.request.path_params["job_id"])


def _own(asked: Asked) -> str:
    """The job, for who may change it: its scope reaches to runs only, a release needs that of releases.

    Raises:
        AccountError: If they may not.
    """
    job = asked.room.work.job(_id(asked))
    needed = Scope.RELEASE if job.kind == "release" else Scope.SUBMIT
    if needed not in asked.visitor.scopes or not asked.visitor.roles & may_change(job):
        raise AccountError("This token is not good for that.", f"Make one with the scope {needed}.")
    return job.id


@operation("POST", "/jobs", Scope.SUBMIT, body=bodies.HandIn, status=202)
def hand_in(asked: Asked, api: Zhuzi, given: bodies.HandIn) -> Any:
    """Have recordings that were sent taken as far as people have to look at them."""
    return api.hand_over(
        given.recording,
        given.meeting,
        microphones=tuple(given.microphones),
        owner=asked.visitor.account,
    )


@operation("POST", _JOB + "/retry", Scope.STATUS, command="retry")
def retry(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Do a job that failed or was cancelled again; needs the scope submit, or release for a release."""
    return _row(asked, api.retry(_own(asked)))


@operation("POST", _JOB + "/cancel", Scope.STATUS, command="cancel")
def cancel(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Stop a job; what it finished stays. It needs the scopes that trying again needs."""
    return _row(asked, api.cancel(_own(asked)))


@operation("DELETE", _JOB, Scope.STATUS, status=204)
def discard(asked: Asked, api: Zhuzi, _: Nothing) -> Any:
    """Forget a job that ended, with what was sent for it. It needs the scopes that trying again needs."""
    return api.discard(_own(asked))


async def send(asked: Asked) -> Response:
    """Send a recording, an export or a chat in one piece; `ending` is that of its name, whose rest is left at home."""
    length = asked.request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or len(length) > 18:
        raise RecordError("Nobody said how long the file is.", "Send it with Content-Length.")
    uploads, owner = asked.room.uploads, asked.visitor.account
    ending = asked.request.query_params.get("ending", "")
    ending = ending if ending.startswith(".") else f".{ending}"
    made = await run_in_threadpool(uploads.create, owner, int(length), ending)
    try:
        writer = await run_in_threadpool(uploads.writer, owner, made.id, 0)
        whole = False
        try:
            whole = await uploading.taken(asked, writer)
        finally:
            await run_in_threadpool(writer.close, whole=whole)
        found = await run_in_threadpool(uploads.look, owner, made.id)
    except BaseException:
        with contextlib.suppress(ZhuziError):  # what is no recording is gone already
            await run_in_threadpool(uploads.remove, owner, made.id)
        raise
    told = {"upload": made.id, "announced_ms": found.announced_ms, "written": found.written}
    return JSONResponse(told, 201)


def _sent(path: str, method: str, says: str, function: Any, *, begins: bool = True, **told: Any) -> Route:
    """A page of uploads as an operation: what is sent is no JSON."""
    route = page(
        PREFIX + path,
        roles=ROLES[Scope.SUBMIT],
        methods=(method,),
        begins=begins,
        scope=Scope.SUBMIT,
    )(function)
    route.operation = Operation(  # type: ignore[attr-defined]  # as `operation` does
        method, PREFIX + path, Scope.SUBMIT, says, "", None, told.get("status", 204), told.get("queries", {})
    )
    return route


_ONE = "/uploads/{upload_id}"

ROUTES = (
    listed,
    one,
    hand_in,
    retry,
    cancel,
    discard,
    _sent(
        "/recordings",
        "PUT",
        "Send a recording in one piece.",
        send,
        status=201,
        queries={"ending": "of the file's name, such as .wav; the rest of a name stays at home"},
    ),
    _sent("/uploads", "OPTIONS", "What of tus 1.0 is spoken here.", uploading.can),
    _sent(
        "/uploads", "POST", "Begin to send a file in pieces, as tus 1.0 has it.", uploading.create, status=201
    ),
    _sent(_ONE, "GET", "Where it goes on.", uploading.where, status=200),
    _sent(_ONE, "PATCH", "Send a piece.", uploading.append, begins=False),
    _sent(_ONE, "DELETE", "Delete what was sent.", uploading.remove),
)
