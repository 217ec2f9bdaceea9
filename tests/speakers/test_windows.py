"""Windows become tracks, pieces and turns: with made-up activity, no model."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from speakers import windows
from speakers.windows import NOBODY, WINDOW_FRAMES, Windows

STEP = 178


def scene(speech: dict[int, list[tuple[int, int]]], frames: int, seed: int = 1) -> Windows:
    """Windows of voices that speak from frame to frame; each window calls them in another order."""
    count = 1 + max(0, -(-(frames - WINDOW_FRAMES) // STEP))
    truth = np.zeros((count * STEP + WINDOW_FRAMES, 3), dtype=np.float16)
    for voice, spans in speech.items():
        for start, end in spans:
            truth[start:end, voice] = 0.95
    draw = np.random.default_rng(seed)
    activity = np.stack(
        [truth[i * STEP : i * STEP + WINDOW_FRAMES][:, draw.permutation(3)] for i in range(count)]
    )
    return Windows(activity, STEP, frames)


def test_a_voice_is_one_track_whatever_windows_call_it() -> None:
    heard = scene({0: [(0, 900)], 1: [(900, 2000)]}, 2000)
    of = windows.tracks(heard)
    assert len(set(of[of != NOBODY].tolist())) == 2


def test_a_voice_that_was_silent_for_a_window_is_a_new_track() -> None:
    heard = scene({0: [(0, 400), (3000, 3400)]}, 3500)
    of = windows.tracks(heard)
    assert len(set(of[of != NOBODY].tolist())) == 2


def test_pieces_hold_what_a_track_says_alone_once_and_no_piece_is_too_long() -> None:
    heard = scene({0: [(0, 1000)], 1: [(900, 2000)]}, 2000)
    found = windows.pieces(heard, windows.tracks(heard), 100)
    frames = np.concatenate([p.frames for p in found])
    assert len(frames) == len(set(frames.tolist()))
    assert not set(range(910, 990)) & set(frames.tolist())
    assert len(frames) >= 1850
    assert max(len(p.frames) for p in found) <= 100


def test_who_is_never_alone_is_embedded_with_others() -> None:
    heard = scene({0: [(0, 1000)], 1: [(300, 500)]}, 1000)
    of = windows.tracks(heard)
    assert {p.track for p in windows.pieces(heard, of, 100)} == set(of[of != NOBODY].tolist())


def test_somebody_is_heard_where_nobody_is_sure_who() -> None:
    activity = np.full((1, WINDOW_FRAMES, 3), 0.02, dtype=np.float16)
    activity[0, 100:200] = (0.3, 0.2, 0.1)
    heard = Windows(activity, STEP, WINDOW_FRAMES)
    of = windows.tracks(heard)
    assert [len(p.frames) for p in windows.pieces(heard, of, 200)] == [100]
    (turn,), _ = windows.turns(heard, of, 1)
    assert turn.span.length == pytest.approx(100 * 16.875, abs=2)


def test_turns_are_what_was_said_and_overlap_is_only_in_the_overlapping_ones() -> None:
    heard = scene({0: [(0, 1000)], 1: [(900, 2000)]}, 2000)
    of = windows.tracks(heard)
    pieces = windows.pieces(heard, of, 100)
    likeness = np.array([[1.0, 0.1] if p.frames[0] < 890 else [0.1, 1.0] for p in pieces], dtype=np.float32)
    exclusive, overlapping = windows.turns(heard, windows.assigned(heard, of, pieces, likeness), 2)
    assert [(t.speaker, t.span.start, t.span.end) for t in overlapping] == [
        ("0", windows.moment(0), windows.moment(1000)),
        ("1", windows.moment(900), windows.moment(2000)),
    ]
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(exclusive))


def test_what_is_too_short_to_embed_goes_to_who_speaks_beside_it() -> None:
    heard = scene({0: [(0, 800)], 1: [(820, 835)]}, 1000)
    of = windows.tracks(heard)
    pieces = windows.pieces(heard, of, 100)
    likeness = np.array([[0.0, 0.0] if len(p.frames) < 20 else [0.2, 0.9] for p in pieces], dtype=np.float32)
    chosen = windows.assigned(heard, of, pieces, likeness)
    assert set(chosen[of != NOBODY].tolist()) == {1}


@pytest.mark.parametrize(
    ("samples", "count"), [(1, 1), (160_000, 1), (160_001, 2), (160_000 + STEP * 270 + 1, 3)]
)
def test_windows_reach_the_end(samples: int, count: int) -> None:
    assert Windows.count(samples, STEP) == count
    assert (count - 1) * STEP * 270 + 160_000 >= samples
