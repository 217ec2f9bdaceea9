"""`zhuzi watch` with scripted engines: `python -m tests.engines.watcher INBOX [OPTIONS]`, killed wherever a test says.

ZHUZI_STOP_AT names a function of the program, MODULE:NAME or MODULE:CLASS.NAME, and :after if it is to return first:
there the process says "reached" and stays.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from functools import partial
from typing import Any

import pipeline.jobs.performing
from pipeline import cli
from pipeline.jobs.beside import Beside


def _stop_at(place: str) -> None:
    module, _, rest = place.partition(":")
    path, _, when = rest.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for one in classes:
        owner = getattr(owner, one)
    original = getattr(owner, name)

    def stopping(*arguments: Any, **options: Any) -> Any:
        if when == "after":
            original(*arguments, **options)
        print("reached", flush=True)
        threading.Event().wait()

    setattr(owner, name, stopping)


if __name__ == "__main__":
    if place := os.environ.get("ZHUZI_STOP_AT"):
        _stop_at(place)
    pipeline.jobs.performing.Beside = partial(Beside, module="tests.engines.work_child")  # type: ignore[assignment, misc]
    cli.main(["watch", *sys.argv[1:]])
