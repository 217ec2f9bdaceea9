"""What is damaged, full or broken is told as one line by every command, and nothing is lost by it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from pipeline.folder import MeetingFolder, meetings
from pipeline.run import RECORD
from speakers.error import LedgerError, MeetingError, StageError, StorageError, ZhuziError
from tests.conftest import SECRETS, assert_told, one_object
from tests.engines import scripted
from tests.engines.crashing import CrashingTranscriber

Zhuzi = Callable[..., Result]


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


PLACES = ("shutil.copyfileobj", "os.fsync", "pipeline.folder.sync", "wave.Wave_write.writeframes")


@pytest.mark.parametrize("place", PLACES)
def test_a_full_disk_is_told_and_the_next_run_goes_on(
    zhuzi: Zhuzi, recording: Path, data: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = recording.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(place, _full)
        result = zhuzi("run", recording)
    assert_told(result, StorageError, "Free some disk space")
    assert recording.read_bytes() == content
    left = [p.name for p in data.rglob("*") if p.is_file() and p.name.endswith((".part", ".wav"))]
    assert left in ([], ["recording.wav"])
    assert zhuzi("run", recording).exit_code == 0


def test_a_disk_without_room_for_the_recording(
    zhuzi: Zhuzi, recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(recording.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    assert_told(zhuzi("run", recording), StorageError, "no room")
    assert list((data / "meetings").iterdir()) == []


def test_a_damaged_meeting_is_told_by_every_command(zhuzi: Zhuzi, approved: MeetingFolder) -> None:
    ledger, manifest, record = approved.ledger, approved.root / "manifest.json", approved.root / RECORD
    damages: list[tuple[Path, bytes, type[ZhuziError]]] = [
        (ledger, b'{"seq": 0}\n', LedgerError),
        (ledger, b"\xff\n", LedgerError),
        (approved.meeting_toml, b"\xff", MeetingError),
        (approved.meeting_toml, b'titel = "x"', MeetingError),
        (record, b"{}", StorageError),
        (record, b"[1]", StorageError),
    ]
    odd = (b"", b"{", b"[]", b"{}", b'"x"', b'{"stages": 1}', b'{"stages": {"decode": 3}}', b"\xff")
    damages += [(manifest, text, StorageError) for text in odd]
    for path, content, kind in damages:
        good = path.read_bytes()
        path.write_bytes(content)
        for arguments in (("show",), ("release",), ("review", "--reviewer", "R", "--accept", "proposed")):
            result = zhuzi(arguments[0], approved.id, *arguments[1:])
            assert_told(result, kind)
            assert not [name for name in SECRETS if name in result.output]
        assert not approved.public.exists()
        assert path.read_bytes() == content
        path.write_bytes(good)
    assert zhuzi("release", approved.id).exit_code == 0


def test_a_damaged_manifest_is_cured_as_it_says(
    zhuzi: Zhuzi, approved: MeetingFolder, recording: Path
) -> None:
    manifest = approved.root / "manifest.json"
    manifest.write_bytes(b"{")
    result = zhuzi("run", recording)
    assert_told(result, StorageError, f"Remove {manifest} and run the recording again")
    manifest.unlink()
    assert zhuzi("run", recording).exit_code == 0
    assert zhuzi("release", approved.id).exit_code == 0


def test_a_crash_of_an_engine(
    zhuzi: Zhuzi, recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engines = scripted.engines(transcriber=CrashingTranscriber(lambda: RuntimeError(SECRETS[0])))
    monkeypatch.setattr("pipeline.engines.engines", lambda _: engines)
    result = zhuzi("run", recording, "--json")
    assert_told(result, StageError, "job.log")
    (folder,) = meetings(data)
    assert one_object(result.stdout) == {
        "error": f"Stage transcribe of meeting {folder.id} failed (RuntimeError).",
        "cure": f"Run it again; if it fails again, report it with {folder.log}.",
        "exit_code": 13,
    }


@pytest.mark.parametrize("verb", ["status", "show"])
def test_what_nobody_foresaw_is_one_line_too(
    zhuzi: Zhuzi, job: MeetingFolder, data: Path, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unforeseen(*_: object) -> None:
        raise ZeroDivisionError(SECRETS[0])

    monkeypatch.setattr("pipeline.folder.meetings", unforeseen)
    result = zhuzi(verb, job.id, "--json")
    assert result.exit_code == 1
    assert one_object(result.stdout)["exit_code"] == 1
    log = data / "error.log"
    assert result.stderr == (
        "Error: Something unforeseen happened (ZeroDivisionError). "
        f"Try again; if it happens again, report it with {log}.\n"
    )
    assert "test_damage.py" in log.read_text("utf-8")
    assert SECRETS[0] not in log.read_text("utf-8").replace("SECRETS[0]", "") + result.output


@pytest.mark.parametrize("file", ["40-record.json", "manifest.json", "ledger.jsonl"])
def test_what_is_nested_too_deep_to_be_read_is_damage(
    approved: MeetingFolder, zhuzi: Zhuzi, file: str
) -> None:
    (approved.root / file).write_bytes(b"[" * 100_000 + b"\n")
    assert zhuzi("show", approved.id).exit_code in {StorageError.exit_code, LedgerError.exit_code}
    assert zhuzi("status").exit_code == 0
