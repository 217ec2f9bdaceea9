"""More cases of `bench.faults`: upgrades, poison, silence, the same file twice, and what others left behind."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import faults_release
from bench.faults_frame import Case, Outcome, Trial
from bench.queue_rig import ROOT, USUAL, Rig
from pipeline.jobs.order import Job, State
from pipeline.jobs.tables import Tables, file_of, url_of
from tests.postgres import missing, postgres

_LATE_S = 400


def changed(stages: Iterable[dict[str, Any]], stage: str, **values: Any) -> tuple[dict[str, Any], ...]:
    """The stages, one of them otherwise."""
    return tuple({**s, **values} if s["name"] == stage else s for s in stages)


NEWER: tuple[dict[str, Any], ...] = (
    {"name": "decode", "after": []},
    {"name": "hear", "model": True, "after": ["decode"]},
    {"name": "diarize", "model": True, "after": ["decode"], "version": "2"},
    {"name": "attribute", "after": ["hear", "diarize"], "version": "2"},
    {"name": "proofread", "after": ["attribute"]},
)
"""`USUAL` after an upgrade: a stage more, one renamed, two with other inputs."""


def lost(rig: Rig, jobs: Iterable[Job], stages: Iterable[dict[str, Any]] = USUAL) -> int:
    """How many jobs are not done, or lack a result that a finished meeting has."""
    names = [str(s["name"]) for s in stages]
    count = 0
    for job in jobs:
        folder = rig.folder(job)
        made = folder.manifest()["stages"]
        whole = all(made.get(n, {}).get("finished") and (folder.root / f"{n}.txt").is_file() for n in names)
        count += rig.jobs.job(job.id).state is not State.DONE or not whole
    return count


def twice(rig: Rig) -> int:
    """How many stages were brought to their end more often than once."""
    return rig.again()


def upgrade_alone(trial: Trial) -> Outcome:
    """The only worker ends in the middle of stages, and one with other code takes its place."""
    with Rig(trial.place, "", changed(USUAL, "transcribe", does="wait")) as rig:
        older = rig.start()
        jobs = [rig.submit(n) for n in range(6)]
        rig.until(lambda: any(c.stage == "transcribe" for c in rig.calls()), _LATE_S)
        older.terminate()
        older.wait()
        rig.plan(NEWER)
        rig.start()
        rig.ended(within_s=_LATE_S)
        again = _finished_again(rig)
        return Outcome(1, lost(rig, jobs, NEWER), again, "6 meetings in flight, SQLite, another plan")


def upgrade_beside(trial: Trial) -> Outcome:
    """Workers with older and newer code live at once; then the older ones end."""
    newer = trial.place / "newer.json"
    with postgres() as server, Rig(trial.place / "rig", server.url) as rig:
        older = rig.start("meetings,gpu,cpu", "older")
        jobs = [rig.submit(n) for n in range(10)]
        rig.until(lambda: bool(rig.calls("end")), _LATE_S)
        rig.plan(NEWER)
        shutil.copy(trial.place / "rig" / "plan.json", newer)
        rig.plan(USUAL)
        rig.start("gpu,cpu", "newer", plan=newer)
        rig.until(lambda: len({c.pid for c in rig.calls()}) > 3 or rig.done() > 3, _LATE_S)
        older.terminate()
        older.wait()
        rig.start("meetings,cpu", "home", plan=newer)
        rig.ended(within_s=_LATE_S)
        unfinished = sum(rig.jobs.job(j.id).state is not State.DONE for j in jobs)
        return Outcome(
            1, unfinished, _finished_again(rig), "10 meetings, both kinds alive at once, PostgreSQL"
        )


def another_version(trial: Trial) -> Outcome:
    """Code that cannot go on with work in flight: what is finished stays, the rest is planned anew."""
    with Rig(trial.place, "", changed(USUAL, "transcribe", does="wait")) as rig:
        older = rig.start(SCRIPTED_VERSION="older")
        jobs = [rig.submit(n) for n in range(6)]
        rig.until(lambda: any(c.stage == "transcribe" for c in rig.calls()), _LATE_S)
        older.kill()
        older.wait()
        rig.plan(USUAL)
        rig.start(SCRIPTED_VERSION="newer")
        rig.ended(within_s=_LATE_S)
        return Outcome(
            1, lost(rig, jobs), twice(rig), "6 meetings in flight, SQLite, APPLICATION_VERSION changed"
        )


def _finished_again(rig: Rig) -> int:
    """Stages that were brought to their end more often than their inputs changed: `decode` never does."""
    ends = Counter((c.meeting, c.stage) for c in rig.calls("end"))
    return sum(n - 1 for (_, stage), n in ends.items() if stage == "decode")


def poison(trial: Trial) -> Outcome:
    """The process of one meeting's stage dies every time."""
    with Rig(trial.place) as rig:
        bad = rig.submit(0)
        rig.plan(changed(USUAL, "transcribe", does="die", to=[bad.meeting_id]))
        good = [rig.submit(n) for n in range(1, 6)]
        rig.start()
        rig.ended(within_s=_LATE_S)
        failed = rig.jobs.job(bad.id)
        begun = sum(
            (c.what, c.meeting, c.stage) == ("begin", bad.meeting_id, "transcribe") for c in rig.calls()
        )
        clear = failed.failure is not None and "SIGSEGV" in failed.failure.what
        stopped = lost(rig, good)
        rig.plan(USUAL)
        rig.jobs.retry(bad.id)
        rig.ended(within_s=_LATE_S)
        wrong = stopped + (begun != 3) + (not clear) + lost(rig, [bad])
        return Outcome(
            begun, wrong, twice(rig), "put aside after 3, 5 others done, done after a retry by hand"
        )


