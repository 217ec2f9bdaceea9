"""DBOS's one door: stages that survive a kill, with SQLite and no server.

The port is `perform`: give it a meeting's folder and its stages, and it comes back when all of them are done, by
this process or by one that was killed before. What DBOS stores is ids and digests, never a word of a record, never
a file's name.
"""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.folder import MeetingFolder, Stage
from speakers.error import StageError, ZhuziError

APPLICATION_VERSION = "spine-1"
"""Changed only when work in flight could not be continued by the new code."""


@dataclass(slots=True)
class _Job:
    folder: MeetingFolder
    stages: tuple[Stage, ...]
    error: ZhuziError | None = field(default=None)


_JOBS: dict[str, _Job] = {}
"""Jobs of this process by workflow id; a workflow that is not in it is not ours to do."""


def _log(folder: MeetingFolder, stage: str, error: BaseException) -> None:
    """Write where an unforeseen error came from; not its message, which may hold words of the record."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    moment = datetime.now().astimezone().isoformat(timespec="seconds")
    with folder.log.open("a", encoding="utf-8") as file:
        file.write(f"{moment} stage {stage}: {type(error).__name__}\n{frames}\n")


def _stage(workflow_id: str, index: int) -> str:
    job = _JOBS[workflow_id]
    stage = job.stages[index]
    try:
        return job.folder.perform(stage)
    except ZhuziError as error:
        job.error = error
    except Exception as error:  # noqa: BLE001 - whatever an engine throws ends this stage, not the program
        _log(job.folder, stage.name, error)
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


def perform(folder: MeetingFolder, stages: tuple[Stage, ...], revision: str) -> None:
    """Do every stage that is not done yet, in order, durably.

    Call it while holding the data directory (`folder.alone`). A job that a kill interrupted goes on from the stage
    it was in; a job that failed starts anew and finds its finished stages done.

    Args:
        folder: the meeting.
        stages: in order; each may depend on the ones before.
        revision: digest of what the job is about; another revision is another job.

    Raises:
        ZhuziError: What a stage raised; `StageError` for anything unforeseen.
    """
    if all(folder.done(stage) for stage in stages):
        return
    # Nobody outside hears of a job: no collector, no conductor, whatever the environment says.
    for name in [n for n in os.environ if n.startswith(("OTEL_", "DBOS_"))]:
        del os.environ[name]
    from dbos import DBOS, DBOSClient, DBOSConfig, SetWorkflowID

    data = folder.root.parent.parent
    url = f"sqlite:///{data / 'jobs.sqlite'}"
    _register()
    prefix = f"{folder.id}:"
    if (data / "jobs.sqlite").exists():
        client = DBOSClient(system_database_url=url)
        try:
            known = client.list_workflows(workflow_id_prefix=prefix)
            stale = [
                w.workflow_id
                for w in known
                if w.status in {"PENDING", "ENQUEUED"}
                and not w.workflow_id.startswith(f"{prefix}{revision[:12]}:")
            ]
            if stale:
                client.cancel_workflows(stale)
        finally:
            client.destroy()
    else:
        known = []
    mine = [w for w in known if w.workflow_id.startswith(f"{prefix}{revision[:12]}:")]
    pending = [w.workflow_id for w in mine if w.status == "PENDING"]
    workflow_id = pending[-1] if pending else f"{prefix}{revision[:12]}:{len(mine)}"
    job = _JOBS[workflow_id] = _Job(folder, stages)
    DBOS(
        config=DBOSConfig(
            name="zhuzi",
            system_database_url=url,
            application_version=APPLICATION_VERSION,
            executor_id=folder.id,  # so that a launch takes up what was left of this meeting, and of no other
            log_level="CRITICAL",
            enable_otlp=False,
        )
    )
    try:
        DBOS.launch()
        with SetWorkflowID(workflow_id):
            handle = DBOS.start_workflow(_workflow, workflow_id, len(stages))
        handle.get_result()
    except ZhuziError:
        raise
    except Exception as error:
        if job.error is not None:
            raise job.error from None
        _log(folder, "all", error)
        raise StageError(
            f"The job of meeting {folder.id} failed ({type(error).__name__}).",
            f"Run it again; if it fails again, report it with {folder.log}.",
        ) from error
    finally:
        del _JOBS[workflow_id]
        DBOS.destroy(workflow_completion_timeout_sec=0)
