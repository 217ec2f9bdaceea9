"""A worker whose children are quick: `python -m tests.engines.quick_worker NAME [QUEUE …]`, settings as `zhuzi worker`.

Where the file that QUICK_STOP names says "unrecorded STAGE", it stops between the end of that stage and its being
written down in the database of jobs.
"""

from __future__ import annotations

import sys
from typing import Any

from pipeline.jobs.engine import QUEUES
from pipeline.jobs.worker import Worker, serve
from pipeline.settings import settings
from tests.engines.quick_child import stop_at


class _Worker(Worker):
    def begin(self, job_id: str, attempt: int) -> dict[str, Any]:
        begun = super().begin(job_id, attempt)
        stop_at("unrecorded", str(begun.get("meeting")), "take")
        return begun

    def stage(self, work: str, job_id: str, meeting_id: str, stage: str, *, model: bool) -> dict[str, Any]:
        done = super().stage(work, job_id, meeting_id, stage, model=model)
        stop_at("unrecorded", meeting_id, stage)
        return done

    def end(self, job_id: str, attempt: int, failure: list[Any] | None) -> None:
        super().end(job_id, attempt, failure)
        stop_at("unrecorded", job_id, "end")


def main(name: str, *queues: str) -> None:
    """Work until told to end."""
    say = lambda sentence: print(sentence, flush=True)  # noqa: E731 - a line
    serve(_Worker(settings(), "tests.engines.quick_child", queues or QUEUES, name, say))


if __name__ == "__main__":
    main(*sys.argv[1:])
