"""Whether a recording's channels are microphones of different people, or one room heard several times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speakers import mix, timeline
from speakers.sound import SAMPLE_RATE_HZ
from speakers.timeline import Pcm
from speakers.tracks import Levels, decibels, noise

VERSION = "channels 1"

_LISTEN_S = 1800
"""The beginning says it: nobody waits for three hours to be heard for this."""

_LOUD_DB, _DEAD_DB = 15.0, -85.0
_LEADS_DB = 6.0
"""A microphone that is this much louder than any other, by its own measure, is the speaker's own."""

_MOSTLY = 0.6
"""Share of speech in which one microphone leads."""

_OFTEN = 0.05
"""Share of speech in which a microphone has to lead to be somebody's own."""


@dataclass(frozen=True, slots=True)
class Channels:
    """What the channels of a recording are.

    Attributes:
        count: how many there are.
        separate: whether they evidently are different microphones.
        led: share of speech, 0..1, in which one channel is clearly louder than all others.
        leaders: how many channels lead at times.
    """

    count: int
    separate: bool
    led: float
    leaders: int


def measure(path: Path) -> Channels:
    """Compare a recording's channels, over its first half hour at most.

    Identical and panned channels keep their difference in level, whoever speaks; channels of a stereo microphone
    differ by little; at separate microphones the leader changes with the speaker.

    Raises:
        RecordingError: As `timeline.blocks`; likewise FFmpeg's errors.
    """
    first = next(timeline.blocks(path), None)
    count = 0 if first is None else first.samples.shape[1]
    if count < 2:
        return Channels(count, separate=False, led=0.0, leaders=0)
    return compare(decibels(_beginning(path)))


def _beginning(path: Path) -> Iterator[Pcm]:
    samples = 0
    for block in mix.tracks(path, (), SAMPLE_RATE_HZ, channels=True):
        yield block
        samples += len(block)
        if samples >= _LISTEN_S * SAMPLE_RATE_HZ:
            return


def compare(levels: Levels) -> Channels:
    """As `measure`, from (n_hops, n_channels) decibels."""
    count = levels.shape[1]
    if not len(levels):
        return Channels(count, separate=False, led=0.0, leaders=0)
    floor, top = noise(levels), np.quantile(levels, 0.95, axis=0)
    live = np.flatnonzero((top > floor + _LOUD_DB) & (top > _DEAD_DB))
    if len(live) < 2:
        return Channels(count, separate=False, led=0.0, leaders=0)
    above = (levels - top)[:, live]  # each by its own measure: they are set differently
    loud = (levels[:, live] > floor[live] + _LOUD_DB).any(axis=1)
    ordered = np.sort(above[loud], axis=1)
    leads = ordered[:, -1] - ordered[:, -2] >= _LEADS_DB
    led = float(leads.mean())
    shares = np.bincount(np.argmax(above[loud][leads], axis=1), minlength=len(live)) / loud.sum()
    leaders = int((shares >= _OFTEN).sum())
    return Channels(count, separate=led >= _MOSTLY and leaders >= 2, led=round(led, 3), leaders=leaders)
