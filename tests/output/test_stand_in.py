from __future__ import annotations

import numpy as np
import pytest

from output import sound
from output.stand_in import Reading, StandIn, read
from redaction.released import ReleasedSound, Spoken
from speakers.kokoro import RATE_HZ
from speakers.meeting import Stand
from speakers.record import Millis, Span
from tests.output.test_sound import heard, noise, record


def span(start: int, end: int) -> Span:
    return Span(Millis(start), Millis(end))


class Says:
    """Reads 100 ms for each character, as one loud level for each voice; notes at which speed."""

    made_with = ("says", "1")

    def __init__(self) -> None:
        self.speeds: list[float] = []

    def read(self, text: str, language: str, voice: int, *, speed: float = 1.0) -> np.ndarray:
        self.speeds.append(speed)
        return np.full(round(len(text) * RATE_HZ / 10 / speed), 5_000 + 1_000 * voice, np.int16)


def with_sound(make, *spoken: Spoken, unread: tuple[Span, ...] = ()):
    return make(sound=ReleasedSound(True, "", (span(1_000, 6_000),), Stand.VOICE, tuple(spoken), unread))


@pytest.mark.parametrize(
    ("text", "speeds"),
    [("十個字剛好念得完喔！", [1.0]), ("十個字" * 4, [1.0, 1.2]), ("十個字加" * 3 + "一", [1.0, 1.2, 1.4])],
)
def test_a_turn_is_read_as_fast_as_it_has_to_be(make, tmp_path, text, speeds):
    voice = Says()
    turn = Spoken(span(2_000, 3_000), text, 0)
    (reading,) = read(with_sound(make, turn), voice, 16_000, tmp_path)
    assert voice.speeds == speeds
    assert reading.turn == turn
    assert 0 < reading.path.stat().st_size <= 2 * 16_000


def test_what_does_not_fit_is_not_read(make, tmp_path):
    voice = Says()
    long, fits = Spoken(span(2_000, 3_000), "字" * 15, 0), Spoken(span(4_000, 5_000), "好", 1)
    readings = read(with_sound(make, long, fits), voice, 16_000, tmp_path)
    assert [r.turn for r in readings] == [fits]
    assert 1.4 in voice.speeds
    nothing = Spoken(span(2_000, 3_000), "", 0)
    assert read(with_sound(make, nothing), voice, 16_000, tmp_path) == ()


def test_the_voice_stands_where_its_turn_was_and_a_tone_where_one_is_not_read(make, tmp_path):
    turn = Spoken(span(2_000, 3_000), "一二三四五", 1)
    released = with_sound(make, turn, unread=(span(4_000, 5_000),))
    readings = read(released, Says(), 16_000, tmp_path)
    stand_in = StandIn(released.sound, readings, 16_000)
    whole = span(1_000, 6_000)
    heard_at = stand_in.samples(whole, 16_000, 96_000)
    assert not heard_at[:16_000].any()
    assert np.abs(heard_at[16_200:23_800] - 6_000.0).max() < 200
    assert not heard_at[24_000:48_000].any()
    assert 500 < np.abs(heard_at[48_500:63_500].astype(int)).max() < 1_100
    assert not heard_at[64_000:].any()
    pieces = [stand_in.samples(whole, at, at + 7_000) for at in range(16_000, 93_000, 7_000)]
    assert np.array_equal(np.concatenate(pieces), heard_at[:77_000])


def test_silence_is_silence(make):
    quiet = StandIn(ReleasedSound(True, "", (span(0, 1_000),), Stand.SILENCE), (), 8_000)
    assert not quiet.samples(span(0, 1_000), 0, 8_000).any()


def test_readings_are_heard_in_the_published_sound_and_the_original_is_not(make, tmp_path):
    original = record(tmp_path / "a.wav", noise(8, 16_000, 2), 16_000)
    turn = Spoken(span(2_000, 4_000), "十九個字", 0)
    released = with_sound(make, turn)
    path = sound.publish(original, released, tmp_path, (), read(released, Says(), 16_000, tmp_path))
    after = heard(path)[:, 0]
    # An MP3 keeps no level that never moves, but its beginning and end are heard; nothing is before and after.
    assert np.abs(after[round(2.0 * 16_000) : round(2.6 * 16_000)]).max() > 1_000
    assert np.abs(after[round(4.5 * 16_000) : round(5.8 * 16_000)]).max() < 50


def test_a_reading_of_a_turn_that_is_no_longer_read_is_not_heard(make, tmp_path):
    turn = Spoken(span(2_000, 3_000), "一二三", 0)
    (reading,) = read(with_sound(make, turn), Says(), 16_000, tmp_path)
    dropped = with_sound(make, unread=(turn.span,)).sound
    heard_at = StandIn(dropped, (Reading(turn, reading.path),), 16_000).samples(
        span(1_000, 6_000), 32_000, 48_000
    )
    assert np.abs(heard_at.astype(int)).max() < 1_100
