"""What is handed in is copied, verified and described before any stage begins, and the same twice is one job."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import register
from pipeline.digest import sha256_of
from pipeline.folder import find
from pipeline.jobs.copies import bring, has_verified_copies
from pipeline.jobs.hand_in import AlreadyHereError, hand_in
from pipeline.jobs.order import State
from pipeline.jobs.spool import Jobs
from pipeline.review import draft_of
from pipeline.settings import Settings
from speakers.error import MeetingError, RecordError, RecordingError, StorageError
from tests.conftest import MEETING, SECRETS, write_wave
from tests.working import Working, ended

CALLED = "蔡佩珊 的訪談.wav"


@pytest.fixture
def settings(data: Path, tmp_path: Path) -> Settings:
    return Settings(data, tmp_path / "models")


@pytest.fixture
def jobs(settings: Settings) -> Jobs:
    return Jobs(settings)


@pytest.fixture
def working(settings: Settings) -> Iterator[Working]:
    made = Working(settings)
    yield made
    made.close()


@pytest.fixture
def named(recording: Path) -> Path:
    """The recording under somebody's name."""
    return recording.rename(recording.with_name(CALLED))


def everything_under(place: Path) -> str:
    files = [p for p in place.rglob("*") if p.is_file() and p.suffix != ".wav"]
    return "\n".join(
        [*(str(p) for p in place.rglob("*")), *(p.read_bytes().decode("utf-8", "replace") for p in files)]
    )


def test_the_spool_holds_a_verified_copy_and_nothing_of_a_name(
    jobs: Jobs, settings: Settings, named: Path
) -> None:
    job = hand_in(jobs, settings, named, named.parent / "meeting.toml")
    copy = settings.data / "work" / job.id / "recording.wav"
    assert sha256_of(copy) == sha256_of(named)
    assert not copy.samefile(named)
    said = everything_under(settings.data / "work")
    assert not [secret for secret in ("蔡佩珊", "訪談", "毛毛媽") if secret in said]
    assert register.of(settings.data).ids
    assert not list((settings.data / "work" / ".arriving").glob("in-*"))


def test_the_same_content_under_another_name_is_one_job(
    jobs: Jobs, settings: Settings, named: Path, tmp_path: Path
) -> None:
    first = hand_in(jobs, settings, named, named.parent / "meeting.toml")
    other = Path(shutil.copy(named, tmp_path / "again.WAV"))
    assert hand_in(jobs, settings, other, named.parent / "meeting.toml").id == first.id
    assert hand_in(jobs, settings, other, None).id == first.id
    assert len(jobs.jobs()) == 1


def test_something_else_said_about_it_is_another_job(
    jobs: Jobs, settings: Settings, named: Path, tmp_path: Path
) -> None:
    first = hand_in(jobs, settings, named, named.parent / "meeting.toml")
    other = tmp_path / "other.toml"
    other.write_text(MEETING.replace("寵物友善", "寵物"), "utf-8")
    assert hand_in(jobs, settings, named, other).id != first.id


def test_who_comes_again_after_a_failure_has_the_same_job_tried_again(
    jobs: Jobs, settings: Settings, named: Path
) -> None:
    first = hand_in(jobs, settings, named, named.parent / "meeting.toml")
    jobs.cancel(first.id)
    again = hand_in(jobs, settings, named, named.parent / "meeting.toml")
    assert again.id == first.id
    assert again.state is State.WAITING


def test_a_meeting_that_is_done_is_not_done_again(working: Working, settings: Settings, named: Path) -> None:
    job = hand_in(working, settings, named, named.parent / "meeting.toml")
    assert ended(working, job.id).state is State.DONE
    assert has_verified_copies(settings.data, job.meeting_id, frozenset({sha256_of(named)}))
    assert hand_in(working, settings, named, named.parent / "meeting.toml").id == job.id
    working.discard(job.id)
    with pytest.raises(AlreadyHereError):
        hand_in(working, settings, named, named.parent / "meeting.toml")
    with pytest.raises(AlreadyHereError):
        hand_in(working, settings, named, None)


def test_a_copy_that_was_damaged_is_no_verified_one(
    working: Working, settings: Settings, named: Path
) -> None:
    job = ended(working, hand_in(working, settings, named, None).id)
    original, content = find(settings.data, job.meeting_id).original, frozenset({sha256_of(named)})
    original.chmod(0o600)
    with original.open("r+b") as file:
        file.seek(5_000)
        file.write(b"damaged")
    assert not has_verified_copies(settings.data, job.meeting_id, content)
    assert not has_verified_copies(settings.data, "0" * 12, content)


def test_microphones_are_renamed_in_what_is_known_too(jobs: Jobs, settings: Settings, named: Path) -> None:
    place = named.parent
    write_wave(place / "林志明.wav", seed=2)
    extra = write_wave(place.parent / "沈立言.wav", seed=3)
    (place / "meeting.toml").write_text(
        f'{MEETING}\n[[microphones]]\nfile = "林志明.wav"\nparticipant = "沈立言"\n', "utf-8"
    )
    job = hand_in(jobs, settings, named, place / "meeting.toml", (extra,))
    spool = settings.data / "work" / job.id
    assert sha256_of(spool / "microphone-01.wav") == sha256_of(place / "林志明.wav")
    assert sha256_of(spool / "microphone-02.wav") == sha256_of(extra)
    kept = (spool / "meeting.toml").read_text("utf-8")
    assert kept.index('file = "microphone-01.wav"') < kept.index('file = "microphone-02.wav"')
    assert "林志明.wav" not in kept
    assert hand_in(jobs, settings, named, place / "meeting.toml", (extra,)).id == job.id
    assert hand_in(jobs, settings, named, place / "meeting.toml").id != job.id


