"""Who is at which microphone, whatever leaks into the others."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from speakers import channels, microphones, tracks
from speakers.record import Diarization, Millis, SpeakerId, Turn
from speakers.sound import Sound
from tests.microphones import RATE_HZ, said, write
from tests.scenes import span, turn

TURNS = (
    ("S1", 300, 2_300, ""),
    ("S2", 2_600, 4_600, ""),
    ("S3", 4_000, 6_000, ""),
    ("S1", 6_500, 8_500, ""),
)


class Nobody:
    """A diarizer that must not be asked."""

    fingerprint = "nobody"

    def __call__(self, sound: Sound, least: object, most: object, progress: object) -> Diarization:
        raise AssertionError


class Halves:
    """Hears two voices: one in the first half of what it gets, one in the second."""

    fingerprint = "halves"

    def __init__(self) -> None:
        self.asked: list[tuple[int, object, object]] = []

    def __call__(self, sound: Sound, least: object, most: object, progress: object) -> Diarization:
        self.asked.append((sound.duration, least, most))
        half = sound.duration // 2
        turns = (turn(0, half, "S1"), turn(half, sound.duration, "S2"))
        return Diarization(turns, turns, sound.duration)


def made(tmp_path: Path, heard: np.ndarray) -> tracks.Tracks:
    path = write(tmp_path / "many.wav", heard)
    tracks.write(path, (), tmp_path / "tracks.wav", lambda *_: None, channels=True)
    return tracks.Tracks(tmp_path / "tracks.wav")


def heard(
    tmp_path: Path, sound: np.ndarray, shared: tuple[bool, ...] = (False,) * 3, by_ear: object = None
) -> Diarization:
    together = made(tmp_path, sound)
    found = microphones.activity(together.levels(), Millis(together.length // 16))
    return microphones.diarize(
        found,
        shared,
        together,
        inside=lambda: by_ear or Nobody(),  # type: ignore[arg-type,return-value]  # doubles
        bounds=(4, 4),
        progress=lambda *_: None,
    )


def matches(found: tuple[Turn, ...], wanted: tuple[tuple[str, int, int, str], ...]) -> bool:
    return len(found) == len(wanted) and all(
        t.speaker == who and abs(t.span.start - start) <= 120 and abs(t.span.end - end) <= 120
        for t, (who, start, end, _) in zip(found, wanted, strict=True)
    )


@pytest.mark.parametrize("leak_db", [-12.0, -20.0, -60.0])
@pytest.mark.parametrize("gains_db", [(0.0,), (0.0, 8.0, -8.0)])
def test_turns_are_found_and_overlap_with_them(
    tmp_path: Path, leak_db: float, gains_db: tuple[float, ...]
) -> None:
    found = heard(tmp_path, said(TURNS, leak_db=leak_db, gains_db=gains_db))
    assert matches(found.overlapping, TURNS)
    assert found.speakers == ("S1", "S2", "S3")
    for before, after in itertools.pairwise(found.exclusive):
        assert before.span.end <= after.span.start


def test_a_microphone_at_which_nobody_speaks_has_no_voice(tmp_path: Path) -> None:
    sound = said(TURNS, leak_db=-14)
    silent = 10 ** (-14 / 20) * sound.sum(axis=0) + np.random.default_rng(9).normal(0, 0.001, sound.shape[1])
    found = heard(tmp_path, np.stack([*sound, silent]), (False,) * 4)
    assert matches(found.overlapping, TURNS)


def test_eight_people_of_whom_one_says_little_are_told_apart(tmp_path: Path) -> None:
    turns = [(f"S{n % 7 + 1}", 200 + 1_500 * n, 1_400 + 1_500 * n, "") for n in range(21)]
    turns.append(("S8", 31_800, 33_000, ""))
    found = heard(tmp_path, said(turns, seconds=34, leak_db=-12, gains_db=(0, 5, -7)), (False,) * 8)
    assert matches(found.overlapping, tuple(turns))


def test_a_microphone_in_the_room_adds_nobody_whom_the_others_explain(tmp_path: Path) -> None:
    own = said(TURNS)
    room = 0.5 * own.sum(axis=0) + np.random.default_rng(4).normal(0, 0.001, own.shape[1])
    assert matches(heard(tmp_path, np.stack([room, *own]), (False,) * 4).overlapping, TURNS)
    guest = heard(tmp_path, np.stack([room, *own[:2]]), (False,) * 3).overlapping
    assert matches(guest[:2], TURNS[:2])
    # Who has none is heard by the room's, unless somebody at a microphone is as loud in it at the same time.
    assert (guest[2].speaker, guest[2].span.start <= 4_600, len(guest)) == ("S3", True, 4)
    assert guest[2].span.end == pytest.approx(6_000, abs=120)


def test_several_people_at_one_microphone_are_told_apart_by_ear(tmp_path: Path) -> None:
    by_ear = Halves()
    found = heard(tmp_path, said(TURNS), (True, False, False), by_ear)
    ((duration, least, most),) = by_ear.asked
    assert (least, most) == (2, 2)  # four voices in all, two at microphones of their own
    assert duration == pytest.approx(4_400, abs=300)  # only what was said into it, end to end
    assert matches(
        found.overlapping,
        (TURNS[0], ("S2", 2_600, 4_600, ""), ("S3", 4_000, 6_000, ""), ("S4", 6_500, 8_500, "")),
    )


def test_nobody_speaks(tmp_path: Path) -> None:
    found = heard(tmp_path, np.random.default_rng(1).normal(0, 0.001, (3, 3 * RATE_HZ)))
    assert found == Diarization((), (), Millis(3_000))


def test_a_moment_at_which_certainly_one_person_speaks() -> None:
    found = microphones.Activity(((), ()), ((span(0, 100), span(500, 2_500)), ()), Millis(3_000))
    assert (found.moment(0), found.moment(1)) == (1_500, None)


def room(kind: str) -> np.ndarray:
    sound, noise = said(TURNS), np.random.default_rng(2).normal(0, 0.001, (2, 9 * RATE_HZ))
    one = sound.mean(axis=0)
    match kind:
        case "identical":
            return np.stack([one, one])
        case "panned":
            return np.stack([one, 0.2 * one]) + noise
        case "late":
            return np.stack([one, np.roll(one, 20)]) + noise
        case "dead":
            return np.stack([one, 0 * one])
        case "near a wide pair":  # people sit left and right of a stereo microphone
            return np.stack([sound[0] + 0.7 * sound[1], 0.7 * sound[0] + sound[1]]) + noise
        case _:
            return one


@pytest.mark.parametrize("kind", ["identical", "panned", "late", "dead", "near a wide pair", "mono"])
def test_one_room_heard_twice_is_not_taken_for_microphones(tmp_path: Path, kind: str) -> None:
    assert not channels.measure(write(tmp_path / "a.wav", room(kind))).separate


@pytest.mark.parametrize("gains_db", [(0.0,), (0.0, 12.0, -6.0)])
def test_microphones_of_different_people_are_recognised(tmp_path: Path, gains_db: tuple[float, ...]) -> None:
    found = channels.measure(write(tmp_path / "a.wav", said(TURNS, gains_db=gains_db)))
    assert (found.count, found.separate, found.leaders) == (3, True, 3)


def test_voices_are_numbered_by_their_first_word(tmp_path: Path) -> None:
    backwards = said(tuple((f"S{4 - int(who[1])}", *rest) for who, *rest in TURNS))  # type: ignore[misc]
    assert heard(tmp_path, backwards).speakers == tuple(map(SpeakerId, ("S1", "S2", "S3")))
