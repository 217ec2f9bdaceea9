"""Words at a change of voice that may be the protected person's beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redaction import edges
from redaction.draft import replay
from redaction.mark import Kind, Tier
from redaction.release import release
from speakers.meeting import Meeting
from speakers.names import Naming, Namings, Why
from speakers.record import Diarization, Millis, Record, SpeakerId, Statement
from tests.scenes import approved, hidden, shown, span, spoken, turn, unrecorded, word

S1, S2 = SpeakerId("S1"), SpeakerId("S2")
ANON, CHAIR, SILENT = hidden(1, "陳筱明"), shown(2, "王大明"), unrecorded(3, "林大同")
MEETING = Meeting(participants=(ANON, CHAIR, SILENT))


def named(person: str, *, confirmed: bool = True) -> Namings:
    return Namings((Naming(S1, person, Why.REVIEWER, "", confirmed=confirmed),), (), ())


def heard(first: str, second: str, *, pause: int = 0, a: str = "S1", b: str = "S2", ms: int = 100) -> Record:
    """Two statements, a character to a word."""
    statements, at = [], 0
    for number, (voice, text) in enumerate(((a, first), (b, second)), start=1):
        words = tuple(word(c, at + n * ms, at + (n + 1) * ms) for n, c in enumerate(_cut(text)))
        statements.append(Statement(f"a{number}", SpeakerId(voice), words))
        at = words[-1].span.end + pause
    turns = tuple(turn(s.span.start, s.span.end, s.speaker) for s in statements)
    return Record("zh", tuple(statements), Diarization(turns, turns, Millis(at)))


def _cut(text: str) -> list[str]:
    """Characters, punctuation with the one before it."""
    parts: list[str] = []
    for c in text:
        if c in "，。" and parts:
            parts[-1] += c
        else:
            parts.append(c)
    return parts


def found(record: Record, namings: Namings, meeting: Meeting = MEETING) -> list[tuple[str, str]]:
    marks = edges.find(meeting, record, namings)
    texts = {s.id: s.text for s in record.statements}
    return [(m.subject, texts[m.statement_id][m.char_start : m.char_end]) for m in marks]


def test_the_clause_after_a_protected_turn_may_be_its_end() -> None:
    record = heard("每次來回。", "到八百公斤。謝謝說明，這個規定。")
    assert found(record, named("p1")) == [("p1", "到八百公斤。")]
    assert found(record, named("p1", confirmed=False)) == [("p1", "到八百公斤。")], "a proposal will do"
    (mark,) = edges.find(MEETING, record, named("p1"))
    assert (mark.kind, mark.tier, mark.evidence.cues) == (Kind.VOICE, Tier.C, ("beside-protected-turn",))


def test_the_clause_before_a_protected_turn_may_be_its_beginning() -> None:
    record = heard("謝謝說明。我想說", "這件事很重要。", a="S2", b="S1")
    assert found(record, named("p1")) == [("p1", "我想說")]


def test_a_clause_ends_at_a_breath_too() -> None:
    record = heard("每次來回。", "到八百縣也謝謝說明，這個規定。")
    statement = record.statements[1]
    later = tuple(
        replace(w, span=span(w.span.start + 150, w.span.end + 150)) if n >= 4 else w
        for n, w in enumerate(statement.words)
    )
    breath = replace(record, statements=(record.statements[0], replace(statement, words=later)))
    assert found(record, named("p1")) == []
    assert found(breath, named("p1")) == [("p1", "到八百縣")]
    mirrored = heard("謝謝說明這個規定我想", "這件事。", a="S2", b="S1")
    statement = mirrored.statements[0]
    earlier = tuple(
        replace(w, span=span(w.span.start + 1000 + 100 * (n >= 8), w.span.end + 1000 + 100 * (n >= 8)))
        for n, w in enumerate(statement.words)
    )
    after = mirrored.statements[1]
    moved = tuple(replace(w, span=span(w.span.start + 1100, w.span.end + 1100)) for w in after.words)
    breath = replace(mirrored, statements=(replace(statement, words=earlier), replace(after, words=moved)))
    assert found(mirrored, named("p1")) == []
    assert found(breath, named("p1")) == [("p1", "我想")]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (heard("每次來回。", "到八百公斤。謝謝。", pause=300), "a pause"),
        (heard("每次來回。", "到八百公斤。謝謝。", ms=200), "longer than turns are wrong by"),
        (heard("每次來回。", "到八百公斤。"), "a turn of its own"),
        (heard("每次來回。", "好。謝謝。", b="S1"), "the same voice"),
    ],
)
def test_what_is_no_doubt_is_no_mark(record: Record, why: str) -> None:
    assert found(record, named("p1")) == [], why


def test_words_of_nobody_beside_a_protected_turn_are_asked_about_whole() -> None:
    assert found(heard("每次來回。", "到八百。", b="S0"), named("p1")) == [("p1", "到八百。")]


def test_of_somebody_not_to_be_recorded_the_words_in_reach_of_a_longer_clause_too() -> None:
    record = heard("每次來回。", "到八百公斤那麼多的東西你們看看。", ms=100)
    assert found(record, named("p1")) == []
    assert found(record, named("p3")) == [("p3", "到八百公斤那麼多")]


def test_where_nobody_asked_for_anything_nothing_is_asked() -> None:
    record = heard("每次來回。", "到八百公斤。謝謝。")
    assert found(record, named("p2")) == []
    assert found(record, Namings((), (), ())) == []


def test_such_words_stop_a_release_until_they_are_decided_and_are_withheld() -> None:
    record = heard("每次來回。", "到八百公斤。謝謝說明。")
    meeting = replace(MEETING, participants=(replace(ANON, heard_at=(Millis(100),)), CHAIR))
    assert [m.kind for m in replay(meeting, record, ()).undecided] == [Kind.VOICE]
    assert [s.text for s in release(approved(meeting, record)).statements] == [
        "每次來回。",
        "（隱去）謝謝說明。",
    ]


def test_all_of_one_person_s_are_one_question() -> None:
    record = spoken(("S1", "好。"), ("S2", ["對。", "謝謝你"]), ("S1", "好。"), ("S2", ["是。", "謝謝你"]))
    marks = edges.find(MEETING, record, named("p1"))
    assert [m.statement_id for m in marks] == ["a2", "a2", "a4"]
    assert len({m.surface_group for m in marks}) == 1
