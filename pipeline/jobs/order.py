"""A piece of work for the background: what is to be done, how far it is, and why it failed. No word of a record."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from speakers.error import RecordError, ZhuziError

ID = re.compile("j[0-9a-f]{16}")
"""What a job is called: drawn by lot, so that it tells nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """Take a recording as far as people have to look at it.

    Attributes:
        meeting_id: the meeting's; from the content of its recording.
    """

    meeting_id: str


@dataclass(frozen=True, slots=True)
class Release:
    """Write a meeting's public files.

    Attributes:
        meeting_id: the meeting's.
    """

    meeting_id: str


Order = Run | Release
"""What may be asked for."""

_KINDS: dict[str, type[Run | Release]] = {"run": Run, "release": Release}


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Failure:
    """What a ZhuziError said.

    Attributes:
        what: happened.
        cure: what to do.
        exit_code: of its kind.
    """

    what: str
    cure: str
    exit_code: int

    @classmethod
    def of(cls, error: ZhuziError) -> Failure:
        """What an error says."""
        return cls(error.what, error.cure, error.exit_code)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is, as `pipeline.run.Report` tells it.

    Attributes:
        stage: its name.
        step: what it does at the moment.
        done: of `total`, in whatever unit.
        total: 0 where nobody knows it.
        left_s: seconds that this step will take still; None where that cannot be told.
        section: which of the stage's sections it is about; 0 where it has none.
        sections: how many there are.
    """

    stage: str
    step: str
    done: int
    total: int
    left_s: int | None = None
    section: int = 0
    sections: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Attributes:
        id: "j" and 16 hexadecimal digits.
        order: what is to be done.
        state: where it stands.
        by: number of the account that asked for it.
        office: whose recordings these are; offices take turns. Empty where there is only one.
        backlog: whether it may wait until nothing else does.
        attempt: how often it was asked for, with every time that somebody had it tried again.
        at: when it was asked for, seconds since 1970.
        begun: when it was begun last, likewise; None if it was not.
        ended: when it ended, likewise; None if it did not.
        stages: that were begun, in their order.
        told: sentences for staff.
        failure: why it failed, if it did.
        progress: how far it is, while it runs.
    """

    id: str
    order: Order
    state: State
    at: float
    by: int = 0
    office: str = ""
    backlog: bool = False
    attempt: int = 1
    begun: float | None = None
    ended: float | None = None
    stages: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    failure: Failure | None = None
    progress: Progress | None = None

    @property
    def kind(self) -> str:
        """What it is called: "run" or "release"."""
        return next(name for name, kind in _KINDS.items() if isinstance(self.order, kind))

    @property
    def meeting_id(self) -> str:
        """Of the meeting it is about."""
        return self.order.meeting_id

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in {State.WAITING, State.RUNNING}


STAGES = {
    "run": (
        "align",
        "decode",
        "tracks",
        "compare",
        "cut",
        "transcribe",
        "voices",
        "diarize",
        "given",
        "attribute",
        "heard-names",
        "recognise",
    ),
    "release": ("listen", "release"),
}
"""The stages of each kind of work, in order."""

_ALWAYS = frozenset({"decode", "transcribe", "diarize", "attribute", "release"})


class Stand(StrEnum):
    """How a stage of a job stands."""

    DONE = "done"
    NOW = "now"
    STOPPED = "stopped"
    LATER = "later"


def steps(job: Job) -> tuple[tuple[str, Stand], ...]:
    """The stages of a job in their order, each with how it stands; those that few meetings have only if begun.

    >>> steps(Job("j0", Run("0"), State.RUNNING, 0.0, stages=("decode", "transcribe")))[1:3]
    (('transcribe', <Stand.NOW: 'now'>), ('diarize', <Stand.LATER: 'later'>))
    """
    known = [name for name in STAGES[job.kind] if name in _ALWAYS or name in job.stages]
    if job.state is State.DONE:
        return tuple((name, Stand.DONE) for name in known)
    last = max((known.index(name) for name in job.stages if name in known), default=-1)
    at = Stand.NOW if job.state is State.RUNNING else Stand.STOPPED
    return tuple(
        (name, Stand.DONE if n < last else at if n == last else Stand.LATER) for n, name in enumerate(known)
    )


def serialize(job: Job) -> bytes:
    """What is kept of a job; how far it is belongs to the process that does it."""
    failure = job.failure
    values: dict[str, Any] = {
        "version": 1,
        "id": job.id,
        "kind": job.kind,
        "meeting": job.meeting_id,
        "state": job.state.value,
        "at": job.at,
        "by": job.by,
        "office": job.office,
        "backlog": job.backlog,
        "attempt": job.attempt,
        "begun": job.begun,
        "ended": job.ended,
        "stages": list(job.stages),
        "told": list(job.told),
        "failure": [failure.what, failure.cure, failure.exit_code] if failure else None,
    }
    return (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode()


def parse(data: bytes) -> Job:
    """A job from what was kept of it.

    Raises:
        RecordError: If it is none.
    """
    try:
        values = json.loads(data)
        failure = values["failure"]
        return Job(
            id=str(values["id"]),
            order=_KINDS[values["kind"]](str(values["meeting"])),
            state=State(values["state"]),
            at=float(values["at"]),
            by=int(values["by"]),
            office=str(values.get("office", "")),
            backlog=bool(values.get("backlog", False)),
            attempt=int(values.get("attempt", 1)),
            begun=values["begun"],
            ended=values["ended"],
            stages=tuple(map(str, values["stages"])),
            told=tuple(map(str, values["told"])),
            failure=Failure(str(failure[0]), str(failure[1]), int(failure[2])) if failure else None,
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise RecordError(
            "A job cannot be read.", "Remove its folder from work/, then drop the recording again."
        ) from error
