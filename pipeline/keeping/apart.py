"""What is erased and belongs to no one meeting: jobs that failed, expired voiceprints, entries that nobody needs."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import meeting_toml, register
from pipeline.digest import sha256_of
from pipeline.folder import meetings
from pipeline.jobs.spool import Jobs
from pipeline.keeping.certificates import File
from pipeline.keeping.kinds import GUESSABLE, Kind, called, files
from pipeline.settings import Settings
from pipeline.uses import people_of
from pipeline.voiceprints import Register as Voiceprints
from speakers.error import MeetingError


@dataclass(frozen=True, slots=True)
class Piece:
    """One of them.

    Attributes:
        id: its own; no name.
        count: how many files.
        bytes: of all of them.
    """

    id: str
    count: int
    bytes: int


def due(
    chosen: Settings, kind: Kind, before: datetime.datetime, *, held: frozenset[str]
) -> tuple[Piece, ...]:
    """What is due.

    Args:
        chosen: the settings.
        kind: JOBS, VOICEPRINTS or REGISTER.
        before: it ended, expired or was changed for the last time before this moment.
        held: ids of meetings under hold.
    """
    if kind is Kind.JOBS:
        return tuple(_jobs(chosen, before, held))
    if kind is Kind.VOICEPRINTS:
        return tuple(_voiceprints(chosen, before))
    return tuple(_register(chosen, before))


def listed(chosen: Settings, kind: Kind, piece_id: str) -> tuple[File, ...]:
    """The files of one of them, as a certificate lists them."""
    return tuple(
        File(
            called(path),
            path.lstat().st_size,
            "" if kind is not Kind.JOBS or GUESSABLE.fullmatch(path.name) else sha256_of(path),
        )
        for path in _files(chosen, kind, piece_id)
    )


def erase(chosen: Settings, kind: Kind, piece_id: str) -> None:
    """Erase one of them.

    Raises:
        ZhuziError: If it is not there any more, cannot be erased, or is a job that somebody had done again meanwhile.
    """
    if kind is Kind.JOBS:
        Jobs(chosen).discard(piece_id)
    elif kind is Kind.VOICEPRINTS:
        Voiceprints(chosen.data, chosen.voiceprint_key).delete(piece_id, "expired")
    else:
        register.of(chosen.data).remove(piece_id)


def _files(chosen: Settings, kind: Kind, piece_id: str) -> tuple[Path, ...]:
    if kind is Kind.JOBS:
        return tuple(files(chosen.data / "work" / piece_id))
    if kind is Kind.VOICEPRINTS:
        return (chosen.data / "voiceprints" / f"{piece_id}.json",)
    place = register.of(chosen.data).place
    return (place / "people" / f"{piece_id}.json", *sorted((place / "earlier").glob(f"{piece_id}.*.json")))


def _piece(chosen: Settings, kind: Kind, piece_id: str) -> Piece:
    sizes = [path.lstat().st_size for path in _files(chosen, kind, piece_id)]
    return Piece(piece_id, len(sizes), sum(sizes))


def _jobs(chosen: Settings, before: datetime.datetime, held: frozenset[str]) -> Iterator[Piece]:
    for job in Jobs(chosen).jobs():
        ended = job.ended if job.ended is not None else time.time()
        if not job.open and ended <= before.timestamp() and job.meeting_id not in held:
            yield _piece(chosen, Kind.JOBS, job.id)


def _voiceprints(chosen: Settings, before: datetime.datetime) -> Iterator[Piece]:
    prints = Voiceprints(chosen.data, chosen.voiceprint_key)
    for print_id in prints.ids:
        until = prints.until(print_id)
        if until is not None and not prints.usable(print_id) and until <= before.date().isoformat():
            yield _piece(chosen, Kind.VOICEPRINTS, print_id)


def _register(chosen: Settings, before: datetime.datetime) -> Iterator[Piece]:
    people = register.of(chosen.data)
    needed = {*people.everywhere(), *(i for folder in meetings(chosen.data) for i in people_of(folder))}
    needed |= {i for path in (chosen.data / "work").glob("*/meeting.toml") for i in _named(path)}
    for entry_id in people.ids:
        if entry_id in needed:
            continue
        changed = people.read(entry_id, "retention").changed_at
        if changed and datetime.datetime.fromisoformat(changed) <= before:
            yield _piece(chosen, Kind.REGISTER, entry_id)


def _named(path: Path) -> frozenset[str]:
    """Ids of the entries that a waiting job names.

    Raises:
        MeetingError: If that cannot be told: nobody is erased from the register then.
    """
    try:
        table = meeting_toml.table_of(meeting_toml.text_of(path))
        return frozenset(str(b["person"]) for b in table.get("participants", []) if "person" in b)
    except (TypeError, AttributeError) as error:
        raise MeetingError(
            "The meeting.toml of a waiting job cannot be read.", "Give that job up."
        ) from error
