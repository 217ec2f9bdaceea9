"""Where speech is against where words are."""

from __future__ import annotations

import pytest

from speakers.coverage import accounted, gaps, halves, windows
from tests.scenes import span, word


def test_gaps_are_stretches_of_speech_without_words() -> None:
    speech = [span(0, 10_000), span(20_000, 20_700), span(30_000, 40_000)]
    words = [word("a", 0, 500), word("b", 4000, 4500)]
    assert gaps(speech, words) == [span(650, 3850), span(4650, 10_000), span(30_000, 40_000)]


def test_a_word_that_is_stretched_over_a_sentence_does_not_account_for_it() -> None:
    assert gaps([span(0, 10_000)], [word("a", 0, 10_000)]) == [span(1025, 10_000)]
    assert accounted([span(0, 10_000)], [word("a", 0, 10_000)]) == 1025


@pytest.mark.parametrize(
    ("speech", "gathered"),
    [
        ([], []),
        ([(0, 1000), (2000, 3000)], [(0, 3000)]),
        ([(0, 20_000), (21_000, 41_000)], [(0, 20_000), (21_000, 41_000)]),
        ([(0, 90_000)], [(0, 90_000)]),
    ],
)
def test_windows_end_in_pauses(speech: list[tuple[int, int]], gathered: list[tuple[int, int]]) -> None:
    assert windows([span(*s) for s in speech], 28_000) == [span(*w) for w in gathered]


@pytest.mark.parametrize(
    ("speech", "cut"),
    [
        ([(0, 10_000)], 5000),  # no pause
        ([(0, 4000), (4400, 10_000)], 4200),  # in the pause
        ([(0, 800), (1000, 10_000)], 5000),  # its only pause is too near its beginning
    ],
)
def test_a_span_is_cut_in_the_pause_nearest_to_its_middle(speech: list[tuple[int, int]], cut: int) -> None:
    whole = span(0, 10_000)
    assert halves(whole, [span(*s) for s in speech]) == (span(0, cut), span(cut, 10_000))
