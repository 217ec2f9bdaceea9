"""Child processes that do one task after another and keep their models; they die with the worker, however it dies."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from subprocess import Popen
from typing import Any

from pipeline import aside
from pipeline.settings import Settings
from pipeline.work_child import task_of
from speakers.error import StageError, ZhuziError

_IDLE_S = 600
"""A lane that had nothing to do for so long gives its memory back."""

_OTHERS = 2
"""Lanes for what no model does: decoding, joining, planning."""

Heard = Callable[[Mapping[str, Any]], None]
"""Called with what a child says while it works."""


class CrashError(StageError):
    """The process that did a task died or hung; the task itself said nothing."""


class _Lane:
    """One child, or the place of one."""

    def __init__(self) -> None:
        self.child: Popen[bytes] | None = None
        self.work = ""
        self.since = time.monotonic()
        self.silent = False

    def stop(self) -> None:
        """End the child, if there is one."""
        child = self.child
        if child is not None:
            aside.stop(child)


class Lanes:
    """The children of one worker.

    Args:
        settings: in force.
        module: what the children run; tests put engines of theirs there.
        models: how many stages that need a model are done at once.
    """

    def __init__(self, settings: Settings, module: str, models: int) -> None:
        self._settings, self._module = _shared(settings, models), module
        self._free = {True: [_Lane() for _ in range(models)], False: [_Lane() for _ in range(_OTHERS)]}
        self._all = tuple(self._free[True] + self._free[False])
        self._changed = threading.Condition()
        # A child dies with the thread that started it, so one thread starts them all and lives as long as the worker.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="lanes")
        self._closed = False

    def do(self, work: str, task: Mapping[str, Any], heard: Heard, *, model: bool) -> dict[str, Any]:
        """Have a task done, once a lane is free.

        Args:
            work: what the task is called here, to be stopped by.
            task: as `pipeline.work_child` takes it.
            heard: told what the child says meanwhile.
            model: whether a model does it.

        Returns:
            What came of it.

        Raises:
            CrashError: If the child died or hung.
            ZhuziError: What the child said.
        """
        lane = self._taken(work, model=model)
        try:
            return self._done(lane, task_of(self._settings, **task), heard)
        finally:
            with self._changed:
                lane.work, lane.since = "", time.monotonic()
                self._free[model].append(lane)
                self._changed.notify_all()

    def stop(self, stops: Callable[[str], bool]) -> None:
        """End the children that do certain work."""
        with self._changed:
            found = [lane for lane in self._all if lane.work and stops(lane.work)]
        for lane in found:
            lane.stop()

    @property
    def at_work(self) -> tuple[str, ...]:
        """What is done at this moment."""
        with self._changed:
            return tuple(lane.work for lane in self._all if lane.work)

    def look_after(self) -> None:
        """End children that hang, and those that had nothing to do for long."""
        now = time.monotonic()
        with self._changed:
            hung = [x for x in self._all if x.work and now - x.since > self._settings.silence_s]
            for lane in (x for lanes in self._free.values() for x in lanes if now - x.since > _IDLE_S):
                self._let_go(lane)  # while nobody can be given it
        for lane in hung:
            lane.silent = True
            lane.stop()

    def close(self) -> None:
        """End them all; nothing is done any more."""
        self._closed = True
        for lane in self._all:
            lane.stop()

    def _taken(self, work: str, *, model: bool) -> _Lane:
        with self._changed:
            while not self._free[model]:
                self._changed.wait()
            lane = self._free[model].pop()  # the one that worked last: its models are loaded
            lane.work, lane.since, lane.silent = work, time.monotonic(), False
        return lane

    def _done(self, lane: _Lane, task: Mapping[str, Any], heard: Heard) -> dict[str, Any]:
        if lane.child is None or lane.child.poll() is not None:
            self._let_go(lane)
            start = task_of(self._settings, task="lane")
            lane.child = self._starter.submit(aside.start, start, self._module, more=True).result()
        child = lane.child
        aside.tell(child, task)
        assert child.stdout is not None  # noqa: S101 - `aside.start` asks for it
        while line := child.stdout.readline():
            lane.since = time.monotonic()
            said = aside.object_of(line)
            if "error" in said:
                raise aside.error_of(said["error"])
            if isinstance(said.get("done"), dict):  # a report has a number there
                return dict(said["done"])
            try:
                heard(said)
            except BaseException:
                self._let_go(lane)  # it is still at this task: its answer is none to the next one
                raise
        child.wait()
        if self._closed:
            threading.Event().wait()  # the worker ends at once; what comes of this task nobody may write down
        raise self._crashed(lane, child.returncode)

    def _crashed(self, lane: _Lane, code: int) -> ZhuziError:
        self._let_go(lane)
        if lane.silent:
            return CrashError(
                f"The work reported nothing for {self._settings.silence_s:.0f} s and was ended.",
                "Try again; if it happens again, the recording or the model is too much for this machine.",
            )
        ended = aside.ended(code)
        return CrashError(ended.what, ended.cure)

    def _let_go(self, lane: _Lane) -> None:
        child, lane.child = lane.child, None
        if child is not None:
            aside.let_go(child)


def _shared(settings: Settings, models: int) -> Settings:
    """The settings of children that share the processor, if nobody said how many threads each may use."""
    if models == 1 or settings.threads:
        return settings
    return replace(settings, threads=max(1, len(os.sched_getaffinity(0)) // models))


def models_at_once(settings: Settings) -> int:
    """How many stages that need a model one worker does at once, if nobody said.

    With PostgreSQL always one: a worker is started for each GPU, and all of them have the same queues.
    """
    if settings.jobs:
        return 1
    if settings.lanes:
        return settings.lanes
    cores = len(os.sched_getaffinity(0))
    return 1 if settings.device == "cuda" else max(1, cores // 4)
