"""What a case of `bench/faults.py` is, and how what came of it is written down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.rows import Row, limited, plain


@dataclass(frozen=True)
class Outcome:
    """What came of trying a case.

    Attributes:
        tried: how often the fault was caused.
        lost: jobs, recordings or decisions that were handed in and of which nothing came.
        again: finished stages that were done again.
        note: what was counted, and how.
        harmless: finished bodies that were done again because the fault came before they were written down.
        also: further figures, seconds for example.
    """

    tried: int
    lost: int
    again: int
    note: str
    harmless: int = 0
    also: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Trial:
    """What a case has to try with.

    Attributes:
        place: an empty folder of its own.
        kills: how many random kills are wanted where kills are random.
    """

    place: Path
    kills: int


@dataclass(frozen=True)
class Case:
    """One fault.

    Attributes:
        name: what happens.
        run: causes it, and counts.
        needs: gives why it cannot be tried here, empty if it can.
    """

    name: str
    run: Callable[[Trial], Outcome]
    needs: Callable[[], str] = lambda: ""


def sure(holds: bool, what: str) -> None:
    """What has to hold besides, so that the figures mean what they say.

    Raises:
        AssertionError: If it does not.
    """
    if not holds:
        raise AssertionError(what)


def tried(cases: Iterable[Case], place: Path, kills: int) -> Iterator[Row]:
    """The rows of cases, one case after the other; what cannot be tried here is open."""
    for number, case in enumerate(cases, start=1):
        if why := case.needs():
            yield limited(f"{case.name}: lost", None, 0, f"not tried: {why}")
            continue
        mine = place / f"{number:02d}"
        mine.mkdir(parents=True)
        began = time.monotonic()
        yield from rows(case.name, case.run(Trial(mine, kills)), time.monotonic() - began)


def rows(name: str, outcome: Outcome, took_s: float) -> Iterator[Row]:
    """The rows of one case.

    >>> [(r.figure, r.value, r.holds) for r in rows("kill", Outcome(3, 0, 1, "SQLite"), 2.0)]
    [('kill: tried', 3, True), ('kill: lost', 0, True), ('kill: done again', 1, False)]
    """
    yield plain(f"{name}: tried", outcome.tried, f"{outcome.note}; {took_s:.0f} s")
    yield limited(f"{name}: lost", outcome.lost, 0, "of what was handed in")
    yield limited(f"{name}: done again", outcome.again, 0, "finished stages")
    if outcome.harmless:
        yield plain(
            f"{name}: begun again", outcome.harmless, "bodies whose end was not written down yet: harmless"
        )
    yield from outcome.also
