"""The files that are public of a meeting, as a page lists and hands them out; none that was not released so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline import words
from pipeline.folder import MeetingFolder
from pipeline.printable import printable
from pipeline.public import NEXT, Public, state_of
from pipeline.words import Words
from redaction import ledger
from redaction.decision import Artifact, Released
from redaction.ledger import Entry
from speakers.error import NotFoundError


@dataclass(frozen=True, slots=True)
class Shown:
    """What is public of a meeting.

    Attributes:
        state: how it stands to what was released.
        said: the same in words.
        cure: what to do where something is amiss; empty otherwise.
        files: (n_files,) what was released last, if exactly that is public.
        at: when it was released; empty otherwise.
        approvers: who approved it.
        digest: of the content that was released.
    """

    state: Public
    said: Words
    cure: str
    files: tuple[Artifact, ...]
    at: str = ""
    approvers: tuple[str, ...] = ()
    digest: str = ""

    @property
    def amiss(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.state in NEXT


def shown(folder: MeetingFolder, entries: tuple[Entry, ...] | None = None) -> Shown:
    """What is public of a meeting now; every file is read, and its digest held against the ledger's.

    Args:
        folder: the meeting.
        entries: the whole ledger, for who has read it.

    Raises:
        LedgerError: If the ledger is damaged.
    """
    known = ledger.read(folder.ledger) if entries is None else entries
    state = state_of(folder, known)
    said, cure = words.of("public", state), NEXT.get(state, "")
    last = next(((e, e.act) for e in reversed(known) if isinstance(e.act, Released)), None)
    if state is not Public.WHOLE or last is None:
        return Shown(state, said, cure, ())
    entry, act = last
    return Shown(state, said, cure, act.files, entry.at, act.approvers, act.digest)


def file_of(folder: MeetingFolder, number: int) -> Path:
    """A public file by its place in the list.

    Raises:
        NotFoundError: If there is none, or what is public is not what was released.
    """
    files = shown(folder).files
    if not 0 <= number < len(files):
        raise NotFoundError(
            "There is no such public file.", "Look at what is public on the page of the sign-off."
        )
    return folder.public / files[number].name


def names(people: Iterable[str]) -> str:
    """Names as people wrote them into a ledger, without signs that no screen shows."""
    return "、".join(printable(name, "").strip() for name in people)
