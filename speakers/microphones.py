"""Who speaks when, from microphones: whoever is louder at their own than what the others leak into it."""

from __future__ import annotations

import itertools
import tempfile
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speakers.diarize import Diarizer
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn
from speakers.sound import SAMPLE_RATE_HZ, Progress, Sound
from speakers.tracks import HOP_MS, ZERO_DB, Levels, Tracks, noise

VERSION = "microphones 1"

_ABOVE_NOISE_DB = 6.0
"""Somebody speaks where a microphone is this much louder than its own noise, …"""

_ABOVE_LEAK_DB = 5.0
"""… and this much louder than what the others explain."""

_OWNER_SHARE = 0.02
"""Of the moments at which a microphone is loud, at least so many are its owner's; the rest is leak."""

_SPREAD_DB = 10.0
"""Differences between two microphones that lie within this are of one person."""

_APART_DB = -6.0
"""Leak there and back of two microphones that can be told apart; it does not depend on how they are set."""

_NO_OWNER_DB = -20.0
"""What is taken for the leak of a microphone at which nobody spoke."""

_LOUD_DB = 15.0
"""Above the noise: certainly speech."""

_PAUSE_MS, _LEAST_MS = 500, 160
_INSIDE_PAD_MS = 200

_NEAREST_HOPS = 25
"""Where two speak at once, who is nearer does not change with every syllable."""

Active = npt.NDArray[np.bool_]
"""(n_hops, n_microphones)"""


