"""A draft for people to read: who says what, what is proposed for hiding, and what is still open."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from pipeline import risk_note, suggestions, who
from pipeline.review import questions
from redaction import strangers
from redaction.draft import Draft
from redaction.mark import Mark
from redaction.release import labels, preview, stand_ins
from speakers.meeting import Wish
from speakers.record import NOBODIES, SpeakerId, Statement, clock

MASKED, KEPT, OPEN = "■", "□", "?"
"""In front of a mark in brackets: it is hidden, it stays, nobody decided."""

_SAME = "（同上，這裡不再公開任何內容 as above; nothing more is published here）"


def voice_label(draft: Draft, speaker: SpeakerId) -> str:
    """A voice as reviewers see it, with the private name of whoever it is."""
    link = draft.namings.of(speaker)
    person = draft.meeting.participant(link.participant_id) if link else None
    if speaker in NOBODIES:
        return f"{speaker} (unknown)"
    typed = who.typed(draft, speaker)
    called = f"{speaker} “{typed}”" if typed else str(speaker)
    if speaker in draft.nobodies:
        return f"{called} (審閱者說都不是 nobody of the list, a reviewer said)"
    if person is None or link is None:
        return f"{called} (尚未指認 nobody yet)"
    doubt = "" if link.confirmed else f", proposed: {link.why}"
    return f"{called} = {person.id} {person.name} ({person.wish}{doubt})"


def reasons(draft: Draft, speaker: SpeakerId) -> Iterator[str]:
    """Why a voice seems to be somebody's, a line for each person: all that speaks for it, and against it."""
    found = [r for r in draft.namings.about(speaker) if draft.namings.person(speaker) is None]
    for person_id in dict.fromkeys(r.participant_id for r in found if not r.against):
        person = draft.meeting.participant(person_id)
        about = [r for r in found if r.participant_id == person_id]
        speaks = {
            sign: "; ".join(
                f"{why} {', '.join(r.at for r in about if r.why is why)}"
                for why in dict.fromkeys(r.why for r in about if r.against is sign)
            )
            for sign in (False, True)
        }
        against = f"; against it: {speaks[True]}" if speaks[True] else ""
        yield f"{person_id} {person.name if person else ''}: {speaks[False]}{against}"


def marked(draft: Draft, statement: Statement, masked: list[tuple[int, int, str]]) -> str:
    """A statement's text with its marks in brackets.

    What is masked reads `[■蔡佩珊→參與者 1]`, with what will stand there; a mark reads `[□…]` if it was kept, `[?…]` if
    it is undecided.

    Args:
        draft: with the marks.
        statement: one of its record.
        masked: of that statement, as `redaction.release.stand_ins` has it.
    """
    text = statement.text
    opened: dict[int, str] = {}
    closed: dict[int, str] = {}
    brackets = [(start, end, MASKED, f"→{instead}") for start, end, instead in masked]
    brackets += [
        (mark.char_start, mark.char_end, sign, "")
        for mark in draft.marks
        if mark.statement_id == statement.id and (sign := _sign(draft, mark)) != MASKED
    ]
    for start, end, sign, instead in sorted(brackets, key=lambda b: (b[0], -b[1])):
        opened[start] = f"{opened.get(start, '')}[{sign}"
        closed[end] = f"{instead}]{closed.get(end, '')}"
    edges = sorted({0, len(text), *opened, *closed})
    parts = [
        f"{closed.get(a, '')}{opened.get(a, '')}{text[a:b]}"
        for a, b in itertools.pairwise([*edges, len(text)])
    ]
    return "".join(parts)


def _sign(draft: Draft, mark: Mark) -> str:
    decision = draft.decision(mark)
    if decision is None:
        return OPEN
    return KEPT if decision.verdict == "keep" else MASKED


