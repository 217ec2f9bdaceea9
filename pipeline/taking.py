"""Taking a recording in: a verified copy in its meeting's folder, and those of further microphones beside it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from pipeline.keeping.kinds import came_back
from speakers.disk import storage_error, sync
from speakers.error import RecordingError, StorageError

_BLOCK = 1 << 20

ENDING = re.compile(r"\.[a-z0-9]{1,8}")
"""What a file's ending looks like; anything else after a dot is part of a name, and may be somebody's."""


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


def take_file(file: Path, target: Path, content: str, name: str) -> None:
    """Copy a file of some megabytes to where it stays, as `take_beside` does; errors call it by `name`.

    Raises:
        RecordingError: If it changes while it is copied.
        StorageError: If there is no room.
        OSError: If it cannot be read.
    """
    if shutil.disk_usage(target.parent).free < 2 * file.stat().st_size:
        raise StorageError("There is no room for a copy of what was brought.", "Free some disk space.")
    _copy(file, target, content, name)


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
