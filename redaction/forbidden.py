"""What must not be in a release of a draft, and what may stand in it all the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from redaction.decision import Verdict
from redaction.draft import Draft
from redaction.header import header
from redaction.needles import Needles
from redaction.release import kept
from redaction.term import Term, facts_of, terms_of
from redaction.tolerated import Tolerated
from redaction.views import Reading


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What a leak scan of a release needs to know.

    Attributes:
        terms: names of protected people, and those of their facts that were masked somewhere.
        allowed: per surface, how often reviewers decided that it may stand.
        public: texts that are published as they are.
    """

    terms: tuple[Term, ...] = field(repr=False)
    allowed: dict[str, int] = field(repr=False)
    public: tuple[str, ...] = field(repr=False)


def forbidden(draft: Draft) -> Forbidden:
    """What must not be in a release of this draft.

    A fact that nobody masked gives nobody away: others work at the same office. One that was masked must not stand
    anywhere else either, unless a reviewer kept it there, or the header shows it to everybody.
    """
    protected = draft.meeting.protected
    public = _public(draft)
    shown = Tolerated(public=public)
    masked = _masked(draft)
    facts = facts_of(protected)
    hidden = {seen.term for seen in Reading(Needles(facts), Tolerated()).look(masked)}
    facts = tuple(f for f in facts if f.id in hidden and not shown.wording(f.surface))
    return Forbidden((*terms_of(protected), *facts), kept(draft), public)


def _public(draft: Draft) -> tuple[str, ...]:
    meeting = draft.meeting
    shown = (text for _, texts in header(meeting) for text in texts)
    named = (text for p in meeting.participants if not p.protected for text in (*p.names, p.role))
    return tuple(text for text in (*shown, *named) if text)


def _masked(draft: Draft) -> str:
    """Everything that was masked, each in a paragraph of its own."""
    surfaces = []
    for mark in draft.marks:
        decision, statement = draft.decision(mark), draft.record.statement(mark.statement_id)
        if decision is not None and decision.verdict is not Verdict.KEEP and statement is not None:
            surfaces.append(statement.text[mark.char_start : mark.char_end])
    return "\n。\n".join(surfaces)
