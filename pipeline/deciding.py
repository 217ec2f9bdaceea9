"""Deciding from a page: several people at once, none of whom overwrites another without having seen it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import mark_answers, mark_by_hand, second_reader
from pipeline.live import LiveMeeting
from pipeline.mark_answers import Answer
from pipeline.mark_by_hand import Selected
from pipeline.mark_queue import answered
from pipeline.seat import Seat, seat
from redaction.approval import person
from redaction.decision import Act, Added, Decided, Undone, Verdict
from redaction.ledger import in_force
from redaction.mark import Tier
from speakers.error import BusyError, NotFoundError, NotReleasableError

_HOW = "in the room"
_TOGETHER = re.compile(rf"{_HOW}, (\d+) together")
"""How acts came about that were decided with one key."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of answers.

    Attributes:
        before: what the meeting was like.
        after: what it is like now.
        overtaken: ids of marks that somebody else decided otherwise meanwhile; if there are any, nothing was recorded.
    """

    before: Seat
    after: Seat
    overtaken: tuple[str, ...] = ()


def answer(live: LiveMeeting, who: str, answers: tuple[Answer, ...], *, approvers: int = 1) -> Outcome:
    """Record what somebody said of marks: all of it, or nothing where somebody else was faster.

    Of a second reader who must not know yet how they were decided these are judgements.

    Args:
        live: the meeting.
        who: the reviewer.
        answers: of theirs.
        approvers: see `pipeline.seat.seat`.

    Raises:
        ZhuziError: As `pipeline.review.decide`.
    """
    while True:
        before = seat(live, who, approvers=approvers, settled=False)
        acts = mark_answers.acts(answers, before.draft, before.reading)
        if before.blind:
            return _done(live, before, acts, approvers)
        overtaken = mark_answers.overtaken(before.draft, before.entries, answers)
        if overtaken:
            return Outcome(before, before, overtaken)
        if not acts:
            return Outcome(before, before)
        stands = {d.mark_id: d.verdict for d in before.draft.decisions}
        expected = {a.mark_id: stands.get(a.mark_id) for a in answers}
        try:
            return _done(live, before, acts, approvers, expected=expected)
        except BusyError:
            if len(live.entries()) == len(before.entries):  # it is not about these marks
                raise


def give_in(live: LiveMeeting, who: str, mark_ids: tuple[str, ...], *, approvers: int = 1) -> Outcome:
    """Settle differences of a second reader: these marks stay as they were decided.

    Raises:
        NotReleasableError: If one of them is no difference.
    """
    before = seat(live, who, approvers=approvers, settled=False)
    acts = mark_answers.given_in(before.draft, before.reading, mark_ids)
    return _done(live, before, acts, approvers)


def mark(
    live: LiveMeeting,
    who: str,
    selected: Selected,
    *,
    places: int | None,
    replacement: str = "",
    approvers: int = 1,
) -> Outcome:
    """Hide words that a reviewer selected.

    Args:
        live: the meeting.
        who: the reviewer.
        selected: what they selected.
        places: how many they were shown, if the same words are to be hidden wherever they stand unmarked; None to hide
            them here only.
        replacement: what is to stand there; empty for the usual words.
        approvers: see `pipeline.seat.seat`.

    Raises:
        NotReleasableError: If there are more or fewer places by now.
        ZhuziError: As `pipeline.review.decide`.
    """
    before = seat(live, who, approvers=approvers)
    added = mark_by_hand.here(before.draft, selected)
    acts: tuple[Added, ...] = (added,)
    if places is not None:
        acts = mark_by_hand.everywhere(before.draft, added).acts
        if len(acts) != places:
            raise NotReleasableError(
                f"These words stand in {len(acts)} places now, not in {places}.", "Look at them again."
            )
    done = _done(live, before, acts, approvers, settled=True)
    if not replacement:
        return done
    known = {m.id for m in before.draft.marks}
    new = [m.id for m in done.after.draft.marks if m.tier is Tier.MANUAL and m.id not in known]
    edits = tuple(Decided(mark_id, Verdict.EDIT, replacement=replacement) for mark_id in new)
    return _done(live, before, edits, approvers, settled=True)


def approve(
    live: LiveMeeting,
    who: str,
    digest: str,
    after: int,
    *,
    approvers: int = 1,
    unread: int = 0,
    known: int = 0,
) -> None:
    """Approve exactly what somebody was shown, once.

    Args:
        live: the meeting.
        who: the reviewer.
        digest: of the content that they were shown.
        after: so many entries the ledger had then: an approval that is sent again does not fit any more.
        approvers: see `pipeline.seat.seat`.
        unread: so many of the passages that deserve a full read they have not ticked off in that content.
        known: so many they said that they know of.

    Raises:
        NotReleasableError: If it changed, they approved it already, are a second reader with something left to do, or
            do not say that they know how much is unread.
    """
    now = seat(live, who, approvers=approvers)
    if any(person(e.who) == person(who) for e in now.draft.approvals):
        raise NotReleasableError(
            "You have approved exactly this already.", "Nothing is left to do for you here."
        )
    if len(now.entries) != after or now.draft.digest != digest:
        raise NotReleasableError(
            "Something was decided since this page was shown.", "Look at it again, then approve."
        )
    second_reader.refuse(now.draft, now.entries, who, approvers=approvers)
    if unread > known:
        raise NotReleasableError(
            f"{unread} passages that deserve a full read are not ticked off as read.",
            "Read them, or tick that you know that they are unread.",
        )
    live.approve(who, how=_HOW, seen=digest, after=len(now.entries))


def undo(live: LiveMeeting, who: str, *, approvers: int = 1) -> Outcome:
    """Take back what somebody decided last about marks, if that still stands; what was decided together, together.

    Raises:
        NotFoundError: If nothing of theirs stands that could be taken back.
    """
    before = seat(live, who, approvers=approvers)
    standing = {a.entry.seq for a in answered(before.entries).values()}
    own = [
        e
        for e in in_force(before.entries)
        if person(e.who) == person(who)
        and (isinstance(e.act, Added) or (isinstance(e.act, Decided) and e.seq in standing))
    ]
    if not own:
        raise NotFoundError("Nothing of yours about marks is left to undo.", "Decide the mark again instead.")
    last = own[-1]
    together = _TOGETHER.fullmatch(last.how)
    first = last.seq - (int(together[1]) - 1 if together else 0)
    wanted = [e for e in own if e.seq >= first and e.how == last.how]
    return _done(live, before, tuple(Undone(e.seq) for e in reversed(wanted)), approvers, settled=True)


def _done(
    live: LiveMeeting,
    before: Seat,
    acts: tuple[Act, ...],
    approvers: int,
    *,
    expected: Mapping[str, Verdict | None] | None = None,
    settled: bool = False,
) -> Outcome:
    how = _HOW if len(acts) == 1 else f"{_HOW}, {len(acts)} together"
    live.decide(before.who, acts, how=how, expected=expected)
    return Outcome(before, seat(live, before.who, approvers=approvers, settled=settled))
