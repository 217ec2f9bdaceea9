"""Where work waits: a folder for each job, which every door writes into and a worker takes from.

work/ID/job.json        what is to be done, and where it stands
work/ID/progress.json   how far it is, while it is done
work/ID/recording.wav   what was dropped, until a verified copy of it is in the meeting's folder
work/ID/microphone-01.wav, meeting.toml   likewise; of hidden people only their ids in the consent register

A door needs no database and no worker: what is handed in waits here until there is one.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

from pipeline.folder import write_atomically
from pipeline.jobs import order as orders
from pipeline.jobs.order import ID, Failure, Job, Order, Progress, Run, State
from pipeline.keeping import holds
from pipeline.lock import alone
from pipeline.settings import Settings
from speakers.disk import storage_error, sync
from speakers.error import KeepingError, NotFoundError, RecordError

_KEPT = 200
"""Jobs that are done of which something is kept."""


class Jobs:
    """The jobs of one data directory.

    Args:
        settings: in force.
    """

    def __init__(self, settings: Settings) -> None:
        self.place = settings.data / "work"
        self._known: dict[Path, tuple[tuple[int, int, int], Job]] = {}

    def submit(
        self,
        order: Order,
        *,
        by: int = 0,
        files: Mapping[str, Path] | None = None,
        described: bytes | None = None,
        told: tuple[str, ...] = (),
        office: str = "",
        backlog: bool = False,
    ) -> Job:
        """Have something done; the same that waits already is not done twice.

        Args:
            order: what.
            by: number of the account that asks.
            files: of a run: "recording.wav" and "microphone-01.wav" with where each lies now; they stay there too.
            described: of a run: a meeting's file as `pipeline.intake` left it.
            told: sentences for staff.
            office: whose it is; offices take turns.
            backlog: whether it may wait until nothing else does.

        Raises:
            StorageError: If the disk is full.
        """
        with self._changing():
            if not isinstance(order, Run):
                for same in self.jobs():
                    if same.open and same.order == order:
                        return same
            made = Job(
                f"j{secrets.token_hex(8)}", order, State.WAITING, time.time(), by, office, backlog, told=told
            )
            new = self.place / f".new-{made.id}"
            try:
                new.mkdir(mode=0o700)
                for name, path in (files or {}).items():
                    _bring(path, new / name)
                if described is not None:
                    write_atomically(new / "meeting.toml", described)
                write_atomically(new / "job.json", orders.serialize(made))
                new.rename(self.place / made.id)
                sync(self.place)
            except OSError as error:
                shutil.rmtree(new, ignore_errors=True)
                raise storage_error(new, error) from error
        return made

    def jobs(self) -> tuple[Job, ...]:
        """Every job that is known, newest first."""
        found = (self._read(path) for path in self.place.glob("j*/job.json"))
        return tuple(sorted((job for job in found if job), key=lambda j: (-j.at, j.id)))

    def damaged(self) -> tuple[str, ...]:
        """Ids of jobs that nobody can read any more; what was handed in with them lies in their folders."""
        return tuple(
            sorted(
                folder.name
                for folder in self.place.glob("j*")
                if folder.is_dir() and self._read(folder / "job.json") is None
            )
        )

    def job(self, job_id: str) -> Job:
        """One job.

        Raises:
            NotFoundError: If there is none of that id.
        """
        found = self._read(self.folder(job_id) / "job.json") if ID.fullmatch(job_id) else None
        if found is None:
            raise NotFoundError("There is no such job.", "See which there are: zhuzi status.")
        return found

    def retry(self, job_id: str) -> Job:
        """Do a job that failed or was cancelled again, from where it was.

        Raises:
            NotFoundError: If there is none of that id.
            RecordError: If it did not fail.
        """
        with self._changing():
            found = self.job(job_id)
            if found.state not in {State.FAILED, State.CANCELLED}:
                raise RecordError("This job did not fail.", "Look at it again.")
            return self._put(
                replace(found, state=State.WAITING, attempt=found.attempt + 1, failure=None, ended=None)
            )

    def cancel(self, job_id: str) -> Job:
        """Stop a job that waits or runs; what it finished and what was dropped stay, so it can be done again.

        Raises:
            NotFoundError: If there is none of that id.
            RecordError: If it has ended.
        """
        with self._changing():
            found = self.job(job_id)
            if not found.open:
                raise RecordError("This job has ended already.", "Look at it again.")
            return self._put(replace(found, state=State.CANCELLED, ended=time.time()))

    def discard(self, job_id: str) -> None:
        """Forget a job that ended, with what was dropped for it if no meeting has it.

        Raises:
            NotFoundError: If there is none of that id.
            RecordError: If it has not ended.
            KeepingError: If its meeting is under hold.
            LedgerError: If the holds were changed by hand.
        """
        with self._changing():
            found = self.job(job_id)
            if found.open:
                raise RecordError("This job has not ended.", "Cancel it first.")
            if found.meeting_id in holds.held(self.place.parent):
                raise KeepingError(
                    f"Meeting {found.meeting_id} is under hold, and so is what was dropped for it.",
                    "Wait until the hold is lifted: zhuzi holds.",
                )
            self._forget(job_id)

    def folder(self, job_id: str) -> Path:
        """Where a job's files are."""
        return self.place / job_id

    def begin(self, job_id: str, attempt: int) -> Job | None:
        """Note that a worker has begun a job; None if nobody wants it any more, or not this attempt at it."""
        with self._changing():
            found = self._read(self.folder(job_id) / "job.json")
            if found is None or not found.open or found.attempt != attempt:
                return None
            if found.state is State.RUNNING:
                return found
            return self._put(replace(found, state=State.RUNNING, begun=time.time(), stages=()))

    def unwanted(self, job_id: str, attempt: int) -> bool:
        """Whether nobody wants an attempt at a job any more: it was cancelled, forgotten, or asked for anew.

        What cannot be read at this moment is wanted, and so is everything while the disk is away.
        """
        try:
            found = orders.parse((self.folder(job_id) / "job.json").read_bytes())
        except FileNotFoundError:
            return (self.place / "jobs.lock").exists() and not self.folder(job_id).exists()
        except (OSError, RecordError):
            return False
        return found.state is State.CANCELLED or found.attempt != attempt

    def tell(self, job_id: str, sentence: str) -> None:
        """Add a sentence for staff."""
        with self._changing():
            found = self._read(self.folder(job_id) / "job.json")
            if found is not None and sentence not in found.told:
                self._put(replace(found, told=(*found.told, sentence)))

    def end(self, job_id: str, attempt: int, failure: Failure | None) -> None:
        """Note how a job ended, unless it was cancelled or is to be done again."""
        with self._changing():
            found = self._read(self.folder(job_id) / "job.json")
            if found is None or found.attempt != attempt:
                return
            if found.open:
                state = State.FAILED if failure else State.DONE
                found = self._put(replace(found, state=state, failure=failure, ended=time.time()))
            if found.state is State.DONE:  # it may be written down already, by a worker that was killed here
                for path in [p for p in self.folder(job_id).iterdir() if p.name != "job.json"]:
                    path.unlink()
            done = [j for j in self.jobs() if j.state is State.DONE]
            for old in sorted(done, key=lambda j: -(j.ended or 0))[_KEPT:]:
                self._forget(old.id)

    def report(self, job_id: str, stages: tuple[str, ...], progress: Progress) -> None:
        """Say how far a job is; nothing depends on it."""
        path = self.folder(job_id) / "progress.json"
        with suppress(OSError):
            half = path.with_name(f".{path.name}.part")
            half.write_text(json.dumps({"stages": stages, **asdict(progress)}), "utf-8")
            half.replace(path)

    def tidy(self) -> None:
        """Remove what a killed door left half made or half forgotten; what was to be taken is where it was."""
        with self._changing():
            for half in [*self.place.glob(".new-*"), *self.place.glob(".gone-*")]:
                shutil.rmtree(half, ignore_errors=True)

    def _read(self, path: Path) -> Job | None:
        """A job on the disk; None if it is gone or cannot be read."""
        try:
            seen = path.stat()
            stamp = (seen.st_ino, seen.st_size, seen.st_mtime_ns)
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = (stamp, orders.parse(path.read_bytes()))
                self._known[path] = known
        except (OSError, RecordError):
            self._known.pop(path, None)
            return None
        job = known[1]
        if job.id != path.parent.name:
            return None
        return _with_progress(job, path.parent) if job.state is State.RUNNING else job

    def _put(self, now: Job) -> Job:
        write_atomically(self.folder(now.id) / "job.json", orders.serialize(now))
        if now.state is not State.RUNNING:
            (self.folder(now.id) / "progress.json").unlink(missing_ok=True)
        return now

    def _forget(self, job_id: str) -> None:
        """In one step: a kill, or a report that comes late, leaves no recording without its job."""
        gone = self.place / f".gone-{job_id}"
        try:
            self.folder(job_id).rename(gone)
            sync(self.place)
        except OSError as error:
            raise storage_error(gone, error) from error
        shutil.rmtree(gone, ignore_errors=True)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Nobody else changes a job meanwhile."""
        with alone(self.place, name="jobs.lock"):
            yield


def _with_progress(job: Job, folder: Path) -> Job:
    try:
        said = json.loads((folder / "progress.json").read_bytes())
        stages = tuple(map(str, said.pop("stages")))
        return replace(job, stages=stages, progress=Progress(**said))
    except (OSError, ValueError, TypeError, KeyError):
        return job


def _bring(path: Path, target: Path) -> None:
    """Have a file's bytes under a second name, without a second copy where the disk can do that."""
    try:
        os.link(path.resolve(), target)
    except OSError:
        shutil.copyfile(path, target)
        sync(target)
