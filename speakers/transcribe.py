"""What was said, word by word: windows are read in batches, and what was not heard well is heard again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from speakers.coverage import GAP_MS, accounted, gaps, halves, windows
from speakers.error import ModelError, RecordingError
from speakers.hints import likely, occurrences, supported, without_echoes
from speakers.reading import BEAM, Passage, Reading
from speakers.record import Millis, Record, Span, Word, joined, union
from speakers.sound import Progress, Sound
from speakers.tokens import NOTES
from speakers.traditional import is_chinese, punctuated, words_to_taiwan
from speakers.whisper import Whisper, speech

_WINDOW_MS = 18_000
"""Windows are a little shorter than what Whisper hears at once, and end in a pause."""

_SPLIT_MS = 4_000
"""A window that went wrong is cut in two, down to this length."""

_WARMER = (0.4, 0.8)
"""Temperatures at which a short passage is read when the most likely reading went wrong."""

_AGAIN = 5
"""So many times at most it is gone over what was not heard."""

_LOOPING, _UNBELIEVED = 2.4, -1.0
"""Whisper's own limits: compression ratio, and mean log probability."""

_SILENT, _DOUBTED = 0.8, -0.8
"""Probability that nobody speaks, and mean log probability, that together make a reading an invention."""

_REPEATED = re.compile(r"(.{12,})[\W_]*\1|(.{2,6}?)\2{4,}|(.)\3{7,}")
"""Nobody says so much twice in the same words, a phrase five times or a syllable eight, without anything between."""

_FASTEST = 14.0
"""Characters a second that nobody speaks; in English, letters by three."""

_NEAR_MS = 2_000
"""Words are misplaced by no more than this."""

_PUNCTUATION = "，。、？！,.?! "

_SAMPLED, _SAMPLE_MS = 6, 4_000
"""So many moments from all over the recording, and so long each, decide which language it is in."""

_NEVER_SAID = tuple(
    "字幕由 字幕by 字幕製作 字幕制作 请不吝点赞 請不吝點讚 索兰娅 索蘭婭 Amara.org 明镜与点点 明鏡與點點".split()  # noqa: SIM905
)
"""What the model learnt from subtitles, and writes where there is music or noise."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard, before anybody knows who said it.

    Attributes:
        language: "zh" or "en" (or another code that the model found), of most of the recording.
        words: (n_words,) sorted by start, in Taiwan's characters where Chinese.
        unheard: sorted spans with speech in them for which the model gave no words even when asked twice.
    """

    language: str
    words: tuple[Word, ...]
    unheard: tuple[Span, ...]


class Transcriber(Protocol):
    """An engine that writes down what was said."""

    @property
    def fingerprint(self) -> str:
        """Model and settings that decide the outcome."""

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        """Transcribe a whole recording.

        Args:
            sound: of the whole recording.
            language: "auto", "zh" or "en".
            vocabulary: names and terms the model should know; never logged.
            progress: told about milliseconds done.

        Raises:
            RecordingError: If nobody speaks in it.
        """


