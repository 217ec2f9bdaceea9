"""Finding the facts by which a protected person could be found out: where they work, live or are treated, their age.

They are those of the register and of `meeting.toml`, looked for as they are said: in other characters, by the same
sound, shortened (台新 for 台新銀行), and numbers in any notation.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from redaction.digits import Digits, runs
from redaction.kinship import KIN
from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.nearness import Nearness
from redaction.visible import original, visible
from speakers.lexicon import is_common, surprise
from speakers.meeting import Fact, FactKind, Meeting
from speakers.phonetics import same_sound
from speakers.record import Record, Statement, digest
from speakers.traditional import is_chinese, to_simplified

VERSION = "1"

_TELLING = frozenset(
    {FactKind.CONDITION, FactKind.NUMBER, FactKind.ADDRESS, FactKind.BIRTHDAY, FactKind.RELATIVE}
)
"""Facts that are hardly ever anybody else's."""

_RARE_NATS = 25.0
"""Surprise from which words are nobody else's: two words of everyday use have less."""

_FORMS = re.compile("^(?:國立|私立|市立|縣立|省立|財團法人|社團法人|台灣省|臺灣省)+")
_ENDINGS = re.compile(
    "(?:股份有限公司|有限公司|分公司|公司|商業銀行|銀行|附設醫院|紀念醫院|綜合醫院|總醫院|醫院|診所|醫學中心|"
    "高級中學|高級中等學校|高中|高職|國民中學|國中|國民小學|國小|小學|幼兒園|大學|學院|基金會|協會|工會|事務所|"
    "集團|企業|科技|電子|分行|分局|分店|[縣市區鄉鎮村里])$"
)
_UNIVERSITY = re.compile("^(?P<first>.)[^大]*大學$")
_SCHOOL = re.compile("^(?P<first>.)[^中]+(?:高級中學|中學|高中)$")

