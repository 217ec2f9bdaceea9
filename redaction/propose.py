"""All that should be hidden in a record, as marks that people decide."""

from __future__ import annotations

from redaction import contacts, mentions
from redaction.mark import Mark
from speakers.meeting import Meeting
from speakers.record import Record

VERSION = f"mentions {mentions.VERSION}, contacts {contacts.VERSION}"
"""Of the rules; approvals made under another version are void."""


def propose(meeting: Meeting, record: Record) -> tuple[Mark, ...]:
    """Marks for every mention of a protected person and every contact detail.

    Returns:
        (n_marks,) in reading order, disjoint: where a mention and a contact detail meet, the wider one stays.
    """
    order = {statement.id: index for index, statement in enumerate(record.statements)}
    taken: list[Mark] = []
    found = (*mentions.find(meeting, record), *contacts.find(record))
    for mark in sorted(found, key=lambda m: m.char_start - m.char_end):
        if not any(overlap(mark, other) for other in taken):
            taken.append(mark)
    return tuple(sorted(taken, key=lambda m: (order[m.statement_id], m.char_start)))


def overlap(a: Mark, b: Mark) -> bool:
    """Whether two marks cover a character together."""
    return a.statement_id == b.statement_id and a.char_start < b.char_end and b.char_start < a.char_end
