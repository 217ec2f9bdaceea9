from __future__ import annotations

import wave
from pathlib import Path

import pytest

from output import files, plain_text, sound
from redaction.released import ReleasedSound
from speakers.error import RecordingError, StorageError

SLUG = "2024-05-01-開放政府會議"


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "王大明訪談.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"\0\0" * 16_000)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "release"
    path.mkdir()
    return path


def test_every_format_is_written_and_nothing_is_named_after_the_original(released, folder, original):
    paths = files.write(released, folder, original)
    assert [p.name for p in paths] == [f"{SLUG}.{e}" for e in (*files.ENDINGS, "mp3")]
    assert set(paths) == set(folder.iterdir())
    assert {"an.xml", "akn.xml", "md", "vtt", "txt", "json", "popolo.json", "tei.xml"} <= set(files.ENDINGS)
    assert (folder / f"{SLUG}.txt").read_bytes() == plain_text.serialize(released)
    assert not [p for p in paths if "王大明".encode() in p.read_bytes()]


def test_there_is_no_sound_without_an_original_or_leave(make, released, tmp_path, original):
    shut = make(sound=ReleasedSound(allowed=False, reason="有人不願錄音公開。", replaced=()))
    for name, record, source in (("a", released, None), ("b", shut, original)):
        (tmp_path / name).mkdir()
        paths = files.write(record, tmp_path / name, source)
        assert [p.name for p in paths] == [f"{SLUG}.{ending}" for ending in files.ENDINGS]
        assert b"<audio" not in (tmp_path / name / f"{SLUG}.html").read_bytes()


def test_a_folder_in_use_is_left_alone(released, folder):
    (folder / "x").write_text("mine")
    with pytest.raises(StorageError):
        files.write(released, folder, None)
    assert [p.name for p in folder.iterdir()] == ["x"]


def test_a_folder_that_is_not_there_says_so(released, tmp_path):
    with pytest.raises(StorageError):
        files.write(released, tmp_path / "nowhere", None)


def test_half_a_release_is_not_left_behind(released, folder, original, monkeypatch):
    original.write_bytes(b"no sound")
    with pytest.raises(RecordingError):
        files.write(released, folder, original)
    assert list(folder.iterdir()) == []

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sound, "publish", full)
    with pytest.raises(StorageError):
        files.write(released, folder, original)
    assert list(folder.iterdir()) == []
