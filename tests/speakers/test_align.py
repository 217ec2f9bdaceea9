"""Clocks of separate files are brought together, or it is said that they cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from speakers.align import Alignment, align
from speakers.error import RecordingError
from speakers.sound import Sound
from tests.microphones import RATE_HZ, later, said, write


def meeting(seconds: int) -> np.ndarray:
    """Two people in turn, with pauses of every length."""
    random, turns, at = np.random.default_rng(seconds), [], 300
    while at < (seconds - 4) * 1000:
        length = int(random.integers(400, 3_000))
        turns.append((f"S{len(turns) % 2 + 1}", at, at + length, ""))
        at += length + int(random.integers(200, 1_500))
    return said(turns, seconds=seconds, leak_db=-18, seed=seconds)


def found(tmp_path: Path, heard: np.ndarray, by_ms: int, drift_ppm: float = 0.0) -> Alignment:
    first = Sound(write(tmp_path / "a.wav", heard[0]))
    return align(first, Sound(write(tmp_path / "b.wav", later(heard[1], by_ms, drift_ppm))), "Microphone 1")


@pytest.mark.parametrize("by_ms", [0, 2_345, -3_700, 20_000])
def test_another_start_is_found_to_the_millisecond(tmp_path: Path, by_ms: int) -> None:
    place = found(tmp_path, meeting(60), by_ms)
    assert place.offset_ms == pytest.approx(by_ms, abs=2)
    assert place.drift_ppm == 0


@pytest.mark.parametrize("drift_ppm", [60.0, -90.0])
def test_another_clock_is_found(tmp_path: Path, drift_ppm: float) -> None:
    place = found(tmp_path, meeting(300), 1_500, drift_ppm)
    assert place.drift_ppm == pytest.approx(drift_ppm, abs=3)
    assert place.offset_ms == pytest.approx(1_500, abs=3)


def test_a_file_of_another_meeting_is_refused(tmp_path: Path) -> None:
    first = Sound(write(tmp_path / "a.wav", meeting(60)[0]))
    with pytest.raises(RecordingError, match=r"Microphone 1 .*(same meeting|in step)") as refused:
        align(first, Sound(write(tmp_path / "b.wav", meeting(75)[1])), "Microphone 1")
    assert "run without" in refused.value.cure


def test_another_speed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"another speed|in step|same meeting"):
        found(tmp_path, meeting(300), 0, 2_000.0)


def test_a_file_that_is_nearly_empty_is_refused(tmp_path: Path) -> None:
    first = Sound(write(tmp_path / "a.wav", meeting(60)[0]))
    with pytest.raises(RecordingError):
        align(first, Sound(write(tmp_path / "b.wav", np.zeros(RATE_HZ // 2))), "Microphone 1")
