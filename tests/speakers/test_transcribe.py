"""What is read again, what is believed, and what counts as not heard, with scripted readings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from speakers import attribute
from speakers.error import ModelError, RecordingError
from speakers.record import Diarization, Millis, Span, Word, joined
from speakers.sections import SECTION_MS, Cut, Heard
from speakers.sound import Sound
from speakers.transcribe import Transcript, WhisperTranscriber, joined_sections, unheard, with_unheard
from speakers.whisper import Passage, Reading
from tests.scenes import silence, span, word


@pytest.mark.parametrize(("language", "note"), [("zh", "好（聽不清）"), ("en", "好 (inaudible)")])
def test_what_nobody_understood_is_said(language: str, note: str) -> None:
    words = with_unheard(Transcript(language, (word("好"),), (span(2000, 4000),)))
    assert joined(words) == note
    assert words[1].confidence == 0.0


def test_what_was_not_understood_is_found_in_the_record() -> None:
    words = with_unheard(Transcript("zh", (word("好"),), (span(2000, 4000), span(6000, 7000))))
    record = attribute.record("zh", words, Diarization((), (), Millis(9000)))
    assert unheard(record) == (span(2000, 4000), span(6000, 7000))


def test_words_come_sorted() -> None:
    late = Transcript("zh", (Word("b", span(500, 600), 1.0),), (span(0, 100),))
    assert [w.span.start for w in with_unheard(late)] == [Millis(0), Millis(500)]


@dataclass(frozen=True)
class Says:
    """One scripted reading: its words with milliseconds from the passage's beginning, and how good it is."""

    words: tuple[tuple[str, int, int], ...] = ()
    likely: float = -0.2
    loops: float = 1.0
    silent: float = 0.0
    broken: bool = False
    language: str = "zh"


@dataclass
class Scripted:
    """Stands for the model: what it says to each passage, in the order in which passages come."""

    script: list[Says]
    shares: dict[str, float] = field(default_factory=lambda: {"zh": 0.9, "en": 0.1})
    asked: list[tuple[Span, tuple[str, ...], int]] = field(default_factory=list)
    candidates: list[tuple[str, ...]] = field(default_factory=list)
    arithmetic: str = "none"

    def languages(self, sound: Sound, spans: Sequence[Span]) -> dict[str, float]:
        assert all(s.length <= 6_000 for s in spans)
        return self.shares

    def read(
        self, sound: Sound, passages: Sequence[Passage], languages: Sequence[str]
    ) -> Iterator[list[Reading]]:
        self.candidates.append(tuple(languages))
        for passage in passages:
            self.asked.append((passage.span, passage.terms, passage.attempt))
            says = self.script.pop(0)
            at = passage.span.start
            words = tuple(Word(t, span(at + a, at + b), 0.9) for t, a, b in says.words)
            yield [Reading(passage, words, says.language, says.likely, says.loops, says.silent, says.broken)]


def run(
    monkeypatch: pytest.MonkeyPatch,
    model: Scripted,
    where: list[tuple[int, int]],
    *terms: str,
    language: str = "auto",
    section_ms: int = SECTION_MS,
) -> Transcript:
    monkeypatch.setattr("speakers.transcribe.speech", lambda *_: [span(*s) for s in where])
    engine = WhisperTranscriber.__new__(WhisperTranscriber)
    engine._whisper, engine._section_ms = model, section_ms  # type: ignore[assignment]
    found = engine(silence(60), language, terms, lambda *_: None)
    assert not model.script, "everything in the script was asked for"
    return found


def said(found: Transcript) -> str:
    return "".join(w.text for w in found.words)


GOOD = Says((("大家", 0, 500), ("好", 500, 1000)))


def test_words_become_taiwan_s_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(monkeypatch, Scripted([Says((("陈筱明", 0, 1000), ("说,", 1000, 2000)))]), [(0, 2000)])
    assert said(found) == "陳筱明說，"
    assert (found.language, found.unheard) == ("zh", ())


def test_the_language_is_the_likeliest_and_windows_may_be_in_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Scripted([Says((("Hello", 0, 900),), language="en")], shares={"zh": 0.2, "en": 0.8})
    assert run(monkeypatch, model, [(0, 1000)]).language == "en"
    assert model.candidates == [("en", "zh")]
    model = Scripted([GOOD])
    assert run(monkeypatch, model, [(0, 1000)], language="zh").language == "zh"
    assert model.candidates == [("zh", "en")]