def poison_worker(trial: Trial, begins: int = 4) -> Outcome:
    """A stage takes the whole worker down every time; something starts it anew."""
    with Rig(trial.place, SCRIPTED_BEGUN=str(begins)) as rig:
        bad = rig.submit(0)
        rig.plan(changed(USUAL, "transcribe", does="kill worker", to=[bad.meeting_id]))
        good = [rig.submit(n) for n in range(1, 4)]
        late, starts, worker = time.monotonic() + _LATE_S, 0, None
        while any(j.open for j in rig.jobs.jobs()) and time.monotonic() < late:
            if worker is None or worker.poll() is not None:
                worker, starts = rig.start(), starts + 1
            time.sleep(0.1)
        begun = sum(
            (c.what, c.meeting, c.stage) == ("begin", bad.meeting_id, "transcribe") for c in rig.calls()
        )
        failure = rig.jobs.job(bad.id).failure
        aside = failure is not None and "begun" in failure.what
        stopped = lost(rig, good)
        rig.plan(USUAL)
        rig.jobs.retry(bad.id)
        rig.ended(within_s=_LATE_S)
        wrong = stopped + (begun != begins) + (not aside) + lost(rig, [bad])
        note = f"put aside after {begins} begins (25 in earnest), 3 others done, done after a retry by hand"
        return Outcome(starts - 1, wrong, twice(rig), note)


def hung(trial: Trial) -> Outcome:
    """A stage says nothing any more."""
    with Rig(trial.place, ZHUZI_SILENCE="3") as rig:
        jobs = [rig.submit(n) for n in range(3)]
        rig.plan(changed(USUAL, "diarize", does="hang", to=[jobs[0].meeting_id]))
        rig.start()
        rig.until(
            lambda: any(c.stage == "diarize" and c.meeting == jobs[0].meeting_id for c in rig.calls()),
            _LATE_S,
        )
        rig.plan(USUAL)  # its process has read the plan already; the next one reads this
        rig.ended(within_s=_LATE_S)
        begun = [c for c in rig.calls("begin") if (c.meeting, c.stage) == (jobs[0].meeting_id, "diarize")]
        return Outcome(len(begun) - 1, lost(rig, jobs), twice(rig), "ended after 3 s of silence, tried again")


def same_file(trial: Trial) -> Outcome:
    """One after another, at once by two doors, while its job runs, and after it is done."""
    with Rig(trial.place, "", changed(USUAL, "transcribe", seconds=1)) as rig:
        path = rig.recording(7)
        jobs = [rig.submit(7), rig.submit(7)]
        code = (
            "import sys\nfrom pathlib import Path\nfrom pipeline.digest import sha256_of\n"
            "from pipeline.jobs.order import Run\nfrom pipeline.jobs.spool import Jobs\n"
            "from pipeline.settings import Settings\ndata, file = map(Path, sys.argv[1:])\n"
            "print(Jobs(Settings(data, data)).submit(Run(sha256_of(file)[:12]), files={'recording.wav': file}).id)\n"
        )
        command = [sys.executable, "-c", code, str(rig.data), str(path)]
        doors = [
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - the lines above
            for _ in range(2)
        ]
        rig.start()
        jobs += [rig.jobs.job(door.communicate()[0].strip()) for door in doors]
        rig.until(lambda: any(c.stage == "transcribe" for c in rig.calls()), _LATE_S)
        jobs.append(rig.submit(7))
        rig.ended(within_s=_LATE_S)
        jobs.append(rig.submit(7))
        rig.ended(within_s=_LATE_S)
        folders = len([*(rig.data / "meetings").iterdir()])
        return Outcome(
            len(jobs), lost(rig, jobs) + folders - 1, twice(rig), "one meeting, every stage done once"
        )


