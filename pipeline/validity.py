"""Whether acts can be done to a record as it is now, and what of them only the program knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from redaction.decision import (
    UNDOABLE,
    Absent,
    Accepted,
    Act,
    Added,
    Approved,
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
    Undone,
    Verdict,
)
from redaction.draft import Draft
from redaction.ledger import ORIGIN, Entry, in_force, undone
from redaction.mark import Mark, Tier
from redaction.reviewed import Reviewed, still_says
from speakers.error import BusyError, NotFoundError, NotReleasableError, RecordError
from speakers.record import UNKNOWN, SpeakerId, Statement, number_of

_LOOK = "Look at it again, then decide."


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a review stands.

    Attributes:
        reviewed: the record with every act done to it.
        entries: the whole ledger, in order.
        latest: a draft of it, perhaps of before the last acts.
        fresh: gives the draft of exactly now.
    """

    reviewed: Reviewed
    entries: Sequence[Entry]
    latest: Draft
    fresh: Callable[[], Draft]

    def mark(self, mark_id: str) -> Mark | None:
        """A mark that is there now; what is marked in a statement that was changed is looked for first."""
        found = self.latest.mark(mark_id)
        return found if found is not None and self._holds(found) else self.fresh().mark(mark_id)

    def _holds(self, mark: Mark) -> bool:
        statement = self.reviewed.statement(mark.statement_id)
        return statement is not None and statement.digest == mark.text_digest

    def marks_in(self, statement: Statement) -> Iterator[Mark]:
        """What is known to be marked in a statement as it is now."""
        return (m for m in self.latest.marks_in(statement.id) if m.text_digest == statement.digest)

    def decision(self, mark: Mark) -> Decided | None:
        """What was decided of a mark by now."""
        return self.reviewed.decided.get(mark.id) or self.latest.decision(mark)


def valid(
    standing: Standing,
    who: str,
    acts: tuple[Act, ...],
    *,
    seen: Draft | None = None,
    expected: Mapping[str, Verdict | None] | None = None,
) -> tuple[tuple[Act, ...], Reviewed]:
    """Acts as they can be recorded, each about the record that those before it leave; and the record after all.

    Args:
        standing: where the review stands.
        who: the reviewer.
        acts: what they decided.
        seen: what they were shown; None if they did not say.
        expected: how marks were decided when they looked, by id; None where one was not.

    Raises:
        NotFoundError: If an act is about something that is not there.
        BusyError: If it is about something that somebody else changed or decided meanwhile.
        RecordError: If it makes no sense.
        NotReleasableError: If it is about voices and others than were shown are there, or undoes what others build on.
    """
    reviewed = standing.reviewed.copy()
    if seen is not None and any(isinstance(act, Named | Merged | Reassigned) for act in acts):
        _same_voices(reviewed, seen)
    _as_expected(standing, expected or {})
    now = replace(standing, reviewed=reviewed)
    done: list[Act] = []
    for act in acts:
        whole = _completed(now, act, done)
        _check(now, whole)
        if isinstance(whole, Absent):
            _silent(now.fresh(), whole, acts)
        entry = Entry(len(standing.entries) + len(done), "", who, "", whole, ORIGIN, ORIGIN)
        if isinstance(whole, Undone):
            reviewed = _without(now, entry)
            now = replace(now, reviewed=reviewed)
        else:
            reviewed.take(entry)
        now = replace(now, entries=(*now.entries, entry))
        done.append(whole)
    return tuple(done), now.reviewed


def _same_voices(reviewed: Reviewed, seen: Draft) -> None:
    """Refuse what is said of voices if those that were seen are not all there; new ones may have come."""
    if seen.heard != reviewed.heard.diarization or not {*seen.record.speakers} <= reviewed.voices():
        raise NotReleasableError(
            "The voices were told apart again or merged while you looked at them.",
            "Look at them again, then decide.",
        )


def _as_expected(standing: Standing, expected: Mapping[str, Verdict | None]) -> None:
    """Refuse to decide a mark that somebody else decided since it was looked at."""
    for mark_id, verdict in expected.items():
        mark = standing.mark(mark_id)
        decision = standing.decision(mark) if mark is not None else None
        there = decision.verdict if decision is not None else None
        if mark is not None and there != verdict:
            raise BusyError(
                f"Somebody else decided mark {mark_id} meanwhile: {there or 'it is open again'}.", _LOOK
            )


