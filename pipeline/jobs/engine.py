"""DBOS's one door: jobs and stages as workflows that survive whoever does them.

A job is a workflow on the queue `meetings`; each of its stages is a workflow of its own on `gpu` or `cpu`, so that
another worker may do it. What DBOS stores is ids, digests and sentences of errors, never a word of a record, never a
file's name. What is finished is known by the manifest of a meeting's folder; DBOS knows who does what.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID

APPLICATION_VERSION = "lasting-1"
"""Changed only when work in flight could not be continued by the new code."""

MEETINGS, GPU, CPU = "meetings", "gpu", "cpu"
QUEUES = (MEETINGS, GPU, CPU)

_PARENTS, _PARENTS_MANY = 4, 32
"""Jobs of one office that one worker has in hand at once, alone and among others; they only wait for their stages."""

_BUSY_S, _IDLE_S = 0.1, 1.0
"""Between two looks at a queue, while there is work and while there is none."""

_CONNECTIONS = 8
"""To a server, for each worker: whoever has many workers needs many of them."""

_REPEATS = 5
"""So often at most a stage is done again because what it is made from changed under it."""

_UNKNOWN_S, _UNKNOWN_MOST_S = 2, 64
"""How long a job waits when a worker does not know a stage of it; every time twice as long."""

_OPEN = ["ENQUEUED", "PENDING", "DELAYED"]


def _wait_s() -> float:
    """Between two looks at a stage that is waited for: the more jobs wait, the less often each of them looks."""
    return _BUSY_S * max(1.0, len(_doing) / 5)


Failure = list[Any]
"""What happened, what to do, and the exit code: as DBOS stores it."""


class Performer(Protocol):
    """Whoever does what the workflows say."""

    def begin(self, job_id: str, attempt: int) -> dict[str, Any]:
        """Begin a job: {"meeting": its id, "stages": names to do or None for a plan}, {"gone"}, or {"failure"}."""

    def plan(self, job_id: str, attempt: int, meeting_id: str, done: list[str]) -> dict[str, Any]:
        """What may be done now: {"ready": [[stage, whether a model does it]]}, or {"failure"}."""

    def stage(self, work: str, job_id: str, meeting_id: str, stage: str, *, model: bool) -> dict[str, Any]:
        """Do a stage: {"sha256"}, {"changed"} if it has to be done again, {"unknown"}, or {"failure"}."""

    def end(self, job_id: str, attempt: int, failure: Failure | None) -> None:
        """Note how a job ended."""


_performer: Performer | None = None
_busy: bool | None = None
_doing: set[str] = set()
"""Workflows that this process does at the moment: jobs, most of which wait for a stage, and stages."""
_idle: frozenset[str] = frozenset()


def _does() -> Performer:
    assert _performer is not None  # noqa: S101 - workflows run in a launched process only
    return _performer


def workflow_id(job_id: str, attempt: int) -> str:
    """What the workflow of an attempt at a job is called.

    >>> workflow_id("j0123456789abcdef", 2)
    'j0123456789abcdef.2'
    """
    return f"{job_id}.{attempt}"


def attempt_of(workflow: str) -> tuple[str, int]:
    """Which job a workflow is about, and the how manieth attempt at it.

    >>> attempt_of("j0123456789abcdef.2")
    ('j0123456789abcdef', 2)
    """
    job_id, _, attempt = workflow.partition(".")
    return job_id, int(attempt)


@contextmanager
def _at_work() -> Iterator[None]:
    """What this process does is known here for as long as it does it."""
    mine = str(DBOS.workflow_id)
    _doing.add(mine)
    try:
        yield
    finally:
        _doing.discard(mine)


def _job(job_id: str, attempt: int, priority: int) -> str:
    with _at_work():
        return _performed(job_id, attempt, priority)


def _performed(job_id: str, attempt: int, priority: int) -> str:
    begun = DBOS.run_step({"name": "begin"}, _does().begin, job_id, attempt)
    if "gone" in begun:
        return "gone"
    failure = begun.get("failure")
    if failure is None:
        failure = _stages(job_id, attempt, priority, begun["meeting"], begun["stages"])
    DBOS.run_step({"name": "end"}, _does().end, job_id, attempt, failure)
    return "failed" if failure else "done"


def _stages(
    job_id: str, attempt: int, priority: int, meeting: str, fixed: list[list[Any]] | None
) -> Failure | None:
    """Have every stage done, as many at once as may be; gives why it failed, if it did."""
    at_work: dict[str, Any] = {}
    done: list[str] = []
    again: set[str] = set()
    begun = repeats = unknown = 0
    failure: Failure | None = None
    while True:
        if failure is None:
            planned = _planned(job_id, attempt, meeting, done, fixed)
            failure = planned.get("failure")
            for stage, model in planned.get("ready", ()):
                if stage in done and stage in again:
                    continue  # other code than that which plans has done it: either result is good
                if stage not in at_work:
                    again.update({stage}.intersection(done))
                    begun += 1
                    work = f"{workflow_id(job_id, attempt)}/{begun:03d}-{stage}"
                    with SetWorkflowID(work), SetEnqueueOptions(priority=priority):
                        at_work[stage] = DBOS.enqueue_workflow(
                            GPU if model else CPU, _stage, job_id, meeting, stage, model
                        )
        if not at_work:
            return failure
        first = DBOS.wait_first(list(at_work.values()), polling_interval_sec=_wait_s())
        stage = next(name for name, handle in at_work.items() if handle.workflow_id == first.workflow_id)
        outcome = at_work.pop(stage).get_result(polling_interval_sec=_wait_s())
        if "sha256" in outcome:
            done.append(stage)
        elif (
            "unknown" in outcome
        ):  # who plans and who performs have other code: one of them is about to be replaced
            DBOS.sleep(min(_UNKNOWN_S * 2**unknown, _UNKNOWN_MOST_S))
            unknown, done = unknown + 1, []
        elif "changed" in outcome and repeats < _REPEATS:
            repeats, done = repeats + 1, []
        else:
            failure = failure or outcome.get("failure") or _CHANGES


_CHANGES: Failure = [
    "What this meeting is made from changes all the time.",
    "Let nobody change it for a while, then try again.",
    13,
]


def _planned(
    job_id: str, attempt: int, meeting: str, done: list[str], fixed: list[list[Any]] | None
) -> dict[str, Any]:
    if fixed is not None:
        return {"ready": [one for one in fixed if one[0] not in done][:1]}
    planned: dict[str, Any] = DBOS.run_step({"name": "plan"}, _does().plan, job_id, attempt, meeting, done)
    return planned


def _stage(job_id: str, meeting: str, stage: str, model: bool) -> dict[str, Any]:
    work = DBOS.workflow_id
    assert work is not None  # noqa: S101 - within a workflow

    def perform() -> dict[str, Any]:
        return _does().stage(work, job_id, meeting, stage, model=model)

    with _at_work():
        done: dict[str, Any] = DBOS.run_step({"name": "perform"}, perform)
    return done


_registered = False


def _register() -> None:
    """Give DBOS the workflows: it keeps one registry for each process, and refuses a name twice."""
    global _registered, _job, _stage  # noqa: PLW0603 - as above
    if not _registered:
        _job = DBOS.workflow(name="job", max_recovery_attempts=None)(_job)
        _stage = DBOS.workflow(name="stage", max_recovery_attempts=None)(_stage)
        _registered = True


def launch(
    url: str,
    executor: str,
    performer: Performer,
    *,
    shared: Any = None,
    queues: Iterable[str] = QUEUES,
    models: int = 1,
    connecting: Mapping[str, object] | None = None,
) -> None:
    """Begin to take work; what this executor was doing when it ended is gone on with.

    Args:
        url: of the database of jobs.
        executor: who this is; no other process may be the same at the same time.
        performer: does the work.
        shared: SQLAlchemy's engine by which the database is reached; None for one of its own.
        queues: that are listened to.
        models: how many stages that need a model are done at once.
        connecting: how a server is connected to.

    Raises:
        Exception: DBOS's or SQLAlchemy's, if the database cannot be used.
    """
    global _performer  # noqa: PLW0603 - DBOS calls functions by name
    # Nobody outside hears of a job: no collector, no conductor, whatever the environment says.
    for name in [n for n in os.environ if n.startswith(("OTEL_", "DBOS_"))]:
        del os.environ[name]
    _performer = performer
    _register()
    DBOS(
        config=DBOSConfig(
            name="zhuzi",
            system_database_url=url,
            system_database_engine=shared,
            application_version=APPLICATION_VERSION,
            executor_id=executor,
            log_level="CRITICAL",
            enable_otlp=False,
            notification_listener_polling_interval_sec=_IDLE_S,  # nobody sends anything
            sys_db_pool_size=_CONNECTIONS,
            db_engine_kwargs={"connect_args": dict(connecting or {})},
        )
    )
    listened = tuple(queues)
    DBOS.listen_queues(listened)
    DBOS.launch()
    # Offices take turns: each has places of its own, and so has what may wait.
    parents = _PARENTS if url.startswith("sqlite:") else _PARENTS_MANY
    DBOS.register_queue(MEETINGS, partition_worker_concurrency=parents, polling_interval_sec=_BUSY_S)
    DBOS.register_queue(GPU, worker_concurrency=models, polling_interval_sec=_BUSY_S)
    DBOS.register_queue(CPU, worker_concurrency=1, polling_interval_sec=_BUSY_S)


def hasten(*, busy: bool) -> None:
    """Have every worker look at the queues often, because there is work, or seldom."""
    global _busy  # noqa: PLW0603 - of this process's one engine
    if _busy is busy:
        return
    _busy = busy
    for name in QUEUES:
        queue = DBOS.retrieve_queue(name)
        if queue is not None:
            queue.set_polling_interval_sec(_BUSY_S if busy else _IDLE_S)


def close() -> None:
    """Take no more work."""
    DBOS.destroy(workflow_completion_timeout_sec=0)


def enqueue(job_id: str, attempt: int, *, office: str, priority: int) -> None:
    """Have a job done; nothing happens if it is known already.

    Args:
        job_id: the job's.
        attempt: the how manieth at it.
        office: whose turn it takes.
        priority: the smaller, the sooner.
    """
    with (
        SetWorkflowID(workflow_id(job_id, attempt)),
        SetEnqueueOptions(priority=priority, queue_partition_key=office),
    ):
        DBOS.enqueue_workflow(MEETINGS, _job, job_id, attempt, priority)


def states(ids: Iterable[str]) -> dict[str, str]:
    """What DBOS knows of workflows, by id: "ENQUEUED", "PENDING", "SUCCESS", "ERROR", "CANCELLED"."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = DBOS.list_workflows(workflow_ids=wanted, load_input=False, load_output=False)
    return {w.workflow_id: w.status for w in found}


