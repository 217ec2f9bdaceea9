"""Figures: those of what is kept, without a name, and quickly; and whether the program can work."""

from __future__ import annotations

import datetime
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline import review
from pipeline.folder import MeetingFolder
from pipeline.glances import Glances
from pipeline.jobs.order import Failure, Job, Release, Run, State
from pipeline.keeping import backups
from pipeline.outside import health, metrics
from pipeline.outside.metrics import Metrics
from pipeline.outside.outbox import Message, Outbox
from pipeline.settings import Settings
from speakers.error import StorageError
from tests.conftest import MEETING, SECRETS
from tests.postgres import missing, postgres
from tests.room.conftest import Browser

Figures = dict[str, float]


def figures(found_by: Metrics) -> Figures:
    """Every figure by its name with its labels."""
    found: Figures = {}
    for family in text_string_to_metric_families(found_by.text().decode()):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def jobs() -> tuple[Job, ...]:
    now = time.time()
    run = Run("0f3a9c27d1b4")
    return (
        Job("j0000000000000001", run, State.WAITING, now - 600, office=SECRETS[0]),
        Job("j0000000000000002", run, State.WAITING, now - 60, office=SECRETS[1], backlog=True),
        Job("j0000000000000003", run, State.FAILED, now, failure=Failure(SECRETS[0], SECRETS[1], 13)),
        Job("j0000000000000004", Release("0f3a9c27d1b4"), State.DONE, now),
    )


