"""`zhuzi watch`: looks at an inbox until it is told to stop, or once; with somebody who does the jobs beside it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from pipeline.inbox.events import Event, Happened
from pipeline.inbox.place import Inbox
from pipeline.inbox.watch import How, Watch
from pipeline.jobs.performing import performed
from pipeline.jobs.spool import Jobs
from pipeline.outside.lasting import lasting
from pipeline.settings import Settings

STOPPED = 130
"""Exit code of a command that somebody stopped."""

_GRACE_S = 3.0
"""A share that does not answer holds up the end no longer."""


def run(
    settings: Settings,
    path: Path,
    how: How,
    tell: Callable[[Event], None],
    *,
    once: bool = False,
    metrics_port: int | None = None,
) -> int:
    """Watch an inbox.

    Args:
        settings: in force.
        path: of the inbox.
        how: it is watched.
        tell: told what happens.
        once: whether to look once, and wait until every job of this inbox has ended.
        metrics_port: where a scraper on this machine is answered; None for nowhere.

    Returns:
        Exit code: 0, that of the first failure with `once`, or that of being stopped.

    Raises:
        NotFoundError: If it is no folder.
        BusyError: If another watcher is at it.
        StorageError: If it is not apart from the data, or cannot be written; or nothing can listen at that port.
    """
    inbox, jobs, stop = Inbox(path, settings), Jobs(settings), threading.Event()
    pause_s = min(max(how.settle_s / 2, 0.2), 5.0)
    telling = lasting(settings, "watch", metrics_port=metrics_port)
    with inbox.alone(), _told_to_stop(stop), telling, performed(settings):
        watch = Watch(inbox, jobs, settings, how, tell)
        tell(Event(Happened.WATCHING))
        if once:
            _once(watch, stop, pause_s, how.settle_s)
        else:
            while not stop.is_set():
                watch.look()
                stop.wait(pause_s)
        if stop.is_set():
            tell(Event(Happened.STOPPED))
    return STOPPED if stop.is_set() else watch.worst


def _once(watch: Watch, stop: threading.Event, pause_s: float, settle_s: float) -> None:
    """Take what is there now, as far as it is complete, and wait until it is done."""
    there = watch.look()
    latest = (
        time.monotonic() + 3 * settle_s + 3 * pause_s
    )  # what is still written then is left for the next time
    while not stop.is_set():
        stop.wait(pause_s)
        left = watch.look(among=there) & there
        if not watch.busy() and (not left or time.monotonic() > latest):
            return


@contextmanager
def _told_to_stop(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM end it in good order, and at once where that takes too long or somebody insists."""

    def asked(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(STOPPED)
        stop.set()
        late = threading.Timer(_GRACE_S, os._exit, [STOPPED])
        late.daemon = True
        late.start()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