def open_jobs() -> dict[str, int]:
    """The priority of every job that waits or is done, by workflow id."""
    found = DBOS.list_workflows(name="job", status=_OPEN, load_input=False, load_output=False)
    return {w.workflow_id: w.priority or 0 for w in found}


def cancel(ids: Iterable[str]) -> None:
    """Stop workflows and their stages."""
    if wanted := [i for i, state in states(ids).items() if state in _OPEN]:
        DBOS.cancel_workflows(wanted, cancel_children=True)


def take_over(living: Callable[[], Iterable[str]]) -> int:
    """Put what workers were doing that are not alive back into its queues.

    Args:
        living: gives the executors that live. It is asked after what is at work was looked up: a worker that begins
            meanwhile is among them, and what it takes is not.

    Returns:
        How many workflows that were.
    """
    found = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    alive = set(living())
    left: dict[str, list[str]] = {}
    for w in found:
        if w.executor_id not in alive:
            left.setdefault(w.queue_name or MEETINGS, []).append(w.workflow_id)
    for queue, ids in left.items():
        DBOS.resume_workflows(ids, queue_name=queue)
    return sum(map(len, left.values()))


def take_up(executor: str) -> int:
    """Put back what this process should be doing but is not; gives how many workflows that were.

    That happens where the end of one could not be written down, because the disk was full or the database away. What
    is not at work the first time may be about to begin; who asks should let some seconds pass in between.
    """
    global _idle  # noqa: PLW0603 - as above
    found = DBOS.list_workflows(status="PENDING", executor_id=executor, load_input=False, load_output=False)
    idle = {w.workflow_id: w.queue_name or MEETINGS for w in found if w.workflow_id not in _doing}
    left = idle.keys() & _idle
    _idle = frozenset(idle.keys() - left)
    for one in left:
        DBOS.resume_workflows([one], queue_name=idle[one])
    return len(left)


def begin_anew(versions: Callable[[], Iterable[str]]) -> int:
    """Forget jobs in hand that nobody goes on with, so that they are planned anew; what is finished stays.

    Args:
        versions: gives those of the code of workers that live; asked, as in `take_over`, after the jobs.

    Returns:
        How many jobs that were.
    """
    found = DBOS.list_workflows(name="job", status=_OPEN, load_input=False, load_output=False)
    known = set(versions())
    stale = [w.workflow_id for w in found if w.app_version not in known]
    if stale:
        DBOS.delete_workflows(stale, delete_children=True)
    return len(stale)


def _of_sqlite(error: BaseException) -> str:
    """What SQLite calls an error, or one that caused it; empty where SQLite did not say it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, sqlite3.DatabaseError):
            return getattr(cause, "sqlite_errorname", type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return ""


def damaged(error: BaseException) -> bool:
    """Whether an error says that a database file is none, or is damaged."""
    return _of_sqlite(error) in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}


def reason(error: BaseException) -> str:
    """What kind of trouble with the database an error is, without its message, which may hold an address."""
    return _of_sqlite(error) or type(error).__name__
