"""A draft for a page that somebody reads while others change it: an outline of all, rows of some, and what changed.

Everything here is private: it holds real names. Offsets count characters (code points) of a statement's text.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

from pipeline import history
from pipeline.live import LiveMeeting
from redaction import ledger
from redaction.decision import Decided
from redaction.draft import Draft
from redaction.labels import Labels, language_of
from redaction.ledger import Entry
from redaction.mark import Mark
from speakers.error import NotFoundError
from speakers.record import UNKNOWN, SpeakerId, Statement
from speakers.tokens import NOTES

ROWS = 100
"""Statements that are given at once, at most."""

UNSURE = 0.5
"""A word that the engine gave less than this is shown as heard unsurely; as `redaction.risk` judges statements."""


class Flag(IntFlag):
    """What a reader may want to jump to in a statement."""

    GAP = 1
    UNSURE = 2
    MARKED = 4
    UNDECIDED = 8
    OVERLAPPED = 16
    CORRECTED = 32


@dataclass(frozen=True, slots=True)
class _Shown:
    """All that a statement's row shows."""

    statement: Statement
    marks: tuple[tuple[Mark, Decided | None], ...]
    corrected: bool


class Reader:
    """One meeting for its readers, for as long as the room is open.

    Args:
        live: the meeting.
    """

    def __init__(self, live: LiveMeeting) -> None:
        self._live = weakref.ref(live)
        self.folder = live.folder
        self._lock = threading.RLock()
        self._nonce = secrets.token_hex(4)
        self._number = 0
        self._reordered = 0
        self._draft: Draft | None = None
        self._labels: Labels | None = None
        self._entries: tuple[Entry, ...] = ()
        self._shown: dict[str, _Shown] = {}
        self._columns: dict[str, list[int | str]] = {}
        self._changed: dict[str, int] = {}

    def look(self) -> Look:
        """The meeting as it stands now."""
        live = self._live()
        assert live is not None  # noqa: S101 - whoever asks holds it
        with self._lock:
            draft = live.draft()
            if draft is not self._draft:
                self._take(draft)
            return Look(
                draft=draft,
                entries=self._entries,
                version=f"{self._nonce}-{self._number}",
                labels=Labels(draft, language_of(draft)),
                shown=self._shown,
                columns=self._columns,
                changed=self._changed,
                reordered=self._reordered,
            )

    def _take(self, draft: Draft) -> None:
        """Note what differs from the draft before; what is given out before stays as it is."""
        entries = ledger.read(self.folder.ledger)
        touched = history.corrected(entries)
        number = self._number + 1
        shown, columns, changed = {}, {}, {}
        for s in draft.record.statements:
            marks = tuple((m, draft.decision(m)) for m in draft.marks_in(s.id))
            now = _Shown(s, marks, s.id in touched)
            same = self._shown.get(s.id) == now
            shown[s.id] = now
            columns[s.id] = self._columns[s.id] if same else _column(now)
            changed[s.id] = self._changed[s.id] if same else number
        if list(shown) != list(self._shown):
            self._reordered = number
        self._number, self._draft, self._entries = number, draft, entries
        self._shown, self._columns, self._changed = shown, columns, changed


