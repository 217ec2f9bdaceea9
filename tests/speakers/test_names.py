"""Who a voice is: evidence, and no name where it conflicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from speakers.meeting import Meeting
from speakers.names import Match, Why, name
from speakers.record import Millis, SpeakerId
from tests.scenes import hidden, shown, spoken

S1, S2 = SpeakerId("S1"), SpeakerId("S2")
RECORD = spoken(("S1", "大家好。"), ("S2", "我是林大同。"))


def test_a_moment_that_staff_gave_is_confirmed() -> None:
    found = name(Meeting(participants=(hidden(1, "陳筱明", heard_at=100),)), RECORD)
    assert found.person(S1) == "p1"
    assert found.voices("p1") == (S1,)


def test_a_self_introduction_is_only_proposed() -> None:
    found = name(Meeting(participants=(shown(1, "林大同"),)), RECORD)
    link = found.of(S2)
    assert link is not None
    assert (link.why, link.at, link.confirmed) == (Why.SELF_INTRODUCTION, "a2", False)
    assert found.person(S2) is None
    assert found.voices("p1") == ()


def test_where_evidence_conflicts_nobody_is_named() -> None:
    people = (shown(1, "林大同"), shown(2, "王大明", heard_at=2500))
    found = name(Meeting(participants=people), RECORD)
    assert found.conflicts == (S2,)
    assert found.links == ()


def test_two_people_at_one_voice_are_a_conflict() -> None:
    people = (hidden(1, "陳筱明", heard_at=100), shown(2, "王大明", heard_at=900))
    assert name(Meeting(participants=people), RECORD).conflicts == (S1,)


def test_a_moment_at_which_nobody_speaks_is_told() -> None:
    found = name(Meeting(participants=(shown(1, "王大明", heard_at=90_000),)), RECORD)
    assert found.misses == (("p1", "1:30"),)
    assert found.links == ()


def test_one_person_may_have_two_voices() -> None:
    person = replace(hidden(1, "陳筱明"), heard_at=(Millis(100), Millis(2500)))
    assert name(Meeting(participants=(person,)), RECORD).voices("p1") == (S1, S2)


def test_a_statement_that_introduces_two_people_introduces_nobody() -> None:
    record = spoken(("S1", "我是林大同，我是王大明。"))
    assert name(Meeting(participants=(shown(1, "林大同"), shown(2, "王大明"))), record).links == ()


def test_the_unknown_voice_introduces_nobody() -> None:
    record = spoken(("S0", "我是林大同。"))
    assert name(Meeting(participants=(shown(1, "林大同"),)), record).links == ()


# Who is called and who answers.

CHAIR, GAO, WANG = shown(1, "沈立言", role="主持人"), shown(2, "高慧敏", role="科長"), shown(3, "王大明")
PEOPLE = Meeting(participants=(CHAIR, GAO, WANG))
LONG = "這個案子去年就開始規劃了。"
S3 = SpeakerId("S3")


def whose(*said: tuple[str, str], meeting: Meeting = PEOPLE) -> dict[str, str]:
    return {n.speaker: n.participant_id for n in name(meeting, spoken(*said)).links}


def test_called_once_is_too_little_and_asked_about() -> None:
    found = name(PEOPLE, spoken(("S1", "請高慧敏說明。"), ("S2", LONG)))
    assert found.links == ()
    assert found.weak == (S2,)
    (reason,) = found.about(S2)
    assert (reason.participant_id, reason.why, reason.at) == ("p2", Why.CALLED, "a1")


def test_called_and_then_thanked_is_enough() -> None:
    found = name(PEOPLE, spoken(("S1", "請高慧敏說明。"), ("S2", LONG), ("S1", "謝謝高科長的說明。")))
    link = found.of(S2)
    assert link is not None
    assert (link.participant_id, link.confirmed) == ("p2", False)
    assert {(r.why, r.at) for r in found.about(S2)} == {(Why.CALLED, "a1"), (Why.THANKED, "a3")}
    assert {(r.participant_id, r.why) for r in found.about(S1)} == {("p2", Why.SPEAKS_OF)}


def test_called_twice_is_enough() -> None:
    said = (("S1", "請高慧敏說明。"), ("S2", LONG), ("S3", LONG), ("S1", "高科長請。"), ("S2", LONG))
    assert whose(*said) == {"S2": "p2"}


@pytest.mark.parametrize(
    "between",
    [
        (("S3", "好。"),),  # a word from somewhere is no answer
        (("S1", LONG * 3),),  # the chair went on
        (("S0", LONG),),
    ],
)
def test_who_does_not_take_over_at_once_was_not_called(between: tuple[tuple[str, str], ...]) -> None:
    once = (("S1", "請高慧敏說明。"), *between, ("S2", LONG))
    found = name(PEOPLE, spoken(*once, *once))
    assert not [r for r in found.about(S2) if r.why is Why.CALLED]


def test_a_call_of_two_people_calls_neither() -> None:
    found = name(PEOPLE, spoken(("S1", "請高慧敏說明。王大明請。"), ("S2", LONG)))
    assert [r.why for r in found.reasons if not r.against] == []


def test_who_calls_somebody_is_not_that_person() -> None:
    said = (("S1", "請高慧敏說明。"), ("S2", LONG), ("S1", "謝謝高慧敏。"), ("S2", "我是高慧敏。" + LONG))
    assert whose(*said, ("S1", "我是高慧敏。")) == {"S2": "p2"}
    assert S1 in name(PEOPLE, spoken(*said, ("S1", "我是高慧敏。"))).conflicts


def test_an_introduction_in_the_breath_of_the_call_is_a_late_boundary_and_no_introduction() -> None:
    found = name(PEOPLE, spoken(("S1", "請高慧敏說明。大家好，我是高慧敏。"), ("S2", LONG)))
    assert not [r for r in found.about(S1) if r.why is Why.SELF_INTRODUCTION]


def test_who_stands_in_and_says_so_is_not_the_one_who_was_called() -> None:
    found = name(
        PEOPLE,
        spoken(("S1", "請高慧敏說明。"), ("S2", "高慧敏今天請假，我來報告。" + LONG), ("S1", "謝謝高慧敏。")),
    )
    assert found.links == ()
    assert S2 in found.conflicts


def test_calls_of_two_people_before_one_voice_are_at_odds() -> None:
    said = (("S1", "請高慧敏說明。"), ("S2", LONG), ("S1", "請王大明說明。"), ("S2", LONG))
    found = name(PEOPLE, spoken(*said))
    assert (found.links, found.conflicts) == ((), (S2,))


def test_one_s_own_word_stands_above_a_call_for_somebody_else() -> None:
    assert whose(("S1", "請高慧敏說明。"), ("S2", "我是王大明，" + LONG)) == {"S2": "p3"}


def test_the_chair_is_thanked_by_title() -> None:
    turns = [(voice, text) for voice in ("S2", "S3", "S2") for text in [f"謝謝主持人。{LONG}"]]
    said = [row for turn in turns for row in (("S1", "請繼續。"), turn)]
    assert whose(*said) == {"S1": "p1"}


def test_what_is_misheard_too_badly_proposes_nobody() -> None:
    assert whose(("S1", "我是高飛明。")) == {}


# The roster's order.


def test_the_order_of_the_roster_counts_only_if_staff_said_so_and_never_alone() -> None:
    said = (("S1", LONG + "請高慧敏說明。"), ("S2", LONG), ("S3", LONG))
    in_order = replace(PEOPLE, introduced_in_order=True)
    assert whose(*said) == {}
    assert whose(*said, meeting=in_order) == {"S2": "p2"}
    assert Why.ORDER in {r.why for r in name(in_order, spoken(*said)).about(S3)}
    assert whose(*said[:2], meeting=in_order) == {}  # not everybody speaks: the order says nothing


# One person in two voices.


def test_who_is_called_is_proposed_for_one_voice_only() -> None:
    said = [
        row
        for voice in ("S2", "S3")
        for row in (("S1", "請高慧敏說明。"), (voice, LONG), ("S1", "謝謝高慧敏。"))
    ]
    found = name(PEOPLE, spoken(*said))
    assert (found.links, found.conflicts) == ((), (S2, S3))


def test_a_voice_that_introduces_itself_stands_against_one_that_was_only_called() -> None:
    said = (("S1", "請高慧敏說明。"), ("S2", LONG), ("S1", "謝謝高慧敏。"), ("S3", "我是高慧敏。"))
    assert whose(*said) == {"S3": "p2"}


def test_two_voices_at_the_same_time_are_not_one_person() -> None:
    record = spoken(("S1", "我是高慧敏。"), ("S2", "我是高慧敏。"))
    assert {n.speaker for n in name(PEOPLE, record).links} == {S1, S2}  # one person may have two voices
    turns = record.diarization
    at_once = tuple(
        sorted((turns.overlapping[0], replace(turns.overlapping[1], span=turns.overlapping[0].span)))
    )
    both = replace(record, diarization=replace(turns, exclusive=(), overlapping=at_once))
    found = name(PEOPLE, both)
    assert (found.links, found.conflicts) == ((), (S1, S2))


# Enrolled voices.


def test_a_recognised_voice_is_proposed_with_its_score() -> None:
    found = name(PEOPLE, spoken(("S1", LONG)), (Match(S1, "p2", 0.8765),))
    link = found.of(S1)
    assert link is not None
    assert (link.participant_id, link.why, link.at, link.confirmed) == ("p2", Why.VOICE, "0.88", False)


def test_a_recognised_voice_that_says_it_is_somebody_else_is_at_odds() -> None:
    found = name(PEOPLE, spoken(("S1", "我是王大明。")), (Match(S1, "p2", 0.8765),))
    assert (found.links, found.conflicts) == ((), (S1,))


def test_a_human_s_word_stands_above_who_was_called() -> None:
    people = replace(PEOPLE, participants=(CHAIR, GAO, replace(WANG, heard_at=(Millis(4_000),))))
    said = (("S1", "請高慧敏說明。"), ("S2", LONG), ("S1", "謝謝高慧敏。"))
    assert name(people, spoken(*said)).person(S2) == "p3"
