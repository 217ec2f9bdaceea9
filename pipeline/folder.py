"""A meeting's folder: a place a person can open, in which nothing half-written has a final name.

original/recording.m4a   what was dropped, never changed
meeting.toml             what staff said about it; of hidden people only their ids in the consent register
10-sound.wav … 40-record.json   what each stage made
sections/                what stages made of one part of a long recording each
manifest.json            digests, attempts and times of every stage
ledger.jsonl             what people decided
window/                  the correction window: what participants see and suggest
public/                  what was released; nothing but a release writes there
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.digest import sha256_of
from pipeline.keeping.kinds import Kind, came_back, refuse
from pipeline.lock import alone
from speakers.disk import storage_error, sync
from speakers.error import NotFoundError, StageError, StorageError, ZhuziError

_DISK = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "EFBIG", "ENAMETOOLONG", "EISDIR")
)
"""Errors that are about the disk, and not about whatever library a stage calls."""


class ChangedError(StageError):
    """What a stage is made from changed while it was done: it has to be done again."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the work, whose result is a file.

    Attributes:
        name: a verb.
        file: what it makes, in the meeting's folder.
        inputs: digest of everything its result depends on: earlier results, settings, models.
        make: writes the result to the path it is given; what people should know about it comes back as sentences.
        model: whether a model does it, so that it waits for a GPU where there is one.
        after: names of the stages that have to be done before; None for all those before it in the plan.
    """

    name: str
    file: str
    inputs: Callable[[], str]
    make: Callable[[Path], tuple[str, ...] | None]
    model: bool = False
    after: tuple[str, ...] | None = None


def write_atomically(path: Path, data: bytes) -> None:
    """Give a file new bytes: all of them, on disk, or none.

    Raises:
        StorageError: If the disk is full or may not be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):  # a disk that may not be written any more refuses this too
            temporary.unlink(missing_ok=True)
        raise storage_error(path, error) from error


