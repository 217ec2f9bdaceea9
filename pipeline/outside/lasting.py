"""What a program that lasts does besides its work: it writes a log, tells what changed, and answers a scraper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import metadata

from pipeline.outside import events
from pipeline.outside.metrics import Metrics, Source
from pipeline.outside.notify import Notifier
from pipeline.outside.telling import Telling
from pipeline.settings import Settings


@contextmanager
def lasting(
    settings: Settings, program: str, *, metrics_port: int | None = None, more: tuple[Source, ...] = ()
) -> Iterator[None]:
    """While this is open a program has a log, messages and figures; of several programs only one tells.

    Args:
        settings: in force.
        program: "watch" or "worker".
        metrics_port: where a scraper on this machine is answered; None for nowhere.
        more: figures that only this program knows.

    Raises:
        StorageError: If nothing can listen there.
    """
    with ExitStack() as ending:
        if metrics_port:
            ending.callback(Metrics(settings, more=more).serve(metrics_port))
        ending.enter_context(logged(settings, settings.telling, program))
        notifier = Notifier(settings)
        notifier.start()
        ending.callback(notifier.stop)
        yield


@contextmanager
def logged(settings: Settings, telling: Telling, program: str) -> Iterator[None]:
    """While this is open a program has a log: what a worker beside a door has, whose door does the rest.

    Args:
        settings: in force.
        telling: the form of the log; that of a worker beside a door is its door's.
        program: as for `lasting`.
    """
    end = events.begin(telling, settings.data, program)
    events.event(events.Event.STARTED, where=program, version=metadata.version("zhuzi"))
    try:
        yield
        events.event(events.Event.STOPPED, where=program)
    finally:
        end()
