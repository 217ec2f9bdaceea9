"""What is heard where sound was taken out: a tone, nothing, or a synthetic voice. None of it knows the original."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

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
        readings: of turns; those of turns that are no longer read are left out.
        rate_hz: samples a second of the recording.
    """

    def __init__(self, sound: ReleasedSound, readings: tuple[Reading, ...], rate_hz: int) -> None:
        self._hide_with, self._rate_hz = sound.hide_with, rate_hz
        paths = {r.turn: r.path for r in readings}
        self._turns = [(turn, paths.get(turn)) for turn in sound.spoken]

    def samples(self, span: Span, first: int, last: int) -> Mono:
        """(last - first,): what stands at these samples of the recording, all of which are in the span.

        Where a voice reads in a span, the rest of it is silent, but for turns that could not be read.
        """
        if self._hide_with is Stand.SILENCE:
            return np.zeros(last - first, np.int16)
        inside = [(t, path) for t, path in self._turns if span.overlap(t.span)]
        if not any(path for _, path in inside):
            return self._tone(span, first, last)
        heard = np.zeros(last - first, np.int16)
        for turn, path in inside:
            start, end = bounds(turn.span, self._rate_hz)
            here, there = max(start, first), min(end, last)
            if here >= there:
                continue
            if path is None:
                heard[here - first : there - first] = self._tone(turn.span, here, there)
            else:
                part = np.fromfile(path, np.int16, there - here, offset=2 * (here - start))
                heard[here - first : here - first + len(part)] = part
        return heard

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
