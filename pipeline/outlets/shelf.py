"""A folder outlet: a record's files in `KEY/`, each whole or not there; only what was put there is taken away again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from output import manifest
from pipeline.digest import sha256_of
from pipeline.outlets.parcel import Parcel
from redaction.decision import Artifact
from speakers.disk import storage_error, sync
from speakers.error import OutletError, StorageError

INDEX = frozenset({"index.html", "feed.xml", "records.json", "search"})
"""What the folder itself holds beside the records' folders; no record may be called so."""

_HERE = ".part"


def free(path: Path, key: str) -> bool:
    """Whether nothing stands under a key; upper and lower case are one on some disks."""
    return key not in INDEX and not os.path.lexists(path / key)


def check(path: Path, name: str) -> None:
    """Refuse a folder that is not there: a share that is not mounted must not look like an empty one.

    Raises:
        OutletError: If it is none.
    """
    if not path.is_dir():
        raise OutletError(
            f"The folder of outlet {name} is not there.",
            "Mount it, or make it; then run the same command again.",
        )


def put(path: Path, key: str, parcel: Parcel, files: Iterable[Artifact]) -> None:
    """Have a record's files in a folder of their own; the manifest, which names the others, comes last.

    Raises:
        StorageError: If the disk refuses, or a file is not what was released: that one is not there then.
    """
    place = path / key
    try:
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise StorageError(f"{place} is no folder.", "Move it away, then run the same command again.")
        place.mkdir(mode=0o755, exist_ok=True)
        for left in place.glob(f".*{_HERE}"):  # of a run that was killed
            left.unlink()
        for file in sorted(files, key=lambda f: (f.name == manifest.NAME, f.name)):
            if _is(place / file.name, file):
                continue
            _copied(place, parcel, file)
        sync(place)
        sync(path)
    except OSError as error:
        raise storage_error(place, error) from error


def _copied(place: Path, parcel: Parcel, file: Artifact) -> None:
    part = place / f".{file.name}{_HERE}"
    try:
        with part.open("xb") as out:
            parcel.copy(file, out)
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o644)
        part.replace(place / file.name)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def take_down(path: Path, key: str, files: Iterable[Artifact]) -> tuple[str, ...]:
    """Take away files that were put there and still have those bytes, and the folder if nothing else is in it.

    Args:
        path: of the outlet.
        key: of the record.
        files: which were put there.

    Returns:
        Names of those of them that are there with other bytes, and stay.

    Raises:
        StorageError: If the disk refuses, or a link stands in the folder's place: what it leads to stands still.
    """
    place = path / key
    if not os.path.lexists(place):
        return ()
    if place.is_symlink() or not place.is_dir():
        raise StorageError(
            f"{place} is no folder.", "Take away what it leads to, and it; then run the same command again."
        )
    known: dict[str, set[str]] = {}
    for file in files:
        known.setdefault(file.name, set()).add(file.sha256)
    stays = []
    try:
        for left in place.glob(f".*{_HERE}"):
            left.unlink()
        for name, digests in known.items():
            there = place / name
            if not os.path.lexists(there):
                continue
            if there.is_symlink() or not there.is_file() or sha256_of(there) not in digests:
                stays.append(name)
                continue
            there.unlink()
        sync(place)
        if not any(place.iterdir()):
            place.rmdir()
        sync(path)
    except OSError as error:
        raise storage_error(place, error) from error
    return tuple(stays)


def _is(path: Path, file: Artifact) -> bool:
    return path.is_file() and not path.is_symlink() and sha256_of(path) == file.sha256


def whole(path: Path, key: str, files: Iterable[Artifact]) -> bool:
    """Whether all of a record's files are there with their bytes."""
    try:
        return all(_is(path / key / file.name, file) for file in files)
    except OSError:
        return False
