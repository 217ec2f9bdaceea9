"""Corrections that are suggested: where a text sounds like a term of the meeting, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.suggestions import answers
from redaction.decision import Accepted, Act, Corrected, Decided, Rejected, Verdict
from redaction.draft import Draft, replay
from redaction.suggest import Suggestion, suggest
from speakers.meeting import Meeting
from speakers.record import Record
from tests.scenes import approved, entries, hidden, shown, spoken

MEETING = Meeting(
    participants=(
        shown(1, "高慧敏", role="交通局"),
        hidden(2, "蔡佩珊", "佩珊", "毛毛媽"),
        shown(3, "張育誠", role="附議人"),
    ),
    glossary=("Slido", "open data", "捷運", "附議", "提案人", "臺北市"),
)


def found(text: str, meeting: Meeting = MEETING) -> list[tuple[str, str, str, str]]:
    record = spoken(("S1", text))
    shown_text = record.statements[0].text
    return [
        (shown_text[s.char_start : s.char_end], s.proposed, s.level, s.term) for s in suggest(meeting, record)
    ]


@pytest.mark.parametrize(
    ("text", "heard", "proposed", "level", "term"),
    [
        ("各位好，我是地搞灰面，負責公車", "搞灰面", "高慧敏", "near-miss", "p1/0"),
        ("我是腳桶局的代表", "腳桶局", "交通局", "same-sound", "p1/role"),
        ("cido 上面有一個提問", "cido", "Slido", "near-sound", "glossary/0"),
        ("大家好，我是提愛人", "提愛人", "提案人", "near-miss", "glossary/4"),
        ("我是張玉成，家裡有貓", "張玉成", "張育誠", "same-sound", "p3/0"),
        ("去年的 opendata 顯示", "opendata", "open data", "variant", "glossary/1"),
        ("台北市的公車", "台北市", "臺北市", "variant", "glossary/5"),
        ("大概3百件", "3百", "三百", "mixed-notation", "numerals"),
    ],
)
def test_what_sounds_like_a_term_is_suggested(
    text: str, heard: str, proposed: str, level: str, term: str
) -> None:
    assert found(text) == [(heard, proposed, level, term)]


@pytest.mark.parametrize(
    "text",
    [
        "請問交通局的高慧敏，附議人張育誠",
        "Slido 上面的 open data，Open data is good",
        "復議這個案子，我們比較富裕",
        "大家一起努力，下個月再討論",
        "三百件，六月十八日，300萬，12月3日",
        "Slidos",
        "",
        "，",
    ],
)
def test_what_is_right_or_another_word_is_left_alone(text: str) -> None:
    assert not spoken(("S1", text or "好")).statements[0].text.startswith(" ")
    assert found(text or "好") == []


def test_without_anything_known_nothing_is_suggested() -> None:
    assert found("我是腳桶局的代表", Meeting()) == []


def test_the_likeliest_comes_first_and_no_two_share_a_character() -> None:
    record = spoken(("S1", "提愛人說，腳桶局，腳桶局"), ("S1", "台北市"))
    suggested = suggest(MEETING, record)
    assert [s.score for s in suggested] == sorted((s.score for s in suggested), reverse=True)
    assert len({(s.statement_id, n) for s in suggested for n in range(s.char_start, s.char_end)}) == sum(
        s.char_end - s.char_start for s in suggested
    )
    offices = [s for s in suggested if s.proposed == "交通局"]
    assert len(offices) == 2
    assert len({s.group for s in offices}) == 1
    assert len({s.group for s in suggested}) == 3


def test_a_suggestion_does_not_show_the_term_where_it_is_printed() -> None:
    (suggestion,) = suggest(MEETING, spoken(("S1", "我是提愛人")))
    assert "提案人" not in repr(suggestion)
    assert "提案人" not in suggestion.why


def draft_of(record: Record, *acts: Act) -> Draft:
    return replay(MEETING, record, entries(*acts))


def only(draft: Draft) -> Suggestion:
    (suggestion,) = draft.suggestions
    return suggestion


def test_what_is_marked_is_not_suggested_as_well() -> None:
    record = spoken(("S1", "謝謝蔡沛珊的說明，也謝謝腳桶局"))
    draft = draft_of(record)
    assert len(draft.marks) == 1
    assert [s.proposed for s in draft.suggestions] == ["交通局"]
    kept = draft_of(record, Decided(draft.marks[0].id, Verdict.KEEP, "somebody else"))
    assert [s.proposed for s in kept.suggestions] == ["交通局"]


def test_what_was_kept_as_no_mention_may_be_somebody_else() -> None:
    meeting = Meeting(participants=(hidden(1, "張育誠"), shown(2, "張玉辰")))
    record = spoken(("S1", "我是張玉成，大家好"))
    draft = replay(meeting, record, entries())
    assert draft.undecided
    assert draft.suggestions == ()
    keep = Decided(draft.undecided[0].id, Verdict.KEEP, "it is the other one")
    assert [s.proposed for s in replay(meeting, record, entries(keep)).suggestions] == ["張玉辰"]


def test_a_protected_name_that_was_misheard_is_a_mark_and_no_suggestion() -> None:
    draft = draft_of(spoken(("S1", "可是蔡配身也在場")))
    assert [(m.subject, m.evidence.level) for m in draft.undecided] == [("p2", "near-miss")]
    assert draft.suggestions == ()


def test_accepting_corrects_the_text_and_keeps_the_times_of_the_other_words() -> None:
    record = spoken(("S1", "我是腳桶局的代表"))
    draft = draft_of(record)
    (act,) = answers(draft, accepted=draft.suggestions)
    assert isinstance(act, Accepted)
    assert (act.heard, act.proposed) == ("腳桶局", "交通局")
    assert "same-sound" in act.why
    after = draft_of(record, act)
    before, now = record.statements[0], after.record.statements[0]
    assert now.text == "我是交通局的代表"
    assert after.suggestions == ()
    assert now.time_of(0, 2) == before.time_of(0, 2)
    assert now.time_of(5, 8) == before.time_of(5, 8)
    assert now.time_of(2, 5) == before.time_of(2, 5)


def test_all_in_one_statement_are_accepted_at_once() -> None:
    record = spoken(("S1", "腳桶局說，提愛人也說，腳桶局說"))
    draft = draft_of(record)
    acts = answers(draft, accepted=draft.suggestions)
    assert len(acts) == 3
    assert draft_of(record, *acts).record.statements[0].text == "交通局說，提案人也說，交通局說"


def test_what_was_rejected_does_not_come_back_when_its_statement_is_corrected() -> None:
    record = spoken(("S1", "腳桶局說，腳桶局說"))
    draft = draft_of(record)
    second = next(s for s in draft.suggestions if s.char_start > 0)
    (refusal,) = answers(draft, rejected=[second])
    assert isinstance(refusal, Rejected)
    left = draft_of(record, refusal)
    assert only(left).char_start == 0
    taken = draft_of(record, refusal, *answers(left, accepted=left.suggestions))
    assert taken.record.statements[0].text == "交通局說，腳桶局說"
    assert taken.suggestions == ()
    statement = taken.record.statements[0]
    rewritten = Corrected(statement.id, statement.digest, "那麼交通局說，然後腳桶局說")
    again = draft_of(record, refusal, *answers(left, accepted=left.suggestions), rewritten)
    assert again.suggestions == ()


def test_an_answer_to_a_statement_that_changed_meanwhile_does_nothing() -> None:
    record = spoken(("S1", "腳桶局說"))
    draft = draft_of(record)
    other = Corrected("a1", record.statements[0].digest, "那個腳桶局說")
    for acts in (answers(draft, accepted=draft.suggestions), answers(draft, rejected=draft.suggestions)):
        after = draft_of(record, other, *acts)
        assert after.record.statements[0].text == "那個腳桶局說"
        assert only(after).char_start == 2


def test_only_an_accepted_suggestion_voids_an_approval() -> None:
    record = spoken(("S1", "腳桶局說，提愛人說"))
    draft = approved(MEETING, record)
    assert draft.approvals
    assert draft.suggestions, "open suggestions stop nothing"
    refused = replay(MEETING, record, entries(*answers(draft, rejected=draft.suggestions)))
    assert refused.digest == draft.digest
    assert refused.suggestions == ()
    accepted = replay(MEETING, record, entries(*answers(draft, accepted=draft.suggestions[:1])))
    assert accepted.digest != draft.digest


def test_another_glossary_suggests_something_else() -> None:
    draft = draft_of(spoken(("S1", "我是提愛人")))
    assert only(draft).term == "glossary/4"
    assert replace(draft, meeting=replace(MEETING, glossary=())).suggestions == ()
