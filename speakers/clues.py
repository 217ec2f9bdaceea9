"""What the words of a meeting say about whose voice is whose: introductions, calls, thanks, and the roster's order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from speakers.meeting import Meeting, Participant
from speakers.phrases import Phrase, Use, phrases
from speakers.reason import Reason, Why
from speakers.record import UNKNOWN, Record, SpeakerId, Statement
from speakers.roster import CHAIRS, Likeness, Mention, Roster
from speakers.traditional import is_chinese

ANSWER_MS = 5_000
"""Within this time after somebody was called, whoever takes over is the answer."""

CALL_REACH_MS = 8_000
"""A call so long before the end of what the caller says is still what hands over (「…，時間三分鐘」)."""

TAKES_OVER = 8
"""Characters or words that make an answer more than a short 「好」 from somewhere."""

_REMEMBERED = 20_000
"""Texts of which it is remembered what they say: a review looks at the same ones after every decision."""

_INTRODUCED = {Likeness.EXACT: 5, Likeness.SAME: 4, Likeness.NEAR: 3}
_SHORT_INTRODUCED = {Likeness.EXACT: 4, Likeness.SAME: 3, Likeness.NEAR: 1}


@dataclass(frozen=True, slots=True)
class _Run:
    """What one voice says until another one speaks.

    Attributes:
        speaker: the voice.
        statements: (n_statements,) in a row.
        start: of the first one.
        end: when the last word of all is over.
        takes_over: whether this is more than a word from somewhere.
    """

    speaker: SpeakerId
    statements: tuple[Statement, ...]
    start: int
    end: int
    takes_over: bool


def _runs(record: Record) -> Iterator[_Run]:
    for voice, group in itertools.groupby(record.statements, key=lambda s: s.speaker):
        said = tuple(group)
        more = sum(_said_in(s.text) for s in said) >= TAKES_OVER
        yield _Run(voice, said, said[0].span.start, max(s.span.end for s in said), more)


@lru_cache(maxsize=_REMEMBERED)
def _said_in(text: str) -> int:
    """Characters and words of a text."""
    return sum(map(is_chinese, text)) + sum(w.isascii() for w in text.split())


class _Reader:
    """What texts say about the people of a roster; of those it read before it knows."""

    def __init__(self, people: tuple[Participant, ...]) -> None:
        self._roster = Roster(people)
        self._read = lru_cache(maxsize=_REMEMBERED)(self._phrases)

    def __call__(self, text: str) -> tuple[Phrase, ...]:
        return self._read(text)

    def _phrases(self, text: str) -> tuple[Phrase, ...]:
        return phrases(text, self._roster.mentions(text))


@lru_cache(maxsize=4)
def _reader(people: tuple[Participant, ...]) -> _Reader:
    return _Reader(people)


def clues(meeting: Meeting, record: Record) -> tuple[Reason, ...]:
    """Every piece of evidence in the words and their order, for and against.

    Args:
        meeting: with the roster.
        record: with statements and turns.
    """
    read = _reader(meeting.participants)
    spoken = {s.id: read(s.text) for s in record.statements}
    runs = list(_runs(record))
    found = [
        *_said(record, spoken),
        *_answers(runs, spoken),
        *_thanks(runs, spoken),
        *_order(meeting, runs),
    ]
    return tuple(dict.fromkeys(r for r in found if r.speaker != UNKNOWN and r.participant_id))


def _said(record: Record, spoken: dict[str, tuple[Phrase, ...]]) -> Iterator[Reason]:
    """Who a voice says it is, and of whom it speaks as of somebody else."""
    for statement in record.statements:
        others = {
            p.mention.participant_id
            for p in spoken[statement.id]
            if p.use not in {Use.INTRODUCES, Use.UNCLEAR} and _is_clear(p.mention)
        }
        for person in sorted(others):
            yield Reason(statement.speaker, person, Why.SPEAKS_OF, statement.id, -2)
        for phrase in spoken[statement.id]:
            who = phrase.mention.participant_id
            # Called and introduced in one breath: two people, and a turn's boundary that came too late.
            if phrase.use is Use.INTRODUCES and who not in others:
                table = _INTRODUCED if phrase.mention.full else _SHORT_INTRODUCED
                yield Reason(
                    statement.speaker, who, Why.SELF_INTRODUCTION, statement.id, table[phrase.mention.sound]
                )


def _is_clear(mention: Mention) -> bool:
    return (
        mention.title or mention.sound is Likeness.EXACT or (mention.full and mention.sound is Likeness.SAME)
    )


def _answers(runs: list[_Run], spoken: dict[str, tuple[Phrase, ...]]) -> Iterator[Reason]:
    """Somebody is called on at the end of what one voice says, and another one takes over."""
    for caller, answer in itertools.pairwise(runs):
        if UNKNOWN in {caller.speaker, answer.speaker} or not answer.takes_over:
            continue
        if answer.start - caller.end > ANSWER_MS:
            continue
        called = [
            (phrase, statement)
            for statement in caller.statements
            for phrase in spoken[statement.id]
            if phrase.use in {Use.CALLS, Use.ASKS}
            and _until(statement, phrase.mention, caller.end) <= CALL_REACH_MS
        ]
        if len({phrase.mention.participant_id for phrase, _ in called}) != 1:
            continue
        phrase, statement = called[-1]
        points = 1 if phrase.use is Use.ASKS else 2
        yield Reason(answer.speaker, phrase.mention.participant_id, Why.CALLED, statement.id, points)


def _until(statement: Statement, mention: Mention, end: int) -> int:
    return end - statement.time_of(mention.start, mention.end).end


def _thanks(runs: list[_Run], spoken: dict[str, tuple[Phrase, ...]]) -> Iterator[Reason]:
    """Somebody is thanked first thing after another voice has spoken."""
    for before, after in itertools.pairwise(runs):
        if UNKNOWN in {before.speaker, after.speaker} or after.start - before.end > ANSWER_MS:
            continue
        first = after.statements[0]
        thanked = [p.mention for p in spoken[first.id] if p.use is Use.THANKS]
        if len(thanked) != 1:
            continue
        leads = first.text[thanked[0].start : thanked[0].end] in CHAIRS
        if leads or before.takes_over:
            yield Reason(before.speaker, thanked[0].participant_id, Why.THANKED, first.id, 1 if leads else 2)


def _order(meeting: Meeting, runs: list[_Run]) -> Iterator[Reason]:
    """Voices in the order of the roster, where staff said that people introduced themselves so."""
    firsts: dict[SpeakerId, str] = {}
    for run in runs:
        if run.speaker != UNKNOWN and run.speaker not in firsts and run.takes_over:
            firsts[run.speaker] = run.statements[0].id
    if meeting.introduced_in_order and len(firsts) == len(meeting.participants):
        for (voice, at), person in zip(firsts.items(), meeting.participants, strict=True):
            yield Reason(voice, person.id, Why.ORDER, at, 1)
