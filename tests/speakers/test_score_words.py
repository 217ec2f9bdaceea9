"""meeteval's door: the greedy search is the library's own, and long meetings with many voices are no trouble."""

from __future__ import annotations

import logging
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speakers import score_words
from speakers.account import Passage
from speakers.record import SpeakerId
from tests.conftest import needs_meeteval
from tests.scenes import span

pytestmark = needs_meeteval


def passages(*said: tuple[str, str]) -> tuple[Passage, ...]:
    return tuple(
        Passage(span(i * 1000, i * 1000 + 900), SpeakerId(speaker), text)
        for i, (speaker, text) in enumerate(said)
    )


SAID = st.lists(st.tuples(st.sampled_from("ABC"), st.text("ab c", min_size=1, max_size=6)), max_size=7)


@settings(max_examples=40, deadline=None)
@given(SAID, SAID)
def test_the_greedy_search_is_the_librarys(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    from meeteval.io import SegLST
    from meeteval.wer import greedy_orc_word_error_rate

    def given_(said: list[tuple[str, str]]) -> SegLST:
        return SegLST(
            [
                {
                    "session_id": "x",
                    "speaker": p.speaker,
                    "words": " ".join(p.text.split()),
                    "start_time": i,
                    "end_time": i + 1,
                }
                for i, p in enumerate(passages(*said))
                if p.text.strip()
            ]
        )

    theirs = greedy_orc_word_error_rate(given_(one), given_(other))
    ours = score_words.greedy_orc(passages(*one), passages(*other))
    assert ours is not None
    assert (ours.errors, ours.length) == (theirs.errors, theirs.length)


def test_no_name_and_no_warning_leaves_the_library(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    overlapping = (
        Passage(span(0, 5000), SpeakerId("沈立言"), "a b c d"),
        Passage(span(1000, 2000), SpeakerId("沈立言"), "e f g h"),
    )
    assert score_words.tcp(overlapping, overlapping, 0.1) is not None
    assert score_words.cp(overlapping, overlapping) is not None
    assert not caplog.records


def test_more_speakers_than_the_library_takes_are_no_error() -> None:
    many = passages(*((f"v{i}", "a") for i in range(score_words.MOST_SPEAKERS + 1)))
    few = passages(("A", "a"))
    assert score_words.cp(few, many) is None
    assert score_words.tcp(many, few, 5.0) is None
    found = score_words.greedy_orc(few, many)
    assert found is not None
    assert found.errors == score_words.MOST_SPEAKERS


def test_what_would_fill_the_memory_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_words, "MOST_ORC_BYTES", 8)
    two = passages(("A", "a"), ("B", "b"))
    assert score_words.greedy_orc(two, two) is None
    alone = passages(("A", "a"), ("A", "b"))
    assert score_words.greedy_orc(two, alone) is not None


def meeting(speakers: int, utterances: int, words: int) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """A meeting and how it was heard: one word in six wrong, one utterance in twelve with the wrong voice."""
    drawn = random.Random(7)  # noqa: S311 - the same meeting each time
    said, heard = [], []
    for _ in range(utterances):
        who, text = drawn.randrange(speakers), [f"w{drawn.randrange(900)}" for _ in range(words)]
        other = [w if drawn.random() > 1 / 6 else "x" for w in text]
        voice = who if drawn.random() > 1 / 12 else drawn.randrange(speakers)
        said.append((f"R{who}", " ".join(text)))
        heard.append((f"S{voice}", " ".join(other)))
    return passages(*said), passages(*heard)


def test_three_hours_with_twenty_speakers_cost_a_bounded_number_of_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each pass is one column for each utterance and voice, and one more for each utterance: no product of voices."""
    from meeteval.wer.matching import greedy_combination_matching as search

    columns = 0
    original = search.cy_forward_col

    def counted(*args: object, **options: object) -> object:
        nonlocal columns
        columns += 1
        return original(*args, **options)

    monkeypatch.setattr(search, "cy_forward_col", counted)
    found = score_words.greedy_orc(*meeting(speakers=20, utterances=4500, words=2))
    assert found is not None
    assert found.rate is not None
    assert 0.1 < found.rate < 0.3
    assert columns <= 12 * 4500 * (20 + 1)
