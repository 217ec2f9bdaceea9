"""What is found of a person, how sure it is, and what is left alone: tables of text and expected marks."""

from __future__ import annotations

import pytest

from redaction.mark import Kind, Mark, Tier
from redaction.mentions import find, written
from speakers.meeting import Meeting, Participant
from tests.scenes import hidden, shown, spoken, unrecorded

XIAOMING = hidden(1, "陳筱明", "筱明")
PEISHAN = hidden(1, "蔡佩珊", "佩珊", "毛毛媽")
PINYU = hidden(1, "游品妤", "品妤", "小妤")
SHEILA = hidden(1, "Sheila Chen", "Sheila")
ANN = hidden(1, "Ann")
FISH = hidden(1, "王大", "小魚")

Expected = list[tuple[str, str, str]]


def marks(text: str, *people: Participant) -> tuple[Mark, ...]:
    return find(Meeting(participants=people), spoken(("S1", text)))


def found(text: str, *people: Participant) -> Expected:
    return [(text[m.char_start : m.char_end], m.evidence.level, str(m.tier)) for m in marks(text, *people)]


@pytest.mark.parametrize(("person", "text", "expected"), [
    # as written, and how it is written
    (XIAOMING, "我是陳筱明。", [("陳筱明", "exact", "A")]),
    (XIAOMING, "我是陈筱明。", [("陈筱明", "variant", "A")]),
    (hidden(1, "陈筱明"), "我是陳筱明。", [("陳筱明", "variant", "A")]),
    (XIAOMING, "謝謝筱明", [("筱明", "exact", "A")]),
    (hidden(1, "李大華"), "\uf9e1大華說", [("\uf9e1大華", "exact", "A")]),
    # by sound
    (XIAOMING, "我是陳曉明。", [("陳曉明", "same-sound", "A")]),
    (XIAOMING, "那個曉明", [("曉明", "same-sound", "B")]),
    (XIAOMING, "曉明", [("曉明", "same-sound", "B")]),
    (PINYU, "謝謝評語", [("評語", "near-sound", "B")]),
    (PINYU, "這份評語", [("評語", "near-sound", "C")]),
    (PEISHAN, "這個貓貓媽", [("貓貓媽", "same-sound", "B")]),
    # a vowel sign belongs to the letter before it
    (hidden(1, "नीता"), "我是नीता。", [("नीता", "exact", "A")]),
    # surname and title
    (PEISHAN, "蔡小姐說", [("蔡小姐", "exact", "A")]),
    (PEISHAN, "蔡 小姐說", [("蔡 小姐", "exact", "A")]),
    (XIAOMING, "陈先生", [("陈先生", "variant", "A")]),
    (hidden(1, "歐陽小明"), "歐陽先生，歐先生", [("歐陽先生", "exact", "A")]),
    (PEISHAN, "小姐，菜很好", []),
    # what stands between
    (PEISHAN, "蔡，佩珊", [("蔡，佩珊", "exact", "A")]),
    (PEISHAN, "蔡 佩 珊", [("蔡 佩 珊", "exact", "A")]),
    (hidden(1, "歐陽小明"), "歐 陽 小 明", [("歐 陽 小 明", "exact", "A")]),
    (PEISHAN, "姓蔡。佩珊說", [("蔡。佩珊", "exact", "B"), ("佩珊", "exact", "A")]),
    (hidden(1, "蔡佩"), "姓蔡。佩服", []),
    (XIAOMING, "陳\u200b\u200b\u200b筱\x00明", [("陳\u200b\u200b\u200b筱\x00明", "exact", "A")]),
    (hidden(1, "王大", "毛毛·媽"), "毛毛媽", [("毛毛媽", "exact", "A")]),
    # words that everybody uses
    (FISH, "我買小魚乾", [("小魚", "exact", "B")]),
    (hidden(1, "王大", "時間"), "時間到了", [("時間", "exact", "B")]),
    (hidden(1, "王大", "魚"), "吃魚", [("魚", "exact", "B")]),
    # a given name that nobody listed
    (hidden(1, "陳筱明"), "謝謝筱明", [("筱明", "exact", "A")]),
    (hidden(1, "陳筱明"), "筱明", [("筱明", "exact", "B")]),
    (hidden(1, "陳筱明"), "謝謝曉明", [("曉明", "same-sound", "B")]),
    (hidden(1, "陳筱明"), "曉明", [("曉明", "same-sound", "B")]),
    (hidden(1, "陳明天"), "明天再說", []),
    # the wider one where both are sure; both where the wider one is not
    (PEISHAN, "蔡佩珊", [("蔡佩珊", "exact", "A")]),
    (XIAOMING, "我是岑筱明", [("岑筱明", "near-sound", "B"), ("筱明", "exact", "A")]),
    (hidden(1, "王大", "明明"), "明明明", [("明明", "exact", "B"), ("明明", "exact", "B")]),
    # Latin
    (SHEILA, "thanks, Sheila.", [("Sheila", "exact", "A")]),
    (SHEILA, "Sheila Chen", [("Sheila Chen", "exact", "A")]),
    (SHEILA, "SHEILA'S cat", [("SHEILA", "exact", "A")]),
    (SHEILA, "Sheila’s cat", [("Sheila", "exact", "A")]),
    (SHEILA, "Shiela said", [("Shiela", "near-sound", "B")]),
    (SHEILA, "謝謝Sheila你好", [("Sheila", "exact", "A")]),
    (SHEILA, "帳號是Sheila1990", [("Sheila", "exact", "B")]),
    (SHEILA, "第2Sheila", [("Sheila", "exact", "B")]),
    (SHEILA, "Ｓｈｅｉｌａ", [("Ｓｈｅｉｌａ", "exact", "A")]),
    (SHEILA, "She\u200bila", [("She\u200bila", "exact", "A")]),
    (SHEILA, "sheila_chen@example.org", [("sheila_chen", "exact", "A")]),
    (SHEILA, "the ceiling", []),
    (ANN, "planning an annual Annex", []),
    (ANN, "Ann, ann.", [("Ann", "exact", "A"), ("ann", "exact", "A")]),
    (hidden(1, "José"), "thank you, Jose\u0301.", [("Jose\u0301", "exact", "A")]),
    (hidden(1, "rose"), "a rose", [("rose", "exact", "B")]),
    # other signs and scripts
    (hidden(1, "王大", "😺"), "謝謝😺", [("😺", "exact", "B")]),
    (hidden(1, "王大", "さくら"), "謝謝さくらさん", [("さくら", "exact", "A")]),
    (hidden(1, "王大", "阿Ben"), "阿BEN說", [("阿BEN", "variant", "A")]),
])  # fmt: skip
def test_what_is_found(person: Participant, text: str, expected: Expected) -> None:
    assert found(text, person) == expected


