"""A worker beside a door: a process of its own that dies with it, unless another one has the data directory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from subprocess import Popen

from pipeline import aside, log
from pipeline.jobs.order import State
from pipeline.jobs.spool import Jobs
from pipeline.lock import alone
from pipeline.settings import Settings
from pipeline.work_child import task_of
from speakers.error import BusyError, StorageError

_LOOK_S = 1.0

_AGAIN_S = 5.0
"""After a look that met something unforeseen."""


class Beside:
    """Sees to it that somebody works, as long as it is open.

    Args:
        settings: in force.
        module: what the worker and its children run; tests put engines of theirs there.
    """

    def __init__(self, settings: Settings, module: str = aside.MODULE) -> None:
        self._settings, self.module = settings, module
        self._jobs = Jobs(settings)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.child: Popen[bytes] | None = None
        self.then: Callable[[], None] = lambda: None
        """Called when jobs were done."""

    def start(self) -> None:
        """Begin; does nothing if that was done."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._look_after, name="beside", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the worker; what it was doing is gone on with by the next one."""
        thread, self._thread = self._thread, None
        self._stop.set()
        if thread is not None:
            thread.join()

    def _look_after(self) -> None:
        """Everything is done by this thread: a child dies with the one that started it."""
        done: frozenset[str] | None = None
        stopped = False
        while not stopped:
            try:
                self._see_to_worker()
                if done is None:
                    done = self._done()
                stopped = self._stop.wait(_LOOK_S)
                before, done = done, self._done()
                if done - before:
                    self.then()
            except Exception as error:  # noqa: BLE001 - whatever one look meets, somebody has to work
                log.write(self._settings.data / "error.log", "worker", error)
                stopped = self._stop.wait(_AGAIN_S)
        if self.child is not None:
            aside.let_go(self.child)
            self.child = None

    def _see_to_worker(self) -> None:
        if self.child is not None and self.child.poll() is None:
            return
        if self.child is not None:
            aside.let_go(self.child)
            self.child = None
        try:
            with alone(self._jobs.place, wait=False):
                pass
            telling = self._settings.telling
            task = task_of(
                self._settings, task="worker", module=self.module, log=[telling.log, telling.level]
            )
            self.child = aside.start(task, self.module, heard=bool(telling.log))
        except (BusyError, StorageError):
            return  # somebody else works here, or nobody can; it is looked at again

    def _done(self) -> frozenset[str]:
        return frozenset(job.id for job in self._jobs.jobs() if job.state is State.DONE)
