"""The first page: what is being worked on, where every meeting stands, and what is to be done next."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pipeline.folder import meetings
from pipeline.glances import WORKED_ON, beside_jobs
from pipeline.jobs.order import State
from pipeline.room.accounts import Role
from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.pages import html
from pipeline.room.uploading import DROPPERS
from pipeline.room.working import left

WITHIN_S = 1.0
"""The first page does not wait longer for meetings that changed; it asks for them again by itself."""


@page("/", roles=EVERYBODY)
def first(asked: Asked) -> Response:
    """What is being worked on, and every meeting, newest first; `?part=1` gives what changes by itself."""
    room = asked.room
    jobs = [(job, left(job)) for job in reversed(room.work.jobs()) if job.state is not State.DONE]
    folders = tuple(reversed(meetings(room.data)))
    seen = room.glances.rows(folders, within_s=WITHIN_S)
    known = beside_jobs((row for row in seen if row is not None), (job for job, _ in jobs))
    return html(
        asked,
        "meetings_part.html" if asked.one("part") else "meetings.html",
        jobs=jobs,
        rows=[(row, _tone(row), _next(row)) for row in known],
        pending=seen.count(None),
        busy={job.meeting_id: job for job, _ in jobs if job.open},
        drops=bool(asked.visitor.roles & DROPPERS),
        reviews=Role.REVIEWER in asked.visitor.roles,
    )


_ASKS = {WORKED_ON, "awaiting review", "suggestions to answer", "released, changed since"}
"""States in which somebody is to do something, and nothing is wrong."""


def _tone(row: dict[str, Any]) -> str:
    """Whether a state is good, bad, or asks for something."""
    if row["state"] in {"released", "approved"}:
        return "good"
    asks = "window" in row["state"] or row["state"] in _ASKS
    return "ask" if asks else "bad"


_REVIEW = {"awaiting review", "revoked", "released, changed since"}
"""States in which somebody has to read it."""


def _next(row: dict[str, Any]) -> tuple[str, str, str] | None:
    """What is to be done with a meeting: in Chinese, in English, and the end of the page's address."""
    if "error" in row:
        return None
    count = int(row.get("undecided", 0))
    match str(row["state"]):
        case "released":
            step = None
        case "approved":
            step = "公開", "Release it", "/sign-off"
        case "suggestions to answer":
            step = "回覆意見", "Answer them", "/window"
        case state if state == "not transcribed" or state.startswith("interrupted"):
            step = "重新處理", "Process it again", "/about"
        case state if state in _REVIEW and count:
            step = f"決定 {count} 處標記", f"Decide {count} mark{'s' if count > 1 else ''}", "/marks"
        case state if state in _REVIEW:
            step = "通讀並核可", "Read it and sign off", "/sign-off"
        case state if "window" in state:
            step = "更正期", "The correction window", "/window"
        case _:
            step = "看怎麼辦", "See what to do", "/sign-off"
    return step


ROUTES = (first,)
