"""Places in statements that people spoke of: where they are once the words around them changed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TypeVar

from redaction.decision import Rejected
from redaction.mark import Evidence, Kind, Mark, Tier
from speakers.record import Statement


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a statement that a reviewer hid: what no rule has to find, and so moves along with its words.

    Attributes:
        statement_id: where.
        char_start: first character of the statement's text, half-open with `char_end`.
        char_end: one past the last.
        subject: whose, as in a mark.
        kind: what it is, as in a mark.
    """

    statement_id: str
    char_start: int
    char_end: int
    subject: str
    kind: Kind


Placed = TypeVar("Placed", Place, Rejected)
"""What stands at a place."""


def mark_at(place: Place, statement: Statement) -> Mark | None:
    """A place as a mark, cut to words; one that is around no word hides nothing and is none."""
    text = statement.text[: place.char_end].rstrip()
    end = len(text)
    start = end - len(text[place.char_start :].lstrip())
    if start >= end:
        return None
    return Mark(
        statement_id=statement.id,
        char_start=start,
        char_end=end,
        subject=place.subject,
        kind=place.kind,
        tier=Tier.MANUAL,
        evidence=Evidence("reviewer", "1", "manual"),
        confidence=1.0,
        surface_group="manual",
        text_digest=statement.digest,
    )


def move(rows: dict[str, list[Placed]], before: Statement, now: Statement) -> None:
    """What was said of places in a statement after it was corrected: of what became of the words there."""
    if rows.get(before.id):
        moved = (_around(row, before.text, now.text) for row in rows[before.id])
        rows[before.id] = [row for row in moved if row is not None]


def shifted(row: Placed, statement: Statement, offset: int) -> Placed | None:
    """A place in a statement that begins elsewhere now, as far as it lies in it."""
    start = max(0, row.char_start + offset)
    end = min(len(statement.text), row.char_end + offset)
    return replace(row, statement_id=statement.id, char_start=start, char_end=end) if start < end else None


def _around(row: Placed, before: str, now: str) -> Placed | None:
    """A place in a text that was rewritten: around what became of its words."""
    start, end = len(now), 0
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        first, last = max(row.char_start, i1), min(row.char_end, i2)
        if first < last:
            left, right = (j1 + first - i1, j1 + last - i1) if tag == "equal" else (j1, j2)
            start, end = min(start, left), max(end, right)
    return replace(row, char_start=start, char_end=end) if start < end else None
