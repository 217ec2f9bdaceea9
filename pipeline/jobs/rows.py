"""Jobs as rows for people and programs: ids, states and stages, never a word of a record."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from pipeline.jobs.order import Job, State

_SHOWN = (State.RUNNING, State.WAITING, State.FAILED, State.CANCELLED)


def shown(jobs: Iterable[Job], meeting_id: str = "") -> tuple[Job, ...]:
    """Those that are not done, or of one meeting: what runs first, then what waits in its order, then what failed."""
    over = progress.left_s is None or progress.done >= progress.total
    left = "" if over else f", about {max(1, round((progress.left_s or 0) / 60))} min left"
    return f" {100 * progress.done // progress.total}%{left}"


def _moment(at: float | None) -> str | None:
    return (
        None if at is None else datetime.datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
    )
