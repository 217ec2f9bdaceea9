"""What the meeting brought along: files of what was written during it, their stage, and what it puts into the record.

A transcript of what was said is read here as well; `pipeline.given` makes the record's words of it.

original/brought-01.xlsx   as it was handed in, never changed
46-brought.json            what was read of all of them; their authors' numbers stay theirs
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline import aside
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, Stage
from pipeline.hinted import void_voices
from pipeline.intake import neutral
from pipeline.keeping import holds
from pipeline.taking import take_file
from redaction import ledger
from redaction.decision import Merged, Named, Reassigned
from speakers import brought
from speakers.authors import folded
from speakers.brought import Clock, File, Item, Passage
from speakers.disk import storage_error
from speakers.error import (
    KeepingError,
    MeetingError,
    NotReleasableError,
    RecordingError,
    StageError,
    StorageError,
)
from speakers.meeting import Meeting, Source
from speakers.record import Record, WrittenKind, digest

STAGE, FILE = "brought", "46-brought.json"

_KINDS = {Source.SLIDO: WrittenKind.QUESTION, Source.CHAT: WrittenKind.MESSAGE}

_TIMEOUT_S = 30

MOST_BYTES = 16 << 20
"""Of one file."""

ENDINGS = frozenset({".csv", ".tsv", ".xlsx", ".ods", ".txt", ".md", ".vtt", ".sbv", ".srt", ".docx", ".odt"})
"""Of files that Slido, meeting platforms and people who write transcripts make; no recording has one of them."""

_VERSION = "brought 2"

_Numbers = dict[tuple[WrittenKind, str], int]
"""By the kind of what somebody wrote, and their name as it is compared."""


def named_by(meeting: Meeting, beside: Path | None) -> tuple[Path, ...]:
    """The files that `meeting.toml` names, from where it lies.

    Raises:
        MeetingError: If one is not there.
    """
    files = tuple((beside.parent if beside else Path()) / a.file for a in meeting.brought)
    for number, path in enumerate(files, start=1):
        if not path.is_file():
            raise MeetingError(
                f"Brought file {number} is not there.", "Put it beside meeting.toml, or correct its name."
            )
    return files


def files_of(meeting: Meeting, beside: Path | None) -> tuple[Path, ...]:
    """The same, looked into: what cannot be read is refused before anything is taken in.

    Raises:
        MeetingError: If one is not there, or cannot be read.
    """
    files = named_by(meeting, beside)
    for number, (path, attachment) in enumerate(zip(files, meeting.brought, strict=True), start=1):
        look(path, attachment.kind, number)
    return files


def look(path: Path, kind: Source, number: int) -> tuple[tuple[Item, ...], int]:
    """What a file holds, read by a process of its own; and how much of it not everybody saw.

    Raises:
        MeetingError: If it cannot be read.
    """
    try:
        said = _asked(path, kind) if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise MeetingError(f"Brought file {number} cannot be read.", "Copy it again.") from error
    except MeetingError as error:
        raise MeetingError(f"Brought file {number} cannot be taken: {error.what}", error.cure) from error
    except StageError as error:
        raise MeetingError(
            f"Brought file {number} cannot be read within the memory and time that it may take.",
            "Save it anew, with nothing else in it.",
        ) from error
    if said is None:
        raise MeetingError(f"Brought file {number} is too large.", "Send only what came during this meeting.")
    return tuple(Item(**values) for values in said["items"]), int(said["unseen"])


def recognised(path: Path) -> dict[Source, int]:
    """What a file may be, read by a process of its own, with how many entries it has then.

    Raises:
        MeetingError: If it is neither, or cannot be read.
        OSError: If it is not there.
    """
    too_large(path.stat().st_size)
    try:
        return {Source(kind): int(many) for kind, many in _asked(path, "")["kinds"].items()}
    except StageError as error:
        raise MeetingError(
            "The file cannot be read within the memory and time that it may take.",
            "Save it anew, with nothing else in it.",
        ) from error


def too_large(size: int) -> None:
    """Refuse a file of so many bytes if that is more than one may have.

    Raises:
        MeetingError: If it is.
    """
    if size > MOST_BYTES:
        raise MeetingError(
            f"Such a file has {MOST_BYTES >> 20} MB at most.", "Send only what came during this meeting."
        )


def _asked(path: Path, kind: str) -> dict[str, Any]:
    task = {"task": "brought", "path": str(path), "kind": str(kind), "settings": {"data": ""}}
    return aside.ask(task, _TIMEOUT_S)


def take(folder: MeetingFolder, meeting: Meeting, files: Sequence[Path]) -> None:
    """Copy what was brought beside a meeting's recording, verified, under names that tell nothing.

    Raises:
        RecordingError: If one changes or vanishes while it is copied.
        StorageError: If there is no room.
    """
    listed: list[dict[str, str | int]] = []
    for number, (file, attachment) in enumerate(zip(files, meeting.brought, strict=True), start=1):
        target = folder.root / "original" / neutral(number, file.name)
        try:
            content, size = sha256_of(file), file.stat().st_size
            if not target.is_file() or sha256_of(target) != content:
                take_file(file, target, content, f"Brought file {number}")
        except OSError as error:
            if not file.is_file():
                raise RecordingError(f"Brought file {number} cannot be read.", "Copy it again.") from error
            raise storage_error(target, error) from error
        listed.append({"file": target.name, "kind": str(attachment.kind), "sha256": content, "bytes": size})
    if listed or folder.manifest().get("brought"):
        folder.note(brought=listed)
        kept = {str(entry["file"]) for entry in listed}
        for left in (folder.root / "original").glob("brought-*"):
            if left.name not in kept:
                left.unlink()


def refuse_to_lose(folder: MeetingFolder, staying: Iterable[str]) -> None:
    """Refuse to take a file away from a meeting that is under hold.

    Args:
        folder: the meeting's.
        staying: sha256 of the files that it is to have.

    Raises:
        KeepingError: If it has another one, and is under hold.
        LedgerError: If the holds were changed by hand.
    """
    had = {str(entry["sha256"]) for entry in _listed(folder)} if folder.root.is_dir() else set()
    if had and folder.id in holds.held(folder.root.parent.parent) and had - set(staying):
        raise KeepingError(
            f"Meeting {folder.id} is under hold, so what it brought along stays.",
            "Have the hold lifted first.",
        )


def originals(folder: MeetingFolder) -> tuple[Path, ...]:
    """The files, in the folder."""
    return tuple(folder.root / "original" / str(entry["file"]) for entry in _listed(folder))


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a meeting has.

    Attributes:
        path: where it lies.
        sha256: of it; by this it is named where files come and go.
        kind: what wrote it.
        size: bytes.
        entries: that were read of it; None while it was not.
    """

    path: Path
    sha256: str
    kind: Source
    size: int
    entries: int | None


