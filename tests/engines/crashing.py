"""Engines that fail: with whatever exception they are given, after noting the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from speakers.diarize import Progress as DiarizeProgress
from speakers.record import Diarization
from speakers.transcribe import Progress, Sound, Transcript
from tests.engines.scripted import note


@dataclass(frozen=True, slots=True)
class CrashingTranscriber:
    """Raises what `error` makes."""

    error: Callable[[], BaseException]
    fingerprint: str = "scripted words 1"
    calls: Path | None = None

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        note(self.calls, "transcribe")
        raise self.error()


@dataclass(frozen=True, slots=True)
class CrashingDiarizer:
    """Raises what `error` makes."""

    error: Callable[[], BaseException]
    fingerprint: str = "scripted turns 1"
    calls: Path | None = None

    def __call__(
        self, sound: Sound, least: int | None, most: int | None, progress: DiarizeProgress
    ) -> Diarization:
        note(self.calls, "diarize")
        raise self.error()
