"""Finding every mention of a protected person in what was said.

Tiers and evidence are those of docs/design.md: A is pre-accepted, B is decided one by one, C by surface form.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from redaction import chinese, latin, titled, transliterated
from redaction.forms import DERIVED, Form, is_latin
from redaction.found import LITERAL, Found, read
from redaction.heard import Heard, name_cues, tokens_of
from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.propagate import Sighting, propagated
from redaction.visible import original, visible
from speakers.meeting import Meeting
from speakers.record import Record, Statement, digest

__all__ = ["VERSION", "find", "name_cues", "reads_as", "written"]

VERSION = "5"

_REACH = 40
"""Characters on either side of a change of speaker in which a name may stand that it cuts."""

_CUT_NATS = 6.0
"""How sure a name has to be that a change of speaker cuts, unless it is there as written."""

_CLEARLY_NATS = 0.5
"""How much better a wider mention has to be than one inside it of which less is wrong."""

_EITHER_NATS, _EITHER_WRITTEN_NATS = 4.0, 2.0
"""What may be two people's name is a mark for either if neither explains it so much better."""

_REMEMBERED = 20_000
"""Texts of which it is remembered what was found: a review looks at the same ones after every decision."""


def find(meeting: Meeting, record: Record, accepted: Iterable[Sighting] = ()) -> tuple[Mark, ...]:
    """Every mention of the people who asked for anonymity.

    Args:
        meeting: with its participants.
        record: the statements to search.
        accepted: what reviewers masked, and as whom; it is looked for everywhere as if it were an alias.

    Returns:
        (n_marks,) in reading order. Marks may overlap where one decision cannot stand for both: a name inside what
        may be somebody else's, or a sure mention inside a wider doubtful one.
    """
    statements = record.statements
    texts = [s.text for s in statements]
    look = _look_for(meeting)
    found = [list(look.in_statement(text)) for text in texts]
    for number, (before, after) in enumerate(itertools.pairwise(texts)):
        for part, where in look.across(before, after):
            row = found[number + where]
            if not any(t.subject == part.subject and t.covers(part) for t in row):
                row.append(part)
    propagated(texts, found, accepted)
    return tuple(
        _mark(statement, hit)
        for statement, row in zip(statements, found, strict=True)
        for hit in sorted(row, key=lambda h: (h.start, -h.end))
    )


def written(meeting: Meeting, text: str) -> Counter[tuple[str, str]]:
    """Which protected names a text spells out, and how often: `(participant id, name folded)`.

    Only what reads like the name, none of what sounds like it: for texts that are about to be published.
    """
    return Counter(_written(meeting, text))


@lru_cache(maxsize=_REMEMBERED)
def _written(meeting: Meeting, text: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (person.id, read(hit.surface))
        for person in meeting.protected
        for name in person.names
        for hit in _named(person.id, name, text)
        if hit.level in LITERAL
    )


def reads_as(words: str, heard: str) -> bool:
    """Whether what was heard is these words, or sounds like them: 「佩珊」 is 「沛珊」, but not 「毛毛媽」."""
    return any(hit.level != "near-miss" for hit in _named("", words, heard))


def _named(subject: str, name: str, text: str) -> Iterator[Found]:
    """One name, as it was written down, and what sounds like it."""
    if not any(c.isalnum() for c in visible(name)[0]):
        yield from _signs(subject, Kind.NAME, name, text)
    elif is_latin(name):
        yield from latin.speller_of(subject, name).hits(text)
    else:
        yield from chinese.hits(_single(subject, name), Heard(text))


@lru_cache(maxsize=1_000)
def _single(subject: str, name: str) -> chinese.Matcher:
    return chinese.Matcher((Form(subject, tokens_of(name), Kind.NAME),))


class _Look:
    """What texts say of the people of a meeting; of those that were searched before it is known."""

    def __init__(self, meeting: Meeting) -> None:
        self._meeting = meeting
        self._of_signs = [
            (person.id, Kind.ALIAS if number else Kind.NAME, name)
            for person in meeting.protected
            for number, name in enumerate(person.names)
            if not any(c.isalnum() for c in visible(name)[0])
        ]
        self.in_statement = lru_cache(maxsize=_REMEMBERED)(self._in_statement)
        self.across = lru_cache(maxsize=_REMEMBERED)(self._across)

    def _in_statement(self, text: str) -> tuple[Found, ...]:
        taken: list[Found] = []
        for hit in sorted(self._all(text), key=lambda h: (h.tier, h.start - h.end, -h.nats)):
            if not any(_stands_for(t, hit) for t in taken):
                taken.append(hit)
        return tuple(taken)

    def _all(self, text: str) -> tuple[Found, ...]:
        """Everything that may be a mention in a text, however much of it is about the same characters."""
        found = list(self._heard(Heard(text)))
        sure = [h for h in found if not any(_better_inside(h, other) for other in found)]
        return tuple(_beside_the_named(self._meeting, text, sure))

    def _heard(self, heard: Heard, over: int | None = None) -> Iterator[Found]:
        """Whatever sounds or reads like a mention; with `over` only Chinese ones that reach over that character."""
        people = self._meeting.protected
        yield from chinese.hits(chinese.matcher(people), heard, over)
        yield from titled.hits(self._meeting, heard)
        yield from latin.speller(people).hits(heard.text)
        yield from transliterated.transliterator(people).hits(heard)
        for subject, kind, name in self._of_signs:
            yield from _signs(subject, kind, name, heard.text)

    def _across(self, before: str, after: str) -> tuple[tuple[Found, int], ...]:
        """Names that a change of speaker cut: each part with whether it stands in the first or the second."""
        offset = max(0, len(before) - _REACH)
        tail, head = before[offset:], after[:_REACH]
        text, at = f"{tail}\n{head}", len(tail)
        if not any(h.start < at < h.end - 1 for h in self._heard(Heard(text), over=at)):
            return ()  # most: nothing else of the text has to be weighed
        return tuple(_cut(self._all(text), tail, head, offset))


