"""structlog's one door: what the program does, a line for each event, and never a word of a record.

A line holds the event's name, which is one of `Event`, and values: ids, numbers, and words of the program's own.
Anything else is refused where it is written, so that nobody logs what somebody said by mistake. Of what other libraries
log only its weight and whose it is get into a line: their messages may hold anything.
"""

from __future__ import annotations

import fcntl
import logging
import logging.handlers
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from pipeline import words
from pipeline.outside.telling import Telling

MOST_BYTES = 16 << 20
"""Of one file of the log; five older ones are kept beside it."""

_KEPT = 5

_NAME = "zhuzi"

logging.getLogger(_NAME).addHandler(logging.NullHandler())  # a command that began no log prints none


class Event(StrEnum):
    """What may stand in a log."""

    STARTED = "program.started"
    STOPPED = "program.stopped"
    REQUEST = "room.request"
    MEETING = "meeting.changed"
    JOB = "job.changed"
    DELIVERED = "webhook.delivered"
    REFUSED = "webhook.refused"
    GIVEN_UP = "webhook.given-up"
    ERROR = "error"
    LIBRARY = "library"


_IDS = {
    "meeting": re.compile(r"[0-9a-f]{12}(-[0-9]{1,4})?"),
    "job": re.compile(r"j[0-9a-f]{16}"),
    "message": re.compile(r"msg_[0-9a-f]{32}"),
    "token": re.compile(r"t[0-9a-f]{8}"),
    "route": re.compile(r"(/|(/([a-z0-9._-]{1,24}|\{[a-z_]+(:[a-z]+)?\}))+)"),
    "method": re.compile(r"[A-Z]{3,7}"),
    "type": re.compile(r"(meeting|job|webhook)\.[a-z_]{1,24}"),
    "kind": re.compile(r"_{0,2}[A-Za-z]{0,50}(Error|Exception|Interrupt|Exit|Warning|Group)"),
    "frames": re.compile(r"([a-z_]{1,40}\.py:[0-9]{1,6} ?){0,6}"),
    "version": re.compile(r"[0-9]+(\.[0-9a-z]+){0,4}"),
}
"""Fields with a form of their own; every other text has to be a word of the program."""


@cache
def _words() -> frozenset[str]:
    table = words.table()
    stages = frozenset(table["stage"])
    return frozenset(
        (
            *table["state"],
            *table["job"],
            *stages,
            *(f"interrupted in {stage}" for stage in stages),
            *(f"stage {stage}" for stage in stages),
            *("all stages", "command", "glance", "look", "notify", "room", "run", "sheet", "thread", "work"),
            *("serve", "watch", "worker", "elsewhere", "gone"),
            *("take", "plan", "begun", "put aside", "crashed"),
            *sorted(_LIBRARIES),
        )
    )


_LIBRARIES = frozenset(
    [
        "asyncio",
        "authlib",
        "concurrent",
        "dbos",
        "faster_whisper",
        "httpcore2",
        "httpx2",
        "jieba",
        "lightning",
        "other",
        "py",
        "pyannote",
        "root",
        "sqlalchemy",
        "starlette",
        "torch",
        "urllib3",
        "uvicorn",
    ]
)
"""Whose lines are named by their library; all others are "other"."""


def event(name: Event, *, level: int = logging.INFO, **fields: object) -> None:
    """Write a line.

    Args:
        name: what happened.
        level: its weight, as `logging` has it.
        fields: ids, numbers, and words of the program's own.

    Raises:
        TypeError: If a value is none of these: it may be somebody's words.
    """
    for field, value in fields.items():
        _refuse(field, value)
    _logger().log(level, Event(name).value, **fields)


def failed(where: str, error: BaseException) -> None:
    """Write that something unforeseen happened: where and of which kind, not its message.

    Args:
        where: the command or the stage, as words of ours.
        error: what happened.
    """
    kind = type(error).__name__
    event(
        Event.ERROR,
        level=logging.ERROR,
        where=where if where in _words() else "elsewhere",
        kind=kind if _IDS["kind"].fullmatch(kind) else "Exception",
        frames=" ".join(_frames(error.__traceback__)),
    )


def _frames(trace: TracebackType | None) -> list[str]:
    """The last places that an error came through, of files whose names are plain."""
    found = []
    while trace is not None:
        found.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return [one for one in found if _IDS["frames"].fullmatch(one)][-6:]


def _refuse(field: str, value: object) -> None:
    if value is None or isinstance(value, bool | int | float):
        return
    form = _IDS.get(field)
    text = str(value) if isinstance(value, str) else ""
    if text and (form.fullmatch(text) if form else text in _words()):
        return
    if field == "frames" and value == "":
        return
    raise TypeError(f"{field} is no id, no number and no word of the program")  # never the value itself


