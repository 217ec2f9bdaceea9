"""The second reader judges every mark blind, settles what differs, and only then approves."""

from __future__ import annotations

import pytest

from pipeline import second_reader
from pipeline.folder import MeetingFolder
from pipeline.review import approve, decide, draft_of
from redaction import ledger
from redaction.decision import Approved, Decided, Judged, Verdict
from speakers.error import NotReleasableError

FIRST, SECOND = "林審閱", "王審閱"


def _reading(folder: MeetingFolder, who: str = SECOND) -> second_reader.Reading:
    return second_reader.reading(draft_of(folder), ledger.read(folder.ledger), who)


def _is_second(folder: MeetingFolder, who: str, approvers: int = 2) -> bool:
    return second_reader.is_second(draft_of(folder), ledger.read(folder.ledger), who, approvers=approvers)


def _masked_and_approved(folder: MeetingFolder) -> None:
    marks = draft_of(folder).marks
    decide(folder, FIRST, tuple(Decided(m.id, Verdict.MASK) for m in marks))
    while left := draft_of(folder).undecided:
        decide(folder, FIRST, tuple(Decided(m.id, Verdict.MASK) for m in left))
    approve(folder, FIRST)


def _judge_all(folder: MeetingFolder, verdict: Verdict = Verdict.MASK) -> None:
    decide(folder, SECOND, tuple(Judged(m.id, verdict) for m in draft_of(folder).marks))


def test_nobody_is_second_before_somebody_approved_or_where_one_suffices(undecided: MeetingFolder) -> None:
    assert not _is_second(undecided, SECOND)
    _masked_and_approved(undecided)
    assert _is_second(undecided, SECOND)
    assert not _is_second(undecided, SECOND, approvers=1)
    assert not _is_second(undecided, FIRST)
    assert not _is_second(undecided, "林 審閱")


def test_the_first_one_stays_first_when_their_approval_is_void(undecided: MeetingFolder) -> None:
    _masked_and_approved(undecided)
    mark = draft_of(undecided).marks[0]
    decide(undecided, SECOND, (Decided(mark.id, Verdict.KEEP, "known"),))
    assert not draft_of(undecided).approvals
    assert _is_second(undecided, SECOND)
    assert not _is_second(undecided, FIRST)


def test_a_judgement_changes_nothing_and_voids_no_approval(undecided: MeetingFolder) -> None:
    _masked_and_approved(undecided)
    before = draft_of(undecided)
    _judge_all(undecided, Verdict.KEEP)
    after = draft_of(undecided)
    assert (after.digest, after.decisions) == (before.digest, before.decisions)
    assert [e.who for e in after.approvals] == [FIRST]


def test_what_differs_is_known_only_once_everything_is_judged(undecided: MeetingFolder) -> None:
    _masked_and_approved(undecided)
    marks = draft_of(undecided).marks
    decide(undecided, SECOND, tuple(Judged(m.id, Verdict.KEEP) for m in marks[1:]))
    so_far = _reading(undecided)
    assert so_far.blind
    assert so_far.left == (marks[0],)
    assert so_far.differences == ()
    decide(undecided, SECOND, (Judged(marks[0].id, Verdict.MASK),))
    so_far = _reading(undecided)
    assert not so_far.blind
    assert so_far.differences == marks[1:]
    assert not so_far.may_approve


def test_giving_in_settles_a_difference(undecided: MeetingFolder) -> None:
    _masked_and_approved(undecided)
    _judge_all(undecided, Verdict.KEEP)
    _judge_all(undecided, Verdict.MASK)
    assert _reading(undecided).may_approve


def test_deciding_otherwise_settles_it_and_the_first_has_to_look_again(undecided: MeetingFolder) -> None:
    _masked_and_approved(undecided)
    _judge_all(undecided)
    mark = draft_of(undecided).marks[0]
    decide(undecided, SECOND, (Judged(mark.id, Verdict.KEEP),))
    assert _reading(undecided).differences == (mark,)
    decide(undecided, SECOND, (Decided(mark.id, Verdict.KEEP, "known"),))
    assert _reading(undecided).may_approve
    now = draft_of(undecided)
    assert not now.approvals
    assert now.lapses


def test_a_mark_that_appears_later_is_left_to_judge(undecided: MeetingFolder) -> None:
    _masked_and_approved(undecided)
    _judge_all(undecided)
    assert _reading(undecided).may_approve
    draft = draft_of(undecided)
    statement = draft.record.statements[0]
    from redaction.decision import Added

    decide(undecided, FIRST, (Added(statement.id, 0, 2, "", statement.digest),))
    assert len(_reading(undecided).left) == 1


def test_the_server_refuses_an_approval_that_was_not_earned(undecided: MeetingFolder) -> None:
    _masked_and_approved(undecided)

    def refuse(who: str) -> None:
        second_reader.refuse(draft_of(undecided), ledger.read(undecided.ledger), who, approvers=2)

    refuse(FIRST)
    with pytest.raises(NotReleasableError, match="left"):
        refuse(SECOND)
    _judge_all(undecided, Verdict.KEEP)
    with pytest.raises(NotReleasableError, match="otherwise"):
        refuse(SECOND)
    _judge_all(undecided)
    refuse(SECOND)


def test_a_release_begins_a_new_round(approved: MeetingFolder) -> None:
    draft = draft_of(approved)
    from redaction.decision import Released

    assert _is_second(approved, SECOND)
    act = Released(draft.digest, ("Reviewer",), (), "5", "1", "1")
    ledger.append(approved.ledger, "zhuzi", (act,))
    assert not _is_second(approved, SECOND)
    ledger.append(approved.ledger, SECOND, (Approved(draft.digest),))
    assert _is_second(approved, FIRST)
