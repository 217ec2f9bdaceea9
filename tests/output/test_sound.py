from __future__ import annotations

import io
import re
import tracemalloc
import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from output import sound
from redaction.released import ReleasedSound
from speakers.error import NotReleasableError, RecordingError, StorageError
from speakers.record import Millis, Span
from speakers.sound import Sound, decode, look
from tests import clocks

A_NAME = "王大明"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
TAGS = {"title": "2024-05-01 開放政府會議", "copyright": f"CC0 1.0 公眾領域貢獻宣告 {CC0}", "license": CC0}


def noise(seconds: float, rate_hz: int, channels: int, seed: int = 1) -> np.ndarray:
    """(n_samples, channels), different on each channel, with most of its power below 2 kHz as speech has."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal((int(seconds * rate_hz) + 16, channels))
    width = max(1, rate_hz // 4000)
    smooth = np.stack(
        [np.convolve(white[:, c], np.ones(width) / width, "same") for c in range(channels)], axis=1
    )
    return (smooth[: int(seconds * rate_hz)] / smooth.std() * 4000).clip(-32000, 32000).astype(np.int16)


LAYOUTS = {1: "mono", 2: "stereo", 4: "4.0", 6: "5.1"}


def record(path: Path, samples: np.ndarray, rate_hz: int, codec: str = "pcm_s16le", *, late: int = 0) -> Path:
    layout = LAYOUTS[samples.shape[1]]
    with av.open(str(path), mode="w") as container:
        container.metadata["title"] = A_NAME
        container.metadata["comment"] = A_NAME
        video = None
        if path.suffix == ".mp4":
            video = container.add_stream("mpeg4", rate=5)
            video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        stream = container.add_stream(codec, rate=rate_hz, layout=layout)
        if video:
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(video.encode(picture))
            container.mux(video.encode(None))
        step = rate_hz
        for at in range(0, len(samples), step):
            piece = np.ascontiguousarray(samples[at : at + step]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout=layout)
            frame.sample_rate = rate_hz
            frame.pts = at + late
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def heard(path: Path, rate_hz: int = 0) -> np.ndarray:
    """(n_samples, channels) as floats, at the file's rate or the given one."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=rate_hz or stream.rate)
        blocks = []
        for frame in [*container.decode(stream), None]:
            if frame:
                frame.pts = None
            blocks += [f.to_ndarray() for f in resampler.resample(frame)]
    return np.concatenate(blocks, axis=1).T.astype(np.float64) * 32768


