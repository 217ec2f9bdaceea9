"""Decoding of whatever people hand in, and what they are told about what cannot be."""

from __future__ import annotations

import errno
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from speakers import sound
from speakers.error import RecordingError, StorageError
from speakers.record import Millis
from tests.scenes import span

Tone = npt.NDArray[np.int16]


def tone(seconds: float, rate_hz: int, *, hz: float = 440.0, peak: float = 0.5) -> Tone:
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    return (np.sin(2 * np.pi * hz * moments) * peak * 32767).astype(np.int16)


def wav(path: Path, samples: Tone, rate_hz: int, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def encoded(
    path: Path, samples: Tone, rate_hz: int, codec: str, options: dict[str, str] | None = None
) -> Path:
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=rate_hz)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate_hz
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return path


def mp4(path: Path, seconds: float, *, index_first: bool) -> Path:
    options = {"movflags": "+faststart"} if index_first else {}
    return encoded(path, tone(seconds, 16_000), 16_000, "aac", options)


def decoded(path: Path) -> Millis:
    return sound.decode(sound.look(path), path.with_name("out.wav"), lambda *_: None)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_becomes_16_khz_mono(tmp_path: Path, rate_hz: int) -> None:
    duration = decoded(wav(tmp_path / "a.wav", tone(1.0, rate_hz), rate_hz))
    samples = sound.Sound(tmp_path / "out.wav")[:]
    assert abs(duration - 1000) <= 20
    assert abs(len(samples) - 16_000) <= 320
    spectrum = np.abs(np.fft.rfft(samples))
    assert abs(np.argmax(spectrum) * 16_000 / len(samples) - 440) < 3


def test_both_channels_are_heard(tmp_path: Path) -> None:
    left, right = tone(1.0, 16_000, hz=300), tone(1.0, 16_000, hz=1000)
    decoded(wav(tmp_path / "a.wav", np.stack([left, right], 1).reshape(-1), 16_000, 2))
    spectrum = np.abs(np.fft.rfft(sound.Sound(tmp_path / "out.wav")[:]))
    assert spectrum[300] > 1000
    assert spectrum[1000] > 1000


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp3", "libmp3lame"), ("a.flac", "flac"), ("a.m4a", "aac"), ("a.ogg", "libopus")]
)
def test_usual_formats_are_decoded(tmp_path: Path, name: str, codec: str) -> None:
    path = encoded(tmp_path / name, tone(2.0, 48_000), 48_000, codec)
    recording = sound.look(path)
    assert recording.announced is None or abs(recording.announced - 2000) < 200
    assert abs(decoded(path) - 2000) < 200


