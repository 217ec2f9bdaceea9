"""The children of a worker whose stages a file describes: `python -m bench.queue_child`, task on standard input.

SCRIPTED_PLAN names the file. It is read before every task, so what stages do may change while a worker lives:

    {"stages": [{"name": "transcribe", "model": true, "after": ["decode"], "seconds": 0.1, "version": "1",
                 "does": "die", "to": ["ID"]}]}

`does` is what happens in place of work: "die" ends the child, "kill worker" its worker too, "hang" says nothing any
more, "wait" reports for ever, "full" finds the disk full. `to` are the meetings to which it happens; all without it.
SCRIPTED_CALLS names a file that gets a line for every begin and end of a stage.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pipeline.engines
import pipeline.run
from pipeline import work_child
from pipeline.engines import Engines
from pipeline.folder import MeetingFolder, Stage
from speakers.record import digest

_MADE = b"made\n"


def _note(what: str, meeting: str, stage: str) -> None:
    """Add a line to the list of calls; lines of several processes do not mix, being short."""
    line = json.dumps([what, meeting, stage, os.getpid(), round(time.time(), 4)])
    with Path(os.environ["SCRIPTED_CALLS"]).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _happens(does: str, report: pipeline.run.Report, stage: str) -> None:
    match does:
        case "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "kill worker":
            os.kill(os.getppid(), signal.SIGKILL)
            threading.Event().wait()
        case "hang":
            threading.Event().wait()
        case "wait":
            for number in range(1 << 30):
                report(stage, "wait", number, 1 << 30)
                time.sleep(0.05)
        case "full":
            raise OSError(errno.ENOSPC, "no space")


def _stage(folder: MeetingFolder, said: dict[str, Any], report: pipeline.run.Report) -> Stage:
    name, after = str(said["name"]), tuple(said.get("after", ()))

    def inputs() -> str:
        done = folder.manifest()["stages"]
        return digest(
            "scripted",
            name,
            str(said.get("version", "1")),
            *(done.get(a, {}).get("sha256", "") for a in after),
        )

    def make(into: Path) -> None:
        _note("begin", folder.id, name)
        if said.get("does") and folder.id in said.get("to", (folder.id,)):
            _happens(str(said["does"]), report, name)
        report(name, "work", 0, 1)
        time.sleep(float(said.get("seconds", 0)))
        into.write_bytes(_MADE + f"{folder.id} {name} {inputs()}\n".encode())
        _note("end", folder.id, name)

    return Stage(name, f"{name}.txt", inputs, make, model=bool(said.get("model")), after=after)


def _plan(
    folder: MeetingFolder, _meeting: object, _engines: object, report: pipeline.run.Report, _prints: object
) -> tuple[Stage, ...]:
    said = json.loads(Path(os.environ["SCRIPTED_PLAN"]).read_text("utf-8"))
    return tuple(_stage(folder, stage, report) for stage in said["stages"])


def _nobody() -> Any:
    raise AssertionError("No stage here asks for an engine.")


if __name__ == "__main__":
    pipeline.engines.engines = lambda _: Engines(_nobody, _nobody, "", "", (("scripted", "1"),))
    pipeline.run.plan = _plan
    pipeline.run.finish = lambda folder, *_: folder.note(made_with=[["scripted", "1"]])
    work_child.main()
