"""What the queue costs, and what more workers bring: `python -m bench.throughput [--json] [--server URL]`.

Stages are scripted: they sleep, or do nothing at all. What is left is the engine: the queue, the database of jobs, the
plan after every stage, and the talk with the children.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from bench import rows
from bench.queue_rig import USUAL, Call, Rig, fresh
from bench.rows import Row, limited, plain

_WORKERS = (1, 2, 4, 8)

_SHARE = 0.02
"""Of a 10-minute recording's time an engine may take for each stage."""

_MINUTES = 10

PROCESSING = 0.037
"""Processing time over length of the whole way, two cores, Whisper base: docs/design.md, "whole time × whisperX's"."""


def chain(count: int) -> tuple[dict[str, object], ...]:
    """Empty stages of a model, each after the one before."""
    names = [f"s{n:02d}" for n in range(count)]
    return tuple(
        {"name": name, "model": True, "after": names[:n][-1:], "seconds": 0} for n, name in enumerate(names)
    )


def gaps(calls: list[Call]) -> list[float]:
    """Seconds between the end of a stage and the begin of the next one, in every meeting.

    >>> gaps([Call("begin", "m", "a", 1, 5.0), Call("end", "m", "a", 1, 6.0), Call("begin", "m", "b", 1, 6.5)])
    [0.5]
    """
    found = []
    for meeting in dict.fromkeys(c.meeting for c in calls):
        own = [c for c in calls if c.meeting == meeting]
        found += [b.at - a.at for a, b in pairwise(own) if (a.what, b.what) == ("end", "begin")]
    return found


def rate(calls: list[Call], stages: frozenset[str]) -> float:
    """Stages a second, from when every child has ended its first one to the last end of all.

    >>> rate([Call("end", "m", "a", *one) for one in ((1, 2.0), (2, 3.0), (1, 4.0), (2, 5.0))], frozenset("a"))
    1.0
    """
    ended = [c for c in calls if c.stage in stages and c.what == "end"]
    first = {c.pid: c.at for c in reversed(ended)}
    warm = max(first.values())
    return sum(c.at > warm for c in ended) / (max(c.at for c in ended) - warm)


def overhead(place: Path, jobs: str, how: str, stages: int = 12) -> Iterator[Row]:
    """What the engine takes between two stages of a meeting, once children are warm, and at the first one."""
    processing = 60 * _MINUTES * PROCESSING
    with Rig(place, jobs, chain(stages)) as rig:
        worker = rig.start()
        cold, _ = rig.submit(0), rig.ended()
        first = min(c.at for c in rig.calls()) - rig.jobs.job(cold.id).at
        rig.submit(1)
        rig.ended()
        warm = gaps([c for c in rig.calls() if c.meeting != cold.meeting_id])
        idle = _cpu_s(worker.pid), time.monotonic()
        time.sleep(5)
        busy = (_cpu_s(worker.pid) - idle[0]) / (time.monotonic() - idle[1])
    median = statistics.median(warm)
    name = f"engine, seconds for each stage, {how}"
    yield limited(
        f"{name}, warm",
        median,
        _SHARE * processing,
        f"median of {len(warm)}, most {max(warm):.2f}; goal: 2% of the {processing:.0f} s that 10 minutes take on "
        "two cores with Whisper base",
    )
    yield limited(
        f"{name}, warm, of the recording's length",
        median / (60 * _MINUTES),
        _SHARE,
        "share of 10 minutes",
    )
    yield plain(
        f"engine, seconds until the first stage, {how}, cold",
        first,
        "from the submission; the worker runs, its children do not yet",
    )
    yield plain(f"worker without work, {how}, share of a core", busy, "over 5 s, without its children")


def scaling(server: str, place: Path, seconds: float, each: int) -> Iterator[Row]:
    """What more workers bring: as many stages for each worker, every worker one at a time."""
    stages = tuple({**s, "seconds": seconds} if s.get("model") else s for s in USUAL)
    models = frozenset(str(s["name"]) for s in stages if s.get("model"))
    alone = 0.0
    for workers in _WORKERS:
        with Rig(place / str(workers), fresh(server), stages) as rig:
            rig.start("meetings,cpu", "home")
            for number in range(workers):
                rig.start("gpu", f"gpu-{number}")
            for number in range(workers * each // len(models)):
                rig.submit(number)
            rig.ended(within_s=60 + 4 * seconds * each)
            calls, again = rig.calls(), rig.again()
        found = rate(calls, models)
        used = len({c.pid for c in calls if c.stage in models})
        alone = alone or found
        how = f"{workers * each} stages of {seconds:g} s, PostgreSQL, {used} workers had some, {again} done twice"
        yield plain(f"stages a second, {workers} workers", found, how)
        if workers > 1:
            value = found / (workers * alone)
            yield Row(f"efficiency, 1 → {workers} workers", value, "≥ 0.9", value >= 0.9, how)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--json", action="store_true", help="rows of figure, value, goal, holds, how")
    parser.add_argument(
        "--server", default="", help="postgresql://USER@HOST:PORT/NAME, where databases may be made"
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a stage sleeps")
    parser.add_argument("--each", type=int, default=12, help="stages for each worker")
    given = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="zhuzi-throughput-") as name:
        place = Path(name)
        for row in _all(place, given.server, given.seconds, given.each):
            found.append(row)
            print(rows.table_row(row, 64, 3), file=sys.stderr, flush=True)
    print(rows.show(found, as_json=given.json))


def _all(place: Path, server: str, seconds: float, each: int) -> Iterator[Row]:
    yield from overhead(place / "file", "", "SQLite")
    if server:
        yield from overhead(place / "server", fresh(server), "PostgreSQL")
        yield from scaling(server, place, seconds, each)


if __name__ == "__main__":
    main()
