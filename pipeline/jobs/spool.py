"""Work in the background, for a server: jobs that wait their turn, one at a time, and survive whatever happens to it.

work/ID/job.json        what is to be done, and where it stands
work/ID/recording.wav   what was dropped, until a verified copy of it is in the meeting's folder
work/ID/microphone-01.wav, meeting.toml   likewise; of hidden people only their ids in the consent register

Every job is done by a child process (`pipeline.work_child`), so that no model comes into the server's memory.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from subprocess import Popen
from typing import Any

from pipeline import aside, log
from pipeline.folder import storage_error, write_atomically
from pipeline.jobs import order as orders
from pipeline.jobs.order import ID, Failure, Job, Order, Progress, Run, State
from pipeline.lock import alone
from pipeline.settings import Settings
from speakers.disk import sync
from speakers.error import BusyError, NotFoundError, RecordError, StorageError, ZhuziError

_KEPT = 200
"""Jobs that are done of which something is kept."""

_SURE_S = 5
"""A step has to have run so long before anybody says how long it will take."""


class Jobs:
    """The jobs of one data directory.

    Args:
        settings: in force.
        module: what the child runs; tests put engines of theirs there.
    """

    def __init__(self, settings: Settings, module: str = aside.MODULE) -> None:
        self._settings, self.module = settings, module
        self._place = settings.data / "work"
        self._changed = threading.Condition(threading.RLock())
        self._jobs: dict[str, Job] = {}
        self._held: ExitStack | None = None
        self._thread: threading.Thread | None = None
        self._child: tuple[str, Popen[bytes]] | None = None
        self._closing = False
        self.then: Callable[[], None] = lambda: None
        """Called after every job that was done."""

    def start(self) -> None:
        """Take up what was left, and whatever comes; does nothing if that was begun.

        Raises:
            BusyError: If another server does the work of this data directory.
            StorageError: If it cannot be written.
        """
        with self._changed:
            if self._thread is not None:
                return
            held = ExitStack()
            try:
                held.enter_context(alone(self._place, lambda: None, wait=False))
            except BusyError:
                raise BusyError(
                    "Another server does the work of this data directory.", "Use that one, or stop it first."
                ) from None
            self._held, self._closing = held, False
            for half in self._place.glob(".new-*"):
                shutil.rmtree(half, ignore_errors=True)  # what was to be taken is where it was
            self._jobs = {j.id: j for j in self._read()}
            for left in [j for j in self._jobs.values() if j.state is State.RUNNING]:
                self._put(replace(left, state=State.WAITING))
            self._thread = threading.Thread(target=self._work, name="work", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop; what is being done is begun again where it was by the next start."""
        with self._changed:
            thread, self._thread, self._closing = self._thread, None, True
            if self._child:
                aside.stop(self._child[1])
            self._changed.notify_all()
        if thread:
            thread.join()
        if self._held:
            self._held.close()
            self._held = None

    def submit(
        self,
        order: Order,
        *,
        by: int = 0,
        files: Mapping[str, Path] | None = None,
        described: bytes | None = None,
        told: tuple[str, ...] = (),
        office: str = "",
        backlog: bool = False,
    ) -> Job:
        """Have something done; the same that waits already is not done twice.

        Args:
            order: what.
            by: number of the account that asks.
            files: of a run: "recording.wav" and "microphone-01.wav" with where each lies now; they stay there too.
            described: of a run: a meeting's file as `pipeline.intake` left it.
            told: sentences for staff.
            office: whose it is; offices take turns.
            backlog: whether it may wait until nothing else does.

        Raises:
            BusyError: As `start`.
            StorageError: If the disk is full.
        """
        self.start()
        with self._changed:
            if not isinstance(order, Run):
                for same in self.jobs():
                    if same.open and same.order == order:
                        return same
            made = Job(
                f"j{secrets.token_hex(8)}", order, State.WAITING, time.time(), by, office, backlog, told=told
            )
            new = self._place / f".new-{made.id}"
            try:
                new.mkdir(mode=0o700)
                for name, path in (files or {}).items():
                    _bring(path, new / name)
                if described is not None:
                    write_atomically(new / "meeting.toml", described)
                write_atomically(new / "job.json", orders.serialize(made))
                new.rename(self._place / made.id)
                sync(self._place)
            except OSError as error:
                shutil.rmtree(new, ignore_errors=True)
                raise storage_error(new, error) from error
            self._jobs[made.id] = made
            self._changed.notify_all()
        return made

    def jobs(self) -> tuple[Job, ...]:
        """Every job that is known, newest first."""
        with self._changed:
            known = self._jobs.values() if self._thread else self._read()
            return tuple(sorted(known, key=lambda j: (-j.at, j.id)))

    def job(self, job_id: str) -> Job:
        """One job.

        Raises:
            NotFoundError: If there is none of that id.
        """
        found = next((j for j in self.jobs() if j.id == job_id), None)
        if found is None:
            raise NotFoundError("There is no such job.", "See which there are on the first page.")
        return found

    def retry(self, job_id: str) -> Job:
        """Do a job that failed or was cancelled again, from where it was.

        Raises:
            NotFoundError: If there is none of that id.
            RecordError: If it did not fail.
            BusyError: As `start`.
        """
        self.start()
        with self._changed:
            found = self.job(job_id)
            if found.state not in {State.FAILED, State.CANCELLED}:
                raise RecordError("This job did not fail.", "Look at it again.")
            again = replace(found, state=State.WAITING, failure=None, ended=None, progress=None)
            self._put(again)
            self._changed.notify_all()
            return again

    def cancel(self, job_id: str) -> Job:
        """Stop a job that waits or runs; what it finished and what was dropped stay, so it can be done again.

        Raises:
            NotFoundError: If there is none of that id.
            RecordError: If it has ended.
            BusyError: As `start`.
        """
        self.start()
        with self._changed:
            found = self.job(job_id)
            if not found.open:
                raise RecordError("This job has ended already.", "Look at it again.")
            stopped = replace(found, state=State.CANCELLED, ended=time.time(), progress=None)
            self._put(stopped)
            if self._child and self._child[0] == job_id:
                aside.stop(self._child[1])
            return stopped

    def discard(self, job_id: str) -> None:
        """Forget a job that ended, with what was dropped for it if no meeting has it.

        Raises:
            NotFoundError: If there is none of that id.
            RecordError: If it has not ended.
            BusyError: As `start`.
        """
        self.start()
        with self._changed:
            if self.job(job_id).open:
                raise RecordError("This job has not ended.", "Cancel it first.")
            self._forget(job_id)

    def _read(self) -> list[Job]:
        """The jobs on the disk."""
        found = []
        for path in self._place.glob("j*/job.json"):
            try:
                read = orders.parse(path.read_bytes())
            except (OSError, RecordError):
                continue
            if ID.fullmatch(path.parent.name) and read.id == path.parent.name:
                found.append(read)
        return found

    def _put(self, now: Job) -> None:
        self._jobs[now.id] = now
        write_atomically(self._place / now.id / "job.json", orders.serialize(now))

    def _forget(self, job_id: str) -> None:
        self._jobs.pop(job_id, None)
        shutil.rmtree(self._place / job_id, ignore_errors=True)

    def _work(self) -> None:
        while (next_one := self._next()) is not None:
            try:
                self._perform(next_one)
            except Exception as error:  # noqa: BLE001 - the thread outlives whatever one job does
                log.write(self._settings.data / "error.log", "work", error)
                self._end(next_one.id, Failure.of(aside.ended(1)))

    def _next(self) -> Job | None:
        """The job whose turn it is; None at the end of it all."""
        with self._changed:
            while not self._closing:
                waiting = [j for j in self._jobs.values() if j.state is State.WAITING]
                if waiting:
                    first = min(waiting, key=lambda j: (j.at, j.id))
                    now = replace(first, state=State.RUNNING, begun=time.time(), failure=None, stages=())
                    self._jobs[now.id] = now  # on the disk it may wait still: it would be begun again
                    return now
                self._changed.wait()
        return None

    def _perform(self, begun: Job) -> None:
        try:
            with self._changed:
                if self._closing or self._jobs[begun.id].state is not State.RUNNING:
                    return
                self._put(begun)
                child = aside.start(self._task(begun), self.module)
                self._child = (begun.id, child)
        except ZhuziError as error:
            self._end(begun.id, Failure.of(error))
            return
        outcome: Failure | None = None
        finished = False
        pace = _Pace()
        try:
            for said in aside.said_by(child):
                if "stage" in said:
                    self._report(begun.id, pace(said))
                elif "told" in said:
                    self._tell(begun.id, str(said["told"]))
                elif "error" in said:
                    outcome = Failure(**said["error"])
                elif "done" in said:
                    finished = True
        finally:
            child.wait()
            with self._changed:
                self._child = None
        if outcome is None and not finished:
            outcome = Failure.of(aside.ended(child.returncode))
        self._end(begun.id, outcome)

    def _task(self, begun: Job) -> dict[str, Any]:
        chosen = asdict(self._settings)
        del chosen["doors"], chosen["telling"]  # the child opens none, and tells its parent alone
        settings = {k: str(v) if isinstance(v, Path) else v for k, v in chosen.items()}
        return {
            "task": begun.kind,
            "meeting": begun.meeting_id,
            "folder": str(self._place / begun.id),
            "settings": settings,
        }

    def _report(self, job_id: str, progress: Progress) -> None:
        with self._changed:
            before = self._jobs[job_id]
            if before.state is State.RUNNING:
                self._jobs[job_id] = orders.reported(before, progress)
                self._changed.notify_all()

    def _tell(self, job_id: str, sentence: str) -> None:
        with self._changed:
            before = self._jobs[job_id]
            if sentence not in before.told:
                self._jobs[job_id] = replace(before, told=(*before.told, sentence))

    def _end(self, job_id: str, failure: Failure | None) -> None:
        """Note how a job ended, unless it was cancelled or the server is going."""
        with self._changed:
            now = self._jobs.get(job_id)
            if now is None or now.state is not State.RUNNING or (self._closing and failure):
                return
            state = State.FAILED if failure else State.DONE
            try:
                self._put(replace(now, state=state, failure=failure, ended=time.time(), progress=None))
                if state is State.DONE:
                    for path in [p for p in (self._place / job_id).iterdir() if p.name != "job.json"]:
                        path.unlink()
            except (OSError, StorageError) as error:
                log.write(self._settings.data / "error.log", "work", error)
            done = sorted((j for j in self._jobs.values() if j.state is State.DONE), key=lambda j: -j.at)
            for old in done[_KEPT:]:
                self._forget(old.id)
            self._changed.notify_all()
        if state is State.DONE:
            self.then()


class _Pace:
    """How long a step will take still, from how far it came since it began."""

    def __init__(self) -> None:
        self._step: tuple[str, str, int] | None = None
        self._since, self._from = 0.0, 0

    def __call__(self, said: Mapping[str, Any]) -> Progress:
        stage, step, done, total = (
            str(said["stage"]),
            str(said["step"]),
            int(said["done"]),
            int(said["total"]),
        )
        now = time.monotonic()
        if self._step != (stage, step, total) or done < self._from:
            self._step, self._since, self._from = (stage, step, total), now, done
        spent, came = now - self._since, done - self._from
        sure = total > 0 and spent >= _SURE_S and came * 50 >= total
        left = round(spent * max(0, total - done) / came) if sure else None
        return Progress(stage, step, done, total, left)


def _bring(path: Path, target: Path) -> None:
    """Have a file's bytes under a second name, without a second copy where the disk can do that."""
    try:
        os.link(path.resolve(), target)
    except OSError:
        shutil.copyfile(path, target)
        sync(target)
