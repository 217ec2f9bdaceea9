"""Workers and their children are killed with kill -9: in every stage, before a result is known, anywhere."""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from collections.abc import Callable
from functools import partial

from bench.faults_frame import Case, Outcome, Trial
from bench.rows import Row, plain
from tests import postgres
from tests.engines.quick_child import PLAN
from tests.fleet import Fleet, fleet

_STAGES = tuple(name for name, *_ in PLAN)

CHILD = (
    *(f"{place} {stage}" for stage in _STAGES for place in ("within", "made", "named", "kept")),
    "within take",
    "made take",
)
"""Where a child is killed: in a body, before and after its result has its name, and once the manifest knows it."""

WORKER = (*CHILD, *(f"unrecorded {stage}" for stage in ("take", *_STAGES, "end")))
"""Where a worker is killed: in all these, and before the database of jobs knows what a child said."""

_WAITING = 3
"""Jobs that are open at least while workers are killed at random."""


def outcome(one: Fleet, tried: int, note: str, also: tuple[Row, ...] = ()) -> Outcome:
    """What came of what a fleet was given."""
    count = one.count()
    also = (
        (*also, plain("half files left", count.left, "by kills in the middle of writing"))
        if count.left
        else also
    )
    note = f"{count.jobs} meetings of {len(_STAGES)} stages; {'; '.join((note, *count.why))}"
    return Outcome(tried, count.lost, count.again, note, count.harmless, also)


def _draw(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same kills every time, and no secret


def _some(places: tuple[str, ...], most: int) -> tuple[str, ...]:
    return places if most >= len(places) else tuple(_draw(most).sample(places, most))


def worker_in_every_stage(trial: Trial) -> Outcome:
    """The whole worker is killed at each place; the next one has the same id."""
    places = _some(WORKER, trial.kills)
    with fleet(trial.place) as one:
        for number, place in enumerate(places):
            worker = one.worker()
            one.stop_at(place)
            one.hand_in()
            one.reached(number)
            one.kill(worker)
            one.stop_at()
        one.worker()
        one.ended()
        return outcome(one, len(places), "SQLite")


def child_in_every_stage(trial: Trial) -> Outcome:
    """The child that does a stage is killed alone at each place."""
    places = _some(CHILD, trial.kills)
    with fleet(trial.place) as one:
        one.worker()
        for place in places:
            one.stop_at(place)
            one.hand_in()
            os.kill(one.reached(one.moments()["reached"]), signal.SIGKILL)
            one.stop_at()
            one.ended()
        return outcome(one, len(places), "SQLite")


def _a_while(one: Fleet, draw: random.Random) -> None:
    """Wait for up to three moments of stages, and a little longer; not long where nothing moves."""
    moments = one.moments().total() + draw.randrange(4)
    late = time.monotonic() + 8
    while one.moments().total() < moments and time.monotonic() < late:
        time.sleep(0.01)
    time.sleep(draw.uniform(0.0, 0.5))


def at_random(trial: Trial) -> Outcome:
    """The one worker is killed again and again, at any moment of its life; every fourth time while it begins."""
    draw = _draw(trial.kills)
    with fleet(trial.place) as one:
        for number in range(trial.kills):
            one.hand_in(max(0, _WAITING - one.open))
            worker = one.worker(ready=number % 4 != 0)
            _a_while(one, draw)
            one.kill(worker)
        one.worker()
        one.ended()
        return outcome(one, trial.kills, "SQLite, one worker with the same id")


def at_random_of_several(trial: Trial) -> Outcome:
    """Of several workers one is killed again and again; whoever comes next has an id that nobody had."""
    draw = _draw(trial.kills)
    with postgres.postgres() as server, fleet(trial.place, server.url, 5) as one:
        for number in range(3):
            one.worker(f"first{number}")
        for number in range(trial.kills):
            one.hand_in(max(0, 2 * _WAITING - one.open))
            _a_while(one, draw)
            one.kill(draw.choice(one.workers))
            one.worker(f"w{number}", ready=number % 4 != 0)
        one.ended()
        return outcome(one, trial.kills, "PostgreSQL, 3 workers, a new id for each, leases of 5 s")


def _going_on(one: Fleet, worker_again: Callable[[], object], kill: Callable[[], None]) -> float:
    """Seconds from a kill within a stage until that stage is begun again."""
    one.stop_at("within transcribe")
    one.hand_in()
    one.reached(one.moments()["reached"])
    one.stop_at()
    begun = one.moments("transcribe")["begin"]
    at = time.monotonic()
    kill()
    worker_again()
    one.until(lambda: one.moments("transcribe")["begin"] > begun)
    took = time.monotonic() - at
    one.ended()
    return took


def supervised(url: str, lease_s: int, trial: Trial, *, stays: bool) -> Outcome:
    """How long a stage stands still after a kill.

    Args:
        url: of the database of jobs; empty for SQLite.
        lease_s: of its workers.
        trial: how often.
        stays: whether there is another worker that goes on, instead of the same one being begun again.
    """
    took = []
    with fleet(trial.place, url, lease_s) as one:
        times = min(trial.kills, 3)
        one.worker("same")
        for number in range(times):
            first = one.workers[0]
            if stays:
                one.worker(f"other{number}", "meetings")  # it sees to the job; the stage is the first one's
            again = partial(one.worker, f"next{number}") if stays else partial(one.worker, "same")
            took.append(_going_on(one, again, partial(one.kill, first)))
            for other in one.workers[:-1]:
                one.kill(other)
        where = "SQLite" if not url else "PostgreSQL, another id" if stays else "PostgreSQL, same id"
        how = f"median of {times}, {min(took):.1f} to {max(took):.1f}"
        row = plain(f"{where}: seconds until the stage goes on", statistics.median(took), how)
        return outcome(one, times, "killed in a stage, begun again at once", (row,))


def same_id(trial: Trial) -> Outcome:
    """SQLite under a supervisor."""
    return supervised("", 60, trial, stays=False)


def same_id_of_several(trial: Trial) -> Outcome:
    """PostgreSQL under a supervisor that begins the same worker again."""
    with postgres.postgres() as server:
        return supervised(server.url, 60, trial, stays=False)


def other_id(trial: Trial) -> Outcome:
    """PostgreSQL, another worker in the place of the one that was killed."""
    with postgres.postgres() as server:
        return supervised(server.url, _SHORT_S, trial, stays=True)


_SHORT_S = 10

CASES = (
    Case("worker killed in every stage", worker_in_every_stage),
    Case("child killed in every stage", child_in_every_stage),
    Case("random kills, SQLite", at_random),
    Case("random kills, PostgreSQL", at_random_of_several, postgres.missing),
    Case("supervised, SQLite", same_id),
    Case("supervised, PostgreSQL, same id", same_id_of_several, postgres.missing),
    Case(f"swept, PostgreSQL, other id, leases of {_SHORT_S} s", other_id, postgres.missing),
)
"""What is done with kill -9."""
