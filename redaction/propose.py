"""All that should be hidden in a record, as marks that people decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from redaction import contacts, edges, facts, heard_names, kin, mentions, strangers
from redaction.combination import combined
from redaction.heard_names import HeardName
from redaction.mark import Mark
from redaction.nearness import nearness
from redaction.propagate import Sighting
from speakers.meeting import Meeting
from speakers.names import Namings
from speakers.record import Record

VERSION = (
    f"mentions {mentions.VERSION}, contacts {contacts.VERSION}, facts {facts.VERSION}, kin {kin.VERSION}, "
    f"strangers {strangers.VERSION}, edges {edges.VERSION}, heard names {heard_names.VERSION}"
)
"""Of the rules; approvals made under another version are void."""


def propose(
    meeting: Meeting,
    record: Record,
    namings: Namings | None = None,
    accepted: Iterable[Sighting] = (),
    heard: Iterable[HeardName] = (),
    *,
    spoken_of: tuple[Mark, ...] | None = None,
) -> tuple[Mark, ...]:
    """Marks for every mention of a protected person, every contact detail, and what else would give somebody away.

    Args:
        meeting: with its participants, and the facts that point at them.
        record: the statements to search.
        namings: which voice is whom; what protected people tell about themselves, and words that may be
            theirs, are found by it.
        accepted: what reviewers masked as whose mention; it is looked for everywhere.
        heard: where the sound names somebody, and the text does not.
        spoken_of: every mention, where `accepted` and `heard` were looked for already.

    Returns:
        (n_marks,) in reading order. A contact detail that holds a name is marked as both: whoever keeps an office's
        address has not yet said that the name in it may stand. One that is a fact of somebody is marked as that only;
        and what somebody tells about themselves, or a stranger's name, only where no other rule has marked all of it.
    """
    order = {statement.id: index for index, statement in enumerate(record.statements)}
    if spoken_of is None:
        spoken_of = heard_names.with_heard(record, heard, mentions.find(meeting, record, accepted))
    near = nearness(meeting, record, namings, spoken_of)
    told = combined((*facts.find(meeting, record, near), *kin.find(meeting, record, near, spoken_of)), record)
    known = [mark for mark in told if mark.evidence.recogniser == "facts"]
    numbers = _beside(known, contacts.find(record))
    found = [*spoken_of, *known, *numbers]
    for more in (told, strangers.marks(meeting, record, near)):
        found += _beside(found, more)
    if namings is not None:
        found += edges.find(meeting, record, namings)
    return tuple(sorted(found, key=lambda m: (order[m.statement_id], m.char_start, -m.char_end)))


def _beside(there: Iterable[Mark], more: Iterable[Mark]) -> list[Mark]:
    """Those marks of which none that is there hides all."""
    rows: dict[str, list[Mark]] = defaultdict(list)
    for mark in there:
        rows[mark.statement_id].append(mark)
    return [m for m in more if not any(_covers(wide, m) for wide in rows.get(m.statement_id, ()))]


def _covers(wide: Mark, narrow: Mark) -> bool:
    return wide.char_start <= narrow.char_start and narrow.char_end <= wide.char_end
