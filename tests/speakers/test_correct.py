"""Corrections keep what stayed, and never lose the time of what they replace."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakers.correct import corrected, merged, with_statement
from speakers.error import RecordError
from speakers.record import SpeakerId, Statement
from tests.scenes import span, spoken, word

texts = st.text(alphabet="陳筱明說好，。ab c\u3000'", max_size=14)


def said(*words: str) -> Statement:
    return spoken(("S1", words)).statements[0]


@given(
    st.lists(st.sampled_from(["謝謝", "評語", "open", " data", "好。", "a-b"]), min_size=1, max_size=6), texts
)
def test_the_new_text_is_what_was_typed(words: list[str], text: str) -> None:
    old = said(*words)
    if not text.strip():
        with pytest.raises(RecordError):
            corrected(old, text)
        return
    new = corrected(old, text)
    assert new.text == " ".join(text.split())
    assert (new.id, new.speaker) == (old.id, old.speaker)
    assert old.span.start <= new.span.start
    assert new.span.end <= old.span.end
    assert all(a.span.start <= b.span.start for a, b in itertools.pairwise(new.words))


def test_words_that_stayed_keep_their_times_and_confidence() -> None:
    new = corrected(said(*"謝謝評語說"), "謝謝品妤說")
    assert [w.confidence for w in new.words] == [0.5, 0.5, 1.0, 1.0, 0.5]
    assert new.time_of(4, 5) == span(2000, 2500)


def test_a_new_word_has_the_time_of_all_that_it_may_stand_for() -> None:
    new = corrected(said(*"然後評語覺得好"), "接著品妤認為好")
    assert new.time_of(2, 4) == span(0, 3000)


def test_a_character_of_a_longer_word_has_the_time_of_the_word() -> None:
    new = corrected(said("謝謝品妤老師", "好"), "謝謝品妤老師讚")
    assert new.time_of(2, 4) == span(0, 500)


def test_an_inserted_word_lies_between_its_neighbours() -> None:
    assert corrected(said(*"謝說"), "謝品妤說").time_of(1, 3) == span(0, 1000)


def test_leading_space_does_not_shift_spaces() -> None:
    assert corrected(said("a"), "  b cd 好").text == "b cd 好"


def test_one_statement_is_exchanged() -> None:
    record = spoken(("S1", "一"), ("S2", "二"))
    new = corrected(record.statements[1], "三")
    assert [s.text for s in with_statement(record, new).statements] == ["一", "三"]


def test_merged_voices_keep_their_words() -> None:
    record = spoken(("S1", "一"), ("S2", "二"), ("S3", "三"))
    one = merged(record, SpeakerId("S3"), SpeakerId("S1"))
    assert [s.speaker for s in one.statements] == ["S1", "S2", "S1"]
    assert one.diarization.speakers == ("S1", "S2")
    assert [s.text for s in one.statements] == ["一", "二", "三"]


def test_a_word_of_signs_only_can_be_corrected() -> None:
    assert corrected(Statement("a1", SpeakerId("S1"), (word("…"),)), "「好」").text == "「好」"
