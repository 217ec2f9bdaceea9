"""All that should be hidden in a record, as marks that people decide."""

from __future__ import annotations

from redaction import contacts, edges, mentions
from redaction.mark import Mark
from speakers.meeting import Meeting
from speakers.names import Namings
from speakers.record import Record

VERSION = f"mentions {mentions.VERSION}, contacts {contacts.VERSION}, edges {edges.VERSION}"
"""Of the rules; approvals made under another version are void."""


def propose(meeting: Meeting, record: Record, namings: Namings | None = None) -> tuple[Mark, ...]:
    """Marks for every mention of a protected person, every contact detail, and words that may be such a person's.

    Args:
        meeting: whose wishes count.
        record: the statements to search.
        namings: which voice is whom; without it, no words are looked for that may be somebody else's.

    Returns:
        (n_marks,) in reading order. A contact detail that holds a name is marked as both: whoever keeps an office's
        address has not yet said that the name in it may stand.
    """
    order = {statement.id: index for index, statement in enumerate(record.statements)}
    beside = edges.find(meeting, record, namings) if namings else ()
    found = (*mentions.find(meeting, record), *contacts.find(record), *beside)
    return tuple(sorted(found, key=lambda m: (order[m.statement_id], m.char_start, -m.char_end)))
