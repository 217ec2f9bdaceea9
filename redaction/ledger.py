"""The decision ledger: append-only, hash-chained, one JSON object a line."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import io
import json
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from redaction.decision import Act, Approved, Merged, Named, Rediarized, from_json, to_json
from speakers.disk import sync
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
        whole, newline, torn = path.read_bytes().rpartition(b"\n")
        lines = whole.decode("utf-8").split("\n") if newline else []
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path} cannot be read.", "Restore it from a backup.") from error
    entries: list[Entry] = []
    for line in lines:
        previous = entries[-1].hash if entries else ORIGIN
        try:
            values: dict[str, Any] = json.loads(line)
            entry = Entry(**{**values, "act": from_json(values["act"])})
            right, written = _hash(values), _line(entry)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RecordError) as error:
            raise _broken(path, len(entries)) from error
        if entry.seq != len(entries) or entry.previous != previous or entry.hash != right or written != line:
            raise _broken(path, len(entries))
        entries.append(entry)
    if _longer_than_an_entry(torn.decode("utf-8", "replace")):
        raise _broken(path, len(entries))
    return tuple(entries)


def in_force(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries without what a later `Rediarized` made void: namings and mergers of voices, and approvals.

    A voice's number says nothing about who it is after voices were told apart again. Corrections and marks are bound
    to their statements' digests and judged by them.
    """
    last = max((e.seq for e in entries if isinstance(e.act, Rediarized)), default=-1)
    return tuple(e for e in entries if e.seq > last or not isinstance(e.act, Named | Merged | Approved))


def _longer_than_an_entry(torn: str) -> bool:
    """Whether a last line has all of an entry and something else after it: then it is not torn but changed."""
    try:
        _, end = json.JSONDecoder().raw_decode(torn)
    except (ValueError, RecursionError):
        return False
    return end < len(torn)


def _line(entry: Entry) -> str:
    return json.dumps(_values(entry), ensure_ascii=False)


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
        RecordError: If an act holds half a character (a surrogate), as a broken paste does.
        StorageError: If it cannot be written; nothing is recorded then.
    """
    if not who.strip():
        raise LedgerError("Nobody decided this.", "Say who you are: --reviewer NAME.")
    try:
        is_new = not path.exists()
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            entries = list(read(path))
            file.seek(0)
            whole = file.read().rfind(b"\n") + 1
            lines = []
            for act in acts:
                at = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
                previous = entries[-1].hash if entries else ORIGIN
                unsealed = Entry(len(entries), at, who, how, act, previous, "")
                entries.append(replace(unsealed, hash=_hash(_values(unsealed))))
                lines.append(_line(entries[-1]) + "\n")
            file.truncate(whole)
            _write(file, "".join(lines).encode("utf-8"), whole)
            if is_new:  # the words are on the disk, and so has to be the name under which they are found
                sync(path.parent)
    except UnicodeEncodeError as error:
        raise RecordError("The decision holds half a character.", "Type it again.") from error
    except OSError as error:
        raise StorageError(
            f"The decision was not recorded: {path} cannot be written.", "Free disk space, or allow writing."
        ) from error
    return tuple(entries)


def _write(file: io.FileIO, data: bytes, whole: int) -> None:
    """All of it, on the disk; or nothing of it: somebody is about to be told that it was not recorded."""
    try:
        left = memoryview(data)
        while left:
            left = left[file.write(left) or 0 :]
        os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(whole)
        raise
