"""Who speaks, from microphones and by ear, on the same meetings: each speaker's turns at a microphone of their own.

    python bench/microphones.py --data DIR [--json]

DIR holds recordings with `NAME.flac` and `NAME.rttm`. From each a meeting is composed with a file for each speaker:
their turns, everybody else's leaking in, noise, another gain, another start and another clock. `by ear` is the
diarizer that a single recording gets, on the mean of the same files.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.rows import Row, show
from pipeline.engines import Engines, engines
from pipeline.settings import settings
from speakers import account_files, align, channels, microphones, score_turns, sound, tracks
from speakers.mix import Beside
from speakers.record import Diarization, Millis

RATE_HZ = sound.SAMPLE_RATE_HZ
NOISE = 0.002
GAINS_DB = (0, 6, -6, 3, -9)
STARTS_MS = (0, 2_345, -1_700, 700, 3_210)
DRIFTS_PPM = (0, 30, -20, 45, -60)

Floats = npt.NDArray[np.float32]


def composed(samples: Floats, rttm: Path, leak_db: float) -> Floats:
    """(n_speakers, n_samples): everybody's own microphone, on one clock."""
    turns = [line.split() for line in rttm.read_text(encoding="utf-8").splitlines()]
    people = sorted({turn[7] for turn in turns})
    own = np.zeros((len(people), len(samples)), np.float32)
    for turn in turns:
        start, end = float(turn[3]), float(turn[3]) + float(turn[4])
        said = slice(int(start * RATE_HZ), int(end * RATE_HZ))
        own[people.index(turn[7]), said] = samples[said]
    heard = own + 10 ** (leak_db / 20) * (own.sum(axis=0) - own)
    gains = 10 ** (np.resize(GAINS_DB, len(people)) / 20)
    noise = np.random.default_rng(len(samples)).normal(0, NOISE, own.shape)
    return (heard * gains[:, None] + noise).astype(np.float32)


def written(path: Path, samples: Floats) -> Path:
    """16 kHz WAV of (n_samples,) or (n_samples, n_channels)."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1] if samples.ndim > 1 else 1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())
    return path


def started(samples: Floats, start_ms: float, drift_ppm: float) -> Floats:
    """The same on a clock that starts so much later and runs so much slower."""
    there = np.arange(len(samples)) * (1 + drift_ppm / 1e6) + start_ms / 1000 * RATE_HZ
    noise = np.random.default_rng(1).normal(0, NOISE, len(samples))
    outside = (there < 0) | (there > len(samples) - 1)
    moved = np.interp(there, np.arange(len(samples)), samples)
    return np.where(outside, noise, moved).astype(np.float32)


def measure(recording: Path, used: Engines, scratch: Path, leak_db: float) -> Iterator[Row]:
    """Every figure of one recording."""
    name, rttm = f"{recording.stem} {leak_db:.0f} dB", recording.with_suffix(".rttm")
    sound.decode(sound.look(recording), scratch / "whole.wav", lambda *_: None)
    heard = composed(sound.Sound(scratch / "whole.wav")[:], rttm, leak_db)
    files = [
        written(scratch / f"{n}.wav", started(track, STARTS_MS[n % 5], DRIFTS_PPM[n % 5]))
        for n, track in enumerate(heard)
    ]
    begun = time.perf_counter()
    first, wrong, beside = sound.Sound(files[0]), 0.0, []
    for n, file in enumerate(files[1:], start=1):
        place = align.align(first, sound.Sound(file), f"Microphone {n}")
        beside.append(Beside(file, place.offset_ms, place.drift_ppm))
        for moment in (0.0, len(first) * 1000 / RATE_HZ):
            truly = STARTS_MS[n % 5] + moment * DRIFTS_PPM[n % 5] / 1e6
            wrong = max(wrong, abs(place.offset_ms + moment * place.drift_ppm / 1e6 - truly))
    tracks.write(files[0], tuple(beside), scratch / "tracks.wav", lambda *_: None, channels=False)
    together = tracks.Tracks(scratch / "tracks.wav")
    turns = _turns(together)
    took = time.perf_counter() - begun
    yield Row(f"{name}: clocks differ by at most, ms", wrong, "≤ 10", wrong <= 10, "at beginning and end")
    rate = 100 * _der(rttm, turns)
    yield Row(f"{name}: DER % from microphones", rate, "≤ 6", rate <= 6, "no collar, overlap counted")
    sound.decode(sound.look(files[0]), scratch / "mix.wav", lambda *_: None, beside=tuple(beside))
    mix = sound.Sound(scratch / "mix.wav")
    begun = time.perf_counter()
    by_ear = used.diarizer()(mix, None, None, lambda *_: None)
    ear_took = time.perf_counter() - begun
    ears = 100 * _der(rttm, by_ear)
    yield Row(f"{name}: DER % by ear", ears, "", True, "the mean of the same files, clustering")
    yield Row(f"{name}: DER, × by ear", rate / ears, "≤ 1.0", rate <= ears, "ratio in one run")
    pace = took / ear_took
    yield Row(f"{name}: time, × by ear", pace, "≤ 1.0", pace <= 1.0, "alignment included")
    found = channels.measure(written(scratch / "many.wav", heard.T))
    yield Row(f"{name}: channels found separate", float(found.separate), "1", found.separate, "as one file")
    room = np.stack([heard.mean(axis=0), 0.5 * np.roll(heard.mean(axis=0), 12)], axis=1)
    panned = channels.measure(written(scratch / "room.wav", room))
    yield Row(
        f"{name}: panned channels taken for separate",
        float(panned.separate),
        "0",
        not panned.separate,
        "stereo",
    )


def _der(rttm: Path, heard: Diarization) -> float:
    truth = next(iter(account_files.read(rttm.read_bytes(), rttm.name).values()))
    ends = max([heard.duration, *(t.span.end for t in truth.turns)])
    return score_turns.der(truth.turns, heard.overlapping, Millis(ends)).rate or 0.0


def _turns(together: tracks.Tracks) -> Diarization:
    def nobody() -> microphones.Diarizer:
        raise AssertionError("every microphone has one owner")

    heard = microphones.activity(together.levels(), Millis(together.length * 1000 // RATE_HZ))
    return microphones.diarize(
        heard,
        [False] * together.count,
        together,
        inside=nobody,
        bounds=(None, None),
        progress=lambda *_: None,
    )


def main() -> None:
    """Measure every recording in `--data`, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of recordings with their turns")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    recordings = sorted(p.with_suffix(".flac") for p in options.data.glob("*.rttm"))
    if not recordings:
        parser.error(f"{options.data} holds no NAME.rttm.")
    used = engines(settings())
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        for recording in recordings:
            for leak_db in (-12.0, -20.0):
                rows.extend(measure(recording, used, Path(scratch), leak_db))
    print(show(rows, as_json=options.json))


if __name__ == "__main__":
    main()
