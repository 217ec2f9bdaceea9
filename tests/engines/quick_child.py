"""A child of the real engine whose stages only wait and write: `python -m tests.engines.quick_child`.

The engine, the folders, their manifests and locks are the real ones; no model, no recording. Every moment that counts
is a line of the file that QUICK_CALLS names: "MEETING STAGE begin|end|kept|reached PID". Where the file that QUICK_STOP
names says "PLACE STAGE", the process stops there for as long as it says so: "within" a body, "made" (its result lies
there without its name), "named" (it has its name, and the manifest does not know), "kept" (the manifest knows, the
worker does not).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import work_child
from pipeline.aside import Pipe
from pipeline.digest import sha256_of
from pipeline.folder import ChangedError, MeetingFolder, Stage
from pipeline.lock import alone
from pipeline.stages import ready

PLAN: tuple[tuple[str, bool, int, tuple[str, ...]], ...] = (
    ("decode", False, 30, ()),
    ("transcribe", True, 120, ("decode",)),
    ("diarize", True, 60, ("decode",)),
    ("attribute", False, 20, ("transcribe", "diarize")),
)
"""Stages: name, whether a model does it, milliseconds, and those before it."""


def note(meeting: str, stage: str, what: str) -> None:
    """Add a line to the file of moments; a line is written whole or not at all."""
    with Path(os.environ["QUICK_CALLS"]).open("ab", buffering=0) as file:
        file.write(f"{meeting} {stage} {what} {os.getpid()}\n".encode())


def stop_at(place: str, meeting: str, stage: str) -> None:
    """Stay here, if that is asked for, until it is not any more."""
    wanted = Path(os.environ["QUICK_STOP"])
    if wanted.read_text("ascii") == f"{place} {stage}":
        note(meeting, stage, "reached")
        while wanted.read_text("ascii") == f"{place} {stage}":
            time.sleep(0.02)


class _Folder(MeetingFolder):
    """A meeting's folder that tells of its moments."""

    def perform(self, stage: Stage) -> str:
        made = super().perform(stage)
        stop_at("kept", self.id, stage.name)
        return made

    def _write_manifest(self, manifest: dict[str, Any]) -> None:
        known = self.manifest()["stages"]
        kept = [
            name
            for name, stage in manifest["stages"].items()
            if stage["finished"] and not known.get(name, {}).get("finished")
        ]
        for name in kept:
            stop_at("named", self.id, name)
        super()._write_manifest(manifest)
        for name in kept:
            note(self.id, name, "kept")


def _folder(task: dict[str, Any]) -> _Folder:
    return _Folder(Path(task["settings"]["data"]) / "meetings" / task["meeting"])


def _plan_of(folder: MeetingFolder) -> tuple[Stage, ...]:
    def body(name: str, ms: int) -> Callable[[Path], None]:
        def make(into: Path) -> None:
            note(folder.id, name, "begin")
            stop_at("within", folder.id, name)
            time.sleep(ms / 1000)
            into.write_text(f"{folder.id} {name}\n", "ascii")
            note(folder.id, name, "end")
            stop_at("made", folder.id, name)

        return make

    def inputs(name: str, before: tuple[str, ...]) -> Callable[[], str]:
        return lambda: " ".join(
            [name, *(str(folder.manifest()["stages"][b].get("sha256", "")) for b in before)]
        )

    return tuple(
        Stage(name, f"{name}.txt", inputs(name, after), body(name, ms), model, after)
        for name, model, ms, after in PLAN
    )


def _begin(pipe: Pipe) -> dict[str, Any]:
    job = Path(pipe.task["folder"])
    dropped = job / "recording.wav"
    meeting = dropped.read_text("ascii").strip()
    folder = _folder({**pipe.task, "meeting": meeting})
    (folder.root / "original").mkdir(parents=True, exist_ok=True)
    original = folder.root / "original" / "recording.wav"
    if not original.exists():
        half = original.with_name(".part")
        half.write_bytes(dropped.read_bytes())
        stop_at("within", meeting, "take")
        half.replace(original)
        folder.note(recording={"sha256": sha256_of(original)})
    stop_at("made", meeting, "take")
    return {"meeting": meeting}


def _plan(pipe: Pipe) -> dict[str, Any]:
    folder = _folder(pipe.task)
    stages = _plan_of(folder)
    known = frozenset(pipe.task["done"])
    begin = ready(stages, frozenset(s.name for s in stages if s.name in known or folder.done(s)))
    return {"ready": [[s.name, s.model] for s in begin]}


def _stage(pipe: Pipe) -> dict[str, Any]:
    folder = _folder(pipe.task)
    with alone(folder.root, shared=True):
        stage = next(s for s in _plan_of(folder) if s.name == pipe.task["stage"])
        pipe.say(stage=stage.name, step=stage.name, done=0, total=1)
        try:
            return {"sha256": folder.perform(stage)}
        except ChangedError:
            return {"changed": True}


if __name__ == "__main__":
    work_child._TASKS.update(begin=_begin, plan=_plan, stage=_stage)
    work_child.main()
