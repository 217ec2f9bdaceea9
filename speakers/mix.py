"""Several files as one: a recording, and the microphones that were recorded into files of their own.

The models hear the mean of all files, and exactly this mean is published; so both are read through here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from speakers import timeline
from speakers.timeline import Block, Flaw, Pcm

Mono = npt.NDArray[np.int16]
"""(n_samples,)"""

_MONO = "mono"


@dataclass(frozen=True, slots=True)
class Beside:
    """A microphone's own file, and where its clock stands on the recording's.

    Attributes:
        path: the file.
        offset_ms: the moment of the recording at which the file begins; may be negative.
        drift_ppm: by how many millionths its clock runs slower than the recording's.
    """

    path: Path
    offset_ms: float
    drift_ppm: float


def mixed(samples: Pcm) -> Mono:
    """(n_samples,) of (n_samples, n_channels): every channel with the same weight, whatever it is called.

    Models hear this sum, and exactly this sum is published. Of two channels one could publish what no model heard:
    a microphone that is wired the other way round on one of them cancels out in the sum. And FFmpeg's own mix leaves
    out the channel of a subwoofer, where a meeting has a microphone.
    """
    mean: Mono = np.rint(samples.mean(axis=1)).astype(np.int16)
    return mean


def blocks(
    path: Path, beside: tuple[Beside, ...] = (), told: Callable[[Flaw], None] = lambda _: None
) -> Iterator[Block]:
    """What models hear, on the recording's clock.

    Args:
        path: the recording.
        beside: further microphones; with none, every channel of the recording comes as it is.
        told: hears of what is wrong with the recording.

    Raises:
        RecordingError: As `timeline.blocks`; likewise FFmpeg's errors.
    """
    main = timeline.blocks(path, told)
    if not beside:
        yield from main
        return
    first = next(main, None)
    if first is None:
        return
    rate_hz = first.rate_hz
    layout = av.AudioLayout(_MONO)
    yours = at_rate(itertools.chain([first], main), rate_hz)
    for together in side_by_side((block[:, None] for block in yours), beside, rate_hz):
        yield Block(mixed(together)[:, None], rate_hz, layout)


def tracks(path: Path, beside: tuple[Beside, ...], rate_hz: int, *, channels: bool) -> Iterator[Pcm]:
    """Every microphone for itself: (n_samples, n_microphones) on the recording's clock.

    Args:
        path: the recording.
        beside: further microphones.
        rate_hz: samples a second.
        channels: whether each channel of the recording is a microphone; otherwise all of them are one.
    """
    main = timeline.blocks(path)
    yours = _channels(main, rate_hz) if channels else (block[:, None] for block in at_rate(main, rate_hz))
    yield from side_by_side(yours, beside, rate_hz)


def at_rate(sound: Iterator[Block], rate_hz: int) -> Iterator[Mono]:
    """Blocks as one channel at one rate, whatever form they have."""
    # A stream may change its form midway; a resampler knows only one.
    for form_hz, alike in itertools.groupby(sound, key=lambda b: b.rate_hz):
        convert = av.AudioResampler(format="s16", layout=_MONO, rate=rate_hz)
        for block in itertools.chain(alike, [None]):
            yield from _converted(convert, None if block is None else _one_of(block.samples), form_hz)


def _one_of(samples: Pcm) -> Mono:
    return samples[:, 0] if samples.shape[1] == 1 else mixed(samples)


def _converted(convert: av.AudioResampler, mono: Mono | None, rate_hz: int) -> Iterator[Mono]:
    frame = None
    if mono is not None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(mono)[None], format="s16", layout=_MONO)
        frame.sample_rate = rate_hz
    for ready in convert.resample(frame):
        yield ready.to_ndarray().reshape(-1).astype(np.int16, copy=False)


def _channels(sound: Iterator[Block], rate_hz: int) -> Iterator[Pcm]:
    """(n_samples, n_channels) at one rate; where the number of channels changes, all hear the mean."""
    count = 0
    for form_hz, alike in itertools.groupby(sound, key=lambda b: b.rate_hz):
        convert: list[av.AudioResampler] = []
        for block in itertools.chain(alike, [None]):
            count = count or (block.samples.shape[1] if block is not None else 0)
            convert = convert or [
                av.AudioResampler(format="s16", layout=_MONO, rate=rate_hz) for _ in range(count)
            ]
            if block is None:
                columns: list[Mono | None] = [None] * count
            elif block.samples.shape[1] == count:
                columns = list(block.samples.T)
            else:
                columns = [_one_of(block.samples)] * count
            ready = [list(_converted(c, m, form_hz)) for c, m in zip(convert, columns, strict=True)]
            if ready and ready[0]:
                yield np.stack([np.concatenate(parts) for parts in ready], axis=1)


def side_by_side(main: Iterator[Pcm], beside: tuple[Beside, ...], rate_hz: int) -> Iterator[Pcm]:
    """The recording's columns and one for each further microphone, until the last of them ends."""
    others = [_Placed(b, rate_hz) for b in beside]
    at = columns = 0
    for block in main:
        columns = block.shape[1]
        yield np.column_stack([block, *(other.between(at, at + len(block)) for other in others)])
        at += len(block)
    while columns and not all(other.ended(at) for other in others):
        silence = np.zeros((rate_hz, columns), np.int16)
        yield np.column_stack([silence, *(other.between(at, at + rate_hz) for other in others)])
        at += rate_hz


class _Placed:
    """A microphone's samples by the recording's clock; read forwards only."""

    def __init__(self, beside: Beside, rate_hz: int) -> None:
        self._blocks = at_rate(timeline.blocks(beside.path), rate_hz)
        self._offset = beside.offset_ms / 1000 * rate_hz
        self._speed = 1 / (1 + beside.drift_ppm / 1e6)
        self._held: Mono = np.zeros(0, np.int16)
        self._begins = 0
        self._over = False

    def ended(self, at: int) -> bool:
        """Whether nothing comes any more from a sample of the recording on."""
        self._read_to(int(self._there(np.array([at]))[0]) + 1)
        return self._over and self._there(np.array([at]))[0] >= self._begins + len(self._held)

    def _there(self, here: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Which sample is heard at each sample of the recording: the nearest, so a drift drops or doubles one."""
        there: npt.NDArray[np.int64] = np.rint((here - self._offset) * self._speed).astype(np.int64)
        return there

    def between(self, start: int, end: int) -> Mono:
        """(end - start,) samples; silence where there are none."""
        wanted = self._there(np.arange(start, end))
        if not len(wanted):
            return np.zeros(0, np.int16)
        self._forget(int(wanted[0]))
        self._read_to(int(wanted[-1]) + 1)
        at = wanted - self._begins
        there = (at >= 0) & (at < len(self._held))
        found = np.zeros(len(wanted), np.int16)
        found[there] = self._held[at[there]]
        return found

    def _forget(self, before: int) -> None:
        gone = min(max(0, before - self._begins), len(self._held))
        self._held, self._begins = self._held[gone:], self._begins + gone

    def _read_to(self, end: int) -> None:
        parts = [self._held]
        reached = self._begins + len(self._held)
        while reached < end and not self._over:
            block = next(self._blocks, None)
            if block is None:
                self._over = True
                break
            parts.append(block)
            reached += len(block)
        if len(parts) > 1:
            self._held = np.concatenate(parts)
