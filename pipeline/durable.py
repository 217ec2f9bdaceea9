"""DBOS's one door: stages that survive a kill, with SQLite and no server.

The port is `perform`: give it a meeting's folder and its stages, and it comes back when all of them are done, by
this process or by one that was killed before. What DBOS stores is ids and digests, never a word of a record, never
a file's name.
"""

from __future__ import annotations

import os
import sqlite3
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import log
from pipeline.folder import MeetingFolder, Stage
from speakers.error import StageError, StorageError, ZhuziError

APPLICATION_VERSION = "spine-1"
"""Changed only when work in flight could not be continued by the new code."""


@dataclass(slots=True)
class _Job:
    folder: MeetingFolder
    stages: tuple[Stage, ...]
    error: ZhuziError | None = field(default=None)


_JOBS: dict[str, _Job] = {}
"""Jobs of this process by workflow id; a workflow that is not in it is not ours to do."""


def _stage(workflow_id: str, index: int) -> str:
    job = _JOBS[workflow_id]
    stage = job.stages[index]
    try:
        return job.folder.perform(stage)
    except ZhuziError as error:
        job.error = error
    except BaseException as error:  # noqa: BLE001 - whatever an engine throws ends this stage, not the program
        log.write(job.folder.log, f"stage {stage.name}", error)
        job.error = StageError(
            f"Stage {stage.name} of meeting {job.folder.id} failed ({type(error).__name__}).",
            f"Run it again; if it fails again, report it with {job.folder.log}.",
        )
    raise RuntimeError(f"stage {index} failed with exit code {job.error.exit_code}")


def _meeting(workflow_id: str, count: int) -> list[str]:
    from dbos import DBOS

    if workflow_id not in _JOBS:
        return []
    return [DBOS.run_step({"name": f"stage-{index}"}, _stage, workflow_id, index) for index in range(count)]


_registered = False


def _register() -> None:
    global _registered  # noqa: PLW0603 - DBOS keeps one registry for each process, and refuses a name twice
    if not _registered:
        from dbos import DBOS

        global _workflow  # noqa: PLW0603 - as above
        _workflow = DBOS.workflow(name="meeting", max_recovery_attempts=None)(_meeting)
        _registered = True


_workflow = _meeting


def _workflow_id(folder: MeetingFolder, stages: tuple[Stage, ...], revision: str, jobs: Path) -> str:
    """The job to go on with, or a new one; whatever else of this meeting is still open is given up.

    What a job did before it was killed is believed only if every finished stage's result is still good: the engine
    remembers that a stage was done, and does not look at its file.
    """
    prefix = f"{folder.id}:{revision[:12]}:"
    if not jobs.exists():
        return f"{prefix}0"
    from dbos import DBOSClient

    client = DBOSClient(system_database_url=_url(jobs))
    try:
        known = client.list_workflows(workflow_id_prefix=f"{folder.id}:")
        mine = [w for w in known if w.workflow_id.startswith(prefix)]
        finished = {n for n, entry in folder.manifest()["stages"].items() if entry.get("finished")}
        intact = all(folder.done(stage) for stage in stages if stage.name in finished)
        ready = [w for w in mine if w.status == "PENDING" and w.app_version == APPLICATION_VERSION and intact]
        chosen = ready[-1].workflow_id if ready else f"{prefix}{len(mine)}"
        left = [
            w.workflow_id for w in known if w.status in {"PENDING", "ENQUEUED"} and w.workflow_id != chosen
        ]
        if left:
            client.cancel_workflows(left)
        return chosen
    finally:
        client.destroy()


def _url(jobs: Path) -> str:
    """SQLAlchemy's address of a file, whatever characters are in its path."""
    return f"sqlite:///{urllib.parse.quote(str(jobs))}"


def _foreseen(folder: MeetingFolder, jobs: Path, error: BaseException) -> ZhuziError:
    """What a failure outside every stage means for people."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, sqlite3.DatabaseError):
            reason = getattr(cause, "sqlite_errorname", type(cause).__name__)
            return StorageError(
                f"{jobs} cannot be used ({reason}).",
                "Free some disk space and allow writing there; if it is damaged, remove it: finished stages stay.",
            )
        cause = cause.__cause__ or cause.__context__
    log.write(folder.log, "all stages", error)
    return StageError(
        f"The job of meeting {folder.id} failed ({type(error).__name__}).",
        f"Run it again; if it fails again, report it with {folder.log}.",
    )


def perform(folder: MeetingFolder, stages: tuple[Stage, ...], revision: str) -> None:
    """Do every stage that is not done yet, in order, durably.

    Call it while holding the data directory (`lock.alone`). A job that a kill interrupted goes on from the stage
    it was in; a job that failed starts anew and finds its finished stages done.

    Args:
        folder: the meeting.
        stages: in order; each may depend on the ones before.
        revision: digest of what the job is about; another revision is another job.

    Raises:
        StorageError: If the database of jobs cannot be used.
        ZhuziError: What a stage raised; `StageError` for anything unforeseen.
    """
    if all(folder.done(stage) for stage in stages):
        return
    # Nobody outside hears of a job: no collector, no conductor, whatever the environment says.
    for name in [n for n in os.environ if n.startswith(("OTEL_", "DBOS_"))]:
        del os.environ[name]
    from dbos import DBOS, DBOSConfig, SetWorkflowID

    jobs = folder.root.parent.parent / "jobs.sqlite"
    _register()
    job = _Job(folder, stages)
    workflow_id = ""
    try:
        workflow_id = _workflow_id(folder, stages, revision, jobs)
        _JOBS[workflow_id] = job
        DBOS(
            config=DBOSConfig(
                name="zhuzi",
                system_database_url=_url(jobs),
                application_version=APPLICATION_VERSION,
                executor_id=folder.id,  # so that a launch takes up what was left of this meeting, and no other
                log_level="CRITICAL",
                enable_otlp=False,
                notification_listener_polling_interval_sec=0.1,  # stopping waits for one poll
            )
        )
        DBOS.launch()
        with SetWorkflowID(workflow_id):
            handle = DBOS.start_workflow(_workflow, workflow_id, len(stages))
        handle.get_result(polling_interval_sec=0.1)
    except ZhuziError:
        raise
    except Exception as error:  # noqa: BLE001 - a stage's error is told as it is, any other one without its message
        raise job.error or _foreseen(folder, jobs, error) from None
    finally:
        _JOBS.pop(workflow_id, None)
        DBOS.destroy(workflow_completion_timeout_sec=0)
