"""Workers in processes of their own, meetings without sound for them, and what the workers did."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import wave
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg

from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Job, Run, State
from pipeline.jobs.spool import Jobs
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parent.parent

USUAL: tuple[dict[str, Any], ...] = (
    {"name": "decode", "after": []},
    {"name": "transcribe", "model": True, "after": ["decode"]},
    {"name": "diarize", "model": True, "after": ["decode"]},
    {"name": "attribute", "after": ["transcribe", "diarize"]},
)
"""Stages as a recording with one microphone has them."""


@dataclass(frozen=True)
class Call:
    """A stage that was begun, or ended.

    Attributes:
        what: "begin" or "end".
        meeting: whose.
        stage: which.
        pid: of the child.
        at: seconds since 1970.
    """

    what: str
    meeting: str
    stage: str
    pid: int
    at: float


class Rig:
    """A data directory, its workers, and what they are told to do.

    Args:
        place: an empty folder.
        jobs: address of the database of jobs; empty for a file.
        stages: see `bench.queue_child`.
        environment: of the workers, besides what is there.
    """

    def __init__(
        self,
        place: Path,
        jobs: str = "",
        stages: Iterable[dict[str, Any]] = USUAL,
        **environment: str,
    ) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self.place, self.data = place, place / "data"
        self.settings = Settings(self.data, place / "models", jobs=jobs)
        self.jobs = Jobs(self.settings)
        self._calls, self._plan = place / "calls.jsonl", place / "plan.json"
        self._calls.touch()
        self._environment = {"ZHUZI_JOBS": jobs, "ZHUZI_LEASE": "5", **environment}
        self.workers: list[subprocess.Popen[str]] = []
        self.plan(stages)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def plan(self, stages: Iterable[dict[str, Any]]) -> None:
        """Say what the stages are from now on."""
        half = self._plan.with_suffix(".part")
        half.write_text(json.dumps({"stages": list(stages)}))
        half.replace(self._plan)

    def start(
        self, queues: str = "meetings,gpu,cpu", name: str = "rig", plan: Path | None = None, **more: str
    ) -> subprocess.Popen[str]:
        """Start a worker, and wait until it is ready.

        Args:
            queues: with commas between.
            name: of its executors.
            plan: the file with its stages; the rig's own without.
            more: its environment besides.
        """
        worker = subprocess.Popen(  # noqa: S603 - this Python, a module of ours
            [sys.executable, "-m", "bench.queue_worker", queues, name],
            cwd=ROOT,
            env={
                **os.environ,
                **self._environment,
                "PYTHONPATH": str(ROOT),
                "ZHUZI_DATA": str(self.data),
                "SCRIPTED_PLAN": str(plan or self._plan),
                "SCRIPTED_CALLS": str(self._calls),
                **more,
            },
            stdout=subprocess.PIPE,
            text=True,
        )
        self.workers.append(worker)
        assert worker.stdout is not None  # noqa: S101 - asked for above
        worker.stdout.readline()
        return worker

    def stop(self) -> None:
        """End every worker."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGCONT)
                worker.terminate()
        for worker in self.workers:
            try:
                worker.wait(30)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
            if worker.stdout is not None:
                worker.stdout.close()

    def recording(self, number: int) -> Path:
        """A file of its own for a meeting: a tenth of a second, with the number in it."""
        path = self.place / "dropped" / f"{number}.wav"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(16_000)
                file.writeframes(number.to_bytes(4, "little") * 800)
        return path

    def meeting(self, number: int) -> str:
        """The id of a meeting."""
        return sha256_of(self.recording(number))[:12]

    def submit(self, number: int, **options: Any) -> Job:
        """Hand a meeting in."""
        files = {"recording.wav": self.recording(number)}
        return self.jobs.submit(Run(self.meeting(number)), files=files, **options)

    def until(self, holds: Callable[[], bool], within_s: float = 120) -> None:
        """Wait until something holds.

        Raises:
            TimeoutError: If it does not in time.
        """
        late = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > late:
                raise TimeoutError(f"{Counter(j.state.value for j in self.jobs.jobs())}")
            time.sleep(0.05)

    def ended(self, jobs: Iterable[Job] | None = None, within_s: float = 120) -> list[Job]:
        """The jobs, all without a list, once they have ended."""
        ids = {j.id for j in jobs} if jobs is not None else {j.id for j in self.jobs.jobs()}
        self.until(lambda: not any(j.open for j in self.jobs.jobs() if j.id in ids), within_s)
        return [j for j in self.jobs.jobs() if j.id in ids]

    def done(self) -> int:
        """How many jobs are done."""
        return sum(j.state is State.DONE for j in self.jobs.jobs())

    def calls(self, what: str = "") -> list[Call]:
        """What was begun and ended so far, in its order; only what begins or ends if that is said."""
        lines = self._calls.read_text("utf-8").splitlines()
        return [c for c in (Call(*json.loads(line)) for line in lines) if not what or c.what == what]

    def folder(self, job: Job) -> MeetingFolder:
        """Of a job's meeting."""
        return MeetingFolder(self.data / "meetings" / job.meeting_id)

    def again(self) -> int:
        """How many finished stages were done another time with the same inputs."""
        return sum(n - 1 for n in Counter((c.meeting, c.stage) for c in self.calls("end")).values())


def changed(stages: Iterable[dict[str, Any]], stage: str, **values: Any) -> tuple[dict[str, Any], ...]:
    """The stages, one of them otherwise."""
    return tuple({**s, **values} if s["name"] == stage else s for s in stages)


def lost(rig: Rig, jobs: Iterable[Job], stages: Iterable[dict[str, Any]] = USUAL) -> int:
    """How many jobs are not done, or lack a result that a finished meeting has."""
    names = [str(s["name"]) for s in stages]
    count = 0
    for job in jobs:
        folder = rig.folder(job)
        made = folder.manifest()["stages"]
        whole = all(made.get(n, {}).get("finished") and (folder.root / f"{n}.txt").is_file() for n in names)
        count += rig.jobs.job(job.id).state is not State.DONE or not whole
    return count


def fresh(server: str) -> str:
    """The address of a new database on a PostgreSQL server.

    Args:
        server: address of a database there, whose user may make others.
    """
    name = f"zhuzi_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as c:
        c.execute(f"CREATE DATABASE {name}".encode())
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def memory_mb(pid: int) -> float:
    """The most memory that a process has held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6
