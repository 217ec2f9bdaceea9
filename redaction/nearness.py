"""Where in a record a protected person speaks or is spoken of: there, less is enough to give them away."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from redaction.mark import Mark, Tier
from speakers.meeting import Meeting
from speakers.names import Namings
from speakers.record import Record

TURNS = 3
"""Statements on either side that answer a person's, or go on about them."""

_SURE = frozenset({Tier.A, Tier.B, Tier.MANUAL})


@dataclass(frozen=True, slots=True)
class Nearness:
    """For each statement by its number, who of the protected people has to do with it, as ids.

    Attributes:
        own: they speak.
        answered: somebody else speaks within three statements of theirs.
        mentioned: they are spoken of here, or in the statement before or after.
        near: any of that, or spoken of within three statements.
    """

    own: tuple[frozenset[str], ...]
    answered: tuple[frozenset[str], ...]
    mentioned: tuple[frozenset[str], ...]
    near: tuple[frozenset[str], ...]


def nearness(
    meeting: Meeting, record: Record, namings: Namings | None, mentions: tuple[Mark, ...]
) -> Nearness:
    """Who is near every statement.

    A naming that nobody confirmed counts: looking more closely at somebody else's words costs a question.

    Args:
        meeting: with its protected people.
        record: the statements.
        namings: which voice is whom; None where nothing is known.
        mentions: marks of `redaction/mentions.py` in that record.
    """
    protected = {person.id for person in meeting.protected}
    voices = {n.speaker: n.participant_id for n in (namings.links if namings else ())}
    own = [frozenset({voices.get(s.speaker, "")} & protected) for s in record.statements]
    named: dict[str, set[str]] = defaultdict(set)
    for mark in mentions:
        if mark.tier in _SURE and mark.subject in protected:
            named[mark.statement_id].add(mark.subject)
    spoken_of = [frozenset(named[s.id]) for s in record.statements]

    beside = _around(own, TURNS)
    return Nearness(
        own=tuple(own),
        answered=tuple(map(frozenset.difference, beside, own)),
        mentioned=tuple(_around(spoken_of, 1)),
        near=tuple(map(frozenset.union, beside, _around(spoken_of, TURNS))),
    )


def _around(people: list[frozenset[str]], reach: int) -> list[frozenset[str]]:
    """Everybody of each place and of so many places before and after it.

    >>> [sorted(found) for found in _around([frozenset("a"), frozenset(), frozenset("b")], 1)]
    [['a'], ['a', 'b'], ['b']]
    """
    found: list[frozenset[str]] = [frozenset()] * len(people)
    for at, here in enumerate(people):
        for place in range(max(0, at - reach), min(len(people), at + reach + 1)) if here else ():
            if not here <= found[place]:
                found[place] |= here
    return found
