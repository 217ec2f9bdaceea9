"""A meeting's folder: a place a person can open, in which nothing half-written has a final name.

original/recording.m4a   what was dropped, never changed
meeting.toml             what staff said about it; of hidden people only their ids in the consent register
10-sound.wav … 40-record.json   what each stage made
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
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.digest import sha256_of
from pipeline.keeping.kinds import Kind, came_back, refuse
from speakers.disk import sync
from speakers.error import NotFoundError, RecordingError, StorageError

_BLOCK = 1 << 20

ENDING = re.compile(r"\.[a-z0-9]{1,8}")
"""What a file's ending looks like; anything else after a dot is part of a name, and may be somebody's."""

_DISK = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "EFBIG", "ENAMETOOLONG", "EISDIR")
)
"""Errors that are about the disk, and not about whatever library a stage calls."""


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
        temporary.unlink(missing_ok=True)
        raise storage_error(path, error) from error


def storage_error(path: Path, error: OSError) -> StorageError:
    """What a failed write means for people."""
    reason = (os.strerror(error.errno) if error.errno else type(error).__name__).lower()
    return StorageError(
        f"{path.parent} cannot be written ({reason}).",
        "Free some disk space, or allow writing there, then run again: what is finished stays.",
    )


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

    def note(self, **values: object) -> None:
        """Put facts about the whole meeting into the manifest."""
        self._write_manifest({**self.manifest(), **values})

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

    def perform(self, stage: Stage) -> str:
        """Do a stage unless its result is good; its file appears whole or not at all.

        Returns:
            The sha256 of the result.
        """
        manifest = self.manifest()
        if self.done(stage):
            return str(manifest["stages"][stage.name]["sha256"])
        before = manifest["stages"].get(stage.name, {})
        inputs = stage.inputs()
        attempts = before.get("attempts", 0) + 1 if before.get("inputs") == inputs else 1
        runs = before.get("finishes", 0)
        entry = {
            "inputs": inputs,
            "attempts": attempts,
            "finishes": runs,
            "finished": False,
            "file": stage.file,
        }
        manifest["stages"][stage.name] = entry
        self._write_manifest(manifest)
        path = self.root / stage.file
        temporary = path.with_name(f".{path.name}.part")
        started = time.monotonic()
        try:
            notes = stage.make(temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            result = sha256_of(temporary)
            if path.is_dir():  # put there by hand; a file could not replace it
                shutil.rmtree(path)
            temporary.replace(path)
            sync(self.root)
        except OSError as error:
            if error.errno not in _DISK:
                raise
            raise storage_error(path, error) from error
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        manifest = came_back(manifest, stage.file)
        entry.update(
            sha256=result, finished=True, finishes=runs + 1, seconds=round(time.monotonic() - started, 2)
        )
        if notes:
            entry["notes"] = list(notes)
        self._write_manifest(manifest)
        return result


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


def _copy(recording: Path, target: Path, content: str, name: str) -> None:
    """Copy a file, verified by its sha256, write-protected, and on the disk before it has its name.

    Errors call it by `name`.
    """
    temporary = target.with_name(f".{target.stem}.part")
    try:
        with recording.open("rb") as source, temporary.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    if sha256_of(temporary) != content:
        temporary.unlink()
        raise RecordingError(
            f"{name} changed while it was copied.",
            "Wait until it is complete, then run again.",
        )
    temporary.chmod(0o400)
    temporary.replace(target)
    sync(target.parent)


def take_beside(folder: MeetingFolder, files: tuple[Path, ...]) -> None:
    """Copy the files of further microphones beside a meeting's recording, verified.

    They are called by their content, since their names may be somebody's. The manifest lists them in their order.

    Raises:
        RecordingError: If one changes or vanishes while it is copied, or is there twice.
        StorageError: If there is no room.
    """
    listed: list[dict[str, str | int]] = []
    for number, file in enumerate(files, start=1):
        try:
            content, size = sha256_of(file), file.stat().st_size
        except OSError as error:
            raise RecordingError(
                f"The file of microphone {number} cannot be read.", "Copy it again."
            ) from error
        if content in {folder.manifest()["recording"]["sha256"], *(m["sha256"] for m in listed)}:
            raise RecordingError(
                f"Microphone {number} is the recording itself, or a microphone that was named before.",
                "Name every file once.",
            )
        ending = file.suffix.lower()
        name = f"microphone-{content[:12]}{ending if ENDING.fullmatch(ending) else ''}"
        target = folder.root / "original" / name
        try:
            if not target.is_file() or sha256_of(target) != content:
                if shutil.disk_usage(target.parent).free < 2 * size:
                    raise StorageError(
                        f"There is no room for a copy of microphone {number}.", "Free some disk space."
                    )
                _copy(file, target, content, f"The file of microphone {number}")
        except OSError as error:
            raise storage_error(target, error) from error
        listed.append({"file": name, "sha256": content, "bytes": size})
    if listed or folder.manifest().get("microphones"):
        folder.note(microphones=listed)


def take(recording: Path, data: Path) -> MeetingFolder:
    """Copy a recording into its meeting's folder, verified; what is already there is not copied again.

    Args:
        recording: the file, which is left alone.
        data: where meetings live.

    Raises:
        RecordingError: If it changes or vanishes while it is copied.
        StorageError: If there is no room for it.
    """
    try:
        content = sha256_of(recording)
        size = recording.stat().st_size
    except OSError as error:
        raise RecordingError(f"{recording.name} cannot be read.", "Copy it again.") from error
    folder = MeetingFolder(data / "meetings" / content[:12])
    ending = recording.suffix.lower()
    target = folder.root / "original" / f"recording{ending if ENDING.fullmatch(ending) else ''}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.root.chmod(0o700)
        others = sorted(target.parent.glob("recording*"))
        if not any(p.stat().st_size == size and sha256_of(p) == content for p in others):
            if shutil.disk_usage(target.parent).free < 2 * size:
                raise StorageError(
                    f"There is no room for a copy of this recording in {data}.",
                    "Free some disk space, or choose another place with --data.",
                )
            _copy(recording, target, content, recording.name)
            for damaged in (p for p in others if p != target):
                damaged.unlink()
    except OSError as error:
        raise storage_error(target, error) from error
    finally:
        for empty in (target.parent, folder.root):  # where nothing was taken, nothing is left
            with contextlib.suppress(OSError):
                empty.rmdir()
    if not (folder.root / "manifest.json").exists():
        folder.note(recording={"sha256": content, "bytes": size}, stages={}, version=1)
    elif folder.manifest() != (back := came_back(folder.manifest(), f"original/{target.name}")):
        folder.note(erased=back["erased"])
    return folder