def test_progress_never_goes_back_nor_beyond_its_end(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = wav(tmp_path / "a.wav", tone(3.0, 16_000), 16_000)
    sound.decode(sound.look(path), tmp_path / "out.wav", lambda *step: told.append(step))
    assert told
    assert [d for _, d, _ in told] == sorted(d for _, d, _ in told)
    assert all(step == "decode" and done <= total for step, done, total in told)


def silent(path: Path) -> Path:
    return wav(path / "a.wav", np.zeros(16_000, np.int16), 16_000)


def nearly_silent(path: Path) -> Path:
    return wav(path / "a.wav", tone(1.0, 16_000, peak=0.0002), 16_000)


def without_samples(path: Path) -> Path:
    return wav(path / "a.wav", np.zeros(0, np.int16), 16_000)


def cut_with_index_first(path: Path) -> Path:
    whole = mp4(path / "whole.mp4", 20, index_first=True).read_bytes()
    (path / "a.mp4").write_bytes(whole[: len(whole) // 2])
    return path / "a.mp4"


def cut_with_index_last(path: Path) -> Path:
    whole = mp4(path / "whole.mp4", 20, index_first=False).read_bytes()
    (path / "a.mp4").write_bytes(whole[: len(whole) // 2])
    return path / "a.mp4"


def cut_wav(path: Path) -> Path:
    whole = wav(path / "whole.wav", tone(20.0, 16_000), 16_000).read_bytes()
    (path / "a.wav").write_bytes(whole[: len(whole) // 4])
    return path / "a.wav"


def text(path: Path) -> Path:
    (path / "a.wav").write_text("這不是聲音。" * 100, encoding="utf-8")
    return path / "a.wav"


def noise(path: Path) -> Path:
    (path / "a.mp4").write_bytes(np.random.default_rng(1).bytes(20_000))
    return path / "a.mp4"


def empty(path: Path) -> Path:
    (path / "a.wav").touch()
    return path / "a.wav"


def folder(path: Path) -> Path:
    (path / "a.wav").mkdir()
    return path / "a.wav"


def missing(path: Path) -> Path:
    return path / "a.wav"


def pictures_only(path: Path) -> Path:
    with av.open(str(path / "a.mp4"), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path / "a.mp4"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (silent, "holds no sound"),
        (nearly_silent, "holds no sound"),
        (without_samples, "a.wav"),
        (cut_with_index_first, "breaks off"),
        (cut_with_index_last, "no audio or video file"),
        (cut_wav, "breaks off"),
        (text, "no audio or video file"),
        (noise, "no audio or video file"),
        (empty, "is empty"),
        (folder, "is a folder"),
        (missing, "There is no file"),
        (pictures_only, "has no sound track"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_cannot_be_heard_is_refused_with_a_reason(
    tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    with pytest.raises(RecordingError) as refused:
        decoded(make(tmp_path))
    assert said in refused.value.what
    assert refused.value.cure


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = wav(tmp_path / "a.wav", tone(1.0, 16_000), 16_000)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(RecordingError, match=r"may not be read.*chmod"):
        sound.look(path)


def test_a_broken_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = wav(tmp_path / "a.wav", tone(1.0, 16_000), 16_000)

    def broken(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "open", broken)
    with pytest.raises(RecordingError, match="input/output error"):
        sound.look(path)


@pytest.mark.parametrize("size", [0, 0x7FFFF024, 0xFFFFFFFF])
def test_a_wav_that_was_written_to_a_pipe_is_whole(tmp_path: Path, size: int) -> None:
    whole = wav(tmp_path / "a.wav", tone(5.0, 16_000), 16_000)
    data = bytearray(whole.read_bytes())
    data[4:8], data[40:44] = size.to_bytes(4, "little"), size.to_bytes(4, "little")
    whole.write_bytes(data)
    assert abs(decoded(whole) - 5000) < 20


def test_video_gives_its_sound(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        video: Any = container.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio: Any = container.add_stream("aac", rate=16_000)
        audio.layout = "mono"
        for _ in range(5):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(video.encode(picture))
        frame = av.AudioFrame.from_ndarray(tone(1.0, 16_000).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 16_000
        container.mux(audio.encode(frame))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    assert abs(decoded(tmp_path / "a.mp4") - 1000) < 150


def test_a_recording_that_promises_more_than_it_holds_is_cut_off(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(1.0, 16_000), 16_000)
    promising = sound.Recording(path, Millis(3500))
    with pytest.raises(RecordingError, match="says it is 0:03 long, but breaks off at 0:01"):
        sound.decode(promising, tmp_path / "out.wav", lambda *_: None)
    assert sound.decode(sound.Recording(path, Millis(2900)), tmp_path / "out.wav", lambda *_: None) == 1000


def test_a_full_disk_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = wav(tmp_path / "a.wav", tone(1.0, 16_000), 16_000)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    recording = sound.look(path)
    monkeypatch.setattr(wave.Wave_write, "writeframes", full)
    with pytest.raises(StorageError, match="no space left on device"):
        sound.decode(recording, tmp_path / "out.wav", lambda *_: None)


def test_a_place_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    recording = sound.look(wav(tmp_path / "a.wav", tone(1.0, 16_000), 16_000))
    with pytest.raises(StorageError):
        sound.decode(recording, tmp_path / "nowhere" / "out.wav", lambda *_: None)


def test_samples_are_between_minus_one_and_one(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", np.array([-32768, 0, 32767], np.int16), 16_000)
    assert sound.Sound(path)[:].tolist() == [-1.0, 0.0, pytest.approx(1.0, abs=1e-4)]


def test_a_stream_that_changes_its_form_midway_is_decoded_to_its_end(tmp_path: Path) -> None:
    parts = [tmp_path / "a.aac", tmp_path / "b.aac"]
    encoded(parts[0], tone(3, 44_100), 44_100, "aac")
    encoded(parts[1], tone(3, 22_050), 22_050, "aac")
    both = tmp_path / "both.aac"
    both.write_bytes(b"".join(p.read_bytes() for p in parts))
    duration = sound.decode(sound.look(both), tmp_path / "s.wav", lambda *_: None)
    assert duration == pytest.approx(6_000, abs=200)


def test_a_sound_is_read_piece_by_piece(tmp_path: Path) -> None:
    samples = np.arange(1_600, dtype=np.int16)
    heard = sound.Sound(wav(tmp_path / "a.wav", samples, 16_000))
    (tmp_path / "a.wav").unlink()
    assert (len(heard), heard.duration) == (1_600, 100)
    assert heard.cut(span(10, 20)).tolist() == (samples[160:320] / np.float32(32768)).tolist()
    assert heard[1_599:5_000].tolist() == [np.float32(1_599 / 32768)]
    assert heard[5_000:6_000].tolist() == []
    assert [len(b) for b in heard.blocks(700)] == [700, 700, 200]
