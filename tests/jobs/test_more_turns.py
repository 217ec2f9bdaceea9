"""Whose turn it is, by the order in which a worker begins stages: people before backlog, offices in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.queue_rig import USUAL, Rig, changed
from pipeline.jobs.order import Job
from tests.postgres import missing, postgres

MANY = 100
MODELS = ("transcribe", "diarize")


@pytest.fixture(params=["a file", "a server"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """A worker whose models take a while, so that stages queue up behind them."""
    slow = changed(changed(USUAL, "transcribe", seconds=0.4), "diarize", seconds=0.4)
    if request.param == "a file":
        with Rig(tmp_path / "rig", "", slow) as one:
            yield one
        return
    if why := missing():
        pytest.skip(why)
    with postgres() as server, Rig(tmp_path / "rig", server.url, slow) as one:
        yield one


def overtaken(rig: Rig, job: Job) -> int:
    """How many stages of models others began between the moment at which a job's could begin, and its first one."""
    rig.until(lambda: any(c.meeting == job.meeting_id and c.stage in MODELS for c in rig.calls("begin")), 300)
    calls = rig.calls()
    able = next(
        n for n, c in enumerate(calls) if (c.what, c.meeting, c.stage) == ("end", job.meeting_id, "decode")
    )
    begun = next(n for n, c in enumerate(calls) if c.meeting == job.meeting_id and c.stage in MODELS)
    return sum(c.what == "begin" and c.stage in MODELS for c in calls[able:begun])


def queued(rig: Rig) -> bool:
    """Whether several meetings wait for a model."""
    calls = rig.calls("end")
    return sum(c.stage == "decode" for c in calls) >= sum(c.stage == "transcribe" for c in calls) + 3


def test_what_staff_wait_for_goes_before_a_backlog_that_is_in_flight(rig: Rig) -> None:
    for number in range(MANY):
        rig.submit(number, backlog=True)
    rig.start()
    rig.until(lambda: queued(rig), 300)
    urgent = rig.submit(MANY)
    # One may have begun before the worker knew that it may; one more while it was planned.
    assert overtaken(rig, urgent) <= 2
    assert rig.done() < MANY // 2


def test_the_one_recording_of_an_office_is_not_behind_all_of_another_one(rig: Rig) -> None:
    for number in range(MANY):
        rig.submit(number, office="a")
    rig.start()
    rig.until(lambda: queued(rig), 300)
    only = rig.submit(MANY, office="b")
    # Besides those two, the meeting of the other office whose turn it is has two stages of models.
    assert overtaken(rig, only) <= 4
    assert rig.done() < MANY // 2
