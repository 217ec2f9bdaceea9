"""Whatever people do to a record, every word stays in it once, and what was hidden stays hidden."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redaction.audible import TURN_MARGIN_MS
from redaction.decision import (
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
    Rediarized,
    Split,
    Undone,
    Verdict,
)
from redaction.draft import Draft, replay
from redaction.ledger import Entry, in_force
from redaction.mark import Tier
from redaction.release import release
from redaction.reviewed import Reviewed
from speakers.meeting import Meeting
from speakers.record import Millis, Record, SpeakerId, Statement, Word
from tests.scenes import approved, entries, hidden, shown, span, spoken, word

S1, S2, S3, S4 = map(SpeakerId, ("S1", "S2", "S3", "S4"))
MEETING = Meeting(
    participants=(hidden(1, "陳筱明", "筱明", heard_at=100), shown(2, "王大明", heard_at=6_100))
)
RECORD = spoken(
    ("S1", "我是陳筱明你好"), ("S1", "在臺大醫院"), ("S2", ["謝謝筱明", "的意見", "。"]), ("S3", "好的")
)


def statement(draft: Draft | Record, statement_id: str) -> Statement:
    record = draft.record if isinstance(draft, Draft) else draft
    found = record.statement(statement_id)
    assert found is not None
    return found


def split(draft: Draft | Record, statement_id: str, at: int, into: str = "a1.1") -> Split:
    return Split(statement_id, statement(draft, statement_id).digest, at, into)


def joined(draft: Draft | Record, first: str, second: str) -> Joined:
    return Joined(first, statement(draft, first).digest, second, statement(draft, second).digest)


def given_to(draft: Draft | Record, statement_id: str, voice: SpeakerId) -> Reassigned:
    return Reassigned(statement_id, statement(draft, statement_id).digest, voice)


def drafted(*acts: Act, meeting: Meeting = MEETING, record: Record = RECORD) -> Draft:
    return replay(meeting, record, entries(*acts))


def rows(draft: Draft) -> list[tuple[str, str, str]]:
    return [(s.id, s.speaker, s.text) for s in draft.record.statements]


def marked(draft: Draft, tier: Tier | None = None) -> list[tuple[str, str]]:
    return [
        (m.statement_id, statement(draft, m.statement_id).text[m.char_start : m.char_end])
        for m in draft.marks
        if tier in {None, m.tier}
    ]


def test_a_split_makes_two_statements_of_one() -> None:
    draft = drafted(split(RECORD, "a1", 5))
    assert rows(draft)[:3] == [("a1", "S1", "我是陳筱明"), ("a1.1", "S1", "你好"), ("a2", "S1", "在臺大醫院")]
    words = [w for s in RECORD.statements for w in s.words]
    assert [w for s in draft.record.statements for w in s.words] == words


def test_a_word_that_is_cut_has_its_time_on_both_sides() -> None:
    draft = drafted(split(RECORD, "a3", 2, "a3.1"))
    assert [(s.text, s.words[0].span) for s in draft.record.statements[2:4]] == [
        ("謝謝", span(6_000, 6_500)),
        ("筱明的意見。", span(6_000, 6_500)),
    ]


def test_what_is_joined_reads_as_before_the_cut() -> None:
    cut = drafted(split(RECORD, "a1", 5))
    again = drafted(split(RECORD, "a1", 5), joined(cut, "a1", "a1.1"))
    assert again.record == RECORD


@pytest.mark.parametrize("texts", [(["open", " data"], ["開放"]), (["好"], ["ok"]), (["I"], [" do"])])
def test_a_space_between_statements_comes_back(texts: tuple[list[str], list[str]]) -> None:
    whole = spoken(("S1", [*texts[0], *texts[1]]))
    cut = split(whole, "a1", len(whole.statements[0].text) - len("".join(texts[1]).strip()))
    assert drafted(cut, joined(drafted(cut, record=whole), "a1", "a1.1"), record=whole).record == whole


def test_only_neighbours_of_one_voice_are_joined() -> None:
    assert drafted(joined(RECORD, "a2", "a3")).record == RECORD, "two voices"
    apart = replace(given_to(RECORD, "a2", S2))
    draft = drafted(apart)
    assert drafted(apart, joined(draft, "a1", "a3")).record == draft.record, "not neighbours"


def test_a_reviewer_s_mark_moves_into_the_part_that_holds_its_words() -> None:
    added = Added("a1", 2, 7, "p1", RECORD.statements[0].digest)
    cut = split(RECORD, "a1", 5)
    draft = drafted(added, cut)
    assert marked(draft, Tier.MANUAL) == [("a1", "陳筱明"), ("a1.1", "你好")]
    assert not [m for m in draft.undecided if m.statement_id in {"a1", "a1.1"}]
    again = drafted(added, cut, joined(draft, "a1", "a1.1"))
    assert marked(again, Tier.MANUAL) == [("a1", "陳筱明"), ("a1", "你好")]


def test_what_was_decided_of_a_reviewer_s_mark_holds_in_its_new_place() -> None:
    added = Added("a2", 1, 5, "", RECORD.statements[1].digest)
    (mark,) = [m for m in drafted(added).marks if m.tier is Tier.MANUAL]
    words = Decided(mark.id, Verdict.EDIT, replacement="某醫院")
    draft = drafted(added, words, joined(RECORD, "a1", "a2"))
    (moved,) = [m for m in draft.marks if m.tier is Tier.MANUAL]
    assert draft.decision(moved) == replace(words, mark_id=moved.id)
    kept = Decided(mark.id, Verdict.KEEP, "public")
    draft = drafted(added, kept, given_to(RECORD, "a2", S3))
    assert [d.verdict for d in draft.decisions] == [Verdict.KEEP]


def test_what_a_rule_found_and_somebody_masked_stays_masked() -> None:
    cut = replace(split(RECORD, "a3", 2, "a3.1"), hidden=(Hidden("a3", 2, 4, "p1", "alias", "某人甲"),))
    draft = drafted(cut)
    (mark,) = draft.marks_in("a3.1")
    assert (mark.kind, mark.subject, mark.tier) == ("alias", "p1", Tier.MANUAL)
    decision = draft.decision(mark)
    assert decision is not None
    assert (decision.verdict, decision.replacement) == (Verdict.EDIT, "某人甲")


def test_what_is_undone_leaves_no_trace() -> None:
    fixed = Corrected("a4", RECORD.statements[3].digest, "好的謝謝大家")
    acts: list[Act] = [
        fixed,
        split(RECORD, "a1", 5),
        given_to(RECORD, "a2", S4),
        Merged(S3, S2),
        Named(S2, "p1"),
    ]
    assert drafted(*acts) != drafted()
    undone = [Undone(n) for n in reversed(range(len(acts)))]
    draft = drafted(*acts, *undone)
    assert draft == drafted()
    assert draft.record == RECORD, "every word has its own time again"
    assert drafted(*acts, Undone(0), Undone(len(acts))) == drafted(*acts), "undoing that does it again"


def test_only_what_is_about_the_record_can_be_undone() -> None:
    draft = drafted(
        Decided("m", Verdict.MASK), Approved("x"), Rediarized(None, None, ""), Undone(1), Undone(2)
    )
    assert draft.lapses
    kept = in_force(entries(Named(S1, "p1"), Rediarized(None, None, ""), Undone(1), Undone(9)))
    assert [type(e.act) for e in kept] == [Rediarized], "the naming is void, and nothing was undone"


def test_an_undone_act_voids_approvals_like_the_act_itself() -> None:
    done = approved(MEETING, RECORD, Named(S1, "p1"))
    assert done.approvals
    signed = [*entries(*(Decided(m.id, Verdict.MASK) for m in drafted().undecided))]
    before = replay(MEETING, RECORD, tuple(signed))
    signed.append(Entry(len(signed), "t", "amy", "by hand", Approved(before.digest), "", ""))
    judged = Entry(len(signed), "t", "bob", "by hand", Judged(before.marks[0].id, Verdict.KEEP), "", "")
    assert replay(MEETING, RECORD, (*signed, judged)).approvals
    for act, says in ((Undone(0), "Something was decided"), (split(RECORD, "a1", 5), "text changed")):
        after = replay(MEETING, RECORD, (*signed, replace(judged, act=act)))
        assert not after.approvals
        assert says in str(after.lapses[0])


def test_who_would_decide_what_is_collected_and_decides_nothing() -> None:
    before = drafted()
    mark = before.marks[0].id
    acts = (Judged(mark, Verdict.KEEP), Judged("m-gone", Verdict.MASK), Judged(mark, Verdict.MASK))
    draft = drafted(*acts)
    assert [(j.who, j.mark_id, j.verdict) for j in draft.judged] == [("amy", mark, Verdict.MASK)]
    assert draft.undecided == before.undecided
    assert draft.digest == before.digest


# Who speaks.


def test_a_statement_is_given_to_a_new_voice_and_its_sound_with_it() -> None:
    draft = drafted(given_to(RECORD, "a2", S4))
    turns = [(t.speaker, t.span.start, t.span.end) for t in draft.record.diarization.exclusive]
    assert turns == [("S1", 0, 3_500), ("S4", 3_500, 6_000), ("S2", 6_000, 7_500), ("S3", 7_500, 8_500)]


def replaced(*acts: Act, meeting: Meeting = MEETING) -> list[tuple[int, int]]:
    draft = approved(meeting, RECORD, *acts)
    return [(s.start, s.end) for s in release(draft).sound.replaced]


def test_what_turns_out_to_be_a_protected_person_s_is_replaced() -> None:
    people = (replace(MEETING.participants[0], heard_at=()), shown(2, "王大明", heard_at=3_600))
    meeting = Meeting(participants=people)
    named = (Named(S1, "p2"), Named(S2, "p2"), Named(S3, "p2"))
    given = given_to(RECORD, "a3", S4)
    (start, end), *_ = [
        s for s in replaced(*named, given, Named(S4, "p1"), meeting=meeting) if s[0] < 6_000 < s[1]
    ]
    assert start <= 6_000 - TURN_MARGIN_MS
    assert end >= 7_500 + TURN_MARGIN_MS


def test_what_was_a_protected_person_s_is_heard_only_where_its_words_are() -> None:
    named = (Named(S1, "p1"), Named(S2, "p2"), Named(S3, "p2"))
    before = replaced(*named)
    assert any(start <= 3_500 and end >= 6_000 for start, end in before)
    after = replaced(*named, given_to(RECORD, "a2", S2))
    assert any(start == 0 and end == 3_500 + TURN_MARGIN_MS for start, end in after), (
        "their own words stay out"
    )


def test_a_pause_in_a_statement_that_is_given_away_stays_whose_it_was() -> None:
    words = (word("好", 0, 500), word("的", 3_000, 3_500))
    record = spoken(("S1", "好的"))
    record = replace(record, statements=(replace(record.statements[0], words=words),))
    turns = (replace(record.diarization.exclusive[0], span=span(0, 3_500)),)
    record = replace(record, diarization=replace(record.diarization, exclusive=turns, overlapping=turns))
    draft = drafted(given_to(record, "a1", S2), record=record)
    mine = [(t.span.start, t.span.end) for t in draft.record.diarization.overlapping if t.speaker == S1]
    assert mine == [(500, 3_000)]


def test_a_moment_at_which_somebody_else_speaks_makes_a_named_voice_doubtful() -> None:
    draft = drafted(Named(S2, "p2"), given_to(RECORD, "a1", S2))
    assert draft.namings.person(S2) is None
    assert [p.id for p in draft.unheard] == ["p1"], "no sound goes out until somebody says who it is"


def test_voices_that_were_told_apart_again_take_nothing_over() -> None:
    draft = drafted(given_to(RECORD, "a2", S2), Rediarized(None, None, ""))
    assert draft.record == RECORD


# For any sequence of acts.

many = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
PLAIN = spoken(
    ("S1", ["我是", "陳筱明", "，", "你好"]),
    ("S2", "謝謝筱明"),
    ("S2", ["open", " data", "好"]),
    ("S1", "在臺大醫院"),
)


def sayings(data: st.DataObject, draft: Draft) -> Act:
    """Something that can be done to a record by now."""
    statements = draft.record.statements
    at = data.draw(st.integers(0, len(statements) - 1))
    one = statements[at]
    ids = {s.id for s in statements}
    free = next(f"{one.id}.{n}" for n in itertools.count(1) if f"{one.id}.{n}" not in ids)
    place = data.draw(st.integers(0, len(one.text)))
    marks = [m for m in draft.marks if m.statement_id == one.id]
    taken = tuple(
        Hidden(m.statement_id, m.char_start, m.char_end, m.subject, str(m.kind), "")
        for m in marks
        if m.tier is not Tier.MANUAL and draft.decision(m) is not None
    )
    voice = SpeakerId(data.draw(st.sampled_from(["S0", "S1", "S2", "S7"])))
    following = statements[min(at + 1, len(statements) - 1)]
    acts: list[Act] = [
        replace(split(draft, one.id, place, free), hidden=taken),
        joined(draft, one.id, following.id),
        replace(given_to(draft, one.id, voice), hidden=taken),
        Merged(one.speaker, following.speaker),
    ]
    return data.draw(st.sampled_from(acts))


@many
@given(st.data())
def test_every_word_stays_in_exactly_one_statement_and_what_was_hidden_hidden(data: st.DataObject) -> None:
    first = drafted(record=PLAIN)
    acts: list[Act] = [Added("a4", 1, 5, "", PLAIN.statements[3].digest)]
    acts += [Decided(m.id, Verdict.MASK) for m in first.marks]
    draft = drafted(*acts, record=PLAIN)
    secret = covered(draft, decided=True)
    assert len(secret) >= 3
    for _ in range(data.draw(st.integers(1, 6))):
        acts.append(sayings(data, draft))
        draft = drafted(*acts, record=PLAIN)
    said = "".join(s.text.replace(" ", "") for s in draft.record.statements)
    assert said == "".join(s.text.replace(" ", "") for s in PLAIN.statements)
    assert len({s.id for s in draft.record.statements}) == len(draft.record.statements)
    left, words = list(spelt(draft.record)), list(spelt(PLAIN))
    assert [(c, w.span) for c, w in left] == [(c, w.span) for c, w in words], "each with its time"
    now = covered(draft, decided=False)
    assert now >= secret, "masked, or to be decided again; never let out"
    undone = [*acts, *(Undone(n) for n in reversed(range(len(acts))))]
    assert drafted(*undone, record=PLAIN) == first


def spelt(record: Record) -> list[tuple[str, Word]]:
    """Every character with the word that it is heard in."""
    return [(c, w) for s in record.statements for w in s.words for c in w.text]


def covered(draft: Draft, *, decided: bool) -> set[int]:
    """Which characters of the whole record are masked, or undecided; by their number."""
    found, at = set(), 0
    for s in draft.record.statements:
        places = {}
        for start, _, w in s.placed():
            for offset in range(len(w.text)):
                places[start + offset] = at
                at += 1
        for mark in draft.marks_in(s.id):
            decision = draft.decision(mark)
            if decision is None if not decided and mark in draft.undecided else decision is not None:
                found |= {places[c] for c in range(mark.char_start, mark.char_end) if c in places}
    return found


def test_a_copy_is_a_record_of_its_own() -> None:
    one = Reviewed(MEETING, RECORD)
    other = one.copy()
    for entry in entries(split(RECORD, "a1", 5), Named(S2, "p1"), Merged(S3, S2), Judged("m", Verdict.MASK)):
        other.take(entry)
    assert one.record == RECORD
    assert replay(MEETING, RECORD, ()) == drafted()
    assert (one.named, one.judged, one.inferred) == ({}, {}, set())


def test_what_cannot_be_done_changes_nothing() -> None:
    one = Reviewed(MEETING, RECORD)
    nothing: list[Act] = [
        split(RECORD, "a1", 0),
        split(RECORD, "a1", 7),
        split(RECORD, "a1", 3, into="a4"),
        replace(split(RECORD, "a1", 3), text_digest="stale"),
        Corrected("a1", RECORD.statements[0].digest, " "),
        Undone(3),
    ]
    assert [one.take(e) for e in entries(*nothing)] == [False] * len(nothing)
    assert one.record == RECORD
    assert Millis(0) == one.record.statements[0].span.start