class MeetingFolder:
    """One meeting on disk.

    Args:
        root: its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def id(self) -> str:
        """The meeting's id: from the recording's content, so that nothing in it tells who was there."""
        return self.root.name

    @property
    def meeting_toml(self) -> Path:
        """What staff said about it."""
        return self.root / "meeting.toml"

    @property
    def ledger(self) -> Path:
        """What people decided."""
        return self.root / "ledger.jsonl"

    @property
    def window(self) -> Path:
        """What happened in its correction window."""
        return self.root / "window" / "window.jsonl"

    @property
    def public(self) -> Path:
        """What was released."""
        return self.root / "public"

    @property
    def log(self) -> Path:
        """What went wrong, without a word of the record."""
        return self.root / "job.log"

    @property
    def original(self) -> Path:
        """The recording.

        Raises:
            StorageError: If it is gone.
            KeepingError: If it was erased.
        """
        found = sorted((self.root / "original").glob("recording*"))
        if not found:
            refuse(self.id, self.manifest(), Kind.ORIGINAL)
            raise StorageError(f"The original of meeting {self.id} is gone.", "Restore it from a backup.")
        return found[0]

    def describe(self, meeting_toml: bytes, *, keep_old: bool = True) -> None:
        """Put what staff said, without the names that the register keeps, beside the recording.

        Args:
            meeting_toml: what `pipeline.intake` left of it.
            keep_old: whether what was there before is kept as `meeting.toml.old`.
        """
        if self.meeting_toml.is_file():
            before = self.meeting_toml.read_bytes()
            if before == meeting_toml:
                return
            if keep_old:
                write_atomically(self.root / "meeting.toml.old", before)
        write_atomically(self.meeting_toml, meeting_toml)

    def manifest(self) -> dict[str, Any]:
        """What is known about the stages; empty stages if there is none yet."""
        try:
            values: dict[str, Any] = json.loads((self.root / "manifest.json").read_text(encoding="utf-8"))
            return {**values, "stages": {name: dict(stage) for name, stage in values["stages"].items()}}
        except FileNotFoundError:
            return {"version": 1, "stages": {}}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise StorageError(
                f"The manifest of meeting {self.id} cannot be read.",
                f"Remove {self.root / 'manifest.json'} and run the recording again: decisions stay.",
            ) from error

    def _write_manifest(self, manifest: dict[str, Any]) -> None:
        data = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        write_atomically(self.root / "manifest.json", data.encode("utf-8"))

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """The manifest, to be changed; nobody else changes it meanwhile, and it is written at the end."""
        with alone(self.root, name="manifest.lock"):
            manifest = self.manifest()
            yield manifest
            self._write_manifest(manifest)

    def note(self, **values: object) -> None:
        """Put facts about the whole meeting into the manifest."""
        with self.changing() as manifest:
            manifest.update(values)

    def notes(self) -> tuple[tuple[str, str], ...]:
        """What people should know about what the stages made: (stage, sentence)."""
        stages = self.manifest()["stages"].items()
        return tuple((name, str(note)) for name, stage in stages for note in stage.get("notes", ()))

    def done(self, stage: Stage) -> bool:
        """Whether a stage's result is there, whole, and made from what is there now."""
        entry = self.manifest()["stages"].get(stage.name, {})
        path = self.root / stage.file
        return bool(
            entry.get("finished")
            and entry.get("inputs") == stage.inputs()
            and path.is_file()
            and entry.get("sha256") == sha256_of(path)
        )

    def expect(self, stages: Iterable[Stage]) -> None:
        """Note what stages that are not done will be made from, before somebody else does them."""
        expected = [(stage, stage.inputs()) for stage in stages]
        with self.changing() as manifest:
            for stage, inputs in expected:
                _expect(manifest, stage, inputs)

    def perform(self, stage: Stage) -> str:
        """Do a stage unless its result is good; its file appears whole or not at all.

        Several processes may do the same stage at once, as happens when one was taken for dead: the first result
        counts, and the others are thrown away.

        Returns:
            The sha256 of the result.

        Raises:
            ChangedError: If what the stage depends on changed while it was done.
            StorageError: If the disk is full or may not be written.
        """
        entry = self.manifest()["stages"].get(stage.name, {})
        if self.done(stage):
            return str(entry["sha256"])
        inputs = stage.inputs()
        with self.changing() as manifest:
            _expect(manifest, stage, inputs)["attempts"] += 1
        path = self.root / stage.file
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        started = time.monotonic()
        try:
            path.parent.mkdir(exist_ok=True)
            notes = stage.make(temporary)
            return self._commit(stage, inputs, temporary, round(time.monotonic() - started, 2), notes)
        except OSError as error:
            if error.errno not in _DISK:
                raise
            raise storage_error(path, error) from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def failed(self, stage: Stage, why: str) -> None:
        """Note why a stage ended without a result, for `why_not`; if the disk takes it."""
        with contextlib.suppress(ZhuziError, OSError), self.changing() as manifest:
            entry = manifest["stages"].get(stage.name, {"finished": True})
            if not entry["finished"]:
                entry["failed"] = why

    def why_not(self) -> str:
        """Why a stage ended without a result when it was last tried, as sentences; empty if none did."""
        return next(
            (str(stage["failed"]) for stage in self.manifest()["stages"].values() if "failed" in stage), ""
        )

    def _commit(
        self, stage: Stage, inputs: str, made: Path, seconds: float, notes: tuple[str, ...] | None
    ) -> str:
        """Give a result its name, unless another one was sooner or what it is made from is no longer there."""
        path = self.root / stage.file
        with alone(self.root, name="manifest.lock"):
            if self.done(stage):
                return str(self.manifest()["stages"][stage.name]["sha256"])
            if stage.inputs() != inputs:
                raise ChangedError(
                    f"What stage {stage.name} of meeting {self.id} is made from changed while it was done.",
                    "Run it again.",
                )
            with made.open("rb+") as file:
                os.fsync(file.fileno())
            result = sha256_of(made)
            if path.is_dir():  # put there by hand; a file could not replace it
                shutil.rmtree(path)
            made.replace(path)
            for place in {path.parent, self.root}:
                sync(place)
            # What processes left that were killed, or were too late.
            for left in (*path.parent.glob(f".{path.name}.*.part"), *self.root.glob(".manifest.json.*.part")):
                left.unlink(missing_ok=True)
            manifest = came_back(self.manifest(), stage.file)
            entry = manifest["stages"][stage.name]
            entry.pop("failed", None)
            entry.update(sha256=result, finished=True, finishes=entry.get("finishes", 0) + 1, seconds=seconds)
            if notes:
                entry["notes"] = list(notes)
            self._write_manifest(manifest)
        return result


def _expect(manifest: dict[str, Any], stage: Stage, inputs: str) -> dict[str, Any]:
    """The entry of a stage that is to be done, in the place of what it was before."""
    before = manifest["stages"].get(stage.name, {})
    entry = {
        "inputs": inputs,
        "attempts": before.get("attempts", 0) if before.get("inputs") == inputs else 0,
        "finishes": before.get("finishes", 0),
        "finished": False,
        "file": stage.file,
    }
    manifest["stages"][stage.name] = entry
    return entry


def meetings(data: Path) -> tuple[MeetingFolder, ...]:
    """Every meeting in a data directory, newest last."""
    root = data / "meetings"
    try:
        # A folder without a manifest counts too: its recording was taken, and somebody has to hear of it.
        found = [(p.stat().st_mtime, p) for p in root.iterdir() if p.is_dir()]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StorageError(f"{root} cannot be read.", "Check the path and its rights.") from error
    return tuple(MeetingFolder(p) for _, p in sorted(found))


def find(data: Path, meeting_id: str) -> MeetingFolder:
    """The meeting of an id, or of the beginning of one.

    Raises:
        NotFoundError: If there is none, or more than one.
    """
    matching = [
        f
        for f in meetings(data)
        if f.id == meeting_id or (len(meeting_id) >= 4 and f.id.startswith(meeting_id))
    ]
    if len(matching) != 1:
        what = "More than one meeting begins" if matching else "There is no meeting that begins"
        raise NotFoundError(f"{what} with that id.", "See which there are: zhuzi status.")
    return matching[0]
