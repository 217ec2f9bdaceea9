"""Finding numbers and addresses by which anybody could be reached or looked up.

They are found whoever says them. A reviewer keeps an office's own number; a citizen's is not for the record.
One rule a module: `numbers`, `mail`, `addresses`, `plates`, `births`. All are looked for in the whole record at once,
because one person reads a number out and another one repeats it, and a recognizer ends a statement at a pause.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, islice, pairwise, takewhile

from redaction import addresses, births, mail, numbers, plates
from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.numbers import same_number
from redaction.stretch import Stretch
from redaction.visible import original, visible
from speakers.record import Record, Statement, digest

VERSION = "6"

_RULES = (mail.find, addresses.find, births.find, plates.find, numbers.find)
"""The first one that finds something at a place is right."""

_REMEMBERED = 4
"""Records of which it is remembered what was found: a review looks at the same ones after every decision."""

_FEW = 50
"""Statements of a record that is searched as quickly as it is compared with another one."""

_MARGIN = 400
"""Characters beyond which nothing has to do with what a rule finds: the widest of them looks at a hundred."""


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


def dialled(text: str) -> tuple[tuple[int, int, str], ...]:
    """As `spans`, but nothing where there is neither a number nor a way to write to somebody.

    A published file has thousands of lines with an address of a section or a moment in it. Streets, dates and plates
    count as far as they take a place before a number does, so nobody need look for them where there is none.

    >>> dialled("臺北市中正路五號"), dialled("臺北市中正路五號，0987654321")
    ((), ((0, 8, 'address'), (9, 19, 'telephone')))
    """
    shown, _ = _visible(text)
    rules = (mail.find, numbers.find)
    return spans(text) if any(True for rule in rules for _ in rule(shown)) else ()


@lru_cache(maxsize=_REMEMBERED)
def _found(texts: tuple[str, ...]) -> tuple[tuple[int, int, int, str, Stretch], ...]:
    """`(statement, char_start, char_end, all of it, why)`; what lies in two statements is there twice."""
    seen = [_visible(text) for text in texts]
    lines = tuple(shown for shown, _ in seen)
    firsts = [0, *accumulate(len(line) + 1 for line in lines)]
    whole = "\n".join(lines)
    places = []
    for stretch in _LAST.stretches(lines, whole):
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


_visible = lru_cache(maxsize=20_000)(visible)


class _Last:
    """What was found in the record before: where most of it is the same, only what is near the rest is searched.

    A record of hours is searched in half a second, and a correction of it in a few milliseconds.
    """

    def __init__(self) -> None:
        self._last: tuple[tuple[tuple[str, ...], tuple[Stretch, ...]], ...] = ()

    def stretches(self, lines: tuple[str, ...], whole: str) -> tuple[Stretch, ...]:
        """As `_disjoint` of all lines; which are `whole`, joined."""
        if len(lines) < _FEW:
            return tuple(_disjoint(whole))
        alike = [k for k in self._last if k[0][:1] == lines[:1] or k[0][-1:] == lines[-1:]]
        found = _followed(*alike[0], lines) if alike else None
        if found is None:
            found = tuple(_disjoint(whole))
        others = (k for k in self._last if not alike or k is not alike[0])
        self._last = ((lines, found), *others)[:_REMEMBERED]
        return found


_LAST = _Last()


def _followed(
    before: tuple[str, ...], known: tuple[Stretch, ...], lines: tuple[str, ...]
) -> tuple[Stretch, ...] | None:
    """What is found in lines of which most were searched before, one changed place after the other; or None."""
    found: tuple[Stretch, ...] | None = known
    for step in _steps(before, lines):
        if found is not None:
            found, before = _spliced(before, found, step, "\n".join(step)), step
    return found


def _steps(before: tuple[str, ...], lines: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The way from some lines to others, so that each step changes one place: two that are far apart are two.

    >>> "".join("".join(step) + " " for step in _steps(tuple("a" * 60), tuple("b" + "a" * 58 + "c"))).split()[0][:3]
    'baa'
    """
    changed = [n for n, (old, new) in enumerate(zip(before, lines, strict=False)) if old != new]
    if len(before) == len(lines):
        for one, other in pairwise(changed):
            if other - one > _FEW:
                yield (*lines[: one + 1], *before[one + 1 :])
    yield lines


def _spliced(
    before: tuple[str, ...], known: tuple[Stretch, ...], lines: tuple[str, ...], whole: str
) -> tuple[Stretch, ...] | None:
    """What is found in lines of which most were searched before; None if that cannot be told.

    Searched again is what changed, with margins around it. It counts if in the inner half of the margins the same is
    found as before, and nothing reaches over where that begins: then nothing farther away can be another.
    """
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, lines, strict=False)))
    left = min(len(before), len(lines)) - same
    tail = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(before), reversed(lines), strict=False))
    same_after = sum(1 for _ in islice(tail, left))
    changed = sum(len(line) + 1 for line in lines[:same])
    resumes = len(whole) - sum(len(line) + 1 for line in lines[len(lines) - same_after :])
    grown = len(whole) - sum(len(line) + 1 for line in before) + 1
    begin, end = max(0, changed - 2 * _MARGIN), min(len(whole), max(changed, resumes) + 2 * _MARGIN)
    new = [_moved(s, begin) for s in _disjoint(whole[begin:end])]
    resumes = max(changed, resumes)
    old_before = [s for s in known if s.end <= changed]
    old_after = [_moved(s, grown) for s in known if s.start >= resumes - grown]
    first, last = 0, len(whole) + 1
    if begin:
        first = min(
            changed - _MARGIN,
            *(s.start for s in (*old_before, *new) if s.end > changed - _MARGIN > s.start),
            changed,
        )
    if end < len(whole):
        last = max(
            resumes + _MARGIN,
            *(s.end for s in (*old_after, *new) if s.start < resumes + _MARGIN < s.end),
            resumes,
        )
    both = [*old_before, *old_after, *new]
    reaches_over = any(s.start < edge < s.end for s in both for edge in (first, last))
    agreed = [s for s in old_before if s.start >= first] == [
        s for s in new if first <= s.start and s.end <= changed
    ]
    behind = [s for s in new if s.start >= resumes and s.end <= last]
    agreed = agreed and [s for s in old_after if s.end <= last] == behind
    if reaches_over or not agreed:
        return None
    return (
        *(s for s in old_before if s.end <= first),
        *(s for s in new if s.start >= first and s.end <= last),
        *(s for s in old_after if s.start >= last),
    )


def _moved(stretch: Stretch, by: int) -> Stretch:
    return replace(stretch, start=stretch.start + by, end=stretch.end + by)


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
