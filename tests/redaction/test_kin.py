"""What protected people tell about themselves and their families, and others about them."""

from __future__ import annotations

import pytest

from redaction.draft import replay
from redaction.kin import find
from redaction.mark import Kind, Mark, Tier
from redaction.mentions import find as mentions_of
from redaction.nearness import nearness
from speakers import names
from speakers.meeting import Meeting
from speakers.record import Record
from tests.scenes import entries, hidden, shown, spoken

MEETING = Meeting(participants=(hidden(1, "蔡佩珊", "佩珊", "Sheila", heard_at=100), shown(2, "高慧敏")))


def told(record: Record, meeting: Meeting = MEETING) -> tuple[Mark, ...]:
    mentions = mentions_of(meeting, record)
    near = nearness(meeting, record, names.name(meeting, record), mentions)
    return find(meeting, record, near, mentions)


def said(record: Record) -> list[tuple[str, str, Tier]]:
    texts = {s.id: s.text for s in record.statements}
    return [
        (texts[m.statement_id][m.char_start : m.char_end], m.evidence.cues[0], m.tier) for m in told(record)
    ]


@pytest.mark.parametrize(
    ("text", "stretch", "what", "tier"),
    [
        ("我在台新銀行上班。", "台新銀行", "workplace", Tier.B),
        ("其實我目前在內湖的銀行工作", "內湖的銀行", "workplace", Tier.B),
        ("我任職於永和國小", "永和國小", "workplace", Tier.B),
        ("我是永和國小的老師", "永和國小", "workplace", Tier.B),
        ("我是衛生所的", "衛生所的", "", Tier.B),
        ("我是獨立書店老闆", "獨立書店老闆", "role", Tier.B),
        ("我唸的是師大", "師大", "school", Tier.B),
        ("我住在永和", "永和", "place", Tier.B),
        ("我們家住民生社區，很久了", "民生社區", "place", Tier.B),
        ("我是台東人", "台東", "place", Tier.B),
        ("我今年三十九歲", "三十九歲", "age", Tier.B),
        ("我得了黏多醣症", "黏多醣症", "condition", Tier.B),
        ("我被診斷出多發性硬化症", "多發性硬化症", "condition", Tier.B),
        ("我女兒小安也在場", "小安", "relative", Tier.B),
        ("我先生也贊成", "我先生", "relation", Tier.C),
        ("我女兒在永和國小念書", "永和國小", "workplace", Tier.B),
        ("我兒子有自閉症", "自閉症", "condition", Tier.B),
        ("我妹佩玲也在", "佩玲", "relative", Tier.B),
        ("我是小安的媽媽", "小安的媽媽", "relative", Tier.B),
        ("我是從屏東上來的", "屏東", "place", Tier.B),
        ("我今年四十二", "四十二", "age", Tier.B),
        ("我七十八年次", "七十八年次", "age", Tier.B),
        ("我兩年前中風過", "中風", "condition", Tier.B),
        ("身為國小的老師，我覺得", "國小的老師", "role", Tier.C),
        ("my son is autistic", "autistic", "condition", Tier.B),
        ("my husband Kevin works at Golden Bakery", "Golden Bakery", "workplace", Tier.B),
        ("I work at Golden Bakery in town", "Golden Bakery", "workplace", Tier.B),
        ("I live in Yonghe, Taipei", "Yonghe, Taipei", "place", Tier.B),
        ("I was diagnosed with multiple sclerosis", "multiple sclerosis", "condition", Tier.B),
        ("I am 39 years old", "39 years old", "age", Tier.B),
        ("my sister came too", "my sister", "relation", Tier.C),
        ("my sister Joyce came", "Joyce", "relative", Tier.B),
    ],
)
def test_what_somebody_protected_tells_about_themselves(
    text: str, stretch: str, what: str, tier: Tier
) -> None:
    if not what:
        assert said(spoken(("S1", text))) == []
    else:
        assert (stretch, what, tier) in said(spoken(("S1", text)))


@pytest.mark.parametrize(
    "text",
    [
        "我是提案人",
        "我們在會議當中討論",
        "我覺得很好",
        "我在想這件事",
        "我有一個問題",
        "我們的政策",
        "I think it works",
    ],
)
def test_what_tells_nothing(text: str) -> None:
    assert said(spoken(("S1", text))) == []


def test_others_may_tell_it_of_themselves() -> None:
    record = spoken(("S1", "大家好"), *(("S2", "好"),) * 4, ("S2", "我在台新銀行上班，我女兒小安"))
    assert told(record) == ()


def test_what_others_ask_them_is_found_within_three_statements() -> None:
    near = spoken(("S1", "大家好"), ("S2", "你在台新銀行上班嗎"))
    far = spoken(("S1", "大家好"), *(("S2", "好"),) * 3, ("S2", "你在台新銀行上班嗎"))
    assert said(near) == [("台新銀行", "workplace", Tier.C)]
    assert told(far) == ()


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("佩珊的妹妹有來", "的妹妹"),
        ("佩珊有來，她先生在台新銀行上班", "她先生"),
        ("佩珊她在台新銀行上班", "台新銀行"),
        ("佩珊住在永和", "永和"),
        ("Sheila's sister came", "'s sister"),
    ],
)
def test_what_others_tell_beside_a_mention(text: str, stretch: str) -> None:
    record = spoken(("S1", "大家好"), *(("S2", "好"),) * 4, ("S2", text))
    found = said(record)
    assert stretch in [s for s, _, _ in found]
    assert {tier for _, _, tier in found} == {Tier.C}


def test_nothing_is_looked_for_where_nobody_is_protected() -> None:
    assert (
        told(spoken(("S1", "我在台新銀行上班")), Meeting(participants=(shown(1, "高慧敏", heard_at=100),)))
        == ()
    )


def test_a_mark_says_whose_it_is_and_holds_no_word() -> None:
    (mark,) = told(spoken(("S1", "我住在永和")))
    assert (mark.subject, mark.kind, mark.evidence.cues) == ("p1", Kind.QUASI, ("place", "own-words"))
    assert "永和" not in repr(mark)


def test_another_naming_brings_other_questions() -> None:
    record = spoken(("S1", "我住在永和"), ("S2", "我住在板橋"))
    marks = replay(MEETING, record, entries()).marks
    assert [m.statement_id for m in marks if m.evidence.recogniser == "kin"] == ["a1"]
