"""All marks together, in reading order."""

from __future__ import annotations

from redaction.mark import Kind
from redaction.propose import propose
from speakers.meeting import Meeting
from tests.scenes import hidden, spoken

MEETING = Meeting(participants=(hidden(1, "Sheila"), hidden(2, "陳筱明")))


def test_marks_come_in_reading_order() -> None:
    record = spoken(("S1", "打0912345678給陳筱明"), ("S2", "陳筱明"))
    assert [(m.statement_id, m.char_start, m.kind) for m in propose(MEETING, record)] == [
        ("a1", 1, Kind.CONTACT),
        ("a1", 12, Kind.NAME),
        ("a2", 0, Kind.NAME),
    ]


def test_a_name_in_an_address_is_decided_apart_from_the_address() -> None:
    record = spoken(("S1", ["寫給", "sheila@example.org"]))
    assert [(m.char_start, m.char_end, m.kind) for m in propose(MEETING, record)] == [
        (2, 20, Kind.CONTACT),
        (2, 8, Kind.NAME),
    ]


def test_nothing_to_hide_is_no_mark() -> None:
    assert propose(Meeting(), spoken(("S1", "陳筱明說大家好"))) == ()
