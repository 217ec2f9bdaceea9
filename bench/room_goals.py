"""The limits of the room as rows: what its pages, its answers and its memory have to keep."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.room_browser import Frames, Opened, middle
from bench.rows import Row, limited, plain

USABLE_MS, FRAME_MS, SAVED_MS, MEMORY_MB = 1_000, 50, 150, 300
"""What the issue asks for: see docs/design.md, the review room."""

_CORRECT = "correct"
_CHANGES = (_CORRECT, "decide a mark")


@dataclass(frozen=True)
class Answer:
    """What the room answered to one request.

    Attributes:
        what: was asked.
        ms: it took.
        status: HTTP's; 0 if the connection broke.
        at: seconds since the epoch.
        failed: whether it is an error; a conflict that is shown is none.
    """

    what: str
    ms: float
    status: int
    at: float
    failed: bool


@dataclass(frozen=True)
class Measured:
    """All that was measured.

    Attributes:
        meeting: of what size, in words.
        reviewers: at once.
        opened: pages by name, each opened several times.
        frames: by what was done.
        empty: frames of an empty page; what the machine adds.
        alone: corrections of one reviewer, nobody else there.
        together: everything that was asked while all were there; empty if there was no load tool.
        seen: milliseconds of corrections in Chromium meanwhile, from the key to the page's word that it is saved.
        memory: megabytes of the server, by moment.
        busy: seconds of the server's processor time for a second of load; None if there was none.
        crowd: processes that wanted a processor before anything was measured, and how many processors there are.
        grew: megabytes from a quarter of the load to its end; None if there was none.
        tool: what made the load; or why there was none.
    """

    meeting: str
    reviewers: int
    opened: Mapping[str, Sequence[Opened]]
    frames: Mapping[str, Frames]
    empty: Frames
    alone: Sequence[Answer]
    together: Sequence[Answer]
    seen: Sequence[float]
    memory: Mapping[str, float]
    grew: float | None
    busy: float | None
    crowd: tuple[float, int]
    tool: str


def share(values: Sequence[float], percent: float) -> float | None:
    """The value that so many percent do not exceed; None of nothing.

    >>> share([3, 1, 2, 4], 50), share([3, 1, 2, 4], 95), share([], 50)
    (2, 4, None)
    """
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)] if values else None


def spread(values: Sequence[float]) -> str:
    """How values lie, in words."""
    if not values:
        return "none"
    parts = [
        f"{name} {share(values, percent):.0f}" for name, percent in (("p50", 50), ("p95", 95), ("p99", 99))
    ]
    return f"{', '.join(parts)}, longest {max(values):.0f}; {len(values)} of them"


def rows(measured: Measured) -> Iterator[Row]:
    """Every row."""
    yield from _opened(measured)
    yield from _frames(measured)
    yield from _saved(measured)
    yield from _load(measured)
    for moment, held in measured.memory.items():
        yield limited(f"server memory MB: {moment}", held, MEMORY_MB, f"its one process; {measured.meeting}")
    yield plain("server memory MB: growth under load", measured.grew, "from a quarter of the load to its end")
    yield plain("server, processor seconds a second of load", measured.busy, "all its threads")
    others, processors = measured.crowd
    yield plain(
        "processes of others that want a processor", others, f"load average before; {processors} processors"
    )


def _opened(measured: Measured) -> Iterator[Row]:
    for name, runs in measured.opened.items():
        times = [one.usable for one in runs]
        how = f"nothing in the cache; {len(runs)} times, {min(times):.0f} to {max(times):.0f}"
        yield limited(f"usable after ms: {name}", middle(times), USABLE_MS, how)
        if len(runs) > 1:
            yield limited(f"the slowest of these: {name}", max(times), USABLE_MS, "as above")
        keys = [one.reacts for one in runs if one.reacts is not None]
        if keys:
            yield plain(f"a key shows after ms: {name}", middle(keys), f"{min(keys):.0f} to {max(keys):.0f}")


def _frames(measured: Measured) -> Iterator[Row]:
    for name, frames in measured.frames.items():
        how = f"{spread(frames.took)}; {frames.over(FRAME_MS)} over {FRAME_MS}"
        yield limited(f"longest frame ms: {name}", frames.longest, FRAME_MS, how)
        yield plain(f"longest task, processor ms: {name}", frames.task, "the page's main thread at a stretch")
        yield plain(f"elements in the page: {name}", float(frames.nodes), "at most")
        if frames.seeks:
            yield plain(f"sound after a click, ms: {name}", middle(frames.seeks), spread(frames.seeks))
    empty = measured.empty
    how = f"{spread(empty.took)}; what this machine adds by itself"
    yield plain("longest frame ms: an empty page", empty.longest, how)


def _saved(measured: Measured) -> Iterator[Row]:
    people = f"{measured.reviewers} reviewers at once"
    for whose, answers in (("one reviewer alone", measured.alone), (people, measured.together)):
        took = [a.ms for a in answers if a.what == _CORRECT and a.status == 200]
        how = f"ms, {spread(took)}" if took else f"not measured: {measured.tool}"
        yield limited(f"correction saved, p95 ms: {whose}", share(took, 95), SAVED_MS, how)
    how = f"ms, {spread(measured.seen)}; key to the page's word, while the others work"
    yield plain("correction in Chromium, p95 ms", share(measured.seen, 95), how)


def _load(measured: Measured) -> Iterator[Row]:
    asked = measured.together
    if not asked:
        yield limited("requests that failed", None, 0, f"not measured: {measured.tool}")
        return
    seconds = max(1.0, max(a.at for a in asked) - min(a.at for a in asked))
    people = f"{measured.reviewers} reviewers for {seconds / 60:.1f} min, {measured.tool}"
    yield limited(
        "requests that failed", float(sum(a.failed for a in asked)), 0, f"of {len(asked)}; {people}"
    )
    yield plain("requests a second", len(asked) / seconds, people)
    clashes = [a for a in asked if a.status == 409 and a.what in _CHANGES]
    kinds = ", ".join(
        f"{sum(a.what == what for a in clashes)} {what}" for what in sorted({a.what for a in clashes})
    )
    yield plain("conflicts that were shown", float(len(clashes)), kinds or "none")
    for what in sorted({a.what for a in asked}):
        took = [a.ms for a in asked if a.what == what]
        yield plain(f"p95 ms: {what}", share(took, 95), spread(took))
