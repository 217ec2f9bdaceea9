"""Where one recording's clock stands on another's, when both heard the same meeting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speakers.error import RecordingError
from speakers.sound import SAMPLE_RATE_HZ, Samples, Sound

VERSION = "align 1"

_HOP_HZ = 100
"""Levels a second."""

_WINDOW_S, _WINDOWS = 30, 40
"""How long and how many the places are at which the clocks are compared exactly."""

_AROUND_S = 3.0
"""A drift moves a place by no more than this from where the whole stands."""

_FINE_S = 0.05
"""How far the exact comparison looks around the rough one."""

_SURE = 8.0
"""By how many standard deviations the best lag of the whole has to stand out."""

_SHORT_S = 120
"""What is this short is compared exactly as a whole where loudness alone does not tell."""

_CLEAR = 8.0
"""By how many times its average the peak of an exact comparison has to stand out."""

_AGREE_S = 0.03
"""Sound takes 10 ms for 3.4 m: places may differ by where people sit."""

_MAX_DRIFT_PPM = 300.0
"""Recorders' clocks differ by up to 100; more is another speed."""

_DRIFT_KNOWN_S = 120.0
"""Over less than this a drift cannot be told from where people sit."""

_CURE = "Give the file of a microphone that was there at the same time, or run without this one."

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where a file begins on the recording's clock.

    Attributes:
        offset_ms: the recording's moment at which it begins; negative if it begins earlier.
        drift_ppm: by how many millionths its clock runs slower than the recording's.
    """

    offset_ms: float
    drift_ppm: float


def align(recording: Sound, other: Sound, name: str) -> Alignment:
    """Find where another microphone's file stands on a recording's clock.

    Roughly by the cross-correlation of how loud both are, then exactly, at up to 40 places, by GCC-PHAT; a line
    through the places gives offset and drift.

    Args:
        recording: whose clock counts.
        other: of the same meeting.
        name: of the other one, for errors.

    Raises:
        RecordingError: If they did not hear the same, or one runs at another speed.

    Source:
        Knapp and Carter, "The generalized correlation method for estimation of time delay" (1976).
    """
    here, there = _levels(recording), _levels(other)
    lag, sure = _best_lag(here, there)
    if sure < _SURE and max(len(recording), len(other)) <= _SHORT_S * SAMPLE_RATE_HZ:
        whole = _phat(recording[:], other[:], max(len(recording), len(other)))
        lag, sure = (0.0, 0.0) if whole is None else (whole / SAMPLE_RATE_HZ, _SURE)
    if sure < _SURE:
        raise RecordingError(f"{name} does not hear the same meeting as the recording.", _CURE)
    places = [
        p for at in _places(here, there, lag) if (p := _place((recording, other), (here, there), at, lag))
    ]
    moments, lags = np.array([p[0] for p in places]), np.array([p[1] for p in places])
    drift = 0.0
    if len(places) >= 3 and np.ptp(moments) >= _DRIFT_KNOWN_S:
        drift = _slope(moments, lags)
    offset = float(np.median(lags - drift * moments)) if places else 0.0
    agree = int(np.sum(np.abs(lags - offset - drift * moments) <= _AGREE_S)) if places else 0
    if not agree or agree * 2 < len(places):
        raise RecordingError(f"{name} cannot be brought in step with the recording.", _CURE)
    # here = there + offset + drift · here
    speed = 1 / (1 - drift)
    if abs(speed - 1) * 1e6 > _MAX_DRIFT_PPM:
        raise RecordingError(
            f"{name} runs at another speed than the recording ({(speed - 1) * 100:+.2f}%).",
            "Save it again at the speed at which it was recorded, or run without it.",
        )
    return Alignment(round(offset * speed * 1000, 3), round((speed - 1) * 1e6, 2))


def _levels(sound: Sound) -> Floats:
    """(n_hops,) how loud it is above its surroundings of a second, without rumble."""
    hop, levels = SAMPLE_RATE_HZ // _HOP_HZ, []
    for block in sound.blocks(SAMPLE_RATE_HZ * 60):
        whole = block[: len(block) // hop * hop]
        high = np.diff(whole, prepend=whole[:1]).reshape(-1, hop)
        levels.append(np.log10((high.astype(np.float64) ** 2).mean(axis=1) + 1e-9))
    level = np.concatenate(levels) if levels else np.zeros(1)
    window = np.ones(_HOP_HZ) / _HOP_HZ
    return (
        level
        - np.convolve(np.pad(level, _HOP_HZ // 2, mode="edge"), window, "same")[
            _HOP_HZ // 2 : _HOP_HZ // 2 + len(level)
        ]
    )


def _correlation(a: Floats, b: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Cross-correlation, and the lag of each value: by how much later things are in `a` than in `b`."""
    size = 1 << (len(a) + len(b) - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    lags = np.concatenate([np.arange(-len(b) + 1, 0), np.arange(len(a))])
    return cross[lags], lags


def _best_lag(here: Floats, there: Floats) -> tuple[float, float]:
    """Seconds, and by how many standard deviations it stands out."""
    cross, lags = _correlation(here, there)
    best = int(np.argmax(cross))
    return float(lags[best]) / _HOP_HZ, float((cross[best] - cross.mean()) / (cross.std() + 1e-12))


def _places(here: Floats, there: Floats, lag: float) -> list[float]:
    """Seconds of the recording at which windows begin that both heard."""
    first, last = max(0.0, lag), min(len(here) / _HOP_HZ, len(there) / _HOP_HZ + lag)
    room = last - first - _WINDOW_S
    if room <= 0:
        return [first]
    return [first + float(at) for at in np.linspace(0, room, min(_WINDOWS, 1 + int(room / 5)))]


def _place(
    sounds: tuple[Sound, Sound], levels: tuple[Floats, Floats], at: float, lag: float
) -> tuple[float, float] | None:
    """(moment, lag) in seconds at one place; None if it is not clear there."""
    (recording, other), (here, there) = sounds, levels
    mine = here[int(at * _HOP_HZ) : int((at + _WINDOW_S) * _HOP_HZ)]
    begins = max(0, int((at - lag - _AROUND_S) * _HOP_HZ))
    yours = there[begins : int((at - lag + _WINDOW_S + _AROUND_S) * _HOP_HZ)]
    if len(mine) < _HOP_HZ or len(yours) < _HOP_HZ:
        return None
    cross, lags = _correlation(mine, yours)
    rough = float(lags[int(np.argmax(cross))] - begins) / _HOP_HZ + int(at * _HOP_HZ) / _HOP_HZ
    if abs(rough - lag) > _AROUND_S:
        return None
    start = max(at, rough, 0.0)
    a, b = _from(recording, start), _from(other, start - rough)
    length = min(len(a), len(b))
    if length < SAMPLE_RATE_HZ:
        return None
    fine = _phat(a[:length], b[:length], int(_FINE_S * SAMPLE_RATE_HZ))
    if fine is None:
        return None
    exact = int(start * SAMPLE_RATE_HZ) - int((start - rough) * SAMPLE_RATE_HZ) + fine
    return start + length / 2 / SAMPLE_RATE_HZ, exact / SAMPLE_RATE_HZ


def _from(sound: Sound, seconds: float) -> Samples:
    first = int(seconds * SAMPLE_RATE_HZ)
    return sound[first : first + _WINDOW_S * SAMPLE_RATE_HZ]


def _phat(a: Samples, b: Samples, reach: int) -> int | None:
    """By how many samples, up to `reach`, `a` is later than `b`; None if no lag stands out."""
    size = 1 << (len(a) + len(b) - 1).bit_length()
    reach = min(reach, size // 2 - 1)
    cross = np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size))
    whitened = np.fft.irfft(cross / (np.abs(cross) + 1e-9), size)
    near = np.concatenate([whitened[-reach:], whitened[: reach + 1]])
    best = int(np.argmax(near))
    clear = near[best] > _CLEAR * float(np.sqrt(np.mean(whitened**2)))
    return best - reach if clear else None


def _slope(moments: Floats, lags: Floats) -> float:
    """Seconds of lag for each second: the median over all pairs (Theil and Sen)."""
    first, second = np.triu_indices(len(moments), 1)
    apart = moments[second] - moments[first]
    far = apart >= _DRIFT_KNOWN_S / 4
    return float(np.median((lags[second] - lags[first])[far] / apart[far]))
