"""faster-whisper's one door: what was said, word by word, with times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from speakers.error import RecordingError
from speakers.hints import occurrences, supported, without_echoes
from speakers.record import Millis, Span, Word, union
from speakers.sound import SAMPLE_RATE_HZ, Progress, Sound
from speakers.traditional import is_chinese, punctuated, words_to_taiwan

_GAP_MS = 800
"""Speech as long as this without a word in it is decoded again by itself."""

_AROUND_MS = 150
"""A word accounts for this much sound on either side of it."""

_LONGEST_MS = 700
"""No short word takes longer than this; one that seems to was stretched over something that was not heard."""

_WINDOW_MS = 28_000
"""A little less than the 30 s that Whisper hears at once."""

_FALLBACK = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Temperatures that Whisper's authors try in turn."""

_LOOPING = 4.0
"""Compression ratio from which a segment says one thing over and over."""

_UNBELIEVED = -1.5
"""Mean log probability under which a segment is noise that the model made words of."""

_HOTWORD_CHARACTERS = 120
"""What fits in the prompt beside the text; more would push the model's own context out."""


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
    """A CTranslate2 Whisper model.

    Args:
        model: folder of verified model files.
        fingerprint: what the files are, by digest.
        device: "cpu", "cuda" or "auto".
        compute_type: CTranslate2's name for the arithmetic; "default" keeps the model's own on a GPU.
    """

    def __init__(
        self, model: Path, fingerprint: str, *, device: str = "cpu", compute_type: str = "int8"
    ) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(model), device=device, compute_type=compute_type, local_files_only=True
        )
        self._fingerprint = f"whisper {fingerprint} {compute_type} beam 5 windows {_WINDOW_MS} gaps {_GAP_MS}"

    @property
    def fingerprint(self) -> str:
        """Model and settings; see `Transcriber`."""
        return self._fingerprint

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        """Transcribe window by window; see `Transcriber`.

        A window ends in a pause and holds no more than the model hears at once. It is first decoded with the
        vocabulary as a hint. Where that brings up a term, or leaves speech without words, it is decoded without a
        hint too: a term that does not sound like what was heard there is an echo of the hint, and a wrong name is
        worse than none. What is still without words is decoded by itself.
        """
        speech = _speech(sound)
        if not speech:
            raise RecordingError("Nobody speaks in this recording.", "Check the microphone and the file.")
        duration = sound.duration
        found = self._language(sound, speech) if language == "auto" else language
        hint = _hotwords(vocabulary)
        words: list[Word] = []
        unheard: list[Span] = []
        for window in _windows(speech):
            inside = [s for s in speech if s.overlap(window)]
            heard = self._words(sound, window, found, hint)
            if hint is not None:
                heard = without_echoes(heard, vocabulary)
                named = occurrences(heard, vocabulary)
                if named or _gaps(inside, heard):
                    plain = self._words(sound, window, found, None)
                    echoed = not all(supported(term, span, plain) for term, span in named)
                    fuller = _accounted(inside, plain) > _accounted(inside, heard) + _GAP_MS
                    if echoed or fuller:
                        heard = plain
            for gap in _gaps(inside, heard):
                recovered = self._words(sound, gap, found, None)
                heard = sorted([*heard, *recovered], key=lambda w: w.span)
                if not recovered:
                    unheard.append(gap)
            words.extend(heard)
            progress("transcribe", min(duration, window.end), duration)
        progress("transcribe", duration, duration)
        words.sort(key=lambda w: w.span)
        heard_all = words_to_taiwan(tuple(words), vocabulary) if _any_chinese(words) else tuple(words)
        return Transcript(found, punctuated(heard_all), tuple(unheard))

    def _language(self, sound: Sound, speech: list[Span]) -> str:
        """Of the first half minute of speech, wherever it lies."""
        pieces, length = [], 0
        for region in speech:
            pieces.append(sound.cut(region))
            length += len(pieces[-1])
            if length >= _WINDOW_MS * SAMPLE_RATE_HZ // 1000:
                break
        language, _, _ = self._model.detect_language(np.concatenate(pieces))
        return str(language)

    def _words(self, sound: Sound, span: Span, language: str, hotwords: str | None) -> list[Word]:
        """The words of one stretch of sound, without those that the model itself hardly believes."""
        piece = sound.cut(span)
        if len(piece) < SAMPLE_RATE_HZ // 10:
            return []
        segments, _ = self._model.transcribe(
            piece,
            language=language,
            beam_size=5,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=hotwords,
            # A hinted reading that goes wrong is not tried again warmer, which is slow: there is the other one.
            temperature=_FALLBACK if hotwords is None else 0.0,
        )
        return [
            word
            for segment in segments
            if segment.avg_logprob > _UNBELIEVED and segment.compression_ratio < _LOOPING
            for word in _adopted(segment.words or (), span)
        ]


