"""How well hidden sound is hidden, what is left of it, and what hiding costs.

    python bench/masking.py [--json] [--hours 1 3] [--without-models]

Material: the example of this repository (invented people, synthetic voices), names and sentences read by the
synthetic voice (`zhuzi models fetch kokoro`), and noise. Nothing else is needed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from scipy.signal import filtfilt, iirnotch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.rows import Row, limited, plain, show
from output import sound, video
from redaction.released import (
    Cue,
    PublicSpeaker,
    PublicStatement,
    Released,
    ReleasedPicture,
    ReleasedSound,
)
from speakers.mix import Beside
from speakers.record import Millis, Span

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "zhtw_collab.flac"
SPANS = tuple(Span(Millis(at), Millis(at + 2_000 + at % 3_000)) for at in range(4_100, 110_000, 9_700))
LOUDER, PITCH_HZ = 2.0, 1_000
"""The tone of those who only add one: twice as loud as the speech."""

Samples = npt.NDArray[np.float64]


def released(spans: tuple[Span, ...], said: tuple[PublicStatement, ...] = ()) -> Released:
    """A release of nothing but sound and picture, and captions if anything is said."""
    who = (PublicSpeaker("發言者 1", "S1", "", named=False),)
    return Released(
        title="", date="", place="", case="", links=(), language="zh", speakers=who, statements=said,
        sound=ReleasedSound(allowed=True, reason="", replaced=spans), approval="a" * 64, approved_at="",
        approvers=1, hidden=(), picture=ReleasedPicture(allowed=True),
    )  # fmt: skip


def heard(path: Path, rate_hz: int) -> Samples:
    """(n_samples, n_channels) of a file."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        convert = av.AudioResampler(format="fltp", layout=stream.layout, rate=rate_hz)
        parts = [f.to_ndarray() for frame in container.decode(stream) for f in convert.resample(frame)]
    return np.concatenate(parts, axis=1).T.astype(np.float64)


def written(path: Path, samples: Samples, rate_hz: int) -> Path:
    """A file of one or two channels."""
    layout = "stereo" if samples.shape[1] == 2 else "mono"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "pcm_s16le" if path.suffix == ".wav" else "aac", rate=rate_hz, layout=layout
        )
        picture = _moving(container) if path.suffix == ".mp4" else None
        for second, at in enumerate(range(0, len(samples), rate_hz)):
            piece = np.rint(samples[at : at + rate_hz].clip(-1, 1) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout=layout)
            frame.sample_rate, frame.pts = rate_hz, at
            container.mux(stream.encode(frame))
            if picture is not None:
                _show(container, picture, second)
        container.mux(stream.encode(None))
        if picture is not None:
            container.mux(picture.encode(None))
    return path


def _moving(container: av.container.OutputContainer) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
    stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
    return stream


def _show(container: av.container.OutputContainer, stream: av.VideoStream, second: int) -> None:
    x = np.arange(320)[None, :, None] + np.zeros((180, 1, 3))
    for tenth in range(10):
        at = second * 10 + tenth
        frame = av.VideoFrame.from_ndarray((150 + 80 * np.sin(x / 9 + at)).astype(np.uint8), format="rgb24")
        frame.pts, frame.time_base = at, Fraction(1, 10)
        container.mux(stream.encode(frame))


def alike(a: Samples, b: Samples) -> float:
    """The largest correlation at any shift up to 50 ms at 16 kHz: an attacker may align."""
    n = min(len(a), len(b))
    a, b = a[:n] - a[:n].mean(), b[:n] - b[:n].mean()
    cross = np.fft.irfft(np.fft.rfft(b, 2 * n) * np.conj(np.fft.rfft(a, 2 * n)))
    near = np.abs(np.r_[cross[:800], cross[-800:]]).max()
    return float(near / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-12))


