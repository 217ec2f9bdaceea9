"""The queue of marks as a page shows it: by risk, each with its words, its sound, its reason, and how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from pipeline import words as called
from pipeline.mark_words import why
from pipeline.second_reader import Reading
from pipeline.surfaces import around
from pipeline.words import Words
from redaction.approval import person
from redaction.audible import MENTION_MARGIN_MS
from redaction.decision import Added, Decided, Verdict
from redaction.draft import Draft
from redaction.labels import Labels, language_of
from redaction.ledger import Entry, in_force
from redaction.mark import Kind, Mark, Tier
from speakers.record import SpeakerId, Statement, clock

_ORDER = {Tier.A: 0, Tier.B: 1, Tier.C: 2, Tier.MANUAL: 3}

_REASONS = 12
"""Reasons given before that are offered."""


@dataclass(frozen=True, slots=True)
class Row:
    """One mark. Private: it holds words of the record.

    Attributes:
        id: the mark's.
        statement: its statement's id.
        start: first character of the statement's text.
        end: one past the last.
        digest: of the statement.
        speaker: who says it, as reviewers know them.
        at: when, for people.
        start_ms: beginning of what is replaced in the sound if it is masked, margin included.
        end_ms: its end.
        tier: how it is to be decided.
        kind: what it is.
        subject: the participant's id; empty for nobody on the list.
        name: the participant's.
        before: what stands before it.
        words: what it is about.
        after: what stands behind it.
        why: why it is a mark, in Chinese and English.
        group: marks that read alike share it.
        instead: what stands there once it is masked.
        verdict: what was decided; empty if nothing was, or if it must not be told.
        by: who decided it.
        reason: why it was kept.
        seq: number of the ledger's entry that decided it; -1 if none did. Says what somebody saw who answers.
        mine: whether whoever asks decided it.
        judged: what whoever asks judged as a second reader; empty otherwise.
        differs: whether that is not what was decided.
    """

    id: str
    statement: str
    start: int
    end: int
    digest: str
    speaker: str
    at: str
    start_ms: int
    end_ms: int
    tier: str
    kind: str
    subject: str
    name: str
    before: str
    words: str
    after: str
    why: Words
    group: str
    instead: str
    verdict: str = ""
    by: str = ""
    reason: str = ""
    seq: int = -1
    mine: bool = False
    judged: str = ""
    differs: bool = False


_FIELDS = tuple(field.name for field in fields(Row))
_values = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True)
class Answered:
    """The entry that decided a mark last, and what it said."""

    entry: Entry
    decided: Decided


def answered(entries: tuple[Entry, ...]) -> dict[str, Answered]:
    """By mark id, the decision in force and whose it is."""
    return {e.act.mark_id: Answered(e, e.act) for e in in_force(entries) if isinstance(e.act, Decided)}


def plain(draft: Draft) -> tuple[Row, ...]:
    """Every mark as if nothing were decided, those of the greatest risk to be decided first."""
    order = {s.id: number for number, s in enumerate(draft.record.statements)}
    people = {p.id: p.name for p in (*draft.meeting.participants, *draft.meeting.elsewhere)}
    voices = {s: _called(draft, s, people) for s in draft.record.speakers}
    labels = Labels(draft, language_of(draft))
    end = draft.record.diarization.duration
    groups: dict[str, int] = {}
    for number, mark in enumerate(draft.marks):
        groups.setdefault(mark.surface_group, number)

    def row(mark: Mark, statement: Statement) -> Row:
        before, words, after = around(statement.text, mark.char_start, mark.char_end)
        span = statement.time_of(mark.char_start, mark.char_end).widened(MENTION_MARGIN_MS)
        name = people.get(mark.subject, "")
        return Row(
            id=mark.id,
            statement=statement.id,
            start=mark.char_start,
            end=mark.char_end,
            digest=mark.text_digest,
            speaker=voices[statement.speaker],
            at=clock(span.start),
            start_ms=span.start,
            end_ms=min(span.end, max(end, span.start + 1)),
            tier=str(mark.tier),
            kind=str(mark.kind),
            subject=mark.subject,
            name=name,
            before=before,
            words=words,
            after=after,
            why=why(mark, name),
            group=mark.surface_group,
            instead=labels.placeholder(mark),
        )

    def risk(mark: Mark) -> tuple[int, int, int, int]:
        together = groups[mark.surface_group] if mark.tier is Tier.C else 0
        return _ORDER[mark.tier], together, order[mark.statement_id], mark.char_start

    found = ((mark, draft.statement(mark.statement_id)) for mark in sorted(draft.marks, key=risk))
    return tuple(row(mark, statement) for mark, statement in found if statement is not None)


def rows(
    found: tuple[Row, ...], draft: Draft, entries: tuple[Entry, ...], who: str, reading: Reading | None
) -> tuple[Row, ...]:
    """The same with how each stands.

    Args:
        found: of the draft, as `plain` has them.
        draft: as it is now.
        entries: the whole ledger, in order.
        who: for whom.
        reading: how far they came as a second reader; None if they are none. As long as they are to be blind, nothing
            is told of what was decided.
    """
    known = {} if reading is not None and reading.blind else _standing(draft, entries)
    judged = dict(reading.judged) if reading else {}
    differing = {m.id for m in reading.differences} if reading else set()
    own = {name for name in {by for _, by, _ in known.values()} if name and person(name) == person(who)}

    def stands(row: Row) -> Row:
        if row.id not in known and row.id not in judged:
            return row
        decided, by, seq = known.get(row.id, (None, "", -1))
        return replace(
            row,
            instead=(decided.replacement if decided else "") or row.instead,
            verdict=str(decided.verdict) if decided else "",
            by=by,
            reason=decided.reason if decided else "",
            seq=seq,
            mine=by in own,
            judged=str(judged.get(row.id, "")),
            differs=row.id in differing,
        )

    return tuple(map(stands, found))


def _standing(draft: Draft, entries: tuple[Entry, ...]) -> dict[str, tuple[Decided, str, int]]:
    """By mark id: what stands, who said so, and in which entry; a reviewer's own mark is masked without saying so."""
    said = answered(entries)
    added = {
        (e.act.statement_id, e.act.char_start, e.act.char_end): e for e in entries if isinstance(e.act, Added)
    }
    found: dict[str, tuple[Decided, str, int]] = {}
    for decided in draft.decisions:
        mark = draft.mark(decided.mark_id)
        if mark is None:
            continue
        entry = said[mark.id].entry if mark.id in said and said[mark.id].decided == decided else None
        entry = entry or added.get((mark.statement_id, mark.char_start, mark.char_end))
        found[mark.id] = (decided, entry.who if entry else "", entry.seq if entry else -1)
    return found


