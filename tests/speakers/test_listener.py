"""The second hearing reads all speech with the names in mind, once, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from speakers import listener
from speakers.listener import WhisperListener
from speakers.reading import Passage, Reading
from speakers.record import Span, Word
from speakers.sound import Sound
from speakers.whisper import Whisper
from tests.scenes import silence, span


class Repeating(Whisper):
    """Reads the first name wherever it is told one, last passage first."""

    def __init__(self) -> None:
        """Load no model."""
        self.beams: set[int] = set()

    def read(
        self, sound: Sound, passages: Sequence[Passage], languages: Sequence[str]
    ) -> Iterator[list[Reading]]:
        for passage in reversed(passages):
            self.beams.add(passage.beam)
            yield [Reading(passage, (Word(passage.terms[0], passage.span, 0.9),), languages[0])]


def test_all_speech_is_read_with_the_names_and_a_single_beam(monkeypatch: pytest.MonkeyPatch) -> None:
    regions: list[Span] = [span(0, 9_000), span(10_000, 17_000), span(20_000, 30_000)]
    monkeypatch.setattr(listener, "speech", lambda sound, longest: regions)
    whisper, told = Repeating(), []
    ear = WhisperListener(lambda: whisper, "whisper 1")
    words = ear.expecting(silence(30), "zh", ("簡沛慈",), lambda *step: told.append(step))
    assert [(w.text, w.span) for w in words] == [
        ("簡沛慈", span(0, 17_000)),
        ("簡沛慈", span(20_000, 30_000)),
    ]
    assert whisper.beams == {1}
    assert told[-1] == ("names", 27_000, 27_000)


def test_another_model_is_another_listener() -> None:
    one, other = (WhisperListener(Repeating, f"whisper {n}").fingerprint for n in (1, 2))
    assert one != other
