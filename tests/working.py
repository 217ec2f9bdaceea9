"""Jobs with a worker beside them, and waiting for what comes of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pipeline.jobs.beside import Beside
from pipeline.jobs.order import Job
from pipeline.jobs.spool import Jobs
from pipeline.settings import Settings

CHILD = "tests.engines.work_child"


class Working(Jobs):
    """Jobs of which each wakes a worker with scripted engines."""

    def __init__(self, settings: Settings, module: str = CHILD) -> None:
        super().__init__(settings)
        self.beside = Beside(settings, module)

    def submit(self, *arguments: Any, **options: Any) -> Job:
        self.beside.start()
        return super().submit(*arguments, **options)

    def close(self) -> None:
        self.beside.close()


def until(jobs: Jobs, job_id: str, holds: Callable[[Job], bool], within_s: float = 60) -> Job:
    """The job once something holds of it."""
    late = time.monotonic() + within_s
    while not holds(job := jobs.job(job_id)):
        assert time.monotonic() < late, job
        time.sleep(0.05)
    return job


def at(stage: str) -> Callable[[Job], bool]:
    """Whether a job does a stage at the moment."""
    return lambda job: bool(job.progress and job.progress.stage == stage)


def ended(jobs: Jobs, job_id: str) -> Job:
    """The job once it has ended."""
    return until(jobs, job_id, lambda j: not j.open)
