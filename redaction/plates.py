"""Number plates of cars and scooters, written and said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.digits import DIGIT
from redaction.stretch import Stretch

_WRITTEN = re.compile(
    r"(?<![A-Za-z0-9-])(?:(?P<word>[A-Z]{3})-\d{4}|[A-Z]{2}-\d{4}|\d{4}-[A-Z]{2}|[A-Z]\d-\d{4}|\d{3}-[A-Z]{3})(?![A-Za-z0-9-])"
)
_STANDARDS = frozenset(
    ("ISO", "CNS", "IEC", "GPS", "RFC", "IEEE", "EN", "AC", "DC", "AI", "IT", "PM", "FM", "AM")
)
_GAP = r"(?:[\s,，、.。-]|嗯|呃|槓|杠|dash|然後|那個){0,3}"
_LETTER = r"[A-Za-z]"
_DIGIT = rf"(?:\d|{DIGIT}|(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)(?![A-Za-z]))"
_DIGITS = rf"(?:{_DIGIT}{_GAP}){{1,3}}{_DIGIT}"
_CUE = r"(?:車牌|車號|牌照|牌號碼|(?:車子的?|機車|汽車)號碼|licen[cs]e plate|plate number|number plate|plate)"
_SAID = re.compile(
    rf"{_CUE}(?:號碼?|號)?(?:就?是|為|：|:|is|[\s,，、])*(?P<plate>(?:{_LETTER}{_GAP}){{1,4}}{_DIGITS}|{_DIGITS}{_GAP}{_LETTER}(?:{_GAP}{_LETTER}){{1,3}}(?![A-Za-z])"
    rf"|{_LETTER}{_GAP}\d{_GAP}{_DIGITS}|{_DIGITS}(?![年月日元個%])"
    rf"|[A-Za-z0-9](?:[ -][A-Za-z0-9]){{3,8}}(?![A-Za-z0-9]))",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Stretch]:
    """Number plates in a text."""
    for match in _SAID.finditer(text):
        yield Stretch(*match.span("plate"), "plate", ("cue-word",), 0.8)
    for match in _WRITTEN.finditer(text):
        if not _STANDARDS.intersection(re.findall("[A-Z]+", match.group())):
            yield Stretch(match.start(), match.end(), "plate", (), 0.6)
