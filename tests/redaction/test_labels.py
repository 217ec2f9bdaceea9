"""Who is shown as what, in each of the four modes, and for people who do not take part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from output.akoma_ntoso import serialize
from redaction.decision import Named
from redaction.labels import telling
from redaction.release import obstacles, release
from redaction.released import Released
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import SpeakerId
from tests.scenes import approved, hidden, shown, spoken

S1, S2, S3 = (SpeakerId(f"S{n}") for n in (1, 2, 3))


def unnamed(number: int, name: str) -> Participant:
    return Participant(f"p{number}", name, wish=Wish.UNNAMED)


def texts(released: Released) -> list[tuple[str, str]]:
    return [(released.speakers[s.speaker].label, s.text) for s in released.statements]


def test_all_who_are_not_named_share_one_label_and_lose_their_voice() -> None:
    meeting = Meeting(participants=(unnamed(1, "陳筱明"), unnamed(2, "林大同"), shown(3, "王中民")))
    record = spoken(("S1", "我是陳筱明"), ("S2", "我是林大同"), ("S3", "謝謝陳筱明跟林大同"))
    released = release(approved(meeting, record, Named(S1, "p1"), Named(S2, "p2"), Named(S3, "p3")))
    assert texts(released) == [
        ("（不具名）", "我是（不具名）"),
        ("（不具名）", "我是（不具名）"),
        ("王中民", "謝謝（不具名）跟（不具名）"),
    ]
    assert len(released.speakers) == 2
    assert released.sound.replaced[0].start == 0
    assert released.sound.replaced[0].end >= 5_000
    assert b"\xe9\x99\xb3" not in serialize(released)
    english = replace(record, language="en")
    assert (
        release(approved(meeting, english, Named(S1, "p1"), Named(S2, "p2"))).speakers[0].label == "(unnamed)"
    )


def test_nobody_is_released_with_sound_whose_voice_is_unknown() -> None:
    meeting = Meeting(participants=(unnamed(1, "陳筱明"),))
    assert not release(approved(meeting, spoken(("S1", "好")))).sound.allowed


def test_a_chosen_label_stands_as_it_is_and_others_are_numbered_without_it() -> None:
    chosen = replace(hidden(1, "陳筱明"), label="飼主甲")
    meeting = Meeting(participants=(chosen, hidden(2, "林大同"), unnamed(3, "王中民")))
    record = spoken(("S1", "我是陳筱明"), ("S2", "我是林大同"), ("S3", "我是王中民"))
    released = release(
        approved(meeting, record, *(Named(s, f"p{n}") for n, s in enumerate((S1, S2, S3), start=1)))
    )
    assert texts(released) == [
        ("飼主甲", "我是飼主甲"),
        ("參與者 1", "我是參與者 1"),
        ("（不具名）", "我是（不具名）"),
    ]
    assert not any(s.named for s in released.speakers)


def test_somebody_hidden_elsewhere_is_a_person_and_takes_no_number() -> None:
    other = Participant("e1", "陳筱明", wish=Wish.ANONYMOUS, person="r0a1b2c3d4e5f")
    meeting = Meeting(participants=(hidden(1, "林大同"), shown(2, "王中民")), elsewhere=(other,))
    record = spoken(("S1", "我是林大同"), ("S2", "陳筱明沒有來"))
    released = release(approved(meeting, record, Named(S1, "p1"), Named(S2, "p2")))
    assert texts(released) == [("參與者 1", "我是參與者 1"), ("王中民", "某人沒有來")]
    linked = replace(meeting, elsewhere=(replace(other, label="代號 4821"),))
    assert (
        texts(release(approved(linked, record, Named(S1, "p1"), Named(S2, "p2"))))[1][1] == "代號 4821 沒有來"
    )


@pytest.mark.parametrize(
    "label",
    [
        *("陳筱明", "陈筱明", "筱明", "曉明", "小陳先生", "陳小姐", "林大同的同事"),
        *(
            "Participant 2",
            "參與者２",
            "参与者2",
            "參與者一",
            "參與者\u200b2",
            "參與者②",
            "某人",
            "不具名",
            "（隐去）",
        ),
        *("王中民", "王 中民", "中民先生", "王中民\u200b", "主持人", "\u200b", "。", "**"),
    ],
)
def test_a_label_that_tells_shuts_the_gate(label: str) -> None:
    chair = shown(3, "王中民", role="主持人")
    meeting = Meeting(participants=(replace(hidden(1, "陳筱明"), label=label), hidden(2, "林大同"), chair))
    draft = approved(meeting, spoken(("S1", "好")), Named(S1, "p1"))
    reasons = list(telling(meeting))
    assert reasons
    assert set(reasons) <= {o.what for o in obstacles(draft)}
    assert all(label not in reason for reason in reasons)


@pytest.mark.parametrize("label", ["飼主甲", "代號 4821", "住在北部的人", "A resident"])
def test_a_label_that_tells_nothing_is_taken(label: str) -> None:
    meeting = Meeting(participants=(replace(hidden(1, "陳筱明"), label=label), hidden(2, "林大同")))
    assert list(telling(meeting)) == []


@pytest.mark.parametrize(
    "label", ["飼主甲", "飼主 甲", "饲主甲", "飼主甲：", "飼主甲\u200b", "飼主甲\ufe0f", "「飼主甲」"]
)
def test_labels_that_read_alike_are_one_label(label: str) -> None:
    first = replace(hidden(1, "陳筱明"), label="飼主甲")
    other = replace(hidden(2, "林大同"), label=label)
    for meeting in (
        Meeting(participants=(first, other)),
        Meeting(participants=(first,), elsewhere=(replace(other, id="e1"),)),
    ):
        (reason,) = telling(meeting)
        assert "read alike" in reason
        assert reason in [o.what for o in obstacles(approved(meeting, spoken(("S1", "好")), Named(S1, "p1")))]
