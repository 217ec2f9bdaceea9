"""What a worker looks after all the time: what waits is enqueued, and what nobody wants any more is stopped."""

from __future__ import annotations

import time

from pipeline import aside
from pipeline.jobs import engine, turns
from pipeline.jobs.lanes import Lanes
from pipeline.jobs.order import Failure, Job, State
from pipeline.jobs.spool import Jobs
from pipeline.jobs.tables import Tables

_AGAIN_S = 5.0
"""Between two looks for jobs that ended without a word."""


_REPORT_S = 1.0
"""Between two reports of how far a job is, for every four jobs."""


class Looking:
    """Brings the spool, in which people ask for things, and the engine, in which they are done, together.

    Args:
        jobs: the spool.
        tables: of the database of jobs.
        lanes: in which children work.
        takes: whether it enqueues jobs; a worker that does stages only leaves them to others.
    """

    def __init__(self, jobs: Jobs, tables: Tables, lanes: Lanes, *, takes: bool) -> None:
        self._jobs, self._tables, self._lanes, self._takes = jobs, tables, lanes, takes
        self._known: set[str] = set()
        self._told: dict[str, tuple[object, ...]] = {}
        self._looked = self._reported = self._counted = 0.0

    def begin(self) -> None:
        """Find out what the engine has already."""
        self._known = set(engine.open_jobs())

    def look(self, executor: str) -> None:
        """Look once; whatever fails, the next look may do it.

        Args:
            executor: whose work is looked after.
        """
        self._lanes.look_after()
        if time.monotonic() - self._counted > _AGAIN_S:
            engine.take_up(executor)
            self._counted = time.monotonic()
        if self._takes:
            self._take()
        self._stop_cancelled()

    def forget(self, job_id: str) -> None:
        """A job ended: nothing is to be said of it any more."""
        self._told.pop(job_id, None)

    def _take(self) -> None:
        """Take what waits, stop what nobody wants any more, and say how far the rest is."""
        if not (self._jobs.place / "worker.lock").exists():  # the disk is away: nobody cancelled anything
            return
        jobs = self._jobs.jobs()
        self._known.difference_update(self._ended(jobs))
        wanted = {engine.workflow_id(j.id, j.attempt) for j in jobs if j.open}
        engine.hasten(busy=bool(wanted))
        ended = {engine.workflow_id(j.id, j.attempt) for j in jobs if j.state in {State.DONE, State.FAILED}}
        gone = {one for one in self._known - wanted - ended if self._jobs.unwanted(*engine.attempt_of(one))}
        if gone:
            engine.cancel(gone)
            self._lanes.stop(lambda work: work.partition("/")[0] in gone)
        self._known -= gone | ended
        if new := [j for j in turns.first(jobs) if engine.workflow_id(j.id, j.attempt) not in self._known]:
            self._enqueue(new)
        running = [j for j in jobs if j.state is State.RUNNING]
        if time.monotonic() - self._reported >= _REPORT_S * len(running) / 4:  # nobody looks at many at once
            self._reported = time.monotonic()
            for job in running:
                self._report(job)

    def _ended(self, jobs: tuple[Job, ...]) -> set[str]:
        """Workflows of jobs that are open but ended themselves, or are gone; looked at now and then."""
        if time.monotonic() - self._looked < _AGAIN_S:
            return set()
        self._looked = time.monotonic()
        ids = self._known & {engine.workflow_id(j.id, j.attempt) for j in jobs if j.open}
        states = engine.states(ids)
        return {one for one in ids if states.get(one, "ERROR") in {"SUCCESS", "ERROR"}}

    def _enqueue(self, new: list[Job]) -> None:
        ids = {engine.workflow_id(j.id, j.attempt): j for j in new}
        states = engine.states(ids)
        for one, state in states.items():
            if state not in {"ENQUEUED", "PENDING", "DELAYED"}:  # it ended without a word
                job = ids.pop(one)
                self._jobs.end(job.id, job.attempt, Failure.of(aside.ended(1)))
        waiting = sorted((j for i, j in ids.items() if i not in states), key=lambda j: (j.at, j.id))
        if waiting:
            everything = {j.id: j for j in self._jobs.jobs()}
            for job, priority in turns.given(waiting, engine.open_jobs(), everything):
                engine.enqueue(job.id, job.attempt, office=turns.place(job), priority=priority)
        self._known.update(ids)

    def _report(self, job: Job) -> None:
        stages, progress = self._tables.progress(job.id)
        shown = tuple(s for s in stages if s not in {"plan", "take"})
        if progress is not None and self._told.get(job.id) != (shown, progress):
            self._told[job.id] = (shown, progress)
            self._jobs.report(job.id, shown, progress)

    def _stop_cancelled(self) -> None:
        """End the children that do what was cancelled elsewhere."""
        works = [w for w in self._lanes.at_work if "/" in w and not w.endswith(("/plan", "/000-take"))]
        cancelled = {w for w, state in engine.states(works).items() if state == "CANCELLED"}
        if cancelled:
            self._lanes.stop(cancelled.__contains__)
