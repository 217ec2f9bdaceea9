"""What the commands about outlets, their index and search answer, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from output import manifest
from pipeline.folder import MeetingFolder, find, meetings
from pipeline.lock import alone
from pipeline.outlets import index
from pipeline.outlets.find import Hit
from pipeline.outlets.listed import chosen, outlets
from pipeline.outlets.sending import Became, Result, send, withdraw
from pipeline.outlets.sent import NAME
from pipeline.public import Public, state_of
from redaction import ledger
from speakers.error import NotFoundError, RecordError, ZhuziError


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be sent, or taken down.

    Attributes:
        meetings: ids, or beginnings of them.
        outlets: names; empty for all.
        everything: every meeting of which something is public.
        withdraw: take it down instead.
        dry_run: only say what would be done.
        by: who asks.
    """

    meetings: tuple[str, ...]
    outlets: tuple[str, ...] = ()
    everything: bool = False
    withdraw: bool = False
    dry_run: bool = False
    by: str = ""


def published(data: Path, asked: Asked) -> tuple[Result, ...]:
    """Do it, one meeting after another.

    Raises:
        RecordError: If it is not said which meetings.
        ZhuziError: As `send` and `withdraw`; with several meetings, one that fails does not hold up the others.
    """
    if bool(asked.meetings) == asked.everything or (asked.withdraw and (asked.everything or asked.dry_run)):
        raise RecordError(
            "It is not said what is to be published.",
            "Give an ID, or --all; to take something down an ID and --withdraw.",
        )
    known = outlets(data)
    folders = (
        [f for f in meetings(data) if _public(f)]
        if asked.everything
        else [find(data, one) for one in asked.meetings]
    )
    if asked.withdraw:
        return tuple(r for f in folders for r in withdraw(data, f, known, asked.outlets, asked.by))
    to = chosen(known, asked.outlets)
    found: list[Result] = []
    for folder in folders:
        try:
            found += send(data, folder, to, asked.by, dry_run=asked.dry_run, unasked=asked.everything)
        except ZhuziError as error:
            if len(folders) == 1:
                raise
            found.append(Result(folder.id, "", "", Became.FAILED, failure=error))
    return tuple(found)


def _public(folder: MeetingFolder) -> bool:
    """Whether there is something to send; what is amiss is told when it is sent."""
    if not folder.public.is_dir():
        return False
    try:
        return state_of(folder, ledger.read(folder.ledger)) is Public.WHOLE
    except ZhuziError:
        return True


def lines(results: Sequence[Result]) -> Iterator[str]:
    """The same for people."""
    for one in results:
        where = f" under {one.key}" if one.key else ""
        yield f"{one.meeting}  {one.outlet or '–'}: {one.became}{where}, {one.files} files"
        yield from (f"  ! {note}" for note in one.notes)
        if one.failure:
            yield f"  ! {one.failure}"
    if not results:
        yield "There is nothing to do."


def table(results: Sequence[Result]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "results": [
            {
                "meeting": one.meeting,
                "outlet": one.outlet,
                "kind": one.kind,
                "became": str(one.became),
                "key": one.key,
                "files": one.files,
                "notes": list(one.notes),
                "failure": str(one.failure) if one.failure else "",
            }
            for one in results
        ]
    }


_NONE_OF = (NAME, manifest.NAME)
"""What holds a file of one of these names is a meeting, or one record, and no folder of records."""


def indexed(data: Path, folder: Path, title: str, url: str) -> dict[str, Any]:
    """Make the index of a folder anew.

    Raises:
        NotFoundError: If there is no such folder.
        OutletError: If it holds no published records: the data directory, what is in it, or a single record.
    """
    if not folder.is_dir():
        raise NotFoundError("There is no folder at that path.", "Check the path.")
    within = (folder.resolve(), *folder.resolve().parents)
    if (
        (folder / "meetings").is_dir()
        or data.resolve() in within
        or any((folder / n).exists() for n in _NONE_OF)
    ):
        raise index.no_records()
    with alone(data, name="sending.lock"):
        made = index.rebuild(folder, title=title, url=f"{url.rstrip('/')}/" if url else "")
    return {
        "folder": str(folder),
        "records": len(made.rows),
        "paragraphs": sum(len(row.record.paragraphs) for row in made.rows),
        "left_out": list(made.left_out),
    }


def hits(found: Sequence[Hit], data: Path) -> Iterator[str]:
    """Hits for people, each with the page on this machine."""
    for hit in found:
        text, at = "", 0
        for begin, end in hit.places:
            if begin >= at:
                text += f"{hit.snippet[at:begin]}[{hit.snippet[begin:end]}]"
                at = end
        yield f"{hit.title}  {hit.label}"
        yield f"  {text}{hit.snippet[at:]}"
        yield f"  {MeetingFolder(data / 'meetings' / hit.meeting).public / hit.link.partition('/')[2]}"
    if not found:
        yield "Nothing was found."


def found(hits_: Sequence[Hit]) -> dict[str, Any]:
    """Hits for programs."""
    return {
        "hits": [
            {
                "meeting": hit.meeting,
                "title": hit.title,
                "date": hit.date,
                "label": hit.label,
                "number": hit.number,
                "link": hit.link,
                "snippet": hit.snippet,
                "places": [list(place) for place in hit.places],
            }
            for hit in hits_
        ]
    }
