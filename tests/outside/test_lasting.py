"""Programs that last, as processes: each has a log, one of them tells, and a scraper is answered."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.jobs.order import State
from pipeline.lock import alone
from pipeline.outside.outbox import Outbox
from pipeline.settings import Settings
from speakers.error import BusyError
from tests.conftest import MEETING, ROOT, SECRETS
from tests.working import Working, ended


def lines(data: Path, program: str) -> list[dict[str, Any]]:
    path = data / "log" / f"{program}.log"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def holds(check: Callable[[], bool], within_s: float = 60) -> None:
    late = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < late
        time.sleep(0.1)


def scraped(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def looked_at(data: Path) -> bool:
    """Whether a program looks for changes and tells."""
    try:
        with alone(data / "webhooks", wait=False):
            return False
    except BusyError:
        return True


@pytest.mark.parametrize("program", ["worker", "watch"])
def test_a_program_that_lasts_logs_tells_and_answers_a_scraper(
    program: str, data: Path, tmp_path: Path
) -> None:
    inbox = tmp_path / SECRETS[0]
    inbox.mkdir()
    (data / "meetings").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    typed = [program, *([str(inbox)] if program == "watch" else []), "--metrics-port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *typed],
        env={**os.environ, "PYTHONPATH": str(ROOT), "ZHUZI_DATA": str(data)},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        holds(lambda: "zhuzi_worker_alive 1.0" in scraped(port))
        if program == "worker":
            holds(lambda: 'zhuzi_leases{queue="gpu"} 1.0' in scraped(port))
            assert "zhuzi_stages_put_aside_total 0.0" in scraped(port)
        assert "zhuzi_leases" not in scraped(port) or program == "worker"
        holds(lambda: ("begun", "") in Outbox(data).known())
        assert looked_at(data)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    finally:
        process.kill()
        process.wait()
    said = [(line["event"], line.get("where")) for line in lines(data, program)]
    assert said[0] == ("program.started", program)
    assert said[-1] == ("program.stopped", program)
    assert not looked_at(data)


def test_a_worker_beside_a_door_logs_every_stage_and_leaves_telling_to_the_door(
    data: Path, recording: Path, trouble: Path
) -> None:
    from pipeline.jobs.hand_in import hand_in

    settings = Settings(data, data / "models")
    jobs = Working(settings)
    try:
        job = ended(jobs, hand_in(jobs, settings, recording, recording.parent / "meeting.toml").id)
        assert job.state is State.DONE, job.failure
        assert not looked_at(data)
        trouble.write_text("die")
        other = recording.with_name("other.wav")
        other.write_bytes(recording.read_bytes() + b"\0" * 64)
        failed = ended(jobs, hand_in(jobs, settings, other, None).id)
        assert failed.state is State.FAILED
    finally:
        jobs.close()
    changed = [line for line in lines(data, "worker") if line["event"] == "job.changed"]
    assert {frozenset(line) for line in changed} == {
        frozenset({"at", "level", "event", "job", "stage", "new", "seconds"})
    }
    stages = [(line["stage"], line["new"]) for line in changed if line["job"] == job.id]
    assert stages[0] == ("take", "begun")
    assert {("transcribe", "begun"), ("transcribe", "done"), ("attribute", "done")} <= set(stages)
    again = [line["new"] for line in changed if line["job"] == failed.id and line["stage"] == "transcribe"]
    assert again == ["begun", "crashed", "crashed", "put aside"]
    text = (data / "log" / "worker.log").read_text("utf-8")
    assert not [one for one in (*SECRETS, MEETING.split('"')[1], recording.stem + ".wav") if one in text]
