"""Each word to the voice that spoke it; that every word is kept is in test_promises."""

from __future__ import annotations

import pytest

from speakers.attribute import attribute
from speakers.error import RecordError
from speakers.record import UNKNOWN, Diarization, Millis, Turn
from tests.scenes import turn, word


def heard(*turns: Turn) -> Diarization:
    return Diarization(turns, turns, Millis(100_000))


@pytest.mark.parametrize(
    ("start", "end", "voice"),
    [
        (0, 900, "S1"),
        (800, 1300, "S2"),  # most of it
        (800, 1200, "S1"),  # as much of either: the first
        (3100, 3200, "S2"),  # near the end of a turn
        (3301, 3400, UNKNOWN),  # too far
        (4800, 4900, "S1"),  # near the beginning
        (0, 100_000, "S2"),  # the longest turn
    ],
    ids=str,
)
def test_a_word_is_whose_turn_covers_most_of_it(start: int, end: int, voice: str) -> None:
    turns = heard(turn(0, 1000, "S1"), turn(1000, 3000, "S2"), turn(5000, 6500, "S1"))
    (statement,) = attribute((word("好", start, end),), turns)
    assert statement.speaker == voice


def test_without_turns_everything_is_unknown() -> None:
    (statement,) = attribute((word("大"), word("家", 500)), heard())
    assert (statement.speaker, statement.text) == (UNKNOWN, "大家")


def test_no_words_are_no_statements() -> None:
    assert attribute((), heard(turn(0, 10, "S1"))) == ()


def test_words_out_of_order_are_refused() -> None:
    with pytest.raises(RecordError):
        attribute((word("b", 500), word("a", 0)), heard())


def texts(words: str, change: int) -> list[tuple[str, str]]:
    row = tuple(word(t, i * 100, i * 100 + 100) for i, t in enumerate(words.split()))
    turns = heard(turn(0, change * 100, "S1"), turn(change * 100, 10_000, "S2"))
    return [(s.speaker, s.text) for s in attribute(row, turns)]


def test_a_sentence_s_last_words_go_back_to_its_speaker() -> None:
    assert texts("我 同 意。 那 我 呢", 2) == [("S1", "我同意。"), ("S2", "那我呢")]


def test_a_sentence_s_first_words_go_on_to_its_speaker() -> None:
    assert texts("大 家 好。 那 我 說 你", 4) == [("S1", "大家好。"), ("S2", "那我說你")]


def test_unpunctuated_words_stay_where_turns_put_them() -> None:
    assert texts("我 同 意 那 我 呢", 2) == [("S1", "我同"), ("S2", "意那我呢")]


def test_a_long_pause_begins_a_paragraph() -> None:
    statements = attribute((word("大"), word("家", 2500)), heard(turn(0, 9000, "S1")))
    assert [s.text for s in statements] == ["大", "家"]
    assert [s.id for s in statements] == ["a1", "a2"]


def test_a_long_paragraph_ends_with_a_sentence_only() -> None:
    row = tuple(word("好" if i % 50 != 49 else "好。", i * 100, i * 100 + 100) for i in range(300))
    statements = attribute(row, heard(turn(0, 60_000, "S1")))
    assert len(statements) == 2
    assert all(s.text.endswith("。") for s in statements)


def test_a_statement_says_whether_others_speak_meanwhile() -> None:
    exclusive = (turn(0, 1000, "S1"), turn(1000, 3000, "S2"))
    overlapping = (turn(0, 1000, "S1"), turn(900, 3000, "S2"))
    turns = Diarization(exclusive, overlapping, Millis(3000))
    row = (word("大", 0, 950), word("家", 1000), word("好", 2000))
    assert [s.overlapped for s in attribute(row, turns)] == [True, False]


def in_overlap(words: str, *, alone: int, other: tuple[int, int]) -> list[tuple[str, str]]:
    """Words of 200 ms; S1 speaks from the start to `alone` words, S2 meanwhile from one word up to another."""
    row = tuple(word(t, i * 200, i * 200 + 200) for i, t in enumerate(words.split()))
    first, last = turn(0, alone * 200, "S1"), turn(other[0] * 200, other[1] * 200, "S2")
    if last.span.end < first.span.end:
        parts = [turn(0, last.span.start, "S1"), last, turn(last.span.end, first.span.end, "S1")]
    else:
        parts = [first, turn(first.span.end, last.span.end, "S2")]
    found = Diarization(tuple(parts), tuple(sorted((first, last))), Millis(100_000))
    return [(s.speaker, s.text) for s in attribute(row, found)]


def test_where_two_speak_at_once_the_voice_changes_at_the_sentence_s_end() -> None:
    said = in_overlap("我 不 想 具 名。 好， 謝 謝 大 家", alone=8, other=(4, 10))
    assert said == [("S1", "我不想具名。"), ("S2", "好，謝謝大家")]


def test_a_voice_that_goes_on_keeps_its_words_under_a_murmur() -> None:
    assert in_overlap("我 們 今 天 的 共 識 是", alone=8, other=(3, 5)) == [("S1", "我們今天的共識是")]


def test_a_short_answer_in_its_own_turn_keeps_its_voice() -> None:
    row = (word("可以嗎？", 0, 900), word("好。", 1000, 1200), word("那就這樣。", 1300, 2400))
    found = heard(turn(0, 950, "S1"), turn(980, 1220, "S2"), turn(1260, 2500, "S1"))
    assert [s.speaker for s in attribute(row, found)] == ["S1", "S2", "S1"]


def test_a_short_answer_without_punctuation_keeps_its_voice_too() -> None:
    row = (word("可以", 0, 900), word("對", 900, 1200), word("那就", 1200, 2400))
    found = heard(turn(0, 900, "S1"), turn(900, 1200, "S2"), turn(1200, 2500, "S1"))
    assert [s.speaker for s in attribute(row, found)] == ["S1", "S2", "S1"]
