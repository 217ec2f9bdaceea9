"""Revoking a release: its files leave `public/`, every approval is void, and what has to be taken down is listed."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from output import manifest
from pipeline.folder import MeetingFolder, write_atomically
from pipeline.outlets import find, sent
from pipeline.outlets.sent import Standing
from pipeline.printable import printable
from pipeline.public import REVOKED, alone_at_the_door, artifacts, aside
from pipeline.run import meeting_of
from redaction import ledger
from redaction.decision import Artifact, Released, Revoked
from redaction.ledger import Entry
from speakers.disk import storage_error
from speakers.error import LedgerError, RecordError, ZhuziError
from speakers.meeting import Link
from speakers.moment import moment


@dataclass(frozen=True, slots=True)
class Outing:
    """Files that went out together.

    Attributes:
        at: when, as an ISO time; empty if nobody knows.
        approvers: who approved them, as they wrote their names; empty if nobody knows.
        files: (n_files,) by name.
    """

    at: str
    approvers: tuple[str, ...]
    files: tuple[Artifact, ...]


@dataclass(frozen=True, slots=True)
class Revocation:
    """That somebody took it down.

    Attributes:
        at: when, as an ISO time.
        who: by their own name for themselves.
        reason: what they typed.
    """

    at: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Takedown:
    """What has to be taken down wherever it was put.

    Attributes:
        withdrawn: where the public files are now; None if nothing was public.
        outings: (n_releases,) everything that was ever released of this meeting, the oldest first.
        links: pages of the meeting, where it may have been put.
        notes: what could not be looked into, each a sentence.
        failures: why the ledger does not hold it yet, or why the files are still there; empty as a rule.
        revocations: (n_revocations,) every time that it was taken down, the oldest first.
        standing: (n_places,) where `zhuzi publish` put it and it still stands, or may.
    """

    withdrawn: Path | None
    outings: tuple[Outing, ...]
    links: tuple[Link, ...]
    notes: tuple[str, ...]
    failures: tuple[ZhuziError, ...]
    revocations: tuple[Revocation, ...] = ()
    standing: tuple[Standing, ...] = ()


def revoke(folder: MeetingFolder, who: str, reason: str) -> Takedown:
    """Take down what is public of a meeting, whatever else is damaged or being worked on.

    The revocation is in the ledger before the files move, so that nobody can release them again without a new
    approval. If the ledger cannot be written, a note in the folder stands for it until it can, and shuts the gate.

    Raises:
        LedgerError: If nobody says who they are; nothing happens then.
        RecordError: If no reason is given; likewise.
    """
    if not who.strip():
        raise LedgerError("Nobody decided this.", "Say who you are: --reviewer NAME.")
    if not reason.strip():
        raise RecordError("Revoking needs a reason.", "Give one: --reason TEXT.")
    failures: list[ZhuziError] = []
    withdrawn = None
    with alone_at_the_door(folder):
        try:
            _record(folder, who, reason)
        except RecordError:
            raise
        except ZhuziError as error:
            failures.append(error)
        try:
            withdrawn = aside(folder)
        except ZhuziError as error:
            failures.append(error)
        except OSError as error:
            failures.append(storage_error(folder.public, error))
    with contextlib.suppress(ZhuziError):  # the next search does it, before it looks
        find.update(folder.root.parent.parent)
    return _listed(folder, withdrawn, tuple(failures))


def _record(folder: MeetingFolder, who: str, reason: str) -> None:
    """Into the ledger; or, until that can be written, into a note that shuts the gate as well."""
    note = folder.root / REVOKED
    try:
        ledger.append(folder.ledger, who, (Revoked(reason),), how="zhuzi revoke")
    except RecordError:
        raise
    except ZhuziError:
        at = moment()
        said = json.dumps({"who": who, "at": at, "reason": reason}, ensure_ascii=False)
        with contextlib.suppress(ZhuziError):  # a full disk does not keep files public
            write_atomically(note, said.encode("utf-8"))
        raise
    try:
        note.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(note, error) from error


def listed(folder: MeetingFolder) -> Takedown:
    """Everything that ever went out of a meeting, without taking anything down; damage is told in its notes."""
    return _listed(folder, None, ())


def _listed(folder: MeetingFolder, withdrawn: Path | None, failures: tuple[ZhuziError, ...]) -> Takedown:
    notes: list[str] = []
    entries: tuple[Entry, ...] = ()
    links: tuple[Link, ...] = ()
    try:
        entries = ledger.read(folder.ledger)
    except ZhuziError:
        notes.append("The ledger cannot be read: the list is of the files that are here.")
    try:
        links = meeting_of(folder).links
    except ZhuziError:
        notes.append("The links of the meeting cannot be read: look for them in the files.")
    outings = [Outing(e.at, e.act.approvers, e.act.files) for e in entries if isinstance(e.act, Released)]
    known = {outing.files for outing in outings}
    still = [folder.public] if os.path.lexists(folder.public) else []
    for place in (*sorted((folder.root / "withdrawn").glob("*")), *still):
        try:
            files = artifacts(place)
        except OSError:
            notes.append(f"{place} cannot be read to its end: look into it yourself.")
            continue
        if files and files not in known:
            known.add(files)
            outings.append(Outing(_approved_at(place), (), files))
    taken = [Revocation(e.at, e.who, e.act.reason) for e in entries if isinstance(e.act, Revoked)]
    standing: tuple[Standing, ...] = ()
    try:
        standing = sent.standing(sent.read(folder))
    except ZhuziError:
        notes.append("What was sent where cannot be read: look into each outlet.")
    return Takedown(
        withdrawn,
        tuple(outings),
        links,
        tuple(notes),
        failures,
        (*taken, *_noted(folder.root / REVOKED)),
        standing,
    )


def _noted(note: Path) -> Iterator[Revocation]:
    """The revocation that waits for its ledger; none if there is none, or its note cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        match json.loads(note.read_bytes()):
            case {"who": str(who), "at": str(at), "reason": str(reason)}:
                yield Revocation(at, who, reason)


def _approved_at(place: Path) -> str:
    with contextlib.suppress(ZhuziError, OSError):
        return manifest.parse((place / manifest.NAME).read_bytes()).approved_at
    return ""


def lines(taken: Takedown) -> Iterator[str]:
    """The list for people."""
    if taken.withdrawn:
        yield f"Withdrawn to {taken.withdrawn}."
    elif not taken.failures:
        yield "Nothing was public here."
    if taken.outings:
        yield "Take these down wherever they were put (web pages, SayIt, mails, feeds, search engines, archives):"
    for outing in taken.outings:
        names = ", ".join(printable(name, "").strip() for name in outing.approvers)
        by = f", approved by {names}" if names else ""
        yield f"  released {outing.at or 'at a time that nobody noted'}{by}"
        for file in outing.files:
            yield f"    {file.sha256}  {file.name}"
    for place in taken.standing:
        where = f"at outlet {place.begun.outlet} under {place.key}, since {place.at}."
        yield f"It stands {where}" if place.sure else f"It may stand {where}"
    if taken.standing:
        yield "Take it down there: zhuzi publish --withdraw ID."
    if taken.links:
        yield "Pages of this meeting, which may hold or name them:"
    yield from (f"  {link.label} {link.url}" for link in taken.links)
    yield from (f"  ! {note}" for note in taken.notes)
