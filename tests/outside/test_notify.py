"""Changes are noticed whoever makes them, and told at least once, whatever is killed in between."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import review
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Failure, Job, Run, State
from pipeline.outside import webhooks
from pipeline.outside.notify import Notifier
from pipeline.outside.outbox import Outbox
from pipeline.outside.telling import Telling
from pipeline.settings import Settings
from tests.conftest import MEETING, ROOT, SECRETS
from tests.outside.receiver import SECRET, Receiver, receiving

WITHIN_S = 30.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is told."""
    with receiving() as one:
        yield one
        assert not one.wrong, "what came was not signed as Standard Webhooks has it"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """The file with the secret."""
    path = tmp_path / "webhook.secret"
    path.write_text(SECRET + "\n")
    return path


@pytest.fixture
def told(data: Path, tmp_path: Path, receiver: Receiver, secret: Path) -> Settings:
    """Settings that tell the receiver."""
    return Settings(data, tmp_path / "models", telling=Telling(webhooks=(receiver.url,), secret_file=secret))


@pytest.fixture
def teller(data: Path, receiver: Receiver, secret: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a program that notices and tells; it does not outlive the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.outside.teller", str(data), receiver.url, str(secret)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def types(receiver: Receiver) -> list[str]:
    return [one["type"] for one in receiver.got]


def test_a_meeting_is_followed_from_the_desk_to_the_public(
    told: Settings, receiver: Receiver, hear: Callable[..., MeetingFolder]
) -> None:
    (told.data / "meetings").mkdir(parents=True)
    notifier = Notifier(told)
    assert notifier.look(WITHIN_S) == ()
    folder = hear()
    notifier.look(WITHIN_S)
    review.accept_proposed(folder, "Reviewer")
    notifier.look(WITHIN_S)
    shutil.rmtree(folder.root)
    notifier.look(WITHIN_S)
    webhooks.deliver(told, notifier.outbox)
    assert types(receiver) == [
        *("meeting.taken", "meeting.awaiting_review", "meeting.approved", "meeting.purged")
    ]
    assert [one["data"] for one in receiver.got[1:]] == [
        {"meeting": folder.id, "old": None, "new": "awaiting review"},
        {"meeting": folder.id, "old": "awaiting review", "new": "approved"},
        {"meeting": folder.id, "old": "approved", "new": "gone"},
    ]


def test_what_was_there_before_anybody_looked_is_no_news(
    told: Settings, receiver: Receiver, job: MeetingFolder
) -> None:
    notifier = Notifier(told)
    assert notifier.look(WITHIN_S) == ()
    assert notifier.look(WITHIN_S) == ()
    assert webhooks.deliver(told, notifier.outbox) == 0
    assert not receiver.got


def test_a_disk_that_is_away_is_no_news(told: Settings, job: MeetingFolder, data: Path) -> None:
    notifier = Notifier(told)
    notifier.look(WITHIN_S)
    (data / "meetings").rename(data / "away")
    assert notifier.look(WITHIN_S) == ()
    (data / "away").rename(data / "meetings")
    assert notifier.look(WITHIN_S) == ()


def test_a_job_that_fails_is_told_each_time(told: Settings, data: Path) -> None:
    (data / "meetings").mkdir(parents=True)
    one = Job("j0123456789abcdef", Run("0f3a9c27d1b4"), State.RUNNING, 1.0)
    jobs = [one]
    notifier = Notifier(told, lambda: jobs)
    notifier.look(WITHIN_S)
    failed = replace(one, state=State.FAILED, failure=Failure(SECRETS[0], SECRETS[1], 13), ended=2.0)
    jobs[:] = [failed]
    (first,) = notifier.look(WITHIN_S)
    assert (first.type, first.job, first.old, first.new, first.exit_code) == (
        "job.failed",
        one.id,
        "running",
        "failed",
        13,
    )
    jobs[:] = [replace(failed, ended=3.0)]  # tried again, and failed again, between two looks
    assert [m.type for m in notifier.look(WITHIN_S)] == ["job.failed"]
    assert notifier.look(WITHIN_S) == ()


def test_nothing_of_a_record_is_told_or_kept(
    told: Settings, receiver: Receiver, hear: Callable[..., MeetingFolder], data: Path
) -> None:
    (data / "meetings").mkdir(parents=True)
    notifier = Notifier(told)
    notifier.look(WITHIN_S)
    hear()
    notifier.look(WITHIN_S)
    webhooks.deliver(told, notifier.outbox)
    kept = b"".join(p.read_bytes() for p in (data / "webhooks").iterdir()).decode("utf-8", "replace")
    title = MEETING.split('"')[1]
    everything = str(receiver.got) + str(receiver.headers) + kept
    assert not [one for one in (*SECRETS, title, receiver.url, SECRET) if one in everything]


def test_killed_between_a_change_and_its_message_it_is_told_by_the_next_program(
    told: Settings,
    receiver: Receiver,
    teller: Callable[[], subprocess.Popen[bytes]],
    hear: Callable[..., MeetingFolder],
    data: Path,
) -> None:
    (data / "meetings").mkdir(parents=True)
    first = teller()
    wait_until(lambda: ("begun", "") in Outbox(data).known())
    first.send_signal(signal.SIGSTOP)
    folder = hear()  # changed while it stands still
    first.kill()
    first.wait()
    teller()
    taken, awaiting = receiver.wait(2)
    assert (taken["type"], taken["data"]["meeting"]) == ("meeting.taken", folder.id)
    assert awaiting["type"] == "meeting.awaiting_review"


def test_killed_between_sending_and_the_answer_it_is_sent_again_with_the_same_id(
    receiver: Receiver,
    teller: Callable[[], subprocess.Popen[bytes]],
    hear: Callable[..., MeetingFolder],
    data: Path,
) -> None:
    (data / "meetings").mkdir(parents=True)
    receiver.answers = [0]  # it came, and nobody says so
    first = teller()
    wait_until(lambda: ("begun", "") in Outbox(data).known())
    hear()
    receiver.wait(1)
    first.kill()
    first.wait()
    teller()
    one, again, _ = receiver.wait(3)
    assert one == again
    assert receiver.headers[0]["webhook-id"] == receiver.headers[1]["webhook-id"]
    wait_until(lambda: Outbox(data).counts()["delivered"] == 2)


def test_of_two_programs_one_tells(
    receiver: Receiver,
    teller: Callable[[], subprocess.Popen[bytes]],
    hear: Callable[..., MeetingFolder],
    data: Path,
) -> None:
    (data / "meetings").mkdir(parents=True)
    teller(), teller()
    wait_until(lambda: ("begun", "") in Outbox(data).known())
    folder = hear()
    receiver.wait(2)
    review.accept_proposed(folder, "Reviewer")
    wait_until(lambda: "meeting.approved" in types(receiver))
    assert len(receiver.got) == len({one["id"] for one in receiver.got})
    assert sorted(set(types(receiver))) == sorted(types(receiver))


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
