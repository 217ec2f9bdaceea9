"""How pages are made: one layout, and every error alike, as a page for people and as an object for scripts."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import markupsafe
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from pipeline import chinese, words
from pipeline.room.asked import Asked
from pipeline.room.outcome import status_of
from pipeline.workdays import TAIPEI
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
    made.globals |= {"both": both, "word": word, "moment": moment}
    return made


def both(sentence: str) -> markupsafe.Markup:
    """Chinese first, English beside it, of a sentence of the program; every template may call it.

    >>> both("There is no such page.")
    Markup('<span class="zh">沒有這個頁面。</span> <span class="en" lang="en">There is no such page.</span>')
    """
    return _beside(*chinese.in_the_room(sentence))


def word(group: str, value: str) -> markupsafe.Markup:
    """Likewise of a state, a kind, a tier, …: what `pipeline.words` calls it.

    >>> word("tier", "B")
    Markup('<span class="zh">逐一決定</span> <span class="en" lang="en">one by one</span>')
    """
    return _beside(*words.of(group, value))


def moment(at: str, seconds: bool = False) -> markupsafe.Markup:
    """A moment as people in Taiwan read it; what is none is shown as it is.

    Args:
        at: ISO, with its offset.
        seconds: whether they are shown.

    >>> moment("2026-05-01T02:38:07+00:00")
    Markup('<time datetime="2026-05-01T02:38:07+00:00">2026-05-01 10:38</time>')
    """
    try:
        here = datetime.datetime.fromisoformat(at).astimezone(TAIPEI)
    except ValueError:
        return markupsafe.escape(at)
    said = here.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    return markupsafe.Markup('<time datetime="{}">{}</time>').format(at, said)


def _beside(zh: str, en: str) -> markupsafe.Markup:
    english = markupsafe.Markup('<span class="en" lang="en">{}</span>').format(en)
    return markupsafe.Markup('<span class="zh">{}</span> {}').format(zh, english) if zh else english


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


def refusal(what: str, cure: str) -> dict[str, str]:
    """Why something was refused, for api.js: `error` and `cure`, and the same in Chinese."""
    happened, to_do = chinese.in_the_room(what), chinese.in_the_room(cure)
    return {"error": happened.en, "cure": to_do.en, "error_zh": happened.zh, "cure_zh": to_do.zh}


def said_of(error: ZhuziError) -> dict[str, str | int]:
    """An error as an object for scripts."""
    return {**refusal(error.what, error.cure), "exit_code": error.exit_code}


def problem(request: Request, error: ZhuziError) -> Response:
    """An error, as it is said everywhere: what happened, and what to do."""
    status = status_of(error)
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(said_of(error), status)
    text = _environment().get_template("problem.html").render(who=None, path=request.url.path, error=error)
    return HTMLResponse(text, status)
