"""Cases of `bench.faults` that take little time: nothing is lost, and no finished stage is done again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import faults_more
from bench.faults_frame import Case, Trial

LONG = {"1,000 meetings on 2 workers"}


@pytest.mark.parametrize(
    "case",
    [c for c in faults_more.CASES if c.name not in LONG],
    ids=lambda case: str(case.name),
)
def test_nothing_is_lost_and_no_finished_stage_is_done_again(case: Case, tmp_path: Path) -> None:
    if why := case.needs():
        pytest.skip(why)
    came = case.run(Trial(tmp_path, 2))
    assert came.tried > 0
    assert (came.lost, came.again) == (0, 0), came


def test_many_meetings_are_shared_by_two_workers_and_each_is_done_once(tmp_path: Path) -> None:
    if why := faults_more.missing():
        pytest.skip(why)
    came = faults_more.thousand(Trial(tmp_path, 0), meetings=20)
    assert (came.tried, came.lost, came.again) == (20, 0, 0)
    assert came.note.startswith("2 workers")
