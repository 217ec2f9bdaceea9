"""Sound in which nobody speaks any more names nobody; sound that is damaged is still an error."""

import wave
from pathlib import Path

import pytest

from pipeline.listen import mentions_in
from redaction.draft import replay
from speakers.diarize import Sound
from speakers.error import RecordingError
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import Diarization, Millis, Record
from speakers.transcribe import Progress, Transcript

DRAFT = replay(
    Meeting(participants=(Participant("p1", "林小漁", wish=Wish.ANONYMOUS),)),
    Record("zh", (), Diarization((), (), Millis(1000))),
    (),
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