@dataclass(frozen=True, slots=True)
class Activity:
    """Which microphones' own people speak when.

    Attributes:
        overlapping: (n_microphones,) of (n_spans,) sorted: everything said into each.
        exclusive: the same without what somebody nearer to another microphone says at once.
        duration: milliseconds.
    """

    overlapping: tuple[tuple[Span, ...], ...]
    exclusive: tuple[tuple[Span, ...], ...]
    duration: Millis

    def moment(self, microphone: int) -> Millis | None:
        """A moment at which certainly this microphone's person speaks: the middle of their longest turn alone."""
        longest = max(self.exclusive[microphone], key=lambda s: s.length, default=None)
        return None if longest is None else Millis((longest.start + longest.end) // 2)


def activity(levels: Levels, duration: Millis) -> Activity:
    """Find who speaks at which microphone.

    What one person's voice leaves in another's microphone is estimated from the recording itself: it is how much
    quieter the other one is while the first is loud, at the least. A microphone counts where it is louder than its
    noise and than all that the others leak into it.

    Args:
        levels: (n_hops, n_microphones) decibels.
        duration: of the recording.
    """
    quiet = noise(levels)
    leak = leaks(levels, quiet)
    energy = 10 ** (levels / 10)
    explained = 10 * np.log10(energy @ (10 ** (leak / 10)) + 10 ** (quiet / 10))
    active = (levels > quiet + _ABOVE_NOISE_DB) & (levels > explained + _ABOVE_LEAK_DB)
    active = np.stack([_smooth(column) for column in active.T], axis=1) if len(levels) else active
    # Each microphone by its own measure: they are set differently.
    usual = np.array(
        [np.median(lv[on]) if on.any() else 0.0 for lv, on in zip(levels.T, active.T, strict=True)]
    )
    slowly = np.ones(_NEAREST_HOPS) / _NEAREST_HOPS
    usually = (
        np.stack([np.convolve(c, slowly, "same") for c in (levels - usual).T], axis=1)
        if len(levels)
        else levels
    )
    nearest = np.argmax(np.where(active, usually, -np.inf), axis=1)
    alone = active & (nearest[:, None] == np.arange(active.shape[1]))
    return Activity(
        tuple(_spans(column, duration) for column in active.T),
        tuple(_spans(column, duration) for column in alone.T),
        duration,
    )


def leaks(levels: Levels, quiet: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(n_microphones, n_microphones) decibels by which `[i, j]` whoever speaks at i is heard in j, against i.

    The diagonal is minus infinity: nobody leaks into their own microphone.
    """
    count = levels.shape[1]
    leak = np.full((count, count), -np.inf)
    for i, j in itertools.permutations(range(count), 2):
        # Where the other one is switched off, or its file is over, it says nothing of what leaks into it.
        loud = (levels[:, i] > quiet[i] + _LOUD_DB) & (levels[:, j] > ZERO_DB)
        if loud.any():
            differences = levels[loud, j] - levels[loud, i]
            lowest = np.quantile(differences, _OWNER_SHARE)  # those of the owner: nobody else is so near to i
            leak[i, j] = np.median(differences[differences <= lowest + _SPREAD_DB])
    for i, j in itertools.combinations(range(count), 2):
        if leak[i, j] + leak[j, i] > _APART_DB:
            # All that is heard in both comes from the same people: those of the louder one.
            less, more = (i, j) if leak[i, j] > leak[j, i] else (j, i)
            leak[less, more] = _NO_OWNER_DB
    return leak


def _smooth(active: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Short pauses filled, then what is too short to be speech taken away."""
    smooth = active.copy()
    for start, end in _runs(~active):
        if (end - start) * HOP_MS <= _PAUSE_MS and start > 0 and end < len(active):
            smooth[start:end] = True
    for start, end in _runs(smooth):
        if (end - start) * HOP_MS < _LEAST_MS:
            smooth[start:end] = False
    return smooth


def _runs(mask: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _spans(mask: npt.NDArray[np.bool_], duration: Millis) -> tuple[Span, ...]:
    found = ((start * HOP_MS, min(end * HOP_MS, duration)) for start, end in _runs(mask))
    return tuple(Span(Millis(start), Millis(end)) for start, end in found if start < end)


def diarize(
    heard: Activity,
    shared: Sequence[bool],
    tracks: Tracks,
    *,
    inside: Callable[[], Diarizer],
    bounds: tuple[int | None, int | None],
    progress: Progress,
) -> Diarization:
    """Turns from microphones: one voice for each, and several where several people share one.

    Args:
        heard: from `activity`.
        shared: (n_microphones,) whether several people may speak at a microphone; its voices are told apart by ear.
        tracks: what each microphone heard.
        inside: gives what tells voices apart, where it is needed.
        bounds: (least, most) voices of the whole meeting, None where unknown.
        progress: told about every step.
    """
    overlapping: list[Turn] = []
    exclusive: list[Turn] = []
    speaking = [m for m, spans in enumerate(heard.overlapping) if spans]
    several = [m for m in speaking if shared[m]]
    own = len(speaking) - len(several)
    for microphone in speaking:
        voice = SpeakerId(f"m{microphone}")
        if microphone in several:
            least, most = (None if b is None or len(several) > 1 else max(1, b - own) for b in bounds)
            apart = partial(inside(), least=least, most=most, progress=progress)
            found = _inside(heard.overlapping[microphone], microphone, tracks, apart)
        else:
            found = [Turn(span, voice) for span in heard.overlapping[microphone]]
        overlapping += found
        exclusive += _within(found, heard.exclusive[microphone])
    return _numbered(exclusive, overlapping, heard.duration)


def _within(turns: list[Turn], spans: tuple[Span, ...]) -> Iterator[Turn]:
    """The parts of turns that lie in spans; where turns overlap, the earlier one keeps its time."""
    taken = 0
    for turn, span in sorted(itertools.product(turns, spans), key=lambda pair: (pair[0].span, pair[1])):
        start, end = max(turn.span.start, span.start, taken), min(turn.span.end, span.end)
        if start < end:
            yield Turn(Span(Millis(start), Millis(end)), turn.speaker)
            taken = end


def _inside(
    spans: tuple[Span, ...],
    microphone: int,
    tracks: Tracks,
    apart: Callable[[Sound], Diarization],
) -> list[Turn]:
    """Voices at one microphone: only what is said into it is heard, end to end, and put back in its place."""
    with tempfile.NamedTemporaryFile(suffix=".wav", dir=tracks.folder) as file:
        at, places = 0, []
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(SAMPLE_RATE_HZ)
            for span in spans:
                said = np.rint(tracks.cut(microphone, span) * 32768).astype(np.int16)
                pad = np.zeros(_INSIDE_PAD_MS * SAMPLE_RATE_HZ // 1000, np.int16)
                wav.writeframes(said.tobytes() + pad.tobytes())
                places.append((at, span))
                at += span.length + _INSIDE_PAD_MS
        file.flush()
        heard = apart(Sound(Path(file.name)))
    found = []
    for begins, span in places:
        there = Span(Millis(begins), Millis(begins + span.length))
        parts = [(t, t.span.overlap(there)) for t in heard.overlapping]
        voices = [t for t, length in parts if length]
        if not voices:  # too short to be told apart by ear, but somebody speaks here
            nearest = heard.speaker_at(begins, within=heard.duration)
            found.append(Turn(span, SpeakerId(f"m{microphone} {nearest}")))
            continue
        for turn in voices:
            start = max(turn.span.start, there.start) - begins + span.start
            end = min(turn.span.end, there.end) - begins + span.start
            found.append(Turn(Span(Millis(start), Millis(end)), SpeakerId(f"m{microphone} {turn.speaker}")))
    return sorted(found)


def _numbered(exclusive: list[Turn], overlapping: list[Turn], duration: Millis) -> Diarization:
    """Voices called S1, S2, … in order of first speech."""
    order = dict.fromkeys(t.speaker for t in sorted(overlapping, key=lambda t: t.span))
    names = {voice: SpeakerId(f"S{number}") for number, voice in enumerate(order, start=1)}

    def renamed(turns: list[Turn]) -> tuple[Turn, ...]:
        return tuple(sorted(Turn(t.span, names[t.speaker]) for t in turns))

    return Diarization(renamed(exclusive), renamed(overlapping), duration)