def kept(folder: MeetingFolder) -> tuple[Kept, ...]:
    """The files of a meeting, and what was read of them."""
    kinds = [Source(str(entry["kind"])) for entry in _listed(folder)]
    entries: list[int | None] = [None] * len(kinds)
    if folder.manifest()["stages"].get(STAGE, {}).get("inputs") == _inputs(folder):
        with contextlib.suppress(StorageError):
            files = iter(_read(folder.root / FILE))
            said = len(transcript(folder)) if Source.TRANSCRIPT in kinds else 0
            entries = [len(next(files).items) if kind in _KINDS else said for kind in kinds]
    return tuple(
        Kept(path, str(e["sha256"]), kind, int(e["bytes"]), many)
        for path, e, kind, many in zip(originals(folder), _listed(folder), kinds, entries, strict=True)
    )


def stages(folder: MeetingFolder, meeting: Meeting) -> tuple[Stage, ...]:
    """Read what was brought; no stage where nothing was."""
    if not _listed(folder):
        return ()

    def make(into: Path) -> tuple[str, ...]:
        known = _authors(folder)
        numbers, files, notes = dict(known or {}), list[File](), list[str]()
        said: list[list[str]] = []
        for number, (path, entry) in enumerate(zip(originals(folder), _listed(folder), strict=True), start=1):
            if not path.is_file() or sha256_of(path) != entry["sha256"]:
                raise StorageError(
                    f"Brought file {number} is gone or damaged.", "Run the recording again, with that file."
                )
            source = Source(str(entry["kind"]))
            items, unseen = look(path, source, number)
            if source is Source.TRANSCRIPT:
                said = [[item.author, item.text] for item in items]
                continue
            files.append(File(_KINDS[source], items, _voices(_KINDS[source], items, numbers)))
            if unseen:
                notes.append(f"Not shown to everybody and left out, of brought file {number}: {unseen}.")
        if known is None:
            _forget_voices(folder, meeting)
        authors = [[kind, author, number] for (kind, author), number in numbers.items()]
        values = {"version": 1, "files": [asdict(f) for f in files], "authors": authors, "said": said}
        into.write_text(json.dumps(values, ensure_ascii=False) + "\n", "utf-8")
        return tuple(notes)

    return (Stage(STAGE, FILE, lambda: _inputs(folder), make, after=()),)


