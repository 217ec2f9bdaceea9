"""`zhuzi watch` and its neighbours as processes: killed anywhere, told to stop, run twice, and by cron."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pipeline.digest import sha256_of
from pipeline.folder import meetings
from pipeline.jobs.beside import Beside
from pipeline.jobs.order import State
from pipeline.jobs.spool import Jobs
from pipeline.settings import Settings
from speakers.error import BusyError, NotFoundError, RecordError, RecordingError, StageError
from tests.conftest import MEETING, ROOT, SECRETS, assert_told, one_object, write_wave
from tests.working import CHILD

Zhuzi = Callable[..., Result]
Watching = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    return made


@pytest.fixture
def watching(place: Path, data: Path) -> Iterator[Watching]:
    """Start `zhuzi watch` on the inbox; it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start_(*options: str, stop_at: str = "", scripted: str = "") -> subprocess.Popen[str]:
        surely = {"PYTHONPATH": str(ROOT), "ZHUZI_DATA": str(data), "PYTHONUNBUFFERED": "1"}
        asked = {"ZHUZI_STOP_AT": stop_at, "SCRIPTED_STAGE": scripted}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engines.watcher", str(place), "--settle", "0.2", *options],
            env={**os.environ, **surely, **{k: v for k, v in asked.items() if v}},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_
    for process in started:
        process.kill()
        process.communicate()


def until(process: subprocess.Popen[str], says: str) -> list[str]:
    """Its lines up to one that says this."""
    assert process.stdout is not None
    late = threading.Timer(300, process.kill)
    late.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if says in line:
            late.cancel()
            return lines
    raise AssertionError("".join(lines))


def spool(data: Path) -> tuple[State, ...]:
    return tuple(job.state for job in Jobs(Settings(data, data / "models")).jobs())


KILLED_AT = (
    ("pipeline.jobs.copies:_copy", ""),
    ("pipeline.jobs.spool:Jobs.submit", ""),
    ("pipeline.jobs.spool:Jobs.submit:after", ""),
    ("pipeline.inbox.journal:write:after", ""),
    ("pipeline.inbox.watch:Watch._put_away", ""),
    ("pipeline.inbox.place:Inbox.move:after", ""),
    ("pipeline.inbox.watch:Watch._drop", ""),
    ("pipeline.inbox.place:Inbox.move:after", "--remove"),
    ("pipeline.inbox.watch:Watch._put_away:after", "--remove"),
)
"""Functions before or after which the process is killed, and an option."""


