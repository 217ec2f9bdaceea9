"""`manifest.json`: which files a release is made of, how it was made, and that somebody approved it.

It says how much, how many and with what; never who.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from redaction.released import Released
from speakers.disk import sync
from speakers.error import NotFoundError, RecordError, StorageError

NAME = "manifest.json"
SIGNATURE = f"{NAME}.minisig"
"""Beside it where releases are signed; the one file that it cannot name."""

FORMAT_VERSION = 2
_KNOWN_VERSIONS = (1, 2)
"""Version 1 said nothing of settings and rules."""

_LONGEST = 4 << 20
"""Bytes of a manifest; it names a few dozen files."""

_REPORT = "This is a fault in the program; report it with the job's log."


@dataclass(frozen=True, slots=True)
class File:
    """A file of the release.

    Attributes:
        name: in the release's folder, without any path.
        sha256: hexadecimal.
        size: bytes.
    """

    name: str
    sha256: str
    size: int

    def __post_init__(self) -> None:
        if (
            not self.name
            or "/" in self.name
            or "\\" in self.name
            or self.name in {".", "..", NAME, SIGNATURE}
        ):
            raise RecordError("A file of the release has a name that is none.", _REPORT)
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256) or self.size < 0:
            raise RecordError("A file of the release has no digest or no size.", _REPORT)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known about a release and may be told.

    Attributes:
        files: (n_files,) by name.
        approval: digest of what was approved.
        approved_at: ISO time with offset.
        approvers: how many different people approved.
        hidden: how many marks of each kind were hidden.
        no_sound: why there is no sound, as a sentence; empty if there may be.
        made_with: (name, version or digest) of each model and program.
        licence: under which the release may be used.
        no_video: why there is no picture although it was asked for; empty otherwise.
        settings: (name, value) of what was chosen for this release and changes a byte of it.
        rules: (name, version) of those by which names were looked for, hidden and searched for again.
        version: of this format.
    """

    files: tuple[File, ...]
    approval: str
    approved_at: str
    approvers: int
    hidden: tuple[tuple[str, int], ...]
    no_sound: str
    made_with: tuple[tuple[str, str], ...]
    licence: str
    no_video: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        if self.version not in _KNOWN_VERSIONS:
            raise RecordError(
                f"A manifest of version {self.version} is not understood.", "Update the program."
            )
        if len({file.name for file in self.files}) != len(self.files):
            raise RecordError("Two files of the release have one name.", _REPORT)
        told = (*self.made_with, *self.settings, *self.rules)
        if any(re.match(r"[/\\~]|[A-Za-z]:[/\\]|file:", part) for pair in told for part in pair):
            # A path on the machine often holds the name of whoever works there.
            raise RecordError("A path is no name or version of a program.", _REPORT)


@dataclass(frozen=True, slots=True)
class Differences:
    """How a folder differs from its manifest: (n,) names of each, sorted.

    Attributes:
        missing: in the manifest, not in the folder.
        changed: with other bytes than approved, or no plain file.
        extra: in the folder, not in the manifest.
    """

    missing: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.missing or self.changed or self.extra)


def describe(
    released: Released,
    files: tuple[Path, ...],
    made_with: tuple[tuple[str, str], ...],
    rules: tuple[tuple[str, str], ...] = (),
) -> Manifest:
    """The manifest of files that were written from a released record.

    Args:
        released: what they were written from.
        files: (n_files,) as `output.files.write` returns them.
        made_with: (name, version or digest) of each model and program.
        rules: (name, version) of those by which names were looked for and hidden.
    """
    sound = (("hidden sound", released.sound.hide_with.value),) if released.sound.allowed else ()
    return Manifest(
        files=tuple(sorted((_file(path) for path in files), key=lambda file: file.name)),
        approval=released.approval,
        approved_at=released.approved_at,
        approvers=released.approvers,
        hidden=released.hidden,
        no_sound=released.sound.reason,
        made_with=made_with,
        licence=released.licence.value,
        no_video=released.picture.reason,
        settings=(("language", released.language), *sound),
        rules=rules,
    )


def serialize(manifest: Manifest) -> bytes:
    """The manifest as JSON: UTF-8, keys sorted; the same manifest gives the same bytes."""
    fields = asdict(manifest)
    if manifest.version == 1:
        del fields["settings"], fields["rules"]
    return (json.dumps(fields, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode("utf-8")


def parse(data: bytes) -> Manifest:
    """The manifest that `serialize` wrote.

    Raises:
        StorageError: If it is none.
        RecordError: If it says something that cannot be.
    """
    try:
        fields: dict[str, Any] = json.loads(data)
        return Manifest(
            files=tuple(File(str(f["name"]), str(f["sha256"]), int(f["size"])) for f in fields["files"]),
            approval=str(fields["approval"]),
            approved_at=str(fields["approved_at"]),
            approvers=int(fields["approvers"]),
            hidden=tuple((str(kind), int(count)) for kind, count in fields["hidden"]),
            no_sound=str(fields["no_sound"]),
            made_with=_pairs(fields["made_with"]),
            licence=str(fields["licence"]),
            no_video=str(fields.get("no_video", "")),
            settings=_pairs(fields.get("settings", ())),
            rules=_pairs(fields.get("rules", ())),
            version=int(fields["version"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise StorageError(f"{NAME} is damaged.", "Release the meeting again.") from error


def _pairs(given: Iterable[tuple[object, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in given)


def write(manifest: Manifest, folder: Path) -> Path:
    """Put the manifest beside the files that it describes.

    Raises:
        StorageError: If the disk refuses.
    """
    path = folder / NAME
    try:
        path.write_bytes(serialize(manifest))
        sync(path)
        sync(folder)
    except OSError as error:
        raise StorageError(
            f"{NAME} cannot be written.", "Look at the disk's space and rights, then release again."
        ) from error
    return path


def verify(folder: Path) -> Differences:
    """Compare a release's folder with its manifest, byte by byte; whether the signature is right is not looked at.

    Raises:
        NotFoundError: If there is no manifest.
        StorageError: If the manifest or a file cannot be read.
    """
    try:
        manifest = parse(read(folder))
        known = {file.name: file for file in manifest.files}
        there = {path.name: path for path in folder.iterdir() if path.name not in {NAME, SIGNATURE}}
        changed = (name for name in known.keys() & there.keys() if not _same(there[name], known[name]))
        return Differences(
            missing=tuple(sorted(known.keys() - there.keys())),
            changed=tuple(sorted(changed)),
            extra=tuple(sorted(there.keys() - known.keys())),
        )
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no {NAME} in the release.", "Release the meeting again.") from error
    except OSError as error:
        raise StorageError("The release cannot be read.", "Look at the folder's rights.") from error


def read(folder: Path, name: str = NAME) -> bytes:
    """The bytes of a manifest or its signature, of a plain file: nobody's pipe, device or link is followed.

    Raises:
        FileNotFoundError: If there is none.
        OSError: If it cannot be read.
        StorageError: If it is no plain file, or too long for one.
    """
    path = folder / name
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise StorageError(f"{name} is no plain file.", "Get the folder again from where it was published.")
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        data = opened.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise StorageError(f"{name} is damaged.", "Release the meeting again.")
    return data


def _same(path: Path, expected: File) -> bool:
    """Whether it is a plain file with those bytes; a link could be pointed elsewhere after the check."""
    return path.is_file() and not path.is_symlink() and _file(path) == expected


def _file(path: Path) -> File:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return File(path.name, digest, path.stat().st_size)
