"""The decision ledger: append-only, hash-chained, one JSON object a line (see `redaction.chain`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from redaction.chain import Chain, Known
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
from speakers.error import BusyError, LedgerError, RecordError, StorageError
from speakers.moment import moment
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


def _values(entry: Entry) -> dict[str, Any]:
    values = {f.name: getattr(entry, f.name) for f in fields(Entry)}
    return {**values, "act": to_json(entry.act)}


def _load(values: dict[str, Any]) -> Entry:
    return Entry(**{**values, "act": from_json(values["act"])})


def _chain() -> Chain[Entry]:
    return Chain(ORIGIN, _load, _values, "the last decisions", _RESTORE, _BEFORE_HEADS)


def read(path: Path) -> tuple[Entry, ...]:
    """Every entry, after checking that each follows the one before.

    A last line without an end was never acknowledged to anybody (power went away while it was written) and does
    not count.

    Raises:
        LedgerError: If a line was changed, taken out, cut off, or put in.
    """
    return _chain().read(path)


def read_on(path: Path, known: Known[Entry] | None) -> Known[Entry]:
    """The same, of which only what was added is checked; all of it if nothing is known, or the file is another one."""
    return _chain().read_on(path, known)


def is_as_known(path: Path, known: Known[Entry] | None) -> bool:
    """Whether nobody wrote to a ledger since it was read."""
    return Chain.is_as_known(path, known)


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


def grown() -> BusyError:
    """The refusal of what was decided without knowing what somebody else had decided by then."""
    return BusyError("Somebody else decided something at the same time.", "Look at it, then try again.")


def append(
    path: Path,
    who: str,
    acts: tuple[Act, ...],
    *,
    how: str = "by hand",
    after: int | None = None,
) -> tuple[Entry, ...]:
    """Add acts at the end, together or not at all, and have them on disk before returning.

    Args:
        path: the ledger; made if it is not there.
        who: the reviewer.
        acts: in order.
        how: see `Entry`.
        after: so many entries there have to be before; None for any number.

    Returns:
        All entries.

    Raises:
        LedgerError: If the ledger is broken, or `who` is nobody.
        BusyError: If somebody else appended to it: there are more than `after`.
        RecordError: If an act holds half a character (a surrogate), as a broken paste does.
        StorageError: If it cannot be written; nothing is recorded then.
    """
    return append_on(path, who, acts, None, how=how, after=after).links


def append_on(
    path: Path,
    who: str,
    acts: tuple[Act, ...],
    known: Known[Entry] | None,
    *,
    how: str = "by hand",
    after: int | None = None,
) -> Known[Entry]:
    """The same, for who read the ledger before: only what others added since is checked."""
    if not who.strip():
        raise LedgerError("Nobody decided this.", "Say who you are: --reviewer NAME.")

    def make(entries: Sequence[Entry]) -> Iterator[Entry]:
        if after not in {None, len(entries)}:
            raise grown()
        for act in acts:
            at = moment()
            yield Entry(0, at, who, how, act, "", "")

    try:
        return _chain().append(path, make, known)
    except UnicodeEncodeError as error:
        raise RecordError("The decision holds half a character.", "Type it again.") from error
    except OSError as error:
        raise StorageError(
            f"The decision was not recorded: {path} cannot be written.", "Free disk space, or allow writing."
        ) from error