_AGE_AFTER = re.compile(r"\s?(?:歲|岁|多歲|years? old|year-old)", re.IGNORECASE)
_AGE_BEFORE = re.compile(
    r"(?:今年|年紀|年齡|現年|快要?|滿|足|虛歲|aged?|I'm|I am|turn(?:ed|ing))[\s,，]?$", re.IGNORECASE
)
_REPUBLIC = 1911
_DATE = re.compile(r"(?P<month>[^月]{1,4})月(?:份)?\s?(?P<day>[^日號]{1,4})?[日號]?")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A character without its spelling, or a number without its notation."""

    sign: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    level: str
    cues: tuple[str, ...]
    sure: bool = True


def find(meeting: Meeting, record: Record, near: Nearness) -> tuple[Mark, ...]:
    """Every fact about a protected person that is said.

    Tier B where it is hardly anybody else's, or where the person speaks or is spoken of within three statements; tier C
    elsewhere.

    Args:
        meeting: with the facts.
        record: the statements.
        near: who is near which of them.
    """
    people = [person for person in meeting.protected if person.facts]
    return tuple(
        _mark(statement, hit, person.id, number, fact, close=person.id in near.near[at])
        for at, statement in enumerate(record.statements)
        for person in people
        for number, fact in enumerate(person.facts)
        for hit in _hits(fact, statement.text)
        if hit.sure or person.id in near.near[at]
    )


def _mark(statement: Statement, hit: _Hit, person: str, number: int, fact: Fact, *, close: bool) -> Mark:
    worded = fact.kind is not FactKind.AGE and "shortened" not in hit.cues
    telling = fact.kind in _TELLING or (worded and surprise(fact.text) >= _RARE_NATS)
    told = (("rare", telling), ("near", close))
    doubtful = hit.level == "same-sound" or not hit.sure
    return Mark(
        statement_id=statement.id,
        char_start=hit.start,
        char_end=hit.end,
        subject=person,
        kind=Kind.CONTACT if fact.kind in {FactKind.NUMBER, FactKind.ADDRESS} else Kind.QUASI,
        tier=Tier.B if (telling or close) and hit.sure else Tier.C,
        evidence=Evidence(
            "facts", VERSION, hit.level, (str(fact.kind), *hit.cues, *(cue for cue, is_so in told if is_so))
        ),
        confidence=round(0.5 + 0.2 * close + 0.15 * telling - 0.2 * doubtful, 2),
        surface_group=digest("fact", person, str(number))[:8],
        text_digest=statement.digest,
        replacement=fact.instead,
    )


@lru_cache(maxsize=20_000)
def _hits(fact: Fact, text: str) -> tuple[_Hit, ...]:
    """Where a text says a fact, disjoint; the most literal ways first."""
    seen, places = visible(text)
    taken: list[_Hit] = []
    for hit in _ways(fact, seen):
        if not any(hit.start < t.end and t.start < hit.end for t in taken):
            taken.append(hit)
    return tuple(
        _Hit(*original(places, h.start, h.end), h.level, h.cues, h.sure)
        for h in sorted(taken, key=lambda h: h.start)
    )


def _ways(fact: Fact, text: str) -> Iterator[_Hit]:
    if fact.kind is not FactKind.AGE:  # 「三十九」 is said of many things
        yield from _said(text, fact.text, ())
    match fact.kind:
        case FactKind.NUMBER:
            yield from _dialled(text, fact.text)
        case FactKind.AGE:
            yield from _aged(text, fact.text)
        case FactKind.BIRTHDAY:
            yield from _born(text, fact.text)
        case FactKind.RELATIVE:
            for name in re.findall(r"\w+", re.sub(KIN, " ", fact.text)):
                yield from _said(text, name, ("name",))
        case FactKind.CONDITION | FactKind.ADDRESS | FactKind.OTHER | FactKind.ROLE:
            pass
        case _:
            for short in _shortened(fact.text, town=fact.kind is FactKind.TOWN):
                yield from _said(text, short, ("shortened",))


def _said(text: str, words: str, cues: tuple[str, ...]) -> Iterator[_Hit]:
    """Words as they are, whatever characters, notation of numbers or signs they are in; or by their sound."""
    wanted = [u.sign for u in _units(words)]
    there = _units(text)
    if not wanted or (len(wanted) < 2 and not wanted[0].startswith("#")):
        return
    latin = all(len(w) == 1 and w.isascii() for w in wanted)
    chinese = sum(map(is_chinese, wanted))
    begins = [
        place
        for sign, found in _index(text).items()
        if sign == wanted[0] or (chinese >= 3 and _sounds(wanted[0], sign))
        for place in found
    ]
    for first in begins:
        window = there[first : first + len(wanted)]
        if len(window) < len(wanted):
            continue
        start, end = window[0].start, window[-1].end
        if any(b.start - a.end > 2 for a, b in itertools.pairwise(window)):
            continue
        if latin and (text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum()):
            continue
        signs = [u.sign for u in window]
        if signs == wanted:
            level = "exact" if text[start:end] == words else "variant"
            yield _Hit(start, end, level, cues)
        elif chinese >= 3 and all(_sounds(w, s) for w, s in zip(wanted, signs, strict=True)):
            yield _Hit(start, end, "same-sound", cues)


def _sounds(wanted: str, heard: str) -> bool:
    return wanted == heard or (is_chinese(wanted) and is_chinese(heard) and same_sound(wanted, heard))


@lru_cache(maxsize=20_000)
def _index(text: str) -> dict[str, list[int]]:
    """Where each sign of a text stands among its units."""
    index: dict[str, list[int]] = {}
    for place, unit in enumerate(_units(text)):
        index.setdefault(unit.sign, []).append(place)
    return index


@lru_cache(maxsize=20_000)
def _units(text: str) -> tuple[_Unit, ...]:
    """A text as signs that are equal where it reads alike: simplified, and 「三十五」 is 「35」."""
    numbers = {d.start: d for run in runs(text) for d in run if d.form != "heard"}
    units: list[_Unit] = []
    at = 0
    while at < len(text):
        digits: Digits | None = numbers.get(at)
        if digits:
            joined = units and units[-1].sign.startswith("#") and units[-1].end == at
            before = units.pop() if joined else None
            units.append(
                _Unit(
                    (before.sign if before else "#") + digits.value,
                    before.start if before else at,
                    digits.end,
                )
            )
            at = digits.end
            continue
        if text[at].isalnum():
            units.append(_Unit(to_simplified(text[at]).casefold(), at, at + 1))
        at += 1
    return tuple(units)


def _shortened(name: str, *, town: bool = False) -> Iterator[str]:
    """How people shorten the name of an office, a school or a place; never to a word of everyday use.

    >>> [*_shortened("台新銀行")], [*_shortened("國立臺灣大學")], [*_shortened("板橋區", town=True)]
    (['台新'], ['臺灣大學', '臺大'], ['板橋'])
    >>> [*_shortened("交通局")]
    []
    """
    plain = _FORMS.sub("", name.strip())
    shorts = [plain, _ENDINGS.sub("", plain)]
    shorts += [f"{m['first']}大" for m in [_UNIVERSITY.match(plain)] if m]
    shorts += [f"{m['first']}中" for m in [_SCHOOL.match(plain)] if m]
    for short in dict.fromkeys(shorts):
        if short != name and len(short) >= 2 and (town or not is_common(short)):
            yield short


def _dialled(text: str, number: str) -> Iterator[_Hit]:
    """A number in any notation, with pauses and fillers."""
    wanted = "".join(d.value for run in runs(number) for d in run)
    if len(wanted) < 4:
        return
    for run in runs(text):
        digits = [d for d in run if d.form != "heard"]
        places = [d for d in digits for _ in d.value]
        at = "".join(d.value for d in digits).find(wanted)
        if at >= 0:
            yield _Hit(places[at].start, places[at + len(wanted) - 1].end, "variant", ("digits",))


def _aged(text: str, age: str) -> Iterator[_Hit]:
    """An age in any notation; one more or less only where the person is near."""
    years = _value(age)
    for start, end, value in _numbers(text):
        after = _AGE_AFTER.match(text, end)
        before = _AGE_BEFORE.search(text, max(0, start - 10), start)
        if years is None or abs(value - years) > 1 or not (after or before):
            continue
        yield _Hit(
            start,
            after.end() if after else end,
            "variant",
            () if value == years else ("about",),
            sure=value == years and after is not None,
        )


def _born(text: str, birthday: str) -> Iterator[_Hit]:
    """The day, or the year of the Republic or of the West."""
    parts = [value for _, _, value in _numbers(birthday)]
    years = {
        y for v in parts if v > 31 for y in ((v, v - _REPUBLIC) if v > _REPUBLIC else (v, v + _REPUBLIC))
    }
    day = tuple(v for v in parts if v <= 31)[-2:]
    numbers = [*_numbers(text)]
    for place, (start, end, value) in enumerate(numbers, start=1):
        following = numbers[place] if place < len(numbers) else None
        if following and len(day) == 2 and (value, following[2]) == day:
            between = text[end : following[0]].strip(" ,，、")
            tail = re.match(r"\s?[日號]?", text[following[1] :])
            if between in {"月", "月份", "/", "-", "."}:
                yield _Hit(start, following[1] + (tail.end() if tail else 0), "variant", ("day",))
        if value in years and re.match(r"\s?年", text[end:]):
            yield _Hit(start, end + 1, "variant", ("year",), sure=value > _REPUBLIC)


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """Numbers of a text: `(char_start, char_end, value)`."""
    for unit in _units(text):
        if unit.sign.startswith("#") and len(unit.sign) < 12:
            yield unit.start, unit.end, int(unit.sign[1:])


def _value(text: str) -> int | None:
    return next((value for _, _, value in _numbers(text)), None)
