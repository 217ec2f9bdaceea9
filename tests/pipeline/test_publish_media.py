"""What is published beside the text: sound with a tone, a voice or nothing in it, or a video, or none of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from output import manifest
from pipeline import publish as publishing
from pipeline import review
from pipeline.folder import MeetingFolder
from pipeline.status import warnings_of
from speakers.error import ModelError
from speakers.kokoro import RATE_HZ
from speakers.transcribe import Transcript
from tests import videos
from tests.conftest import MEETING, write_wave
from tests.engines.scripted import ScriptedTranscriber, publish
from tests.output.test_sound import noise

Approve = Callable[..., MeetingFolder]


class Says:
    """Reads a tenth of a second for each character."""

    made_with = ("says", "1")

    def read(self, text: str, language: str, voice: int, *, speed: float = 1.0) -> np.ndarray:
        return np.full(round(len(text) * RATE_HZ / 10 / speed), 300, np.int16)


@pytest.fixture
def approve(hear: Callable[..., MeetingFolder], tmp_path: Path) -> Approve:
    """A meeting with these lines at the top of its meeting.toml, approved as proposed."""

    def approve_(lines: str, *, film: bool = False, named: bool = True) -> MeetingFolder:
        place = tmp_path / "media"
        place.mkdir()
        people = MEETING if named else MEETING.partition("[[participants]]")[0]
        (place / "meeting.toml").write_text(f"{lines}\n{people}", encoding="utf-8")
        path = write_wave(place / "meeting.wav")
        if film:
            path = videos.film(place / "film.mkv", noise(9, videos.RATE_HZ, 2))
        folder = hear(path)
        review.accept_proposed(folder, "Reviewer")
        return folder

    return approve_


def endings(folder: MeetingFolder) -> set[str]:
    return {p.suffix for p in folder.public.iterdir()}


TEXTS = {".xml", ".md", ".txt", ".vtt", ".srt", ".odt", ".docx", ".svg", ".html", ".json"}


def test_a_video_is_published_where_staff_vouch_for_the_picture(approve: Approve) -> None:
    folder = approve('publish = "video"\npicture_shows_nobody = true', film=True)
    released = publish(folder)
    assert endings(folder) == {*TEXTS, ".mp3", ".mp4"}
    seen = videos.seen(next(folder.public.glob("*.mp4")))
    black = [at for at, bright in seen if bright < 8]
    assert black
    assert len(black) < len(seen)
    for span in released.sound.replaced:
        inside = [bright for at, bright in seen if span.start <= at * 1000 < span.end]
        assert max(inside, default=0) < 8
    assert not manifest.verify(folder.public)
    data = b"".join(p.read_bytes() for p in folder.public.iterdir())
    assert videos.A_NAME.encode() not in data


def test_with_somebody_protected_and_nobody_vouching_there_is_sound_and_a_reason(approve: Approve) -> None:
    folder = approve('publish = "video"', film=True)
    released = publish(folder)
    assert endings(folder) == {*TEXTS, ".mp3"}
    told = manifest.parse((folder.public / manifest.NAME).read_bytes()).no_video
    assert told == released.picture.reason != ""


def test_a_recording_without_a_picture_gives_its_sound(approve: Approve) -> None:
    folder = approve('publish = "video"', named=False)
    released = publish(folder)
    assert endings(folder) == {*TEXTS, ".mp3"}
    assert released.picture.reason == "The recording has no picture."


def test_without_a_picture_nobody_protected_is_spoken_of(approve: Approve) -> None:
    folder = approve('publish = "video"')
    assert [w for w in warnings_of(folder) if "has no picture" in w]
    assert publish(folder).picture.reason == "The recording has no picture."
    assert b"protected" not in (folder.public / manifest.NAME).read_bytes()


def test_text_alone(approve: Approve) -> None:
    folder = approve('publish = "text"')
    released = publish(folder)
    assert endings(folder) == TEXTS
    assert released.sound.reason


def test_a_voice_reads_and_the_manifest_says_which(approve: Approve) -> None:
    folder = approve('hide_with = "voice"')
    released = publishing.publish(folder, listener=ScriptedTranscriber, reader=Says)
    assert len(released.sound.spoken) == 1
    assert ("says", "1") in manifest.parse((folder.public / manifest.NAME).read_bytes()).made_with
    assert not (folder.root / ".listen").exists()


def test_without_the_voice_nothing_is_published(approve: Approve) -> None:
    folder = approve('hide_with = "voice"')

    def missing() -> Says:
        raise ModelError("The model is missing.", "Run `zhuzi models fetch kokoro`.")

    for reader in (None, missing):
        with pytest.raises(ModelError) as raised:
            publishing.publish(folder, listener=ScriptedTranscriber, reader=reader)
        assert "zhuzi models fetch kokoro" in raised.value.cure
        assert not folder.public.exists()


def test_a_turn_that_takes_longer_to_read_than_to_say_gets_a_tone(approve: Approve) -> None:
    class Slow(Says):
        def read(self, *given: Any, **more: Any) -> np.ndarray:
            return np.zeros(60 * RATE_HZ, np.int16)

    released = publishing.publish(approve('hide_with = "voice"'), listener=ScriptedTranscriber, reader=Slow)
    assert released.sound.spoken == ()
    assert len(released.sound.unread) == 1


def test_what_a_killed_release_left_is_gone_and_nobody_else_can_look_into_it(approved: MeetingFolder) -> None:
    for name in (".listen", ".listen.abc123"):
        (approved.root / name).mkdir(mode=0o755)
        (approved.root / name / "again.wav").write_bytes(b"sound")
    rights: list[int] = []

    class Looks(ScriptedTranscriber):
        def __call__(self, *given: Any) -> Transcript:
            (folder,) = approved.root.glob(".listen*")
            rights.append(folder.stat().st_mode & 0o777)
            return ScriptedTranscriber()(*given)

    publishing.publish(approved, listener=Looks)
    assert set(rights) == {0o700}
    assert not list(approved.root.glob(".listen*"))
