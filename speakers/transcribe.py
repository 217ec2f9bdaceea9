"""faster-whisper's one door: what was said, word by word, with times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from speakers.error import RecordingError
from speakers.record import Millis, Span, Word, union
from speakers.traditional import is_chinese, punctuated, words_to_taiwan

SAMPLE_RATE_HZ = 16_000

_GAP_MS = 1_500
"""Speech as long as this without a word in it is decoded again by itself."""

_HOTWORD_CHARACTERS = 120
"""What fits in the prompt beside the text; more would push the model's own context out."""

Samples = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]


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
        self, samples: Samples, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        """Transcribe a whole recording.

        Args:
            samples: (n_samples,) at 16 kHz.
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
        self._fingerprint = f"whisper {fingerprint} {compute_type} beam 5 gaps {_GAP_MS}"

    @property
    def fingerprint(self) -> str:
        """Model and settings; see `Transcriber`."""
        return self._fingerprint

    def __call__(
        self, samples: Samples, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        """Transcribe; see `Transcriber`."""
        from faster_whisper.vad import VadOptions, get_speech_timestamps

        speech = [
            _span(region["start"] / SAMPLE_RATE_HZ, region["end"] / SAMPLE_RATE_HZ)
            for region in get_speech_timestamps(samples, VadOptions(min_silence_duration_ms=500))
        ]
        if not speech:
            raise RecordingError("Nobody speaks in this recording.", "Check the microphone and the file.")
        duration = len(samples) * 1000 // SAMPLE_RATE_HZ
        segments, info = self._decode(samples, language, _hotwords(vocabulary))
        words: list[Word] = []
        for segment in segments:
            words.extend(_words(segment.words or (), 0))
            progress("transcribe", min(duration, round(segment.end * 1000)), duration)
        found = info.language if language == "auto" else language
        unheard = []
        for gap in _gaps(speech, words):
            # A window that the model gave up on is often one that it hears by itself, without hints.
            piece = samples[gap.start * SAMPLE_RATE_HZ // 1000 : gap.end * SAMPLE_RATE_HZ // 1000]
            again, _ = self._decode(piece, found, None, vad=False)
            recovered = [
                w for s in again if s.avg_logprob > -1.0 for w in _words(s.words or (), gap.start, gap.end)
            ]
            words.extend(recovered)
            if not recovered:
                unheard.append(gap)
        progress("transcribe", duration, duration)
        words.sort(key=lambda w: w.span)
        heard = words_to_taiwan(tuple(words), vocabulary) if _mostly_chinese(words) else tuple(words)
        return Transcript(found, punctuated(heard), tuple(unheard))

    def _decode(
        self, samples: Samples, language: str, hotwords: str | None, *, vad: bool = True
    ) -> tuple[Iterable[Any], Any]:
        segments, info = self._model.transcribe(
            samples,
            language=None if language == "auto" else language,
            beam_size=5,
            word_timestamps=True,
            vad_filter=vad,
            condition_on_previous_text=False,
            hotwords=hotwords,
            multilingual=False,
        )
        return segments, info


def _span(start_s: float, end_s: float, offset: int = 0) -> Span:
    start = max(0, round(start_s * 1000)) + offset
    return Span(Millis(start), Millis(max(start + 1, round(end_s * 1000) + offset)))


def _words(heard: Sequence[Any], offset: int, limit: int | None = None) -> list[Word]:
    """faster-whisper's words as ours; a leading space becomes `spaced`, lone punctuation joins its word."""
    words: list[Word] = []
    for word in heard:
        text = word.word.strip()
        if not text:
            continue
        if words and not any(c.isalnum() for c in text):
            words[-1] = replace(words[-1], text=words[-1].text + text)
            continue
        if not any(c.isalnum() for c in text):
            continue
        span = _span(float(word.start), float(word.end), offset)
        if limit is not None and span.start >= limit:
            break
        words.append(Word(text, span, min(1.0, max(0.0, float(word.probability))), word.word[:1].isspace()))
    return words


def _gaps(speech: list[Span], words: list[Word]) -> list[Span]:
    """Stretches of speech of at least `_GAP_MS` in which no word was found."""
    heard = union(w.span.widened(200) for w in words)
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


def _mostly_chinese(words: list[Word]) -> bool:
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