def _called(draft: Draft, voice: SpeakerId, people: dict[str, str]) -> str:
    return people.get(draft.namings.person(voice) or "", "") or str(voice)


def table(found: tuple[Row, ...]) -> list[dict[str, Any]]:
    """The same for a page's script."""
    return [{**dict(zip(_FIELDS, _values(row), strict=True)), "why": row.why._asdict()} for row in found]


def sure_kept(draft: Draft) -> tuple[Mark, ...]:
    """Sure mentions (tier A) that somebody kept: they are published as they were said."""
    kept = {d.mark_id for d in draft.decisions if d.verdict is Verdict.KEEP}
    return tuple(m for m in draft.marks if m.tier is Tier.A and m.id in kept)


def reasons(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """Why marks were kept before, the most frequent reason first."""
    said = Counter(
        e.act.reason
        for e in in_force(entries)
        if isinstance(e.act, Decided) and e.act.verdict is Verdict.KEEP
    )
    return tuple(reason for reason, _ in said.most_common(_REASONS))


def kinds(found: Iterable[Row]) -> Iterator[tuple[str, Words]]:
    """The kinds that occur, for a filter."""
    there = {row.kind for row in found}
    yield from ((str(kind), called.of("kind", kind)) for kind in Kind if kind in there)


def people(found: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    """The people whom marks are about, for a filter: (id, name)."""
    return tuple(sorted({(row.subject, row.name) for row in found if row.subject}))