def test_a_gap_is_heard_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Scripted(
        [Says((("好", 0, 900),)), Says((("是的", 0, 1000), ("好", 1000, 2000), ("嗎", 2000, 3000)))]
    )
    found = run(monkeypatch, model, [(0, 1000), (4000, 7000)])
    assert [(w.text, w.span.start) for w in found.words] == [
        ("好。", 0),
        ("是的", 4000),
        ("好", 5000),
        ("嗎", 6000),
    ]
    assert [a[0] for a in model.asked] == [span(0, 7000), span(4000, 7000)]


@pytest.mark.parametrize(
    "guess",
    [
        Says((("是", 0, 1000),), likely=-1.1),
        Says((("是", 0, 1000),), loops=2.5),
        Says((("是", 0, 1000),), silent=0.9, likely=-0.85),
        Says((("一件事情說了又說，還要再說，一件事情說了又說，還要再說。", 0, 3000),)),
        Says((("字幕by某某", 0, 1000),)),
        Says((("啊" * 12, 0, 1000),)),
        Says((("對不對" * 5, 0, 2000),)),
        Says((("字" * 60, 0, 1000),)),
        Says(),
        Says(broken=True),
    ],
    ids=[
        "unbelieved",
        "loops",
        "silence",
        "twice",
        "subtitles",
        "one sound",
        "one phrase",
        "too fast",
        "nothing",
        "broken",
    ],
)
def test_what_is_only_guessed_is_read_in_other_ways_and_then_unheard(
    monkeypatch: pytest.MonkeyPatch, guess: Says
) -> None:
    model = Scripted([Says((("好", 0, 900),)), guess, guess, guess])
    found = run(monkeypatch, model, [(0, 1000), (4000, 7000)])
    assert said(found) == "好"
    assert found.unheard == (span(4000, 7000),)
    assert [a[2] for a in model.asked] == [0, 0, 1, 2]


def test_a_long_window_that_loops_is_read_in_two_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Says((("好", 0, 500),), loops=9.0)
    first = Says((("第一", 0, 1000), ("次", 1000, 2000), ("說", 2000, 3000), ("完", 3000, 4400)))
    second = Says((("第二", 500, 1500), ("次", 1500, 2500), ("說", 2500, 3500), ("完", 3500, 4900)))
    model = Scripted([loop, first, second])
    found = run(monkeypatch, model, [(0, 4500), (5500, 10_000)])
    assert said(found) == "第一次說完。第二次說完"
    assert [a[0] for a in model.asked] == [span(0, 10_000), span(0, 5000), span(5000, 10_000)]


def test_what_a_gap_says_again_is_not_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    # The model placed 謝謝大家 too early, so its place seems empty, and reading that again gives the same words.
    model = Scripted([Says((("謝謝", 0, 300), ("大家", 300, 600))), Says((("謝謝大家", 900, 1800),))])
    assert said(run(monkeypatch, model, [(0, 2000)])) == "謝謝大家"


def test_a_model_that_fails_everywhere_is_an_error_and_no_empty_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ModelError):
        run(monkeypatch, Scripted([Says(broken=True)] * 2), [(0, 10_000), (12_000, 20_000)])


def test_a_term_that_was_heard_is_spelt_right(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Scripted([Says((("沉曉敏", 0, 900),)), Says((("陳筱明", 0, 900),))])
    assert said(run(monkeypatch, model, [(0, 1000)], "高慧敏", "陳筱明")) == "陳筱明"
    assert model.asked[1] == (span(0, 1000), ("陳筱明",), 0), "and only likely terms are told to the model"


@pytest.mark.parametrize(
    "hinted",
    [
        Says((("高慧敏", 0, 900),)),  # another term than what sounds like it
        Says((("陳筱明陳筱明", 0, 900),)),  # twice in a row: an echo
        Says((("陳筱明", 0, 900),), loops=5.0),
        Says((("沉曉敏", 0, 900),)),
    ],
)
def test_what_the_hint_only_echoes_is_not_put_into_the_record(
    monkeypatch: pytest.MonkeyPatch, hinted: Says
) -> None:
    model = Scripted([Says((("沉曉敏", 0, 900),)), hinted])
    assert said(run(monkeypatch, model, [(0, 1000)], "高慧敏", "陳筱明")) == "沉曉敏"


def test_a_hint_that_swallows_speech_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Says((("沉曉敏", 0, 1000), ("說", 1000, 2000), ("好", 2000, 3000)))
    model = Scripted([whole, Says((("陳筱明", 0, 900),))])
    assert said(run(monkeypatch, model, [(0, 3000)], "陳筱明")) == "沉曉敏說好"


def test_a_window_that_sounds_like_no_term_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(run(monkeypatch, Scripted([GOOD]), [(0, 1000)], "陳筱明")) == "大家好"


def test_a_recording_in_which_nobody_speaks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RecordingError):
        run(monkeypatch, Scripted([]), [])


