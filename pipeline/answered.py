"""What doors answer, as values for JSON: the command line with `--json`, the HTTP API and the Python API alike."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline import audit, models, registrar, review
from pipeline.finding import Finding
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Job, steps
from pipeline.registrar import Changed
from pipeline.revoke import Takedown
from pipeline.settings import Settings
from redaction.draft import Draft
from redaction.released import Released


def reviewed(folder: MeetingFolder, draft: Draft, settings: Settings) -> dict[str, Any]:
    """How a meeting stands after somebody decided something."""
    state = review.standing(
        folder,
        approvers=settings.approvers,
        correction_days=settings.correction_days,
        draft=lambda: draft,
    )
    return {
        "id": folder.id,
        "state": state,
        "undecided": len(draft.undecided),
        "suggestions": len(draft.suggestions),
        "digest": draft.digest,
        "approvals": len(draft.approvals),
        "questions": list(review.questions(draft)),
    }


def released(folder: MeetingFolder, out: Released) -> dict[str, Any]:
    """What went out."""
    return {
        "id": folder.id,
        "public": str(folder.public),
        "files": sorted(p.name for p in folder.public.iterdir()),
        "approval": out.approval,
        "hidden": dict(out.hidden),
        "sound": out.sound.allowed,
        "sound_reason": out.sound.reason,
        "video": out.picture.allowed,
        "video_reason": out.picture.reason,
        "turns_read": len(out.sound.spoken),
        "turns_not_read": len(out.sound.unread),
    }


def taken_down(folder: MeetingFolder, taken: Takedown) -> dict[str, Any]:
    """What has to be taken down elsewhere."""
    return {
        "id": folder.id,
        "withdrawn": str(taken.withdrawn) if taken.withdrawn else None,
        "releases": [
            {
                "at": outing.at,
                "approvers": list(outing.approvers),
                "files": [{"name": f.name, "sha256": f.sha256} for f in outing.files],
            }
            for outing in taken.outings
        ],
        "links": [{"label": link.label, "url": link.url} for link in taken.links],
        "standing": [
            {
                "outlet": one.begun.outlet,
                "kind": one.begun.kind,
                "key": one.key,
                "at": one.at,
                "sure": one.sure,
            }
            for one in taken.standing
        ],
        "notes": list(taken.notes),
        "failures": [str(failure) for failure in taken.failures],
    }


def examined(findings: Iterable[Finding]) -> dict[str, Any]:
    """What this machine lacks."""
    found = tuple(findings)
    return {
        "ok": all(f.ok or f.optional for f in found),
        "findings": [
            {"name": f.name, "ok": f.ok, "optional": f.optional, "says": f.says, "cure": f.cure}
            for f in found
        ],
    }


def catalogued(directory: Path, found: Iterable[models.Status]) -> dict[str, Any]:
    """The models of the catalogue."""
    return {
        "directory": str(directory),
        "models": [
            {
                "name": e.model.name,
                "job": e.model.job,
                "licence": e.model.licence,
                "origin": e.model.origin,
                "bytes": e.size,
                "present": e.present,
                "default": e.model.default,
                "trust": e.trust,
            }
            for e in found
        ],
    }


def verified(findings: Iterable[Finding]) -> dict[str, Any]:
    """Whether models are those that they should be."""
    wrong = [f for f in findings if not f.ok]
    return {"ok": not wrong, "wrong": [{"says": f.says, "cure": f.cure} for f in wrong]}


def changed(done: Changed) -> dict[str, Any]:
    """What became of an entry of the register, without a name."""
    return {
        **registrar.row(done.entry),
        "shown": list(done.shown),
        "hidden": list(done.hidden),
        "stale": list(done.stale),
        "broken": list(done.broken),
    }


def uses(rows: Iterable[dict[str, str]]) -> dict[str, Any]:
    """Who read or changed the register."""
    return {
        "log": [
            {
                "at": row["at"],
                "entry": row["entry"],
                "meeting": row["meeting"],
                "purpose": row["purpose"],
                "who": row["who"],
            }
            for row in rows
        ]
    }


def chains(verdicts: Iterable[audit.Verdict]) -> dict[str, Any]:
    """Whether the audit, every ledger and every correction window is whole."""
    found = tuple(verdicts)
    return {
        "ok": not any(one.error for one in found),
        "chains": [
            {"place": o.place, "entries": o.entries, "error": str(o.error) if o.error else None}
            for o in found
        ],
    }


def job(one: Job) -> dict[str, Any]:
    """A job, and how far it is."""
    how = one.progress
    return {
        "id": one.id,
        "kind": one.kind,
        "meeting": one.meeting_id,
        "state": one.state.value,
        "at": one.at,
        "begun": one.begun,
        "ended": one.ended,
        "office": one.office,
        "backlog": one.backlog,
        "steps": [{"stage": name, "stand": stand.value} for name, stand in steps(one)],
        "notes": list(one.told),
        "progress": None
        if how is None
        else {
            "stage": how.stage,
            "step": how.step,
            "done": how.done,
            "total": how.total,
            "left_s": how.left_s,
        },
        "failure": None
        if one.failure is None
        else {
            "error": one.failure.what,
            "cure": one.failure.cure,
            "exit_code": one.failure.exit_code,
        },
    }
