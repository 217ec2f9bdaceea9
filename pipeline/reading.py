"""The record as it stands before whoever approves it: exactly what is published, or with what is hidden for it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import risk_note, show
from pipeline.public_text import header
from pipeline.review import questions
from redaction.draft import Draft
from redaction.release import preview
from speakers.record import clock


def blocks(draft: Draft, *, blind: bool) -> Iterator[str]:
    """The header, every statement, and the residual risk, each with its lines.

    Args:
        draft: as it is now.
        blind: only the exact public text; otherwise with what is hidden in brackets, which is private.
    """
    yield "\n".join(_header(draft))
    if blind:
        yield from _public(draft)
    else:
        yield from (f"  ? {question}" for question in questions(draft))
        yield from show.statements(draft)
    yield "\n".join(risk_note.lines(draft))


def _header(draft: Draft) -> Iterator[str]:
    """What is published above the text, and as whom people are published."""
    shown = header(draft)
    yield shown.title or "(no title)"
    yield from (f"  {said}" for said in shown.lines)
    yield from (f"  {link.label} {link.url}" for link in shown.links)
    people = "、".join(f"{label}（{role}）" if role else label for label, role in shown.speakers)
    yield f"  發言者 Speakers: {people}"


def _public(draft: Draft) -> Iterator[str]:
    for statement_id, label, text in preview(draft):
        statement = draft.record.statement(statement_id)
        at = clock(statement.span.start) if statement else ""
        yield f"{statement_id} {at} {label}\n    {text}"
