"""What is heard where sound was taken out: a tone, nothing, or a synthetic voice. None of it knows the original."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from redaction.released import Released, ReleasedSound, Spoken
from speakers.kokoro import FASTEST, RATE_HZ, Reader
from speakers.meeting import Stand
from speakers.record import Span

TONE_HZ = 440
TONE_DBFS = -30.0
FADE_MS = 10

Mono = npt.NDArray[np.int16]
"""(n_samples,)"""


@dataclass(frozen=True, slots=True)
class Reading:
    """A turn as a synthetic voice reads it.

    Attributes:
        turn: what is read.
        path: its samples and nothing else, 16 bits, at the recording's rate.
    """

    turn: Spoken
    path: Path


def read(released: Released, reader: Reader, rate_hz: int, folder: Path) -> tuple[Reading, ...]:
    """Have everything read that fits into the time of what it stands for; the rest gets a tone.

    A reading is never longer than what it replaces, so that captions keep their times. It is read faster where it
    has to be, up to what people still understand.

    Args:
        released: says what is read by which voice.
        reader: the voice.
        rate_hz: samples a second of the recording.
        folder: where readings are kept while the sound is made; one at a time is held in memory.

    Returns:
        (n_readings,) in order; turns that do not fit, or in which there is nothing to say, are missing.
    """
    from scipy.signal import resample_poly  # 50 MB that only this needs

    found: list[Reading] = []
    for number, turn in enumerate(released.sound.spoken):
        samples = _fitting(turn, reader, released.language)
        if len(samples):
            path = folder / f"{number}.pcm"
            divisor = math.gcd(rate_hz, RATE_HZ)
            heard = resample_poly(samples.astype(np.float64), rate_hz // divisor, RATE_HZ // divisor)
            np.rint(heard.clip(-32768, 32767)).astype(np.int16).tofile(path)
            found.append(Reading(turn, path))
    return tuple(found)


def _fitting(turn: Spoken, reader: Reader, language: str) -> Mono:
    """(n_samples,) at `RATE_HZ`; none if it cannot be read in time."""
    room = turn.span.length * RATE_HZ // 1000
    for speed in (1.0, 1.2, FASTEST):
        samples = reader.read(turn.text, language, turn.voice, speed=speed)
        if len(samples) <= room:
            return samples
    return np.zeros(0, np.int16)


class StandIn:
    """What is heard instead, for any stretch of any replaced span.

    Args:
        sound: how the sound is made.
        readings: of every turn that is still to be read, and perhaps of others.
        rate_hz: samples a second of the recording.
    """

    def __init__(self, sound: ReleasedSound, readings: tuple[Reading, ...], rate_hz: int) -> None:
        self._hide_with, self._rate_hz = sound.hide_with, rate_hz
        paths = {r.turn: r.path for r in readings}
        self._read = [(turn.span, paths[turn]) for turn in sound.spoken]
        self._unread = sound.unread

    def samples(self, span: Span, first: int, last: int) -> Mono:
        """(last - first,): what stands at these samples of the recording, all of which are in the span.

        Where a voice reads in a span, the rest of it is silent, but for turns that are not read.
        """
        read = [(turn, path) for turn, path in self._read if span.overlap(turn)]
        if not read and self._hide_with is not Stand.SILENCE:
            return self._tone(span, first, last)
        heard = np.zeros(last - first, np.int16)
        for turn in self._unread:
            here, there = self._within(turn, first, last)
            if here < there:
                heard[here - first : there - first] = self._tone(turn, here, there)
        for turn, path in read:
            here, there = self._within(turn, first, last)
            if here < there:
                start, _ = bounds(turn, self._rate_hz)
                part = np.fromfile(path, np.int16, there - here, offset=2 * (here - start))
                heard[here - first : here - first + len(part)] = part
        return heard

    def _within(self, turn: Span, first: int, last: int) -> tuple[int, int]:
        start, end = bounds(turn, self._rate_hz)
        return max(start, first), min(end, last)

    def _tone(self, span: Span, first: int, last: int) -> Mono:
        """A quiet tone that fades in and out at the ends of the span."""
        start, end = bounds(span, self._rate_hz)
        at = np.arange(first, last) - start
        fade = max(1, FADE_MS * self._rate_hz // 1000)
        envelope = np.clip(np.minimum(at + 1, end - start - at) / fade, 0.0, 1.0)
        peak = (2**15 - 1) * 10 ** (TONE_DBFS / 20)
        wave: Mono = np.rint(peak * envelope * np.sin(2 * math.pi * TONE_HZ * at / self._rate_hz)).astype(
            np.int16
        )
        return wave


def bounds(span: Span, rate_hz: int) -> tuple[int, int]:
    """The samples of a span, rounded outwards: one that belongs to it in part is replaced.

    >>> from speakers.record import Millis
    >>> bounds(Span(Millis(1), Millis(2)), 44_100)
    (44, 89)
    """
    return span.start * rate_hz // 1000, -(-span.end * rate_hz // 1000)