def test_figures_are_those_of_what_is_kept(
    settings: Settings, job: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    review.accept_proposed(job, "Reviewer")
    Outbox(settings.data).note({}, (), [Message("meeting.released", "released")], ["http://127.0.0.1/"])
    hour_ago = datetime.datetime.now().astimezone() - datetime.timedelta(hours=1)
    monkeypatch.setattr(backups, "moment", hour_ago.isoformat)
    backups.note(settings.data, "0" * 64, 1, meetings=1, people=True)
    leases = ((20.5, ("meetings", "cpu")), (9.5, ("gpu", "cpu")), (-3.0, ("gpu",)))
    found = figures(Metrics(settings, jobs, more=(lambda: metrics.of_a_worker(leases, 3),)))
    assert found["zhuzi_meetings{state=approved}"] == 1
    assert found["zhuzi_meetings_unseen"] == 0
    assert found["zhuzi_jobs{kind=run,state=waiting}"] == 2
    assert found["zhuzi_jobs{kind=release,state=done}"] == 1
    assert found["zhuzi_jobs{kind=release,state=running}"] == 0
    assert found["zhuzi_jobs_waiting{backlog=yes}"] == found["zhuzi_jobs_waiting{backlog=no}"] == 1
    assert found["zhuzi_offices_waiting"] == 2
    assert 600 <= found["zhuzi_job_oldest_waiting_seconds"] < 660
    assert found["zhuzi_job_failures{exit_code=13}"] == 1
    assert found["zhuzi_stage_seconds_count{stage=transcribe}"] == 1
    assert found["zhuzi_stage_seconds_bucket{le=+Inf,stage=transcribe}"] == 1
    assert found["zhuzi_stage_repeats{stage=transcribe}"] == 0
    assert found["zhuzi_sound_seconds"] == pytest.approx(9, abs=0.1)
    assert found["zhuzi_realtime_factor"] > 0
    assert found["zhuzi_webhook_messages{state=waiting}"] == 1
    assert found["zhuzi_disk_free_bytes"] > 0
    assert 3600 <= found["zhuzi_backup_age_seconds"] < 3660
    assert [found[f"zhuzi_leases{{queue={queue}}}"] for queue in ("meetings", "gpu", "cpu")] == [1, 1, 2]
    assert found["zhuzi_leases_ended"] == 1
    assert found["zhuzi_lease_left_seconds"] == 9.5
    assert found["zhuzi_stages_put_aside_total"] == 3
    assert found["zhuzi_unreadable"] == 0


def test_no_name_no_title_no_office_and_no_id_is_among_them(settings: Settings, job: MeetingFolder) -> None:
    text = Metrics(settings, jobs).text().decode()
    secrets = (
        *SECRETS,
        MEETING.split('"')[1],
        job.id,
        "0f3a9c27d1b4",
        "j0000000000000001",
        str(settings.data),
    )
    assert not [one for one in secrets if one in text]


def test_what_cannot_be_read_hides_nothing_else(settings: Settings, job: MeetingFolder) -> None:
    def broken() -> tuple[Job, ...]:
        raise StorageError("The jobs cannot be read.", "Try again.")

    found = figures(Metrics(settings, broken))
    assert found["zhuzi_unreadable"] == 1
    assert found["zhuzi_meetings{state=awaiting review}"] == 1
    assert not [name for name in found if name.startswith("zhuzi_jobs")]


def test_a_record_of_backups_that_was_changed_is_none_and_hides_nothing_else(
    settings: Settings, job: MeetingFolder
) -> None:
    backups.note(settings.data, "0" * 64, 1, meetings=1, people=True)
    path = backups.path_of(settings.data)
    path.write_text(path.read_text().replace("0" * 64, "1" * 64))
    found = figures(Metrics(settings, jobs))
    assert "zhuzi_backup_age_seconds" not in found
    assert found["zhuzi_unreadable"] == 1
    assert found["zhuzi_disk_free_bytes"] > 0


def test_a_damaged_meeting_is_counted_as_such(settings: Settings, job: MeetingFolder) -> None:
    (job.root / "manifest.json").write_text("{")
    assert figures(Metrics(settings, jobs))["zhuzi_meetings{state=damaged}"] == 1


def test_a_thousand_meetings_are_not_looked_at_again_when_somebody_asks_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(folder: MeetingFolder) -> dict[str, object]:
        looked.append(folder.id)
        return {"id": folder.id, "state": "released", "stages": {}}

    for number in range(1000):
        (settings.data / "meetings" / f"{number:012x}").mkdir(parents=True)
    glances = Glances(look)
    made = Metrics(settings, jobs, glances)
    while figures(made)["zhuzi_meetings_unseen"]:
        glances._last = None
    assert len(set(looked)) == 1000
    looked.clear()
    (settings.data / "meetings" / f"{7:012x}" / "meeting.toml").write_text("")
    assert figures(made)["zhuzi_meetings{state=released}"] == 1000
    assert not looked, "what was seen a moment ago is good enough"
    monkeypatch.setattr(metrics, "_FRESH_S", -1.0)
    figures(made)
    assert looked == [f"{7:012x}"]


def test_a_scraper_on_this_machine_is_answered(settings: Settings, job: MeetingFolder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StorageError):
            Metrics(settings, jobs).serve(port)
    end = Metrics(settings, jobs).serve(port)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            assert b"zhuzi_meetings" in answer.read()
        others = [one[4][0] for one in socket.getaddrinfo(socket.gethostname(), port)]
        for address in {a for a in others if not str(a).startswith("127.") and a != "::1"}:
            with pytest.raises(OSError), socket.create_connection((str(address), port), 2):  # noqa: PT011 - whatever it is
                pass
    finally:
        end()


def test_the_command_writes_them_into_a_file(
    zhuzi: Callable[..., object], job: MeetingFolder, tmp_path: Path
) -> None:
    path = tmp_path / "zhuzi.prom"
    done = zhuzi("metrics", "--output", path, "--json")
    assert done.exit_code == 0, done.output  # type: ignore[attr-defined]  # click's Result
    assert 'zhuzi_meetings{state="awaiting review"} 1.0' in path.read_text()
    assert json.loads(done.output)["output"] == str(path)  # type: ignore[attr-defined]  # as above


def test_each_check_says_what_it_is_about(settings: Settings, job: MeetingFolder) -> None:
    found = health.ready(settings, another=lambda: True)
    assert found == {
        "data": True,
        "disk": True,
        "register": True,
        "models": False,
        "jobs": True,
        "worker": False,
        "another": True,
    }


def test_a_register_without_its_key_is_not_ready(
    settings: Settings, job: MeetingFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = (settings.data.parent / "data-register" / "log.jsonl").read_bytes()
    assert health.ready(settings)["register"]
    assert (settings.data.parent / "data-register" / "log.jsonl").read_bytes() == log, "nothing was read"
    shutil.move(settings.data.parent / "data-register", tmp_path / "away")
    assert not health.ready(settings)["register"]


def test_a_worker_in_another_process_is_seen_until_it_is_killed(settings: Settings) -> None:
    place = settings.data / "work"
    place.mkdir(parents=True)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, 2); print(flush=True); sys.stdin.read()",
            str(place / "worker.lock"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    assert health.worker_alive(settings.data)
    holder.kill()
    holder.communicate()
    assert not health.worker_alive(settings.data)


def test_a_damaged_database_of_jobs_is_not_ready(settings: Settings) -> None:
    settings.data.mkdir()
    (settings.data / "jobs.sqlite").write_bytes(b"no database" * 1000)
    assert not health.ready(settings)["jobs"]


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_a_server_of_jobs_is_asked_whether_it_answers(settings: Settings) -> None:
    settings.data.mkdir()
    with postgres() as server:
        shared = replace(settings, jobs=server.url)
        assert health.ready(shared)["jobs"]
        server.stop()
        assert not health.ready(shared)["jobs"]


def test_the_room_says_that_it_lives_and_what_it_lacks_to_anybody(
    browser: Callable[[], Browser], settings: Settings
) -> None:
    one = browser()
    assert one.get("/healthz").json() == {"ok": True}
    answer = one.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["models"] is False
    assert set(answer.json()["checks"].values()) <= {True, False}
    assert str(settings.data) not in answer.text


def test_a_full_disk_is_not_ready(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.data.mkdir()
    usage = shutil.disk_usage(settings.data)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=health.LEAST_BYTES - 1))
    assert not health.ready(settings)["disk"]


def test_a_data_directory_that_went_away_is_not_ready(settings: Settings) -> None:
    gone = replace(settings)
    found = health.ready(gone)
    assert not found["data"]
    assert not found["disk"]
