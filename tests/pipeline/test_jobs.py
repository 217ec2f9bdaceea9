"""Work in the background outlives crashes, kills and restarts, and loses nothing."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import intake, register
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, find
from pipeline.jobs.order import Job, Release, Run, State
from pipeline.settings import Settings
from speakers.error import NotReleasableError, RecordError, StageError
from tests.conftest import MEETING, ROOT, SECRETS, finishes
from tests.engines import scripted
from tests.working import Working, at, ended, until


@pytest.fixture
def settings(data: Path, tmp_path: Path) -> Settings:
    return Settings(data, tmp_path / "models")


@pytest.fixture
def works(settings: Settings) -> Iterator[Callable[[], Working]]:
    made: list[Working] = []

    def works_() -> Working:
        made.append(Working(settings))
        return made[-1]

    yield works_
    for one in made:
        one.close()


@pytest.fixture
def work(works: Callable[[], Working]) -> Working:
    return works()


def drop(work: Working, recording: Path, data: Path) -> Job:
    """A recording as the room hands it over: what its file says of hidden people is in the register already."""
    meeting_id = sha256_of(recording)[:12]
    taken = intake.take_in(MEETING, meeting_id, register.of(data))
    return work.submit(Run(meeting_id), files={"recording.wav": recording}, described=taken.kept)


def test_a_dropped_recording_comes_as_far_as_its_review(work: Working, recording: Path, data: Path) -> None:
    made = drop(work, recording, data)
    assert ended(work, made.id).state is State.DONE
    folder = find(data, made.meeting_id)
    assert folder.manifest()["stages"]["attribute"]["finished"]
    # The worker tidies up as soon as it has said that the job is done.
    place = data / "work" / made.id
    until(work, made.id, lambda _: [p.name for p in place.iterdir()] == ["job.json"])
    assert recording.exists()


def test_the_database_of_jobs_knows_no_word_and_no_file_name(
    work: Working, recording: Path, data: Path
) -> None:
    made = drop(work, recording.rename(recording.with_name("蔡佩珊的訪談.wav")), data)
    assert ended(work, made.id).state is State.DONE
    databases = [*data.glob("jobs.sqlite*"), data / "work" / made.id / "job.json"]
    assert len(databases) > 1
    for path in databases:
        held = path.read_bytes()
        for word in (*SECRETS, "訪談", *(text for *_, text in scripted.SAID)):
            for form in (word.encode(), word.encode("utf-16-le"), ascii(word)[1:-1].encode()):
                assert form not in held, f"{path.name} holds {word}"


def test_who_wants_to_know_hears_of_every_job_that_was_done(
    work: Working, recording: Path, data: Path
) -> None:
    heard = threading.Event()
    work.beside.then = heard.set
    drop(work, recording, data)
    assert heard.wait(60)


def test_no_name_of_a_hidden_person_lies_around_while_a_job_waits(
    work: Working, recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    made = drop(work, recording, data)
    until(work, made.id, at("transcribe"))
    found = [p.read_bytes().decode("utf-8", "replace") for p in (data / "work").rglob("*.[jt]*")]
    assert found
    assert not [name for name in ("蔡佩珊", "毛毛媽") for text in found if name in text]


def test_a_crash_of_a_model_is_a_failure_of_the_job_and_can_be_tried_again(
    work: Working, recording: Path, data: Path, trouble: Path
) -> None:
    trouble.write_text("die")
    made = drop(work, recording, data)
    failed = ended(work, made.id)
    assert failed.state is State.FAILED
    assert failed.failure is not None
    assert failed.failure.exit_code == StageError.exit_code
    assert "SIGSEGV" in failed.failure.what
    trouble.write_text("")
    work.retry(made.id)
    assert ended(work, made.id).state is State.DONE
    assert finishes(find(data, made.meeting_id))["decode"] == 1


def test_an_unforeseen_error_says_nothing_of_the_record(
    work: Working, recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "raise")
    made = drop(work, recording, data)
    failed = ended(work, made.id)
    assert failed.failure is not None
    assert "ValueError" in failed.failure.what
    kept = (data / "work" / made.id / "job.json").read_text("utf-8")
    assert not [name for name in SECRETS if name in kept]


def test_what_a_closed_server_was_doing_is_gone_on_with_by_the_next(
    works: Callable[[], Working], recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    first = works()
    made = drop(first, recording, data)
    until(first, made.id, at("transcribe"))
    first.close()
    monkeypatch.delenv("SCRIPTED_STAGE")
    second = works()
    second.beside.start()
    assert ended(second, made.id).state is State.DONE
    assert finishes(find(data, made.meeting_id))["decode"] == 1


def test_a_dropped_file_is_one_with_its_verified_copy_while_the_models_work(
    work: Working, recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    made = drop(work, recording, data)
    until(work, made.id, at("transcribe"))
    dropped = data / "work" / made.id / "recording.wav"
    assert dropped.samefile(find(data, made.meeting_id).original)


def test_a_cancelled_job_stops_keeps_what_was_dropped_and_can_be_begun_again(
    work: Working, recording: Path, data: Path, trouble: Path
) -> None:
    trouble.write_text("wait")
    made = drop(work, recording, data)
    until(work, made.id, at("transcribe"))
    assert work.cancel(made.id).state is State.CANCELLED
    assert (data / "work" / made.id / "recording.wav").exists()
    with pytest.raises(RecordError):
        work.cancel(made.id)
    trouble.write_text("")
    work.retry(made.id)
    assert ended(work, made.id).state is State.DONE


def test_a_discarded_job_is_gone_with_its_files(work: Working, tmp_path: Path, data: Path) -> None:
    text = tmp_path / "not a recording.toml"
    text.write_text("title = 1")
    made = work.submit(Run("0" * 12), files={"recording.toml": text})
    failed = ended(work, made.id)
    assert failed.failure is not None
    assert failed.failure.exit_code == 3
    assert (data / "work" / made.id / "recording.toml").exists()
    work.discard(made.id)
    assert not (data / "work" / made.id).exists()
    assert work.jobs() == ()


def test_of_two_jobs_for_one_meeting_the_second_waits_for_the_first(
    work: Working, recording: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    one, two = drop(work, recording, data), drop(work, recording, data)
    until(work, one.id, at("transcribe"))
    assert work.job(two.id).state is State.WAITING
    assert work.jobs()[0].id == two.id


def test_a_release_is_done_once_however_often_it_is_asked_for(work: Working, approved: MeetingFolder) -> None:
    one, two = work.submit(Release(approved.id)), work.submit(Release(approved.id))
    assert one.id == two.id
    done = ended(work, one.id)
    assert done.state is State.DONE, done
    assert (approved.public / "manifest.json").exists()
    assert any("Leak scan" in sentence for sentence in done.told)


def test_a_shut_gate_says_what_it_says_everywhere(work: Working, undecided: MeetingFolder) -> None:
    failed = ended(work, work.submit(Release(undecided.id)).id)
    assert failed.failure is not None
    assert failed.failure.exit_code == NotReleasableError.exit_code
    assert failed.failure.cure


def test_a_second_server_does_no_work_on_the_same_data_until_the_first_one_ends(
    works: Callable[[], Working], approved: MeetingFolder
) -> None:
    first, second = works(), works()
    ended(first, first.submit(Release("0" * 12)).id)
    made = second.submit(Release(approved.id))
    assert ended(second, made.id).state is State.DONE
    assert second.beside.child is None
    first.close()
    while second.beside.child is None:
        time.sleep(0.05)


def test_a_child_dies_with_its_server(recording: Path, data: Path, tmp_path: Path) -> None:
    """The server is killed outright; nobody is left who could tell its worker to end, nor the worker's children."""
    program = tmp_path / "server.py"
    program.write_text(
        "import sys, time\nfrom pathlib import Path\nfrom pipeline.settings import Settings\n"
        "from tests.working import Working, at, until\nfrom pipeline.jobs.order import Run\n"
        "data, recording = map(Path, sys.argv[1:])\n"
        "work = Working(Settings(data, data))\n"
        f"job = work.submit(Run({sha256_of(recording)[:12]!r}), files={{'recording.wav': recording}})\n"
        "until(work, job.id, at('transcribe'))\n"
        "print(work.beside.child.pid, flush=True)\ntime.sleep(600)\n"
    )
    server = subprocess.Popen(
        [sys.executable, str(program), str(data), str(recording)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCRIPTED_STAGE": "wait"},
        text=True,
    )
    assert server.stdout is not None
    worker = int(server.stdout.readline())
    children = Path(f"/proc/{worker}/task").glob("*/children")
    processes = [worker, *(int(pid) for path in children for pid in path.read_text().split())]
    assert len(processes) > 1
    watched = [os.pidfd_open(pid) for pid in processes]
    server.send_signal(signal.SIGKILL)
    server.communicate()
    for one in watched:
        assert select.select([one], [], [], 30)[0]
        os.close(one)


def test_a_damaged_job_hides_no_other(work: Working, recording: Path, data: Path) -> None:
    made = drop(work, recording, data)
    ended(work, made.id)
    broken = data / "work" / f"j{'0' * 16}"
    broken.mkdir()
    (broken / "job.json").write_text(json.dumps({"id": broken.name}))
    work.close()
    assert [j.id for j in work.jobs()] == [made.id]
