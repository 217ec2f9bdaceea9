"""Whatever is killed, stopped or frozen, nothing is lost and no finished stage is done again.

The cases of `bench/faults.py`, each tried a few times only; the benchmark tries them often.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench import faults_kills, faults_servers
from bench.faults_frame import Case, Trial
from tests.conftest import ROOT
from tests.fleet import fleet
from tests.postgres import missing, postgres

_FIGURES = {faults_kills.same_id, faults_kills.same_id_of_several, faults_servers.polling}
"""Cases that only say how long something takes."""

_TWICE = {*(case.run for case in faults_kills.CASES), faults_servers.frozen, faults_servers.parent_elsewhere}
"""Cases that differ from one time to the next."""

CASES = tuple(c for c in (*faults_kills.CASES, *faults_servers.CASES) if c.run not in _FIGURES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_lost_and_nothing_finished_is_done_again(case: Case, tmp_path: Path) -> None:
    if why := case.needs():
        pytest.skip(why)
    came = case.run(Trial(tmp_path, kills=1 + (case.run in _TWICE)))
    assert came.tried > 0
    assert (came.lost, came.again) == (0, 0), came.note
    assert all(row.holds for row in came.also), came.also


@pytest.mark.parametrize("place", ["named attribute", "unrecorded end", "unrecorded transcribe"])
def test_a_worker_killed_before_it_is_known_what_it_did_does_it_no_second_time(
    place: str, tmp_path: Path
) -> None:
    with fleet(tmp_path) as one:
        worker = one.worker()
        one.stop_at(place)
        one.hand_in()
        one.reached()
        one.kill(worker)
        one.stop_at()
        one.worker()
        one.ended()
        one.until(lambda: not [*(one.data / "work").glob("j*/recording.wav")])  # the meeting has its own
        count = one.count()
        begun = one.moments(place.split()[1])["begin"]
    assert (count.lost, count.again, count.left) == (0, 0, 0)
    assert begun == {"named attribute": 2, "unrecorded end": 0, "unrecorded transcribe": 1}[place]


def test_the_benchmark_prints_what_was_tried_lost_and_done_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.faults", "--only", "second worker, SQLite"]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split("  ")[0] for line in run.stdout.splitlines()] == [
        "second worker, SQLite: tried",
        "second worker, SQLite: lost",
        "second worker, SQLite: done again",
    ]


def test_a_worker_that_was_taken_for_dead_ends_and_its_place_is_free(tmp_path: Path) -> None:
    if why := missing():
        pytest.skip(why)
    with postgres() as server, fleet(tmp_path, server.url, lease_s=6) as one:
        worker = one.worker("a")
        children = one.children(worker)
        server.ask("DELETE FROM zhuzi_leases")
        assert worker.wait(60) == 75
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
        one.kill(worker)
        one.worker("a").send_signal(signal.SIGTERM)
        assert one.workers[-1].wait(60) == 0
        assert server.ask("SELECT count(*) FROM zhuzi_leases") == "0"  # given back
