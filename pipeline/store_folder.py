"""A meeting's folder at both ends of a store: what home sends, what a worker's copy keeps, what home takes back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from pipeline.keeping.kinds import came_back
from pipeline.lock import alone
from pipeline.store_generation import SOURCES, Entry, Generation, Kept
from redaction import ledger
from redaction.decision import Rediarized
from speakers.disk import storage_error, sync
from speakers.error import StorageError

MANIFEST_LOCK = "manifest.lock"
"""What `MeetingFolder.changing` locks."""

ARRIVING = ".arriving-"
"""How the name of a file begins that is on its way from the store."""


def at_home(folder: MeetingFolder) -> tuple[dict[str, Any], dict[str, Kept]]:
    """Home's manifest, and the files that workers need of what it has.

    The ledger goes along only where somebody told in it how many voices there are: workers need nothing else of it.
    """
    with alone(folder.root, name=MANIFEST_LOCK):
        manifest = folder.manifest()
        files: dict[str, Kept] = {}
        try:
            hinted = any(isinstance(e.act, Rediarized) for e in ledger.read(folder.ledger))
            for path in SOURCES if hinted else SOURCES[:1]:
                if (folder.root / path).exists():
                    files[path] = Kept(sha256_of(folder.root / path), (folder.root / path).stat().st_size)
            for entry in manifest["stages"].values():
                made = folder.root / str(entry["file"])
                if entry.get("finished") and made.is_file():
                    files[str(entry["file"])] = Kept(str(entry["sha256"]), made.stat().st_size)
        except OSError as error:
            raise StorageError(
                f"A file of meeting {folder.id} cannot be read.", "Run the recording again: it is made anew."
            ) from error
    return manifest, files


def is_right(path: Path, kept: Kept) -> bool:
    """Whether a file is there with the right bytes."""
    try:
        return path.stat().st_size == kept.size and sha256_of(path) == kept.sha256
    except OSError:
        return False


def with_own(newest: Generation, mine: dict[str, Any]) -> dict[str, Entry]:
    """The stages of the newest generation, and those that this machine is at, or did and has not committed yet."""
    stages = {name: dict(entry) for name, entry in newest.stages.items()}
    same = mine.get("store", {}).get("basis") == newest.basis
    for name, entry in mine["stages"].items():
        expected = stages.get(name, {}).get("inputs")
        if not stages.get(name, {}).get("finished") and (
            entry.get("inputs") == expected or (expected is None and same)
        ):
            stages[name] = entry
    return stages


def wanted(folder: MeetingFolder, name: str, entry: Entry, *, same_basis: bool) -> bool:
    """Whether home lacks a result that it expects."""
    here = folder.manifest()["stages"].get(name, {})
    if here.get("inputs", entry["inputs"] if same_basis else None) != entry["inputs"]:
        return False
    if not here.get("finished"):
        return True
    path = folder.root / str(here["file"])
    return here["sha256"] == entry["sha256"] and not is_right(path, Kept(str(here["sha256"]), _size(path)))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def adopt(folder: MeetingFolder, name: str, entry: Entry, half: Path) -> bool:
    """Give a result that arrived its name, unless home did the stage meanwhile or expects something else now."""
    with folder.changing() as manifest:
        here = manifest["stages"].get(name, {})
        other = here.get("finished") and here.get("sha256") != entry["sha256"]
        if other or here.get("inputs", entry["inputs"]) != entry["inputs"]:
            return False
        path = folder.root / str(entry["file"])
        try:
            path.parent.mkdir(exist_ok=True)
            if path.is_dir():  # put there by hand; a file could not replace it
                shutil.rmtree(path)
            half.replace(path)
            sync(path.parent)
        except OSError as error:
            raise storage_error(path, error) from error
        manifest["stages"][name] = entry
        manifest.update(came_back(manifest, str(entry["file"])))
    return True
