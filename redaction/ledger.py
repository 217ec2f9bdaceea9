"""The decision ledger: append-only, hash-chained, one JSON object a line."""

from __future__ import annotations

import datetime
import errno
import fcntl
import json
import os
from dataclasses import dataclass, fields, replace
from io import FileIO
from pathlib import Path
from typing import Any

from redaction.decision import Act, from_json, to_json
from speakers.error import LedgerError, RecordError, StorageError
from speakers.record import digest

ORIGIN = "0" * 64
"""What the first entry follows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, by whom and when.

    Attributes:
        seq: 0, 1, 2, …
        at: ISO time with offset.
        who: the reviewer's own name for themselves.
        how: "by hand", or what did it for them ("--accept proposed").
        act: what was decided.
        previous: hash of the entry before.
        hash: of everything above.
    """

    seq: int
    at: str
    who: str
    how: str
    act: Act
    previous: str
    hash: str


def _hash(values: dict[str, Any]) -> str:
    """Of an entry's values but for its own hash."""
    return digest(
        json.dumps({k: v for k, v in values.items() if k != "hash"}, ensure_ascii=False, sort_keys=True)
    )


def _values(entry: Entry) -> dict[str, Any]:
    values = {f.name: getattr(entry, f.name) for f in fields(Entry)}
    return {**values, "act": to_json(entry.act)}


def read(path: Path) -> tuple[Entry, ...]:
    """Every entry, after checking that each follows the one before.

    A last line without an end was never acknowledged to anybody (power went away while it was written) and does
    not count.

    Raises:
        LedgerError: If a line was changed, taken out, or put in.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise LedgerError(f"{path} cannot be read.", "Restore it from a backup.") from error
    entries: list[Entry] = []
    for line in lines:
        previous = entries[-1].hash if entries else ORIGIN
        try:
            values: dict[str, Any] = json.loads(line)
            entry = Entry(**{**values, "act": from_json(values["act"])})
            right = _hash(values)
        except (ValueError, TypeError, KeyError, AttributeError, RecordError) as error:
            raise _broken(path, len(entries)) from error
        if entry.seq != len(entries) or entry.previous != previous or entry.hash != right:
            raise _broken(path, len(entries))
        entries.append(entry)
    return tuple(entries)


def _broken(path: Path, seq: int) -> LedgerError:
    return LedgerError(
        f"{path} was changed by hand: entry {seq} does not follow the one before it.",
        "Restore it from a backup; nothing can be released until then.",
    )


def append(path: Path, who: str, acts: tuple[Act, ...], *, how: str = "by hand") -> tuple[Entry, ...]:
    """Add acts at the end, together or not at all, and have them on disk before returning.

    Args:
        path: the ledger; made if it is not there.
        who: the reviewer.
        acts: in order.
        how: see `Entry`.

    Raises:
        LedgerError: If the ledger is broken, or `who` is nobody.
        StorageError: If it cannot be written.
    """
    if not who.strip():
        raise LedgerError("Nobody decided this.", "Say who you are: --reviewer NAME.")
    try:
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            entries = list(read(path))
            file.seek(0)
            whole = file.read().rfind(b"\n") + 1
            file.truncate(whole)
            lines = []
            for act in acts:
                at = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
                previous = entries[-1].hash if entries else ORIGIN
                unsealed = Entry(len(entries), at, who, how, act, previous, "")
                entries.append(replace(unsealed, hash=_hash(_values(unsealed))))
                lines.append(json.dumps(_values(entries[-1]), ensure_ascii=False) + "\n")
            data = "".join(lines).encode("utf-8")
            _all_or_none(file, data, whole)
    except OSError as error:
        raise StorageError(
            f"The decision was not recorded: {path} cannot be written.", "Free disk space, or allow writing."
        ) from error
    return tuple(entries)


def _all_or_none(file: FileIO, data: bytes, end: int) -> None:
    """Have data on disk behind `end`, or the file as it was."""
    try:
        written = file.write(data)
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise
    if written != len(data):
        file.truncate(end)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
