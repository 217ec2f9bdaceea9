"""Engines that hear nothing: no word, no voice."""

from __future__ import annotations

from dataclasses import dataclass

from speakers.diarize import Progress as DiarizeProgress
from speakers.record import Diarization, Millis
from speakers.transcribe import Progress, Sound, Transcript


@dataclass(frozen=True, slots=True)
class SilentTranscriber:
    """Hears no word."""

    fingerprint: str = "silent words 1"

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        return Transcript("zh", (), ())


@dataclass(frozen=True, slots=True)
class SilentDiarizer:
    """Hears no voice."""

    fingerprint: str = "silent turns 1"

    def __call__(
        self, sound: Sound, least: int | None, most: int | None, progress: DiarizeProgress
    ) -> Diarization:
        return Diarization((), (), Millis(len(sound) // 16))
