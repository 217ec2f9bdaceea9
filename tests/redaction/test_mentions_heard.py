"""Names that were misheard, shortened, spelt out and called otherwise; and ordinary speech that is none of it."""

from __future__ import annotations

import pytest

from redaction.mark import Mark, Tier
from redaction.mentions import find
from redaction.propagate import Sighting
from speakers.meeting import Meeting, Participant
from tests.scenes import hidden, shown, spoken

XIAOMING = hidden(1, "陳筱明", "筱明")
PEISHAN = hidden(1, "蔡佩珊", "佩珊", "毛毛媽")
LIYAN = hidden(1, "沈立言")
HUIMIN = hidden(1, "高慧敏")
SHEILA = hidden(1, "Sheila Chen", "Sheila")
OUYANG = hidden(1, "歐陽小明")


def marks(text: str, *people: Participant) -> tuple[Mark, ...]:
    return find(Meeting(participants=people), spoken(("S1", text)))


def surfaces(text: str, *people: Participant) -> list[str]:
    return [text[m.char_start : m.char_end] for m in marks(text, *people)]


@pytest.mark.parametrize(("person", "text", "surface", "tier"), [
    # what recognizers wrote
    (PEISHAN, "我是菜配山，住台中。", "菜配山", "A"),
    (PEISHAN, "謝謝蔡佩山的分享。", "蔡佩山", "A"),
    (PEISHAN, "這是茅茅罵做的表格。", "茅茅罵", "B"),
    (PEISHAN, "某某罵你好。", "某某罵", "B"),
    (LIYAN, "那個審立演有沒有來？", "審立演", "A"),
    (HUIMIN, "我記得稿會命在銀行上班。", "稿會命", "B"),
    # a syllable that is wrong altogether
    (PEISHAN, "佩關說她會來。", "佩關", "C"),
    (PEISHAN, "謝謝佩聽的說明。", "佩聽", "B"),
    # a nickname of which only 阿 is right, or only the rest
    (PEISHAN, "謝謝阿村的分享。", "阿村", "B"),
    (PEISHAN, "謝謝安山的分享。", "安山", "B"),
    # one less, one more
    (PEISHAN, "請蔡佩說明。", "蔡佩", "B"),
    (PEISHAN, "提案人蔡佩佩珊。", "蔡佩佩珊", "B"),
    # called otherwise
    (PEISHAN, "菜小姐說她會來。", "菜小姐", "B"),
    (PEISHAN, "小珊剛剛有提到。", "小珊", "B"),
    (PEISHAN, "我跟阿珊討論過。", "阿珊", "B"),
    (PEISHAN, "珊珊你好。", "珊珊", "B"),
    (PEISHAN, "佩珊姐請說。", "佩珊姐", "B"),
    (PEISHAN, "蔡董有交代。", "蔡董", "B"),
    (PEISHAN, "毛毛的媽媽也在場。", "毛毛的媽媽", "B"),
    (PEISHAN, "蔡媽媽也在場。", "蔡媽媽", "A"),
    (OUYANG, "請歐楊先生說明。", "歐楊先生", "B"),
    # in letters
    (PEISHAN, "請佩ㄕㄢ說明。", "佩ㄕㄢ", "B"),
    (PEISHAN, "I met P.S. Tsai there.", "P.S. Tsai", "B"),
    (PEISHAN, "資料是 Pei-shan Tsai 給的。", "Pei-shan Tsai", "A"),
    (PEISHAN, "寄給Cai Peishan。", "Cai Peishan", "A"),
    (SHEILA, "Chen Sheila said so.", "Chen Sheila", "A"),
    (SHEILA, "Shila said so.", "Shila", "B"),
    # in Chinese
    (SHEILA, "席拉你好，我想請問。", "席拉", "B"),
    (SHEILA, "那我們先請雪拉發言。", "雪拉", "C"),
])  # fmt: skip
def test_what_is_found(person: Participant, text: str, surface: str, tier: str) -> None:
    assert (surface, tier) in [(text[m.char_start : m.char_end], str(m.tier)) for m in marks(text, person)]


@pytest.mark.parametrize(("person", "text"), [
    (PEISHAN, "我覺得菜很好吃，山上也很漂亮。"),
    (PEISHAN, "我們陪伴孩子很久。"),
    (PEISHAN, "配合政府的政策。"),
    (PEISHAN, "他在山上罵人。"),
    (PEISHAN, "我們先散散心再開會。"),
    (PEISHAN, "這三山都要走一遍。"),
    (PEISHAN, "請大家培養習慣。"),
    (PEISHAN, "那位小姐剛剛先離開了。"),
    (LIYAN, "我們要審理案子。"),
    (LIYAN, "利用這個機會說明立場。"),
    (HUIMIN, "搞定會議記錄。"),
    (HUIMIN, "敏感的議題要慢慢談。"),
    (XIAOMING, "明天的會議照常舉行。"),
    (XIAOMING, "請說明一下流程。"),
    (XIAOMING, "林小姐和王先生都來了。"),
    (SHEILA, "希望大家支持。"),
    (SHEILA, "Is that the ceiling?"),
    (SHEILA, "she said the chain is broken"),
])  # fmt: skip
def test_ordinary_speech_is_left_alone(person: Participant, text: str) -> None:
    assert surfaces(text, person) == []


def test_what_was_found_once_is_found_where_nothing_speaks_for_it() -> None:
    record = spoken(("S1", "謝謝佩山的分享"), ("S2", "然後我不太確定佩山那份的內容"))
    found = find(Meeting(participants=(PEISHAN,)), record)
    assert [(m.statement_id, m.char_start) for m in found] == [("a1", 2), ("a2", 7)]


def test_what_a_reviewer_masked_is_looked_for_everywhere() -> None:
    record = spoken(("S1", "豆花說好"), ("S2", "豆花也來了，大家都好"))
    meeting = Meeting(participants=(PEISHAN,))
    assert find(meeting, record) == ()
    found = find(meeting, record, [Sighting("p1", "豆花"), Sighting("p1", "大家")])
    assert [(m.statement_id, m.char_start, m.evidence.level, m.tier) for m in found] == [
        ("a1", 0, "propagated", Tier.B),
        ("a2", 0, "propagated", Tier.B),
    ]


def test_a_title_that_could_be_either_of_two_is_a_mark_for_both() -> None:
    found = marks("請陳小姐說明", XIAOMING, hidden(2, "陳大文"))
    assert [(m.subject, m.tier) for m in found] == [("p1", Tier.B), ("p2", Tier.B)]


def test_the_whole_name_of_somebody_named_is_not_taken_for_one_that_sounds_alike() -> None:
    named = shown(2, "陳曉明")
    assert all((m.char_start, m.char_end) != (0, 3) for m in marks("陳曉明說過了", XIAOMING, named))
    (mark,) = marks("曉明說過了", XIAOMING, named)
    assert "roster-name" not in mark.evidence.cues
    inside = marks("陳曉明說過了", XIAOMING, named)
    assert all("roster-name" in m.evidence.cues for m in inside)


def test_two_syllables_that_a_change_of_speaker_cuts_are_found_by_sound_with_a_cue() -> None:
    record = spoken(("S1", "我是筱"), ("S2", "銘，住台中"))
    found = find(Meeting(participants=(XIAOMING,)), record)
    assert [(m.statement_id, m.char_start, m.char_end) for m in found] == [("a1", 2, 3), ("a2", 0, 1)]