def orphans(trial: Trial) -> Outcome:
    """Folders half made, a database that is gone or damaged, rows without folders, leases of nobody."""
    wrong = 0
    with Rig(trial.place, "", changed(USUAL, "transcribe", does="wait")) as rig:
        (rig.data / "work" / ".new-j0000000000000000").mkdir(parents=True)
        (rig.data / "work" / "j1111111111111111").mkdir()
        jobs = [rig.submit(n) for n in range(4)]
        rig.submit(9)
        for number, happens in enumerate((_deleted, _damaged, _without_folder, _leases)):
            worker = rig.start()
            rig.until(lambda n=number: _waits(rig, n), _LATE_S)  # type: ignore[misc]  # bound at once
            children = _children(worker.pid)
            worker.kill()
            worker.wait()
            rig.until(lambda c=children: not any(Path(f"/proc/{p}").exists() for p in c), 60)  # type: ignore[misc]  # likewise
            happens(rig)
        (rig.folder(jobs[0]).root / ".transcribe.txt.0.part").write_bytes(b"half")
        rig.plan(USUAL)
        rig.start()
        gone = [j for j in rig.jobs.jobs() if j.id not in {k.id for k in jobs}]
        rig.ended(within_s=_LATE_S)
        wrong += (rig.data / "work" / ".new-j0000000000000000").exists()
        wrong += (rig.folder(jobs[0]).root / ".transcribe.txt.0.part").exists()
        wrong += len(gone) + lost(rig, jobs)
        tables = Tables(url_of(rig.settings))
        wrong += any(x.executor == "somebody" for x in tables.leases() if x.left_s < -_LATE_S)
        tables.close()
        note = "half a job, no job.json, database gone and damaged, rows without a folder, a .part, a lease of nobody"
        return Outcome(6, wrong, twice(rig), note)


def _waits(rig: Rig, times: int) -> bool:
    return len({c.pid for c in rig.calls("begin") if c.stage == "transcribe"}) > times


def _deleted(rig: Rig) -> None:
    for path in rig.data.glob("jobs.sqlite*"):
        path.unlink()


def _damaged(rig: Rig) -> None:
    for path in rig.data.glob("jobs.sqlite-*"):
        path.unlink()
    file_of(rig.data).write_bytes(b"\0" * 8192)


def _without_folder(rig: Rig) -> None:
    shutil.rmtree(rig.jobs.folder(next(j.id for j in rig.jobs.jobs() if j.meeting_id == rig.meeting(9))))


def _leases(rig: Rig) -> None:
    with sqlite3.connect(file_of(rig.data)) as c:
        c.execute("INSERT INTO zhuzi_leases VALUES ('somebody', 'n', 1, 'gpu', '')")


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(p) for path in found for p in path.read_text().split()]


def storage_away(trial: Trial) -> Outcome:
    """The data directory is not where it was, in mid-write, and comes back."""
    with Rig(trial.place, "", changed(USUAL, "transcribe", seconds=1)) as rig:
        jobs = [rig.submit(n) for n in range(4)]
        away = trial.place / "away"
        rig.start()
        for number in range(3):
            rig.until(lambda n=number: _transcribes(rig) > n, _LATE_S)  # type: ignore[misc]  # bound at once
            rig.data.rename(away)
            time.sleep(2)
            if rig.data.exists():  # somebody made it anew meanwhile; what is there must not hide what was
                shutil.rmtree(rig.data)
            away.rename(rig.data)
        _until_done(rig)
        return Outcome(
            3, lost(rig, jobs), twice(rig), "renamed for 2 s while stages write; failed jobs tried again"
        )


def _transcribes(rig: Rig) -> int:
    """How often a transcription was begun; what failed is tried again, as a person would."""
    _again(rig)
    return sum(c.stage == "transcribe" for c in rig.calls("begin"))


def disk_full(trial: Trial) -> Outcome:
    """A stage finds no room; there is some later."""
    with Rig(trial.place, "", changed(USUAL, "transcribe", does="full")) as rig:
        jobs = [rig.submit(n) for n in range(3)]
        rig.start()
        rig.ended(within_s=_LATE_S)
        clear = [rig.jobs.job(j.id).failure for j in jobs]
        unclear = sum(f is None or not f.cure for f in clear)
        rig.plan(USUAL)
        _until_done(rig)
        left = list(rig.data.rglob("*.part"))
        return Outcome(
            3, lost(rig, jobs) + unclear + len(left), twice(rig), "a stage finds no room; tried again later"
        )


