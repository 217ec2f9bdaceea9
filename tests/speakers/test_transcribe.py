"""The pure parts between faster-whisper and our words, with scripted segments."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from speakers import transcribe
from speakers.error import RecordingError
from speakers.record import Millis, Word
from speakers.transcribe import Transcript, WhisperTranscriber, with_unheard
from tests.scenes import span, word


def heard(text: str, start: float, end: float, probability: float = 0.9) -> Any:
    return SimpleNamespace(word=text, start=start, end=end, probability=probability)


def test_a_leading_space_becomes_spaced() -> None:
    words = transcribe._words([heard(" open", 0.0, 0.5), heard(" data", 0.5, 1.0), heard("顯", 1.0, 1.2)], 0)
    assert [(w.text, w.spaced) for w in words] == [("open", True), ("data", True), ("顯", False)]
    assert words[2].span == span(1000, 1200)


def test_lone_punctuation_joins_the_word_before_and_leads_nowhere() -> None:
    words = transcribe._words(
        [heard("，", 0, 0.1), heard(" ", 0.1, 0.2), heard("好", 0.2, 0.4), heard("。", 0.4, 0.5)], 0
    )
    assert [w.text for w in words] == ["好。"]


def test_impossible_numbers_become_possible() -> None:
    (only,) = transcribe._words([heard("好", -0.2, -0.1, 1.3)], 100)
    assert (only.span, only.confidence) == (span(100, 101), 1.0)


def test_what_is_heard_beyond_a_gap_is_not_taken() -> None:
    words = transcribe._words([heard("a", 0.0, 0.5), heard("b", 2.0, 2.5)], 1000, 3000)
    assert [(w.text, w.span.start) for w in words] == [("a", 1000)]


def test_gaps_are_stretches_of_speech_without_words() -> None:
    speech = [span(0, 10_000), span(20_000, 21_000), span(30_000, 40_000)]
    words = [word("a", 0, 1000), word("b", 4000, 5000)]
    assert transcribe._gaps(speech, words) == [span(1200, 3800), span(5200, 10_000), span(30_000, 40_000)]


@pytest.mark.parametrize(
    ("terms", "hint"),
    [
        ((), None),
        (("陳筱明", "Slido", "陳筱明"), "陳筱明、Slido"),
        (("x" * 119, "yy"), "x" * 119),
        (("x" * 121,), None),
    ],
)
def test_hotwords_are_as_many_as_fit(terms: tuple[str, ...], hint: str | None) -> None:
    assert transcribe._hotwords(terms) == hint


@pytest.mark.parametrize(("language", "note"), [("zh", "好（聽不清）"), ("en", "好 (inaudible)")])
def test_what_nobody_understood_is_said(language: str, note: str) -> None:
    words = with_unheard(Transcript(language, (word("好"),), (span(2000, 4000),)))
    assert "".join((" " if w.spaced else "") + w.text for w in words) == note
    assert words[1].confidence == 0.0


class _Scripted:
    """Stands for faster-whisper's model: a script of segments for each call."""

    def __init__(self, *calls: list[Any]) -> None:
        self.calls, self.asked = list(calls), []  # type: ignore[var-annotated]

    def transcribe(self, samples: Any, **options: Any) -> tuple[Any, Any]:
        self.asked.append((len(samples), options))
        return iter(self.calls.pop(0)), SimpleNamespace(language="zh")


def segment(*words: Any, likely: float = -0.2) -> Any:
    return SimpleNamespace(words=list(words), end=words[-1].end, avg_logprob=likely)


def run(monkeypatch: pytest.MonkeyPatch, model: _Scripted, speech: list[tuple[float, float]]) -> Transcript:
    regions = [{"start": int(a * 16_000), "end": int(b * 16_000)} for a, b in speech]
    monkeypatch.setattr("faster_whisper.vad.get_speech_timestamps", lambda *_: regions)
    engine = WhisperTranscriber.__new__(WhisperTranscriber)
    engine._model, engine._fingerprint = model, "scripted"
    samples = np.zeros(16_000 * 10, dtype=np.float32)
    return engine(samples, "auto", ("陳筱明",), lambda *_: None)


def test_words_become_taiwan_s_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Scripted([segment(heard("陈筱明", 0, 1), heard("说,", 1, 2))])
    found = run(monkeypatch, model, [(0, 2)])
    assert "".join(w.text for w in found.words) == "陳筱明說，"
    assert (found.language, found.unheard) == ("zh", ())


def test_a_gap_is_heard_again_by_itself_and_without_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Scripted([segment(heard("好", 0, 1))], [segment(heard("是", 0.5, 1.0))])
    found = run(monkeypatch, model, [(0, 1), (4, 7)])
    assert [(w.text, w.span) for w in found.words] == [("好", span(0, 1000)), ("是", span(4500, 5000))]
    assert model.asked[1][0] == 3 * 16_000
    assert (model.asked[0][1]["hotwords"], model.asked[1][1]["hotwords"]) == ("陳筱明", None)


def test_a_gap_that_stays_silent_or_is_guessed_is_unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Scripted([segment(heard("好", 0, 1))], [segment(heard("是", 0.5, 1.0), likely=-1.4)])
    found = run(monkeypatch, model, [(0, 1), (4, 7)])
    assert [w.text for w in found.words] == ["好"]
    assert found.unheard == (span(4000, 7000),)


def test_a_recording_in_which_nobody_speaks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecordingError):
        run(monkeypatch, _Scripted(), [])


def test_words_come_sorted() -> None:
    late = Transcript("zh", (Word("b", span(500, 600), 1.0),), (span(0, 100),))
    assert [w.span.start for w in with_unheard(late)] == [Millis(0), Millis(500)]
