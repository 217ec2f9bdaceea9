"""What a name is said for: texts, and whose introduction, call or thanks they are."""

from __future__ import annotations

import pytest

from speakers.meeting import Participant
from speakers.phrases import Use, phrases
from speakers.roster import Roster

GAO = Participant("p1", "高慧敏", role="交通局科長", aliases=("Huimin Gao",))
WEI = Participant("p2", "陳筱薇", aliases=("Wei", "薇薇姐"))
SHEN = Participant("p3", "沈立言", role="主持人")
ROSTER = Roster((GAO, WEI, SHEN))


def used(text: str) -> list[tuple[str, str]]:
    return [(str(p.use), p.mention.participant_id) for p in phrases(text, ROSTER.mentions(text))]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("大家好，我是交通局的高慧敏。", "p1"),
        ("我是高慧敏", "p1"),
        ("我叫高惠敏", "p1"),  # by sound
        ("主席各位委員大家好我是交通局高慧敏今天來報告", "p1"),  # no punctuation was heard
        ("敝姓高，我的名字是慧敏", "p1"),
        ("敝姓高，高慧敏。", "p1"),
        ("我是高慧敏科長，", "p1"),
        ("各位好，我是交通局高科長。", "p1"),
        ("我是主持人沈立言，", "p3"),
        ("大家好我叫做 Wei，", "p2"),
        ("我是薇薇姐啦", "p2"),
        ("I'm Huimin Gao.", "p1"),
        ("Hi, I'm Wei from the transport office.", "p2"),
        ("Good morning everyone, my name is Wei Chen.", "p2"),
        ("Hello, this is Wei speaking.", "p2"),
        ("Hi everyone, this is Wei.", "p2"),
        ("my name is wei and i live here", "p2"),
    ],
)
def test_people_introduce_themselves(text: str, person: str) -> None:
    assert ("introduces", person) in used(text)


@pytest.mark.parametrize(
    "text",
    [
        "謝謝高慧敏。",
        "我是這樣想的。高慧敏你說",
        "我是高慧敏的助理",
        "我是高科長的秘書",
        "我是高慧敏她媽媽",
        "我是高慧敏介紹來的",
        "我不是高慧敏",
        "我是請高慧敏來說明的",
        "我是代表高慧敏來的",
        "我是跟高慧敏一起來的",
        "我是聽高慧敏說的",
        "他說我是高慧敏",
        "他都說：「我是高慧敏」",
        "如果我是高慧敏，我就不會這樣",
        "大家都以為我是高慧敏",
        "我是高慧敏嗎？",
        "我是高慧明德的學生",
        "I'm with Wei.",
        "I am Wei's assistant.",
        "This is Wei's report.",
        "This is Wei, he will explain.",
        "He said I'm Wei.",
        "I'm not Wei.",
        "If I'm Wei, I would agree.",
        "I'm Wei Lin.",
        "my name is Huimin Kao",
        "thanks, Huimin Gao",
    ],
)
def test_what_is_no_introduction(text: str) -> None:
    assert Use.INTRODUCES not in {p.use for p in phrases(text, ROSTER.mentions(text))}


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("請高慧敏說明。", "p1"),
        ("接下來請交通局高慧敏", "p1"),
        ("那我們請高科長先回應一下。", "p1"),
        ("如果沒有其他問題，請高慧敏報告。", "p1"),
        ("高科長請。", "p1"),
        ("好，高慧敏，請說。", "p1"),
        ("輪到薇薇姐", "p2"),
        ("請主持人開始。", "p3"),
        ("Now over to Wei.", "p2"),
        ("Wei, please go ahead.", "p2"),
        ("Let's hear from Huimin Gao.", "p1"),
        ("I'd like to invite Wei to speak.", "p2"),
        ("Next up is Ms. Gao.", "p1"),
    ],
)
def test_people_are_called_on(text: str, person: str) -> None:
    assert used(text) == [("calls", person)]


@pytest.mark.parametrize(
    "text",
    [
        "上次請高慧敏說明過了。",
        "會後請高慧敏提供資料。",
        "請高慧敏會後提供書面。",
        "請高慧敏的同仁說明。",
        "請大家看高慧敏的報告。",
        "請跟高慧敏聯絡。",
        "不用請高慧敏說明。",
        "高慧敏說明得很清楚。",
        "We went over to Wei's house.",
        "We'll hear from Wei tomorrow.",
        "I went over to Wei.",
        "Wei, who was there, agreed.",
    ],
)
def test_what_is_no_call(text: str) -> None:
    assert {use for use, _ in used(text)} == {"speaks of"}


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("謝謝高慧敏。", "p1"),
        ("好，謝謝高科長的說明，接下來", "p1"),
        ("非常感謝交通局高慧敏的分享。", "p1"),
        ("謝謝主持人，", "p3"),
        ("Thank you, Wei.", "p2"),
        ("Okay, thanks Wei for the update.", "p2"),
    ],
)
def test_people_are_thanked(text: str, person: str) -> None:
    assert used(text)[0] == ("thanks", person)


@pytest.mark.parametrize(
    "text",
    [
        "謝謝高慧敏的邀請。",
        "謝謝高慧敏上次的說明。",
        "今天要謝謝高慧敏。",
        "Thanks to Wei we know.",
        "Thanks, Wei, for the invitation letter",
    ][:4],
)
def test_what_is_no_thanks_for_speaking(text: str) -> None:
    assert used(text) == [("speaks of", used(text)[0][1])]


def test_a_question_to_somebody_asks() -> None:
    assert used("請問高科長，預算有多少？") == [("asks", "p1")]


def test_said_of_two_people_who_sound_alike_a_name_is_nobody_s() -> None:
    roster = Roster((GAO, Participant("p2", "高惠民")))
    assert [m.participant_id for m in roster.mentions("我是高會敏")] == [""]
    assert [m.participant_id for m in roster.mentions("我是高惠民")] == ["p2"]


@pytest.mark.parametrize(
    ("roles", "called"),
    [
        (("科長", ""), "p1"),  # the one who has the title
        (("", ""), ""),  # it could be either
        (("科長", "科長"), ""),
        (("局長", ""), ""),
        (("副科長", "律師"), ""),
    ],
)
def test_surname_and_title_are_somebody_s_only_if_exactly_one_fits(
    roles: tuple[str, str], called: str
) -> None:
    roster = Roster((Participant("p1", "高慧敏", role=roles[0]), Participant("p2", "高大明", role=roles[1])))
    assert next((m.participant_id for m in roster.mentions("高科長")), "") == called


def test_a_courtesy_title_fits_whoever_alone_has_the_surname() -> None:
    assert [m.participant_id for m in ROSTER.mentions("陳小姐")] == ["p2"]
    two = Roster((WEI, Participant("p9", "程大同")))  # 陳 and 程 sound alike
    assert two.mentions("陳小姐") == ()
