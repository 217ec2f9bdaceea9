"""Cases of `bench.faults` about what lies on disks: what others left behind, a disk that is full, one that is away."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from pathlib import Path

from bench.faults_frame import Case, Outcome, Trial
from bench.queue_rig import USUAL, Rig, changed, lost
from pipeline.jobs.order import State
from pipeline.jobs.tables import Tables, file_of, url_of

_LATE_S = 400


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
        rig.until(lambda: not any(x.executor == "somebody" for x in tables.leases()), 60)
        tables.close()
        note = "half a job, no job.json, database gone and damaged, rows without a folder, a .part, a lease of nobody"
        return Outcome(6, wrong, rig.again(), note)


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
            3, lost(rig, jobs), rig.again(), "renamed for 2 s while stages write; failed jobs tried again"
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
            3, lost(rig, jobs) + unclear + len(left), rig.again(), "a stage finds no room; tried again later"
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
            return Outcome(2, lost(rig, jobs), rig.again(), "tmpfs, full for 3 s; failed jobs tried again")
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


def _no_mount() -> str:
    return "" if os.geteuid() == 0 and shutil.which("mount") else "only root may mount a small disk"


CASES: tuple[Case, ...] = (
    Case("orphans", orphans),
    Case("storage away in mid-write", storage_away),
    Case("disk full in a stage", disk_full),
    Case("disk full everywhere", disk_full_everywhere, _no_mount),
)