def _completed(now: Standing, act: Act, before: Sequence[Act]) -> Act:
    """An act with what only the program knows: whom it is about wherever they move, what stays hidden, new numbers."""
    match act:
        case Named() | Absent():
            person = now.reviewed.meeting.participant(act.participant_id)
            return replace(act, person=person.seal if person else "")
        case Approved():
            # The digest is that of what was seen; what it is made of is known of what is there, if that is the same.
            draft = now.fresh()
            return draft.approval if act.digest == draft.digest else act
        case Split():
            into = act.into or _new_id(now, act.statement_id)
            return replace(act, into=into, hidden=_hidden(now, act.statement_id))
        case Joined():
            hidden = (*_hidden(now, act.statement_id), *_hidden(now, act.next_id))
            return replace(act, hidden=hidden)
        case Reassigned():
            speaker = act.speaker or _new_voice(now)
            return replace(act, speaker=speaker, hidden=_hidden(now, act.statement_id))
    return act


def _new_id(now: Standing, statement_id: str) -> str:
    """An id that no statement has or ever had: that of the first one it is cut from, with a number."""
    stem = statement_id.partition(".")[0]
    taken = {s.id for s in now.reviewed.heard.statements}
    taken |= {e.act.into for e in now.entries if isinstance(e.act, Split)}
    number = 1
    while f"{stem}.{number}" in taken:
        number += 1
    return f"{stem}.{number}"


def _new_voice(now: Standing) -> SpeakerId:
    """The next number that no voice has or ever had here."""
    voices = {*now.reviewed.voices(), *now.reviewed.heard.speakers, *now.reviewed.heard.diarization.speakers}
    voices |= {e.act.speaker for e in now.entries if isinstance(e.act, Reassigned)}
    return SpeakerId(f"{UNKNOWN[0]}{max(map(number_of, voices), default=0) + 1}")


def _hidden(now: Standing, statement_id: str) -> tuple[Hidden, ...]:
    """What rules found in a statement and reviewers masked: it stays masked, whatever the rules find afterwards."""
    statement = now.reviewed.statement(statement_id)
    if statement is None:
        return ()
    found = [(m, now.decision(m)) for m in now.marks_in(statement) if m.tier is not Tier.MANUAL]
    return tuple(
        Hidden(
            m.statement_id, m.char_start, m.char_end, m.subject, str(m.kind), d.replacement or m.replacement
        )
        for m, d in found
        if d is not None and d.verdict is not Verdict.KEEP
    )


def _check(now: Standing, act: Act) -> None:
    match act:
        case Named() | Merged() | Absent():
            _check_voices(now, act)
        case Corrected() | Added() | Split() | Joined() | Reassigned() | Accepted() | Rejected():
            _check_statement(now, act)
        case Decided(mark_id, _, _, _):
            _there(now.mark(mark_id) is not None, "mark")
        case Judged(mark_id, verdict):
            _there(now.mark(mark_id) is not None, "mark")
            if verdict is Verdict.EDIT:
                raise RecordError("A mark is judged to be masked or kept.", "Say one of both.")
        case Approved(digest):
            if digest != now.fresh().digest:
                raise NotReleasableError(
                    "The content changed while it was looked at.", "Look at it again, then approve."
                )


def _check_voices(now: Standing, act: Named | Merged | Absent) -> None:
    if isinstance(act, Merged):
        voices = now.reviewed.voices()
        _there({act.speaker, act.into} <= voices and act.speaker != act.into, "pair of voices")
        return
    if isinstance(act, Named):
        _there(act.speaker in now.reviewed.voices(), "voice")
    nobody = isinstance(act, Named) and not act.participant_id
    _there(nobody or now.reviewed.meeting.participant(act.participant_id) is not None, "participant")


