"""What is public of a meeting: put there in one step, held against what was released, and taken down again."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from redaction.decision import Artifact, Released, Revoked
from redaction.ledger import Entry
from speakers.disk import storage_error, sync
from speakers.error import StorageError

REVOKED = "revoked.json"
"""Stands in a meeting's folder as long as a revocation is not in its ledger, because that could not be written."""


class Public(StrEnum):
    """How what is public stands to what was released."""

    NOTHING = "nothing was released"
    WHOLE = "what was released last"
    EARLIER = "an earlier release"
    GONE = "nothing, though something was released"
    ALTERED = "files that were not released so"
    REVOKED = "nothing, it was revoked"
    STILL = "what was revoked"


NEXT = {
    Public.EARLIER: "A release was interrupted: an earlier one is public. Release it again: zhuzi release ID.",
    Public.GONE: "Nothing is public, though something was released: the release was interrupted, or public/ was "
    "moved away. Release it again (zhuzi release ID), or revoke it: zhuzi revoke ID.",
    Public.ALTERED: "The files in public/ are not what was released. Take them down (zhuzi revoke ID), or release "
    "again: zhuzi release ID.",
    Public.STILL: "It was revoked, but its files are still in public/. Take them down: zhuzi revoke ID.",
}
"""What to do where something is amiss."""


@contextlib.contextmanager
def alone_at_the_door(folder: MeetingFolder) -> Iterator[None]:
    """Be the only one who changes what is public, for the moment that this takes; waits for whoever does.

    It is no lock on the meeting: taking down need not wait for hours of transcription.
    """
    try:
        descriptor = os.open(folder.root, os.O_RDONLY)
    except OSError as error:
        raise storage_error(folder.public, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def artifacts(folder: Path) -> tuple[Artifact, ...]:
    """Every file of a folder, by name.

    Raises:
        OSError: If one is no plain file, or cannot be read.
    """
    paths = sorted(folder.iterdir())
    if folder.is_symlink() or any(p.is_symlink() or not p.is_file() for p in paths):
        raise OSError("a link or a folder")
    return tuple(Artifact(path.name, sha256_of(path)) for path in paths)


def state_of(folder: MeetingFolder, entries: tuple[Entry, ...]) -> Public:
    """How what is public stands to what the ledger says of releases."""
    acts = [e.act for e in entries if isinstance(e.act, Released | Revoked)]
    last = acts[-1] if acts else None
    if not os.path.lexists(folder.public):
        if isinstance(last, Released):
            return Public.GONE
        return Public.REVOKED if last or (folder.root / REVOKED).exists() else Public.NOTHING
    if isinstance(last, Revoked) or (folder.root / REVOKED).exists():
        return Public.STILL
    try:
        there = artifacts(folder.public)
    except OSError:
        return Public.ALTERED
    if last is not None and there == last.files:
        return Public.WHOLE
    earlier = (act.files for act in acts[:-1] if isinstance(act, Released))
    return Public.EARLIER if there in earlier else Public.ALTERED


def put(staging: Path, folder: MeetingFolder) -> None:
    """Make the staged folder `public/` in one rename, write-protected; what was there is moved aside first.

    Raises:
        StorageError: If the disk refuses. What was public is public again then, or nothing is.
    """
    try:
        for path in staging.iterdir():
            path.chmod(0o444)
        staging.chmod(0o555)
        before = aside(folder)
        try:
            staging.rename(folder.public)
        except OSError:
            if before is not None:
                before.rename(folder.public)
            raise
        sync(folder.root)
    except OSError as error:
        raise storage_error(folder.public, error) from error


def aside(folder: MeetingFolder) -> Path | None:
    """Move whatever is `public/` to `withdrawn/TIME`, in one rename.

    Returns:
        Where it is now; None if nothing was public.

    Raises:
        OSError: If the disk refuses.
        StorageError: If `withdrawn/` is no folder.
    """
    if not os.path.lexists(folder.public):
        return None
    withdrawn = folder.root / "withdrawn"
    if withdrawn.is_symlink() or (withdrawn.exists() and not withdrawn.is_dir()):
        raise StorageError(f"{withdrawn} is no folder.", "Move it away, then try again.")
    withdrawn.mkdir(exist_ok=True)
    moment = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S.%f")
    target, number = withdrawn / moment, 1
    while os.path.lexists(target):  # the clock was moved back
        number += 1
        target = withdrawn / f"{moment}-{number}"
    if folder.public.is_dir() and not folder.public.is_symlink():
        folder.public.chmod(0o755)  # a folder has to be writable to change the one that it is in
    folder.public.rename(target)
    sync(withdrawn)
    sync(folder.root)
    return target
