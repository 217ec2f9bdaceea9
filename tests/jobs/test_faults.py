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

CASES = (*faults_kills.CASES, *(c for c in faults_servers.CASES if c.run is not faults_servers.polling))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_lost_and_nothing_finished_is_done_again(case: Case, tmp_path: Path) -> None:
    if why := case.needs():
        pytest.skip(why)
    came = case.run(Trial(tmp_path, kills=2))
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
        count = one.count()
        begun = one.moments(place.split()[1])["begin"]
        folders = [sorted(p.name for p in path.iterdir()) for path in (one.data / "work").glob("j*/")]
    assert (count.lost, count.again, count.left) == (0, 0, 0)
    assert begun == {"named attribute": 2, "unrecorded end": 0, "unrecorded transcribe": 1}[place]
    assert folders == [["job.json"]]


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