def inside(original: Samples, published: Samples, rate_hz: int) -> float:
    """The most that any channel of the original is like the published sound in any span, 60 ms from its ends."""
    most = 0.0
    for span in SPANS:
        part = slice((span.start + 60) * rate_hz // 1000, (span.end - 60) * rate_hz // 1000)
        for channel in original.T:
            most = max(most, alike(channel[part], published[part]))
    return most


def correlations(scratch: Path) -> Iterator[Row]:
    """What is left of hidden sound on each channel; and of sound that a tone was only added to."""
    rate_hz = 16_000
    mono = heard(EXAMPLE, rate_hz)[:, 0]
    rng = np.random.default_rng(5)
    other = 0.6 * np.roll(mono, 37) + 0.01 * rng.standard_normal(len(mono))
    stereo = np.stack([mono, other], axis=1)
    how = f"{EXAMPLE.name}, {len(SPANS)} spans, any shift"
    wav = written(scratch / "stereo.wav", stereo, rate_hz)
    mp3 = heard(sound.publish(wav, released(SPANS), scratch), rate_hz)[:, 0]
    yield limited("correlation, two channels", inside(stereo, mp3, rate_hz), 0.05, how)
    beside = tuple(
        Beside(written(scratch / f"m{n}.wav", (np.roll(mono, 50 * n) * 0.5)[:, None], rate_hz), 0.0, 0.0)
        for n in (1, 2)
    )
    three = heard(sound.publish(wav, released(SPANS), scratch, beside), rate_hz)[:, 0]
    every = np.column_stack([stereo, *(np.roll(mono, 50 * n) for n in (1, 2))])
    yield limited("correlation, three microphones", inside(every, three, rate_hz), 0.05, how)
    film = written(scratch / "film.mp4", stereo, rate_hz)
    mp4, _ = video.publish(film, released(SPANS), scratch)
    yield limited("correlation, video", inside(stereo, heard(mp4, rate_hz)[:, 0], rate_hz), 0.05, how)
    parts = list(_slices(rate_hz))
    filtered = [_notched(mp3[part], 440) for part in parts]
    own = max(alike(mono[part], left) for part, left in zip(parts, filtered, strict=True))
    chance = max(
        alike(mono[a], left) for b, left in zip(parts, filtered, strict=True) for a in parts if a != b
    )
    how = f"{own:.3f} with what was hidden there, {chance:.3f} with what was hidden elsewhere"
    yield limited("correlation, replaced and filtered / chance", own / chance, 1.1, how)
    covered = mono.copy()
    for span in SPANS:
        part = slice(span.start * rate_hz // 1000, span.end * rate_hz // 1000)
        at = np.arange(part.stop - part.start)[: len(covered[part])]
        covered[part] += LOUDER * mono.std() * np.sqrt(2) * np.sin(2 * np.pi * PITCH_HZ * at / rate_hz)
    undone = inside(mono[:, None], _notched(covered, PITCH_HZ), rate_hz)
    least = min(alike(mono[s], _notched(covered, PITCH_HZ)[s]) for s in _slices(rate_hz))
    yield plain(
        "correlation, tone only added and filtered", undone, f"as others do; least of any span {least:.2f}"
    )
    yield from _pictures(mp4)


def _slices(rate_hz: int) -> Iterator[slice]:
    for span in SPANS:
        yield slice((span.start + 60) * rate_hz // 1000, (span.end - 60) * rate_hz // 1000)


def _notched(samples: Samples, pitch_hz: float) -> Samples:
    b, a = iirnotch(pitch_hz, 8, 16_000)
    filtered: Samples = filtfilt(b, a, samples)
    return filtered


def _pictures(mp4: Path) -> Iterator[Row]:
    bright = dark = 0
    with av.open(str(mp4)) as container:
        for frame in container.decode(container.streams.video[0]):
            at = frame.time * 1000
            black = bool(frame.to_ndarray(format="gray").max() < 8)
            bright += not black and any(s.start - 500 <= at < s.end + 500 for s in SPANS)
            dark += black and not any(s.start - 700 <= at < s.end + 700 for s in SPANS)
    yield limited("frames that are seen in a hidden span", int(bright), 0, "margins of 500 ms included")
    yield limited("frames that are black elsewhere", int(dark), 0, "100 ms a frame")


def costs(scratch: Path, hours: list[float]) -> Iterator[Row]:
    """Time and memory by the length of the recording."""
    for kind, lengths, unit in (("sound", [h * 3600 for h in hours], 3600), ("video", [120.0, 360.0], 60)):
        found = [_child(kind, seconds, scratch) for seconds in lengths]
        name = "h" if unit == 3600 else "min"
        for seconds, (took, peak) in zip(lengths, found, strict=True):
            label = f"{kind}, {seconds / unit:g} {name}"
            most = 0.02 if kind == "sound" else 1.0
            yield limited(f"time / length, {label}", took / seconds, most, "noise; a span every minute")
            yield plain(f"peak MB, {label}", peak, "largest resident set of a process that does only this")
        if len(found) == 2:
            yield limited(
                f"peak memory, {kind}, long / short", found[1][1] / found[0][1], 1.1, "of these two"
            )


def _child(kind: str, seconds: float, scratch: Path) -> tuple[float, float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", kind, str(seconds), str(scratch)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - this file
    took, peak = json.loads(said.splitlines()[-1])
    return took, peak


def child(kind: str, seconds: float, scratch: Path) -> None:
    """Hide in a recording of this length, and print seconds and MB."""
    path = scratch / f"long.{'wav' if kind == 'sound' else 'mp4'}"
    made = subprocess.run(  # noqa: S603 - this file: making it must not count
        [sys.executable, str(Path(__file__).resolve()), "--make", str(path), str(seconds)], check=False
    )
    if made.returncode:
        sys.exit("The recording could not be made.")
    spans = tuple(Span(Millis(at), Millis(at + 6_000)) for at in range(30_000, int(seconds * 1000), 60_000))
    started = time.perf_counter()
    cues = (
        Cue(Span(Millis(at), Millis(at + 3_000)), "這裡有一行字幕")
        for at in range(0, int(seconds * 1000), 4_000)
    )
    said = tuple(PublicStatement(0, cue.text, (cue,)) for cue in cues)
    (sound if kind == "sound" else video).publish(path, released(spans, said), scratch)
    took = time.perf_counter() - started
    peak = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmHWM"))
    path.unlink()
    print(json.dumps([took, int(peak.split()[1]) / 1024]))


def make(path: Path, seconds: float) -> None:
    """Noise of this length, with a picture where it is a video."""
    rng = np.random.default_rng(1)
    piece = 0.1 * rng.standard_normal((16_000, 1))
    written(path, np.broadcast_to(piece, (int(seconds), 16_000, 1)).reshape(-1, 1), 16_000)


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--hours", type=float, nargs=2, default=[1.0, 3.0], help="lengths that are compared")
    parser.add_argument("--without-models", action="store_true", help="leave out what has to be listened to")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], float(given.child[1]), Path(given.child[2]))
    elif given.make:
        make(Path(given.make[0]), float(given.make[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="masking.") as folder:
            scratch = Path(folder)
            rows = [*correlations(scratch)]
            if not given.without_models:
                from bench.listening import listening

                rows += listening(scratch)
            rows += costs(scratch, given.hours)
        print(show(rows, as_json=given.json))


if __name__ == "__main__":
    main()
