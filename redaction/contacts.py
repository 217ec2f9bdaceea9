"""Finding numbers and addresses by which anybody could be reached or looked up.

They are found whoever says them. A reviewer keeps an office's own number; a citizen's is not for the record.
One rule a module: `numbers`, `mail`, `addresses`, `plates`, `births`. All are looked for in the whole record at once,
because one person reads a number out and another one repeats it, and a recognizer ends a statement at a pause.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from redaction import addresses, births, mail, numbers, plates
from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.numbers import same_number
from redaction.stretch import Stretch
from redaction.visible import original, visible
from speakers.record import Record, Statement, digest

VERSION = "6"

_RULES = (mail.find, addresses.find, births.find, plates.find, numbers.find)
"""The first one that finds something at a place is right."""

_REMEMBERED = 16
"""Records of which it is remembered what was found: a review looks at the same ones after every decision."""


def find(record: Record) -> tuple[Mark, ...]:
    """Every contact detail in the statements of a record; (n_marks,) in reading order, disjoint."""
    texts = tuple(statement.text for statement in record.statements)
    return tuple(
        _mark(record.statements[number], start, end, whole, stretch)
        for number, start, end, whole, stretch in _found(texts)
    )


def spans(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where contact details stand: `(char_start, char_end, what)`.

    >>> spans("打我的電話，零九八七，六五四，三二一。")
    ((6, 18, 'telephone'),)
    >>> spans("二零一零年訂的，一百公分，三百件")
    ()
    >>> spans("寫給 chen 小老鼠 example 點 org 就好")
    ((3, 25, 'e-mail'),)
    """
    return tuple((start, end, stretch.what) for _, start, end, _, stretch in _found((text,)))


@lru_cache(maxsize=_REMEMBERED)
def _found(texts: tuple[str, ...]) -> tuple[tuple[int, int, int, str, Stretch], ...]:
    """`(statement, char_start, char_end, all of it, why)`; what lies in two statements is there twice."""
    seen = [visible(text) for text in texts]
    firsts = [0, *accumulate(len(shown) + 1 for shown, _ in seen)]
    whole = "\n".join(shown for shown, _ in seen)
    places = []
    for stretch in _disjoint(whole):
        number = bisect.bisect_right(firsts, stretch.start) - 1
        while number < len(texts) and firsts[number] < stretch.end:
            shown, origin = seen[number]
            start = max(0, stretch.start - firsts[number])
            end = min(len(shown), stretch.end - firsts[number])
            cut = shown[start:end]
            start, end = start + len(cut) - len(cut.lstrip()), start + len(cut.rstrip())
            if start < end and re.search(r"\w", cut):
                places.append(
                    (number, *original(origin, start, end), whole[stretch.start : stretch.end], stretch)
                )
            number += 1
    return tuple(places)


def _disjoint(text: str) -> Iterator[Stretch]:
    taken: list[Stretch] = []
    for rule in _RULES:
        for stretch in rule(text):
            if not any(stretch.meets(other) for other in taken):
                taken.append(stretch)
    return iter(sorted(taken, key=lambda s: s.start))


def _mark(statement: Statement, start: int, end: int, whole: str, stretch: Stretch) -> Mark:
    birth = stretch.what == "date-of-birth"
    return Mark(
        statement_id=statement.id,
        char_start=start,
        char_end=end,
        subject="",
        kind=Kind.QUASI if birth else Kind.CONTACT,
        tier=Tier.B,
        evidence=Evidence("contacts", VERSION, "pattern", (stretch.what, *stretch.cues)),
        confidence=stretch.confidence,
        surface_group=digest("contact", _plain(whole))[:8],
        text_digest=statement.digest,
    )


def _plain(contact: str) -> str:
    """One form in which ways of saying a number are equal; of anything else, its letters."""
    dialled = same_number(contact)
    return dialled if len(dialled) > 5 else re.sub(r"\W", "", contact).casefold()
