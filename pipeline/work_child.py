"""The process in which background work is done: `python -m pipeline.work_child`, with its task on standard input."""

from __future__ import annotations

import base64
import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import aside, log
from pipeline.aside import Pipe
from pipeline.digest import sha256_of
from pipeline.folder import ChangedError, MeetingFolder, find
from pipeline.lock import alone
from pipeline.settings import Settings
from pipeline.stages import ready
from speakers.error import RecordingError, ZhuziError

if TYPE_CHECKING:
    # Imported where they are used: a child that looks into a file needs no model and no store.
    from pipeline.engines import Engines
    from pipeline.store import Store

_PAUSE_S = 0.2
"""Between two reports of one step."""

_LITTLE = 1 << 30
"""Bytes of memory that looking into somebody's file may take."""


def main() -> None:
    """Do the one task, and say what came of it; a lane does those that follow."""
    pipe = Pipe()
    if pipe.task["task"] != "worker":  # its children are nice themselves
        os.nice(10)  # pages are answered while models work
    if pipe.task["task"] != "lane":
        _do(pipe)
        return
    for _ in pipe.tasks():
        _do(pipe)


def _do(pipe: Pipe) -> None:
    try:
        pipe.say(done=_TASKS[pipe.task["task"]](pipe))
    except ZhuziError as error:
        pipe.say(error={"what": error.what, "cure": error.cure, "exit_code": error.exit_code})
    except Exception as error:  # noqa: BLE001 - whatever an engine throws ends this task; its message may hold words
        log.write(Path(pipe.task["settings"]["data"]) / "error.log", pipe.task["task"], error)
        unforeseen = aside.unforeseen(error)
        pipe.say(error={"what": unforeseen.what, "cure": unforeseen.cure, "exit_code": unforeseen.exit_code})


def task_of(settings: Settings, **values: object) -> dict[str, Any]:
    """A task as JSON values, with the settings in force; a child opens no doors, and tells its parent alone."""
    chosen = {k: v for k, v in asdict(settings).items() if k not in {"doors", "telling"}}
    return {**values, "settings": {k: str(v) if isinstance(v, Path) else v for k, v in chosen.items()}}


def settings_of(task: dict[str, Any]) -> Settings:
    """The settings of a task."""
    given = task["settings"]
    os.environ["ZHUZI_DATA"] = given["data"]  # the catalogue of one's own models is found through it
    paths = {name: Path(given[name]) for name in ("data", "models", "voiceprint_key", "store_key")}
    return Settings(**{**given, **paths})


@cache
def _engines(settings: str) -> Engines:
    """The engines of some settings; a lane keeps the models that it loaded."""
    from pipeline import engines

    return engines.engines(settings_of({"settings": json.loads(settings)}))


def _store(settings: Settings) -> Store | None:
    from pipeline.store import of

    return of(settings) if settings.store else None


def _engines_of(task: dict[str, Any]) -> Engines:
    return _engines(json.dumps(task["settings"], sort_keys=True))


def _begin(pipe: Pipe) -> dict[str, Any]:
    """Take in what was handed in."""
    from pipeline.run import take_in

    job = Path(pipe.task["folder"])
    recording = next(job.glob("recording*"), None)
    if recording is None:
        raise RecordingError("What was handed in is gone.", "Hand the recording in again.")
    described = job / "meeting.toml"
    folder = take_in(
        recording,
        described if described.exists() else None,
        settings_of(pipe.task).data,
        more=() if described.exists() else tuple(sorted(job.glob("microphone-*"))),
        tell=lambda sentence: pipe.say(told=sentence),
    )
    _give_up_copies(job, folder)
    return {"meeting": folder.id}


