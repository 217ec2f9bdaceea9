"""The one process that has work done: it takes what waits, gives signs of life, and goes on with what others left."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pipeline import aside, log
from pipeline.jobs import engine, failures
from pipeline.jobs.alive import Alive
from pipeline.jobs.lanes import CrashError, Lanes, models_at_once
from pipeline.jobs.looking import Looking
from pipeline.jobs.order import Failure, Release
from pipeline.jobs.pace import Pace
from pipeline.jobs.spool import Jobs
from pipeline.jobs.tables import CONNECTING, Lease, Tables, Unreachable, file_of, url_of
from pipeline.lock import alone
from pipeline.outside.events import Event, event, is_word
from pipeline.outside.metrics import Figures, of_a_worker
from pipeline.settings import Settings
from pipeline.stages import whole
from speakers.error import BusyError, StageError, StorageError, ZhuziError

LOST = 75
"""Exit code of a worker that was taken for dead, or whose data directory went away; its supervisor starts another."""

_LOOK_S = 0.5
"""Between two looks at what waits."""

_REPORT_S = 1.0

_CRASHES = 3
"""So often a stage may take its process down before it is put aside."""

_BEGUN = 25
"""So often a stage may be begun, whatever ended it, before it is put aside: it may take whole workers down."""

_AGAIN_S = 5.0
"""Between two attempts to reach the database of jobs."""

_SURE_S = 1.0

_TIDY_S = 3600.0

_MOST = 64
"""Workers of one name on one machine."""

T = TypeVar("T")


def _which(folder: Path) -> tuple[int, int]:
    """Tells a folder from another one of its name."""
    seen = folder.stat()
    return seen.st_dev, seen.st_ino


class Worker:
    """Does the jobs of one data directory.

    Args:
        settings: in force.
        module: what its children run; tests put engines of theirs there.
        queues: that it listens to.
        name: of its executors; the machine's if empty.
        say: told in words what a person who watches may want to know.
    """

    def __init__(
        self,
        settings: Settings,
        module: str = aside.MODULE,
        queues: tuple[str, ...] = engine.QUEUES,
        name: str = "",
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings, self._module, self._queues, self._say = settings, module, queues, say
        self._name = re.sub(r"[^\w.-]", "-", name or socket.gethostname())[:80]
        self._jobs = Jobs(settings)
        self._tables = Tables(url_of(settings))
        self._lanes = Lanes(settings, module, models_at_once(settings))
        self._alive = Alive(
            url_of(settings),
            settings.lease_s,
            lost=self._lose,
            take_over=self._take_over,
            errors=settings.data / "error.log",
        )
        self._looking = Looking(self._jobs, self._tables, self._lanes, takes=engine.MEETINGS in self._queues)
        self._stop = threading.Event()
        self._code = 0
        self._tidied = -_TIDY_S
        self._put_aside_count = 0
        self._began_in = (0, 0)
        self.executor = ""

    def run(self) -> int:
        """Work until `close`, or until it is taken for dead.

        Returns:
            The exit code: 0, or `LOST`.

        Raises:
            BusyError: If another worker has this data directory, and the database of jobs is a file.
            StorageError: If the data directory cannot be used.
        """
        with ExitStack() as held:
            self.executor = self._hold(held)
            self._jobs.tidy()
            self._began_in = _which(self._jobs.place)
            # This thread only waits: whoever waits for a database that is away cannot be told to stop.
            threading.Thread(target=self._work, name="work", daemon=True).start()
            self._stop.wait()
            # What is at work ends with this process, and is gone on with by the next one: nothing may be written
            # down of how it ended here.
            self._lanes.close()
            if self._code != LOST:
                self._alive.close()
        return self._code

    def _work(self) -> None:
        try:
            if not self._launch():
                return
            self._say(f"Worker {self.executor} is ready: {', '.join(self._queues)}.")
            while not self._stop.wait(_LOOK_S):
                if self._tables.alone and self._is_gone():
                    # Connections go on with a database that is not there any more, and jobs would wait for ever.
                    self._lose(
                        "The data directory went away; what was at work is gone on with once it is back."
                    )
                    return
                self._tidy()
                self._look()
        except BaseException as error:  # noqa: BLE001 - whatever it is: a worker that does not work has to end
            log.write(self._settings.data / "error.log", "worker", error)
            self._code = 1
            self._stop.set()

    def _is_gone(self) -> bool:
        """Whether the jobs' folder is not the one in which it began; a disk that does not answer is asked again."""
        try:
            return _which(self._jobs.place) != self._began_in
        except FileNotFoundError:
            return True
        except OSError:
            return False

    def _tidy(self) -> None:
        """Now and then, remove copies of meetings that were erased at home."""
        if self._settings.store and time.monotonic() - self._tidied > _TIDY_S:
            self._tidied = time.monotonic()
            try:
                self._lanes.do("tidy", {"task": "tidy"}, lambda _: None, model=False)
            except ZhuziError as error:  # the store is away; it is tried again
                log.write(self._settings.data / "error.log", "worker", error)

    def _look(self) -> None:
        try:
            self._looking.look(self.executor)
        except Exception as error:  # noqa: BLE001 - whatever one look meets, the next one comes
            log.write(self._settings.data / "error.log", "worker", error)
            self._stop.wait(_AGAIN_S)

    def close(self) -> None:
        """Have `run` end."""
        self._stop.set()

    def _hold(self, held: ExitStack) -> str:
        """Be one of the workers of this machine's name; nobody else is the same one as long as this process lives."""
        if not self._settings.jobs:
            self._only(held)
            return "alone"
        self._only(held, shared=True)
        for number in range(1, _MOST):
            with suppress(BusyError):
                lock = f"worker-{self._name}-{number}.lock"
                held.enter_context(alone(self._jobs.place, wait=False, name=lock))
                return f"{self._name}.{number}"
        raise BusyError("Another worker has this data directory.", "Use that one, or stop it first.")

    def _only(self, held: ExitStack, *, shared: bool = False) -> None:
        """Be the only worker of this data directory, or one of those that share a server."""
        late = time.monotonic() + _SURE_S
        while True:
            try:
                held.enter_context(alone(self._jobs.place, wait=False, shared=shared))
            except BusyError:
                if time.monotonic() > late:  # by now it is no door that only looks whether there is a worker
                    raise BusyError(
                        "Another worker has this data directory.", "Use that one, or stop it first."
                    ) from None
                time.sleep(_SURE_S / 10)
            else:
                return

    def _launch(self) -> bool:
        """Reach the database of jobs, however long that takes; False if told to stop meanwhile."""
        told = False
        while not self._stop.is_set():
            try:
                self._alive.begin(self.executor, self._queues, engine.APPLICATION_VERSION)
                engine.launch(
                    url_of(self._settings),
                    self.executor,
                    self,
                    shared=self._tables.shared,
                    queues=self._queues,
                    models=models_at_once(self._settings),
                    connecting={} if self._tables.alone else CONNECTING,
                )
                if self._tables.alone:
                    engine.begin_anew(lambda: [engine.APPLICATION_VERSION])
                self._looking.begin()
                self._alive.sweep()
            except Exception as error:  # noqa: BLE001 - whatever keeps it from beginning is tried again
                engine.close()
                if self._tables.alone and engine.damaged(error):
                    self._put_aside()
                elif not told:
                    told = True
                    log.write(self._settings.data / "error.log", "worker", error)
                    self._say(f"The database of jobs cannot be used ({engine.reason(error)}); trying again.")
                self._stop.wait(_AGAIN_S)
            else:
                return True
        return False

    def _put_aside(self) -> None:
        """Begin with a new database of jobs: what is finished is known by the meetings' folders."""
        self._tables.close()
        file = file_of(self._settings.data)
        aside_ = file.with_name(f"{file.name}.damaged-{int(time.time())}")
        file.rename(aside_)
        for rest in file.parent.glob(f"{file.name}-*"):
            rest.unlink()
        self._say(f"The database of jobs was damaged and is {aside_.name} now; finished stages stay.")

    def figures(self) -> Figures:
        """What a scraper is told of this worker, and of the leases of all.

        Raises:
            ConnectionError: If the database of jobs cannot be asked.
        """
        try:
            found = [(lease.left_s, lease.queues) for lease in self._tables.leases()]
        except Unreachable as error:
            raise ConnectionError from error
        return of_a_worker(found, self._put_aside_count)

    # What the engine asks for.

    def begin(self, job_id: str, attempt: int) -> dict[str, Any]:
        """See `engine.Performer`."""
        job = self._sure(lambda: self._jobs.begin(job_id, attempt))
        if job is None:
            return {"gone": True}
        if isinstance(job.order, Release):
            return {"meeting": job.meeting_id, "stages": [["release", False]]}
        work = f"{engine.workflow_id(job_id, attempt)}/000-take"
        taken = self._done(work, job_id, "take", {"task": "begin", "folder": str(self._jobs.folder(job_id))})
        return {**taken, "stages": None}

    def plan(self, job_id: str, attempt: int, meeting_id: str, done: list[str]) -> dict[str, Any]:
        """See `engine.Performer`."""
        work = f"{engine.workflow_id(job_id, attempt)}/plan"
        return self._done(work, job_id, "plan", {"task": "plan", "meeting": meeting_id, "done": done})

    def stage(self, work: str, job_id: str, meeting_id: str, stage: str, *, model: bool) -> dict[str, Any]:
        """See `engine.Performer`."""
        task = {"task": "release" if stage == "release" else "stage", "meeting": meeting_id, "stage": stage}
        done = self._done(work, job_id, stage, task, model=model)
        return {"sha256": "", **done} if stage == "release" and "failure" not in done else done

    def end(self, job_id: str, attempt: int, failure: list[Any] | None) -> None:
        """See `engine.Performer`."""
        self._sure(lambda: self._jobs.end(job_id, attempt, Failure(*failure) if failure else None))
        self._sure(lambda: self._tables.forget(job_id))
        self._looking.forget(job_id)

    def _done(
        self, work: str, job_id: str, stage: str, task: dict[str, Any], *, model: bool = False
    ) -> dict[str, Any]:
        """Have a child do something; what takes its process down again and again is put aside."""
        begun, crashed = self._sure(lambda: self._tables.begin(work, job_id, stage))
        pace, last, since = Pace(), 0.0, time.monotonic()

        def logged(stand: str) -> None:
            seconds, name = round(time.monotonic() - since, 1), whole(stage)
            event(Event.JOB, job=job_id, stage=name if is_word(name) else None, new=stand, seconds=seconds)

        def aside_(failure: ZhuziError) -> dict[str, Any]:
            self._put_aside_count += 1
            logged("put aside")
            return failures.failed(failure)

        def heard(said: Any) -> None:
            nonlocal last
            if "told" in said:
                self._sure(lambda: self._jobs.tell(job_id, str(said["told"])))
            elif "stage" in said:
                progress = pace(said)
                if time.monotonic() - last >= _REPORT_S or progress.done >= progress.total:
                    last = time.monotonic()
                    self._try(lambda: self._tables.report(work, progress))

        if crashed >= _CRASHES or begun > _BEGUN:
            return aside_(failures.poison(stage, _BEGUN))
        logged("begun")
        while True:
            try:
                done = self._lanes.do(work, task, heard, model=model)
            except CrashError as error:
                if self._stop.is_set():
                    threading.Event().wait()  # this process ends; the next one does it
                if self._sure(lambda: self._tables.crash(work)) >= _CRASHES:
                    return aside_(StageError(error.what, f"It was tried {_CRASHES} times. {error.cure}"))
                logged("crashed")
            except ZhuziError as error:
                logged("failed")
                return failures.failed(error)
            except Exception as error:  # noqa: BLE001 - it ends this job, and no other
                log.write(self._settings.data / "error.log", "worker", error)
                logged("failed")
                return failures.failed(aside.unforeseen(error))
            else:
                self._try(lambda: self._tables.end(work))
                logged("done")
                return done

    def _take_over(self, living: Callable[[], list[Lease]]) -> None:
        engine.begin_anew(lambda: [x.version for x in living()])
        if count := engine.take_over(lambda: [x.executor for x in living()]):
            self._say(f"Going on with {count} pieces of work that others left.")

    def _lose(self, why: str = "This worker was taken for dead; others go on with its work.") -> None:
        if self._stop.is_set():
            return
        self._code = LOST
        self._lanes.close()
        self._say(why)
        self._stop.set()

    def _sure(self, asks: Callable[[], T]) -> T:
        """What the database of jobs or the disk answers, however long it is away or full."""
        while True:
            try:
                return asks()
            except (Unreachable, StorageError):
                if self._stop.wait(_AGAIN_S / 5):
                    threading.Event().wait()

    def _try(self, asks: Callable[[], object]) -> None:
        """Tell the database of jobs something that nothing depends on."""
        try:
            asks()
        except Unreachable as error:
            log.write(self._settings.data / "error.log", "worker", error)


def serve(
    worker: Worker,
    then: Callable[[], None] = lambda: None,
    during: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> NoReturn:
    """Run a worker until it is told to end by a signal, and end the process with it.

    An orderly exit would wait for threads that are at work; whatever they do is begun again where it was.

    Args:
        worker: that is not running.
        then: called at the end.
        during: what is entered before the worker begins, and left when it has ended, such as its log.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.close())
    with during():
        code = worker.run()
    then()
    sys.stdout.flush()
    os._exit(code)
