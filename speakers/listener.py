"""Hearing a recording again with names in mind: what is read then, and how well texts explain a moment of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from speakers.coverage import windows
from speakers.reading import Passage
from speakers.record import Span, Word
from speakers.sound import Progress, Sound
from speakers.traditional import is_chinese, words_to_taiwan
from speakers.whisper import Whisper, speech

_WINDOW_MS, _BEAM = 18_000, 1
"""Windows of the first hearing, read with a single beam: that is a fifth of the work."""


class Listener(Protocol):
    """An engine that knows which names may be said."""

    @property
    def fingerprint(self) -> str:
        """Model and settings that decide the outcome."""

    def expecting(
        self, sound: Sound, language: str, names: tuple[str, ...], progress: Progress
    ) -> tuple[Word, ...]:
        """Read a whole recording as somebody who expects names in it.

        Args:
            sound: of the whole recording.
            language: of the record.
            names: as many of the first as the model takes; never logged.
            progress: told about milliseconds done.

        Returns:
            (n_words,) sorted by start; names that were only echoed may be among them.
        """

    def weigh(
        self, sound: Sound, span: Span, language: str, texts: Sequence[str], told: Sequence[str]
    ) -> list[float]:
        """How likely texts are what a stretch says; see `Whisper.weigh`."""


class WhisperListener:
    """A CTranslate2 Whisper model that was loaded already.

    Args:
        whisper: gives the model, once it is needed.
        fingerprint: of the transcriber that it belongs to.
    """

    def __init__(self, whisper: Callable[[], Whisper], fingerprint: str) -> None:
        self._whisper = whisper
        self._fingerprint = f"{fingerprint} names windows {_WINDOW_MS} beam {_BEAM}"

    @property
    def fingerprint(self) -> str:
        """Model and settings; see `Listener`."""
        return self._fingerprint

    def expecting(
        self, sound: Sound, language: str, names: tuple[str, ...], progress: Progress
    ) -> tuple[Word, ...]:
        """See `Listener`."""
        spans = windows(speech(sound, _WINDOW_MS), _WINDOW_MS)
        total, done = sum(s.length for s in spans), 0
        words: list[Word] = []
        passages = [Passage(span, names, beam=_BEAM) for span in spans]
        for batch in self._whisper().read(sound, passages, (language,)):
            for reading in batch:
                done += reading.passage.span.length
                chinese = any(is_chinese(w.text) for w in reading.words)
                words += words_to_taiwan(reading.words, names) if chinese else reading.words
            progress("names", done, total)
        return tuple(sorted(words, key=lambda w: w.span))

    def weigh(
        self, sound: Sound, span: Span, language: str, texts: Sequence[str], told: Sequence[str]
    ) -> list[float]:
        """See `Listener`."""
        return self._whisper().weigh(sound, span, language, texts, told)
