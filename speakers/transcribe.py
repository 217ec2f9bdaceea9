"""What was said, word by word: windows are read in batches, and what was not heard well is heard again.

A long recording is read section by section (`speakers.sections`): each on its own, in any order, by anybody.
"""

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
from speakers.sections import SECTION_MS, Cut, Heard, sections
from speakers.sound import Progress, Sound
from speakers.tokens import NOTES
from speakers.traditional import is_chinese, punctuated, words_to_taiwan
from speakers.whisper import Whisper, speech

_WINDOW_MS = 18_000
"""Windows are a little shorter than what Whisper hears at once, and end in a pause."""

_SPLIT_MS = 4_000
"""A window that went wrong is cut in two, down to this length."""

_ATTEMPTS = 2
"""So many other ways there are to read a short passage when the most likely reading went wrong."""

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
        arithmetic: sorted; the numbers with which its sections were reckoned, as `Whisper.arithmetic` has them.
    """

    language: str
    words: tuple[Word, ...]
    unheard: tuple[Span, ...]
    arithmetic: tuple[str, ...] = ()


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


class SectionTranscriber(Transcriber, Protocol):
    """An engine that can read a recording section by section; `joined` makes one transcript of them."""

    def cut(self, sound: Sound, language: str) -> Cut:
        """Find where somebody speaks, in which language, and where to cut.

        Args:
            sound: of the whole recording.
            language: "auto", "zh" or "en".

        Raises:
            RecordingError: If nobody speaks in it.
        """

    def read(
        self, sound: Sound, cut: Cut, number: int, vocabulary: tuple[str, ...], progress: Progress
    ) -> Heard:
        """Read one section; what is heard in it depends on no other one.

        Args:
            sound: of the whole recording.
            cut: its sections.
            number: which, from 0.
            vocabulary: as for `Transcriber`.
            progress: told about milliseconds done.
        """


class WhisperTranscriber:
    """A CTranslate2 Whisper model, window by window.

    Args:
        model: folder of verified model files.
        fingerprint: what the files are, by digest.
        device: "cpu", "cuda" or "auto".
        compute_type: CTranslate2's name for the arithmetic; it is no part of the fingerprint, because a record is not
            made anew only because somebody bought a GPU.
        threads: of a processor that it may use; 0 for as many as there are cores.
        section_ms: about so long is a section of a long recording.
    """

    def __init__(
        self,
        model: Path,
        fingerprint: str,
        *,
        device: str = "cpu",
        compute_type: str = "int8",
        threads: int = 0,
        section_ms: int = SECTION_MS,
    ) -> None:
        self._whisper = Whisper(model, device=device, compute_type=compute_type, threads=threads)
        self._section_ms = section_ms
        read = f"batched beam {BEAM} windows {_WINDOW_MS} gaps {GAP_MS} sections {section_ms}"
        self._fingerprint = f"whisper {fingerprint} {read}"

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
        """Transcribe, one section after the other; see `Transcriber`."""
        cut = self.cut(sound, language)
        whole, done = sum(s.length for s in cut.speech), 0
        heard = []
        for number, where in enumerate(cut.sections):
            length = sum(s.length for s in where)
            heard.append(self.read(sound, cut, number, vocabulary, part_of(progress, done, length, whole)))
            done += length
        return joined_sections(cut, heard)

    def cut(self, sound: Sound, language: str) -> Cut:
        """See `SectionTranscriber`."""
        where = speech(sound, _WINDOW_MS)
        if not where:
            raise RecordingError("Nobody speaks in this recording.", "Check the microphone and the file.")
        usual = language
        if language == "auto":
            spans = windows(where, _WINDOW_MS)
            spread = spans[:: max(1, len(spans) // _SAMPLED)][:_SAMPLED]
            spread = [Span(s.start, min(s.end, Millis(s.start + _SAMPLE_MS))) for s in spread]
            shares = self._whisper.languages(sound, spread)
            usual = max(shares, key=lambda code: shares[code])
        return Cut(usual, sections(where, self._section_ms))

    def read(
        self, sound: Sound, cut: Cut, number: int, vocabulary: tuple[str, ...], progress: Progress
    ) -> Heard:
        """Read a section; see `SectionTranscriber`.

        First every window is read once, without any hint. Then it is audited: speech without words, and readings
        that loop, are not believed by the model itself or are too fast to be spoken, are read again in shorter
        pieces, then in other ways. Last, windows that sound as if a term of the vocabulary were said are read with
        these terms as a hint. A term that the hint brings up and that does not sound like what was heard there is an
        echo, and a wrong name is worse than none.
        """
        where = cut.sections[number]
        # The meeting's language and, where it is not the only one that may occur, the others.
        languages = (cut.language, *(code for code in ("zh", "en") if code != cut.language))
        spans, only = windows(where, _WINDOW_MS), len(cut.sections) == 1
        readings, failed = self._audited(sound, spans, where, languages, progress, only=only)
        if vocabulary:
            readings = self._hinted(sound, readings, where, vocabulary, progress)
        length = sum(s.length for s in where)
        progress("transcribe", length, length)
        words: list[Word] = []
        for reading in readings:
            chinese = any(is_chinese(w.text) for w in reading.words)
            words.extend(words_to_taiwan(reading.words, vocabulary) if chinese else reading.words)
        words.sort(key=lambda w: w.span)
        return Heard(tuple(words), failed, self._whisper.arithmetic)

    def _audited(
        self,
        sound: Sound,
        spans: Sequence[Span],
        where: Sequence[Span],
        languages: Sequence[str],
        progress: Progress,
        *,
        only: bool,
    ) -> tuple[list[Reading], bool]:
        """Readings that can be believed, in order, and whether the engine fails on everything.

        Where there is no reading, nothing could be understood. `only` is whether this is all of the recording.
        """
        believed: list[Reading] = []
        failed = True
        todo = [Passage(span) for span in spans]
        for step in ("transcribe", *["listen again"] * _AGAIN):
            again: list[Passage] = []
            total, done = sum(p.span.length for p in todo), 0
            for reading in itertools.chain.from_iterable(self._whisper.read(sound, todo, languages)):
                passage = reading.passage
                failed = failed and reading.broken
                done += passage.span.length
                progress(step, done, total)
                if not _credible(reading):
                    again.extend(_another_way(passage, where))
                    continue
                believed.append(reading)
                inside = [_within(s, passage.span) for s in where if s.overlap(passage.span)]
                again.extend(Passage(gap) for gap in gaps(inside, reading.words))
            if failed and only:
                break  # a model that cannot read at all is not asked thirty times
            todo = again
            if not todo:
                break
        return sorted(_once(believed), key=lambda r: r.passage.span), failed

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


def part_of(progress: Progress, before: int, length: int, whole: int) -> Progress:
    """Tells about a part as if all were told about: `length` milliseconds of `whole`, after `before` of them."""
    return lambda step, done, total: progress(step, before + length * done // max(1, total), whole)


def joined_sections(cut: Cut, heard: Sequence[Heard]) -> Transcript:
    """One transcript of all sections: punctuated, and with what nobody understood. No model is needed for that.

    Args:
        cut: the recording's sections.
        heard: (n_sections,) what was heard in each, in order.

    Raises:
        ModelError: If the engine failed on all of them.
    """
    if heard and all(h.failed for h in heard):
        raise ModelError(
            "The transcription model fails on every part of this recording.",
            "Run `zhuzi doctor`, then `zhuzi models verify`.",
        )
    words = sorted((w for h in heard for w in h.words), key=lambda w: w.span)
    arithmetic = sorted({h.arithmetic for h in heard} - {""})
    return Transcript(
        cut.language, punctuated(tuple(words)), tuple(gaps(cut.speech, words)), tuple(arithmetic)
    )


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
    """How to read what went wrong: in two pieces, then in other ways, then not at all."""
    if passage.span.length >= _SPLIT_MS and not passage.attempt:
        return [Passage(half) for half in halves(passage.span, where)]
    return [replace(passage, attempt=passage.attempt + 1)] if passage.attempt < _ATTEMPTS else []


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