@lru_cache(maxsize=8)
def _look_for(meeting: Meeting) -> _Look:
    return _Look(meeting)


def _beside_the_named(meeting: Meeting, text: str, found: list[Found]) -> Iterator[Found]:
    """The same, less sure where somebody stands who may be named; their whole name by itself is no mention."""
    seen, places = visible(text)
    stand = [
        (*original(places, m.start(), m.end()), name == person.name)
        for person in meeting.participants
        if not person.protected
        for name in person.names
        if len(name) >= 2
        for m in re.finditer(re.escape(name), seen)
    ]
    for hit in found:
        within = [whole for start, end, whole in stand if start <= hit.start and hit.end <= end]
        written_down = hit.level in LITERAL and not DERIVED & set(hit.cues)
        if written_down or not within:
            yield hit
        elif not any(whole and (start, end) == (hit.start, hit.end) for start, end, whole in stand):
            tier = {Tier.A: Tier.B}.get(hit.tier, Tier.C)
            yield replace(hit, tier=tier, cues=(*hit.cues, "roster-name"))


def _better_inside(wide: Found, narrow: Found) -> bool:
    """Whether a part of what may be a mention explains itself better without what is wrong around it."""
    return (
        (wide.level == "near-miss" != narrow.level or (wide.level not in LITERAL and narrow.level in LITERAL))
        and wide.subject == narrow.subject
        and wide.covers(narrow)
        and wide.nats <= narrow.nats + _CLEARLY_NATS
    )


def _stands_for(taken: Found, hit: Found) -> bool:
    """Whether a decision about one mark is a decision about the other as well.

    What may be about two people is a mark for either, unless it reads much more like the one.
    """
    if taken.subject == hit.subject:
        return taken.covers(hit) or (hit.tier is Tier.C and hit.meets(taken))
    if not taken.covers(hit):
        return hit.tier is Tier.C and hit.meets(taken) and hit.nats < taken.nats
    if taken.level in LITERAL and (taken.start, taken.end) == (hit.start, hit.end):
        return hit.level not in LITERAL or hit.nats < taken.nats - _EITHER_WRITTEN_NATS
    return hit.level not in LITERAL and hit.nats < taken.nats - _EITHER_NATS


def _cut(found: Iterable[Found], tail: str, head: str, offset: int) -> Iterator[tuple[Found, int]]:
    """Those that reach from the tail of one statement, which begins at `offset`, into the head of the next."""
    for hit in found:
        first, second = tail[hit.start :], head[: max(0, hit.end - len(tail) - 1)]
        if hit.start >= len(tail) or not second or (hit.level not in LITERAL and hit.nats < _CUT_NATS):
            continue
        cut = replace(hit, tier=Tier.B, cues=(*hit.cues, "across-statements"))
        left = offset + hit.start
        yield replace(cut, start=left, end=left + len(first.rstrip())), 0
        yield replace(cut, start=len(second) - len(second.lstrip()), end=len(second)), 1


def _signs(subject: str, kind: Kind, name: str, text: str) -> Iterator[Found]:
    """A name of nothing but signs, such as an emoji."""
    seen, places = visible(text)
    sign = visible(name)[0].strip()
    for match in re.finditer(re.escape(sign), seen) if sign else ():
        where = original(places, *match.span())
        yield Found(*where, subject, kind, Tier.B, "exact", (), 9.0, sign)


def _mark(statement: Statement, hit: Found) -> Mark:
    return Mark(
        statement_id=statement.id,
        char_start=hit.start,
        char_end=hit.end,
        subject=hit.subject,
        kind=hit.kind,
        tier=hit.tier,
        evidence=Evidence("mentions", VERSION, hit.level, hit.cues),
        confidence=hit.confidence,
        surface_group=digest("surface", hit.subject, read(hit.surface))[:8],
        text_digest=statement.digest,
    )
