"""Where a meeting stands while a job works on it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from pipeline.folder import MeetingFolder
from pipeline.glances import WORKED_ON
from pipeline.jobs.order import Release, Run
from pipeline.jobs.spool import Jobs
from pipeline.settings import Settings


@pytest.mark.parametrize("stopped", [False, True])
def test_what_a_job_works_on_was_not_interrupted(
    job: MeetingFolder, zhuzi: Callable[..., Result], stopped: bool
) -> None:
    stages = job.manifest()["stages"]
    stages["attribute"]["finished"] = False
    job.note(stages=stages)
    jobs = Jobs(Settings(job.root.parent.parent, job.root))
    made = jobs.submit(Run(job.id))
    if stopped:
        jobs.cancel(made.id)
    (row,) = json.loads(zhuzi("status", "--json").output)["meetings"]
    assert row["state"] == ("interrupted in attribute" if stopped else WORKED_ON)
    assert row["state"] in zhuzi("status").output


def test_a_finished_draft_stands_where_it_stood(job: MeetingFolder, zhuzi: Callable[..., Result]) -> None:
    Jobs(Settings(job.root.parent.parent, job.root)).submit(Release(job.id))
    (row,) = json.loads(zhuzi("status", "--json").output)["meetings"]
    assert row["state"] == "awaiting review"
