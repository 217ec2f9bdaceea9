"""Progress for people: a bar in a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pipeline.stages import heard

_EVERY_S = 15


class Bars:
    """Shows `report(stage, step, completed, total)` on standard error while it is open.

    Args:
        quiet: show nothing (for `--json`).
    """

    def __init__(self, *, quiet: bool = False) -> None:
        console = Console(stderr=True)
        self._live = console.is_terminal and not quiet
        self._quiet = quiet
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._last = 0.0
        self._progress = Progress(
            TextColumn("{task.description:<28}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not self._live,
        )

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, stage: str, step: str, completed: int, total: int) -> None:
        """Take one report; see `pipeline.run.Report`."""
        if self._quiet:
            return
        stage, section, sections = heard(stage)
        where = f"{stage} ({section} of {sections})" if sections else stage
        name = where if step == stage else f"{where}: {step}"
        if self._live:
            if sections:  # one bar for all of them, which are about equally long
                completed, total = (section - 1) * total + completed, sections * total
            key = (stage, step)
            if key not in self._tasks:
                self._tasks[key] = self._progress.add_task(name, total=total or None)
            self._progress.update(
                self._tasks[key], completed=completed, total=total or None, description=name
            )
            return
        now = time.monotonic()
        key = (where, step)
        begun, ended = key not in self._tasks, bool(total) and completed >= total
        if begun or now - self._last >= _EVERY_S or (ended and self._tasks[key] == 0):
            self._tasks[key] = TaskID(int(ended))
            self._last = now
            share = f" {100 * completed // total}%" if total else ""
            print(f"  {name}{share}", file=sys.stderr, flush=True)
