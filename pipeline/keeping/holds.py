"""Holds: meetings of which nothing may be erased until somebody lifts that. Append-only, hash-chained."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.lock import alone
from pipeline.register_log import account
from redaction.chain import Chain
from speakers.disk import storage_error
from speakers.error import KeepingError
from speakers.moment import moment
from speakers.record import digest

PLACE = "keeping"
"""The folder of a data directory that says what was erased, held and backed up."""

ERASING = "erasing"
"""The folder in it to which a whole meeting, or a job, is moved in one step before its files go."""


@dataclass(frozen=True, slots=True)
class Line:
    """A hold was put on a meeting, or lifted.

    Attributes:
        seq: 0, 1, 2, …
        at: ISO time with offset.
        by: who did it, as they write their name.
        meeting: id of the meeting.
        held: whether it is held from now on.
        reason: why; private.
        previous: hash of the line before.
        hash: of everything above.
    """

    seq: int
    at: str
    by: str
    meeting: str
    held: bool
    reason: str
    previous: str
    hash: str


CHAIN: Chain[Line] = Chain(
    digest("holds of a data directory"),
    lambda values: Line(**values),  # a wrong type gives another hash
    asdict,
    "the last holds",
    "Restore the folder keeping/ from a backup; nothing can be erased until then.",
)


def path_of(data: Path) -> Path:
    """The file of a data directory."""
    return data / PLACE / "holds.jsonl"


@contextlib.contextmanager
def undisturbed(data: Path) -> Iterator[None]:
    """Be the only one who erases, or says what may not be erased."""
    with alone(data / PLACE, lambda: None):
        try:
            (data / PLACE).chmod(0o700)
        except OSError as error:
            raise storage_error(data / PLACE, error) from error
        yield


def held(data: Path) -> dict[str, Line]:
    """The holds in force, by the meetings' ids.

    Raises:
        LedgerError: If the file was changed by hand: nobody knows then what may be erased.
    """
    now: dict[str, Line] = {}
    for line in CHAIN.read(path_of(data)):
        if line.held:
            now[line.meeting] = line
        else:
            now.pop(line.meeting, None)
    return now


def hold(data: Path, meeting_id: str, reason: str, by: str = "") -> Line:
    """Have nothing of a meeting erased until that is lifted; waits for an erasure that is under way.

    Raises:
        KeepingError: If no reason is given, or it is held already.
    """
    return _set(data, meeting_id, reason, by, held_=True)


def lift(data: Path, meeting_id: str, reason: str, by: str = "") -> Line:
    """Let what is due be erased again.

    Raises:
        KeepingError: If no reason is given, or it is not held.
    """
    return _set(data, meeting_id, reason, by, held_=False)


def _set(data: Path, meeting_id: str, reason: str, by: str, *, held_: bool) -> Line:
    if not reason.strip():
        raise KeepingError("A hold is put and lifted for a reason.", "Give one: --reason TEXT.")

    def line(before: Sequence[Line]) -> Iterator[Line]:
        last = next((b for b in reversed(before) if b.meeting == meeting_id), None)
        if (last is not None and last.held) is held_:
            what = (
                f"Meeting {meeting_id} is under hold already."
                if held_
                else f"Meeting {meeting_id} is not under hold."
            )
            raise KeepingError(what, "See which are: zhuzi holds.")
        yield Line(0, moment(), by.strip() or account(), meeting_id, held_, reason.strip(), "", "")

    path = path_of(data)
    with undisturbed(data):
        try:
            return CHAIN.append(path, line).links[-1]
        except UnicodeEncodeError as error:
            raise KeepingError("The reason holds half a character.", "Type it again.") from error
        except OSError as error:
            raise storage_error(path, error) from error
