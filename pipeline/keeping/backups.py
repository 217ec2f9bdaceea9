"""Which backups were made of a data directory: append-only, hash-chained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.keeping.holds import PLACE
from redaction.chain import Chain
from speakers.disk import storage_error
from speakers.moment import moment
from speakers.record import digest


@dataclass(frozen=True, slots=True)
class Line:
    """That a backup was made; no path, which may be somebody's.

    Attributes:
        seq: 0, 1, 2, …
        at: ISO time with offset.
        sha256: of the archive.
        bytes: of the archive.
        meetings: how many are in it.
        people: whether the register and voiceprints are.
        previous: hash of the line before.
        hash: of everything above.
    """

    seq: int
    at: str
    sha256: str
    bytes: int
    meetings: int
    people: bool
    previous: str
    hash: str


CHAIN: Chain[Line] = Chain(
    digest("backups of a data directory"),
    lambda values: Line(**values),  # a wrong type gives another hash
    asdict,
    "the last backups",
    "Put keeping/backups.jsonl and its head away: the next backup begins anew.",
)


def path_of(data: Path) -> Path:
    """The file of a data directory that says which backups were made."""
    return data / PLACE / "backups.jsonl"


def last(data: Path) -> Line | None:
    """The last backup that was made; None if there is none.

    Raises:
        LedgerError: If what is noted was changed.
    """
    lines = CHAIN.read(path_of(data))
    return lines[-1] if lines else None


def note(data: Path, sha256: str, size: int, *, meetings: int, people: bool) -> None:
    """Write down that one was made; arguments as in `Line`.

    Raises:
        StorageError: If that cannot be.
    """
    path = path_of(data)
    line = Line(0, moment(), sha256, size, meetings, people, "", "")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise storage_error(path, error) from error
    CHAIN.note(path, line)