def merged(folder: MeetingFolder, meeting: Meeting, record: Record) -> tuple[Record, tuple[str, ...]]:
    """A meeting's record with what was written, each where it came; and what staff have to know of it.

    Raises:
        NotReleasableError: If it was not read yet: without it the record is not all that there is.
        StorageError: If what was read is damaged.
    """
    if not _listed(folder) and not meeting.brought:
        return record, ()
    entry = folder.manifest()["stages"].get(STAGE, {})
    kinds = [a.kind for a in meeting.brought]
    known = [Source(str(listed["kind"])) for listed in _listed(folder)]
    if kinds != known or not entry.get("finished") or entry.get("inputs") != _inputs(folder):
        raise NotReleasableError(
            f"What meeting {folder.id} brought along has not been read.", "Run it: zhuzi run RECORDING."
        )
    clocks = [Clock(a.begins or meeting.begins, meeting.date) for a in meeting.brought if a.kind in _KINDS]
    made, unplaced = brought.with_brought(record, _read(folder.root / FILE), clocks)
    return made, tuple(
        f"The times of brought file {number} cannot be placed, so all of it stands at the end. "
        "Write begins = 14:05:00 into meeting.toml."
        for number in unplaced
    )


def brings_transcript(folder: MeetingFolder) -> bool:
    """Whether the meeting brought a transcript of what was said along."""
    return any(entry["kind"] == Source.TRANSCRIPT for entry in _listed(folder))


def transcript(folder: MeetingFolder) -> tuple[Passage, ...]:
    """Its paragraphs, as the stage read them.

    Raises:
        StorageError: If what was read is damaged.
    """
    try:
        said = json.loads((folder.root / FILE).read_bytes())["said"]
        return tuple(Passage(str(text), str(label)) for label, text in said)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged() from error


def _listed(folder: MeetingFolder) -> list[dict[str, Any]]:
    found = folder.manifest().get("brought", [])
    return list(found) if isinstance(found, list) else []


def _inputs(folder: MeetingFolder) -> str:
    return digest(_VERSION, *(f"{e['kind']}\0{e['sha256']}" for e in _listed(folder)))


def _voices(kind: WrittenKind, items: Iterable[Item], numbers: _Numbers) -> tuple[int, ...]:
    """The number of each item's author; who is new gets the next one, which nobody had."""
    found = []
    for item in items:
        if item.author:
            highest = max((n for (k, _), n in numbers.items() if k is kind), default=0)
            found.append(numbers.setdefault((kind, folded(item.author)), highest + 1))
        else:
            found.append(0)
    return tuple(found)


def _authors(folder: MeetingFolder) -> _Numbers | None:
    """The numbers that authors ever had here; None if nobody knows them (any more)."""
    try:
        values = json.loads((folder.root / FILE).read_bytes())
        return {(WrittenKind(kind), str(author)): int(number) for kind, author, number in values["authors"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(path: Path) -> tuple[File, ...]:
    try:
        values = json.loads(path.read_bytes())
        return tuple(
            File(WrittenKind(f["kind"]), tuple(Item(**item) for item in f["items"]), tuple(f["voices"]))
            for f in values["files"]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged() from error


def damaged() -> StorageError:
    """What was read of these files is not as it was written."""
    return StorageError("An artifact is damaged.", "Run the recording again: it is made anew.")


def _forget_voices(folder: MeetingFolder, meeting: Meeting) -> None:
    """Make void what was said of voices where nobody knows any more which author had which number."""
    entries = ledger.read(folder.ledger)
    said = [e.act for e in ledger.in_force(entries)]
    voices = {act.speaker for act in said if isinstance(act, Named | Merged | Reassigned)}
    voices |= {act.into for act in said if isinstance(act, Merged)}
    if any(map(brought.wrote, voices)):
        void_voices(folder, meeting, "the authors of what was brought were numbered again")
