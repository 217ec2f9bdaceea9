"""The public text beside the private one: of every statement what would be published, and what stands for it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from redaction.decision import Verdict
from redaction.draft import Draft
from redaction.labels import Labels, language_of
from redaction.mark import Mark
from redaction.release import preview
from speakers.meeting import Link
from speakers.record import clock


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a private text.

    Attributes:
        text: as it was said.
        state: "" for plain text, "mask", "keep", or "open" where nobody decided.
        marks: ids of the marks that cover it.
    """

    text: str
    state: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, private and public.

    Attributes:
        id: the statement's.
        at: when it begins, for people.
        digest: of the statement.
        start_ms: when it begins.
        end_ms: its end.
        label: as whom it is published; empty if nothing of it is.
        public: exactly the text that would be published; empty if none is.
        speaker: the private name of who says it, or the voice; empty for blind readers.
        private: (n_pieces,) what was said; none for blind readers.
    """

    id: str
    at: str
    digest: str
    start_ms: int
    end_ms: int
    label: str
    public: str
    speaker: str
    private: tuple[Piece, ...]


_FIELDS = tuple(field.name for field in fields(Pair))
_values = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True)
class Header:
    """What is published above the text, and as whom people are published: exactly that.

    Attributes:
        title: of the meeting.
        lines: date, place, case.
        links: pages that belong to it.
        speakers: (label, role) in order of first speech.
    """

    title: str
    lines: tuple[str, ...]
    links: tuple[Link, ...]
    speakers: tuple[tuple[str, str], ...]


def header(draft: Draft) -> Header:
    """What is published above the text."""
    meeting, shown = draft.meeting, Labels(draft, language_of(draft))
    speakers = dict.fromkeys(shown.of(voice) for voice in draft.record.speakers)
    return Header(
        title=meeting.title,
        lines=tuple(said for said in (meeting.date, meeting.place, meeting.case) if said),
        links=meeting.links,
        speakers=tuple((s.label, s.role) for s in speakers),
    )


def pairs(draft: Draft, *, blind: bool) -> tuple[Pair, ...]:
    """Every statement, private and public; to blind readers only what would be published.

    Args:
        draft: as it is now.
        blind: whether the private text is left out, and statements of which nothing is published with it.
    """
    public = {statement_id: (label, text) for statement_id, label, text in preview(draft)}
    verdicts = {d.mark_id: d.verdict for d in draft.decisions}
    people = {p.id: p.name for p in draft.meeting.participants}
    found = []
    for statement in draft.record.statements:
        label, text = public.get(statement.id, ("", ""))
        if blind and not text:
            continue
        person = draft.namings.person(statement.speaker) or ""
        found.append(
            Pair(
                id=statement.id,
                at=clock(statement.span.start),
                digest=statement.digest,
                start_ms=statement.span.start,
                end_ms=statement.span.end,
                label=label,
                public=text,
                speaker="" if blind else people.get(person, str(statement.speaker)),
                private=() if blind else pieces(statement.text, draft.marks_in(statement.id), verdicts),
            )
        )
    return tuple(found)


def pieces(text: str, marks: tuple[Mark, ...], verdicts: dict[str, Verdict]) -> tuple[Piece, ...]:
    """A text cut where marks begin and end; of several that overlap, what hides most counts.

    Args:
        text: of one statement.
        marks: of that statement.
        verdicts: by mark id; a mark without one is open.
    """
    edges = sorted({0, len(text), *(e for m in marks for e in (m.char_start, m.char_end))})
    found: list[Piece] = []
    for start, end in itertools.pairwise(edges):
        here = [m for m in marks if m.char_start < end and start < m.char_end]
        states = {_state(verdicts.get(m.id)) for m in here}
        state = next((s for s in ("mask", "open", "keep") if s in states), "")
        found.append(Piece(text[start:end], state, tuple(m.id for m in here)))
    return tuple(found)


def _state(verdict: Verdict | None) -> str:
    if verdict is None:
        return "open"
    return "keep" if verdict is Verdict.KEEP else "mask"


def table(found: tuple[Pair, ...]) -> list[dict[str, Any]]:
    """The same for a page's script."""
    return [
        {
            **dict(zip(_FIELDS, _values(pair), strict=True)),
            "private": [{"text": p.text, "state": p.state, "marks": p.marks} for p in pair.private],
        }
        for pair in found
    ]
