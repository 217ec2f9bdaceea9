"""Who speaks when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.airtime import airtimes, overlaps, silences
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word

_TURNS = st.lists(
    st.builds(
        lambda start, length, voice: Turn(
            Span(Millis(start), Millis(start + length)), SpeakerId(f"S{voice}")
        ),
        st.integers(0, 60),
        st.integers(1, 20),
        st.integers(1, 3),
    ),
    max_size=12,
).map(lambda turns: tuple(sorted(turns)))


@given(_TURNS)
def test_an_overlap_is_where_two_voices_speak(turns: tuple[Turn, ...]) -> None:
    found = overlaps(turns)
    for moment in range(90):
        voices = {t.speaker for t in turns if t.span.start <= moment < t.span.end}
        assert any(s.start <= moment < s.end for s in found) == (len(voices) > 1), moment


@given(_TURNS)
def test_a_voice_speaks_as_long_as_its_turns_cover(turns: tuple[Turn, ...]) -> None:
    for one in airtimes(Diarization((), turns, Millis(100))):
        covered = {m for t in turns if t.speaker == one.speaker for m in range(t.span.start, t.span.end)}
        assert one.total == len(covered)
        assert one.first == min(covered)


def test_a_silence_has_neither_turn_nor_word() -> None:
    turns = (Turn(Span(Millis(2_000), Millis(4_000)), SpeakerId("S1")),)
    word = Word("好", Span(Millis(6_000), Millis(6_500)), 1.0)
    record = Record("zh", (Statement("a1", SpeakerId("S1"), (word,)),), Diarization((), turns, Millis(9_000)))
    assert silences(record) == (
        Span(Millis(0), Millis(2_000)),
        Span(Millis(4_000), Millis(6_000)),
        Span(Millis(6_500), Millis(9_000)),
    )
    assert silences(record, least=2_501) == ()
