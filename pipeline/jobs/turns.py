"""Whose turn it is: people before backlog, and offices one after the other however much each has handed in.

A job's priority is a number, the smaller the sooner; all its stages have it. Within what people wait for, and within
backlog, each office's jobs are numbered from where the queue stands: the first of an office that comes late gets the
number of those whose turn is now, and not one behind everything that others handed in before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pipeline.jobs.order import Job, State

_BAND = 1 << 24
"""Numbers of what people wait for; those of backlog come after."""


def place(job: Job) -> str:
    """Among whom a job waits for being begun: those of its office, backlog apart."""
    return f"{'backlog' if job.backlog else 'people'}:{job.office}"


def first(jobs: Iterable[Job]) -> list[Job]:
    """Of the jobs that wait or are done, the first of every meeting: the others have to wait for it."""
    oldest: dict[str, Job] = {}
    for job in sorted((j for j in jobs if j.open), key=lambda j: (j.state is State.WAITING, j.at, j.id)):
        oldest.setdefault(job.meeting_id, job)
    return list(oldest.values())


def given(
    waiting: Iterable[Job], open_jobs: Mapping[str, int], known: Mapping[str, Job]
) -> Iterator[tuple[Job, int]]:
    """Jobs that are new, each with its priority.

    Args:
        waiting: in the order in which they came.
        open_jobs: the priority of every job that waits or is done, by its id and attempt.
        known: every job, by its id.
    """
    newest: dict[str, int] = {}
    turn: dict[bool, int] = {}
    for one, priority in open_jobs.items():
        job = known.get(one.partition(".")[0])
        if job is not None:
            newest[place(job)] = max(priority, newest.get(place(job), 0))
            turn[job.backlog] = min(priority, turn.get(job.backlog, priority))
    for job in waiting:
        first = turn.get(job.backlog, 1 + _BAND * job.backlog)
        mine = max(first, newest.get(place(job), first - 1) + 1)
        newest[place(job)] = mine
        yield job, mine
