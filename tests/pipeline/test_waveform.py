"""The waveform of a recording."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline import waveform as module
from pipeline.folder import MeetingFolder
from pipeline.waveform import peaks, waveform
from speakers.error import NotFoundError
from speakers.sound import Sound


def written(path: Path, samples: list[int]) -> Sound:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.array(samples, np.int16).tobytes())
    return Sound(path)


def test_a_peak_is_the_loudest_sample_of_its_step(tmp_path: Path) -> None:
    samples = [0] * 800 + [-32_768] + [0] * 799 + [16_384] * 10
    assert peaks(written(tmp_path / "a.wav", samples)).tolist() == [0, 255, 128]


def test_no_sound_has_no_peaks(tmp_path: Path) -> None:
    assert peaks(written(tmp_path / "a.wav", [])).tolist() == []


def test_blocks_do_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = written(
        tmp_path / "a.wav", [int(x) for x in np.random.default_rng(1).integers(-9_000, 9_000, 9_999)]
    )
    whole = peaks(sound).tolist()
    monkeypatch.setattr(module, "_BLOCK", 1600)
    assert peaks(sound).tolist() == whole


def test_another_sound_gets_another_waveform(job: MeetingFolder) -> None:
    first = waveform(job)
    stages = job.manifest()["stages"]
    stages["decode"]["sha256"] = "0" * 64
    job.note(stages=stages)
    written(job.root / "10-sound.wav", [32_767] * 1600)
    assert waveform(job) == bytes([255, 255]) != first


def test_a_meeting_without_sound_has_none(job: MeetingFolder) -> None:
    (job.root / "10-sound.wav").unlink()
    with pytest.raises(NotFoundError):
        waveform(job)
