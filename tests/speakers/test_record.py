"""Values that refuse nonsense, and digests that change with what they are about."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakers.error import RecordError
from speakers.record import (
    Diarization,
    Millis,
    Record,
    Span,
    SpeakerId,
    Statement,
    clock,
    digest,
    joined,
    union,
)
from tests.scenes import span, spoken, turn, word

spans = st.tuples(st.integers(0, 500), st.integers(1, 100)).map(lambda t: span(t[0], t[0] + t[1]))


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (-1, 5)])
def test_a_span_is_a_stretch_of_time(start: int, end: int) -> None:
    with pytest.raises(RecordError):
        span(start, end)


@given(st.lists(spans, max_size=12))
def test_a_union_is_the_same_time_once(some: list[Span]) -> None:
    together = union(some)
    covered = [{m for s in row for m in range(s.start, s.end)} for row in (some, together)]
    assert covered[0] == covered[1]
    assert all(a.end < b.start for a, b in itertools.pairwise(together))


@pytest.mark.parametrize("text", ["", " a", "a ", "\u3000", "\ud800", "a\udfff"])
def test_a_word_is_text_without_space_around_it(text: str) -> None:
    with pytest.raises(RecordError):
        word(text)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_is_a_probability(confidence: float) -> None:
    with pytest.raises(RecordError):
        replace(word("a"), confidence=confidence)


def test_exclusive_turns_do_not_overlap_and_turns_are_sorted() -> None:
    with pytest.raises(RecordError):
        Diarization((turn(0, 10, "S1"), turn(9, 20, "S2")), (), Millis(20))
    with pytest.raises(RecordError):
        Diarization((), (turn(5, 10, "S1"), turn(0, 3, "S2")), Millis(20))


def test_a_statement_says_something_and_ids_are_of_one_statement() -> None:
    with pytest.raises(RecordError):
        Statement("a1", SpeakerId("S1"), ())
    one = Statement("a1", SpeakerId("S1"), (word("a"),))
    with pytest.raises(RecordError):
        Record("zh", (one, one), Diarization((), (), Millis(1)))


@given(st.lists(st.tuples(st.sampled_from(["a", "是", "b,", "中文"]), st.booleans()), min_size=1))
def test_words_stand_where_placed_says(row: list[tuple[str, bool]]) -> None:
    statement = Statement(
        "a1", SpeakerId("S1"), tuple(word(t, i * 500, spaced=s) for i, (t, s) in enumerate(row))
    )
    placed = list(statement.placed())
    assert [statement.text[start:end] for start, end, _ in placed] == [t for t, _ in row]
    assert statement.text == joined(statement.words)
    for start, end, heard in placed:
        assert statement.time_of(start, end) == heard.span


def test_nothing_is_said_between_words() -> None:
    statement = spoken(("S1", ["a", " b"])).statements[0]
    with pytest.raises(RecordError):
        statement.time_of(1, 2)


RECORD = spoken(("S1", "大家好"), ("S2", "你好"))


def _first(**changed: object) -> Record:
    first = replace(RECORD.statements[0], **changed)  # type: ignore[arg-type]
    return replace(RECORD, statements=(first, RECORD.statements[1]))


@pytest.mark.parametrize(
    "other",
    [
        replace(RECORD, language="en"),
        replace(RECORD, statements=RECORD.statements[:1]),
        replace(RECORD, statements=RECORD.statements[::-1]),
        _first(speaker=SpeakerId("S2")),
        _first(words=RECORD.statements[0].words[:2]),
        _first(words=(replace(RECORD.statements[0].words[0], spaced=True), *RECORD.statements[0].words[1:])),
        _first(words=(word("大", 1), *RECORD.statements[0].words[1:])),
        replace(
            RECORD, diarization=replace(RECORD.diarization, overlapping=RECORD.diarization.overlapping[:1])
        ),
        replace(RECORD, diarization=replace(RECORD.diarization, exclusive=RECORD.diarization.exclusive[:1])),
    ],
    ids=["language", "less", "order", "speaker", "words", "space", "time", "turns", "exclusive turns"],
)
def test_a_record_s_digest_changes_with_all_that_may_become_public(other: Record) -> None:
    assert other.digest != RECORD.digest


def test_a_digest_s_parts_do_not_run_into_each_other() -> None:
    assert digest("ab", "c") != digest("a", "bc") != digest("a", "b", "c")
    assert digest() != digest("")


@pytest.mark.parametrize(
    ("moment", "within", "voice"),
    [
        (0, 0, "S1"),
        (999, 0, "S1"),
        (1000, 0, None),
        (1400, 500, "S1"),
        (1600, 500, "S2"),
        (1500, 100, None),
        (5000, 500, None),
    ],
)
def test_who_speaks_at_a_moment(moment: int, within: int, voice: str | None) -> None:
    turns = (turn(0, 1000, "S1"), turn(2000, 3000, "S2"))
    assert Diarization(turns, turns, Millis(3000)).speaker_at(moment, within=within) == voice


def test_merged_voices_are_one_voice_everywhere() -> None:
    together = RECORD.diarization.merged(SpeakerId("S2"), SpeakerId("S1"))
    assert together.speakers == ("S1",)
    assert [t.span for t in together.exclusive] == [t.span for t in RECORD.diarization.exclusive]


def test_voices_come_in_order_of_first_speech() -> None:
    assert spoken(("S3", "好"), ("S1", "好"), ("S3", "好")).speakers == ("S3", "S1")


@pytest.mark.parametrize(
    ("moment", "plain", "exact"),
    [
        (0, "0:00", "00:00:00.000"),
        (59_999, "0:59", "00:00:59.999"),
        (36_000_001, "10:00:00", "10:00:00.001"),
    ],
)
def test_moments_for_people(moment: int, plain: str, exact: str) -> None:
    assert (clock(moment), clock(moment, millis=True)) == (plain, exact)
