"""Jobs as rows for people and programs: ids, states and stages, never a word of a record."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from pipeline import words
from pipeline.jobs.order import Job, State

_SHOWN = (State.RUNNING, State.WAITING, State.FAILED, State.CANCELLED)


def shown(jobs: Iterable[Job], meeting_id: str = "") -> tuple[Job, ...]:
    """Those that are not done, or of one meeting: what runs first, then what waits in its order, then what failed."""
    left = (j for j in jobs if j.state is not State.DONE and meeting_id in {"", j.meeting_id})
    return tuple(sorted(left, key=lambda j: (_SHOWN.index(j.state), j.backlog, j.at, j.id)))


def row(job: Job) -> dict[str, Any]:
    """One job for programs."""
    progress, failure = job.progress, job.failure
    return {
        "id": job.id,
        "kind": job.kind,
        "meeting": job.meeting_id,
        "state": job.state.value,
        "office": job.office,
        "backlog": job.backlog,
        "at": _moment(job.at),
        "begun": _moment(job.begun),
        "ended": _moment(job.ended),
        "stage": progress.stage if progress else "",
        "done": progress.done if progress else 0,
        "total": progress.total if progress else 0,
        "left_s": progress.left_s if progress else None,
        "error": failure.what if failure else None,
        "cure": failure.cure if failure else None,
        "exit_code": failure.exit_code if failure else None,
    }


def line(job: Job) -> str:
    """One job for people."""
    asked = datetime.datetime.fromtimestamp(job.at).astimezone().strftime("%Y-%m-%d %H:%M")
    parts = [f"{job.id}  {job.state.value:<10}{job.kind:<8}{job.meeting_id}  since {asked}"]
    parts += [f"for {job.office}"] * bool(job.office) + ["backlog"] * job.backlog
    if job.progress:
        parts.append(words.of("stage", job.progress.stage).en + _share(job))
    first = "  ".join(parts)
    return f"{first}\n    {job.failure.what} {job.failure.cure}" if job.failure else first


def _share(job: Job) -> str:
    progress = job.progress
    if progress is None or not progress.total:
        return ""
    over = progress.done >= progress.total
    left = (
        "" if over or progress.left_s is None else f", about {max(1, round(progress.left_s / 60))} min left"
    )
    return f" {100 * progress.done // progress.total}%{left}"


def _moment(at: float | None) -> str | None:
    return (
        None if at is None else datetime.datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
    )
