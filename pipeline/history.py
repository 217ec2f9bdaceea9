"""Who changed what and when: the ledger's corrections with what stood there before and after."""

from __future__ import annotations

from dataclasses import dataclass

from redaction.decision import (
    Absent,
    Accepted,
    Act,
    Corrected,
    Joined,
    Merged,
    Named,
    Reassigned,
    Rejected,
    Split,
    Undone,
)
from redaction.ledger import Entry, in_force, undone
from redaction.reviewed import Reviewed

Correction = Corrected | Accepted | Split | Joined | Reassigned
"""What changes statements."""

STEPS = (Corrected, Accepted, Rejected, Split, Joined, Reassigned, Named, Merged, Absent)
"""What a step back takes back; marks are decided again where they are decided."""

BY_HAND = frozenset({"by hand", "in the room"})
"""How an entry came about if a person did exactly this."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the ledger that changed what is read.

    Attributes:
        entry: the entry.
        statements: ids of the statements it is about; empty where it is about voices or people.
        before: their text before, one after the other.
        after: likewise afterwards.
        counts: whether it is in force; False once it was undone.
    """

    entry: Entry
    statements: tuple[str, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What one step back or forward would do.

    Attributes:
        entries: of the ledger, the newest first; `Undone` of each is the step.
        of: the entry that it is about, for people.
        statements: ids of those that it changes.
    """

    entries: tuple[Entry, ...]
    of: Entry
    statements: frozenset[str]


def touched(act: Act) -> tuple[str, ...]:
    """Ids of the statements that an act is about, before it and after it."""
    match act:
        case Split(statement_id, _, _, into):
            return (statement_id, into)
        case Joined(statement_id, _, next_id, _):
            return (statement_id, next_id)
        case Corrected() | Accepted() | Rejected() | Reassigned():
            return (act.statement_id,)
        case _:
            return ()


def corrected(entries: tuple[Entry, ...]) -> frozenset[str]:
    """Ids of all statements that a person changed and nobody changed back."""
    gone = undone(entries)
    return frozenset(
        i for e in entries if e.seq not in gone and isinstance(e.act, Correction) for i in touched(e.act)
    )


def changes(heard: Reviewed, entries: tuple[Entry, ...], statement_id: str = "") -> tuple[Change, ...]:
    """What was changed, in the ledger's order.

    Args:
        heard: the record with no act done to it; afterwards every act in force is.
        entries: the whole ledger.
        statement_id: only what is about this statement, and about those it was cut from or joined with.
    """
    counting = {e.seq for e in in_force(entries)}
    found = []
    for entry in entries:
        if entry.seq not in counting and not isinstance(entry.act, STEPS):
            continue
        ids = touched(entry.act)
        before = _texts(heard, ids)
        counts = entry.seq in counting and heard.take(entry)
        if isinstance(entry.act, STEPS):
            after = (
                _texts(heard, ids)
                if counts
                else (entry.act.text,)
                if isinstance(entry.act, Corrected)
                else ()
            )
            found.append(Change(entry, ids, before, after or before, counts))
    if not statement_id:
        return tuple(found)
    family = {statement_id}
    for change in reversed(found):
        if family & set(change.statements):
            family |= set(change.statements)
    return tuple(c for c in found if family & set(c.statements))


def _texts(reviewed: Reviewed, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(s.text for i in ids if (s := reviewed.statement(i)) is not None)


def back(entries: tuple[Entry, ...], who: str) -> Step | None:
    """The step back that somebody can take: their own newest one that counts; None if there is none."""
    gone = undone(entries)
    own = [e for e in entries if e.who == who and isinstance(e.act, STEPS) and e.seq not in gone]
    return _step(own)


def forward(entries: tuple[Entry, ...], who: str) -> Step | None:
    """The step forward: what somebody took back last, unless they did something else since."""
    gone = undone(entries)
    by_number = {e.seq: e for e in entries}
    own = [e for e in entries if e.who == who]
    last = max((e.seq for e in own if isinstance(e.act, STEPS)), default=-1)
    taken = [
        (e, target)
        for e in own
        if isinstance(e.act, Undone)
        and e.seq > last
        and e.seq not in gone
        and isinstance((target := by_number[e.act.seq]).act, STEPS)
    ]
    if not taken:
        return None
    newest, of = taken[-1]
    together = [(e, t) for e, t in taken if e.at == newest.at and _alike(t, of)]
    return Step(
        tuple(e for e, _ in reversed(together)), of, frozenset(i for _, t in together for i in touched(t.act))
    )


def _step(own: list[Entry]) -> Step | None:
    """The last entry, with those before it that were answered together with it."""
    if not own:
        return None
    found = [own[-1]]
    for entry in reversed(own[:-1]):
        if entry.seq != found[-1].seq - 1 or entry.at != own[-1].at or not _alike(entry, own[-1]):
            break
        found.append(entry)
    return Step(tuple(found), own[-1], frozenset(i for e in found for i in touched(e.act)))


def _alike(one: Entry, other: Entry) -> bool:
    """Whether two entries answer suggestions that replace the same by the same."""
    a, b = one.act, other.act
    if isinstance(a, Accepted | Rejected) and isinstance(b, Accepted | Rejected) and type(a) is type(b):
        return (a.heard, a.proposed) == (b.heard, b.proposed)
    return one is other


def others(entries: tuple[Entry, ...], step: Step) -> tuple[Entry, ...]:
    """Corrections of the same statements since: taking the step would lose them."""
    gone = undone(entries)
    since = max(e.seq for e in step.entries)
    return tuple(
        e
        for e in entries
        if e.seq > since
        and e.seq not in gone
        and isinstance(e.act, Correction)
        and step.statements & set(touched(e.act))
    )
