"""Names that the sound holds and the text does not: a second hearing, with protected names in mind.

A recognizer that is told which names may be said writes them where nobody says them. So a name counts only if it wins
a contest: put in the place of the record's words it has to explain the sound at least as well as they do, and much
better than any invented name of its shape, all of which the model is told as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from redaction import mentions
from redaction.decoys import decoys
from redaction.mark import Evidence, Kind, Mark, Tier
from speakers import attribute
from speakers.listener import Listener
from speakers.meeting import Meeting
from speakers.record import Diarization, Millis, Record, Span, Statement, Word, digest, joined
from speakers.sound import Progress, Sound
from speakers.traditional import is_chinese

VERSION = "1"

_LEVELS = frozenset({"exact", "variant", "same-sound"})
"""How much like a name what is read with it as a hint has to be: a near miss is found without a hint as well."""

_AROUND_MS, _EDGE_MS = 800, 150
"""Words on either side that are weighed along, and sound beyond them."""

_LONGEST_MS = 12_000
"""A stretch with words that take longer was not placed well; nothing is weighed there."""

_UNSURE = 0.35
"""Probability below which a word may be a name that was misheard."""

_RUN_MS, _APART_MS = 3_000, 300
"""The longest run of words that is taken for one name, and how far apart they may stand."""

_EXPLAINS_NATS = 0.0
"""How much better than the record's words a name has to explain the sound."""

_BEATS_NATS = 3.0
"""How much better than every decoy."""

_CLEAR_NATS = 6.0
"""Both by so much: decided one by one. What is less clear is decided by surface form."""


@dataclass(frozen=True, slots=True)
class HeardName:
    """A moment at which the sound names somebody, and the record says something else.

    Attributes:
        span: of the record's words that the name explains better.
        subject: the participant's id.
        alias: which of their names, 0 for the first.
        explains: nats by which the name explains the sound better than the record's words.
        beats: nats by which it does better than the best decoy.
    """

    span: Span
    subject: str
    alias: int
    explains: float
    beats: float

    @property
    def clear(self) -> bool:
        """Whether it is decided one by one."""
        return min(self.explains, self.beats) >= _CLEAR_NATS


def find(
    meeting: Meeting, record: Record, sound: Sound, listener: Listener, progress: Progress
) -> tuple[HeardName, ...]:
    """Hear the sound again with the names of protected people in mind.

    Args:
        meeting: with its participants.
        record: as it was heard the first time.
        sound: of the whole recording.
        listener: hears it.
        progress: told about milliseconds done.

    Returns:
        (n_moments,) sorted; at each the name that explains most.
    """
    names = tuple(dict.fromkeys(name for p in meeting.protected for name in p.names))
    heard = listener.expecting(sound, record.language, names, progress)
    contest = _Contest(meeting, record, sound, listener)
    places = (*_named(meeting, record, heard), *_unsure(meeting, contest.words))
    found: list[HeardName] = []
    for number, (span, forms) in enumerate(places):
        progress("weigh names", number, len(places))
        won = contest.winner(span, forms)
        if won is not None:
            found.append(won)
    best: list[HeardName] = []
    for name in sorted(found, key=lambda n: (-n.explains, n.span, n.subject)):
        if not any(name.span.overlap(other.span) for other in best):
            best.append(name)
    return tuple(sorted(best, key=lambda n: n.span))


def with_heard(record: Record, names: Iterable[HeardName], known: Sequence[Mark]) -> tuple[Mark, ...]:
    """Marks of mentions, and what only the sound names, as marks over the words of the record that stand there.

    Args:
        record: the statements, corrected or not.
        names: what was heard.
        known: marks of mentions; where one of the same person is, nothing is added, unless it only says that the
            same words stand elsewhere: what a reviewer decided of the first place stays decided.
    """
    names = tuple(names)
    spans = [(s.span, s) for s in record.spoken.statements] if names else []
    found = [
        mark
        for name in names
        for span, statement in spans
        if span.overlap(name.span) and (mark := _mark(statement, name)) is not None
    ]
    new = [m for m in found if not any(_meets(m, k) for k in known if k.evidence.level != "propagated")]
    return (*(k for k in known if not any(_meets(k, m) for m in new)), *new)


def _mark(statement: Statement, name: HeardName) -> Mark | None:
    touched = [(start, end) for start, end, word in statement.placed() if word.span.overlap(name.span)]
    if not touched:
        return None
    start, end = touched[0][0], touched[-1][1]
    text = statement.text[start:end]
    return Mark(
        statement_id=statement.id,
        char_start=start,
        char_end=start + len(text.rstrip("，。、？！,.?! ")) or end,
        subject=name.subject,
        kind=Kind.ALIAS if name.alias else Kind.NAME,
        tier=Tier.B if name.clear else Tier.C,
        evidence=Evidence("heard-names", VERSION, "heard", ("second-hearing",)),
        confidence=0.8 if name.clear else 0.5,
        surface_group=digest("surface", name.subject, text)[:8],
        text_digest=statement.digest,
    )


def _meets(a: Mark, b: Mark) -> bool:
    return (
        a.statement_id == b.statement_id
        and a.subject == b.subject
        and a.char_start < b.char_end
        and b.char_start < a.char_end
    )


Form = tuple[str, int, str]
"""Participant's id, which of their names, the name."""


