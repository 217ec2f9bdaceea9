"""What happens in a meeting's correction window, as the lines of `window/window.jsonl`: append-only, hash-chained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pipeline import workdays
from redaction.chain import Chain
from speakers.error import LedgerError, RecordError, StorageError
from speakers.record import digest


class Kind(StrEnum):
    """What a participant asks for."""

    TEXT = "text"
    ANONYMOUS = "anonymous"
    LEAVE_OUT = "leave out"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Opened:
    """A window was opened, and what came before is over.

    Attributes:
        days: working days that it was given; 0 where the last day was named.
        last: its last day, ISO; it ends when that day ends in Taipei.
    """

    days: int
    last: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The window ends on another day.

    Attributes:
        last: that day, ISO.
        reason: why; participants see it.
    """

    last: str
    reason: str


@dataclass(frozen=True, slots=True)
class Presented:
    """From now on links show what was approved since.

    Attributes:
        approval: digest of what was approved.
        file: sha256 of what is kept of it.
        sound: sha256 of the decoded sound whose moments it names.
    """

    approval: str
    file: str
    sound: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A personal link was made; the one that this person had before is dead.

    Attributes:
        whose: seal of the participant.
        token: sha256 of the link's token.
        until: the last day on which it opens anything, ISO; never before a week after the window's last day.
    """

    whose: str
    token: str
    until: str


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Somebody's link was revoked."""

    whose: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody opened their link for the first time."""

    token: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A participant asked for something. The number of its line is the suggestion's.

    Attributes:
        whose: seal of the participant.
        kind: what.
        statement_id: which of their statements; empty where it is about the whole meeting.
        statement: digest of the private statement that they were shown a public text of.
        seen: that text.
        text: the one that they want, the words that are to go (none: all of it), or what else they say.
    """

    whose: str
    kind: Kind
    statement_id: str
    statement: str
    seen: str
    text: str

    def __post_init__(self) -> None:
        if self.kind in {Kind.TEXT, Kind.OTHER} and not self.text.strip():
            raise RecordError("A suggestion says nothing.", "Write what should stand there.")


@dataclass(frozen=True, slots=True)
class Answered:
    """A reviewer answered a suggestion.

    Attributes:
        number: of the suggestion.
        accepted: whether what it asks for was done.
        reason: why not, or what was done instead; the participant sees it.
    """

    number: int
    accepted: bool
    reason: str

    def __post_init__(self) -> None:
        if not self.accepted and not self.reason.strip():
            raise RecordError("Refusing a suggestion needs a reason.", "Say why; the participant reads it.")


@dataclass(frozen=True, slots=True)
class Agreed:
    """A participant agrees that their own turns are published as they saw them.

    Attributes:
        whose: seal of the participant.
        own: digest of what they saw of themselves (`redaction.shown.Shown.own_digest`).
    """

    whose: str
    own: str


class Ending(StrEnum):
    """How a window was closed."""

    OVER = "its last day was over"
    AGREED = "everybody had agreed"
    CANCELLED = "before that"


@dataclass(frozen=True, slots=True)
class Closed:
    """The window was closed: its links are dead, and nothing can be suggested any more."""

    ending: Ending
    reason: str


Act = Opened | Moved | Presented | Linked | Unlinked | Seen | Suggested | Answered | Agreed | Closed

_ACTS: dict[str, type[Act]] = {kind.__name__.lower(): kind for kind in get_args(Act)}

PARTICIPANT = "a participant"
"""Who did what came by a personal link: the act says whose, and no name is written down."""


@dataclass(frozen=True, slots=True)
class Line:
    """One act, by whom and when.

    Attributes:
        seq: 0, 1, 2, …
        at: ISO time in Taipei.
        who: the reviewer's own name for themselves, or `PARTICIPANT`.
        act: what happened.
        previous: hash of the line before.
        hash: of everything above.
    """

    seq: int
    at: str
    who: str
    act: Act
    previous: str
    hash: str


def _values(line: Line) -> dict[str, Any]:
    values = {f.name: getattr(line, f.name) for f in fields(Line)}
    return {**values, "act": {"act": type(line.act).__name__.lower(), **asdict(line.act)}}


def _load(values: dict[str, Any]) -> Line:
    given = dict(values["act"])
    kind = _ACTS[given.pop("act")]
    if "kind" in given:
        given["kind"] = Kind(given["kind"])
    if "ending" in given:
        given["ending"] = Ending(given["ending"])
    return Line(**{**values, "act": kind(**given)})


CHAIN: Chain[Line] = Chain(
    origin=digest("a correction window with a head beside it"),
    load=_load,
    values=_values,
    lost="the last suggestions and agreements",
    restore="Restore the folder window/ of that meeting from a backup; nothing can be released until then.",
)
"""How the lines of a window are bound to each other."""


def read(path: Path) -> tuple[Line, ...]:
    """Every line, in order; none if there is no such file.

    Raises:
        LedgerError: If something was changed by hand or cut off.
    """
    like = []
    for file in (path, path.with_suffix(".head")):
        try:
            seen = file.stat()
            like += [seen.st_ino, seen.st_size, seen.st_mtime_ns]
        except FileNotFoundError:
            like.append(0)
    return _read(path, tuple(like))


@lru_cache(maxsize=512)
def _read(path: Path, like: tuple[int, ...]) -> tuple[Line, ...]:
    """Read once, as long as the file is like that: a personal link is looked for in every window."""
    return CHAIN.read(path)


def append(path: Path, who: str, make: Callable[[tuple[Line, ...]], Sequence[Act]]) -> tuple[Line, ...]:
    """Add what somebody does, as it follows from what was done before; nobody else adds anything meanwhile.

    Args:
        path: of the file; it and its folder are made if they are not there.
        who: the reviewer, or `PARTICIPANT`.
        make: the acts, from the lines that are there; what it raises leaves everything as it was.

    Returns:
        All lines.

    Raises:
        LedgerError: If the file is broken, or `who` is nobody.
        RecordError: If an act holds half a character.
        StorageError: If it cannot be written; nothing is recorded then.
    """
    if not who.strip():
        raise LedgerError("Nobody did this.", "Say who you are: --reviewer NAME.")

    def lines(before: Sequence[Line]) -> Iterator[Line]:
        for act in make(tuple(before)):
            yield Line(0, workdays.now().isoformat(timespec="seconds"), who, act, "", "")

    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        return CHAIN.append(path, lines).links
    except UnicodeEncodeError as error:
        raise RecordError("What was written holds half a character.", "Type it again.") from error
    except OSError as error:
        raise StorageError(
            f"It was not recorded: {path} cannot be written.", "Free disk space, or allow writing."
        ) from error
