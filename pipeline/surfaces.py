"""What marks read like: their words with what stands around them, and where else the same words stand."""

from __future__ import annotations

from collections.abc import Iterator

from redaction.decision import Added
from redaction.draft import Draft
from redaction.mark import Mark

CONTEXT = 24
"""Characters shown on either side."""


def surface(draft: Draft, mark: Mark) -> str:
    """The words that a mark is about; empty if its statement is gone."""
    statement = draft.statement(mark.statement_id)
    return statement.text[mark.char_start : mark.char_end] if statement else ""


def around(text: str, start: int, end: int) -> tuple[str, str, str]:
    """A stretch of a text with what stands before and behind it.

    >>> around("謝謝佩珊的說明", 2, 4)
    ('謝謝', '佩珊', '的說明')
    """
    return text[max(0, start - CONTEXT) : start], text[start:end], text[end : end + CONTEXT]


def alike(draft: Draft, mark: Mark) -> list[Mark]:
    """The undecided marks that read like one; the mark itself if all are decided."""
    return [m for m in draft.undecided if m.surface_group == mark.surface_group] or [mark]


def unmarked(draft: Draft, words: str, subject: str) -> Iterator[Added]:
    """Where the same words stand that no mark is about, each as a mark that a reviewer could make.

    Args:
        draft: as it is now.
        words: as they are written; none of an empty text.
        subject: whose words they would be; empty for nobody's.
    """
    for statement in draft.record.statements if words else ():
        text = statement.text
        at = text.find(words)
        while at >= 0:
            end = at + len(words)
            if not any(m.char_start < end and at < m.char_end for m in draft.marks_in(statement.id)):
                yield Added(statement.id, at, end, subject, statement.digest)
            at = text.find(words, end)
