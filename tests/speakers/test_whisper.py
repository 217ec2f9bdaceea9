"""The door to faster-whisper: what becomes of its words, blocks of speech, and failing batches."""

from __future__ import annotations

from typing import Any

import pytest

from speakers import hints, whisper
from speakers.error import ModelError
from speakers.record import Span
from speakers.sound import Sound
from speakers.whisper import Passage, Reading, Whisper
from tests.scenes import silence, span


def heard(text: str, start: float, end: float, probability: float = 0.9) -> dict[str, Any]:
    return {"word": text, "start": start, "end": end, "probability": probability}


def test_a_leading_space_becomes_spaced() -> None:
    row = [heard(" open", 0.0, 0.5), heard(" data", 0.5, 1.0), heard("顯", 1.0, 1.2)]
    words = whisper._adopted(row, span(0, 9000))
    assert [(w.text, w.spaced) for w in words] == [("open", True), ("data", True), ("顯", False)]
    assert words[2].span == span(1000, 1200)


def test_lone_punctuation_joins_the_word_before_and_leads_nowhere() -> None:
    row = [heard("，", 0, 0.1), heard(" ", 0.1, 0.2), heard("好", 0.2, 0.4), heard("。", 0.4, 0.5)]
    assert [w.text for w in whisper._adopted(row, span(0, 9000))] == ["好。"]


def test_impossible_numbers_become_possible() -> None:
    (only,) = whisper._adopted([heard("好", -0.2, -0.1, 1.3)], span(100, 9000))
    assert (only.span, only.confidence) == (span(100, 101), 1.0)


def test_what_is_heard_past_the_sound_is_not_taken() -> None:
    words = whisper._adopted([heard("a", 0.0, 0.5), heard("b", 2.0, 2.5)], span(1000, 3000))
    assert [(w.text, w.span.start) for w in words] == [("a", 1000)]


@pytest.mark.parametrize(
    ("terms", "fitting"),
    [
        ((), []),
        (("陳筱明", "Slido", "陳筱明"), ["陳筱明", "Slido"]),
        (("x" * 119, "yy"), ["x" * 119]),
        (("x" * 121,), []),
    ],
)
def test_as_many_terms_are_told_as_fit(terms: tuple[str, ...], fitting: list[str]) -> None:
    assert hints.fitting(terms) == fitting


def test_speech_that_a_block_s_end_cuts_is_looked_at_again_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [(1, 3), (8, 13), (18, 19)]  # a block ends at 10 s

    def found(block: Any, _: Any) -> list[dict[str, int]]:
        begin = began.pop(0) if began else 0
        spans = [(max(a, begin), min(b, begin + len(block) / 16_000)) for a, b in seconds]
        asked.append(begin)
        began.append(8 if begin == 0 else 18)
        return [
            {"start": int((a - begin) * 16_000), "end": int((b - begin) * 16_000)} for a, b in spans if b > a
        ]

    began: list[int] = []
    asked: list[int] = []
    monkeypatch.setattr(whisper, "_BLOCK", 10 * 16_000)
    monkeypatch.setattr("faster_whisper.vad.get_speech_timestamps", found)
    assert whisper.speech(silence(20), 30_000) == [span(a * 1000, b * 1000) for a, b in seconds]
    assert asked[:2] == [0, 8]


def test_speech_without_a_pause_over_a_block_s_end_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whisper, "_BLOCK", 10 * 16_000)
    monkeypatch.setattr(
        "faster_whisper.vad.get_speech_timestamps", lambda block, _: [{"start": 0, "end": len(block)}]
    )
    assert whisper.speech(silence(25), 30_000) == [
        span(0, 10_000),
        span(10_000, 20_000),
        span(20_000, 25_000),
    ]


class Failing(Whisper):
    """Fails on every batch that holds the passage from 2 s."""

    def __init__(self) -> None:
        self._workers, self._batch = 2, 4
        self.batches: list[list[int]] = []

    def _batch_of(self, sound: Sound, batch: list[Passage], languages: Any) -> list[Reading]:
        self.batches.append([p.span.start for p in batch])
        if any(p.span.start == 2000 for p in batch):
            raise RuntimeError("out of memory")
        return [Reading(p, (), languages[0]) for p in batch]


def test_a_passage_on_which_the_engine_fails_spoils_no_other() -> None:
    model = Failing()
    passages = [Passage(span(i * 1000, i * 1000 + 900)) for i in range(6)]
    readings = [r for batch in model.read(silence(9), passages, ("zh",)) for r in batch]
    assert sorted(r.passage.span.start for r in readings if r.broken) == [2000]
    assert sorted(r.passage.span.start for r in readings) == [0, 1000, 2000, 3000, 4000, 5000]


def test_batches_hold_passages_of_like_length_that_are_read_in_one_way() -> None:
    model = Failing()
    passages = [Passage(span(10_000 * i, 10_000 * i + 1000 * i + 500)) for i in range(5)]
    warm = [Passage(span(90_000, 91_000), attempt=1)]
    assert sum(len(batch) for batch in model.read(silence(99), [*passages, *warm], ("zh",))) == 6
    assert sorted(model.batches) == [[0], [40_000, 30_000, 20_000, 10_000], [90_000]]


class Deaf(Whisper):
    """Hears Mandarin, and fails on every batch that holds one of these moments."""

    def __init__(self, *fails: int) -> None:
        self._fails = fails

    def _encoded(self, sound: Sound, spans: list[Span]) -> Any:
        if any(s.start in self._fails for s in spans):
            raise RuntimeError("out of memory")
        return spans

    def _spoken(self, encoded: Any) -> list[dict[str, float]]:
        return [{"zh": 0.75, "en": 0.25} for _ in encoded]


def test_a_moment_on_which_the_engine_fails_does_not_end_the_search_for_the_language() -> None:
    spans = [span(i * 1000, i * 1000 + 900) for i in range(5)]
    assert Deaf(2000).languages(silence(9), spans) == {"zh": 0.75, "en": 0.25}
    with pytest.raises(ModelError):
        Deaf(0, 1000).languages(silence(9), spans[:2])


def test_a_stretch_on_which_the_engine_fails_is_weighed_by_nobody() -> None:
    with pytest.raises(ModelError, match="models verify"):
        Dumb().weigh(silence(5), span(0, 3000), "zh", ["好"], ())


class Dumb(Whisper):
    """Cannot encode anything."""

    def __init__(self) -> None:
        """Load no model."""

    def _tokenizer(self, language: str) -> Any:
        return type("Tokenizer", (), {"sot_sequence": [1], "sot_prev": 2, "encode": lambda _, text: [3]})()

    def _encoded(self, sound: Sound, spans: list[Span]) -> Any:
        raise RuntimeError("out of memory")
