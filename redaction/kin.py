"""What people tell about themselves and their families, where a protected person speaks or is spoken of.

「我在台新上班」, 「我女兒小安」, "my sister": no register knows it, and whoever knows the meeting knows them by it.
It is looked for in the protected person's own statements, in the answers to them (「你先生」), and beside a mention of
them (「她先生在…」). Nowhere else, because everybody says such things.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.nearness import Nearness
from redaction.tellings import RULES
from redaction.visible import original, visible
from speakers.lexicon import is_word
from speakers.meeting import Meeting
from speakers.record import Record, Statement, digest
from speakers.traditional import to_simplified

VERSION = "1"

_NOWHERE = frozenset(
    (
        "這裡",
        "那裡",
        "這邊",
        "那邊",
        "家裡",
        "外面",
        "哪裡",
        "台灣",
        "臺灣",
        "國外",
        "這個",
        "那個",
        "一起",
        "裡面",
        "上面",
    )
)


@dataclass(frozen=True, slots=True)
class _Who:
    """Words for the person, by who speaks."""

    chinese: str
    english: str
    whose: str


_SELF = _Who("(?<!自)(?:我們?|敝人|本人)", "(?<![A-Za-z])(?:I|[Ww]e)", "(?<![A-Za-z])(?:[Mm]y|[Oo]ur)")
_YOU = _Who("[你妳您]", "(?<![A-Za-z])[Yy]ou", "(?<![A-Za-z])[Yy]our")
_THEM = _Who("(?:[他她](?!們))", "(?<![A-Za-z])(?:[Ss]?[Hh]e)", "(?<![A-Za-z])(?:[Hh]is|[Hh]er)")
_NAMED = "\u2042"
"""Stands for a mention while a statement is searched: an asterism, which nobody says."""


def find(meeting: Meeting, record: Record, near: Nearness, mentions: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """What protected people tell about themselves, and others about them.

    Args:
        meeting: with its protected people.
        record: the statements.
        near: who is near which of them.
        mentions: marks of `redaction/mentions.py`.

    Returns:
        (n_marks,) in reading order. Tier B for a place, an age, an illness and the name of a relative in their own
        words; tier C for a relation alone, and for what others say.
    """
    marks: list[Mark] = []
    spoken_of: dict[str, set[Mark]] = defaultdict(set)
    for mark in mentions:
        spoken_of[mark.statement_id].add(mark)
    for at, statement in enumerate(record.statements):
        here = spoken_of.get(statement.id, set())
        taken: list[tuple[int, int]] = []
        for person, who, own in _about(near, at):
            for stretch in _told(statement.text, who):
                _add(marks, taken, statement, person, stretch, own=own)
        for mention in sorted(here, key=lambda m: m.char_start):
            for stretch in _told_of(statement.text, mention):
                _add(marks, taken, statement, mention.subject, stretch, own=False)
    return tuple(marks)


def _about(near: Nearness, at: int) -> Iterator[tuple[str, _Who, bool]]:
    for person in sorted(near.own[at]):
        yield person, _SELF, True
    if near.own[at]:
        return
    for person in sorted(near.answered[at]):
        yield person, _YOU, False
    for person in sorted(near.mentioned[at]):
        yield person, _THEM, False


def _add(
    marks: list[Mark],
    taken: list[tuple[int, int]],
    statement: Statement,
    person: str,
    stretch: tuple[int, int, str, Tier],
    *,
    own: bool,
) -> None:
    start, end, what, tier = stretch
    if any(start < e and s < end for s, e in taken):
        return
    taken.append((start, end))
    surface = statement.text[start:end]
    marks.append(
        Mark(
            statement_id=statement.id,
            char_start=start,
            char_end=end,
            subject=person,
            kind=Kind.QUASI,
            tier=tier if own else Tier.C,
            evidence=Evidence("kin", VERSION, "pattern", (what, "own-words" if own else "others-words")),
            confidence=0.6 if own and tier is Tier.B else 0.4,
            surface_group=digest("kin", person, to_simplified(re.sub(r"\W", "", surface)).casefold())[:8],
            text_digest=statement.digest,
        )
    )


@lru_cache(maxsize=20_000)
def _told(text: str, who: _Who) -> tuple[tuple[int, int, str, Tier], ...]:
    """`(char_start, char_end, what, tier)` of what a text tells about somebody."""
    seen, places = visible(text)
    return tuple(
        (*original(places, *match.span("it")), what, tier)
        for what, pattern, tier in _patterns(who)
        for match in pattern.finditer(seen)
        if _tells(what, match["it"])
    )


@lru_cache(maxsize=20_000)
def _after(text: str) -> tuple[tuple[int, int, str, Tier], ...]:
    return _told(text, _Who(_NAMED, _NAMED, f"{_NAMED}(?:'s|’s)"))


def _told_of(text: str, mention: Mark) -> Iterator[tuple[int, int, str, Tier]]:
    """What is told of somebody right behind their name (「佩珊的妹妹」, "Sheila's sister")."""
    before = mention.char_end - 1
    masked = text[:before] + _NAMED + text[mention.char_end :]
    for start, end, what, tier in _after(masked):
        yield (start + 1 if start == before else start), end, what, tier


@cache
def _patterns(who: _Who) -> tuple[tuple[str, re.Pattern[str], Tier], ...]:
    return tuple(
        (
            what,
            re.compile(
                pattern.replace("<I>", who.chinese).replace("<E>", who.english).replace("<M>", who.whose)
            ),
            tier,
        )
        for what, pattern, tier in RULES
    )


def _tells(what: str, stretch: str) -> bool:
    """Whether a stretch says where, what or who, rather than 「這裡」 or "here"."""
    if what in {"relation", "age"}:
        return True
    plain = stretch.strip()
    if not plain or plain in _NOWHERE:
        return False
    if what == "relative":
        return not is_word(plain)
    return True
