"""What a ledger makes of a record: nothing that a reviewer did gets lost, nothing stale counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redaction.decision import Absent, Act, Added, Approved, Corrected, Decided, Merged, Named, Verdict
from redaction.draft import Draft, replay
from redaction.mark import Kind, Tier
from speakers.meeting import Link, Meeting, Participant
from speakers.record import Millis, Record, SpeakerId
from tests.scenes import approved, entries, hidden, shown, spoken, unrecorded

S1, S2, S3 = map(SpeakerId, ("S1", "S2", "S3"))
MEETING = Meeting(participants=(hidden(1, "陳筱明", "筱明", heard_at=100), shown(2, "王大明", role="主席")))
RECORD = spoken(("S1", "我是陳筱明"), ("S2", "謝謝筱明"), ("S3", "我在臺大醫院工作"))


def drafted(*acts: Act, meeting: Meeting = MEETING, record: Record = RECORD) -> Draft:
    return replay(meeting, record, entries(*acts))


def added(statement_id: str, start: int, end: int, record: Record = RECORD, subject: str = "") -> Added:
    statement = record.statement(statement_id)
    assert statement is not None
    return Added(statement_id, start, end, subject, statement.digest)


def surfaces(draft: Draft, tier: Tier | None = None) -> list[tuple[str, str]]:
    texts = {s.id: s.text for s in draft.record.statements}
    return [
        (m.statement_id, texts[m.statement_id][m.char_start : m.char_end])
        for m in draft.marks
        if tier is None or m.tier is tier
    ]


def test_nothing_is_decided_at_first() -> None:
    draft = drafted()
    assert surfaces(draft) == [("a1", "陳筱明"), ("a2", "筱明")]
    assert len(draft.undecided) == 2
    assert draft.approvals == ()


def test_a_decision_is_about_one_mark() -> None:
    first = drafted().marks[0]
    draft = drafted(Decided(first.id, Verdict.MASK), Decided("m-gone", Verdict.MASK))
    assert [m.id for m in draft.undecided] == [drafted().marks[1].id]
    assert len(draft.decisions) == 1
    assert draft.decision(first) == Decided(first.id, Verdict.MASK)


def test_the_last_decision_counts() -> None:
    first = drafted().marks[0]
    draft = drafted(Decided(first.id, Verdict.KEEP, "consent"), Decided(first.id, Verdict.MASK))
    assert [d.verdict for d in draft.decisions] == [Verdict.MASK]


def test_a_correction_makes_marks_and_decisions_anew() -> None:
    marks = drafted().marks
    acts = [Decided(m.id, Verdict.KEEP, "consent") for m in marks]
    draft = drafted(*acts, Corrected("a2", RECORD.statements[1].digest, "謝謝筱明喔"))
    assert [m.statement_id for m in draft.undecided] == ["a2"]


def test_a_correction_of_another_text_does_nothing() -> None:
    assert drafted(Corrected("a2", "stale", "別的")).record == RECORD
    assert drafted(Corrected("a9", RECORD.statements[1].digest, "別的")).record == RECORD


# What a reviewer marks.


def test_a_reviewer_s_mark_is_masked() -> None:
    draft = drafted(added("a3", 2, 6))
    (mark,) = [m for m in draft.marks if m.tier is Tier.MANUAL]
    assert (mark.kind, mark.subject) == (Kind.QUASI, "")
    assert mark not in draft.undecided


def test_a_reviewer_s_mark_answers_what_it_covers() -> None:
    draft = drafted(added("a1", 0, 5))
    assert surfaces(draft) == [("a1", "我是陳筱明"), ("a2", "筱明")]
    assert len(draft.undecided) == 1


def test_a_mark_that_reaches_into_another_leaves_it_to_be_decided() -> None:
    draft = drafted(added("a1", 0, 3))
    assert surfaces(draft)[:2] == [("a1", "我是陳"), ("a1", "陳筱明")]
    assert len(draft.undecided) == 2


def test_keeping_a_reviewer_s_mark_brings_back_the_rule_s() -> None:
    manual = drafted(added("a1", 0, 5)).marks[0]
    draft = drafted(added("a1", 0, 5), Decided(manual.id, Verdict.KEEP, "a slip"))
    assert ("a1", "陳筱明") in surfaces(draft)
    assert len(draft.undecided) == 2


def test_marking_again_after_keeping_masks() -> None:
    act = added("a3", 2, 6)
    manual = drafted(act).marks[-1]
    draft = drafted(act, Decided(manual.id, Verdict.KEEP, "a slip"), act)
    decision = draft.decision(manual)
    assert decision is not None
    assert decision.verdict is Verdict.MASK


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("我就在臺大醫院工作", "臺大醫院"),
        ("臺大醫院", "臺大醫院"),
        ("我在台大醫院工作", "台大醫院"),  # what was marked was itself corrected
        ("我在那家醫院做事", "那家醫院"),
        ("我在工作", None),
    ],
)
def test_a_reviewer_s_mark_moves_with_its_words(text: str, moved: str | None) -> None:
    draft = drafted(added("a3", 2, 6), Corrected("a3", RECORD.statements[2].digest, text))
    assert surfaces(draft, Tier.MANUAL) == ([("a3", moved)] if moved else [])
    assert len(draft.undecided) == 2, "only the rules' marks of other statements"


def test_a_reviewer_s_mark_outlives_a_merger() -> None:
    draft = drafted(added("a3", 2, 6), Merged(S3, S2))
    assert surfaces(draft, Tier.MANUAL) == [("a3", "臺大醫院")]
    assert all(d.verdict is Verdict.MASK for d in draft.decisions)


@pytest.mark.parametrize(
    ("start", "end", "surface"),
    [(1, 3, "d"), (1, 6, "data"), (0, 2, "好"), (4, 99, "ta這"), (1, 2, None), (99, 100, None)],
)
def test_a_reviewer_s_mark_is_cut_to_words(start: int, end: int, surface: str | None) -> None:
    record = spoken(("S2", ["好", " data", "這"]))
    draft = drafted(added("a1", start, end, record), record=record)
    assert surfaces(draft) == ([("a1", surface)] if surface else [])
    assert draft.undecided == ()


def test_a_mark_of_a_stale_text_is_none() -> None:
    assert surfaces(drafted(Added("a3", 2, 6, "", "stale")), Tier.MANUAL) == []


# Who is who.


def test_evidence_that_conflicts_names_nobody() -> None:
    meeting = replace(MEETING, participants=(*MEETING.participants, hidden(3, "林大同", heard_at=200)))
    draft = drafted(meeting=meeting)
    assert draft.namings.conflicts == (S1,)
    assert draft.namings.person(S1) is None
    assert [p.id for p in draft.unheard] == ["p1", "p3"]


def test_a_reviewer_s_word_is_above_other_evidence() -> None:
    draft = drafted(Named(S1, "p2"))
    assert draft.namings.person(S1) == "p2"
    assert drafted(Named(S1, "")).namings.person(S1) is None


def test_a_voice_that_is_not_there_is_nobody() -> None:
    assert drafted(Named(SpeakerId("S9"), "p2")).namings.person(SpeakerId("S9")) is None


def test_a_name_is_not_lost_when_its_voice_is_merged_away() -> None:
    draft = drafted(Named(S3, "p1"), Merged(S3, S2))
    assert draft.namings.person(S2) == "p1"


def test_merging_two_named_voices_names_nobody_until_somebody_says_who() -> None:
    acts = (Named(S2, "p2"), Named(S3, "p1"), Merged(S3, S2))
    draft = drafted(*acts)
    assert draft.namings.person(S2) is None
    assert draft.namings.conflicts == (S2,)
    assert drafted(*acts, Named(S2, "p2")).namings.person(S2) == "p2"


def test_merging_a_heard_voice_into_a_named_one_names_nobody() -> None:
    # heard_at says that S1 is p1, who is anonymous; the words must not go out under p2's name
    draft = drafted(Named(S2, "p2"), Merged(S1, S2))
    assert draft.namings.person(S2) is None
    assert draft.namings.conflicts == (S2,)


def test_merging_a_voice_into_itself_does_nothing() -> None:
    assert drafted(Named(S1, "p2"), Merged(S1, S1)).namings.person(S1) == "p2"


def test_somebody_who_left_the_file_is_nobody() -> None:
    meeting = replace(MEETING, participants=MEETING.participants[:1])
    draft = drafted(Named(S2, "p2"), meeting=meeting)
    assert draft.namings.person(S2) is None
    assert [s for s, _ in surfaces(approved(meeting, RECORD, Named(S2, "p2")))] == ["a1", "a2"]


def test_who_is_missing() -> None:
    people = (hidden(1, "陳筱明"), unrecorded(2, "林大同"), shown(3, "王大明"))
    meeting = Meeting(participants=people)
    assert [p.id for p in drafted(meeting=meeting).unheard] == ["p1", "p2"]
    assert [p.id for p in drafted(Absent("p1"), Named(S2, "p2"), meeting=meeting).unheard] == []
    assert [p.id for p in drafted(Absent("p1"), Named(S1, "p1"), Named(S1, ""), meeting=meeting).unheard] == [
        "p1",
        "p2",
    ]


def test_an_unconfirmed_introduction_is_a_question() -> None:
    meeting = Meeting(participants=(hidden(1, "陳筱明"),))
    draft = drafted(meeting=meeting)
    assert [n.speaker for n in draft.unconfirmed] == [S1]
    assert [p.id for p in draft.unheard] == ["p1"]


# Approvals.

DONE = [Decided(m.id, Verdict.MASK) for m in drafted().marks]


def test_an_approval_counts_while_nothing_changed() -> None:
    assert len(approved(MEETING, RECORD).approvals) == 1
    assert drafted(*DONE, Approved("another")).approvals == ()


def _people(**changed: object) -> tuple[Participant, ...]:
    return (replace(MEETING.participants[0], **changed), MEETING.participants[1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "meeting",
    [
        replace(MEETING, title="x"),
        replace(MEETING, date="2024-05-01"),
        replace(MEETING, place="x"),
        replace(MEETING, case="x"),
        replace(MEETING, links=(Link("x", "https://x"),)),
        replace(MEETING, participants=_people(name="陳小明")),
        replace(MEETING, participants=_people(aliases=())),
        replace(MEETING, participants=_people(aliases=("筱明", "明明"))),
        replace(MEETING, participants=_people(role="x")),
        replace(MEETING, participants=_people(heard_at=(Millis(3000),))),
        replace(MEETING, participants=(MEETING.participants[0], replace(MEETING.participants[1], role="x"))),
        replace(MEETING, participants=MEETING.participants[:1]),
    ],
    ids=str,
)
def test_a_change_of_the_meeting_voids_approvals(meeting: Meeting) -> None:
    before = drafted(*DONE)
    assert replay(meeting, RECORD, entries(*DONE, Approved(before.digest))).approvals == ()


@pytest.mark.parametrize(
    "act",
    [
        Decided(DONE[0].mark_id, Verdict.KEEP, "consent"),
        Decided(DONE[0].mark_id, Verdict.EDIT, replacement="某人"),
        added("a3", 2, 6),
        Corrected("a3", RECORD.statements[2].digest, "我在工作"),
        Named(S2, "p2"),
        Named(S1, ""),
        Merged(S3, S2),
        Absent("p1"),
    ],
    ids=lambda act: type(act).__name__,
)
def test_an_act_voids_approvals(act: Act) -> None:
    before = drafted(*DONE)
    assert drafted(*DONE, Approved(before.digest)).approvals
    assert drafted(*DONE, Approved(before.digest), act).approvals == ()


def test_each_reviewer_counts_once_however_they_write_themselves() -> None:
    same = ("amy", "Amy", " amy ", "AMY", "ａｍｙ", "amy\u200b")
    assert len(approved(MEETING, RECORD, by=same).approvals) == 1
    assert len(approved(MEETING, RECORD, by=("amy", "bob", "amy")).approvals) == 2


def test_a_reviewer_s_newest_approval_is_theirs() -> None:
    before = drafted(*DONE)
    assert drafted(*DONE, Approved(before.digest), Approved("another")).approvals == ()


def test_what_was_masked_once_is_proposed_wherever_it_reads_so() -> None:
    record = spoken(("S1", "謝謝豆花"), ("S2", "豆花也來了"))
    meeting = Meeting(participants=(hidden(1, "蔡佩珊"),))
    assert replay(meeting, record, ()).marks == ()
    marked = Added("a1", 2, 4, "p1", record.statements[0].digest)
    draft = replay(meeting, record, entries(marked))
    assert [(m.statement_id, m.evidence.level) for m in draft.undecided] == [("a2", "propagated")]
    (found,) = draft.undecided
    kept = Decided(found.id, Verdict.KEEP, reason="a dish")
    assert replay(meeting, record, entries(marked, kept)).undecided == ()
