"""Signing off: the text as it would be published, what is left of the risk, approval, release and revocation."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from pipeline import (
    deciding,
    mark_queue,
    public_files,
    public_text,
    read_off,
    revoke,
    risk_note,
    window,
    words,
)  # fmt: skip
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Job, Release
from pipeline.public_files import Shown
from pipeline.read_off import ReadOff
from pipeline.remembered import Remembered
from pipeline.review import questions
from pipeline.room.asked import Asked, page
from pipeline.room.marks import REVIEWERS, here, number
from pipeline.room.pages import html
from pipeline.run import meeting_of
from pipeline.seat import Seat
from redaction.approval import person
from redaction.draft import Draft
from redaction.release import approvals_needed, obstacles, refuse
from speakers.error import RecordError, ZhuziError

_notes = Remembered(risk_note.note)
_public = Remembered(lambda draft: public_text.pairs(draft, blind=True))
_both = Remembered(lambda draft: public_text.pairs(draft, blind=False))

_LINKED = 40
"""Statements of a reason that are links in the note; the list has all of them."""


@dataclass(frozen=True, slots=True)
class _Now:
    """What the page shows of whatever can be read; a damaged meeting can still be taken down.

    Attributes:
        seat: whoever asks before the draft; None if it cannot be made.
        broken: why not.
        shown: what is public; None if that cannot be told.
        unknown: why not.
    """

    seat: Seat | None
    broken: ZhuziError | None
    shown: Shown | None
    unknown: ZhuziError | None


def _now(asked: Asked) -> _Now:
    seat = broken = shown = unknown = None
    try:
        seat = here(asked)
    except ZhuziError as error:
        broken = error
    try:
        shown = public_files.shown(asked.folder(), seat.entries if seat else None)
    except ZhuziError as error:
        unknown = error
    return _Now(seat, broken, shown, unknown)


@page("/meetings/{meeting_id}/sign-off", roles=REVIEWERS)
def show(asked: Asked) -> Response:
    """The page."""
    folder, now = asked.folder(), _now(asked)
    values: dict[str, Any] = {
        "id": folder.id,
        "title": _title(asked),
        "now": now,
        "seat": now.seat,
        "job": _job(asked, folder),
    }
    values |= {"names": public_files.names, "called": words.of, "people": ()}
    if now.seat is not None:
        draft, approvers = now.seat.draft, asked.room.settings.approvers
        days = asked.room.settings.correction_days
        shut = obstacles(draft, approvers=approvers) or window.reasons(window.of(folder), draft, days)
        values |= {
            "people": (*draft.meeting.participants, *draft.meeting.elsewhere),
            "obstacles": shut,
            "questions": questions(draft),
            "needed": approvals_needed(draft, approvers),
            "mine": any(person(e.who) == person(now.seat.who) for e in draft.approvals),
            "header": public_text.header(draft),
            "note": _notes.of(folder.id, draft),
            "read": _read(asked, draft),
            "kept": () if now.seat.blind else mark_queue.sure_kept(draft),
            "out": now.shown is not None and bool(now.shown.files) and now.shown.digest == draft.digest,
            "perils": risk_note.perils,
            "opposite": now.seat.reading is None,
            "second": now.seat.reading is not None,
            "linked": _LINKED,
        }
    return html(asked, "sign_off.html", **values)


@page("/meetings/{meeting_id}/beside", roles=REVIEWERS)
def beside(asked: Asked) -> Response:
    """The public text beside the private one, on a page of its own."""
    now = here(asked)
    now.refuse_blind()
    return html(
        asked,
        "beside.html",
        id=asked.folder().id,
        title=_title(asked),
        people=(*now.draft.meeting.participants, *now.draft.meeting.elsewhere),
        header=public_text.header(now.draft),
        opposite=now.reading is None,
        second=now.reading is not None,
    )


@page("/meetings/{meeting_id}/beside.json", roles=REVIEWERS)
def pairs(asked: Asked) -> Response:
    """Every statement as it would be published, and which of them to read with their sound."""
    now, folder = here(asked), asked.folder()
    now.refuse_blind()
    found = (_both if asked.one("both") else _public).of(folder.id, now.draft)
    ticked = _read(asked, now.draft)
    risk = _notes.of(folder.id, now.draft).risk
    first = set(risk.first)
    passages = {
        p.statement_id: {
            "why": words.of("risk", p.why[0])._asdict(),
            "reason": str(p.why[0]),
            "first": p in first,
            "read": p.statement_id in ticked,
        }
        for p in risk.passages
    }
    return JSONResponse({"version": now.version, "pairs": public_text.table(found), "passages": passages})


@page("/meetings/{meeting_id}/read", roles=REVIEWERS, methods=("POST",))
def tick(asked: Asked) -> Response:
    """A statement was read with its sound, or not after all."""
    match asked.said:
        case {"statement": str(statement_id), "digest": str(digest), "read": bool(read)}:
            statement = here(asked).draft.statement(statement_id)
            if statement is None or statement.digest != digest:
                raise RecordError(
                    "This statement changed since you read it.", "Load the page, read it again."
                )
            folder = asked.folder()
            _ticks(asked).tick(folder.id, asked.visitor.account, statement_id, digest, read=read)
            return JSONResponse({"read": read})
    raise RecordError("What was read cannot be read.", "Load the page again.")


@page("/meetings/{meeting_id}/approve", roles=REVIEWERS, methods=("POST",))
def approve(asked: Asked) -> Response:
    """Approve exactly what was shown, once."""
    draft = here(asked).draft
    passages = _notes.of(asked.folder().id, draft).risk.passages
    deciding.approve(
        asked.live(),
        asked.visitor.name,
        asked.one("digest"),
        number(dict(asked.fields), "after"),
        approvers=asked.room.settings.approvers,
        unread=len(passages) - len(_read(asked, draft)),
        known=number(dict(asked.fields), "unread") if asked.one("unread") else 0,
    )
    return _back(asked)


@page("/meetings/{meeting_id}/release", roles=REVIEWERS, methods=("POST",))
def release(asked: Asked) -> Response:
    """Have the public files written, in the background; refused at once while something stands in the way."""
    chosen, draft = asked.room.settings, asked.live().draft()
    refuse(draft, approvers=chosen.approvers)
    window.refuse(window.of(asked.folder()), draft, chosen.correction_days)
    asked.room.work.submit(Release(asked.folder().id), by=asked.visitor.account)
    return _back(asked)


@page("/meetings/{meeting_id}/release.json", roles=REVIEWERS)
def progress(asked: Asked) -> Response:
    """How far the release is."""
    found = _job(asked, asked.folder())
    if found is None:
        return JSONResponse({"job": None})
    told = found.progress
    said: dict[str, Any] = {"state": found.state.value, "open": found.open, "id": found.id}
    if told is not None:
        stage, step = words.of("stage", told.stage), words.of("step", told.step)
        said |= {"stage": " ".join(stage), "step": " ".join(step), "done": told.done, "total": told.total}
        said |= {"left_s": told.left_s}
    return JSONResponse({"job": said})


@page("/meetings/{meeting_id}/revoke", roles=REVIEWERS, methods=("POST",))
def take_down(asked: Asked) -> Response:
    """Take down what is public, whatever else is damaged; and say what has to be taken down elsewhere."""
    folder = asked.folder()
    taken = revoke.revoke(folder, asked.visitor.name, asked.one("reason"))
    if taken.failures:
        return _outings(asked, taken, status=500)
    return RedirectResponse(f"/meetings/{folder.id}/taken-down", status_code=303)


@page("/meetings/{meeting_id}/taken-down", roles=REVIEWERS)
def outings(asked: Asked) -> Response:
    """Everything that ever went out of this meeting: what a revocation has to take down elsewhere."""
    return _outings(asked, revoke.listed(asked.folder()))


def _outings(asked: Asked, taken: revoke.Takedown, *, status: int = 200) -> Response:
    folder = asked.folder()
    public = os.path.lexists(folder.public)
    return html(
        asked,
        "taken_down.html",
        status=status,
        id=folder.id,
        title=_title(asked),
        taken=taken,
        names=public_files.names,
        public=public,
    )


@page("/meetings/{meeting_id}/files/{number:int}", roles=REVIEWERS)
def download(asked: Asked) -> Response:
    """A public file, exactly as it was released."""
    path = public_files.file_of(asked.folder(), int(asked.request.path_params["number"]))
    headers = {"content-disposition": f"attachment; filename*=utf-8''{quote(path.name, safe='')}"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def _title(asked: Asked) -> str:
    """What the meeting is called; empty if that cannot be read, as a damaged one can still be taken down."""
    with contextlib.suppress(ZhuziError):
        return meeting_of(asked.folder()).title
    return ""


def _back(asked: Asked) -> Response:
    return RedirectResponse(f"/meetings/{asked.folder().id}/sign-off", status_code=303)


def _ticks(asked: Asked) -> ReadOff:
    return ReadOff(asked.room.data / "room" / "read.sqlite")


def _read(asked: Asked, draft: Draft) -> frozenset[str]:
    """Which of the passages that deserve a full read whoever asks has ticked off."""
    folder_id = asked.folder().id
    ticked = _ticks(asked).ticked(folder_id, asked.visitor.account)
    return read_off.read(_notes.of(folder_id, draft).risk.passages, draft, ticked)


def _job(asked: Asked, folder: MeetingFolder) -> Job | None:
    """The newest release of a meeting, waiting, running or ended."""
    with contextlib.suppress(ZhuziError):
        order = Release(folder.id)
        return next((job for job in asked.room.work.jobs() if job.order == order), None)
    return None


ROUTES = (
    show, beside, pairs, tick, approve, release, progress, take_down, outings, download
)  # fmt: skip