def _forms(meeting: Meeting) -> tuple[Form, ...]:
    return tuple(
        (p.id, number, name)
        for p in meeting.protected
        for number, name in enumerate(p.names)
        if sum(c.isalnum() for c in name) >= 2
    )


def _named(
    meeting: Meeting, record: Record, heard: tuple[Word, ...]
) -> Iterator[tuple[Span, tuple[Form, ...]]]:
    """Where the second hearing names somebody, and all the names of that person."""
    nobody = Diarization((), (), record.diarization.duration)
    again = attribute.record(record.language, heard, nobody)
    known = list(_known(meeting, record))
    for mark in mentions.find(meeting, again):
        statement = again.statement(mark.statement_id)
        if statement is None or mark.evidence.level not in _LEVELS:
            continue
        span = statement.time_of(mark.char_start, mark.char_end)
        if not any(who == mark.subject and span.overlap(there) for who, there in known):
            yield span, tuple(f for f in _forms(meeting) if f[0] == mark.subject)


def _known(meeting: Meeting, record: Record) -> Iterator[tuple[str, Span]]:
    for mark in mentions.find(meeting, record):
        statement = record.statement(mark.statement_id)
        if statement is not None:
            yield mark.subject, statement.time_of(mark.char_start, mark.char_end)


def _unsure(meeting: Meeting, words: Sequence[Word]) -> Iterator[tuple[Span, tuple[Form, ...]]]:
    """Runs of words of which the recognizer was not sure, and every name."""
    run: Span | None = None
    forms = _forms(meeting)
    for word in (w for w in words if w.confidence < _UNSURE):
        if run is not None and word.span.start - run.end <= _APART_MS:
            run = Span(run.start, max(run.end, word.span.end))
            continue
        if run is not None and run.length <= _RUN_MS:
            yield run, forms
        run = word.span
    if run is not None and run.length <= _RUN_MS:
        yield run, forms


class _Contest:
    """Names against the words of a record, and against names that nobody has."""

    def __init__(self, meeting: Meeting, record: Record, sound: Sound, listener: Listener) -> None:
        self._record, self._sound, self._listener = record, sound, listener
        self._known = list(_known(meeting, record))
        self.words = sorted((w for s in record.statements for w in s.words), key=lambda w: w.span)

    def winner(self, span: Span, forms: tuple[Form, ...]) -> HeardName | None:
        """The name that explains a moment, if one does."""
        near = [w for w in self.words if w.span.overlap(span.widened(_AROUND_MS))]
        inside = [i for i, w in enumerate(near) if w.span.overlap(span)]
        if not inside or any(there.overlap(span) for _, there in self._known):
            return None
        last = max(w.span.end for w in near)
        end = min(self._record.diarization.duration, last + _EDGE_MS)
        cut = Span(Millis(max(0, near[0].span.start - _EDGE_MS)), Millis(end))
        if not 0 < cut.length <= _LONGEST_MS:
            return None
        first, beyond = inside[0], inside[-1] + 1
        places = [
            (a, b)
            for a, b in (
                (first - 1, beyond),
                (first, beyond + 1),
                (first + 1, beyond),
                (first, beyond - 1),
            )
            if 0 <= a < b <= len(near)
        ]

        def weigh(names: Sequence[tuple[str, int, int]], told: Sequence[str]) -> list[float]:
            texts = [joined(near), *(_exchanged(near, *put) for put in names)]
            said, *others = self._listener.weigh(self._sound, cut, self._record.language, texts, told)
            return [other - said for other in others]

        gains = weigh([(form[2], first, beyond) for form in forms], ())
        likely = sorted(zip(gains, forms, strict=True), key=lambda t: -t[0])[:_ROUNDS]
        tried = [(gain, form, first, beyond) for gain, form in likely if gain >= _HOPELESS_NATS]
        put = [(form, *place) for _, form, *_ in tried for place in places]
        if put:
            more = weigh([(form[2], a, b) for form, a, b in put], ())
            tried += [(gain, *where) for gain, where in zip(more, put, strict=True)]
        ranked = [
            max((t for t in tried if t[1] == form), key=lambda t: t[0])
            for form in dict.fromkeys(t[1] for t in tried)
        ]
        best: HeardName | None = None
        for _, form, a, b in ranked:
            against = decoys(form[2])
            middle = len(against) // 2
            told = (*against[:middle], form[2], *against[middle:])
            explains, *theirs = weigh([(name, a, b) for name in (form[2], *against)], told)
            beats = explains - max(theirs)
            if explains < _EXPLAINS_NATS or beats < _BEATS_NATS:
                continue
            if best is None or explains > best.explains:
                there = Span(near[a].span.start, max(w.span.end for w in near[a:b]))
                best = HeardName(there, form[0], form[1], round(explains, 1), round(beats, 1))
        return best


_ROUNDS, _HOPELESS_NATS = 2, -18.0
"""So many names at most meet the decoys, and none that explains the sound so much worse than the record's words."""


def _exchanged(near: Sequence[Word], name: str, a: int, b: int) -> str:
    """The words with a name in the place of some."""
    before, after = joined(near[:a]), joined(near[b:])
    gap = "" if is_chinese(name) or not before or is_chinese(before[-1]) else " "
    return f"{before}{gap}{name}{gap}{after}"