def test_reasons_are_told_without_words_of_the_record() -> None:
    (mark,) = marks("謝謝陳曉明。", XIAOMING)
    assert mark.evidence.cues == ("cue-before", "full-name")
    assert (mark.subject, mark.kind) == ("p1", Kind.NAME)
    assert "曉" not in repr(mark)


def test_only_those_who_asked_for_anonymity_are_looked_for() -> None:
    assert marks("陳筱明和蔡佩珊", shown(1, "陳筱明"), unrecorded(2, "蔡佩珊")) == ()


def test_two_people_who_sound_alike_are_told_apart_by_their_characters() -> None:
    people = (hidden(1, "陳筱明"), hidden(2, "陳曉明"))
    assert [m.subject for m in marks("陳曉明問陳筱明", *people)] == ["p2", "p1"]


def test_a_surname_that_others_share_is_not_pre_accepted() -> None:
    (mark,) = marks("蔡小姐", PEISHAN, shown(2, "蔡英俊"))
    assert mark.tier is Tier.B
    assert "surname-shared" in mark.evidence.cues
    (mark,) = marks("陳先生", hidden(1, "陳筱明"), shown(2, "陈大文"))
    assert mark.tier is Tier.B


def test_a_name_inside_somebody_else_s_is_a_mark_of_its_own() -> None:
    people = (hidden(1, "王大", "小魚乾"), hidden(2, "李小", "小魚"))
    assert [(m.char_start, m.char_end, m.subject) for m in marks("吃小魚乾", *people)] == [
        (1, 4, "p1"),
        (1, 3, "p2"),
    ]


def test_names_that_share_a_character_are_both_marks() -> None:
    people = (hidden(1, "王大", "阿明"), hidden(2, "李小", "明珠"))
    assert [(m.char_start, m.char_end, m.subject) for m in marks("阿明珠", *people)] == [
        (0, 2, "p1"),
        (1, 3, "p2"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("我是陳筱", "明，我想說", ["陳筱", "明"]),
        ("我是陳", "曉明", ["陳", "曉明"]),  # by sound
        ("我姓陳。", "筱明。", ["陳。", "筱明"]),
        ("我是筱", "明天", ["筱", "明"]),
        ("我是曉", "明天", []),  # two characters by sound are chance
        ("大家好。", "筱明", ["筱明"]),
        ("陳", "筱明", ["陳", "筱明"]),
    ],
)
def test_a_name_that_a_change_of_speaker_cuts(before: str, after: str, parts: list[str]) -> None:
    record = spoken(("S1", before), ("S2", after))
    texts = {s.id: s.text for s in record.statements}
    cut = find(Meeting(participants=(XIAOMING,)), record)
    assert [texts[m.statement_id][m.char_start : m.char_end] for m in cut] == parts


def test_a_latin_name_that_a_change_of_speaker_cuts() -> None:
    record = spoken(("S1", ["Sheila"]), ("S2", ["Chen", " speaks"]))
    cut = find(Meeting(participants=(hidden(1, "Sheila Chen"),)), record)
    assert [(m.statement_id, m.char_start, m.char_end) for m in cut] == [("a1", 0, 6), ("a2", 0, 4)]


def test_mentions_that_read_alike_are_decided_together() -> None:
    groups = [m.surface_group for m in marks("陳筱明、陈筱明、陳曉明", XIAOMING)]
    assert groups[0] == groups[1] != groups[2]


def test_every_statement_is_searched_in_order() -> None:
    record = spoken(("S1", "筱明筱明"), ("S2", "沒有"), ("S3", "陳筱明"))
    assert [(m.statement_id, m.char_start) for m in find(Meeting(participants=(XIAOMING,)), record)] == [
        ("a1", 0),
        ("a1", 2),
        ("a3", 0),
    ]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("", 0),
        ("陳筱明", 2),
        ("陈，筱明", 2),
        ("曉明", 0),
        ("筱明與筱明", 2),
        ("參與者 1", 0),
    ],
)
def test_what_a_text_spells_out(text: str, times: int) -> None:
    assert written(Meeting(participants=(XIAOMING, shown(2, "王大明"))), text).total() == times
