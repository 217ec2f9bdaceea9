"""What is being done in the background: how far it is, why it failed, and trying again."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response

from pipeline import intake
from pipeline.jobs.order import Job, Release, Stand, steps
from pipeline.room.accounts import Role
from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.pages import html
from pipeline.room.uploading import DROPPERS
from speakers.error import AccountError, NotFoundError

_RELEASERS = frozenset({Role.REVIEWER, Role.ADMIN})


@page("/work/{job_id}", roles=EVERYBODY)
def show(asked: Asked) -> Response:
    """One job; `?part=1` gives only what changes."""
    job = _job(asked)
    template = "work_part.html" if asked.one("part") else "work.html"
    return html(asked, template, **shown(asked, job))


@page("/work/{job_id}/{act:str}", roles=EVERYBODY, methods=("POST",))
def act(asked: Asked) -> Response:
    """Try again, stop, or forget."""
    job = _job(asked)
    if not asked.visitor.roles & may_change(job):
        raise AccountError("Your account may not do this.", "Ask an admin for the role.")
    work = asked.room.work
    match asked.request.path_params["act"]:
        case "retry":
            work.retry(job.id)
        case "cancel":
            work.cancel(job.id)
        case "discard":
            work.discard(job.id)
            return RedirectResponse("/", status_code=303)
        case _:
            raise NotFoundError("There is no such page.", "Go back to the first page.")
    return RedirectResponse(f"/work/{job.id}", status_code=303)


def shown(asked: Asked, job: Job) -> dict[str, Any]:
    """What templates need of a job."""
    return {
        "job": job,
        "steps": steps(job),
        "may": bool(asked.visitor.roles & may_change(job)),
        "Stand": Stand,
        "left": left(job),
        "told": job.told if Role.ADMIN in asked.visitor.roles else intake.for_staff(job.told),
        "there": (asked.room.data / "meetings" / job.meeting_id / "manifest.json").is_file(),
    }


def left(job: Job) -> tuple[str, str] | None:
    """How long the step that is being done will take still, in words; None where nobody can say."""
    seconds = job.progress.left_s if job.progress else None
    if seconds is None:
        return None
    if seconds < 60:
        return "這一步不到 1 分鐘", "this step: less than a minute"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"這一步約剩 {minutes} 分鐘", f"this step: about {minutes} min left"
    return f"這一步約剩 {minutes / 60:.1f} 小時", f"this step: about {minutes / 60:.1f} h left"


def _job(asked: Asked) -> Job:
    return asked.room.work.job(str(asked.request.path_params["job_id"]))


def may_change(job: Job) -> frozenset[Role]:
    """Roles that may try it again, stop it or forget it."""
    return _RELEASERS if isinstance(job.order, Release) else DROPPERS


ROUTES = (show, act)
