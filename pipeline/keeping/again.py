"""What was erased after a backup is erased again in what was restored from it, before anybody can open that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.folder import MeetingFolder
from pipeline.keeping import certificates, holds
from pipeline.keeping.certificates import Certificate, Line, Step
from pipeline.keeping.erase import remove
from pipeline.keeping.kinds import Erased, Kind, erased, noted, paths
from pipeline.register_log import account
from redaction.chain import Link
from speakers.error import KeepingError, ZhuziError

L = TypeVar("L", bound=Link)

UNKNOWN = (
    "Nothing says what was erased since this backup was made: whatever was, is back. Restore it again with "
    "--certificates DATA, or erase it anew: zhuzi purge."
)


@dataclass(frozen=True, slots=True)
class Again:
    """Who knows what was erased since.

    Attributes:
        named: a data directory, or its `keeping/`; it has to be the one that was backed up. None for none.
        found: a data directory that counts if it is that one. None for none.
    """

    named: Path | None
    found: Path | None


def apply(data: Path, people: Path, again: Again) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Erase again what newer certificates say, and take over newer holds.

    Args:
        data: the restored data directory, under a name that nobody knows yet.
        people: the restored register; it may not be there.
        again: who knows.

    Returns:
        What was erased, and what one has to know, each as sentences.

    Raises:
        KeepingError: If what was named is of another data directory.
        LedgerError: If its certificates were changed.
    """
    data.mkdir(mode=0o700, exist_ok=True)
    place = _place(again.named) if again.named else None
    if place is None and again.found is not None and (again.found / holds.PLACE).is_dir():
        place = again.found / holds.PLACE
    if place is None:
        return (), (UNKNOWN,)
    mine = certificates.read(data)
    try:
        theirs = certificates.CHAIN.read(place / "erasures.jsonl")
        newer = _newer(mine, theirs)
        more_holds = _newer(holds.CHAIN.read(holds.path_of(data)), holds.CHAIN.read(place / "holds.jsonl"))
    except ZhuziError:
        if again.named is not None:
            raise
        return (), (UNKNOWN,)
    done = tuple(_again(data, people, theirs, len(mine)))
    _take_over(place, data, "erasures", needed=bool(newer))
    _take_over(place, data, "holds", needed=bool(more_holds))
    if done:
        made = [certificates.ending(account(), one.begun, Step.AGAIN) for one, _ in done]
        certificates.add(data, *made)
    kept = () if theirs or again.named else (UNKNOWN,)
    return tuple(sentence for _, sentence in done), kept


def _place(named: Path) -> Path:
    """The folder with the chains."""
    for place in (named / holds.PLACE, named, named.parent):
        if (place / "erasures.jsonl").is_file():
            return place
    raise KeepingError(
        f"{named} has no certificates.", "Name the data directory that was backed up, or its folder keeping/."
    )


def _newer(mine: Sequence[L], theirs: Sequence[L]) -> tuple[L, ...]:
    """The links that a longer chain has more."""
    common = min(len(mine), len(theirs))
    if [one.hash for one in mine[:common]] != [one.hash for one in theirs[:common]]:
        raise KeepingError(
            "These certificates are of another data directory than the archive.",
            "Name the one that was backed up.",
        )
    return tuple(theirs[common:])


def _again(
    data: Path, people: Path, lines: tuple[Line, ...], known: int
) -> Iterator[tuple[Certificate, str]]:
    for one in certificates.certificates(lines):
        # One that was killed counts too: part of it is gone where it was, and nobody wanted it any more.
        since = one.ended is None or (one.ended.seq >= known and one.ended.step is Step.ERASED)
        if since and _gone(data, people, one):
            about = f"of meeting {one.begun.meeting}" if one.begun.meeting else one.begun.piece
            yield one, f"Erased again: {one.begun.kind} {about} (certificate {one.number})."


def _gone(data: Path, people: Path, one: Certificate) -> bool:
    """Erase it; whether there was anything to erase."""
    kind = Kind(one.begun.kind)
    if not one.begun.meeting:
        found = _apart(data, people, kind, one.begun.piece)
        for path in found:
            remove(path)
        return bool(found)
    folder = MeetingFolder(data / "meetings" / one.begun.meeting)
    found = [folder.root] if kind is Kind.MEETING and folder.root.is_dir() else [*paths(folder.root, kind)]
    if not found:
        return False
    released = str(erased(folder.manifest()).get(kind, Erased(kind, "", "", 0)).released)
    if not released:
        released = str(folder.manifest().get("released", {}).get("at", ""))
    for path in found:
        remove(path)
    if kind is not Kind.MEETING:
        made = Erased(kind, one.begun.at, one.begun.rule, one.number, released)
        folder.note(erased=noted(folder.manifest(), (made,)))
    return True


def _apart(data: Path, people: Path, kind: Kind, piece: str) -> list[Path]:
    found = {
        Kind.JOBS: [data / "work" / piece],
        Kind.VOICEPRINTS: [data / "voiceprints" / f"{piece}.json"],
        Kind.REGISTER: [people / "people" / f"{piece}.json", *people.glob(f"earlier/{piece}.*.json")],
    }[kind]
    return [path for path in found if path.exists()]


def _take_over(place: Path, data: Path, name: str, *, needed: bool) -> None:
    if not needed:
        return
    (data / holds.PLACE).mkdir(mode=0o700, exist_ok=True)
    for ending in ("jsonl", "head"):
        target = data / holds.PLACE / f"{name}.{ending}"
        shutil.copyfile(place / target.name, target)
        target.chmod(0o600)
