"""Dates of birth, in the years of the Republic and of the West, written and said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.digits import DIGIT, ENGLISH_NUMBER, number
from redaction.stretch import Stretch

_N = rf"(?:\d|{DIGIT}|[十百]){{1,5}}"
_GAP = r"(?:[\s,，、]|嗯|呃|那個){0,2}"
_YEAR = rf"(?:(?:民國|西元|公元){_GAP})?(?P<year>{_N}){_GAP}年"
_DAY = rf"(?:{_N}{_GAP}月(?:份)?(?:{_GAP}{_N}{_GAP}[日號]?)?)"
_NOT_LIFE = "產活命意涯病態物長效鮮平存前後成氣動育肖日根涼"
_MONTHS = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?)"
)
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:the )?(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|"
    r"eighth|ninth|tenth|eleventh|twelfth|twentieth|thirtieth|(?:thir|four|fif|six|seven|eigh|nine)teenth))"
)
_ENGLISH_YEAR = rf"(?:(?:19|20)\d\d|(?:nineteen|twenty) (?:oh )?{ENGLISH_NUMBER})"
_ENGLISH_DATE = (
    rf"(?:{_MONTHS}\.? {_ORDINAL}(?:,? {_ENGLISH_YEAR})?|{_ORDINAL} (?:of )?{_MONTHS}(?:,? {_ENGLISH_YEAR})?"
    rf"|{_MONTHS},? {_ENGLISH_YEAR}|{_ENGLISH_YEAR})"
)
_NUMERIC = r"(?:(?:19|20)\d\d|\d{2,3})\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{1,2}"
_DATE = rf"(?:{_YEAR}{_GAP}(?:{_DAY})?|{_DAY}|{_NUMERIC}|(?:\d|{DIGIT}){{6,8}}|{_ENGLISH_DATE})"

_CLASS_OF = re.compile(rf"(?:(?:民國|西元)\s*)?(?P<year>{_N})\s*年(?:[次字]|生)(?![{_NOT_LIFE}])")
_BORN = re.compile(
    rf"{_YEAR}{_GAP}(?:{_DAY}{_GAP})?(?:我?(?:就|才|是)?(?:出生(?![率人數通])|誕生)|生(?![{_NOT_LIFE}]))"
)
_CUED = re.compile(
    r"(?:生日|出生(?:年月日|日期|年份|於|在)?|生於)(?:登記)?(?:的?(?:話|日期))?(?:就?是|在|為|：|:|[\s,，])*"
    rf"(?P<date>{_DATE})"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:born|birthday|date of birth|birth date|DOB)(?![A-Za-z])(?:['’]s)?"
    r"(?:\s+(?:is|was|on|in|the|it's)|[:,\s])*"
    rf"(?P<date>{_NUMERIC}|{_ENGLISH_DATE})",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Stretch]:
    """Dates and years of birth in a text."""
    for match in _CUED.finditer(text):
        yield Stretch(*match.span("date"), "date-of-birth", ("cue-word",), 0.8)
    for match in _ENGLISH.finditer(text):
        yield Stretch(*match.span("date"), "date-of-birth", ("cue-word",), 0.8)
    for pattern in (_BORN, _CLASS_OF):
        for match in pattern.finditer(text):
            if _is_year(match["year"]):
                yield Stretch(match.start(), match.end(), "date-of-birth", (), 0.7)


def _is_year(said: str) -> bool:
    year = number(said)
    return year is not None and (10 <= year <= 120 or 1900 <= year <= 2100)
