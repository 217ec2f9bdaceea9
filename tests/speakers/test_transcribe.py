"""The pure parts between faster-whisper and our words, with scripted segments."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from speakers import transcribe
from speakers.error import RecordingError
from speakers.record import Millis, Word
from speakers.transcribe import Transcript, WhisperTranscriber, with_unheard
from tests.scenes import silence, span, word


def heard(text: str, start: float, end: float, probability: float = 0.9) -> Any:
    return SimpleNamespace(word=text, start=start, end=end, probability=probability)


def test_a_leading_space_becomes_spaced() -> None:
    row = [heard(" open", 0.0, 0.5), heard(" data", 0.5, 1.0), heard("顯", 1.0, 1.2)]
    words = transcribe._adopted(row, span(0, 9000))
    assert [(w.text, w.spaced) for w in words] == [("open", True), ("data", True), ("顯", False)]
    assert words[2].span == span(1000, 1200)


def test_lone_punctuation_joins_the_word_before_and_leads_nowhere() -> None:
    row = [heard("，", 0, 0.1), heard(" ", 0.1, 0.2), heard("好", 0.2, 0.4), heard("。", 0.4, 0.5)]
    assert [w.text for w in transcribe._adopted(row, span(0, 9000))] == ["好。"]


def test_impossible_numbers_become_possible() -> None:
    (only,) = transcribe._adopted([heard("好", -0.2, -0.1, 1.3)], span(100, 9000))
    assert (only.span, only.confidence) == (span(100, 101), 1.0)


def test_what_is_heard_past_the_sound_is_not_taken() -> None:
    words = transcribe._adopted([heard("a", 0.0, 0.5), heard("b", 2.0, 2.5)], span(1000, 3000))
    assert [(w.text, w.span.start) for w in words] == [("a", 1000)]


def test_gaps_are_stretches_of_speech_without_words() -> None:
    speech = [span(0, 10_000), span(20_000, 20_700), span(30_000, 40_000)]
    words = [word("a", 0, 500), word("b", 4000, 4500)]
    assert transcribe._gaps(speech, words) == [span(650, 3850), span(4650, 10_000), span(30_000, 40_000)]


def test_a_word_that_is_stretched_over_a_sentence_does_not_account_for_it() -> None:
    assert transcribe._gaps([span(0, 10_000)], [word("a", 0, 10_000)]) == [span(1025, 10_000)]


@pytest.mark.parametrize(
    ("speech", "windows"),
    [
        ([], []),
        ([(0, 1000), (2000, 3000)], [(0, 3000)]),
        ([(0, 20_000), (21_000, 41_000)], [(0, 20_000), (21_000, 41_000)]),
        ([(0, 90_000)], [(0, 90_000)]),
    ],
)
def test_windows_end_in_pauses(speech: list[tuple[int, int]], windows: list[tuple[int, int]]) -> None:
    assert transcribe._windows([span(*s) for s in speech]) == [span(*w) for w in windows]


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
        self.calls = list(calls)
        self.asked: list[tuple[int, str | None]] = []

    def detect_language(self, samples: Any) -> tuple[str, float, list[Any]]:
        return "zh", 0.9, []

    def transcribe(self, samples: Any, *, hotwords: str | None, **_: Any) -> tuple[Any, Any]:
        self.asked.append((len(samples) // 16, hotwords))
        return iter(self.calls.pop(0)), None


def segment(*words: Any, likely: float = -0.2, loops: float = 1.0) -> Any:
    return SimpleNamespace(words=list(words), avg_logprob=likely, compression_ratio=loops)


def run(
    monkeypatch: pytest.MonkeyPatch, model: _Scripted, speech: list[tuple[float, float]], *terms: str
) -> Transcript:
    regions = [{"start": int(a * 16_000), "end": int(b * 16_000)} for a, b in speech]
    monkeypatch.setattr("faster_whisper.vad.get_speech_timestamps", lambda *_: regions)
    engine = WhisperTranscriber.__new__(WhisperTranscriber)
    engine._model, engine._fingerprint = model, "scripted"
    found = engine(silence(60), "auto", terms, lambda *_: None)
    assert not model.calls, "everything in the script was asked for"
    return found


def said(found: Transcript) -> str:
    return "".join(w.text for w in found.words)


def test_words_become_taiwan_s_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(monkeypatch, _Scripted([segment(heard("陈筱明", 0, 1), heard("说,", 1, 2))]), [(0, 2)])
    assert said(found) == "陳筱明說，"
    assert (found.language, found.unheard) == ("zh", ())


def test_a_gap_is_heard_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Scripted([segment(heard("好", 0, 0.5))], [segment(heard("是", 0.5, 1.0))])
    found = run(monkeypatch, model, [(0, 1), (4, 7)])
    assert [(w.text, w.span) for w in found.words] == [("好。", span(0, 500)), ("是", span(4500, 5000))]
    assert model.asked == [(7000, None), (3000, None)]


@pytest.mark.parametrize(
    "guess", [segment(heard("是", 0, 1), likely=-1.6), segment(heard("是", 0, 1), loops=9.0)]
)
def test_a_gap_that_is_only_guessed_is_unheard(monkeypatch: pytest.MonkeyPatch, guess: Any) -> None:
    found = run(monkeypatch, _Scripted([segment(heard("好", 0, 0.5))], [guess]), [(0, 1), (4, 7)])
    assert said(found) == "好"
    assert found.unheard == (span(4000, 7000),)


def test_a_hinted_name_that_was_heard_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Scripted([segment(heard("陳筱明", 0, 1))], [segment(heard("沉曉敏", 0, 1))])
    assert said(run(monkeypatch, model, [(0, 1)], "陳筱明")) == "陳筱明"
    assert model.asked == [(1000, "陳筱明"), (1000, None)]


def test_a_name_that_only_echoes_the_hint_is_not_put_into_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Scripted([segment(heard("陳筱明", 0, 1))], [segment(heard("大家好", 0, 1))])
    assert said(run(monkeypatch, model, [(0, 1)], "陳筱明")) == "大家好"


def test_without_a_term_in_it_a_hinted_window_is_heard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _Scripted([segment(heard("大家好", 0, 1))])
    assert said(run(monkeypatch, model, [(0, 1)], "陳筱明")) == "大家好"


def test_a_recording_in_which_nobody_speaks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecordingError):
        run(monkeypatch, _Scripted(), [])


def test_words_come_sorted() -> None:
    late = Transcript("zh", (Word("b", span(500, 600), 1.0),), (span(0, 100),))
    assert [w.span.start for w in with_unheard(late)] == [Millis(0), Millis(500)]
