"""Our own record, word by word; notes are no words, and nobody's turns are counted twice."""

from __future__ import annotations

from dataclasses import replace

from speakers.account import of_record, turns_of
from speakers.record import Record, SpeakerId, Statement
from speakers.tokens import tokens
from tests.scenes import span, spoken, word


def test_every_word_of_a_record_keeps_its_time() -> None:
    account = of_record(spoken(("S1", "好的"), ("S2", "open")))
    assert [(p.speaker, p.span.start, p.text) for p in account.pieces] == [
        ("S1", 0, "好"),
        ("S1", 500, "的"),
        ("S2", 1000, "open"),
    ]
    assert [p.text for p in account.passages] == ["好的", "open"]
    assert account.duration == 3000


def test_parts_of_one_token_are_one_piece() -> None:
    words = (
        word("2", 0),
        word(",000", 500),
        word("人", 1000),
        word("don", 1500, spaced=True),
        word("'t", 2000),
    )
    empty = spoken(("S1", "好"))
    record = Record("zh", (Statement("a1", SpeakerId("S1"), words),), empty.diarization)
    pieces = of_record(record).pieces
    assert [tokens(p.text) for p in pieces] == [("2000",), ("人",), ("don't",)]
    assert pieces[0].span == span(0, 1000)


def test_what_was_not_understood_is_marked_and_no_word() -> None:
    record = spoken(("S1", "好"))
    noted = replace(record.statements[0], words=(*record.statements[0].words, word("（聽不清）", 900, 2000)))
    account = of_record(replace(record, statements=(noted,)))
    assert [p.text for p in account.pieces] == ["好"]
    assert account.marked == (span(900, 2000),)


def test_a_speaker_who_overlaps_with_themselves_speaks_once() -> None:
    a, b = SpeakerId("a"), SpeakerId("b")
    turns = turns_of([(a, span(0, 10)), (b, span(5, 7)), (a, span(5, 20)), (a, span(20, 25))])
    assert [(t.speaker, t.span) for t in turns] == [("a", span(0, 25)), ("b", span(5, 7))]
