"""All that should be hidden in a record, as marks that people decide."""

from __future__ import annotations

from collections.abc import Iterable

from redaction import contacts, mentions
from redaction.mark import Mark
from redaction.propagate import Sighting
from speakers.meeting import Meeting
from speakers.record import Record

VERSION = f"mentions {mentions.VERSION}, contacts {contacts.VERSION}"
"""Of the rules; approvals made under another version are void."""


def propose(meeting: Meeting, record: Record, accepted: Iterable[Sighting] = ()) -> tuple[Mark, ...]:
    """Marks for every mention of a protected person and every contact detail.

    Args:
        meeting: with its participants.
        record: to search.
        accepted: what reviewers masked as whose mention; it is looked for everywhere.

    Returns:
        (n_marks,) in reading order. A contact detail that holds a name is marked as both: whoever keeps an office's
        address has not yet said that the name in it may stand.
    """
    order = {statement.id: index for index, statement in enumerate(record.statements)}
    found = (*mentions.find(meeting, record, accepted), *contacts.find(record))
    return tuple(sorted(found, key=lambda m: (order[m.statement_id], m.char_start, -m.char_end)))
