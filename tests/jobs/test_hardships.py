"""What goes wrong around the work itself: a full disk, a kill, a late word, a hold."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline import aside
from pipeline.folder import write_atomically
from pipeline.jobs.beside import Beside
from pipeline.jobs.lanes import Lanes
from pipeline.jobs.order import Run, State
from pipeline.jobs.spool import Jobs
from pipeline.keeping import holds
from pipeline.settings import Settings
from speakers.error import KeepingError, StorageError
from tests.fleet import Fleet
from tests.working import CHILD, ended


@pytest.fixture
def settings(data: Path, tmp_path: Path) -> Settings:
    return Settings(data, tmp_path / "models")


def test_the_answer_to_one_task_is_never_taken_for_that_to_the_next(settings: Settings) -> None:
    lanes = Lanes(settings, "tests.engines.chatty_child", models=1)

    def full(_: Mapping[str, Any]) -> None:
        raise StorageError("The disk is full.", "Free some.")

    try:
        with pytest.raises(StorageError):
            lanes.do("one", {"number": 1}, full, model=True)
        assert lanes.do("two", {"number": 2}, lambda _: None, model=True) == {"answer_to": 2}
    finally:
        lanes.close()
        for lane in lanes._all:
            if lane.child is not None:
                aside.let_go(lane.child)


def test_a_worker_beside_a_door_outlives_whatever_goes_wrong_in_looking_after_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.jobs.beside._AGAIN_S", 0.05)
    beside = Beside(settings, CHILD)
    fails: list[Exception] = [OSError("what the disk said"), ValueError("蔡佩珊 said something")]

    def jobs_done() -> frozenset[str]:
        if fails:
            raise fails.pop()
        return frozenset()

    monkeypatch.setattr(beside, "_done", jobs_done)
    jobs = Jobs(settings)
    try:
        beside.start()
        assert ended(jobs, jobs.submit(Run("0" * 12), files={}).id).state is State.FAILED
        assert fails == []
    finally:
        beside.close()
    assert "蔡佩珊" not in (settings.data / "error.log").read_text("utf-8")


def test_a_job_whose_end_the_disk_refuses_to_note_is_done_once_it_does_not(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    try:
        worker = fleet.worker()
        fleet.stop_at("within attribute")
        (made,) = fleet.hand_in()
        fleet.reached()
        in_the_way = fleet.jobs.folder(made.id) / f".job.json.{worker.pid}.part"
        in_the_way.mkdir()
        fleet.stop_at()
        fleet.until(lambda: fleet.moments("attribute")["kept"] == 1)
        time.sleep(3)  # however soon it is tried to note the end: what is asserted holds before that, too
        assert fleet.jobs.job(made.id).state is State.RUNNING
        in_the_way.rmdir()
        fleet.ended(60)
        assert fleet.jobs.job(made.id).state is State.DONE
        assert fleet.count().again == 0
    finally:
        fleet.close()


def test_a_disk_that_refuses_everything_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file system does that became read-only: it refuses to remove what is not there, too."""

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(30, os.strerror(30), str(path))

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StorageError, match="read-only"):
        write_atomically(tmp_path / "job.json", b"{}")


def test_a_job_that_is_forgotten_half_way_leaves_no_recording(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(settings)
    (tmp_path / "a.wav").write_bytes(b"sound")
    made = jobs.submit(Run("0" * 12), files={"recording.wav": tmp_path / "a.wav"})
    jobs.cancel(made.id)
    with monkeypatch.context() as killed:
        killed.setattr("shutil.rmtree", lambda *_, **__: None)
        jobs.discard(made.id)
    assert jobs.jobs() == ()
    assert not jobs.folder(made.id).exists()
    jobs.tidy()  # as the next worker does
    assert [p for p in jobs.place.rglob("*") if p.suffix == ".wav"] == []


def test_what_was_dropped_for_a_meeting_under_hold_is_not_forgotten(
    settings: Settings, tmp_path: Path
) -> None:
    jobs = Jobs(settings)
    (tmp_path / "a.wav").write_bytes(b"sound")
    made = jobs.submit(Run("0" * 12), files={"recording.wav": tmp_path / "a.wav"})
    jobs.cancel(made.id)
    holds.hold(settings.data, "0" * 12, "An objection is pending.", "somebody")
    with pytest.raises(KeepingError, match="under hold"):
        jobs.discard(made.id)
    assert (jobs.folder(made.id) / "recording.wav").exists()
    holds.lift(settings.data, "0" * 12, "It was decided.", "somebody")
    jobs.discard(made.id)
    assert jobs.jobs() == ()
