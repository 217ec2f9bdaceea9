"""Segmentation windows: who of up to three local voices speaks at each frame, and which of them is the same next.

A window names its voices by itself. Neighbouring windows share most of their sound, so the same voice is found by
when it speaks; such a chain of local voices is a track. What a track says alone is cut into pieces, and each piece
is embedded once, however many windows it was heard in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from speakers.record import Millis, Span, SpeakerId, Turn
from speakers.sound import SAMPLE_RATE_HZ

FRAME_SAMPLES = 270
"""Of segmentation-3.0: one frame every 16.875 ms."""

FRAME_CENTRE_SAMPLES = 495
"""Where a window's first frame has its middle."""

WINDOW_SAMPLES = 10 * SAMPLE_RATE_HZ

WINDOW_FRAMES = 589

LOCAL_VOICES = 3

_SAME = 0.5
"""Share of the speech of two local voices that has to be at the same time for them to be one."""

_ACTIVE = 0.5

_SOMEBODY = 0.35
"""So many voices, by the mean over windows, are one: that somebody speaks is sure before it is sure who."""

_ORDERS = np.array(list(itertools.permutations(range(LOCAL_VOICES))))

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Windows:
    """What segmentation heard.

    Attributes:
        activity: (n_windows, 589, 3) probability that a local voice speaks, as float16.
        step: frames from one window to the next.
        frames: frames of the whole recording; the last window may reach beyond.
    """

    activity: npt.NDArray[np.float16]
    step: int
    frames: int

    @classmethod
    def count(cls, samples: int, step: int) -> int:
        """Windows that so many samples take."""
        return 1 + max(0, -(-(samples - WINDOW_SAMPLES) // (step * FRAME_SAMPLES)))

    @property
    def owners(self) -> npt.NDArray[np.intp]:
        """(frames,) the window whose middle is nearest: the one that decides who speaks alone there."""
        nearest = np.round((np.arange(self.frames) - WINDOW_FRAMES // 2) / self.step).astype(np.intp)
        return np.clip(nearest, 0, len(self.activity) - 1)


def speaking(activity: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """(…, 3) which local voices speak: the likely ones, and the likeliest where somebody speaks at all."""
    likeliest = activity == activity.max(-1, keepdims=True)
    somebody = activity.sum(-1, keepdims=True, dtype=np.float32) > _SOMEBODY
    spoken: npt.NDArray[np.bool_] = (activity > _ACTIVE) | (likeliest & somebody)
    return spoken


@dataclass(frozen=True, slots=True)
class Piece:
    """What one track says alone, in one go or several.

    Attributes:
        track: whose.
        frames: (n_frames,) of the recording, sorted.
    """

    track: int
    frames: npt.NDArray[np.intp]


def tracks(windows: Windows) -> npt.NDArray[np.intp]:
    """(n_windows, 3) the track of each local voice; NOBODY where it says nothing."""
    activity, step = windows.activity, windows.step
    found = np.full(activity.shape[::2], NOBODY, dtype=np.intp)
    number = 0
    for index in range(len(activity)):
        here = activity[index].astype(np.float32)
        said = speaking(here)
        if index and step < WINDOW_FRAMES:
            before = activity[index - 1, step:].astype(np.float32)
            shared = np.minimum(before[:, :, None], here[: len(before), None, :]).sum(0)
            longer = np.maximum(before.sum(0)[:, None], here[: len(before)].sum(0)[None, :])
            order = _ORDERS[np.argmax(shared[np.arange(LOCAL_VOICES), _ORDERS].sum(1))]
            for old, new in enumerate(order):
                if shared[old, new] > _SAME * longer[old, new]:
                    found[index, new] = found[index - 1, old]
        for voice in range(LOCAL_VOICES):
            if not said[:, voice].any():
                found[index, voice] = NOBODY
            elif found[index, voice] == NOBODY:
                found[index, voice] = number
                number += 1
    return found


def pieces(windows: Windows, of: npt.NDArray[np.intp], longest: int) -> list[Piece]:
    """What every track says alone, or where it never does, with others: at most `longest` frames each.

    Args:
        windows: of the recording.
        of: from `tracks`.
        longest: frames of a piece; longer speech is cut into equal parts.
    """
    owners = windows.owners
    inside = np.arange(windows.frames) - owners * windows.step
    spoken = np.zeros((windows.frames, LOCAL_VOICES), dtype=bool)
    within = inside < WINDOW_FRAMES
    spoken[within] = speaking(windows.activity[owners[within], inside[within]])
    track = np.where(spoken, of[owners], NOBODY)
    alone = spoken.sum(1) == 1
    said: dict[int, list[npt.NDArray[np.intp]]] = {}
    for chosen in (alone, ~alone):
        grouped = _by_track(track[chosen], np.flatnonzero(chosen))
        for name, frames in grouped:
            if chosen is alone or name not in said:
                said[name] = np.array_split(frames, max(1, -(-len(frames) // longest)))
    return [Piece(name, part) for name in sorted(said) for part in said[name]]


def _by_track(
    track: npt.NDArray[np.intp], frames: npt.NDArray[np.intp]
) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    rows, columns = np.nonzero(track != NOBODY)
    names, at = track[rows, columns], frames[rows]
    order = np.argsort(names, kind="stable")
    names, at = names[order], at[order]
    borders = np.flatnonzero(np.diff(names)) + 1
    if len(names):
        for name, part in zip(names[np.r_[0, borders]], np.split(at, borders), strict=True):
            yield int(name), part


def frames_of(samples: int) -> int:
    """Frames whose middle lies in so many samples."""
    return max(0, -(-(samples - FRAME_CENTRE_SAMPLES) // FRAME_SAMPLES))


def moment(frame: int) -> int:
    """The middle of a frame in milliseconds."""
    return round((frame * FRAME_SAMPLES + FRAME_CENTRE_SAMPLES) * 1000 / SAMPLE_RATE_HZ)


def stretches(piece: Piece) -> Iterator[tuple[int, int]]:
    """The samples of a piece, each time it goes on without a break."""
    frames = piece.frames
    borders = np.flatnonzero(np.diff(frames) > 1) + 1
    for part in np.split(frames, borders):
        start = int(part[0]) * FRAME_SAMPLES + FRAME_CENTRE_SAMPLES - FRAME_SAMPLES
        yield max(0, start), int(part[-1]) * FRAME_SAMPLES + FRAME_CENTRE_SAMPLES + FRAME_SAMPLES


def assigned(
    windows: Windows,
    of: npt.NDArray[np.intp],
    pieces: list[Piece],
    likeness: npt.NDArray[np.float32],
) -> npt.NDArray[np.intp]:
    """(n_windows, 3) the voice of each local voice; NOBODY where it says nothing.

    A local voice is the one that its track's pieces in the window are most like. What is too short to be embedded is
    given to the voice that speaks nearest to it: its track's, or without any, that of whoever speaks beside it.

    Args:
        windows: of the recording.
        of: (n_windows, 3) tracks.
        pieces: (n_pieces,) of those tracks.
        likeness: (n_pieces, n_voices) cosine; zeros where a piece was too short to be embedded.
    """
    known = [(index, piece) for index, piece in enumerate(pieces) if likeness[index].any()]
    said: dict[int, list[tuple[int, Piece]]] = {}
    for index, piece in known:
        said.setdefault(piece.track, []).append((index, piece))
    stands = {track: _stands(members) for track, members in said.items()}
    everywhere = _stands(known) if known else None
    chosen = np.full(of.shape, NOBODY, dtype=np.intp)
    for window, voice in np.argwhere(of != NOBODY):
        frames, owner = stands.get(int(of[window, voice]), (None, None))
        first = int(window) * windows.step
        if frames is None or owner is None:
            if everywhere is None:
                chosen[window, voice] = 0
                continue
            frames, owner = everywhere
            active = np.flatnonzero(speaking(windows.activity[window])[:, voice])
            at = int(np.searchsorted(frames, first + int(active[len(active) // 2])))
            nearest = owner[[min(at, len(frames) - 1)]]
        else:
            a, b = (int(i) for i in np.searchsorted(frames, (first, first + WINDOW_FRAMES)))
            nearest = owner[a:b] if a < b else owner[[min(a, len(frames) - 1)]]
        chosen[window, voice] = int(np.argmax(likeness[nearest].mean(0)))
    return chosen


def _stands(members: list[tuple[int, Piece]]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Sorted frames of pieces, and which piece each of them is in."""
    frames = np.concatenate([piece.frames for _, piece in members])
    owner = np.concatenate([np.full(len(piece.frames), index) for index, piece in members])
    order = np.argsort(frames, kind="stable")
    return frames[order], owner[order]


def turns(windows: Windows, chosen: npt.NDArray[np.intp], voices: int) -> tuple[list[Turn], list[Turn]]:
    """Exclusive and overlapping turns of voices "0", "1", …: every window that hears a frame has a vote.

    Source:
        pyannote.audio's `speaker_count`, `to_diarization` and `Binarize`, with probabilities for votes.
    """
    frames, step = windows.frames, windows.step
    exclusive, overlapping = _Runs(voices), _Runs(voices)
    for first in range(0, frames, step):
        last = min(first + step, frames)
        votes = np.zeros((last - first, voices))
        count = np.zeros(last - first)
        heard = np.zeros(last - first)
        begin = max(0, -(-(first - WINDOW_FRAMES + 1) // step))
        for index in range(begin, min(len(chosen), first // step + 1)):
            shift = index * step
            a, b = max(first, shift), min(last, shift + WINDOW_FRAMES)
            if a >= b:
                continue
            activity = windows.activity[index, a - shift : b - shift].astype(np.float64)
            for voice in set(chosen[index].tolist()) - {NOBODY}:
                votes[a - first : b - first, voice] += activity[:, chosen[index] == voice].max(1)
            count[a - first : b - first] += activity.sum(1)
            heard[a - first : b - first] += 1
        several = np.floor(count / np.maximum(heard, 1) + 1 - _SOMEBODY).astype(int)
        rank = np.argsort(np.argsort(-votes, axis=1, kind="stable"), axis=1, kind="stable")
        overlapping.take(first, (rank < several[:, None]) & (votes > 0))
        exclusive.take(first, (rank < np.minimum(several, 1)[:, None]) & (votes > 0))
    return exclusive.end(frames), overlapping.end(frames)


class _Runs:
    """Turns that grow frame by frame."""

    def __init__(self, voices: int) -> None:
        self._open: list[int | None] = [None] * voices
        self._turns: list[Turn] = []

    def take(self, first: int, speaks: npt.NDArray[np.bool_]) -> None:
        """(n_frames, n_voices) who speaks from frame `first` on."""
        for voice, column in enumerate(speaks.T):
            before = self._open[voice] is not None
            changes = np.flatnonzero(np.diff(np.r_[before, column].astype(np.int8)))
            for at in changes:
                frame = first + int(at)
                started = self._open[voice]
                if started is None:
                    self._open[voice] = frame
                else:
                    self._close(voice, started, frame)

    def _close(self, voice: int, started: int, frame: int) -> None:
        span = Span(Millis(moment(started)), Millis(moment(frame)))
        self._turns.append(Turn(span, SpeakerId(str(voice))))
        self._open[voice] = None

    def end(self, frames: int) -> list[Turn]:
        """All turns, sorted."""
        for voice, started in enumerate(self._open):
            if started is not None:
                self._close(voice, started, frames)
        return sorted(self._turns)
