"""The decision ledger: append-only, hash-chained, one JSON object a line.

The chain shows what was changed within; the head beside it, which says how far the ledger goes, shows what was cut off
its end. Both can be forged by somebody who sets out to: they tell of accidents and of quick hands.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from redaction.decision import (
    UNDOABLE,
    Act,
    Approved,
    Merged,
    Named,
    Reassigned,
    Rediarized,
    Revoked,
    Undone,
    from_json,
    to_json,
)
from speakers.disk import sync
from speakers.error import BusyError, LedgerError, RecordError, StorageError
from speakers.record import digest

ORIGIN = digest("a ledger with a head beside it")
"""What the first entry follows."""

_BEFORE_HEADS = "0" * 64
"""What it followed as long as ledgers had no head: such a one is read without, and gets its head with the next act."""

_RESTORE = "Restore it from a backup, with ledger.head of the same day; nothing can be released until then."


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
        LedgerError: If a line was changed, taken out, cut off, or put in.
    """
    head = _head(path)  # first: whoever appends meanwhile writes it last
    try:
        whole, newline, torn = path.read_bytes().rpartition(b"\n")
        lines = whole.decode("utf-8").split("\n") if newline else []
    except FileNotFoundError:
        lines, torn = [], b""
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path} cannot be read.", "Restore it from a backup.") from error
    entries: list[Entry] = []
    for line in lines:
        follows = {entries[-1].hash} if entries else {ORIGIN, _BEFORE_HEADS}
        try:
            values: dict[str, Any] = json.loads(line)
            entry = Entry(**{**values, "act": from_json(values["act"])})
            right, written = _hash(values), _line(entry)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RecordError) as error:
            raise _broken(path, len(entries)) from error
        if (
            entry.seq != len(entries)
            or entry.previous not in follows
            or entry.hash != right
            or written != line
        ):
            raise _broken(path, len(entries))
        entries.append(entry)
    if _longer_than_an_entry(torn.decode("utf-8", "replace")):
        raise _broken(path, len(entries))
    _reaches(path, entries, head)
    return tuple(entries)


@dataclass(frozen=True, slots=True)
class _Head:
    """How far a ledger went when it was last written: its last entry, -1 before the first."""

    seq: int
    hash: str


def _head_path(path: Path) -> Path:
    return path.with_suffix(".head")


def _head(path: Path) -> _Head | None:
    """What the head says; None if there is none.

    Raises:
        LedgerError: If it says nothing that can be understood.
    """
    try:
        seq, said = _head_path(path).read_text(encoding="ascii").split()
        return _Head(int(seq), said)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise LedgerError(f"{_head_path(path)} cannot be read.", _RESTORE) from error


def _write_head(path: Path, seq: int, hash_: str) -> None:
    """Replace the head in one step.

    Raises:
        OSError: If the disk refuses; the old one stays then.
    """
    temporary = _head_path(path).with_suffix(".head.part")
    with temporary.open("wb") as file:
        file.write(f"{seq} {hash_}\n".encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(_head_path(path))
    with contextlib.suppress(OSError):  # the old name would only be an entry behind
        sync(path.parent)


def _reaches(path: Path, entries: list[Entry], head: _Head | None) -> None:
    """Refuse a ledger that does not go as far as its head says; one that goes further was killed in between."""
    if head is None:
        if entries and entries[0].previous == ORIGIN:
            raise LedgerError(
                f"{_head_path(path)} is gone: nobody can say whether the last decisions are all there.",
                _RESTORE,
            )
    elif head.seq >= len(entries):
        raise LedgerError(f"{path} was cut off after entry {len(entries) - 1} of {head.seq}.", _RESTORE)
    elif head.hash != (entries[head.seq].hash if head.seq >= 0 else ORIGIN):
        raise _broken(path, head.seq)


def undone(entries: tuple[Entry, ...]) -> frozenset[int]:
    """Numbers of the entries that were undone; what undid something and was undone itself undid nothing."""
    acts = {e.seq: e.act for e in entries}
    void: set[int] = set()
    for entry in reversed(entries):
        act = entry.act
        if isinstance(act, Undone) and act.seq < entry.seq and entry.seq not in void:
            void |= {act.seq} if isinstance(acts.get(act.seq), UNDOABLE) else set()
    return frozenset(void)


def in_force(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries without what a later one made void, and without those that only undo others.

    After `Rediarized`, namings and mergers of voices, statements given to voices, and approvals: a voice's number says
    nothing about who it is after voices were told apart again. Corrections and marks are bound to their statements'
    digests and judged by them. After `Revoked`, approvals. And what was undone.
    """
    again = max((e.seq for e in entries if isinstance(e.act, Rediarized)), default=-1)
    withdrawn = max((e.seq for e in entries if isinstance(e.act, Revoked)), default=-1)
    taken_back = undone(entries)

    def void(entry: Entry) -> bool:
        if isinstance(entry.act, Approved):
            return entry.seq < max(again, withdrawn)
        of_a_voice = isinstance(entry.act, Named | Merged | Reassigned) and entry.seq < again
        return of_a_voice or isinstance(entry.act, Undone) or entry.seq in taken_back

    return tuple(e for e in entries if not void(e))


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
        f"{path} was changed by hand: entry {seq} does not follow the one before it.", _RESTORE
    )


def grown() -> BusyError:
    """The refusal of what was decided without knowing what somebody else had decided by then."""
    return BusyError("Somebody else decided something at the same time.", "Look at it, then try again.")


def append(
    path: Path, who: str, acts: tuple[Act, ...], *, how: str = "by hand", after: int | None = None
) -> tuple[Entry, ...]:
    """Add acts at the end, together or not at all, and have them on disk before returning.

    Args:
        path: the ledger; made if it is not there.
        who: the reviewer.
        acts: in order.
        how: see `Entry`.
        after: so many entries there have to be before; None for any number.

    Raises:
        LedgerError: If the ledger is broken, or `who` is nobody.
        BusyError: If somebody else appended to it: there are more than `after`.
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
            if after not in {None, len(entries)}:
                raise grown()
            if not entries:  # from now on a ledger without a head has lost it
                _write_head(path, -1, ORIGIN)
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
            last = entries[-1].hash if entries else ORIGIN
            _write(
                file,
                "".join(lines).encode("utf-8"),
                whole,
                partial(_write_head, path, len(entries) - 1, last),
            )
            if is_new:  # the words are on the disk, and so has to be the name under which they are found
                sync(path.parent)
    except UnicodeEncodeError as error:
        raise RecordError("The decision holds half a character.", "Type it again.") from error
    except OSError as error:
        raise StorageError(
            f"The decision was not recorded: {path} cannot be written.", "Free disk space, or allow writing."
        ) from error
    return tuple(entries)


def _write(file: io.FileIO, data: bytes, whole: int, then: Callable[[], None] = lambda: None) -> None:
    """All of it, on the disk, and what comes then; or nothing of it: somebody is told that it was not recorded."""
    try:
        left = memoryview(data)
        while left:
            left = left[file.write(left) or 0 :]
        os.fsync(file.fileno())
        then()
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(whole)
        raise
