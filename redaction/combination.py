"""Together, what each for itself is anybody's points at one person: a rare illness and an age, a post and a village."""

from __future__ import annotations

from dataclasses import replace

from redaction.mark import Mark, Tier
from redaction.nearness import TURNS
from speakers.record import Record

_ALONE = "relation"
"""「我女兒」 stays a question of how it reads, whatever stands near it."""


def combined(marks: tuple[Mark, ...], record: Record) -> tuple[Mark, ...]:
    """The same marks; those that stand within three statements of another one of the same person's say so.

    Such a mark is decided one by one, and has "combined" among its cues. Marks that read alike, or that meet, are one
    thing said twice.

    Args:
        marks: (n,) facts, and what people tell about themselves.
        record: that they were found in.
    """
    order = {statement.id: number for number, statement in enumerate(record.statements)}
    return tuple(_raised(m) if any(_together(m, other, order) for other in marks) else m for m in marks)


def _together(a: Mark, b: Mark, order: dict[str, int]) -> bool:
    meets = a.statement_id == b.statement_id and a.char_start < b.char_end and b.char_start < a.char_end
    near = abs(order[a.statement_id] - order[b.statement_id]) <= TURNS
    return a.subject == b.subject and a.surface_group != b.surface_group and near and not meets


def _raised(mark: Mark) -> Mark:
    evidence = replace(mark.evidence, cues=(*mark.evidence.cues, "combined"))
    alone = _ALONE in mark.evidence.cues
    return replace(
        mark,
        tier=mark.tier if alone else Tier.B,
        evidence=evidence,
        confidence=round(min(1.0, mark.confidence + 0.1), 2),
    )
