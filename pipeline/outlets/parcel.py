"""What is sent: exactly the bytes that were released, each held against its digest in the reading that is sent."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from output import manifest
from pipeline import window
from pipeline.folder import MeetingFolder
from pipeline.public import NEXT, Public, alone_at_the_door, state_of
from pipeline.review import draft_of
from pipeline.window import Stage
from redaction import ledger
from redaction.decision import Artifact, Released
from redaction.forbidden import Forbidden, forbidden
from speakers.disk import storage_error
from speakers.error import NotReleasableError, StorageError

_BLOCK = 1 << 20

TEXT_AT_MOST = 64 << 20
"""Bytes of a file that is sent as a whole."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A release that may be sent.

    Attributes:
        folder: the meeting.
        release: digest of the content.
        at: when it was released.
        slug: what its files are called, without their endings.
        files: (n_files,) by name.
        sought: what must not be in it, as the register says today.
        changed: whether the record is another one by now than was released.
    """

    folder: MeetingFolder
    release: str
    at: str
    slug: str
    files: tuple[Artifact, ...]
    sought: Forbidden
    changed: bool

    def blocks(self, file: Artifact) -> Iterator[bytes]:
        """The bytes of a file; the error comes after the last one if they are not those that were released."""
        path = self.folder.public / file.name
        seen = hashlib.sha256()
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as opened:
                while block := opened.read(_BLOCK):
                    seen.update(block)
                    yield block
        except OSError as error:
            raise storage_error(path, error) from error
        if seen.hexdigest() != file.sha256:
            raise StorageError(
                f"{path} is not what was released.", "Release it again, or take it down: zhuzi revoke ID."
            )

    def bytes_of(self, file: Artifact) -> bytes:
        """All of a text file.

        Raises:
            StorageError: If it is not what was released, or too long for a text.
        """
        whole = io.BytesIO()
        for block in self.blocks(file):
            if whole.tell() + len(block) > TEXT_AT_MOST:
                raise StorageError("A file of the release is too long for a text.", "Report it.")
            whole.write(block)
        return whole.getvalue()

    def copy(self, file: Artifact, into: BinaryIO) -> None:
        """Write a file's bytes into an open one; whoever calls it throws that one away after an error."""
        into.writelines(self.blocks(file))

    def ending(self, ending: str) -> Artifact | None:
        """The file with an ending, such as "an.xml"."""
        return next((f for f in self.files if f.name == f"{self.slug}.{ending}"), None)


def parcel(folder: MeetingFolder) -> Parcel:
    """What was released last of a meeting, if it is public, whole, and nobody is asked about it at the moment.

    Raises:
        NotReleasableError: If there is nothing that may be sent.
        LedgerError: If the ledger is damaged.
        ZhuziError: If the draft cannot be read: then nobody can say whom it has to hide.
    """
    with alone_at_the_door(folder):
        act, at = _released(folder)
    draft = draft_of(folder)
    if window.stage(window.of(folder), draft, 0) in {Stage.OPEN, Stage.UNANSWERED}:
        raise NotReleasableError(
            "Its correction window is open again since it was released.",
            "Wait until it is over, and release it again: zhuzi release ID.",
        )
    slug = next((f.name.removesuffix(".md") for f in act.files if f.name.endswith(".md")), "")
    if not slug or not any(f.name == manifest.NAME for f in act.files):
        raise NotReleasableError("The release lacks its text.", "Release it again: zhuzi release ID.")
    return Parcel(folder, act.digest, at, slug, act.files, forbidden(draft), act.digest != draft.digest)


def still_there(parcel_: Parcel) -> bool:
    """Whether the same release is public still."""
    with alone_at_the_door(parcel_.folder):
        try:
            act, _ = _released(parcel_.folder)
        except NotReleasableError:
            return False
    return act.files == parcel_.files


def _released(folder: MeetingFolder) -> tuple[Released, str]:
    entries = ledger.read(folder.ledger)
    state = state_of(folder, entries)
    if state is not Public.WHOLE:
        raise NotReleasableError(
            "Nothing is public of it as it was released last.",
            NEXT.get(state, "Release it first: zhuzi release ID."),
        )
    entry = next(e for e in reversed(entries) if isinstance(e.act, Released))
    assert isinstance(entry.act, Released)  # noqa: S101 - it was chosen so
    return entry.act, entry.at


def first_line(folder: MeetingFolder, files: tuple[Artifact, ...]) -> str:
    """The heading of a record that was released once, from its Markdown; empty if that is gone."""
    wanted = {f.sha256 for f in files if f.name.endswith(".md")}
    for place in (folder.public, *sorted((folder.root / "withdrawn").glob("*"))):
        for path in _plain(place):
            try:
                data = path.read_bytes()
            except OSError:
                continue
            if hashlib.sha256(data).hexdigest() in wanted:
                return data.decode("utf-8").partition("\n")[0]
    return ""


def _plain(place: Path) -> Iterator[Path]:
    yield from (p for p in sorted(place.glob("*.md")) if p.is_file() and not p.is_symlink())
