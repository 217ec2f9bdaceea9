"""What would give a protected person away without naming them: facts of the register, as people say them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redaction.decision import Decided, Verdict
from redaction.draft import replay
from redaction.facts import find
from redaction.mark import Kind, Mark, Tier
from redaction.mentions import find as mentions_of
from redaction.nearness import nearness
from redaction.propose import propose
from redaction.release import release
from speakers.meeting import Fact, FactKind, Meeting
from speakers.record import Record
from tests.scenes import approved, entries, hidden, spoken


def meeting_with(*facts: Fact) -> Meeting:
    return Meeting(participants=(replace(hidden(1, "蔡佩珊", heard_at=100), facts=facts),))


def marks_of(meeting: Meeting, record: Record) -> tuple[Mark, ...]:
    near = nearness(meeting, record, None, mentions_of(meeting, record))
    return find(meeting, record, near)


@pytest.mark.parametrize(
    ("kind", "fact", "text", "said", "level"),
    [
        (FactKind.EMPLOYER, "台新銀行", "她在台新銀行做事", "台新銀行", "exact"),
        (FactKind.EMPLOYER, "台新銀行", "她在台新做事", "台新", "exact"),
        (FactKind.EMPLOYER, "台新銀行", "她在台新，銀行做事", "台新，銀行", "variant"),
        (FactKind.EMPLOYER, "台新銀行", "她在台心銀行做事", "台心銀行", "same-sound"),
        (FactKind.HOSPITAL, "臺大醫院", "在台大醫院看的", "台大醫院", "variant"),
        (FactKind.HOSPITAL, "臺大醫院", "在台大看的", "台大", "variant"),
        (FactKind.SCHOOL, "國立臺灣大學", "他念台大", "台大", "variant"),
        (FactKind.TOWN, "花蓮縣", "住花蓮的人", "花蓮", "exact"),
        (FactKind.CONDITION, "黏多醣症", "得了黏多堂症", "黏多堂症", "same-sound"),
        (FactKind.ADDRESS, "中山路二段三十五號", "中山路2段35號那間", "中山路2段35號", "variant"),
        (FactKind.AGE, "39 歲", "她今年三十九歲", "三十九歲", "variant"),
        (FactKind.AGE, "三十九", "a 39 year-old woman", "39 year-old", "variant"),
        (FactKind.BIRTHDAY, "1989-03-05", "她三月五號生日", "三月五號", "variant"),
        (FactKind.BIRTHDAY, "民國78年3月5日", "他是一九八九年的", "一九八九年", "variant"),
        (FactKind.NUMBER, "0912-345-678", "零九一二，三四五，六七八", "零九一二，三四五，六七八", "variant"),
        (FactKind.RELATIVE, "女兒小安", "小安今天也來了", "小安", "exact"),
        (FactKind.OTHER, "Golden Bakery", "at golden bakery downtown", "golden bakery", "variant"),
    ],
)
def test_a_fact_is_found_as_it_is_said(kind: FactKind, fact: str, text: str, said: str, level: str) -> None:
    (mark,) = marks_of(meeting_with(Fact(kind, fact)), spoken(("S1", text)))
    assert text[mark.char_start : mark.char_end] == said
    expected = Kind.CONTACT if kind in {FactKind.NUMBER, FactKind.ADDRESS} else Kind.QUASI
    assert (mark.kind, mark.subject, mark.evidence.level) == (expected, "p1", level)
    assert fact not in repr(mark)


@pytest.mark.parametrize(
    ("kind", "fact", "text"),
    [
        (FactKind.EMPLOYER, "交通局", "交通很重要"),
        (FactKind.EMPLOYER, "台新銀行", "銀行的事"),
        (FactKind.AGE, "39 歲", "預算三十九萬"),
        (FactKind.AGE, "39 歲", "她四十二歲"),
        (FactKind.BIRTHDAY, "1989-03-05", "三月六號"),
        (FactKind.BIRTHDAY, "1989-03-05", "大家好"),
        (FactKind.NUMBER, "0912345678", "零九一二三四五六七九"),
        (FactKind.OTHER, "Oak", "the oaks are old"),
    ],
)
def test_what_is_no_such_fact(kind: FactKind, fact: str, text: str) -> None:
    assert marks_of(meeting_with(Fact(kind, fact)), spoken(("S1", text))) == ()


def test_of_people_who_are_not_protected_nothing_is_looked_for() -> None:
    person = replace(hidden(1, "蔡佩珊"), facts=(Fact(FactKind.EMPLOYER, "台新銀行"),), wish="named")
    assert marks_of(Meeting(participants=(person,)), spoken(("S1", "台新銀行"))) == ()


def test_of_somebody_who_does_not_take_part_it_is() -> None:
    person = replace(hidden(1, "蔡佩珊"), id="e1", facts=(Fact(FactKind.EMPLOYER, "台新銀行"),))
    (mark,) = marks_of(Meeting(elsewhere=(person,)), spoken(("S1", "台新銀行")))
    assert mark.subject == "e1"


def tiers(texts: list[str], *facts: Fact) -> list[tuple[Tier, bool]]:
    marks = propose(meeting_with(*facts), spoken(*(("S1", t) for t in texts)))
    marks = tuple(m for m in marks if m.evidence.recogniser == "facts")
    return [(m.tier, "combined" in m.evidence.cues) for m in marks]


OFFICE, AGE = Fact(FactKind.EMPLOYER, "交通局"), Fact(FactKind.AGE, "39")


def test_what_many_share_is_doubtful_where_the_person_is_not_near() -> None:
    assert tiers(["交通局說明一下"], OFFICE) == [(Tier.C, False)]


def test_near_a_mention_of_the_person_it_is_asked_one_by_one() -> None:
    assert tiers(["蔡佩珊有來", "好", "對", "交通局說明一下"], OFFICE) == [(Tier.B, False)]
    assert tiers(["蔡佩珊有來", "好", "對", "嗯", "交通局說明一下"], OFFICE) == [(Tier.C, False)]


def test_what_is_hardly_anybody_else_s_is_asked_one_by_one_everywhere() -> None:
    assert tiers(["罹患黏多醣症"], Fact(FactKind.CONDITION, "黏多醣症")) == [(Tier.B, False)]


def test_two_facts_of_one_person_together_say_more_than_either() -> None:
    assert tiers(["交通局那位", "嗯", "三十九歲"], OFFICE, AGE) == [(Tier.B, True), (Tier.B, True)]
    assert tiers(["交通局那位", "嗯", "對", "好", "三十九歲"], OFFICE, AGE) == [
        (Tier.C, False),
        (Tier.C, False),
    ]


def test_a_fact_and_what_they_tell_of_themselves_count_together() -> None:
    meeting = meeting_with(OFFICE)
    draft = replay(
        meeting, spoken(("S1", "我在交通局"), ("S1", "我住在永和"), ("S1", "我女兒也在")), entries()
    )
    cues = {m.evidence.recogniser: m.evidence.cues for m in draft.marks[:2]}
    assert ["combined" in cues["facts"], "combined" in cues["kin"]] == [True, True]
    assert [m.tier for m in draft.marks] == [Tier.B, Tier.B, Tier.C]


def test_about_an_age_is_looked_for_near_the_person_only() -> None:
    assert tiers(["蔡佩珊有來", "快四十歲"], AGE) == [(Tier.C, False)]
    assert tiers(["有人快四十歲"], AGE) == []


def test_the_person_s_own_voice_is_near() -> None:
    meeting = meeting_with(OFFICE)
    draft = replay(meeting, spoken(("S1", "交通局說明")), entries())
    assert [m.tier for m in draft.marks if m.evidence.recogniser == "facts"] == [Tier.B]


def test_staff_s_words_stand_in_its_place() -> None:
    meeting = meeting_with(
        Fact(FactKind.EMPLOYER, "台新銀行", "某銀行"), Fact(FactKind.CONDITION, "黏多醣症")
    )
    record = spoken(("S1", "我去台新銀行問黏多醣症"))
    text = release(approved(meeting, record)).statements[0].text
    assert text == "我去某銀行問（隱去）"


def test_a_number_of_theirs_is_one_question_and_does_not_say_whose_it_is() -> None:
    meeting = meeting_with(Fact(FactKind.NUMBER, "0912345678"))
    record = spoken(("S1", "打零九一二，三四五，六七八"))
    (mark,) = propose(meeting, record)
    assert (mark.subject, mark.kind) == ("p1", Kind.CONTACT)
    assert release(approved(meeting, record)).statements[0].text == "打（聯絡資料）"


def test_a_reviewer_s_words_go_before_staff_s() -> None:
    meeting = meeting_with(Fact(FactKind.EMPLOYER, "台新銀行", "某銀行"))
    record = spoken(("S1", "我去台新銀行問"))
    (mark,) = propose(meeting, record)
    text = (
        release(approved(meeting, record, Decided(mark.id, Verdict.EDIT, replacement="某處")))
        .statements[0]
        .text
    )
    assert text == "我去某處問"


def test_other_words_in_its_place_void_an_approval() -> None:
    record = spoken(("S1", "我去台新銀行問"))
    before, after = (
        replay(meeting_with(Fact(FactKind.EMPLOYER, "台新銀行", instead)), record, entries())
        for instead in ("某銀行", "某處")
    )
    assert before.digest != after.digest