def _speech(sound: Sound) -> list[Span]:
    """Where somebody speaks, by faster-whisper's own voice activity detector (Silero)."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        min_silence_duration_ms=300, speech_pad_ms=200, max_speech_duration_s=_WINDOW_MS / 1000
    )
    return [
        _span(region["start"] / SAMPLE_RATE_HZ, region["end"] / SAMPLE_RATE_HZ)
        for region in get_speech_timestamps(sound[:], options)
    ]


def _windows(speech: list[Span]) -> list[Span]:
    """Regions of speech gathered, from pause to pause, into windows of at most `_WINDOW_MS`."""
    windows: list[Span] = []
    for region in speech:
        if windows and region.end - windows[-1].start <= _WINDOW_MS:
            windows[-1] = Span(windows[-1].start, region.end)
        else:
            windows.append(region)
    return windows


def _span(start_s: float, end_s: float, offset: int = 0) -> Span:
    start = max(0, round(start_s * 1000)) + offset
    return Span(Millis(start), Millis(max(start + 1, round(end_s * 1000) + offset)))


def _adopted(heard: Sequence[Any], window: Span) -> list[Word]:
    """faster-whisper's words as ours; a leading space becomes `spaced`, lone punctuation joins its word."""
    words: list[Word] = []
    for word in heard:
        text = word.word.strip()
        if words and text and not any(c.isalnum() for c in text):
            words[-1] = replace(words[-1], text=words[-1].text + text)
            continue
        if not any(c.isalnum() for c in text):
            continue
        span = _span(float(word.start), float(word.end), window.start)
        if span.start >= window.end:
            break  # past the sound, in the silence that the model pads it with: nothing was said there
        words.append(Word(text, span, min(1.0, max(0.0, float(word.probability))), word.word[:1].isspace()))
    return words


def _spoken(words: list[Word]) -> tuple[Span, ...]:
    """The time that words can account for: the model stretches some over whole sentences that it skipped."""
    return union(
        Span(
            max(Millis(0), Millis(w.span.start - _AROUND_MS)),
            Millis(min(w.span.end, w.span.start + _LONGEST_MS + _LONGEST_MS * len(w.text) // 4) + _AROUND_MS),
        )
        for w in words
    )


def _accounted(speech: list[Span], words: list[Word]) -> int:
    """Milliseconds of speech for which there are words."""
    return sum(region.overlap(span) for region in speech for span in _spoken(words))


def _gaps(speech: list[Span], words: list[Word]) -> list[Span]:
    """Stretches of speech of at least `_GAP_MS` in which no word was found."""
    heard = _spoken(words)
    gaps = []
    for region in speech:
        at = region.start
        for span in [s for s in heard if s.overlap(region)]:
            if span.start - at >= _GAP_MS:
                gaps.append(Span(at, span.start))
            at = max(at, span.end)
        if region.end - at >= _GAP_MS:
            gaps.append(Span(at, region.end))
    return gaps


def _any_chinese(words: list[Word]) -> bool:
    return any(is_chinese(w.text) for w in words)


def _hotwords(vocabulary: tuple[str, ...]) -> str | None:
    """As many of the first terms as fit, as one hint; None if there are none."""
    chosen: list[str] = []
    for term in dict.fromkeys(vocabulary):
        if sum(map(len, chosen)) + len(chosen) + len(term) > _HOTWORD_CHARACTERS:
            break
        chosen.append(term)
    return "、".join(chosen) or None


def with_unheard(transcript: Transcript) -> tuple[Word, ...]:
    """The words, with 「（聽不清）」 where somebody speaks and nothing was understood."""
    note = "（聽不清）" if transcript.language == "zh" else "(inaudible)"
    marked = [*transcript.words, *(Word(note, span, 0.0, note.isascii()) for span in transcript.unheard)]
    return tuple(sorted(marked, key=lambda w: w.span.start))