def _plan(pipe: Pipe) -> dict[str, Any]:
    """Which stages of a meeting may begin now; those that are known to be done are not looked at again."""
    from pipeline.run import finish, stages_of

    chosen, engines = settings_of(pipe.task), _engines_of(pipe.task)
    folder, store = find(chosen.data, pipe.task["meeting"]), _store(chosen)
    with alone(folder.root, shared=True):
        if store is not None:
            store.bring_back(folder)
        stages = stages_of(folder, engines, lambda *_: None, chosen.voiceprint_key)
        known = frozenset(pipe.task["done"])
        done = frozenset(s.name for s in stages if s.name in known or folder.done(s))
        begin = ready(stages, done)
        if not begin and known:
            # All of it once more: something may have changed between two stages, or older code may have done one.
            done = frozenset(s.name for s in stages if folder.done(s))
            begin = ready(stages, done)
        if not begin:
            finish(folder, engines, stages, done)
        if store is not None:
            if away := [s for s in begin if s.model]:
                folder.expect(away)  # a result that was made from something else will not count
                store.push(folder)
            elif not begin:
                store.collect(folder.id)
    return {"ready": [[s.name, s.model] for s in begin]}


def _stage(pipe: Pipe) -> dict[str, Any]:
    """Do one stage of a meeting: in its folder, or in a copy of what the store has of it."""
    from pipeline.run import perform_stage, stages_of

    chosen, engines = settings_of(pipe.task), _engines_of(pipe.task)
    home = (chosen.data / "meetings" / pipe.task["meeting"]).is_dir()
    store = None if home else _store(chosen)
    if store is None:
        folder = find(chosen.data, pipe.task["meeting"])
    else:
        folder = store.pull(pipe.task["meeting"], chosen.data / "away")
    report = _Reports(pipe)
    waiting = partial(report, "wait", "another job is running", 0, 0)
    with alone(folder.root, waiting, shared=True):
        stages = stages_of(folder, engines, report, chosen.voiceprint_key)
        stage = next((s for s in stages if s.name == pipe.task["stage"]), None)
        if stage is None:
            return {"unknown": True}
        try:
            made = perform_stage(folder, stage)
        except ChangedError:
            return {"changed": True}
    if store is not None and not store.commit(folder, stage.name):
        return {"changed": True}
    return {"sha256": made}


def _release(pipe: Pipe) -> dict[str, Any]:
    from pipeline.engines import reader
    from pipeline.publish import publish, summary

    chosen = settings_of(pipe.task)
    folder = find(chosen.data, pipe.task["meeting"])
    released = publish(
        folder,
        approvers=chosen.approvers,
        correction_days=chosen.correction_days,
        listener=lambda: _engines_of(pipe.task).transcriber(),
        reader=lambda: reader(chosen),
        report=_Reports(pipe),
    )
    for sentence in summary(released):
        pipe.say(told=sentence)
    return {"meeting": folder.id}


def _tidy(pipe: Pipe) -> dict[str, Any]:
    """Remove copies of meetings that the store has no more: at home they were erased."""
    chosen = settings_of(pipe.task)
    store = _store(chosen)
    return {"removed": list(store.clean(chosen.data / "away")) if store is not None else []}


def _worker(pipe: Pipe) -> dict[str, Any]:
    """Be the worker beside a door, until this process ends."""
    from pipeline.jobs.worker import Worker, serve
    from pipeline.outside.lasting import logged
    from pipeline.outside.telling import Telling

    chosen = settings_of(pipe.task)
    form, level = pipe.task["log"]
    telling = Telling(log=form, level=level)  # the door tells what changed
    serve(Worker(chosen, pipe.task["module"]), during=lambda: logged(chosen, telling, "worker"))


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


def _brought(pipe: Pipe) -> dict[str, Any]:
    """What was written during a meeting, as a file has it; without a kind, what kinds it may be."""
    from pipeline.brought_kind import READ, recognised

    resource.setrlimit(resource.RLIMIT_AS, (_LITTLE, _LITTLE))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    data, kind = Path(pipe.task["path"]).read_bytes(), pipe.task["kind"]
    if not kind:
        return {"kinds": recognised(data)}
    items, unseen = READ[kind](data)
    return {"items": [asdict(item) for item in items], "unseen": unseen}


class _Reports:
    """Passes reports on, not more often than anybody looks."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._last, self._at = ("", ""), 0.0

    def __call__(self, stage: str, step: str, done: int, total: int) -> None:
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
    "begin": _begin,
    "plan": _plan,
    "stage": _stage,
    "release": _release,
    "tidy": _tidy,
    "worker": _worker,
    "look": _look,
    "sheet": _sheet,
    "brought": _brought,
}


if __name__ == "__main__":
    main()