@dataclass
class ByMoment(Scripted):
    """Says at every moment what it says there, whoever asks first; or fails on everything."""

    broken: bool = False

    def read(
        self, sound: Sound, passages: Sequence[Passage], languages: Sequence[str]
    ) -> Iterator[list[Reading]]:
        for passage in passages:
            at = passage.span.start
            self.asked.append((passage.span, passage.terms, passage.attempt))
            ends = range(at, passage.span.end, 3000)
            words = tuple(Word(f"第{end // 1000}", span(end, end + 500), 0.9) for end in ends)
            yield [Reading(passage, words, "zh", broken=self.broken)]


WHERE = [(at, at + 700) for at in range(0, 60_000, 3_000)]
"""Somebody says a word every three seconds; three sections of about 20 s."""


def sectioned(monkeypatch: pytest.MonkeyPatch, model: Scripted) -> WhisperTranscriber:
    monkeypatch.setattr("speakers.transcribe.speech", lambda *_: [span(*s) for s in WHERE])
    engine = WhisperTranscriber.__new__(WhisperTranscriber)
    engine._whisper, engine._section_ms = model, 20_000  # type: ignore[assignment]
    return engine


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_sections_give_the_same_words_in_whatever_order_and_by_whomever_they_are_read(
    monkeypatch: pytest.MonkeyPatch, order: tuple[int, ...]
) -> None:
    whole = sectioned(monkeypatch, ByMoment([]))(silence(60), "zh", (), lambda *_: None)
    engine = sectioned(monkeypatch, ByMoment([]))
    cut = engine.cut(silence(60), "zh")
    assert len(cut.sections) == 3
    heard = {}
    for number in order:
        other = sectioned(monkeypatch, ByMoment([]))  # a process of its own knows nothing of the others
        heard[number] = other.read(silence(60), cut, number, (), lambda *_: None)
    assert joined_sections(cut, [heard[n] for n in range(3)]) == whole
    assert [w.span.start for w in whole.words] == sorted(w.span.start for w in whole.words)


def test_a_section_is_read_from_its_own_speech_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ByMoment([])
    engine = sectioned(monkeypatch, model)
    cut = engine.cut(silence(60), "zh")
    engine.read(silence(60), cut, 1, (), lambda *_: None)
    first, last = cut.sections[1][0], cut.sections[1][-1]
    assert all(first.start <= asked.start and asked.end <= last.end for asked, *_ in model.asked)


def test_a_section_without_a_word_is_unheard_and_the_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sectioned(monkeypatch, ByMoment([]))
    cut = engine.cut(silence(60), "zh")
    loud = Cut("zh", (cut.sections[0], (span(30_000, 32_000),)))
    said_first = engine.read(silence(60), cut, 0, (), lambda *_: None)
    found = joined_sections(loud, [said_first, Heard(())])
    assert found.unheard == (span(30_000, 32_000),)
    assert len(found.words) == len(said_first.words)


def test_a_section_on_which_the_model_fails_is_no_error_unless_all_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    word_ = Word("好", span(0, 500), 0.9)
    cut = Cut("zh", ((span(0, 700),), (span(3000, 3700),)))
    found = joined_sections(cut, [Heard((word_,)), Heard((), failed=True)])
    assert [w.text for w in found.words] == ["好"]
    with pytest.raises(ModelError, match="every part"):
        joined_sections(cut, [Heard((), failed=True), Heard((), failed=True)])
    broken = ByMoment([], broken=True)
    engine = sectioned(monkeypatch, broken)
    assert engine.read(silence(60), engine.cut(silence(60), "zh"), 0, (), lambda *_: None).failed


def test_progress_of_all_sections_grows_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    engine = sectioned(monkeypatch, ByMoment([]))
    engine(silence(60), "zh", (), lambda _, done, total: told.append((done, total)))
    spoken = sum(b - a for a, b in WHERE)
    assert told[-1] == (spoken, spoken)
    assert told == sorted(told)


def test_what_it_was_reckoned_in_is_said_once_for_all_sections() -> None:
    cut = Cut("zh", tuple((span(at, at + 500),) for at in (0, 1000, 2000)))
    heard = [Heard((), arithmetic=name) for name in ("cuda float16", "cpu int8", "cuda float16")]
    assert joined_sections(cut, heard).arithmetic == ("cpu int8", "cuda float16")