class WhisperTranscriber:
    """A CTranslate2 Whisper model, window by window.

    Args:
        model: folder of verified model files.
        fingerprint: what the files are, by digest.
        device: "cpu", "cuda" or "auto".
        compute_type: CTranslate2's name for the arithmetic.
    """

    def __init__(
        self, model: Path, fingerprint: str, *, device: str = "cpu", compute_type: str = "int8"
    ) -> None:
        self._whisper = Whisper(model, device=device, compute_type=compute_type)
        self._fingerprint = (
            f"whisper {fingerprint} {compute_type} batched beam {BEAM} windows {_WINDOW_MS} gaps {GAP_MS}"
        )

    @property
    def whisper(self) -> Whisper:
        """The model, for others who hear with it."""
        return self._whisper

    @property
    def fingerprint(self) -> str:
        """Model and settings; see `Transcriber`."""
        return self._fingerprint

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        """Transcribe; see `Transcriber`.

        First every window is read once, without any hint. Then it is audited: speech without words, and readings
        that loop, are not believed by the model itself or are too fast to be spoken, are read again in shorter
        pieces, then warmer. Last, windows that sound as if a term of the vocabulary were said are read with these
        terms as a hint. A term that the hint brings up and that does not sound like what was heard there is an
        echo, and a wrong name is worse than none.
        """
        where = speech(sound, _WINDOW_MS)
        if not where:
            raise RecordingError("Nobody speaks in this recording.", "Check the microphone and the file.")
        spans = windows(where, _WINDOW_MS)
        languages = self._languages(sound, spans, language)
        readings = self._audited(sound, spans, where, languages, progress)
        if vocabulary:
            readings = self._hinted(sound, readings, where, vocabulary, progress)
        progress("transcribe", sound.duration, sound.duration)
        words: list[Word] = []
        for reading in readings:
            chinese = any(is_chinese(w.text) for w in reading.words)
            words.extend(words_to_taiwan(reading.words, vocabulary) if chinese else reading.words)
        words.sort(key=lambda w: w.span)
        return Transcript(languages[0], punctuated(tuple(words)), tuple(gaps(where, words)))

    def _languages(self, sound: Sound, spans: Sequence[Span], wanted: str) -> tuple[str, ...]:
        """The meeting's language and, where it is not the only one that may occur, the others."""
        usual = wanted
        if wanted == "auto":
            spread = spans[:: max(1, len(spans) // _SAMPLED)][:_SAMPLED]
            spread = [Span(s.start, min(s.end, Millis(s.start + _SAMPLE_MS))) for s in spread]
            shares = self._whisper.languages(sound, spread)
            usual = max(shares, key=lambda code: shares[code])
        return (usual, *(code for code in ("zh", "en") if code != usual))

    def _audited(
        self,
        sound: Sound,
        spans: Sequence[Span],
        where: Sequence[Span],
        languages: Sequence[str],
        progress: Progress,
    ) -> list[Reading]:
        """Readings that can be believed, in order; where there is none, nothing could be understood."""
        believed: list[Reading] = []
        todo = [Passage(span) for span in spans]
        for step in ("transcribe", *["listen again"] * _AGAIN):
            again: list[Passage] = []
            total, done, broken = sum(p.span.length for p in todo), 0, 0
            for reading in itertools.chain.from_iterable(self._whisper.read(sound, todo, languages)):
                passage = reading.passage
                broken += reading.broken
                done += passage.span.length
                progress(step, done, total)
                if not _credible(reading):
                    again.extend(_another_way(passage, where))
                    continue
                believed.append(reading)
                inside = [_within(s, passage.span) for s in where if s.overlap(passage.span)]
                again.extend(Passage(gap) for gap in gaps(inside, reading.words))
            if step == "transcribe" and broken == len(todo):
                raise ModelError(
                    "The transcription model fails on every part of this recording.",
                    "Run `zhuzi doctor`, then `zhuzi models verify`.",
                )
            todo = again
            if not todo:
                break
        return sorted(_once(believed), key=lambda r: r.passage.span)

    def _hinted(
        self,
        sound: Sound,
        readings: list[Reading],
        where: Sequence[Span],
        vocabulary: tuple[str, ...],
        progress: Progress,
    ) -> list[Reading]:
        """The same readings, with those exchanged in which a term of the vocabulary was really said."""
        plain = {r.passage.span: r for r in readings}
        total = sum(r.passage.span.length for r in readings)
        for language in sorted({r.language for r in readings}):
            passages = [
                Passage(r.passage.span, terms)
                for r in readings
                if r.language == language and (terms := likely(vocabulary, r.words))
            ]
            done = 0
            for batch in self._whisper.read(sound, passages, (language,)):
                for reading in batch:
                    span = reading.passage.span
                    done += span.length
                    better = _with_terms(plain[span], reading, [s for s in where if s.overlap(span)])
                    plain[span] = better
                progress("names and terms", done, total)
        return [plain[r.passage.span] for r in readings]


def _credible(reading: Reading) -> bool:
    """Whether a reading may be what was said."""
    if reading.broken or not reading.words:
        return False
    text = reading.text
    characters = sum(1.0 if is_chinese(c) else 1 / 3 for c in text)
    return not (
        reading.loops > _LOOPING
        or reading.likely < _UNBELIEVED
        or (reading.silent > _SILENT and reading.likely < _DOUBTED)
        or _REPEATED.search(text) is not None
        or characters * 1000 > _FASTEST * max(1000, reading.passage.span.length)
        or any(phrase in text for phrase in _NEVER_SAID)
    )


def _another_way(passage: Passage, where: Sequence[Span]) -> list[Passage]:
    """How to read what went wrong: in two pieces, then warmer, then not at all."""
    if passage.span.length >= _SPLIT_MS and not passage.temperature:
        return [Passage(half) for half in halves(passage.span, where)]
    warmer = [t for t in _WARMER if t > passage.temperature]
    return [replace(passage, temperature=warmer[0])] if warmer else []


def _within(region: Span, window: Span) -> Span:
    return Span(max(region.start, window.start), min(region.end, window.end))


def _once(readings: Sequence[Reading]) -> list[Reading]:
    """Without what a gap's reading says again: its words were heard, but placed too early or too late."""
    kept = []
    for reading in readings:
        near = reading.passage.span.widened(_NEAR_MS)
        beside = [
            joined(w for w in other.words if w.span.overlap(near))
            for other in readings
            if other.passage.span.overlap(reading.passage.span)
            and other.passage.span.length > reading.passage.span.length
        ]
        said = reading.text.strip(_PUNCTUATION)
        if not any(said in text for text in beside):
            kept.append(reading)
    return kept


def _with_terms(plain: Reading, hinted: Reading, where: Sequence[Span]) -> Reading:
    """The hinted reading if it brings up terms, each of which sounds like what was heard, and loses nothing."""
    terms = hinted.passage.terms
    words = tuple(without_echoes(list(hinted.words), terms))
    named = occurrences(list(words), terms)
    if not named or not _credible(hinted):
        return plain
    if not all(supported(term, span, list(plain.words)) for term, span in named):
        return plain
    if accounted(where, words) < accounted(where, plain.words) - GAP_MS:
        return plain
    return replace(hinted, words=words)


def with_unheard(transcript: Transcript) -> tuple[Word, ...]:
    """The words, with 「（聽不清）」 where somebody speaks and nothing was understood."""
    note = NOTES[0] if transcript.language == "zh" else NOTES[1]
    marked = [*transcript.words, *(Word(note, span, 0.0, note.isascii()) for span in transcript.unheard)]
    return tuple(sorted(marked, key=lambda w: w.span.start))


def unheard(record: Record) -> tuple[Span, ...]:
    """Where the record says that something was not understood; sorted and disjoint."""
    return union(w.span for s in record.statements for w in s.words if w.text in NOTES)
