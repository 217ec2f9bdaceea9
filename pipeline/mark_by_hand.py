"""Marks that a reviewer makes by selecting words: here, or wherever the same words stand unmarked."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.surfaces import around, unmarked
from redaction.decision import Added, Verdict
from redaction.draft import Draft
from speakers.error import NotFoundError, RecordError
from speakers.record import Statement, clock

_SHOWN = 8
"""Contexts that are shown before everything is masked."""

_SHORTEST = 2
"""Characters of words that may be masked everywhere: a single one stands in too many others."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What somebody selected in a statement.

    Attributes:
        statement_id: of the statement.
        start: first character of its text.
        end: one past the last.
        subject: whose words they are; empty for nobody's.
        text_digest: of the statement as it was shown.
    """

    statement_id: str
    start: int
    end: int
    subject: str
    text_digest: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where selected words are to be hidden, the selected place included, and no mark sees to it.

    Attributes:
        acts: (n_places,) a mark for each.
        contexts: (n_shown,) of the first of them: statement id, moment, before, words, behind.
    """

    acts: tuple[Added, ...]
    contexts: tuple[tuple[str, str, str, str, str], ...]


def here(draft: Draft, selected: Selected) -> Added:
    """A mark of what was selected, without the spaces around it.

    Raises:
        NotFoundError: If the statement changed or is gone, or nobody has that id.
        RecordError: If nothing was selected.
    """
    statement, subject = _statement(draft, selected.statement_id), selected.subject
    if statement.digest != selected.text_digest:
        raise NotFoundError(
            "The statement changed since you saw it.", "Load the page again, then select anew."
        )
    if subject and not any(p.id == subject for p in (*draft.meeting.participants, *draft.meeting.elsewhere)):
        raise NotFoundError("There is no such participant.", "Load the page again.")
    start = max(0, selected.start)
    text = statement.text[start : max(start, selected.end)]
    if not text.strip():
        raise RecordError("Nothing is selected.", "Select the words that are to be hidden.")
    first = start + len(text) - len(text.lstrip())
    return Added(statement.id, first, first + len(text.strip()), subject, statement.digest)


def everywhere(draft: Draft, added: Added) -> Elsewhere:
    """Where the same words stand and no mark is about them.

    Raises:
        RecordError: If it is a single character.
    """
    statement = _statement(draft, added.statement_id)
    words = statement.text[added.char_start : added.char_end]
    if len(words) < _SHORTEST:
        raise RecordError("A single character stands in too many words.", "Mark it here only.")
    acts = tuple(unmarked(draft, words, added.subject))
    if added not in acts and not _seen_to(draft, added):
        acts = (added, *acts)
    return Elsewhere(acts, tuple(_context(draft, act) for act in acts[:_SHOWN]))


def _seen_to(draft: Draft, added: Added) -> bool:
    """Whether a mark covers a place that is hidden, or still to be decided."""
    kept = {d.mark_id for d in draft.decisions if d.verdict is Verdict.KEEP}
    return any(
        m.char_start <= added.char_start and added.char_end <= m.char_end and m.id not in kept
        for m in draft.marks_in(added.statement_id)
    )


def _context(draft: Draft, act: Added) -> tuple[str, str, str, str, str]:
    statement = _statement(draft, act.statement_id)
    at = clock(statement.time_of(act.char_start, act.char_end).start)
    return (statement.id, at, *around(statement.text, act.char_start, act.char_end))


def _statement(draft: Draft, statement_id: str) -> Statement:
    statement = draft.statement(statement_id)
    if statement is None:
        raise NotFoundError("There is no such statement (any more).", "Load the page again.")
    return statement
