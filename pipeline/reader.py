"""A draft for a page that somebody reads while others change it: an outline of all, rows of some, and what changed.

Everything here is private: it holds real names. Offsets count characters (code points) of a statement's text.
"""

from __future__ import annotations

import itertools
import secrets
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntFlag
from functools import cached_property
from typing import Any

from pipeline import airtime, history, who, words
from pipeline.airtime import Airtime
from pipeline.live import LiveMeeting
from redaction.decision import Decided
from redaction.draft import Draft
from redaction.labels import Labels, language_of
from redaction.ledger import Entry
from redaction.mark import Mark
from speakers.error import NotFoundError
from speakers.record import Record, Span, SpeakerId, Statement
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
    searched: bool


class Reader:
    """One meeting for its readers, for as long as the room is open.

    Args:
        live: the meeting.
    """

    def __init__(self, live: LiveMeeting) -> None:
        self._live = weakref.ref(live)
        self._lock = threading.Lock()
        self._look: Look | None = None
        self._nonce = secrets.token_hex(4)

    def look(self) -> Look:
        """The meeting as it stands now; where the marks of a change are still looked for, it has none."""
        live = self._live()
        assert live is not None  # noqa: S101 - whoever asks holds it
        with self._lock:
            settled, draft, record, entries = live.settled, live.latest(), live.record(), live.entries()
            before = self._look
            same = before is not None and before.draft is draft and before.record is record
            if before is None or not same or settled != before.settled or len(entries) != len(before.entries):
                self._look = _taken(before, draft, record, entries, self._nonce, settled=settled)
            assert self._look is not None  # noqa: S101 - just made
            return self._look


def _taken(
    before: Look | None,
    draft: Draft,
    record: Record,
    entries: tuple[Entry, ...],
    nonce: str,
    *,
    settled: bool,
) -> Look:
    """A look at this, with what differs from the one before."""
    touched = history.corrected(entries)
    number = before.number + 1 if before else 1
    same_marks = before is not None and before.draft is draft
    shown, columns, changed = {}, {}, {}
    drafted = before.drafted if before and same_marks else number
    for s in record.statements:
        last = before.shown.get(s.id) if before else None
        now = _shown(draft, s, last, corrected=s.id in touched, same_marks=same_marks)
        if before and (now is last or now == last):
            columns[s.id], changed[s.id] = before.columns[s.id], before.changed[s.id]
        else:
            columns[s.id], changed[s.id] = _column(now), number
        shown[s.id] = now
    same = before is not None and list(shown) == list(before.shown)
    return Look(
        draft=draft,
        settled=settled,
        record=record,
        entries=entries,
        nonce=nonce,
        number=number,
        drafted=drafted,
        labels=before.labels if before and before.draft is draft else Labels(draft, language_of(draft)),
        shown=shown,
        columns=columns,
        changed=changed,
        reordered=before.reordered if before and same else number,
    )


def _shown(
    draft: Draft, statement: Statement, last: _Shown | None, *, corrected: bool, same_marks: bool
) -> _Shown:
    """A statement as it is now; the same object as before where that is quickly seen."""
    like_before = last is not None and last.statement is statement and last.corrected == corrected
    if last is not None and like_before and same_marks:
        return last
    known = draft.statement(statement.id)
    searched = known is statement or known == statement
    found = draft.marks_in(statement.id) if searched else ()
    if last is not None and like_before and last.searched == searched and not last.marks and not found:
        return last
    return _Shown(statement, tuple((m, draft.decision(m)) for m in found), corrected, searched)


@dataclass(frozen=True)
class Look:
    """A meeting as it stood at one moment.

    Attributes:
        draft: the newest, perhaps of before the last changes.
        settled: whether it is of after them.
        record: with all of them.
        entries: the ledger that made it.
        nonce: of the room that looked; another one counts otherwise.
        number: grows with every change.
        drafted: number of the look in which marks were looked for last; corrections are suggested of that.
        labels: what is published in place of what is masked.
        shown: all that the row of a statement shows, by its id, in the record's order.
        columns: of the outline, by statement id.
        changed: number of the look that changed a statement last, by its id.
        reordered: number of the look in which statements came or went.
    """

    draft: Draft
    settled: bool
    record: Record
    entries: tuple[Entry, ...]
    nonce: str
    number: int
    drafted: int
    labels: Labels
    shown: dict[str, _Shown]
    columns: dict[str, list[int | str]]
    changed: dict[str, int]
    reordered: int

    @property
    def version(self) -> str:
        """Names this moment; another one means that something may have changed."""
        return f"{self.nonce}-{self.number}"

    @cached_property
    def blinded(self) -> Look:
        """The same for a second reader who must not know yet what was decided: every mark is open."""
        marked = {i: s for i, s in self.shown.items() if s.marks}
        open_ = {i: replace(s, marks=tuple((m, None) for m, _ in s.marks)) for i, s in marked.items()}
        columns = {i: _column(s) for i, s in open_.items()}
        return replace(self, nonce=f"{self.nonce}b", shown=self.shown | open_, columns=self.columns | columns)

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """Every statement by its id, in order."""
        return {i: shown.statement for i, shown in self.shown.items()}

    @cached_property
    def airtimes(self) -> tuple[Airtime, ...]:
        """How long each voice speaks."""
        return airtime.airtimes(self.record.diarization)

    @cached_property
    def overlaps(self) -> tuple[Span, ...]:
        """Where several speak."""
        return airtime.overlaps(self.record.diarization.overlapping)

    @cached_property
    def silences(self) -> tuple[Span, ...]:
        """Where nobody does."""
        return airtime.silences(self.record)

    def outline(self) -> dict[str, Any]:
        """All statements, each as a short row: id, start, end, voice, characters, flags; and the voices."""
        return {
            "version": self.version,
            "settled": self.settled,
            "drafted": f"{self.nonce}-{self.drafted}",
            "duration": self.record.diarization.duration,
            "language": self.record.language,
            "columns": list(self.columns.values()),
            "voices": self.voices(),
        }

    def voices(self) -> dict[str, dict[str, Any]]:
        """Who each voice is taken for, by voice."""
        return {speaker: who.voice(self.draft, speaker) for speaker in self.speakers}

    @cached_property
    def speakers(self) -> tuple[SpeakerId, ...]:
        """Every voice, in order of first speech."""
        return tuple(dict.fromkeys((*self.record.diarization.speakers, *self.record.speakers)))

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
            `version`; `settled`, whether all marks are known; `drafted`, another word where they were looked for
            again; `columns` and `rows` of what changed (rows of `ROWS` at
            most, the others are `stale`); `order`, all ids, where statements came or went; `voices`; or `again` where
            the version is not of this room.
        """
        if version == self.version:
            return {"version": version, "settled": self.settled}
        nonce, _, number = version.partition("-")
        if nonce != self.nonce or not number.isdecimal() or len(number) > 9:
            return {"version": self.version, "again": True}
        ids = [i for i, changed in self.changed.items() if changed > int(number)]
        said: dict[str, Any] = {
            "version": self.version,
            "settled": self.settled,
            "drafted": f"{self.nonce}-{self.drafted}",
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
            "searched": shown.searched,
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
            "why": words.of("kind", mark.kind),
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


_readers: weakref.WeakKeyDictionary[LiveMeeting, Reader] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def reader(live: LiveMeeting) -> Reader:
    """The one reader of a live meeting, whoever asks."""
    with _lock:
        if live not in _readers:
            _readers[live] = Reader(live)
        return _readers[live]
