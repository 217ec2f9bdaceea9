"""A log that tells where something unforeseen happened, and never what was said: frames, no messages."""

from __future__ import annotations

import contextlib
import traceback
from pathlib import Path

from pipeline.outside import events
from speakers.moment import moment


def write(path: Path, where: str, error: BaseException) -> None:
    """Add where an error came from; not its message, which may hold words of the record.

    A log that cannot be written is no reason to hide the error itself.

    Args:
        path: the log.
        where: the command or the stage, as words of ours.
        error: what happened.
    """
    frames = "".join(traceback.format_tb(error.__traceback__))
    with contextlib.suppress(OSError), path.open("a", encoding="utf-8") as file:
        file.write(f"{moment()} {where}: {type(error).__name__}\n{frames}\n")
    events.failed(where, error)
