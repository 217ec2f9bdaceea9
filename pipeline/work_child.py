"""The process in which background work is done: `python -m pipeline.work_child`, with its task on standard input."""

from __future__ import annotations

import base64
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import log
from pipeline.aside import Pipe
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, find
from pipeline.settings import Settings
from speakers.error import StageError, ZhuziError

_PAUSE_S = 0.2
"""Between two reports of one step."""

_LITTLE = 1 << 30
"""Bytes of memory that looking into somebody's file may take."""


def main() -> None:
    """Do the one task, and say what came of it."""
    pipe = Pipe()
    os.nice(10)  # pages are answered while models work
    data = Path(pipe.task["settings"]["data"])
    try:
        pipe.say(done=_TASKS[pipe.task["task"]](pipe))
    except ZhuziError as error:
        pipe.say(error={"what": error.what, "cure": error.cure, "exit_code": error.exit_code})
    except Exception as error:  # noqa: BLE001 - whatever an engine throws ends this task; its message may hold words
        log.write(data / "error.log", pipe.task["task"], error)
        unforeseen = StageError(
            f"Something unforeseen happened ({type(error).__name__}).",
            "Try again; if it happens again, report it with error.log.",
        )
        pipe.say(error={"what": unforeseen.what, "cure": unforeseen.cure, "exit_code": unforeseen.exit_code})


def _settings(task: dict[str, Any]) -> Settings:
    given = task["settings"]
    os.environ["ZHUZI_DATA"] = given["data"]  # the catalogue of one's own models is found through it
    paths = {name: Path(given[name]) for name in ("data", "models", "voiceprint_key")}
    return Settings(**{**given, **paths})


def _run(pipe: Pipe) -> dict[str, Any]:
    from pipeline.engines import engines
    from pipeline.run import run

    chosen = _settings(pipe.task)
    job = Path(pipe.task["folder"])
    recording = next(job.glob("recording*"))
    described = job / "meeting.toml"
    report = _Reports(pipe, lambda: _give_up_copies(job, find(chosen.data, pipe.task["meeting"])))
    folder = run(
        recording,
        described if described.exists() else None,
        chosen.data,
        lambda: engines(chosen),
        report,
        more=() if described.exists() else tuple(sorted(job.glob("microphone-*"))),
        voiceprint_key=chosen.voiceprint_key,
        tell=lambda sentence: pipe.say(told=sentence),
    )
    return {"meeting": folder.id}


def _release(pipe: Pipe) -> dict[str, Any]:
    from pipeline.engines import engines, reader
    from pipeline.publish import publish, summary

    chosen = _settings(pipe.task)
    folder = find(chosen.data, pipe.task["meeting"])
    released = publish(
        folder,
        approvers=chosen.approvers,
        correction_days=chosen.correction_days,
        listener=lambda: engines(chosen).transcriber(),
        reader=lambda: reader(chosen),
        report=_Reports(pipe),
    )
    for sentence in summary(released):
        pipe.say(told=sentence)
    return {"meeting": folder.id}


def _look(pipe: Pipe) -> dict[str, Any]:
    """What a dropped file is: how long it lasts as far as it says."""
    from speakers import sound

    resource.setrlimit(resource.RLIMIT_AS, (4 * _LITTLE, 4 * _LITTLE))  # codecs reserve more than they use
    return {"announced_ms": sound.look(Path(pipe.task["path"]), pipe.task.get("name", "The file")).announced}


def _sheet(pipe: Pipe) -> dict[str, Any]:
    """The cells of a spreadsheet."""
    from pipeline.sheet import cells

    resource.setrlimit(resource.RLIMIT_AS, (_LITTLE, _LITTLE))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    return {"rows": cells(base64.b64decode(pipe.task["sheet"]))}


class _Reports:
    """Passes reports on, not more often than anybody looks.

    Args:
        pipe: takes them.
        taken: called once, when what was dropped has been taken in.
    """

    def __init__(self, pipe: Pipe, taken: Callable[[], None] = lambda: None) -> None:
        self._pipe, self._taken = pipe, taken
        self._last, self._at, self._begun = ("", ""), 0.0, False

    def __call__(self, stage: str, step: str, done: int, total: int) -> None:
        if not self._begun and stage != "wait":
            self._begun = True
            self._taken()
        now = time.monotonic()
        if (stage, step) == self._last and now - self._at < _PAUSE_S and done < total:
            return
        self._last, self._at = (stage, step), now
        self._pipe.say(stage=stage, step=step, done=done, total=total)


def _give_up_copies(job: Path, folder: MeetingFolder) -> None:
    """Where the meeting's folder has a verified copy of a dropped file, let that one stand for both."""
    kept = {folder.manifest()["recording"]["sha256"]: folder.original}
    kept |= {
        m["sha256"]: folder.root / "original" / m["file"] for m in folder.manifest().get("microphones", ())
    }
    for path in [*job.glob("recording*"), *job.glob("microphone-*")]:
        same = kept.get(sha256_of(path))
        if same is None or path.samefile(same):
            continue
        linked = path.with_name(f".{path.name}.link")
        linked.unlink(missing_ok=True)
        try:
            os.link(same, linked)
        except OSError:
            return  # a disk without second names keeps both until the end
        linked.replace(path)


_TASKS: dict[str, Callable[[Pipe], dict[str, Any]]] = {
    "run": _run,
    "release": _release,
    "look": _look,
    "sheet": _sheet,
}


if __name__ == "__main__":
    main()
