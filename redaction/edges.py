"""Finding words under somebody's name that may be a protected person's, who is heard beside them or there.

Diarization ends a turn up to .8 s too early or begins it as much too late. What was said there stands under somebody
else's name then, and is published under it; where the person asked not to be recorded, it should not be there at all.
A transcript that people wrote may put anything that such a person says under another name.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from redaction.mark import Evidence, Kind, Mark, Tier
from speakers.meeting import Meeting, Participant, Wish
from speakers.names import Namings
from speakers.record import UNKNOWN, Record, SpeakerId, Statement, Word, digest, union

VERSION = "2"

REACH_MS = 800
"""So much do turns end or begin wrongly; a clause that is over within that time may be all the other person's."""

PAUSE_MS = 300
"""After a pause of this length nobody goes on with somebody else's sentence."""

BREATH_MS = 100
"""Between words this is a pause, where a clause may end; recognizers leave out punctuation."""

LEAST_MS = 400
"""What stands for so long in the turn of somebody not to be recorded was not put there by a boundary alone."""

_CLAUSE_END = re.compile(r"[，。？！；、,.?!;]$")


def find(meeting: Meeting, record: Record, namings: Namings) -> tuple[Mark, ...]:
    """The clause beside each change of voice, into or out of a protected person's, that may be that person's.

    And whatever stands under another name while, by the turns, somebody speaks who is not to be recorded.

    Only where the two voices follow each other without a pause, and only a whole clause (up to a punctuation mark or a
    breath) that is over within `REACH_MS`; of somebody not to be recorded, also the words that begin in that time of
    a longer one. A statement that is nothing else was heard as a turn of its own, and is another's, unless it is
    nobody's.

    Args:
        meeting: whose wishes count.
        record: the statements to search.
        namings: which voice is whom; a proposal will do.

    Returns:
        (n_marks,) in reading order; whose words they are is for a reviewer to hear.
    """
    marks: dict[str, Mark] = {}
    guarded = {voice: _guarded(meeting, namings, voice) for voice in record.speakers}
    for before, after in itertools.pairwise(record.spoken.statements):
        left, right = guarded[before.speaker], guarded[after.speaker]
        if (left is None) == (right is None) or after.span.start - before.span.end >= PAUSE_MS:
            continue
        person = left or right
        if person is None:
            continue
        outside = after if left else before
        words = after.words if left else before.words[::-1]
        beside = _beside(words, last=right is not None, unrecorded=person.wish is Wish.NOT_RECORDED)
        if beside and (len(beside) < len(words) or outside.speaker == UNKNOWN):
            mark = _mark(outside, beside, person)
            marks.setdefault(mark.id, mark)
    for mark in _inside(meeting, record, namings):
        marks.setdefault(mark.id, mark)
    order = {statement.id: number for number, statement in enumerate(record.statements)}
    return tuple(sorted(marks.values(), key=lambda m: (order[m.statement_id], m.char_start, m.char_end)))


def _inside(meeting: Meeting, record: Record, namings: Namings) -> Iterator[Mark]:
    """Words that stand under another name in turns of somebody who is not to be recorded."""
    guarded = {voice: _guarded(meeting, namings, voice) for voice in record.diarization.speakers}
    silent = {voice: p for voice, p in guarded.items() if p is not None and p.wish is Wish.NOT_RECORDED}
    if not silent:
        return

    def whose(word: Word) -> Participant | None:
        voice = record.diarization.speaker_at((word.span.start + word.span.end) // 2)
        return silent.get(voice) if voice is not None else None

    for statement in record.spoken.statements:
        own = _guarded(meeting, namings, statement.speaker)
        for person, run in itertools.groupby(statement.words, whose):
            words = tuple(run)
            if person is None or person == own:
                continue
            if sum(span.length for span in union(w.span for w in words)) >= LEAST_MS:
                yield _mark(statement, words, person)


def _guarded(meeting: Meeting, namings: Namings, voice: SpeakerId) -> Participant | None:
    """Whose voice it is or may be, if they asked for anything."""
    link = namings.of(voice)
    person = meeting.participant(link.participant_id) if link else None
    return person if person is not None and person.wish is not Wish.NAMED else None


def _beside(words: tuple[Word, ...], *, last: bool, unrecorded: bool) -> tuple[Word, ...]:
    """The words in question, from the edge on; none if the clause at the edge is too long to be somebody else's.

    Args:
        words: of the statement, the one at the edge first.
        last: whether it is the statement's end that is at the edge.
        unrecorded: whether not even words may stay.
    """
    clause = tuple(_clause(words, last=last))
    within = tuple(w for w in clause if _away(words[0], w, last=last) < REACH_MS)
    edge, far = words[0].span, clause[-1].span
    over = far.end - edge.start if not last else edge.end - far.start
    return clause if over <= REACH_MS else within if unrecorded else ()


def _clause(words: tuple[Word, ...], *, last: bool) -> Iterator[Word]:
    """The words up to the nearest punctuation or pause."""
    row = words[::-1] if last else words
    ends = [
        bool(_CLAUSE_END.search(a.text)) or b.span.start - a.span.end >= BREATH_MS
        for a, b in itertools.pairwise(row)
    ]
    for word, end in zip(words, (*(ends[::-1] if last else ends), True), strict=True):
        yield word
        if end:
            return


def _away(edge: Word, word: Word, *, last: bool) -> int:
    return edge.span.end - word.span.end if last else word.span.start - edge.span.start


def _mark(statement: Statement, beside: tuple[Word, ...], person: Participant) -> Mark:
    places = {id(word): (start, end) for start, end, word in statement.placed()}
    spans = [places[id(word)] for word in beside]
    return Mark(
        statement_id=statement.id,
        char_start=min(start for start, _ in spans),
        char_end=max(end for _, end in spans),
        subject=person.id,
        kind=Kind.VOICE,
        tier=Tier.C,
        evidence=Evidence("edges", VERSION, "pattern", ("beside-protected-turn",)),
        confidence=0.3,
        surface_group=digest("edge", person.id)[:8],
        text_digest=statement.digest,
    )
