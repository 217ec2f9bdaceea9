"""A player's time is our time, whatever a container does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speakers import sound, timeline
from speakers.error import RecordingError
from speakers.record import Millis
from speakers.timeline import Block, Flaw, Kind
from tests import clocks
from tests.clocks import RATE_HZ, broken, bursts, later, onsets, without

CLOCKED = [("a.m4a", "aac"), ("a.mp4", "aac"), ("a.mkv", "aac"), ("a.webm", "libopus")]
TONES = (1_000, 5_000, 8_000)


def tones(length: float = 10) -> np.ndarray:
    return bursts(length, *(t / 1000 for t in TONES))


def heard(path: Path) -> tuple[Millis, list[int], list[Flaw]]:
    flaws: list[Flaw] = []
    duration = sound.decode(sound.look(path), path.with_name("o.wav"), lambda *_: None, told=flaws.append)
    return duration, onsets(sound.Sound(path.with_name("o.wav"))[:], 16_000), flaws


@pytest.mark.parametrize(("name", "codec"), CLOCKED)
def test_sound_that_begins_late_stays_late(tmp_path: Path, name: str, codec: str) -> None:
    duration, at, flaws = heard(clocks.container(tmp_path / name, codec, tones(), later(3.0)))
    assert at == pytest.approx([t + 3_000 for t in TONES], abs=10)
    assert duration == pytest.approx(13_000, abs=30)
    assert [f.kind for f in flaws] == [Kind.LATE]
    assert flaws[0].length == pytest.approx(3_000, abs=30)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_sound_that_begins_after_the_picture_stays_late(tmp_path: Path, name: str) -> None:
    path = clocks.container(tmp_path / name, "aac", tones(), later(1.5), picture_s=12)
    assert heard(path)[1] == pytest.approx([t + 1_500 for t in TONES], abs=10)


def test_a_clock_that_counts_from_anywhere_begins_at_zero(tmp_path: Path) -> None:
    for name in ("a.ts", "a.ogg"):
        codec = "aac" if name == "a.ts" else "libopus"
        assert heard(clocks.container(tmp_path / name, codec, tones(), later(30.0)))[1] == pytest.approx(
            TONES, abs=25
        )
    path = clocks.container(tmp_path / "a.mkv", "aac", tones(), later(5_000.0))
    _, at, flaws = heard(path)
    assert at == pytest.approx(TONES, abs=25)
    assert "begins at 1:23:20" in timeline.notes(flaws)[0]


@pytest.mark.parametrize(("name", "codec"), [*CLOCKED, ("a.ts", "aac"), ("a.ogg", "libopus")])
@pytest.mark.parametrize(
    ("move", "moved"), [(later(2.0, after=4.0), 2_000), (without(2.0, 3.0), 0)], ids=["paused", "lost"]
)
def test_gaps_are_as_long_as_the_clock_says(
    tmp_path: Path, name: str, codec: str, move: clocks.Mover, moved: int
) -> None:
    _, at, flaws = heard(clocks.container(tmp_path / name, codec, tones(), move))
    assert at == pytest.approx([TONES[0], TONES[1] + moved, TONES[2] + moved], abs=25)
    assert [f.kind for f in flaws] == [Kind.MISSING]
    assert flaws[0].length == pytest.approx(moved or 1_000, abs=50)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "libmp3lame")]
)
def test_formats_without_a_clock_are_counted(tmp_path: Path, name: str, codec: str) -> None:
    _, at, flaws = heard(clocks.container(tmp_path / name, codec, tones()))
    assert at == pytest.approx(TONES, abs=10)
    assert flaws == []


@pytest.mark.parametrize(
    ("name", "codec"), [*CLOCKED, ("a.ts", "aac"), ("mp3.mkv", "libmp3lame"), ("flac.mka", "flac")]
)
def test_damage_inside_becomes_silence_of_the_same_length(tmp_path: Path, name: str, codec: str) -> None:
    _, at, flaws = heard(clocks.container(tmp_path / name, codec, tones(), broken(6.3, 7.0)))
    assert at == pytest.approx(TONES, abs=25)
    assert flaws
    assert flaws[0].at == pytest.approx(6_300, abs=100)
    assert sum(f.length for f in flaws) == pytest.approx(700, abs=110)
    assert "0:06" in timeline.notes(flaws)[0]


@pytest.mark.parametrize(("name", "codec"), CLOCKED)
def test_one_damaged_packet_refuses_nothing(tmp_path: Path, name: str, codec: str) -> None:
    assert heard(clocks.container(tmp_path / name, codec, tones(), broken(6.3, 6.31)))[1] == pytest.approx(
        TONES, abs=25
    )


@pytest.mark.parametrize("name", ["a.mp3", "a.flac"])
def test_damage_in_a_format_without_a_clock_refuses_nothing(tmp_path: Path, name: str) -> None:
    codec = {"a.mp3": "libmp3lame", "a.flac": "flac"}[name]
    data = bytearray(clocks.container(tmp_path / name, codec, tones()).read_bytes())
    middle = len(data) * 65 // 100
    data[middle : middle + 700] = bytes(700)
    (tmp_path / name).write_bytes(data)
    assert heard(tmp_path / name)[1] == pytest.approx(TONES, abs=150)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_damage_up_to_the_end_is_a_file_that_was_cut_off(tmp_path: Path, name: str) -> None:
    path = clocks.container(tmp_path / name, "aac", tones(), broken(4.0, 99.0, b"\0"))
    with pytest.raises(RecordingError, match=r"breaks off at 0:0[34]"):
        heard(path)


def test_damage_nearly_everywhere_is_refused(tmp_path: Path) -> None:
    path = clocks.container(tmp_path / "a.mkv", "aac", tones(), broken(1.7, 9.5))
    with pytest.raises(RecordingError, match="More than half"):
        heard(path)


def test_hours_that_are_missing_are_a_damaged_clock(tmp_path: Path) -> None:
    path = clocks.container(tmp_path / "a.mkv", "aac", tones(), later(9_000.0, after=4.0))
    with pytest.raises(RecordingError, match=r"gap of 2:30:00 at 0:04") as refused:
        heard(path)
    assert "WAV" in refused.value.cure


def test_a_clock_that_begins_anew_loses_no_sound(tmp_path: Path) -> None:
    part = clocks.container(tmp_path / "part.ts", "aac", tones()).read_bytes()
    (tmp_path / "both.ts").write_bytes(part + part)
    _, at, flaws = heard(tmp_path / "both.ts")
    assert at == pytest.approx([*TONES, *(t + 10_000 for t in TONES)], abs=60)
    assert [f.kind for f in flaws] == [Kind.RESTARTED]


def test_a_picture_that_runs_on_does_not_make_the_sound_cut_off(tmp_path: Path) -> None:
    path = clocks.container(tmp_path / "a.mkv", "aac", tones(), picture_s=30.0)
    duration, at, flaws = heard(path)
    assert (duration, at) == (pytest.approx(10_000, abs=30), pytest.approx(TONES, abs=25))
    assert [f.kind for f in flaws] == [Kind.SHORT]


def placed(*pieces: tuple[float | None, float]) -> tuple[list[Block], list[Flaw]]:
    """Pieces of `(moment, length)` in seconds, placed; the n-th is full of n."""
    flaws: list[Flaw] = []
    layout = timeline.av.AudioLayout("mono")
    heard_ = [
        timeline._Heard(at, Block(np.full((round(length * RATE_HZ), 1), n, np.int16), RATE_HZ, layout))
        for n, (at, length) in enumerate(pieces, start=1)
    ]
    return list(timeline._Placing("a", 0.0, flaws.append).placed(heard_)), flaws


def test_jitter_is_no_flaw() -> None:
    blocks, flaws = placed(*((n * 0.1 + (0.05 if n % 2 else -0.04), 0.1) for n in range(50)))
    assert flaws == []
    assert sum(len(b.samples) for b in blocks) == 5 * RATE_HZ


def test_one_wrong_moment_moves_nothing() -> None:
    blocks, flaws = placed((0.0, 1.0), (1_000.0, 1.0), (2.0, 1.0), (0.1, 1.0), (4.0, 1.0), (None, 1.0))
    assert flaws == []
    assert sum(len(b.samples) for b in blocks) == 6 * RATE_HZ


def test_where_the_clock_is_slower_nothing_is_lost_and_it_is_caught_up_with() -> None:
    blocks, flaws = placed(*((n * 0.1 - (0.5 if n >= 20 else 0), 0.1) for n in range(1_000)))
    assert [f.kind for f in flaws] == [Kind.OVERLAP]
    assert {int(b.samples[0, 0]) for b in blocks} == set(range(1, 1_001))
    assert sum(len(b.samples) for b in blocks) == pytest.approx(99.5 * RATE_HZ, abs=RATE_HZ * 0.01)


def test_many_flaws_are_summed_up() -> None:
    told = timeline.notes(Flaw(Kind.MISSING, Millis(n * 60_000), 500) for n in range(200))
    assert len(told) == 11
    assert told[-1] == "190 more places like these, 95.0 s together, until 3:19:00."
    assert timeline.notes([Flaw(Kind.LATE, Millis(0), 21)]) == ()
