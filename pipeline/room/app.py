"""The room as one application: its routes, what guards them, and how it says that something went wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.status import HTTP_405_METHOD_NOT_ALLOWED

from pipeline import log
from pipeline.room import (
    audit_page,
    dropping,
    marks,
    meetings,
    mine,
    oidc_sign_in,
    own_account,
    people,
    reading,
    sign_in,
    sign_off,
    uploading,
    watching,
    welcome,
    window,
    working,
)
from pipeline.room.api import described
from pipeline.room.api import jobs as api_jobs
from pipeline.room.api import meetings as api_meetings
from pipeline.room.api import people as api_people
from pipeline.room.doorway import Doorway
from pipeline.room.headers import HEADERS, SecureHeaders
from pipeline.room.pages import HERE, problem
from pipeline.room.state import Room, opened
from pipeline.room.static_files import Static
from pipeline.settings import Settings
from speakers.error import NotFoundError, StageError, ZhuziError

TOPICS = (
    api_jobs,
    api_meetings,
    api_people,
    described,
    audit_page,
    dropping,
    marks,
    meetings,
    mine,
    oidc_sign_in,
    own_account,
    people,
    reading,
    sign_in,
    sign_off,
    uploading,
    watching,
    welcome,
    window,
    working,
)
"""Every module with pages; each lists its own in ROUTES."""


def create(settings: Settings) -> Starlette:
    """The application of one data directory.

    Raises:
        ZhuziError: If it cannot be used.
    """
    application = Starlette(
        routes=[
            *(route for topic in TOPICS for route in topic.ROUTES),
            Mount("/static", Static(directory=HERE / "static"), name="static"),
        ],
        middleware=[Middleware(SecureHeaders), Middleware(Doorway, doors=settings.doors)],
        lifespan=_at_work,
        exception_handlers={
            ZhuziError: _foreseen,
            HTTPException: _http,
            Exception: _unforeseen,
        },
    )
    application.state.room = opened(settings)
    return application


@asynccontextmanager
async def _at_work(application: Starlette) -> AsyncIterator[None]:
    """While the room is open, what waits in the background is done, and meetings are ready for who opens them."""
    room: Room = application.state.room
    room.beside.then = room.warming.soon
    room.beside.start()
    room.warming.soon()
    room.notifier.start()
    yield
    await run_in_threadpool(room.notifier.stop)
    await run_in_threadpool(room.beside.close)


def _foreseen(request: Request, error: Exception) -> Response:
    assert isinstance(error, ZhuziError)  # noqa: S101 - Starlette gives what the handler is registered for
    return problem(request, error)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    missing = NotFoundError("There is no such page.", "Go back to the first page.")
    other = NotFoundError("This page is not asked in that way.", "See the description: /api/v1/openapi.json.")
    answer = problem(request, other if error.status_code == HTTP_405_METHOD_NOT_ALLOWED else missing)
    answer.status_code = error.status_code
    answer.headers.update(error.headers or {})
    return answer


def _unforeseen(request: Request, error: Exception) -> Response:
    data = request.app.state.room.data
    log.write(data / "error.log", "room", error)
    said = f"Something unforeseen happened ({type(error).__name__})."
    answer = problem(request, StageError(said, "Try again; if it happens again, report it with error.log."))
    answer.status_code = 500
    answer.headers.update(HEADERS)  # no middleware stands around what answers last
    return answer