@dataclass(frozen=True, slots=True)
class Look:
    """A meeting as it stood at one moment.

    Attributes:
        draft: of that moment.
        entries: the ledger that made it.
        version: names that moment; another one means that something may have changed.
        labels: what is published in place of what is masked.
        shown: all that the row of a statement shows, by its id, in the record's order.
        columns: of the outline, by statement id.
        changed: number of the version that changed a statement last, by its id.
        reordered: number of the version in which statements came or went.
    """

    draft: Draft
    entries: tuple[Entry, ...]
    version: str
    labels: Labels
    shown: dict[str, _Shown]
    columns: dict[str, list[int | str]]
    changed: dict[str, int]
    reordered: int

    def outline(self) -> dict[str, Any]:
        """All statements, each as a short row: id, start, end, voice, characters, flags; and the voices."""
        return {
            "version": self.version,
            "duration": self.draft.record.diarization.duration,
            "language": self.draft.record.language,
            "columns": list(self.columns.values()),
            "voices": self.voices(),
        }

    def voices(self) -> dict[str, dict[str, Any]]:
        """Who each voice is taken for, by voice."""
        draft = self.draft
        ids = dict.fromkeys((*draft.record.diarization.speakers, *draft.record.speakers))
        return {speaker: _voice(draft, speaker) for speaker in ids}

    def rows(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """These statements with all that a page shows of them; those that are gone are left out."""
        return [self._row(self.shown[i]) for i in ids if i in self.shown]

    def window(self, first: str, count: int = ROWS) -> list[dict[str, Any]]:
        """So many statements from one on, `ROWS` at most.

        Raises:
            NotFoundError: If there is no such statement (any more).
        """
        return self.rows(self.ids(first, count))

    def ids(self, first: str, count: int = ROWS) -> list[str]:
        """The ids of the same; an empty first one is the first of all."""
        if first and first not in self.shown:
            raise NotFoundError("There is no such statement in this meeting.", "Load the page again.")
        rest = itertools.dropwhile(lambda i: bool(first) and i != first, self.shown)
        return list(itertools.islice(rest, min(max(count, 1), ROWS)))

    def since(self, version: str) -> dict[str, Any]:
        """What changed since a version: nothing, some statements, or so much that all has to be fetched again.

        Returns:
            `version`; `columns` and `rows` of what changed (rows of `ROWS` at most, the others are `stale`); `order`,
            all ids, where statements came or went; `voices`; or `again` where the version is not of this room.
        """
        if version == self.version:
            return {"version": version}
        nonce, _, number = version.partition("-")
        if nonce != self.version.partition("-")[0] or not number.isdecimal() or len(number) > 9:
            return {"version": self.version, "again": True}
        ids = [i for i, changed in self.changed.items() if changed > int(number)]
        said: dict[str, Any] = {
            "version": self.version,
            "columns": [self.columns[i] for i in ids],
            "rows": self.rows(ids[:ROWS]),
            "stale": ids[ROWS:],
            "voices": self.voices(),
        }
        return {**said, "order": list(self.shown)} if self.reordered > int(number) else said

    def _row(self, shown: _Shown) -> dict[str, Any]:
        statement = shown.statement
        words = [
            (start, end, w.span.start, w.span.end, round(w.confidence * 100))
            for start, end, w in statement.placed()
        ]
        return {
            "id": statement.id,
            "digest": statement.digest,
            "voice": statement.speaker,
            "start": statement.span.start,
            "end": statement.span.end,
            "text": statement.text,
            "overlapped": statement.overlapped,
            "corrected": shown.corrected,
            "words": list(itertools.chain.from_iterable(words)),
            "gaps": [[start, end] for start, end, w in statement.placed() if w.text in NOTES],
            "marks": [self._mark(mark, decision) for mark, decision in shown.marks],
        }

    def _mark(self, mark: Mark, decision: Decided | None) -> dict[str, Any]:
        hidden = decision is not None and decision.verdict != "keep"
        return {
            "id": mark.id,
            "start": mark.char_start,
            "end": mark.char_end,
            "state": "open" if decision is None else "mask" if hidden else "keep",
            "kind": str(mark.kind),
            "level": mark.evidence.level,
            "instead": (decision.replacement if decision else "") or self.labels.placeholder(mark),
        }


def pieces(row: dict[str, Any]) -> list[tuple[str, str]]:
    """A row's text in pieces, each with the state of the mark that holds it, empty where none does."""
    text: str = row["text"]
    found, at = [], 0
    for mark in sorted(row["marks"], key=lambda m: (m["start"], -m["end"])):
        if mark["start"] >= at:
            found += [(text[at : mark["start"]], ""), (text[mark["start"] : mark["end"]], mark["state"])]
            at = mark["end"]
    return [piece for piece in [*found, (text[at:], "")] if piece[0]]


def _column(shown: _Shown) -> list[int | str]:
    s = shown.statement
    flags = Flag(0)
    if any(w.text in NOTES for w in s.words):
        flags |= Flag.GAP
    if any(w.confidence < UNSURE and w.text not in NOTES for w in s.words):
        flags |= Flag.UNSURE
    if shown.marks:
        flags |= Flag.MARKED
    if any(decision is None for _, decision in shown.marks):
        flags |= Flag.UNDECIDED
    if s.overlapped:
        flags |= Flag.OVERLAPPED
    if shown.corrected:
        flags |= Flag.CORRECTED
    return [s.id, s.span.start, s.span.end, s.speaker, len(s.text), int(flags)]


def _voice(draft: Draft, speaker: SpeakerId) -> dict[str, Any]:
    link = draft.namings.of(speaker)
    person = draft.meeting.participant(link.participant_id) if link else None
    known = {"person": None, "name": "", "wish": ""}
    if speaker == UNKNOWN:
        return {**known, "state": "unknown"}
    if speaker in draft.nobodies:
        return {**known, "state": "nobody"}
    if speaker in draft.namings.conflicts:
        return {**known, "state": "conflict"}
    if person is None or link is None:
        return {**known, "state": "open"}
    state = "confirmed" if link.confirmed else "proposed"
    return {"person": person.id, "name": person.name, "wish": str(person.wish), "state": state}


_readers: weakref.WeakKeyDictionary[LiveMeeting, Reader] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def reader(live: LiveMeeting) -> Reader:
    """The one reader of a live meeting, whoever asks."""
    with _lock:
        if live not in _readers:
            _readers[live] = Reader(live)
        return _readers[live]
