"""What is being done in the background: how far it is, why it failed, and trying again."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from pipeline.job import Job, Release, Stand, State, steps
from pipeline.room.accounts import Role
from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.pages import html
from pipeline.room.uploading import DROPPERS
from speakers.error import AccountError

STAGES = {
    "wait": ("等候其他工作", "Waiting for other work"),
    "align": ("對齊各麥克風", "Bringing microphones in step"),
    "decode": ("讀取聲音", "Reading the sound"),
    "tracks": ("讀取各麥克風", "Reading each microphone"),
    "compare": ("比較各麥克風", "Comparing microphones"),
    "transcribe": ("聽寫", "Writing down what was said"),
    "diarize": ("分辨聲音", "Telling voices apart"),
    "attribute": ("把話分給說話的人", "Giving words to voices"),
    "heard-names": ("再聽一次名字", "Listening again for names"),
    "recognise": ("比對登錄的聲紋", "Comparing enrolled voices"),
    "listen": ("再聽一次要公開的聲音", "Listening to what goes out"),
    "release": ("寫出公開的檔案", "Writing the public files"),
}
"""What the stages are called, in Chinese and English."""

STATES = {
    State.WAITING: ("等候中", "Waiting"),
    State.RUNNING: ("進行中", "At work"),
    State.DONE: ("完成", "Done"),
    State.FAILED: ("失敗", "Failed"),
    State.CANCELLED: ("已停止", "Stopped"),
}

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
    if not asked.visitor.roles & _may(job):
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
    return RedirectResponse(f"/work/{job.id}", status_code=303)


def shown(asked: Asked, job: Job) -> dict[str, object]:
    """What templates need of a job."""
    return {
        "job": job,
        "steps": steps(job),
        "stages": STAGES,
        "states": STATES,
        "may": bool(asked.visitor.roles & _may(job)),
        "Stand": Stand,
        "left": left(job),
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


def _may(job: Job) -> frozenset[Role]:
    return _RELEASERS if isinstance(job.order, Release) else DROPPERS


ROUTES = (show, act)
