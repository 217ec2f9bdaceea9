"""How long a backlog takes on so many GPUs, what it costs, and what is slowest: `python -m bench.capacity [--json]`.

Arithmetic on measured and published figures, each with its source; nothing is timed here. Any of them can be given
another value: `python -m bench.capacity --set transcribing=20 --set price=0.8`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any


def _said(default: float, says: str) -> Any:
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True)
class Inputs:
    """What the plan is made from; `docs/capacity.md` has the table."""

    hours: float = _said(10_000, "hours of recordings; given")
    length: float = _said(2, "hours of one meeting; assumed")
    transcribing: float = _said(
        45.9,
        "hours that a GPU hears in one; published: 13 minutes in 17 s, faster-whisper large-v2, batches of 8, fp16, "
        "RTX 3070 Ti (its README)",
    )
    heard_twice: float = _said(
        1.0, "times as much work for our audit and second readings; assumed: not measured on a GPU"
    )
    diarizing: float = _said(
        83.3,
        "hours in which a worker tells voices apart in one; measured: .012 of the length on one core; on a GPU not "
        "measured, so this is the most it takes",
    )
    cores: float = _said(8, "cores beside each GPU; assumed")
    other: float = _said(
        0.02, "hours of a core for other stages of one hour; measured: .009 for decoding AAC, .011 assumed"
    )
    megabytes: float = _said(
        460.8, "MB through the store for an hour: 115.2 of sound three times, 115.2 for the original"
    )
    store: float = _said(100, "MB a second that the store carries; assumed: one network of 1 Gbit/s")
    stages: float = _said(4, "stages of a meeting; as they are without further microphones")
    commits: float = _said(
        107, "commits of PostgreSQL for a stage, polling included; measured: 1,000 meetings"
    )
    server: float = _said(
        1_000, "commits a second that PostgreSQL does; assumed: a small server that waits for its disk"
    )
    overhead: float = _said(0.24, "seconds of the engine for a stage; measured: bench.throughput")
    efficiency: float = _said(0.9, "of what more workers bring; the goal that bench.throughput holds")
    reviewing: float = _said(1.5, "hours of a person for an hour of recording; assumed: nobody has timed it")
    year: float = _said(1_600, "hours that a person works in a year; assumed")
    reviewers: float = _said(4, "people who review; assumed")
    price: float = _said(
        0.8, "of a GPU for an hour, in any currency; assumed, example range 0.4 to 3.5 US dollars"
    )
    used: float = _said(0.9, "of the hours that are paid for; assumed")


@dataclass(frozen=True)
class Plan:
    """What comes of it on so many GPUs.

    Attributes:
        gpus: how many, one worker each.
        days: until all is transcribed, day and night.
        cost: of the GPUs, in the currency of the price.
        slowest: what machines wait for.
        shares: how much of the time each part is busy; the slowest is 1.
        review_days: until all is reviewed, at so many working hours as a year has.
        keeping: reviewers who would keep pace with the machines.
    """

    gpus: int
    days: float
    cost: float
    slowest: str
    shares: dict[str, float]
    review_days: float
    keeping: float


def plan(given: Inputs, gpus: int) -> Plan:
    """The plan for so many GPUs.

    Args:
        given: what is measured, published and assumed.
        gpus: how many.
    """
    meetings = given.hours / given.length
    stages = meetings * given.stages
    # Hours that each part needs if nothing else holds it up.
    workers = gpus * (given.efficiency if gpus > 1 else 1)
    hearing, telling = given.hours * given.heard_twice / given.transcribing, given.hours / given.diarizing
    gpu = f"GPUs ({'transcription' if hearing > telling else 'diarization'})"
    needs = {
        gpu: (hearing + telling + stages * given.overhead / 3600) / workers,
        "processor cores": given.hours * (1 / given.diarizing + given.other) / (gpus * given.cores),
        "store": given.hours * given.megabytes / given.store / 3600,
        "PostgreSQL": stages * given.commits / given.server / 3600,
    }
    slowest = max(needs, key=lambda name: needs[name])
    took = needs[slowest]
    review = given.hours * given.reviewing
    return Plan(
        gpus,
        took / 24,
        gpus * took / given.used * given.price,
        slowest,
        {name: hours / took for name, hours in needs.items()},
        review / given.reviewers / given.year * 365,
        review / given.year / (took / 24 / 365),
    )


def with_values(given: Inputs, values: Iterable[str]) -> Inputs:
    """The inputs with some of another value.

    >>> with_values(Inputs(), ["price=2"]).price
    2.0

    Raises:
        ValueError: For a name that there is not, or a value that is no number above 0.
    """
    known = {f.name for f in fields(Inputs)}
    for name, _, value in (one.partition("=") for one in values):
        if name not in known:
            raise ValueError(f"There is no {name}; there are {', '.join(sorted(known))}.")
        if not float(value) > 0:
            raise ValueError(f"{name} has to be above 0.")
        given = replace(given, **{name: float(value)})
    return given


def table(given: Inputs, counts: Iterable[int]) -> str:
    """The plans as lines of a table that documents can hold."""
    lines = [
        "| GPUs | days | price of GPUs | slowest | GPUs busy | cores | store | PostgreSQL | reviewers to keep pace |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in (plan(given, n) for n in counts):
        busy = " | ".join(f"{share:.1%}" for share in one.shares.values())
        lines.append(
            f"| {one.gpus} | {one.days:.1f} | {one.cost:,.0f} | {one.slowest} | {busy} | {one.keeping:,.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Print the plan."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--json", action="store_true", help="inputs and plans as an object")
    parser.add_argument(
        "--gpus", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32, 64], help="how many, several at once"
    )
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="another input")
    asked = parser.parse_args()
    try:
        given = with_values(Inputs(), asked.set)
    except ValueError as error:
        parser.error(str(error))
    if asked.json:
        plans = [asdict(plan(given, n)) for n in asked.gpus]
        print(json.dumps({"inputs": asdict(given), "plans": plans}, indent=1))
        return
    for one in fields(Inputs):
        print(f"{one.name:<14}{getattr(given, one.name):>10,.2f}  {one.metadata['says']}", file=sys.stderr)
    print(table(given, asked.gpus))
    some = plan(given, 1)
    print(f"\nReviewed by {given.reviewers:.0f} people in {some.review_days:,.0f} days.")


if __name__ == "__main__":
    main()
