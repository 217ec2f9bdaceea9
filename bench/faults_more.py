"""More cases of `bench.faults`: upgrades, poison, silence, the same file twice, and what others left behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import faults_release, faults_storage
from bench.faults_frame import Case, Outcome, Trial
from bench.queue_rig import ROOT, USUAL, Rig, changed, lost
from pipeline.jobs.order import Job, State
from tests.postgres import missing, postgres

_LATE_S = 400


NEWER: tuple[dict[str, Any], ...] = (
    {"name": "decode", "after": []},
    {"name": "hear", "model": True, "after": ["decode"]},
    {"name": "diarize", "model": True, "after": ["decode"], "version": "2"},
    {"name": "attribute", "after": ["hear", "diarize"], "version": "2"},
    {"name": "proofread", "after": ["attribute"]},
)
"""`USUAL` after an upgrade: a stage more, one renamed, two with other inputs."""


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
            1, lost(rig, jobs), rig.again(), "6 meetings in flight, SQLite, APPLICATION_VERSION changed"
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
            begun, wrong, rig.again(), "put aside after 3, 5 others done, done after a retry by hand"
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
        return Outcome(starts - 1, wrong, rig.again(), note)


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
        return Outcome(
            len(begun) - 1, lost(rig, jobs), rig.again(), "ended after 3 s of silence, tried again"
        )


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
            len(jobs), lost(rig, jobs) + folders - 1, rig.again(), "one meeting, every stage done once"
        )


def thousand(trial: Trial, meetings: int = 1000) -> Outcome:
    """A thousand meetings, two workers for the stages of models, one for the rest."""
    from bench.queue_rig import memory_mb
    from bench.rows import plain

    with postgres() as server, Rig(trial.place / "rig", server.url) as rig:
        with ThreadPoolExecutor(4) as several:
            jobs = [*several.map(rig.submit, range(meetings))]
        began = time.monotonic()
        for number in range(2):  # before there is work: with little of it the first would do it all
            rig.start("gpu", f"gpu-{number}")
        home = rig.start("meetings,cpu", "home")
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
            rig.again(),
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
        return Outcome(3, lost(rig, jobs) + 3 - waited, rig.again(), "nobody lost patience")


CASES: tuple[Case, ...] = (
    Case("upgrade, one worker, another plan", upgrade_alone),
    Case("upgrade, older and newer workers at once", upgrade_beside, missing),
    Case("upgrade, another application version", another_version),
    Case("poison stage", poison),
    Case("poison stage that takes the worker down", poison_worker),
    Case("hung stage", hung),
    Case("no worker up", no_worker),
    Case("same file dropped again", same_file),
    *faults_storage.CASES,
    *faults_release.CASES,
    Case("1,000 meetings on 2 workers", thousand, missing),
)