def lines(draft: Draft) -> Iterator[str]:
    """The whole draft, line by line. Private: it holds real names."""
    yield draft.meeting.title or "(no title)"
    published = labels(draft)
    for speaker in draft.record.speakers:
        yield f"  {voice_label(draft, speaker)}, published as {published[speaker]}"
        yield from (f"      {reason}" for reason in reasons(draft, speaker))
    for question in questions(draft):
        yield f"  ? {question}"
    if unknown := [
        f"{s.surface} ({s.count}, {s.first})" for s in strangers.find(draft.meeting, draft.record)
    ]:
        yield f"  Names that belong to nobody on the roster: {', '.join(unknown)}"
    if told := suggestions.told(draft):
        yield f"  {told} See: zhuzi suggestions ID."
    yield ""
    yield from (line for block in statements(draft) for line in block.split("\n"))
    yield ""
    yield from risk_note.lines(draft)


def statements(draft: Draft) -> Iterator[str]:
    """What is published of every statement, as whom, and what is hidden for it; each with its lines. Private."""
    public = {statement_id: (label, text) for statement_id, label, text in preview(draft)}
    masked = stand_ins(draft)
    for statement in draft.record.statements:
        label, text = public.get(statement.id, ("", ""))
        overlap = " (overlapped)" if statement.overlapped else ""
        voice = voice_label(draft, statement.speaker)
        rows = [f"{statement.id} {clock(statement.span.start)} {label or '—'} ← {voice}{overlap}"]
        person = draft.meeting.participant(draft.namings.person(statement.speaker) or "")
        if person is not None and person.wish is Wish.NOT_RECORDED:
            rows.append(f"    {text or _SAME}")
            rows.append(f"      不公開，僅供您參考 Private, not published: {statement.text}")
        else:
            rows.append(f"    {marked(draft, statement, masked[statement.id])}")
        for mark in (m for m in draft.marks if m.statement_id == statement.id):
            decision = draft.decision(mark)
            verdict = decision.verdict if decision else "undecided"
            rows.append(
                f"      {mark.id} {mark.kind} {mark.subject or '-'} {mark.evidence.level} tier {mark.tier}: {verdict}"
            )
        yield "\n".join(rows)


def table(draft: Draft) -> dict[str, Any]:
    """The same for programs; documented in docs/cli.md."""
    return {
        "title": draft.meeting.title,
        "language": draft.record.language,
        "digest": draft.digest,
        "voices": {
            s: {
                "typed": who.typed(draft, s),
                "participant": draft.namings.person(s),
                "proposed": (link.participant_id if (link := draft.namings.of(s)) else None),
                "why": (str(link.why) if link else None),
                "conflict": s in draft.namings.conflicts,
                "reasons": [
                    {"participant": r.participant_id, "why": str(r.why), "at": r.at, "points": r.points}
                    for r in draft.namings.about(s)
                ],
            }
            for s in draft.record.speakers
        },
        "questions": list(questions(draft)),
        "statements": [
            {
                "id": s.id,
                "voice": s.speaker,
                "start_ms": s.span.start,
                "end_ms": s.span.end,
                "text": s.text,
                "written": str(s.written.kind) if s.written else None,
            }
            for s in draft.record.statements
        ],
        "marks": [mark_table(draft, m) for m in draft.marks],
        "strangers": [
            {"surface": s.surface, "count": s.count, "first": s.first}
            for s in strangers.find(draft.meeting, draft.record)
        ],
        "suggestions": len(draft.suggestions),
        "risk": risk_note.table(draft),
        "approvals": len(draft.approvals),
    }


def mark_table(draft: Draft, mark: Mark) -> dict[str, Any]:
    """One mark, for programs; its words are not in it, only where they stand."""
    decision = draft.decision(mark)
    return {
        "id": mark.id,
        "statement": mark.statement_id,
        "char_start": mark.char_start,
        "char_end": mark.char_end,
        "subject": mark.subject,
        "kind": str(mark.kind),
        "tier": str(mark.tier),
        "level": mark.evidence.level,
        "cues": list(mark.evidence.cues),
        "confidence": mark.confidence,
        "verdict": str(decision.verdict) if decision else None,
    }