def _check_statement(
    now: Standing, act: Corrected | Added | Split | Joined | Reassigned | Accepted | Rejected
) -> None:
    statement = now.reviewed.statement(act.statement_id)
    _there(statement is not None, "statement (any more)")
    if statement is None or not still_says(statement, act):
        raise BusyError(f"Statement {act.statement_id} was changed meanwhile.", _LOOK)
    match act:
        case Added():
            _there(0 <= act.char_start < act.char_end <= len(statement.text), "stretch of that statement")
        case Accepted() | Rejected():
            there = 0 <= act.char_start < act.char_end
            there = there and statement.text[act.char_start : act.char_end] == act.heard
            _there(there, "place for that suggestion (its statement may have changed)")
        case Corrected():
            if not act.text.strip():
                raise RecordError("A statement cannot be corrected to nothing.", "Leave something in it.")
        case Split():
            _check_cut(now, act, statement)
        case Joined():
            _check_pair(now, act, statement)
        case Reassigned():
            voices = {*now.reviewed.voices(), _new_voice(now), UNKNOWN}
            _there(act.speaker in voices and act.speaker != statement.speaker, "other voice")


def _check_cut(now: Standing, act: Split, statement: Statement) -> None:
    parts = statement.text[: act.char_start], statement.text[act.char_start :]
    if act.char_start < 0 or not all(part.strip() for part in parts):
        raise RecordError("Nothing would be left on one side of the cut.", "Cut between two words.")
    if now.reviewed.statement(act.into) is not None:
        raise NotFoundError("Another statement has that id.", "Leave it out: a new one is chosen.")
    for mark in now.marks_in(statement):
        if mark.char_start < act.char_start < mark.char_end and now.decision(mark) is None:
            raise RecordError(
                f"The cut goes through mark {mark.id}, which is undecided.",
                "Cut beside it, or decide it first.",
            )


def _check_pair(now: Standing, act: Joined, first: Statement) -> None:
    second = now.reviewed.statement(act.next_id)
    _there(second is not None and now.reviewed.next_to(first.id) is second, "statement right behind it")
    if second is None or second.digest != act.next_digest:
        raise BusyError(f"Statement {act.next_id} was changed meanwhile.", _LOOK)
    if second.speaker != first.speaker:
        raise RecordError(
            f"{first.id} and {second.id} are of two voices.", "Give one of them to the other's voice first."
        )
    if second.written != first.written:
        raise RecordError(f"{first.id} and {second.id} were not written as one.", "Leave them apart.")


def _without(now: Standing, entry: Entry) -> Reviewed:
    """The record as it would be after something was undone.

    Raises:
        NotFoundError: If there is nothing to undo.
        NotReleasableError: If something that was done later would have nothing to be about any more.
    """
    assert isinstance(entry.act, Undone)  # noqa: S101 - the caller asked
    wanted, entries = entry.act.seq, tuple(now.entries)
    acts = {e.seq: e.act for e in entries}
    _there(isinstance(acts.get(wanted), UNDOABLE) and wanted not in undone(entries), "act that can be undone")
    reviewed = now.reviewed.anew()
    counted = in_force((*entries, entry))
    for other in counted:
        reviewed.take(other)
    lost = sorted(now.reviewed.done - reviewed.done - {wanted})
    if lost:
        raise NotReleasableError(
            f"What was done later builds on it (entry {lost[-1]} of the ledger).", "Undo that first."
        )
    counts = {e.seq for e in counted} - {e.seq for e in in_force(entries)}
    if not counts <= reviewed.done:
        raise NotReleasableError("What it is about was changed since.", "Undo that first, or do it anew.")
    return reviewed


def _silent(draft: Draft, act: Absent, acts: tuple[Act, ...]) -> None:
    """Refuse to say that somebody does not speak who has a voice: it would change nothing."""
    given = {a.speaker for a in acts if isinstance(a, Named | Merged)}
    heard = draft.record.voices_heard - given
    theirs = [voice for voice in draft.namings.voices(act.participant_id) if voice in heard]
    if theirs:
        raise RecordError(
            f"{act.participant_id} does speak: {', '.join(theirs)} is their voice.",
            f"If it is not, say so first ({theirs[0]}=), then that they do not speak.",
        )


def _there(is_there: bool, what: str) -> None:
    if not is_there:
        raise NotFoundError(f"There is no such {what} in this meeting.", "Look at it: zhuzi show ID.")
