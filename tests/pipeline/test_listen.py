"""Sound in which nobody speaks any more names nobody; sound that is damaged is still an error."""

import wave
from pathlib import Path

import pytest

from pipeline.listen import mentions_in
from redaction.audible import MENTION_MARGIN_MS
from redaction.draft import replay
from speakers.diarize import Sound
from speakers.error import RecordingError
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import Diarization, Millis, Record, Span, Word
from speakers.transcribe import Progress, Transcript

DRAFT = replay(
    Meeting(participants=(Participant("p1", "林小漁", wish=Wish.ANONYMOUS),)),
    Record("zh", (), Diarization((), (), Millis(1000))),
    (),
)


NAME = tuple(
    Word(c, Span(Millis(1_000 + 200 * n), Millis(1_200 + 200 * n)), 0.9) for n, c in enumerate("林小漁")
)


class HearsNobody:
    fingerprint = "nobody"

    def __call__(
        self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
    ) -> Transcript:
        raise RecordingError("Nobody speaks in this recording.", "Check the microphone and the file.")


def test_sound_that_was_replaced_from_end_to_end_names_nobody(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    published = tmp_path / "public" / "record.wav"
    with wave.open(str(published), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000))
    assert mentions_in(published, DRAFT, HearsNobody(), lambda *_: None, tmp_path) == ()


def test_sound_that_cannot_be_opened_is_not_taken_for_silence(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    published = tmp_path / "public" / "record.mp3"
    published.write_bytes(b"no sound")
    with pytest.raises(RecordingError):
        mentions_in(published, DRAFT, HearsNobody(), lambda *_: None, tmp_path)


def test_who_knows_the_name_and_hears_it_only_then_is_believed_too(tmp_path: Path) -> None:
    published = tmp_path / "record.wav"
    with wave.open(str(published), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(96_000))
    hints: list[tuple[str, ...]] = []

    class Expects(HearsNobody):
        def __call__(
            self, sound: Sound, language: str, vocabulary: tuple[str, ...], progress: Progress
        ) -> Transcript:
            hints.append(vocabulary)
            if not vocabulary:
                return super().__call__(sound, language, vocabulary, progress)
            said = (Word("我是", Span(Millis(900), Millis(1_000)), 0.9), *NAME)
            return Transcript("zh", said, ())

    found = mentions_in(published, DRAFT, Expects(), lambda *_: None, tmp_path)
    assert hints == [(), ("林小漁",)]
    assert len(found) == 1
    assert found[0].start <= 1_000 - MENTION_MARGIN_MS
    assert found[0].end >= 1_600 + MENTION_MARGIN_MS
    assert not (tmp_path / "again.wav").exists()
