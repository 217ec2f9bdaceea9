"""A meeting's folder: files are whole or not there, and a stage knows whether its result is good."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from pipeline.folder import MeetingFolder, Stage, write_atomically
from pipeline.lock import alone
from pipeline.taking import take
from speakers.error import RecordingError, StorageError


@pytest.fixture
def folder(tmp_path: Path) -> MeetingFolder:
    """An empty meeting."""
    return MeetingFolder(tmp_path)


def stage(text: str = "x", inputs: str = "1") -> Stage:
    return Stage("make", "10-made.txt", lambda: inputs, lambda into: into.write_text(text) and None)


def test_a_stage_is_done_once_and_anew_when_its_inputs_change(folder: MeetingFolder) -> None:
    digest = folder.perform(stage())
    assert folder.perform(stage("another")) == digest
    assert folder.done(stage())
    assert not folder.done(stage(inputs="2"))
    assert folder.perform(stage("y", "2")) != digest
    entry = folder.manifest()["stages"]["make"]
    assert (entry["finishes"], entry["attempts"], entry["finished"]) == (2, 1, True)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(errno.ENOSPC, "secret"), StorageError),
        (OSError(errno.EDQUOT, "secret"), StorageError),
        (OSError("libcublas.so.12: cannot open shared object file"), OSError),
        (FileNotFoundError(errno.ENOENT, "secret"), OSError),
        (RuntimeError("secret"), RuntimeError),
    ],
)
def test_a_stage_that_fails_leaves_no_file(
    folder: MeetingFolder, error: Exception, raised: type[Exception]
) -> None:
    def failing(into: Path) -> None:
        into.write_text("half")
        raise error

    with pytest.raises(raised) as caught:
        folder.perform(Stage("make", "10-made.txt", lambda: "1", failing))
    if raised is StorageError:
        assert "secret" not in str(caught.value)
        assert "Free some disk space" in str(caught.value)
    assert {p.name for p in folder.root.iterdir()} == {"manifest.json", "manifest.lock"}
    entry = folder.manifest()["stages"]["make"]
    assert (entry["finished"], entry["finishes"], entry["attempts"]) == (False, 0, 1)


def test_a_stage_that_writes_nothing_is_an_error(folder: MeetingFolder) -> None:
    with pytest.raises(OSError, match="No such file"):
        folder.perform(Stage("make", "10-made.txt", lambda: "1", lambda into: None))
    assert not folder.manifest()["stages"]["make"]["finished"]


def test_a_file_keeps_its_old_bytes_if_new_ones_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    write_atomically(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="no space left"):
        write_atomically(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("f", b"old")]


def test_a_newer_manifest_keeps_what_this_version_does_not_know(folder: MeetingFolder) -> None:
    (folder.root / "manifest.json").write_text(json.dumps({"stages": {}, "future": 1}))
    folder.perform(stage())
    assert folder.manifest()["future"] == 1


def test_a_recording_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be read"):
        take(tmp_path / "none.wav", tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_an_original_that_is_gone_is_told(folder: MeetingFolder) -> None:
    with pytest.raises(StorageError, match="Restore it from a backup"):
        _ = folder.original


def test_a_place_that_cannot_be_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlockable(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", unlockable)
    with pytest.raises(StorageError, match="Put it on a local disk"), alone(tmp_path, print):
        pytest.fail("not locked")
