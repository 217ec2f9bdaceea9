"""What is done is not done again, and what changed is done anew: no more, no less."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from click.testing import Result

from pipeline import meeting_toml, review
from pipeline.folder import MeetingFolder, meetings
from pipeline.run import RECORD, SOUND, TURNS, WORDS, meeting_of
from speakers.error import MeetingError, RecordingError, StageError
from tests import clocks
from tests.conftest import MEETING, finishes, one_object
from tests.engines import scripted
from tests.engines.crashing import CrashingDiarizer, CrashingTranscriber
from tests.engines.silent import SilentDiarizer, SilentTranscriber

Hear = Callable[..., MeetingFolder]
ONCE = {"decode": 1, "transcribe": 1, "diarize": 1, "attribute": 1}


def test_a_recording_becomes_a_draft_that_awaits_review(job: MeetingFolder, recording: Path) -> None:
    assert review.standing(job) == "awaiting review"
    assert [s.text for s in review.draft_of(job).record.statements] == [text for *_, text in scripted.SAID]
    assert job.original.read_bytes() == recording.read_bytes()
    assert job.original.stat().st_mode & 0o777 == 0o400
    assert job.root.stat().st_mode & 0o777 == 0o700
    assert job.id == hashlib.sha256(recording.read_bytes()).hexdigest()[:12]


def test_running_twice_does_nothing_twice(job: MeetingFolder, hear: Hear, calls: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in job.root.glob("[1-4]0-*")}
    assert hear().root == job.root
    assert finishes(job) == ONCE
    assert calls.read_text().split() == ["transcribe", "diarize"]
    assert {p: p.stat().st_mtime_ns for p in job.root.glob("[1-4]0-*")} == before


@pytest.mark.parametrize("name", ["other.wav", "other.WAV", "other.mp4", "沒有副檔名", "x." + "y" * 240])
def test_the_same_recording_under_another_name_is_the_same_meeting(
    job: MeetingFolder, hear: Hear, recording: Path, data: Path, name: str
) -> None:
    other = Path(shutil.copy(recording, recording.with_name(name)))
    assert hear(other).root == job.root
    assert len(meetings(data)) == 1
    assert finishes(job) == ONCE
    assert [p.name for p in (job.root / "original").iterdir()] == ["recording.wav"]


def test_a_name_that_tells_something_is_not_kept(hear: Hear, recording: Path) -> None:
    folder = hear(recording.rename(recording.with_name("訪談.蔡佩珊")))
    assert [p.name for p in (folder.root / "original").iterdir()] == ["recording"]


@pytest.mark.parametrize(
    ("old", "new", "redone"),
    [
        ('["附議"]', '["附議", "動議"]', {"transcribe"}),
        ("寵物", "動物", set()),
        ('"0:06"', '"0:05"', set()),
        ("date = 2024-05-01", "speakers = 3", {"diarize"}),
        ("date = 2024-05-01", 'language = "en"', {"transcribe", "attribute"}),
    ],
)
def test_a_change_of_meeting_toml_redoes_what_depends_on_it(
    job: MeetingFolder, hear: Hear, recording: Path, old: str, new: str, redone: set[str]
) -> None:
    changed = MEETING.replace(old, new)
    assert changed != MEETING
    recording.with_name("meeting.toml").write_text(changed, encoding="utf-8")
    hear()
    assert finishes(job) == {stage: 1 + (stage in redone) for stage in ONCE}
    kept = meeting_of(job)
    assert replace(kept, participants=()) == replace(meeting_toml.parse(changed), participants=())
    assert [(p.name, p.heard_at) for p in kept.participants] == [
        (p.name, p.heard_at) for p in meeting_toml.parse(changed).participants
    ]


def test_another_engine_redoes_its_stage(job: MeetingFolder, hear: Hear, calls: Path) -> None:
    said = (*scripted.SAID[:-1], ("S1", 6_800, 8_600, "再見。"))
    hear(engines=scripted.engines(transcriber=scripted.ScriptedTranscriber("scripted words 2", said, calls)))
    assert finishes(job) == ONCE | {"transcribe": 2, "attribute": 2}


@pytest.mark.parametrize(
    ("file", "stage"), [(SOUND, "decode"), (WORDS, "transcribe"), (TURNS, "diarize"), (RECORD, "attribute")]
)
@pytest.mark.parametrize("damage", ["deleted", "changed", "truncated", "a folder"])
def test_a_damaged_artifact_is_made_anew(
    job: MeetingFolder, hear: Hear, file: str, stage: str, damage: str
) -> None:
    path = job.root / file
    good = path.read_bytes()
    if damage == "changed":
        path.write_bytes(good.replace(b"0", b"1"))
    elif damage == "truncated":
        path.write_bytes(good[: len(good) // 2])
    else:
        path.unlink()
    if damage == "a folder":
        path.mkdir()
    hear()
    assert path.read_bytes() == good
    assert finishes(job) == ONCE | {stage: 2}


def test_a_damaged_original_is_copied_again_when_the_recording_comes_again(
    job: MeetingFolder, hear: Hear, recording: Path
) -> None:
    job.original.chmod(0o600)
    job.original.write_bytes(b"damaged")
    hear()
    assert job.original.read_bytes() == recording.read_bytes()
    assert finishes(job) == ONCE


def test_a_failed_stage_is_tried_again_and_the_finished_ones_are_not(
    hear: Hear, calls: Path, data: Path
) -> None:
    broken = scripted.engines(calls, diarizer=CrashingDiarizer(lambda: RuntimeError("x"), calls=calls))
    for attempt in (1, 2):
        with pytest.raises(StageError, match="Stage diarize of meeting"):
            hear(engines=broken)
        (folder,) = meetings(data)
        assert folder.manifest()["stages"]["diarize"]["attempts"] == attempt
        assert review.standing(folder) == "interrupted in diarize"
    assert hear().root == folder.root
    assert finishes(folder) == ONCE
    assert folder.manifest()["stages"]["diarize"]["attempts"] == 3
    assert calls.read_text().split() == ["transcribe", "diarize", "diarize", "diarize"]


def test_the_original_of_a_failed_run_is_kept(hear: Hear, recording: Path, data: Path) -> None:
    with pytest.raises(StageError):
        hear(engines=scripted.engines(transcriber=CrashingTranscriber(lambda: RuntimeError("x"))))
    (folder,) = meetings(data)
    assert folder.original.read_bytes() == recording.read_bytes()
    assert not (folder.root / WORDS).exists()
    assert not list(folder.root.glob(".*.part"))


def test_no_word_is_an_error_and_no_voice_is_none(hear: Hear) -> None:
    with pytest.raises(RecordingError, match="Nobody speaks"):
        hear(engines=scripted.engines(transcriber=SilentTranscriber()))
    folder = hear(engines=scripted.engines(diarizer=SilentDiarizer()))
    assert review.draft_of(folder).record.speakers == ("S0",)


def test_a_recording_killed_before_its_manifest_is_listed(job: MeetingFolder, data: Path, hear: Hear) -> None:
    (job.root / "manifest.json").unlink()
    assert [f.id for f in meetings(data)] == [job.id]
    assert review.standing(job) == "not transcribed"
    assert finishes(hear()) == ONCE


def test_a_link_to_nowhere_is_not_passed_over(hear: Hear, recording: Path) -> None:
    path = recording.with_name("meeting.toml")
    path.unlink()
    path.symlink_to("gone.toml")
    with pytest.raises(MeetingError, match="cannot be read"):
        hear()


def test_a_recording_that_changes_while_it_is_copied_is_refused(
    hear: Hear, recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changing(source: IO[bytes], target: IO[bytes], length: int = 0) -> None:
        target.write(source.read()[:-length] + b"another end")

    monkeypatch.setattr(shutil, "copyfileobj", changing)
    with pytest.raises(RecordingError, match="changed while it was copied"):
        hear()
    assert list((data / "meetings").iterdir()) == []
    assert recording.is_file()


def test_what_is_missing_in_a_recording_is_told(
    zhuzi: Callable[..., Result], recording: Path, tmp_path: Path
) -> None:
    path = recording.with_name("gap.mka")
    samples = np.frombuffer(recording.read_bytes()[44:], np.int16)
    clocks.container(path, "flac", samples, clocks.later(1.5, after=8.7), rate_hz=16_000)
    result = zhuzi("run", path)
    assert result.exit_code == 0, result.output
    said = "1.50 s of sound at 0:08 are missing in the file; silence stands there."
    assert f"  ! {said}" in result.stdout
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["notes"] == [said]
    assert f"    ! {said}" in zhuzi("status", row["id"]).stdout
    folder = MeetingFolder(Path(row["folder"]))
    assert folder.manifest()["stages"]["decode"]["notes"] == [said]
    zhuzi("run", path)
    assert folder.notes() == (("decode", said),)
