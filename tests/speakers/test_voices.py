"""Clustering: as many voices as there are, or as somebody said."""

from __future__ import annotations

import numpy as np
import pytest

from speakers import voices
from speakers.voices import Vectors


def spoken(people: int, each: int, noise: float = 0.05, seed: int = 1) -> tuple[Vectors, np.ndarray]:
    """Vectors of so many people, and whose each is."""
    draw = np.random.default_rng(seed)
    middles = voices.unit(draw.normal(size=(people, 192)).astype(np.float32))
    who = np.repeat(np.arange(people), each)
    return voices.unit(
        (middles[who] + draw.normal(scale=noise, size=(len(who), 192))).astype(np.float32)
    ), who


def grouped(vectors: Vectors, least: int | None = None, most: int | None = None, seconds: float = 2.0) -> int:
    labels = voices.clusters(
        vectors,
        np.full(len(vectors), seconds),
        threshold=0.7,
        smallest_s=5,
        least=least,
        most=most,
    )
    assert sorted(set(labels.tolist())) == list(range(labels.max() + 1))
    return int(labels.max()) + 1


@pytest.mark.parametrize("people", [1, 2, 5, 20])
def test_as_many_voices_as_people(people: int) -> None:
    assert grouped(spoken(people, 10, noise=0.02)[0]) == people


@pytest.mark.parametrize("wanted", [1, 2, 3, 4, 7, 11])
def test_an_exact_number_is_honoured_also_when_clustering_finds_another(wanted: int) -> None:
    assert grouped(spoken(4, 10)[0], wanted, wanted) == wanted


def test_bounds_are_honoured_and_change_nothing_inside() -> None:
    vectors, _ = spoken(4, 10, noise=0.02)
    assert (grouped(vectors, 2, 8), grouped(vectors, 6, None), grouped(vectors, None, 3)) == (4, 6, 3)


def test_more_voices_than_there_are_pieces_cannot_be() -> None:
    assert grouped(spoken(2, 1)[0], 5, 5) == 2


def test_who_hardly_speaks_goes_to_the_nearest_voice() -> None:
    vectors, _ = spoken(3, 20, noise=0.02)
    assert grouped(vectors[:41]) == 2


def test_in_a_short_recording_a_short_voice_is_one() -> None:
    assert grouped(spoken(3, 1)[0], seconds=0.6) == 3


def test_neighbours_of_one_track_steady_each_other_and_others_do_not() -> None:
    vectors, who = spoken(2, 3, noise=0.1)
    smooth = voices.smoothed(vectors, who, 0.5)
    alone = voices.smoothed(vectors, np.arange(6), 0.5)
    assert np.allclose(alone, vectors, atol=1e-6)
    inside = [float(v[0] @ v[2]) for v in (vectors, smooth)]
    assert inside[1] > inside[0]


def test_what_is_unknown_stays_unknown() -> None:
    vectors, who = spoken(1, 3)
    vectors[1] = 0
    assert not voices.smoothed(vectors, who, 0.5)[1].any()


def test_however_long_the_recording_clustering_is_given_no_more_than_it_can_hold() -> None:
    of = np.repeat(np.arange(300), 100)
    groups = voices.condensed(of, 4_000)
    assert len(groups) <= 4_000 + 300
    assert all(len(set(of[g].tolist())) == 1 for g in groups)
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(of)))


def test_where_nothing_can_be_embedded_there_is_one_voice() -> None:
    nothing = np.zeros((3, 192), dtype=np.float32)
    found = voices.found(
        nothing, np.ones(3), np.arange(3), threshold=0.7, smallest_s=5, clear_s=1, least=None, most=None
    )
    assert found.shape == (1, 192)


def in_one_room(people: int, each: int) -> Vectors:
    """Voices of which a room's noise makes two thirds."""
    vectors, _ = spoken(people, each, noise=0.02)
    room = voices.unit(np.random.default_rng(9).normal(size=(1, 192)).astype(np.float32))
    return voices.unit(vectors + 1.3 * room)


def shared_of(vectors: Vectors) -> Vectors | None:
    return voices.common(
        vectors,
        np.full(len(vectors), 2.0),
        np.arange(len(vectors)),
        threshold=0.6,
        smallest_s=5,
        clear_s=1,
    )


def test_what_a_room_adds_to_every_voice_is_taken_away() -> None:
    vectors = in_one_room(4, 10)
    shared = shared_of(vectors)
    assert shared is not None
    apart = voices.without(vectors, shared)
    nearest = [float(np.linalg.norm(v[0] - v[10])) for v in (vectors, apart)]
    assert nearest[0] < 0.95
    assert nearest[1] > 1.2
    assert np.allclose(np.linalg.norm(apart, axis=1), 1)


@pytest.mark.parametrize("people", [1, 2])
def test_of_one_or_two_voices_nobody_can_say_what_they_share(people: int) -> None:
    assert shared_of(in_one_room(people, 10)) is None


def test_what_is_unknown_stays_unknown_without_the_room() -> None:
    vectors = in_one_room(4, 10)
    vectors[3] = 0
    shared = shared_of(vectors)
    assert shared is not None
    assert not voices.without(vectors, shared)[3].any()
