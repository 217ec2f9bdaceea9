"""Who a voice is: evidence, and no name where it conflicts."""

from __future__ import annotations

from dataclasses import replace

from speakers.meeting import Meeting
from speakers.names import Why, name
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
