"""What may be done to a meeting's record, and what two people at once may not do to each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import review
from pipeline.folder import MeetingFolder
from redaction import ledger
from redaction.decision import (
    Absent,
    Act,
    Added,
    Approved,
    Corrected,
    Decided,
    Joined,
    Judged,
    Merged,
    Named,
    Reassigned,
    Released,
    Split,
    Undone,
    Verdict,
)
from redaction.draft import Draft
from speakers.error import BusyError, NotFoundError, NotReleasableError, RecordError
from speakers.record import SpeakerId, Statement

NEW = SpeakerId("")


def acts(folder: MeetingFolder) -> list[Act]:
    return [entry.act for entry in ledger.read(folder.ledger)]


def long_one(draft: Draft) -> Statement:
    return max(draft.record.statements, key=lambda s: len(s.text))


def decide(folder: MeetingFolder, *done: Act) -> Draft:
    return review.decide(folder, "R", done)


def test_new_statements_and_voices_get_ids_that_were_never_used(undecided: MeetingFolder) -> None:
    one = long_one(review.draft_of(undecided))
    before = review.draft_of(undecided).record.diarization.speakers
    draft = decide(undecided, Split(one.id, one.digest, 1), Undone(0), Split(one.id, one.digest, 2))
    assert [s.id for s in draft.record.statements if s.id.startswith(f"{one.id}.")] == [f"{one.id}.2"]
    part = draft.statement(f"{one.id}.2")
    assert part is not None
    draft = decide(undecided, Reassigned(part.id, part.digest, NEW), Undone(3))
    draft = decide(undecided, Reassigned(part.id, part.digest, NEW))
    given = [a.speaker for a in acts(undecided) if isinstance(a, Reassigned)]
    assert given == [f"S{len(before) + 1}", f"S{len(before) + 2}"]
    assert draft.record.speakers.count(SpeakerId(given[1])) == 1


def test_what_was_masked_stays_so_through_a_split(undecided: MeetingFolder) -> None:
    review.accept_proposed(undecided, "R")
    before = review.draft_of(undecided)
    mark = next(m for m in before.marks if m.char_start > 0)
    statement = before.statement(mark.statement_id)
    assert statement is not None
    draft = decide(undecided, Split(statement.id, statement.digest, mark.char_start))
    text = statement.text[mark.char_start : mark.char_end]
    part = draft.statement(f"{statement.id}.1")
    assert part is not None
    assert part.text.startswith(text)
    hidden = [m for m in draft.marks_in(part.id) if (m.char_start, m.char_end) == (0, len(text))]
    assert [draft.decision(m) is not None for m in hidden] == [True]
    assert not draft.approvals
    assert decide(undecided, Undone(len(acts(undecided)) - 1)).marks == before.marks


def test_a_cut_through_what_nobody_decided_is_refused(undecided: MeetingFolder) -> None:
    draft = review.draft_of(undecided)
    mark = next(m for m in draft.undecided if m.char_end - m.char_start > 1)
    statement = draft.statement(mark.statement_id)
    assert statement is not None
    with pytest.raises(RecordError, match=mark.id):
        decide(undecided, Split(statement.id, statement.digest, mark.char_start + 1))
    with pytest.raises(RecordError, match="one side"):
        decide(undecided, Split(statement.id, statement.digest, 0))
    with pytest.raises(NotFoundError, match="id"):
        decide(undecided, Split(statement.id, statement.digest, mark.char_end, into="a1"))
    assert not undecided.ledger.exists()


def test_what_cannot_be_joined_or_given_away(undecided: MeetingFolder) -> None:
    first, second, *_, last = review.draft_of(undecided).record.statements
    assert first.speaker != second.speaker
    with pytest.raises(RecordError, match="two voices"):
        decide(undecided, Joined(first.id, first.digest, second.id, second.digest))
    with pytest.raises(NotFoundError, match="right behind"):
        decide(undecided, Joined(last.id, last.digest, first.id, first.digest))
    with pytest.raises(BusyError, match=second.id):
        decide(undecided, Joined(first.id, first.digest, second.id, "stale"))
    for voice in (first.speaker, SpeakerId("S77")):
        with pytest.raises(NotFoundError):
            decide(undecided, Reassigned(first.id, first.digest, voice))
    given = decide(undecided, Reassigned(second.id, second.digest, first.speaker)).statement(second.id)
    assert given is not None
    joined = decide(undecided, Joined(first.id, first.digest, given.id, given.digest))
    assert joined.record.statements[0].text == first.text + second.text
    with pytest.raises(NotFoundError, match="statement"):
        decide(undecided, Corrected(second.id, second.digest, "好"))


def test_what_others_build_on_cannot_be_undone(undecided: MeetingFolder) -> None:
    one = long_one(review.draft_of(undecided))
    draft = decide(undecided, Corrected(one.id, one.digest, "大家好我們開始"))
    now = draft.statement(one.id)
    assert now is not None
    decide(undecided, Added(now.id, 0, 2, "", now.digest))
    with pytest.raises(NotReleasableError, match=r"entry 1 of the ledger"):
        decide(undecided, Undone(0))
    assert decide(undecided, Undone(1), Undone(0)).statement(one.id) == one
    with pytest.raises(NotReleasableError, match="changed since"):
        decide(undecided, Undone(2))  # the mark again, without the text that it is about
    assert decide(undecided, Undone(3)).statement(one.id) == now
    assert [m.tier for m in decide(undecided, Undone(2)).marks_in(one.id)][:1] == ["manual"]


def test_only_what_counts_can_be_undone(approved: MeetingFolder) -> None:
    entries = ledger.read(approved.ledger)
    approval = next(e.seq for e in entries if isinstance(e.act, Approved))
    for seq in (approval, -1, len(entries)):
        with pytest.raises(NotFoundError, match="undone"):
            decide(approved, Undone(seq))
    decide(approved, Undone(0))
    with pytest.raises(NotFoundError, match="undone"):
        decide(approved, Undone(0))
    assert not [a for a in acts(approved) if isinstance(a, Released)]


def test_a_mark_that_somebody_else_decided_is_not_decided_over(undecided: MeetingFolder) -> None:
    mark = review.draft_of(undecided).undecided[0].id
    before = acts(undecided)
    keep, mask = Decided(mark, Verdict.KEEP, "public"), Decided(mark, Verdict.MASK)
    review.decide(undecided, "amy", (mask,), expected={mark: None})
    with pytest.raises(BusyError, match=f"{mark} meanwhile: mask"):
        review.decide(undecided, "bob", (keep,), expected={mark: None})
    with pytest.raises(BusyError, match="at the same time"):
        review.decide(undecided, "bob", (keep,), after=len(before))
    assert acts(undecided) == [*before, mask]
    review.decide(undecided, "bob", (keep,), expected={mark: Verdict.MASK}, after=len(before) + 1)
    assert acts(undecided) == [*before, mask, keep]


def test_somebody_who_is_quicker_is_waited_for(
    undecided: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = review.draft_of(undecided).undecided
    append = ledger.append

    def later(path: Path, who: str, done: tuple[Act, ...], **given: object) -> object:
        monkeypatch.setattr(ledger, "append", append)
        review.decide(undecided, "amy", (Decided(first.id, Verdict.MASK),))
        return append(path, who, done, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "append", later)
    draft = review.decide(undecided, "bob", (Decided(second.id, Verdict.MASK),))
    assert [e.who for e in ledger.read(undecided.ledger)] == ["amy", "bob"]
    assert {first.id, second.id} <= {d.mark_id for d in draft.decisions}


def test_nobody_approves_what_somebody_else_is_changing(
    undecided: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = decide(undecided, *(Decided(m.id, Verdict.MASK) for m in review.draft_of(undecided).undecided))
    one, append = long_one(draft), ledger.append

    def later(path: Path, who: str, done: tuple[Act, ...], **given: object) -> object:
        monkeypatch.setattr(ledger, "append", append)
        review.decide(undecided, "amy", (Added(one.id, 0, 1, "", one.digest),))
        return append(path, who, done, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "append", later)
    with pytest.raises(NotReleasableError, match="changed while it was looked at"):
        review.approve(undecided, "bob", seen=draft.digest)
    assert not [a for a in acts(undecided) if isinstance(a, Approved)]


def test_voices_that_were_merged_since_they_were_seen_are_not_named(undecided: MeetingFolder) -> None:
    seen = review.draft_of(undecided)
    one, other = seen.record.speakers[:2]
    decide(undecided, Merged(other, one))
    with pytest.raises(NotReleasableError, match="merged"):
        review.decide(undecided, "bob", (Named(one, "p1"),), seen=seen)
    decide(undecided, Named(one, "p1"))
    with pytest.raises(RecordError, match="does speak"):
        decide(undecided, Absent("p1"))


def test_a_blind_reader_s_word_is_about_a_mark(undecided: MeetingFolder) -> None:
    mark = review.draft_of(undecided).undecided[0].id
    with pytest.raises(NotFoundError):
        decide(undecided, Judged("m000000000000", Verdict.MASK))
    with pytest.raises(RecordError):
        decide(undecided, Judged(mark, Verdict.EDIT))
    draft = decide(undecided, Judged(mark, Verdict.KEEP))
    assert [(j.who, j.verdict) for j in draft.judged] == [("R", Verdict.KEEP)]
    assert mark in {m.id for m in draft.undecided}
