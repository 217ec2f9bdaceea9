"""What was written during a meeting, as it is dropped and as its form names it: by upload, or by content."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import brought, intake, meeting_toml
from pipeline.brought import Kept
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Run
from pipeline.jobs.spool import Jobs
from pipeline.toml_values import tables
from pipeline.uploads import Upload, Uploads
from speakers.error import BusyError, MeetingError, RecordError
from speakers.meeting import Source


@dataclass(frozen=True, slots=True)
class Brought:
    """The files that a meeting is to have.

    Attributes:
        text: what was typed, as TOML that calls them by neutral names.
        files: where each lies now, by that name.
        digests: (n_files,) sha256 of each.
        uploads: those of them that were sent.
    """

    text: str
    files: dict[str, Path]
    digests: tuple[str, ...]
    uploads: tuple[Upload, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """One of them, with its block of the meeting's file."""

    block: Mapping[str, Any]
    path: Path
    ending: str
    sha256: str
    upload: Upload | None = None
    known: bool = False


def brought_along(
    text: str,
    uploads: Uploads,
    owner: int,
    *,
    there: Sequence[Kept] = (),
    before: Sequence[Mapping[str, Any]] = (),
    removed: Collection[str] = (),
) -> Brought:
    """Find the files that were typed about, look into those that are new, and give each a name that tells nothing.

    Args:
        text: what was typed, as TOML; a block names its file by the id of an upload, or by sha256.
        uploads: where files are that were sent.
        owner: number of the account that sent them.
        there: files that the meeting has.
        before: what its file said of them until now, in their order: that stays where nothing is typed about one.
        removed: sha256 of those that it is to have no longer.

    Raises:
        MeetingError: If one cannot be read as what it is said to be.
        RecordError: If one is there twice.
        ZhuziError: As `pipeline.uploads.Uploads.look`.
    """
    table = meeting_toml.table_of(text)
    typed = {str(block.get("file", "")): block for block in tables(table.get("brought", []), "brought")}
    found: list[_File] = []
    for number, kept in enumerate(there):
        said = before[number] if number < len(before) else {"kind": str(kept.kind)}
        block = typed.pop(kept.sha256, said)
        if kept.sha256 not in removed:
            same = block.get("kind") == kept.kind
            found.append(_File(block, kept.path, kept.path.suffix, kept.sha256, known=same))
    for name, block in typed.items():
        if len(name) == _SHA256:
            raise BusyError("What this meeting brought along was changed meanwhile.", "Load the page again.")
        upload = uploads.look(owner, name)
        found.append(_File(block, uploads.path(upload), upload.ending, upload.sha256, upload))
    if len({f.sha256 for f in found}) != len(found):
        raise twice()
    blocks, files = [], dict[str, Path]()
    for number, one in enumerate(found, start=1):
        kind = str(one.block.get("kind", ""))
        if kind not in set(Source):
            raise MeetingError(
                f"Nobody said what brought file {number} is.", "Choose Slido, chat or transcript."
            )
        if not one.known:
            brought.look(one.path, Source(kind), number)
        name = intake.neutral(number, f"x{one.ending}")
        blocks.append({**one.block, "file": name})
        files[name] = one.path
    if table.pop("brought", None) or blocks:
        text = intake.canonical({**table, "brought": blocks} if blocks else table).decode()
    sent = tuple(one.upload for one in found if one.upload is not None)
    return Brought(text, files, tuple(one.sha256 for one in found), sent)


_SHA256 = 64


def twice() -> RecordError:
    """The same file came more than once."""
    return RecordError("The same file was dropped twice.", "Remove one of the two.")


def refuse_meanwhile(work: Jobs, folder: MeetingFolder) -> None:
    """Refuse to change what a meeting brought along while a job that waits is about to change it.

    Raises:
        BusyError: If one is.
    """
    here = {kept.sha256 for kept in brought.kept(folder)}
    for job in work.jobs():
        if not job.open or not isinstance(job.order, Run) or job.meeting_id != folder.id:
            continue
        waiting = here
        with suppress(OSError):  # it ended just now
            waiting = {sha256_of(path) for path in work.folder(job.id).glob("brought-*")}
        if waiting != here and work.job(job.id).open:
            raise BusyError(
                "What this meeting brought along is being changed already.",
                "Wait until that is done, then load the page again.",
            )
