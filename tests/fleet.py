"""Workers with quick children, whatever is done to them, and the count of what came of what was handed in."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Job, Run, State
from pipeline.jobs.spool import Jobs
from pipeline.settings import Settings
from tests.engines.quick_child import PLAN

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Count:
    """What came of what was handed in.

    Attributes:
        jobs: that were handed in.
        lost: of them, those that did not come to their end, or whose results are not what they should be.
        again: finished stages of which the body was begun or noted once more.
        harmless: bodies that ended more often than once, because nobody had written down that they did.
        left: half files that lie around in folders of meetings and jobs.
        why: what is known of those that are lost.
    """

    jobs: int
    lost: int
    again: int
    harmless: int
    left: int
    why: tuple[str, ...] = ()


class Fleet:
    """One data directory with its workers.

    Args:
        place: a folder of its own.
        jobs: address of the database of jobs; empty for SQLite.
        lease_s: seconds after which a silent worker is taken for dead.
    """

    def __init__(self, place: Path, jobs: str = "", lease_s: int = 60) -> None:
        self.data = place / "data"
        self.data.mkdir(parents=True)
        self.calls = place / "calls"
        self.calls.touch()
        self._stop_file = place / "stop"
        self._stop_file.touch()
        self.jobs = Jobs(Settings(self.data, place))
        self.workers: list[subprocess.Popen[str]] = []
        self.ledger: list[Job] = []
        self._environment = {
            **os.environ,
            "PYTHONPATH": str(_ROOT),
            "ZHUZI_DATA": str(self.data),
            "ZHUZI_JOBS": jobs,
            "ZHUZI_LEASE": str(lease_s),
            "QUICK_CALLS": str(self.calls),
            "QUICK_STOP": str(self._stop_file),
        }

    def hand_in(self, count: int = 1, **options: object) -> list[Job]:
        """Have so many meetings done."""
        made = []
        for _ in range(count):
            meeting = secrets.token_hex(6)
            dropped = self.data.parent / f"{meeting}.wav"
            dropped.write_text(meeting, "ascii")
            made.append(self.jobs.submit(Run(meeting), files={"recording.wav": dropped}, **options))  # type: ignore[arg-type]  # passed on
            dropped.unlink()
        self.ledger += made
        return made

    def worker(self, name: str = "w", *queues: str, ready: bool = True) -> subprocess.Popen[str]:
        """Start a worker; wait until it says that it is ready."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engines.quick_worker", name, *queues],
            cwd=_ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.workers.append(process)
        if ready:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "is ready" in line, line + (process.communicate()[1] if process.poll() is not None else "")
        return process

    def kill(self, worker: subprocess.Popen[str]) -> None:
        """kill -9."""
        worker.kill()
        worker.communicate()
        self.workers.remove(worker)

    def stop_at(self, place: str = "") -> None:
        """Where children stop from now on, as `quick_child` names it; empty for nowhere."""
        half = self._stop_file.with_name(".stop")
        half.write_text(place, "ascii")
        half.replace(self._stop_file)

    def reached(self, more_than: int = 0, within_s: float = 120) -> int:
        """Wait until a process stopped where it was to; gives its number.

        Args:
            more_than: so many stopped before.
            within_s: it is waited for at most so long.
        """
        self.until(lambda: self.moments()["reached"] > more_than, within_s)
        return [int(line.split()[3]) for line in self._lines() if line.split()[2] == "reached"][-1]

    def moments(self, stage: str = "") -> Counter[str]:
        """How often each kind of moment came, in one stage or in all of them."""
        lines = [line.split() for line in self._lines()]
        return Counter(what for _, name, what, _ in lines if stage in {"", name})

    def ended(self, within_s: float = 600) -> None:
        """Wait until every job has ended."""
        self.until(lambda: not self.open, within_s)

    @property
    def open(self) -> int:
        """How many jobs have not ended."""
        return sum(job.open for job in self.jobs.jobs())

    def until(self, holds: Callable[[], bool], within_s: float = 60) -> None:
        """Wait until something holds.

        Raises:
            TimeoutError: If it never does.
        """
        late = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > late:
                raise TimeoutError([(j.state.value, j.stages, j.failure) for j in self.jobs.jobs() if j.open])
            time.sleep(0.02)

    def children(self, worker: subprocess.Popen[str]) -> list[int]:
        """The processes that a worker has."""
        found: list[int] = []
        for path in Path(f"/proc/{worker.pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, path.read_text("ascii").split())
        return found

    def close(self) -> None:
        """End every worker."""
        for process in self.workers:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
            process.kill()
            process.communicate()
        self.workers.clear()

    def count(self) -> Count:
        """What came of what was handed in."""
        kept: set[tuple[str, str]] = set()
        ends: Counter[tuple[str, str]] = Counter()
        after = 0
        for meeting, stage, what, _ in map(str.split, self._lines()):
            one = (meeting, stage)
            if what == "begin" and one in kept:
                after += 1
            elif what == "end":
                ends[one] += 1
            elif what == "kept":
                kept.add(one)
        twice = sum(self._finishes(job) for job in self.ledger)
        states = {
            job.id: job.state for job in self.jobs.jobs()
        }  # of jobs that were done long ago nothing is kept
        gone = [
            j
            for j in self.ledger
            if states.get(j.id, State.DONE) is not State.DONE or not self._whole(j.meeting_id)
        ]
        return Count(
            len(self.ledger),
            len(gone),
            after + twice,
            sum(n - 1 for n in ends.values()),
            self._left(),
            self._said(gone),
        )

    def _left(self) -> int:
        return sum(1 for path in self.data.rglob("*") if path.is_file() and path.name.endswith(".part"))

    def _said(self, gone: list[Job]) -> tuple[str, ...]:
        """What is known of jobs that did not come to their end."""
        now = {job.id: job for job in self.jobs.jobs()}
        return tuple(f"{now[j.id].state}: {now[j.id].failure}" if j.id in now else "gone" for j in gone)

    def _finishes(self, job: Job) -> int:
        stages = MeetingFolder(self.data / "meetings" / job.meeting_id).manifest()["stages"].values()
        return sum(max(0, stage["finishes"] - 1) for stage in stages)

    def _whole(self, meeting: str) -> bool:
        """Whether everything that a meeting should have is there, as it should be."""
        root = self.data / "meetings" / meeting
        stages = MeetingFolder(root).manifest()["stages"]
        for name, *_ in PLAN:
            made = f"{meeting} {name}\n".encode()
            if stages.get(name, {}).get("sha256") != hashlib.sha256(made).hexdigest():
                return False
            if not (root / f"{name}.txt").is_file() or (root / f"{name}.txt").read_bytes() != made:
                return False
        return (root / "original" / "recording.wav").read_text("ascii") == meeting

    def _lines(self) -> list[str]:
        return self.calls.read_text("ascii").splitlines()


@contextlib.contextmanager
def fleet(place: Path, jobs: str = "", lease_s: int = 60) -> Iterator[Fleet]:
    """A fleet whose workers are gone afterwards."""
    one = Fleet(place, jobs, lease_s)
    try:
        yield one
    finally:
        one.close()
