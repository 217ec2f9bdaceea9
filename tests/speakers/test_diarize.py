"""Between pyannote's answer and our turns, with a scripted pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from speakers.diarize import PyannoteDiarizer
from speakers.record import Diarization
from tests.scenes import silence, turn


class _Annotation:
    def __init__(self, *rows: tuple[float, float, str]) -> None:
        self._rows = rows

    def itertracks(self, *, yield_label: bool) -> Iterator[tuple[Any, str, str]]:
        assert yield_label
        for start, end, label in self._rows:
            yield SimpleNamespace(start=start, end=end), "_", label


def heard(exclusive: _Annotation, overlapping: _Annotation, seconds: int = 10) -> Diarization:
    told: list[tuple[str, int, int]] = []

    class Pipeline:
        def to(self, device: Any) -> Pipeline:
            assert str(device) == "cpu"
            return self

        def __call__(self, file: Any, *, min_speakers: int, max_speakers: int, hook: Any) -> Any:
            assert file["waveform"].shape == (1, seconds * 16_000)
            assert (min_speakers, max_speakers) == (2, 4)
            hook("segmentation", None, total=5, completed=2)
            hook("embeddings", None)
            return SimpleNamespace(exclusive_speaker_diarization=exclusive, speaker_diarization=overlapping)

    engine = PyannoteDiarizer(Pipeline(), "scripted")
    assert engine.fingerprint == "scripted"
    found = engine(silence(seconds), 2, 4, lambda step, done, total: told.append((step, done, total)))
    assert told == [("segmentation", 2, 5)]
    return found


def test_voices_are_numbered_by_first_speech() -> None:
    rows = _Annotation((4.0, 5.0, "SPEAKER_00"), (0.5, 3.0, "SPEAKER_07"))
    found = heard(rows, rows)
    assert found.exclusive == (turn(500, 3000, "S1"), turn(4000, 5000, "S2"))
    assert found.duration == 10_000


def test_turns_stay_inside_the_recording_and_have_a_length() -> None:
    rows = _Annotation((-0.2, 0.4, "A"), (9.5, 10.7, "B"), (10.2, 10.4, "B"), (5.0, 5.0001, "C"))
    assert heard(rows, rows).overlapping == (turn(0, 400, "S1"), turn(9500, 10_000, "S2"))


def test_neighbours_that_share_a_millisecond_are_parted() -> None:
    rows = _Annotation((0.0, 1.0006, "A"), (1.0, 2.0, "B"), (1.2, 1.4, "A"))
    found = heard(rows, rows)
    assert found.exclusive == (turn(0, 1001, "S1"), turn(1001, 2000, "S2"))
    assert len(found.overlapping) == 3


def test_nobody_speaks() -> None:
    found = heard(_Annotation(), _Annotation())
    assert (found.exclusive, found.speakers) == ((), ())
