"""One track for each microphone, side by side in one file, and how loud each of them is."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speakers.mix import Beside, tracks
from speakers.record import Span
from speakers.sound import SAMPLE_RATE_HZ, Progress, Samples

HOP_MS = 20
"""Of the levels."""

_HOP = SAMPLE_RATE_HZ * HOP_MS // 1000
_SMOOTH = 5
"""Hops over which energy is averaged: syllables, not periods of a voice."""

ZERO_DB = -95.0
"""Quieter than this is no microphone."""

_NOISE_QUANTILE = 0.1

Levels = npt.NDArray[np.float32]
"""(n_hops, n_microphones) energy in decibels, without rumble."""


def write(path: Path, beside: tuple[Beside, ...], into: Path, progress: Progress, *, channels: bool) -> int:
    """Write every microphone of a recording as one channel of a 16 kHz WAV.

    Args:
        path: the recording.
        beside: microphones in files of their own.
        into: the file to write.
        progress: told `("tracks", milliseconds, milliseconds)`.
        channels: whether each channel of the recording is a microphone.

    Returns:
        How many there are.
    """
    count = samples = 0
    with into.open("wb") as raw, wave.open(raw, "wb") as file:
        for block in tracks(path, beside, SAMPLE_RATE_HZ, channels=channels):
            if not count:
                count = block.shape[1]
                file.setnchannels(count)
                file.setsampwidth(2)
                file.setframerate(SAMPLE_RATE_HZ)
            file.writeframes(np.ascontiguousarray(block).tobytes())
            samples += len(block)
            progress("tracks", samples * 1000 // SAMPLE_RATE_HZ, samples * 1000 // SAMPLE_RATE_HZ)
    return count


class Tracks:
    """What every microphone heard, read piece by piece.

    Args:
        path: a file that `write` wrote.
    """

    def __init__(self, path: Path) -> None:
        self._path, self.folder = path, path.parent
        with path.open("rb") as raw, wave.open(raw, "rb") as file:
            self.count, self.length = file.getnchannels(), file.getnframes()

    def levels(self) -> Levels:
        """How loud each microphone is; see `Levels`."""
        return decibels(self._blocks())

    def _blocks(self) -> Iterator[npt.NDArray[np.int16]]:
        with self._path.open("rb") as raw, wave.open(raw, "rb") as file:
            while data := file.readframes(SAMPLE_RATE_HZ * 10):
                yield np.frombuffer(data, np.int16).reshape(-1, self.count)

    def cut(self, microphone: int, span: Span) -> Samples:
        """(n_samples,) that one microphone heard in a span."""
        with self._path.open("rb") as raw, wave.open(raw, "rb") as file:
            first = min(span.start * SAMPLE_RATE_HZ // 1000, self.length)
            file.setpos(first)
            data = file.readframes(span.end * SAMPLE_RATE_HZ // 1000 - first)
        heard = np.frombuffer(data, np.int16).reshape(-1, self.count)[:, microphone]
        return heard.astype(np.float32) / np.float32(32768)


def noise(levels: Levels) -> npt.NDArray[np.floating]:
    """(n_microphones,) how loud each is while nobody speaks, in decibels.

    Silence of zeros is none: a file was over, or a recorder had switched the microphone off.
    """
    on = [column[column > ZERO_DB] for column in levels.T]
    return np.array([np.quantile(column, _NOISE_QUANTILE) if len(column) else ZERO_DB for column in on])


def decibels(blocks: Iterator[npt.NDArray[np.int16]]) -> Levels:
    """How loud blocks of (n_samples, n_microphones) are, hop by hop."""
    energies: list[npt.NDArray[np.floating]] = []
    left: npt.NDArray[np.floating] | None = None
    for block in blocks:
        sound: npt.NDArray[np.floating] = block.astype(np.float32) / np.float32(32768)
        sound = sound if left is None else np.concatenate([left, sound])
        whole = len(sound) // _HOP * _HOP
        left = sound[whole:]
        energies.append(sound[:whole].reshape(-1, _HOP, sound.shape[1]).var(axis=1))
    if not energies:
        return np.zeros((0, 0), np.float32)
    energy = np.concatenate(energies)
    if not len(energy):
        return energy.astype(np.float32)
    smooth = np.ones(_SMOOTH) / _SMOOTH
    columns = [np.convolve(np.pad(c, _SMOOTH // 2, mode="edge"), smooth, "valid") for c in energy.T]
    level: Levels = (10 * np.log10(np.stack(columns, axis=1) + 1e-12)).astype(np.float32)
    return level
