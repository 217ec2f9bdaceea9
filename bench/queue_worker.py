"""A worker with scripted stages: `python -m bench.queue_worker QUEUES NAME`; its settings are those of the environment.

It prints a line when it is ready, and ends with the code of a worker.
"""

from __future__ import annotations

import os
import sys

from pipeline.jobs import engine, worker
from pipeline.jobs.worker import Worker, serve
from pipeline.settings import settings


def main(queues: str, name: str) -> None:
    """Work until a signal ends it."""
    if version := os.environ.get("SCRIPTED_VERSION"):
        engine.APPLICATION_VERSION = version
    if begins := os.environ.get("SCRIPTED_BEGUN"):
        worker._BEGUN = int(begins)  # 25 begins would take minutes
    serve(
        Worker(
            settings(),
            module=os.environ.get("SCRIPTED_CHILD", "bench.queue_child"),
            queues=tuple(queues.split(",")),
            name=name,
            say=lambda sentence: print(sentence, flush=True),
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