def test_what_was_written_during_the_meeting_comes_along_under_a_neutral_name(
    settings: Settings, named: Path, working: Working
) -> None:
    place = named.parent
    asked = place / "佩珊的問題.csv"
    asked.write_text("Question,Author\n什麼時候散會？,蔡佩珊\n", "utf-8")
    (place / "meeting.toml").write_text(
        f'{MEETING}\n[[brought]]\nkind = "slido"\nfile = "佩珊的問題.csv"\n', "utf-8"
    )
    job = hand_in(working, settings, named, place / "meeting.toml")
    spool = settings.data / "work" / job.id
    assert sha256_of(spool / "brought-01.csv") == sha256_of(asked)
    assert "佩珊" not in (spool / "meeting.toml").read_text("utf-8")
    assert hand_in(working, settings, named, place / "meeting.toml").id == job.id
    assert ended(working, job.id).state is State.DONE
    folder = find(settings.data, job.meeting_id)
    (question,) = [s for s in draft_of(folder).record.statements if s.written]
    assert question.text == "什麼時候散會？"
    assert has_verified_copies(settings.data, job.meeting_id, frozenset({sha256_of(asked)}))
    asked.write_text("Question,Author\n換一題？,蔡佩珊\n", "utf-8")
    again = hand_in(working, settings, named, place / "meeting.toml")
    assert again.id != job.id
    assert ended(working, again.id).state is State.DONE
    assert [s.text for s in draft_of(folder).record.statements if s.written] == ["換一題？"]


def test_what_cannot_be_taken_leaves_nothing_behind(jobs: Jobs, settings: Settings, named: Path) -> None:
    place = named.parent
    cases: list[tuple[type[Exception], Path, str]] = []
    text = place / "佩珊.wav"
    text.write_text("no sound")
    cases.append((RecordingError, text, MEETING))
    cases.append((RecordingError, place / "gone 佩珊.wav", MEETING))
    cases.append((RecordingError, place, MEETING))
    cases.append((MeetingError, named, "title = 5\n"))
    cases.append((MeetingError, named, "no toml 佩珊"))
    cases.append((MeetingError, named, f'{MEETING}\n[[microphones]]\nfile = "佩珊.flac"\n'))
    cases.append((RecordError, named, f'{MEETING}\n[[microphones]]\nfile = "{CALLED}"\n'))
    for kind, path, told in cases:
        (place / "佩珊.toml").write_text(told, "utf-8")
        with pytest.raises(kind) as caught:
            hand_in(jobs, settings, path, place / "佩珊.toml")
        assert not [secret for secret in SECRETS if secret in str(caught.value)], caught.value
    assert jobs.jobs() == ()
    assert not list((settings.data / "work" / ".arriving").glob("in-*"))
    assert not register.of(settings.data).ids


def test_no_link_leads_out_of_the_folder(jobs: Jobs, settings: Settings, named: Path, tmp_path: Path) -> None:
    inside = tmp_path / "inbox"
    inside.mkdir()
    (inside / "a.wav").symlink_to(named)
    (inside / "folder").symlink_to(named.parent)
    for path in (inside / "a.wav", inside / "folder" / CALLED, named):
        with pytest.raises(RecordingError):
            hand_in(jobs, settings, path, None, inside=inside)
    assert hand_in(jobs, settings, inside / "a.wav", None).state is State.WAITING


def test_a_file_that_grows_while_it_is_copied_is_not_taken(
    jobs: Jobs, settings: Settings, named: Path
) -> None:
    def more(*_: int) -> None:
        with named.open("ab") as file:
            file.write(b"more")

    with pytest.raises(RecordingError, match="changed while it was copied"):
        hand_in(jobs, settings, named, None, copied=more)
    assert jobs.jobs() == ()


def test_a_full_disk_takes_nothing(
    jobs: Jobs, settings: Settings, named: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.jobs.copies.ROOM", 1 << 40)
    with pytest.raises(StorageError):
        hand_in(jobs, settings, named, None)
    assert jobs.jobs() == ()


def test_copies_of_a_killed_process_are_removed_and_those_of_a_living_one_stay(
    settings: Settings, named: Path, tmp_path: Path
) -> None:
    left = settings.data / "work" / ".arriving" / "in-killed"
    left.mkdir(parents=True)
    (left / "recording.wav").write_bytes(b"half")
    other = write_wave(tmp_path / "other.wav", seed=9)
    with bring(settings.data, named, None) as first:
        with bring(settings.data, other, None) as second:
            assert first.recording.exists()
            assert second.recording.exists()
        assert not left.exists()
        assert first.recording.exists()
    assert [p.name for p in left.parent.iterdir()] == ["worker.lock"]
