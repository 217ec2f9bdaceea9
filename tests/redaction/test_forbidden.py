"""Which facts a release must not hold: those that somebody masked, and nobody kept or showed to everybody."""

from __future__ import annotations

import pytest

from redaction.decision import Act, Added, Decided, Verdict
from redaction.draft import Draft, replay
from redaction.forbidden import forbidden
from redaction.ledger import Entry
from speakers.meeting import Fact, FactKind, Meeting, Participant, Wish
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word

TEXT = "我在交通局上班，交通局很遠。"


def draft(title: str, *acts: Act) -> Draft:
    span = Span(Millis(0), Millis(1000))
    statement = Statement("a1", SpeakerId("S1"), (Word(TEXT, span, 0.9),))
    turns = (Turn(span, SpeakerId("S1")),)
    people = (
        Participant("p1", "沈立言", role="交通部科長"),
        Participant("p2", "蔡佩珊", wish=Wish.ANONYMOUS, facts=(Fact(FactKind.EMPLOYER, "交通局"),)),
    )
    away = Participant("e1", "陳筱明", wish=Wish.UNNAMED)
    meeting = Meeting(title=title, participants=people, elsewhere=(away,))
    record = Record("zh", (statement,), Diarization(turns, turns, Millis(1000)))
    entries = tuple(Entry(n, "2026-05-01", "R", "by hand", act, "", "") for n, act in enumerate(acts))
    return replay(meeting, record, entries)


def masked(title: str = "") -> Draft:
    digest = draft("").record.statements[0].digest
    return draft(title, Added("a1", 2, 5, "", digest))


@pytest.mark.parametrize(
    ("made", "sought"),
    [
        (draft(""), {"p2/0", "e1/0"}),
        (masked(), {"p2/0", "p2/f0", "e1/0"}),
        (masked("交通局座談會"), {"p2/0", "e1/0"}),
    ],
)
def test_a_fact_counts_once_it_was_masked_unless_the_header_shows_it(made: Draft, sought: set[str]) -> None:
    assert {t.id for t in forbidden(made).terms} == sought


def test_what_was_kept_may_stand() -> None:
    made = masked()
    second = Added("a1", 8, 11, "", made.record.statements[0].digest)
    both = draft("", Added("a1", 2, 5, "", second.text_digest), second)
    kept = draft(
        "",
        Added("a1", 2, 5, "", second.text_digest),
        second,
        Decided(both.marks[1].id, Verdict.KEEP, "an office"),
    )
    assert forbidden(kept).allowed == {"交通局": 1}


def test_nothing_of_it_shows_in_a_repr() -> None:
    assert not [word for word in ("蔡佩珊", "交通局", "陳筱明") if word in repr(forbidden(masked()))]
