"""How pages are made: one layout, and every error alike, as a page for people and as an object for scripts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from pipeline.room.asked import Asked
from pipeline.room.outcome import status_of
from speakers.error import ZhuziError
from speakers.record import clock

HERE = Path(__file__).parent


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["clock"] = clock
    return made


def html(asked: Asked, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page in the room's layout.

    Args:
        asked: what it answers.
        template: its file's name.
        status: HTTP's.
        values: what the template shows; everything is escaped.
    """
    text = _environment().get_template(template).render(who=asked.who, path=asked.request.url.path, **values)
    return HTMLResponse(text, status)


def problem(request: Request, error: ZhuziError) -> Response:
    """An error, as it is said everywhere: what happened, and what to do."""
    status = status_of(error)
    if "text/html" not in request.headers.get("accept", ""):
        said = {"error": error.what, "cure": error.cure, "exit_code": error.exit_code}
        return JSONResponse(said, status)
    text = _environment().get_template("problem.html").render(who=None, path=request.url.path, error=error)
    return HTMLResponse(text, status)
