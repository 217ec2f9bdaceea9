"""Meetings with a microphone for everybody, made of noise that swells like syllables."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.engines.scripted import SAID

RATE_HZ = 16_000

Heard = npt.NDArray[np.float64]
"""(n_microphones, n_samples), -1..1"""


def said(
    turns: Sequence[tuple[str, int, int, str]] = SAID,
    *,
    seconds: float = 9.0,
    leak_db: float = -15.0,
    gains_db: Sequence[float] = (0.0,),
    volume: float = 0.6,
    seed: int = 3,
) -> Heard:
    """What each voice's microphone hears: its owner, the others leaking in, and noise."""
    random = np.random.default_rng(seed)
    voices = sorted({voice for voice, *_ in turns})
    own = np.zeros((len(voices), round(seconds * RATE_HZ)))
    for voice, start, end, _ in turns:
        at = slice(start * RATE_HZ // 1000, end * RATE_HZ // 1000)
        length = at.stop - at.start
        swell = np.interp(
            np.arange(length),
            np.arange(0, length + 1_600, 1_600),
            random.uniform(0.4, 1.0, len(np.arange(0, length + 1_600, 1_600))),
        )
        own[voices.index(voice), at] = random.uniform(-volume, volume, length) * swell
    heard = own + 10 ** (leak_db / 20) * (own.sum(axis=0) - own)
    gains = np.array([gains_db[n % len(gains_db)] for n in range(len(voices))])
    return heard * 10 ** (gains[:, None] / 20) + random.normal(0, 0.001, own.shape)


def later(samples: npt.NDArray[np.float64], by_ms: int, drift_ppm: float = 0.0) -> npt.NDArray[np.float64]:
    """The same as a recorder hears it that was started so much later (or earlier), with a clock of its own."""
    there = np.arange(len(samples)) * (1 + drift_ppm / 1e6) + by_ms * RATE_HZ / 1000
    outside = (there < 0) | (there > len(samples) - 1)
    noise = np.random.default_rng(5).normal(0, 0.001, len(samples))
    return np.where(outside, noise, np.interp(there, np.arange(len(samples)), samples))


def write(path: Path, heard: npt.NDArray[np.float64]) -> Path:
    """16 kHz WAV of (n_samples,) or (n_channels, n_samples)."""
    columns = np.atleast_2d(heard)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(columns))
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(columns.T, -1, 1) * 32767).astype(np.int16).tobytes())
    return path
