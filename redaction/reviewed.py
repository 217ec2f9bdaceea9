"""A record under review, act by act: what a ledger says of words and voices, before anything is looked for in them."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from redaction.decision import (
    Absent,
    Accepted,
    Added,
    Corrected,
    Decided,
    Hidden,
    Joined,
    Judged,
    Merged,
    Named,
    Reassigned,
    Rejected,
    Split,
    Verdict,
)
from redaction.ledger import Entry
from redaction.mark import Kind, Mark
from redaction.place import Place, mark_at, move, shifted
from speakers.correct import corrected, given, joined, split
from speakers.error import RecordError
from speakers.meeting import Meeting
from speakers.reason import Match
from speakers.record import Record, SpeakerId, Statement


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody would decide of a mark who does not know how it was decided."""

    who: str
    mark_id: str
    verdict: Verdict


class Reviewed:
    """What acts made of a record, so far; not to be changed by two at once.

    Args:
        meeting: whose participants voices are named as.
        record: as it was heard.
        matches: enrolled people whose voice was recognised.
    """

    def __init__(self, meeting: Meeting, record: Record, matches: tuple[Match, ...] = ()) -> None:
        self.meeting, self.heard, self._matched = meeting, record, matches
        self._language, self.diarization = record.language, record.diarization
        self._order = [s.id for s in record.statements]
        self._statements = {s.id: s for s in record.statements}
        self._record: Record | None = record
        self.matches = matches
        self.named: dict[SpeakerId, str] = {}
        self.inferred: set[SpeakerId] = set()
        self.nobodies: set[SpeakerId] = set()
        self.absent: set[str] = set()
        self.decided: dict[str, Decided] = {}
        self.judged: dict[tuple[str, str], Judgement] = {}
        self.done: set[int] = set()  # numbers of the entries that had something to say
        self._places: dict[str, list[Place]] = defaultdict(list)
        self._rejected: dict[str, list[Rejected]] = defaultdict(list)

    @property
    def record(self) -> Record:
        """With every correction and merger made."""
        if self._record is None:
            statements = tuple(self._statements[i] for i in self._order)
            self._record = Record(self._language, statements, self.diarization)
        return self._record

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """Suggestions that were refused, where their words stand now."""
        return tuple(r for row in self._rejected.values() for r in row)

    def copy(self) -> Reviewed:
        """The same, to which other acts can be done."""
        made = copy.copy(self)
        made._order, made._statements = [*self._order], dict(self._statements)
        made.named, made.inferred, made.nobodies = dict(self.named), {*self.inferred}, {*self.nobodies}
        made.absent, made.decided, made.judged = {*self.absent}, dict(self.decided), dict(self.judged)
        made.done = {*self.done}
        made._places = defaultdict(list, {i: [*row] for i, row in self._places.items()})
        made._rejected = defaultdict(list, {i: [*row] for i, row in self._rejected.items()})
        return made

    def anew(self) -> Reviewed:
        """The record as it was heard, with no act done to it."""
        return Reviewed(self.meeting, self.heard, self._matched)

    def next_to(self, statement_id: str) -> Statement | None:
        """The statement right behind another one."""
        at = self._order.index(statement_id) + 1
        return self._statements[self._order[at]] if at < len(self._order) else None

    def statement(self, statement_id: str) -> Statement | None:
        """The statement of that id, if there is one."""
        return self._statements.get(statement_id)

    def voices(self) -> frozenset[SpeakerId]:
        """Every voice that speaks."""
        turns = (*self.diarization.overlapping, *self.diarization.exclusive)
        return frozenset((*(s.speaker for s in self._statements.values()), *(t.speaker for t in turns)))

    def manual(self) -> tuple[Mark, ...]:
        """The reviewers' marks as marks; what they decided of each is in `decided`."""
        found = {mark.id: mark for row in self._places.values() for mark in map(self._mark, row) if mark}
        for mark_id in found:
            self.decided.setdefault(mark_id, Decided(mark_id, Verdict.MASK))
        return tuple(found.values())

    def take(self, entry: Entry) -> bool:
        """Do what an entry says; whether it had anything to say of the record as it is by now."""
        done = True
        match entry.act:
            case Corrected() | Accepted() | Split() | Joined() | Reassigned() as act:
                done = self._changed(act)
            case Rejected() as refusal:
                done = still_says(self.statement(refusal.statement_id), refusal)
                self._rejected[refusal.statement_id] += [refusal] if done else []
            case Merged(speaker, into):
                done = speaker != into and self._merged(speaker, into)
            case Named() as naming:
                done = self._named(naming)
            case Absent() as absence:
                self.absent.add(_meant(self.meeting, absence))
            case Decided() as decision:
                self.decided[decision.mark_id] = decision
            case Judged(mark_id, verdict):
                self.judged[entry.who, mark_id] = Judgement(entry.who, mark_id, verdict)
            case Added() as addition:
                done = self._added(addition)
            case _:
                done = False
        if done:
            self.done.add(entry.seq)
        return done

    def _changed(self, act: Corrected | Accepted | Split | Joined | Reassigned) -> bool:
        before = self.statement(act.statement_id)
        if before is None or not still_says(before, act):
            return False
        try:
            match act:
                case Split():
                    done = self._split(act, before)
                case Joined():
                    done = self._joined(act, before)
                case Reassigned():
                    done = self._reassigned(act, before)
                case _:
                    done = self._rewritten(act, before)
        except RecordError:  # nothing would be left of it
            return False
        if done:
            self._record = None
        return done

    def _rewritten(self, act: Corrected | Accepted, before: Statement) -> bool:
        now = rewritten(before, act)
        self._statements[before.id] = now
        if now != before:
            move(self._places, before, now)
            move(self._rejected, before, now)
        return True

    def _split(self, act: Split, before: Statement) -> bool:
        first, second = split(before, act.char_start, act.into)
        if act.into in self._statements:
            return False
        self._order.insert(self._order.index(before.id) + 1, second.id)
        self._statements |= {first.id: first, second.id: second}
        begins = len(before.text) - len(second.text)
        hidden = self._taken_up(act.hidden)
        for place, decision in [*self._taken(before), *hidden]:
            self._put(place, first, 0, decision)
            self._put(place, second, -begins, decision)
        refused = self._rejected.pop(before.id, [])
        for part, offset in ((first, 0), (second, -begins)):
            self._rejected[part.id] += [
                r for r in (shifted(r, part, offset) for r in refused) if r is not None
            ]
        return True

    def _joined(self, act: Joined, first: Statement) -> bool:
        second = self.statement(act.next_id)
        if second is None or self.next_to(first.id) is not second or second.digest != act.next_digest:
            return False
        if second.speaker != first.speaker or second.written != first.written:
            return False
        now = joined(first, second)
        offset = len(now.text) - len(second.text)
        hidden = self._taken_up(act.hidden)
        self._order.remove(second.id)
        del self._statements[second.id]
        self._statements[now.id] = now
        for statement, shift in ((first, 0), (second, offset)):
            own = [(p, d) for p, d in hidden if p.statement_id == statement.id]
            for place, decision in [*self._taken(statement), *own]:
                self._put(place, now, shift, decision)
            refused = self._rejected.pop(statement.id, [])
            self._rejected[now.id] += [r for r in (shifted(r, now, shift) for r in refused) if r is not None]
        return True

    def _reassigned(self, act: Reassigned, before: Statement) -> bool:
        if before.written is None:
            self.diarization = given(self.diarization, before, act.speaker)
        now = replace(before, speaker=act.speaker)
        self._statements[now.id] = now
        for place, decision in [*self._taken(before), *self._taken_up(act.hidden)]:
            self._put(place, now, 0, decision)
        if (
            before.written is None
            and self.named.get(act.speaker)
            and self._said_to_speak(before.span.start, before.span.end, act.speaker)
        ):
            self.inferred.add(act.speaker)
        return True

    def _said_to_speak(self, start: int, end: int, speaker: SpeakerId) -> bool:
        """Whether staff said that somebody else than the person of this voice speaks in that time."""
        return any(
            start <= moment < end
            for p in self.meeting.participants
            if p.id != self.named[speaker]
            for moment in p.heard_at
        )

    def _taken(self, statement: Statement) -> list[tuple[Place, Decided | None]]:
        """A statement's places, no longer where they were, each with what was decided of it."""
        return [
            (place, self.decided.get(mark.id) if mark else None)
            for place in self._places.pop(statement.id, [])
            for mark in [mark_at(place, statement)]
        ]

    def _taken_up(self, hidden: Iterable[Hidden]) -> list[tuple[Place, Decided | None]]:
        """What rules had found and reviewers masked, as places of theirs."""
        return [
            (
                Place(h.statement_id, h.char_start, h.char_end, h.subject, Kind(h.kind)),
                Decided("", Verdict.EDIT, replacement=h.replacement) if h.replacement.strip() else None,
            )
            for h in hidden
        ]

    def _put(self, place: Place, statement: Statement, offset: int, decision: Decided | None) -> None:
        """A place as far as it lies in a statement, with what was decided of it."""
        moved = shifted(replace(place, statement_id=statement.id), statement, offset)
        mark = mark_at(moved, statement) if moved else None
        if moved is None or mark is None:
            return
        self._places[statement.id].append(moved)
        if decision is not None:
            self.decided.setdefault(mark.id, replace(decision, mark_id=mark.id))

    def _merged(self, speaker: SpeakerId, into: SpeakerId) -> bool:
        there = self.voices() >= {speaker, into}
        self._record = None
        self.diarization = self.diarization.merged(speaker, into)
        for statement in list(self._statements.values()):
            if statement.speaker == speaker:
                self._statements[statement.id] = replace(statement, speaker=into)
        # Neither by itself: a voice of two voices was never compared.
        self.matches = tuple(m for m in self.matches if m.speaker not in {speaker, into})
        said = self.named.pop(speaker, "")
        if said:  # what a reviewer said of one voice holds for both; two different people are nobody
            self.named[into] = said if self.named.get(into, said) == said else ""
        self.inferred.discard(speaker)
        self.inferred.add(into)
        self.nobodies -= {speaker, into}
        return there

    def _named(self, naming: Named) -> bool:
        voice = naming.speaker
        self.named[voice] = _meant(self.meeting, naming)
        self.nobodies.discard(voice)
        if not naming.participant_id:
            self.nobodies.add(voice)
        self.inferred.discard(voice)
        if self.absent and voice in self.record.voices_heard:  # who writes need not speak
            self.absent.discard(self.named[voice])
        return voice in self.voices()

    def _added(self, act: Added) -> bool:
        statement = self.statement(act.statement_id)
        if statement is None or not still_says(statement, act):
            return False
        kind = Kind.NAME if act.subject else Kind.QUASI
        place = Place(act.statement_id, act.char_start, act.char_end, act.subject, kind)
        self._places[statement.id].append(place)
        mark = mark_at(place, statement)
        if mark is not None:
            self.decided.pop(mark.id, None)  # marked again after it was kept
        return True

    def _mark(self, place: Place) -> Mark | None:
        statement = self.statement(place.statement_id)
        return mark_at(place, statement) if statement is not None else None


def rewritten(statement: Statement, act: Corrected | Accepted) -> Statement:
    """A statement with a correction made.

    Raises:
        RecordError: If nothing would be left of it.
    """
    if isinstance(act, Corrected):
        return _corrected(statement, act.text)
    text = statement.text[: act.char_start] + act.proposed + statement.text[act.char_end :]
    return _corrected(statement, text)


_corrected = lru_cache(maxsize=4_096)(corrected)
"""What is undone is found by doing everything else again: most of it was done before."""


def still_says(
    statement: Statement | None,
    act: Added | Corrected | Accepted | Rejected | Split | Joined | Reassigned,
) -> bool:
    """Whether the statement that an act is about is the one that the reviewer saw."""
    return statement is not None and statement.digest == act.text_digest


def _meant(meeting: Meeting, act: Named | Absent) -> str:
    """The id that the person of an act has now; empty if they left `meeting.toml`, or got another name there."""
    if act.person:
        return next((p.id for p in meeting.participants if p.sealed_as(act.person)), "")
    return act.participant_id if meeting.participant(act.participant_id) is not None else ""
