"""Engines that hear what a script says, at once and without a model; they note every call they get.

Calls are noted in a file, one line each, so that a test can count those of other processes too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.engines import Engines
from pipeline.folder import MeetingFolder
from redaction.released import Released
from speakers.diarize import Diarizer
from speakers.diarize import Progress as DiarizeProgress
from speakers.listener import Listener
from speakers.record import Diarization, Millis, Span, SpeakerId, Turn, Word
from speakers.sections import Cut, Heard
from speakers.sound import Samples
from speakers.transcribe import Progress, SectionTranscriber, Sound, Transcriber, Transcript
from speakers.voiceprint import VoiceEncoder

SAID = (
    ("S1", 200, 2_200, "大家好，我是沈立言。"),
    ("S2", 2_600, 4_600, "我是蔡佩珊，住在臺北。"),
    ("S3", 5_000, 6_400, "這一句請不要記。"),
    ("S1", 6_800, 8_600, "謝謝佩珊，散會。"),
)
"""Who says what from when to when, in milliseconds: the meeting that `tests/conftest.py` describes."""


_LOUD = 0.05
"""Root mean square between the recordings of these tests and the tone."""


def words(said: tuple[tuple[str, int, int, str], ...] = SAID) -> tuple[Word, ...]:
    """What is said, two characters a word, spread evenly over its time."""
    return tuple(word for _, start, end, text in said for word in _words(start, end, text))


def _words(start: int, end: int, text: str) -> Iterator[Word]:
    parts = [text[i : i + 2] for i in range(0, len(text), 2)]
    for number, part in enumerate(parts):
        begin = start + (end - start) * number // len(parts)
        yield Word(part, Span(Millis(begin), Millis(start + (end - start) * (number + 1) // len(parts))), 0.9)


def turns(said: tuple[tuple[str, int, int, str], ...] = SAID) -> tuple[Turn, ...]:
    """Who speaks when."""
    return tuple(Turn(Span(Millis(start), Millis(end)), SpeakerId(who)) for who, start, end, _ in said)


def note(calls: Path | None, what: str) -> None:
    """Add a line to the list of calls."""
    if calls is not None:
        with calls.open("a", encoding="utf-8") as file:
            file.write(what + "\n")


def loud(sound: Sound, span: Span) -> bool:
    """Whether something else than the tone is heard there."""
    middle = sound[(span.start + span.length // 4) * 16 : (span.end - span.length // 4) * 16]
    return bool(len(middle)) and float(np.sqrt(np.mean(middle**2))) > _LOUD


@dataclass(frozen=True, slots=True)
class ScriptedTranscriber:
    """Hears `said`, but for what is quiet: the tone that stands for hidden words in a published sound is."""

    fingerprint: str = "scripted words 1"
    said: tuple[tuple[str, int, int, str], ...] = SAID
    calls: Path | None = None

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        note(self.calls, "transcribe")
        progress("transcribe", len(sound), len(sound))
        heard = tuple(w for w in words(self.said) if loud(sound, w.span))
        return Transcript("zh" if language == "auto" else language, heard, ())


@dataclass(frozen=True, slots=True)
class SectionedTranscriber(ScriptedTranscriber):
    """Hears the same section by section, so many rows of `said` in each, whatever the sound is."""

    rows: int = 1

    def cut(self, sound: Sound, language: str) -> Cut:
        note(self.calls, "cut")
        spans = [Span(Millis(start), Millis(end)) for _, start, end, _ in self.said]
        parts = (tuple(spans[at : at + self.rows]) for at in range(0, len(spans), self.rows))
        return Cut("zh" if language == "auto" else language, tuple(parts))

    def read(
        self, sound: Sound, cut: Cut, number: int, vocabulary: tuple[str, ...], progress: Progress
    ) -> Heard:
        note(self.calls, f"read-{number + 1}")
        progress("transcribe", 1, 1)
        rows = self.said[number * self.rows : (number + 1) * self.rows]
        return Heard(tuple(w for w in words(rows) if loud(sound, w.span)), arithmetic="scripted")


@dataclass(frozen=True, slots=True)
class ScriptedDiarizer:
    """Hears the voices of `said`, whatever the sound is."""

    fingerprint: str = "scripted turns 1"
    said: tuple[tuple[str, int, int, str], ...] = SAID
    calls: Path | None = None

    def __call__(
        self, sound: Sound, least: int | None, most: int | None, progress: DiarizeProgress
    ) -> Diarization:
        note(self.calls, "diarize")
        progress("diarize", 1, 1)
        return Diarization(turns(self.said), turns(self.said), Millis(len(sound) // 16))


@dataclass(frozen=True, slots=True)
class ScriptedEncoder:
    """Hears what is loud in the first second, in 192 bands: a tone is a voice."""

    fingerprint: str = "scripted encoder 1"
    calls: Path | None = None

    def __call__(self, samples: Samples) -> npt.NDArray[np.float32]:
        note(self.calls, "encode")
        spectrum = np.abs(np.fft.rfft(samples[:16_000], 16_000))[:7_680]
        return spectrum.reshape(192, 40).sum(1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class ScriptedListener:
    """Reads `said` when it knows the names, and finds each text as likely as its best listed part says."""

    fingerprint: str = "scripted listener 1"
    said: tuple[tuple[str, int, int, str], ...] = SAID
    likely: tuple[tuple[str, float], ...] = ()
    calls: Path | None = None

    def expecting(
        self, sound: Sound, language: str, names: tuple[str, ...], progress: Progress
    ) -> tuple[Word, ...]:
        note(self.calls, "expecting")
        return words(self.said)

    def weigh(
        self, sound: Sound, span: Span, language: str, texts: Sequence[str], told: Sequence[str]
    ) -> list[float]:
        note(self.calls, "weigh")
        return [max((nats for part, nats in self.likely if part in text), default=-50.0) for text in texts]


def engines(
    calls: Path | None = None,
    *,
    transcriber: Transcriber | None = None,
    diarizer: Diarizer | None = None,
    encoder: VoiceEncoder | None = None,
    listener: Listener | None = None,
    in_sections: SectionTranscriber | None = None,
) -> Engines:
    """Scripted engines, or others in their place; with `in_sections` a recording is heard section by section."""
    ears = in_sections or transcriber or ScriptedTranscriber(calls=calls)
    voices = diarizer or ScriptedDiarizer(calls=calls)
    tones = encoder or ScriptedEncoder(calls=calls)
    second = listener or ScriptedListener(calls=calls)
    return Engines(
        lambda: ears,
        lambda: voices,
        ears.fingerprint,
        voices.fingerprint,
        (("scripted", "1"),),
        lambda: tones,
        tones.fingerprint,
        lambda: second,
        second.fingerprint,
        in_sections=(lambda: in_sections) if in_sections else None,
    )


def publish(folder: MeetingFolder, *, approvers: int = 1) -> Released:
    """Release a meeting; the scripted transcriber listens to its sound."""
    from pipeline import publish as publishing  # children that never release start without it

    return publishing.publish(folder, approvers=approvers, listener=ScriptedTranscriber)