@pytest.mark.parametrize(("place_", "option"), KILLED_AT)
def test_a_watcher_killed_anywhere_loses_and_doubles_nothing(
    watching: Watching, place: Path, data: Path, place_: str, option: str
) -> None:
    content = sha256_of(write_wave(place / "a.wav"))
    (place / "a.toml").write_text(MEETING, "utf-8")
    options = [option] if option else []
    killed = watching(*options, stop_at=place_)
    until(killed, "reached")
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    wherever = [*place.rglob("*.wav"), *(data / "meetings").rglob("original/*.wav")]
    assert content in {sha256_of(p) for p in wherever}
    after = watching("--once", *options)
    out, err = after.communicate(timeout=300)
    assert after.returncode == 0, out + err
    assert spool(data) == (State.DONE,)
    (meeting,) = meetings(data)
    assert sha256_of(meeting.original) == content
    assert meeting.meeting_toml.exists()
    assert {n: s["finishes"] for n, s in meeting.manifest()["stages"].items()} == dict.fromkeys(
        meeting.manifest()["stages"], 1
    )
    left = [sha256_of(p) for p in place.rglob("*.wav")]
    assert left in ([], [content]) if option else left == [content]
    assert not [p for p in place.iterdir() if p.suffix == ".wav"]
    assert not (place / "failed").exists()
    assert not list((data / "work" / ".arriving").glob("in-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_has_it_stopped_at_once(
    watching: Watching, place: Path, data: Path, number: signal.Signals
) -> None:
    write_wave(place / "a.wav")
    process = watching("--json", scripted="wait")
    until(process, '"handed in"')
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert json.loads(out.splitlines()[-1])["event"] == "stopped"
    assert "Traceback" not in err
    assert [s for s in spool(data) if s in {State.WAITING, State.RUNNING}]
    again = watching("--once")
    out, err = again.communicate(timeout=300)
    assert (again.returncode, spool(data)) == (0, (State.DONE,)), out + err


def test_one_pass_answers_with_what_failed_and_takes_the_others(
    watching: Watching, place: Path, data: Path
) -> None:
    (place / "蔡佩珊.mp3").write_text("no sound")
    write_wave(place / "b.wav")
    process = watching("--once", "--json")
    out, err = process.communicate(timeout=300)
    assert process.returncode == RecordingError.exit_code, err
    events = [json.loads(line) for line in out.splitlines()]
    assert {"refused", "handed in", "taken", "done"} <= {e["event"] for e in events}
    assert not [name for name in SECRETS if name in out + err]
    assert spool(data) == (State.DONE,)
    process = watching("--once")
    assert process.wait(300) == 0  # what failed before is no failure of this pass


def test_one_pass_answers_with_a_job_that_failed(watching: Watching, place: Path, data: Path) -> None:
    write_wave(place / "a.wav")
    process = watching("--once", scripted="die")
    out, err = process.communicate(timeout=300)
    assert process.returncode == StageError.exit_code, out + err
    assert (place / "failed" / "a.wav.txt").is_file()
    assert spool(data) == (State.FAILED,)


def test_one_pass_leaves_what_is_still_arriving_for_the_next(
    watching: Watching, place: Path, data: Path
) -> None:
    growing = place / "a.wav"
    growing.write_bytes(b"RIFF")
    process = watching("--once")
    while process.poll() is None:
        with growing.open("ab") as file:
            file.write(b"more")
        time.sleep(0.05)
    assert process.returncode == 0, process.stderr
    assert growing.exists()
    assert spool(data) == ()


def test_a_second_watcher_ends_with_what_it_is(watching: Watching) -> None:
    first = watching()
    until(first, "watching")
    second = watching()
    _, err = second.communicate(timeout=60)
    assert second.returncode == BusyError.exit_code
    assert "Error: Another watcher is at this inbox." in err
    first.send_signal(signal.SIGKILL)
    first.communicate()
    until(watching(), "watching")


def submitted(result: Result) -> list[dict[str, Any]]:
    rows = one_object(result.stdout)["submitted"]
    assert isinstance(rows, list)
    return rows


def test_a_recording_is_submitted_with_what_lies_beside_it(zhuzi: Zhuzi, recording: Path, data: Path) -> None:
    (row,) = submitted(zhuzi("submit", recording, "--office", "North", "--backlog", "--json"))
    job = Jobs(Settings(data, data / "models")).job(row["job"])
    assert (job.office, job.backlog, job.meeting_id) == ("North", True, sha256_of(recording)[:12])
    assert (data / "work" / job.id / "meeting.toml").exists()
    (again,) = submitted(zhuzi("submit", recording, "--json"))
    assert again["job"] == row["job"]
    assert recording.exists()
    (shown,) = one_object(zhuzi("status", "--json").stdout)["jobs"]
    assert (shown["id"], shown["office"]) == (job.id, "North")
    assert job.id in zhuzi("status").stdout


def test_a_job_is_cancelled_and_tried_again_by_its_id(zhuzi: Zhuzi, recording: Path) -> None:
    (row,) = submitted(zhuzi("submit", recording, "--json"))
    assert one_object(zhuzi("cancel", row["job"], "--json").stdout)["state"] == "cancelled"
    assert_told(zhuzi("cancel", row["job"]), RecordError, "has ended")
    assert "cancelled" in zhuzi("status").stdout
    assert one_object(zhuzi("retry", row["job"], "--json").stdout)["state"] == "waiting"
    assert_told(zhuzi("retry", row["job"]), RecordError, "did not fail")
    assert_told(zhuzi("cancel", "j0"), NotFoundError)


def test_of_several_recordings_one_that_fails_stops_no_other(
    zhuzi: Zhuzi, recording: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "佩珊.wav"
    broken.write_text("no sound")
    result = zhuzi("submit", broken, recording, "--json")
    first, second = submitted(result)
    assert result.exit_code == first["exit_code"] == RecordingError.exit_code
    assert (first["job"], second["error"]) == ("", None)
    assert second["job"]
    assert "佩珊" not in result.output
    assert zhuzi("submit", broken, recording, "--meeting", recording.with_name("meeting.toml")).exit_code == 2


def test_who_waits_for_a_job_hears_how_it_ended(
    zhuzi: Zhuzi, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.jobs.performing.Beside", partial(Beside, module=CHILD))
    (row,) = submitted(zhuzi("submit", recording, "--wait", "--json"))
    assert row["state"] == "done"
    monkeypatch.setenv("SCRIPTED_STAGE", "die")
    result = zhuzi("submit", write_wave(recording.with_name("other.wav"), seed=8), "--wait", "--json")
    assert result.exit_code == StageError.exit_code
    assert submitted(result)[0]["state"] == "failed"
    assert "SIGSEGV" in zhuzi("status").stdout


def test_status_is_drawn_anew_until_somebody_stops_it(data: Path, zhuzi: Zhuzi, recording: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "status", "--watch"],
        env={**os.environ, "ZHUZI_DATA": str(data), "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(process, "Begin with")
        (row,) = submitted(zhuzi("submit", recording, "--json"))
        until(process, row["job"])
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130
    finally:
        process.kill()
        process.communicate()
    assert zhuzi("status", "--watch", "--json").exit_code == 2
