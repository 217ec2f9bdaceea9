"""pyannote.metrics' door: the collar is one side of a boundary, and the picture's errors add up to its parts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.demo import telephone_conversation
from pipeline.lanes import errors
from speakers import account_files
from speakers.account import turns_of
from speakers.record import Millis, SpeakerId, Turn
from speakers.score_turns import der, jer, pairing
from tests.scenes import span, turn

HOUR = Millis(3_600_000)


def test_a_collar_is_one_side_of_a_boundary() -> None:
    reference = (turn(1000, 3000, "A"),)
    assert der(reference, (turn(1250, 2750, "1"),), HOUR, 0.25).rate == 0
    assert der(reference, (turn(1251, 2750, "1"),), HOUR, 0.25).missed_s == pytest.approx(0.001)
    assert der(reference, (turn(1250, 2750, "1"),), HOUR).missed_s == pytest.approx(0.5)


def test_overlapping_speech_counts_for_each_speaker() -> None:
    found = der((turn(0, 1000, "A"), turn(0, 1000, "B")), (turn(0, 1000, "1"),), HOUR)
    assert (found.total_s, found.missed_s) == (2, 1)


def test_false_alarms_after_the_last_word_of_the_reference_count() -> None:
    assert der((turn(0, 1000, "A"),), (turn(5000, 6000, "1"),), HOUR).rate == 2


def test_jaccard_weighs_speakers_alike() -> None:
    found = jer((turn(0, 9000, "A"), turn(9000, 10_000, "B")), (turn(0, 9000, "1"),), HOUR)
    assert (found.error, found.speakers, found.rate) == (1, 2, 0.5)


def test_the_sample_of_pyannote_is_right_against_itself_and_wrong_against_silence() -> None:
    (account,) = account_files.read(
        telephone_conversation().with_suffix(".rttm").read_bytes(), "sample.rttm"
    ).values()
    assert len(account.speakers) == 2
    assert der(account.turns, account.turns, account.duration).rate == 0
    assert der(account.turns, (), account.duration).rate == 1
    one = turns_of((SpeakerId("1"), t.span) for t in account.turns)
    mixed = der(account.turns, one, account.duration)
    assert mixed.rate is not None
    assert 0.4 < mixed.rate < 0.6


TURNS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 40), st.integers(1, 12)), max_size=8).map(
    lambda rows: turns_of((SpeakerId(s), span(b * 100, (b + n) * 100)) for s, b, n in rows)
)


@settings(max_examples=60, deadline=None)
@given(TURNS, TURNS)
def test_drawn_errors_are_the_parts_of_the_rate(
    reference: tuple[Turn, ...], hypothesis: tuple[Turn, ...]
) -> None:
    found = der(reference, hypothesis, HOUR)
    paired = {speaker: voice for voice, speaker in pairing(reference, hypothesis, HOUR).items()}
    drawn = errors(reference, hypothesis, {t.speaker: paired.get(t.speaker) for t in reference})
    for kind, seconds in (
        ("missed", found.missed_s),
        ("false alarm", found.false_alarm_s),
        ("wrong speaker", found.confusion_s),
    ):
        assert sum(e.span.length * e.count for e in drawn if e.kind == kind) / 1000 == pytest.approx(seconds)