def is_id(field: str, text: str) -> bool:
    """Whether a text has the form of a field's ids."""
    return _IDS[field].fullmatch(text) is not None


def is_word(text: str) -> bool:
    """Whether it is one of the program's own words."""
    return text in _words()


@cache
def _logger() -> structlog.stdlib.BoundLogger:
    made: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger(_NAME),
        wrapper_class=structlog.stdlib.BoundLogger,
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
    )
    return made


def begin(telling: Telling, data: Path, program: str) -> Callable[[], None]:
    """Have everything that is logged from now on in this process go one way.

    Args:
        telling: the form, and the least that is logged.
        data: the data directory, in whose `log/` the lines go unless the settings name a form.
        program: "serve", "watch" or "worker"; the file is called so.

    Returns:
        What ends it; nothing is logged then.
    """
    handler = _handler(telling, data, program)
    handler.setFormatter(_formatter(telling.log or "json"))
    handler.addFilter(_ours_or_grave)
    level = getattr(logging, telling.level.upper())
    for logger in _loggers():
        logger.handlers, logger.propagate, logger.disabled = [], True, False
    for name in ("dbos", "uvicorn"):  # they put handlers of their own unless there is one
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [handler], False
    logging.getLogger(_NAME).setLevel(level)
    logging.root.handlers = [handler]
    logging.root.setLevel(max(level, logging.INFO))
    logging.captureWarnings(capture=True)
    threading.excepthook = _of_a_thread

    def end() -> None:
        logging.captureWarnings(capture=False)
        threading.excepthook = threading.__excepthook__
        for logger in (logging.root, *_loggers()):
            if handler in logger.handlers:
                logger.removeHandler(handler)
        logging.getLogger(_NAME).addHandler(logging.NullHandler())
        handler.close()

    return end


def _handler(telling: Telling, data: Path, program: str) -> logging.Handler:
    if telling.log:
        return logging.StreamHandler(sys.stderr)
    place = data / "log"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _Shared(place / f"{program}.log", maxBytes=MOST_BYTES, backupCount=_KEPT, encoding="utf-8")
    except OSError:  # a full disk is no reason not to work
        return logging.StreamHandler(sys.stderr)


def _loggers() -> Iterator[logging.Logger]:
    known = logging.root.manager.loggerDict.values()
    yield from (one for one in list(known) if isinstance(one, logging.Logger))


def _ours_or_grave(record: logging.LogRecord) -> bool:
    """Of other libraries only warnings are worth a line."""
    return record.name == _NAME or record.levelno >= logging.WARNING


def _formatter(form: str) -> logging.Formatter:
    first = ("at", "level", "event")
    shown: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.processors.LogfmtRenderer(key_order=first)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_foreign],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown],
    )


def _foreign(_: logging.Logger, __: str, values: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What of another library's line gets into ours: nothing that it says."""
    record: logging.LogRecord = values["_record"]
    library = record.name.partition(".")[0]
    found: dict[str, Any] = {
        "event": Event.LIBRARY.value,
        "library": library if library in _LIBRARIES else "other",
        "level": record.levelname.lower() if record.levelname.isalpha() else "warning",
    }
    error = record.exc_info[0] if record.exc_info else None
    if error is not None and _IDS["kind"].fullmatch(error.__name__):
        found["kind"] = error.__name__
    record.exc_info = record.exc_text = record.stack_info = None
    timed = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")(None, "", found)
    return {**timed, "_record": record, "_from_structlog": False}


def _of_a_thread(ended: threading.ExceptHookArgs) -> None:
    """In place of the traceback that Python prints, whose last line may hold words."""
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        failed("thread", ended.exc_value)


class _Shared(logging.handlers.RotatingFileHandler):
    """A file that several processes write, and whichever finds it too long puts away."""

    def _open(self) -> Any:
        path = Path(self.baseFilename)
        path.touch(mode=0o600)
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        """Write to the file that has the name now."""
        try:
            there = Path(self.baseFilename).stat().st_ino
            moved = not self.stream or there != os.fstat(self.stream.fileno()).st_ino
        except OSError:
            moved = True
        if moved and self.stream:
            self.stream.close()
            self.stream = None  # as the class itself does when it puts a file away
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802 - logging's name
        """Put the file away, unless another process just did."""
        with Path(f"{self.baseFilename}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if Path(self.baseFilename).stat().st_size >= self.maxBytes // 2:
                super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: what would be printed is the record with its arguments."""