def delay(original: np.ndarray, published: np.ndarray) -> int:
    """How many samples later the published sound is: MP3 encoders and decoders put some before the first."""
    a, b = original[:32768], published[:32768]
    size = 2 * len(a)
    cross = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)))
    return int(np.argmax(cross[: len(a) // 2]))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """The largest at any shift: an attacker may align."""
    n = min(len(a), len(b))
    a, b = a[:n] - a[:n].mean(), b[:n] - b[:n].mean()
    cross = np.fft.irfft(np.fft.rfft(b, 2 * n) * np.conj(np.fft.rfft(a, 2 * n)))
    return float(np.abs(cross[np.r_[0:64, -64:0]]).max() / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9))


def hiding(make, *spans: tuple[int, int]):
    replaced = tuple(Span(Millis(start), Millis(end)) for start, end in spans)
    return make(sound=ReleasedSound(allowed=True, reason="", replaced=replaced))


@pytest.mark.parametrize(
    ("name", "rate_hz", "channels", "published_hz"),
    [
        ("pcm_s16le.wav", 48_000, 2, 48_000),
        ("pcm_s16le.wav", 44_100, 1, 44_100),
        ("pcm_s16le.wav", 8_000, 1, 16_000),
        ("pcm_s16le.wav", 11_025, 2, 16_000),
        ("flac.flac", 16_000, 2, 16_000),
        ("pcm_s16le.wav", 96_000, 2, 48_000),
        ("aac.mp4", 44_100, 2, 44_100),
    ],
)
def test_hidden_spans_are_gone_and_the_rest_stays(
    make,
    tmp_path,
    *,
    name,
    rate_hz,
    channels,
    published_hz,
):
    samples = noise(9, rate_hz, channels)
    original = record(tmp_path / name, samples, rate_hz, name.split(".")[0])
    spans = (
        (3_000, 4_500),
        (5_990, 6_010),
        (8_500, 20_000),
    )  # 4 s and 6 s are ends of blocks; the last ends too late
    path = sound.publish(original, hiding(make, *spans), tmp_path)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].rate == published_hz
        assert container.streams.audio[0].bit_rate == 64_000
    before, after = heard(original, published_hz), heard(path)
    assert after.shape[1] == 1
    mean, after = before.mean(axis=1), after[:, 0]
    after = after[delay(mean, after) :]
    for start, end in ((3_000, 4_500), (8_500, 9_000)):
        span = slice(start * published_hz // 1000, min(end * published_hz // 1000, len(before), len(after)))
        for channel in range(channels):
            assert correlation(before[span, channel], after[span]) < 0.05
        assert np.sqrt(np.mean(after[span] ** 2)) < 1100  # the tone, at -33 dB effective
    for start, end in ((500, 2_900), (4_600, 5_900), (6_200, 8_400)):
        kept = slice(start * published_hz // 1000, end * published_hz // 1000)
        assert correlation(mean[kept], after[kept]) > 0.9
        assert 0.85 < np.std(after[kept]) / np.std(mean[kept]) < 1.1


@pytest.mark.parametrize("channels", [4, 6])
def test_every_channel_is_masked_before_they_are_mixed(make, tmp_path, channels):
    samples = noise(5, 48_000, channels)
    path = sound.publish(record(tmp_path / "a.wav", samples, 48_000), hiding(make, (2_000, 4_000)), tmp_path)
    after = heard(path)
    assert after.shape[1] == 1
    late = delay(samples.mean(axis=1), after.mean(axis=1))
    after = after[late:]
    span = slice(2 * 48_000, 4 * 48_000)
    for before, published in ((b, p) for b in samples[span].T for p in after[span].T):
        assert correlation(before.astype(float), published) < 0.05
    for microphone in samples[: 2 * 48_000].T:  # none of them is dropped
        assert max(correlation(microphone.astype(float), p) for p in after[: 2 * 48_000].T) > 0.1


def test_ten_microphones_are_masked_and_heard(make, tmp_path):
    samples = noise(3, 16_000, 10)
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(10)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())
    after = heard(sound.publish(tmp_path / "a.wav", hiding(make, (1_000, 2_000)), tmp_path))[:, 0]
    mixed = samples.mean(axis=1)
    after = after[delay(mixed, after) :]
    assert correlation(mixed[:16_000], after[:16_000]) > 0.9
    assert correlation(mixed[16_000:32_000], after[16_000:32_000]) < 0.05


@pytest.mark.parametrize(("layout", "weights"), [("stereo", (1, -1)), ("5.1", (0, 0, 0, 1, 0, 0))])
def test_nothing_is_published_that_no_model_heard(make, tmp_path, layout, weights):
    """A microphone wired the other way round, and one on the channel of a subwoofer."""
    silent_elsewhere = (noise(4, 48_000, 1) * np.array(weights)).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(silent_elsewhere.reshape(1, -1), format="s16", layout=layout)
    frame.sample_rate = 48_000
    with av.open(str(tmp_path / "a.mka"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000, layout=layout)
        container.mux([*stream.encode(frame), *stream.encode(None)])
    models = tmp_path / "models.wav"
    decode(look(tmp_path / "a.mka"), models, lambda *_: None, silence=True)
    at_models = np.std(Sound(models)[:]) * 32768
    published = np.std(heard(sound.publish(tmp_path / "a.mka", hiding(make), tmp_path))[:, 0])
    assert published == pytest.approx(at_models, rel=0.1, abs=5)


def test_a_recording_that_changes_its_rate_midway_keeps_counting(make, tmp_path):
    parts = []
    for rate_hz, channels in ((44_100, 2), (48_000, 1)):
        (tmp_path / f"{rate_hz}").mkdir()
        part = record(tmp_path / f"{rate_hz}.wav", noise(3, rate_hz, channels), rate_hz)
        parts.append(sound.publish(part, hiding(make), tmp_path / f"{rate_hz}").read_bytes())
    (tmp_path / "both.mp3").write_bytes(b"".join(parts))
    after = heard(sound.publish(tmp_path / "both.mp3", hiding(make, (4_000, 5_000)), tmp_path))
    assert after.shape[1] == 1
    assert abs(len(after) - 6 * 44_100) < 44_100 // 4
    assert np.sqrt(np.mean(after[int(4.1 * 44_100) : 5 * 44_100] ** 2)) < 1100
    assert np.sqrt(np.mean(after[int(5.1 * 44_100) : int(5.8 * 44_100)] ** 2)) > 2000


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.ts", "a.webm"])
@pytest.mark.parametrize("what", ["late", "gap", "damage"])
def test_a_tone_is_hidden_at_the_moment_at_which_a_player_plays_it(make, tmp_path, name, what):
    """The tone that a player plays at 5 s is hidden by hiding it there, and the one that models hear there."""
    shift = {"late": 3.0, "gap": 2.0, "damage": 0.0}[what]
    move = {
        "late": clocks.later(3.0),
        "gap": clocks.later(2.0, after=1.0),
        "damage": clocks.broken(2.0, 3.0),
    }[what]
    codec = "libopus" if name == "a.webm" else "aac"
    played = (5.0, 8.0)
    samples = clocks.bursts(10.0, *(p - shift for p in played))
    original = clocks.container(
        tmp_path / name, codec, samples, move, picture_s=15.0 if name == "a.ts" else 0
    )
    models = tmp_path / "models.wav"
    decode(look(original), models, lambda *_: None)
    at_models = clocks.onsets(Sound(models)[:], 16_000)
    assert at_models == pytest.approx([5_000, 8_000], abs=25)
    path = sound.publish(original, hiding(make, (4_950, 5_550)), tmp_path)
    after = heard(path)[:, 0] / 32768
    loud = np.abs(np.fft.rfft(after[int(5.05 * 48_000) : int(5.45 * 48_000)]))
    assert loud[round(clocks.TONE_HZ * 0.4)] < loud.max() / 20  # only the tone of 440 Hz is there
    assert clocks.onsets(after, 48_000) == pytest.approx([8_030], abs=50)  # MP3 is some frames late
    assert len(after) / 48 == pytest.approx(Sound(models).duration, abs=100)


def test_nothing_of_the_container_is_carried_over(make, tmp_path):
    original = record(tmp_path / f"{A_NAME}.mp4", noise(3, 44_100, 2), 44_100, "aac")
    assert A_NAME.encode() in original.read_bytes()
    path = sound.publish(original, hiding(make), tmp_path)
    data = path.read_bytes()
    assert path.name == "record.mp3"
    assert re.match(rb"ID3\x04[^\xff]*\xff\xfb", data)  # a tag, and then a frame of sound
    assert data[-128:-125] != b"TAG"
    assert not re.search(b"TSSE|TENC|Xing|Info|Lavf|Lavc|APETAG|" + A_NAME.encode(), data)
    with av.open(str(path)) as container:
        assert [s.type for s in container.streams] == ["audio"]
        assert dict(container.metadata) == TAGS
        assert not container.streams[0].metadata
        assert not container.chapters()


def test_two_runs_give_the_same_bytes(make, tmp_path):
    original = record(tmp_path / "a.wav", noise(5, 22_050, 2), 22_050)
    runs = []
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        runs.append(sound.publish(original, hiding(make, (1, 2_000)), tmp_path / name).read_bytes())
    assert runs[0] == runs[1]


def test_the_hidden_span_sounds_the_same_whatever_was_said(make, tmp_path):
    tones = []
    for seed in (1, 2):
        samples = np.concatenate([noise(3, 16_000, 1, seed=0), noise(2, 16_000, 1, seed=seed)])
        original = record(tmp_path / f"{seed}.wav", samples, 16_000)
        tones.append(sound.publish(original, hiding(make, (3_000, 9_000)), tmp_path).read_bytes())
    assert tones[0] == tones[1]


def test_memory_does_not_grow_with_the_recording(make, tmp_path):
    minute = noise(60, 8_000, 1)
    original = record(tmp_path / "a.wav", np.concatenate([minute] * 20), 8_000)
    assert original.stat().st_size > 19_000_000
    tracemalloc.start()
    sound.publish(original, hiding(make, *((s * 60_000, s * 60_000 + 5_000) for s in range(20))), tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_nothing_is_written_when_sound_is_not_allowed(make, tmp_path):
    original = record(tmp_path / "a.wav", noise(1, 16_000, 1), 16_000)
    shut = make(sound=ReleasedSound(allowed=False, reason="有人不願錄音公開。", replaced=()))
    with pytest.raises(NotReleasableError):
        sound.publish(original, shut, tmp_path)
    assert not (tmp_path / "record.mp3").exists()


@pytest.mark.parametrize("content", [b"", b"no sound", None])
def test_what_is_no_recording_says_so(make, tmp_path, content):
    if content is not None:
        (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(RecordingError, match=r"a\.wav"):
        sound.publish(tmp_path / "a.wav", hiding(make), tmp_path)
    assert not (tmp_path / "record.mp3").exists()


def test_a_folder_that_is_not_there_says_so(make, tmp_path):
    original = record(tmp_path / "a.wav", noise(1, 16_000, 1), 16_000)
    with pytest.raises(StorageError):
        sound.publish(original, hiding(make), tmp_path / "nowhere")


def test_half_a_file_is_not_left_behind(make, tmp_path, monkeypatch):
    def crashing(*_: object) -> Iterator[object]:
        yield sound._segment(np.zeros((16_000, 1), np.int16), 16_000, 1)
        raise MemoryError

    monkeypatch.setattr(sound, "_decoded", crashing)
    with pytest.raises(MemoryError):
        sound.publish(tmp_path / "a.wav", hiding(make), tmp_path)
    assert list(tmp_path.iterdir()) == []


def read(wav: bytes | Path) -> np.ndarray:
    with wave.open(str(wav) if isinstance(wav, Path) else io.BytesIO(wav)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, file.getnchannels())


@pytest.mark.parametrize(
    ("start", "end"), [(0, 4_000), (900, 1_700), (1_200, 1_300), (1_999, 3_500), (3_900, 9_000)]
)
def test_an_excerpt_is_what_a_release_would_hold_there(make, tmp_path, start, end):
    path = record(tmp_path / "in.wav", noise(4.0, 16_000, 1), 16_000)
    released = hiding(make, (1_000, 1_500), (2_000, 2_400), (3_950, 4_200))
    frames = [f.to_ndarray().reshape(-1) for f in sound.masked(path, released, (), ())]
    whole = np.concatenate(frames)
    excerpt = read(sound.excerpt(path, released.sound, Span(Millis(start), Millis(end))))
    assert np.array_equal(excerpt[:, 0], whole[start * 16 : end * 16])


def test_an_excerpt_without_anything_replaced_is_the_sound_itself(make, tmp_path):
    path = record(tmp_path / "in.wav", noise(2.0, 16_000, 1), 16_000)
    excerpt = read(sound.excerpt(path, hiding(make).sound, Span(Millis(250), Millis(750))))
    assert np.array_equal(excerpt, read(path)[4_000:12_000])


def test_there_is_no_excerpt_where_no_sound_may_be_published_or_read(make, tmp_path):
    path = record(tmp_path / "in.wav", noise(1.0, 16_000, 1), 16_000)
    span = Span(Millis(0), Millis(500))
    with pytest.raises(NotReleasableError, match="text alone"):
        sound.excerpt(path, ReleasedSound(allowed=False, reason="It is text alone.", replaced=()), span)
    path.write_bytes(b"RIFF")
    with pytest.raises(StorageError):
        sound.excerpt(path, hiding(make).sound, span)
    assert not len(
        read(
            sound.excerpt(
                record(tmp_path / "short.wav", noise(1.0, 16_000, 1), 16_000),
                hiding(make).sound,
                Span(Millis(5_000), Millis(6_000)),
            )
        )
    )