def disk_full_everywhere(trial: Trial) -> Outcome:
    """A disk without a byte left: the database of jobs, the spool and the results lie on it."""
    place = trial.place / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=True)  # noqa: S603, S607 - a disk for this case
    try:
        with Rig(place, "", changed(USUAL, "transcribe", seconds=0.5)) as rig:
            jobs = [rig.submit(n) for n in range(5)]
            rig.start()
            for number in range(2):
                rig.until(lambda n=number: len(rig.calls("end")) > 2 * n, _LATE_S)  # type: ignore[misc]  # bound at once
                _fill(place / "filler")
                time.sleep(3)
                (place / "filler").unlink()
            _until_done(rig)
            return Outcome(2, lost(rig, jobs), twice(rig), "tmpfs, full for 3 s; failed jobs tried again")
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S603, S607 - as above


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        size = 1 << 16
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2


def _until_done(rig: Rig) -> None:
    """Have everything that failed tried again, as a person would, until nothing is left."""
    late = time.monotonic() + _LATE_S
    while time.monotonic() < late:
        jobs = rig.jobs.jobs()
        if jobs and all(j.state is State.DONE for j in jobs):
            return
        _again(rig)
        time.sleep(0.5)


def _again(rig: Rig) -> None:
    for job in rig.jobs.jobs():
        if job.state is State.FAILED:
            rig.jobs.retry(job.id)
    if rig.workers[-1].poll() is not None:
        rig.start()


def thousand(trial: Trial, meetings: int = 1000) -> Outcome:
    """A thousand meetings, two workers for the stages of models, one for the rest."""
    from bench.queue_rig import memory_mb
    from bench.rows import plain

    with postgres() as server, Rig(trial.place / "rig", server.url) as rig:
        with ThreadPoolExecutor(4) as several:
            jobs = [*several.map(rig.submit, range(meetings))]
        began = time.monotonic()
        home = rig.start("meetings,cpu", "home")
        for number in range(2):
            rig.start("gpu", f"gpu-{number}")
        rig.until(lambda: _all_done(rig, jobs), 60 + 3 * meetings)
        took = time.monotonic() - began
        calls = rig.calls("end")
        models = Counter(c.pid for c in calls if c.stage in {"transcribe", "diarize"})
        missing_ = meetings * len(USUAL) - len({(c.meeting, c.stage) for c in calls})
        memory = memory_mb(home.pid)
        commits = int(server.ask("SELECT xact_commit FROM pg_stat_database WHERE datname = 'zhuzi'"))
        wal = int(server.ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").split(".")[0])
        stages = meetings * len(USUAL)
        return Outcome(
            meetings,
            missing_,
            twice(rig),
            f"{len(models)} workers did {min(models.values())} and {max(models.values())} stages of models",
            also=(
                plain(
                    f"{meetings} meetings, stages a second",
                    stages / took,
                    f"{took:.0f} s for {stages} stages",
                ),
                plain(f"{meetings} meetings, memory of the home worker in MB", memory, "VmHWM"),
                plain(
                    f"{meetings} meetings, commits of PostgreSQL for a stage",
                    commits / stages,
                    "with every poll",
                ),
                plain(f"{meetings} meetings, kilobytes of its log for a stage", wal / 1000 / stages, ""),
            ),
        )


def _all_done(rig: Rig, jobs: list[Job]) -> bool:
    """Whether all are done; of older ones that are, the spool may keep nothing."""
    time.sleep(1)
    open_ = {j.id for j in rig.jobs.jobs() if j.state is not State.DONE}
    return not any(j.id in open_ for j in jobs)


def no_worker(trial: Trial) -> Outcome:
    """What is handed in while no worker is up waits, and is done once when one comes."""
    with Rig(trial.place) as rig:
        done = threading.Event()
        jobs = [rig.submit(n) for n in range(3)]
        time.sleep(1)
        waited = sum(rig.jobs.job(j.id).state is State.WAITING for j in jobs)
        done.set()
        rig.start()
        rig.ended(within_s=_LATE_S)
        return Outcome(3, lost(rig, jobs) + 3 - waited, twice(rig), "nobody lost patience")


def _no_mount() -> str:
    return "" if os.geteuid() == 0 and shutil.which("mount") else "only root may mount a small disk"


CASES: tuple[Case, ...] = (
    Case("upgrade, one worker, another plan", upgrade_alone),
    Case("upgrade, older and newer workers at once", upgrade_beside, missing),
    Case("upgrade, another application version", another_version),
    Case("poison stage", poison),
    Case("poison stage that takes the worker down", poison_worker),
    Case("hung stage", hung),
    Case("no worker up", no_worker),
    Case("same file dropped again", same_file),
    Case("orphans", orphans),
    Case("storage away in mid-write", storage_away),
    Case("disk full in a stage", disk_full),
    Case("disk full everywhere", disk_full_everywhere, _no_mount),
    *faults_release.CASES,
    Case("1,000 meetings on 2 workers", thousand, missing),
)
