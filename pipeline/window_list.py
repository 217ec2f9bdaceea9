"""A correction window for reviewers: who has a link, who agreed, and what was suggested. Private: it holds words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline import window as windows
from pipeline.answers import Considered, considered
from pipeline.folder import MeetingFolder
from pipeline.window import Window
from redaction.draft import Draft
from redaction.shown import turns_of
from speakers.meeting import Participant


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody stands in a window.

    Attributes:
        participant: who.
        turns: how many turns of theirs would be published.
        linked: whether they have a link.
        opened: whether it was opened.
        suggested: how often they suggested something.
        agreed: whether they agreed to what would be published of them now.
    """

    participant: Participant
    turns: int
    linked: bool
    opened: bool
    suggested: int
    agreed: bool


def people(window: Window | None, draft: Draft) -> tuple[Person, ...]:
    """Everybody whom a window is for."""
    agreed = windows.agreed(window, draft)
    said = [turn.whose for turn in turns_of(draft)]
    found = []
    for one in windows.taking_part(draft):
        link = window.link(one) if window else None
        asked = [s for s in window.suggestions if s.asked.whose in one.seals] if window else []
        opened = link is not None and window is not None and link.token in window.seen
        turns = sum(whose in one.seals for whose in said)
        found.append(Person(one, turns, link is not None, opened, len(asked), one.id in agreed))
    return tuple(found)


def table(folder: MeetingFolder, draft: Draft, days: int) -> dict[str, Any]:
    """The same with the suggestions, for programs; people by their ids."""
    window = windows.of(folder)
    asked = considered(draft, window.suggestions if window else ())
    return {
        "id": folder.id,
        "window": windows.row(window, draft, days),
        "people": [
            {
                "participant": p.participant.id,
                "turns": p.turns,
                "linked": p.linked,
                "opened": p.opened,
                "suggested": p.suggested,
                "agreed": p.agreed,
            }
            for p in people(window, draft)
        ],
        "suggestions": [_suggestion(one) for one in asked],
    }


def _suggestion(one: Considered) -> dict[str, Any]:
    asked, answer = one.suggestion.asked, one.suggestion.answer
    return {
        "number": one.suggestion.number,
        "at": one.suggestion.at,
        "participant": one.person.id if one.person else None,
        "kind": str(asked.kind),
        "statement": asked.statement_id or None,
        "seen": asked.seen,
        "text": asked.text,
        "changed": one.changed,
        "proposal": one.proposal,
        "whole": one.whole,
        "answer": None if answer is None else ("accepted" if answer.accepted else "refused"),
        "reason": answer.reason if answer else "",
        "answered_by": one.suggestion.answered_by,
    }


def lines(values: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    shown = values["window"]
    yield windows.told(shown) if shown["last_day"] else f"correction window: {shown['stage']}"
    for person in values["people"]:
        link = "link opened" if person["opened"] else "has a link" if person["linked"] else "no link"
        agreed = ", agreed" if person["agreed"] else ""
        yield f"  {person['participant']:<5}{person['turns']} turns, {link}{agreed}"
    for one in values["suggestions"]:
        about = f" about {one['statement']}" if one["statement"] else ""
        state = one["answer"] or "unanswered"
        yield f"  {one['number']}  {one['participant'] or 'somebody'}{about}: {one['kind']} ({state})"
        if one["changed"] and not one["answer"]:
            yield "      the statement was changed since"
        if one["seen"]:
            yield f"      - {one['seen']}"
        if one["text"]:
            yield f"      + {one['text']}"
        if one["reason"]:
            yield f"      {one['reason']}"
