"""Finding numbers and addresses by which anybody could be reached: telephone, identity card, e-mail.

They are found whoever says them. A reviewer keeps an office's own number; a citizen's is not for the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.visible import original, visible
from speakers.record import Record, Statement, digest

VERSION = "3"

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_DIGITS = ("0０零〇○洞", "1１一么壹", "2２二兩貳", "3３三參", "4４四肆", "5５五伍", "6６六陸", "7７七拐柒", "8８八捌",
           "9９九勾玖")  # fmt: skip
"""Every way in which a digit is written when a number is said digit by digit, by its value."""

_VALUES = str.maketrans({sign: str(value) for value, signs in enumerate(_DIGITS) for sign in signs})
_NUMERAL = f"[{''.join(_DIGITS)}]"
_SEPARATOR = r"[\s,，、.．。·\-－—()（）]"
_BETWEEN = rf"(?:{_SEPARATOR}|嗯|呃|啊|那個|然後|再來|接著){{0,4}}"
"""A recognizer ends a sentence at a pause, also inside a number; and people stop to think."""

_ZERO = f"[{_DIGITS[0]}]"
_EIGHT, _SIX = f"[{_DIGITS[8]}]", f"[{_DIGITS[6]}]"
_TELEPHONE = re.compile(
    rf"(?<!{_NUMERAL})(?:[(+]{{0,2}}{_EIGHT}{_BETWEEN}{_EIGHT}{_BETWEEN}{_SIX}{_BETWEEN}{_ZERO}?|{_ZERO}){_BETWEEN}"
    rf"(?:{_NUMERAL}{_BETWEEN}){{6,9}}{_NUMERAL}(?!{_NUMERAL})"
)
"""A number of Taiwan's, with its country code or its leading zero."""

_LOCAL = re.compile(
    rf"(?:電話|手機|專線|傳真|市話|號碼)[^\d。？！?!{''.join(_DIGITS)}]{{0,8}}"
    rf"(?P<number>(?:{_NUMERAL}{_BETWEEN}){{6,9}}{_NUMERAL})(?!{_NUMERAL})"
)
"""A number without its area code, after a word that says what it is."""

_ENGLISH_DIGITS = "zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple"
_SPOKEN = re.compile(rf"\b(?:(?:{_ENGLISH_DIGITS})[\s,.-]+){{6,}}(?:{_ENGLISH_DIGITS})\b", re.IGNORECASE)
_NORTH_AMERICAN = re.compile(r"(?<!\d)(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]?\d{4}(?!\d)")
_IDENTITY = re.compile(
    rf"(?<![A-Za-z])[A-Za-z]{_BETWEEN}[{_DIGITS[1]}{_DIGITS[2]}{_DIGITS[8]}{_DIGITS[9]}]{_BETWEEN}"
    rf"(?:{_NUMERAL}{_BETWEEN}){{7}}{_NUMERAL}"
)
_IDENTITY_NAMED = re.compile(
    rf"身[分份]證[^。？！?!{''.join(_DIGITS)}]{{0,8}}?(?P<number>[A-Za-z]?(?:{_NUMERAL}{_BETWEEN}){{7,9}}{_NUMERAL})"
)
"""After a word that says what it is; its letter may have been heard as anything."""

_LABEL = "[A-Za-z0-9][A-Za-z0-9-]*"
_DOT = r"\s*(?:\.|點|dot(?![A-Za-z]))\s*"
_DOMAIN = rf"(?:{_DOT}{_LABEL})*{_DOT}[A-Za-z]{{2,}}"
_EMAIL = re.compile(
    rf"(?<![A-Za-z0-9_.+-])(?:(?:[A-Za-z0-9]|{_NUMERAL})[\s,，、]{{1,2}})*"  # spelt letter by letter
    rf"(?:[A-Za-z0-9]|{_NUMERAL})(?:[A-Za-z0-9_.+-]|{_NUMERAL}|\s?(?:點|底線|減號|橫槓)\s?)*"
    rf"\s*(?:@|＠|小?老鼠|(?<=\s)at(?=\s))\s*(?:{_LABEL}|[{_HAN}]{{1,6}}){_DOMAIN}"
)
_EMAIL_MISHEARD = re.compile(rf"[{_HAN}]?(?:小老鼠|@|＠)\s*{_LABEL}{_DOMAIN}")
"""What stands before the sign was heard as Chinese; without the rest it reaches nobody."""

_PATTERNS = (
    ("e-mail", _EMAIL),
    ("e-mail", _EMAIL_MISHEARD),
    ("identity-card", _IDENTITY),
    ("identity-card", _IDENTITY_NAMED),
    ("telephone", _TELEPHONE),
    ("telephone", _LOCAL),
    ("telephone", _NORTH_AMERICAN),
    ("telephone", _SPOKEN),
)


def find(record: Record) -> tuple[Mark, ...]:
    """Every contact detail in the statements of a record; (n_marks,) in reading order, disjoint."""
    return tuple(mark for statement in record.statements for mark in _in_statement(statement))


def spans(text: str) -> tuple[tuple[int, int, str], ...]:
    """Where contact details stand: `(char_start, char_end, what)`.

    >>> spans("打我的電話，零九八七，六五四，三二一。")
    ((6, 18, 'telephone'),)
    >>> spans("二零一零年訂的，一百公分，三百件")
    ()
    >>> spans("寫給 chen 小老鼠 example 點 org 就好")
    ((3, 25, 'e-mail'),)
    """
    seen, places = visible(text)
    taken: list[tuple[int, int, str]] = []
    for what, pattern in _PATTERNS:
        for match in pattern.finditer(seen):
            group = "number" if "number" in pattern.groupindex else 0
            start, end = original(places, *match.span(group))
            if all(end <= s or start >= e for s, e, _ in taken):
                taken.append((start, end, what))
    return tuple(sorted(taken))


def _in_statement(statement: Statement) -> Iterator[Mark]:
    text = statement.text
    for start, end, what in spans(text):
        yield Mark(
            statement_id=statement.id,
            char_start=start,
            char_end=end,
            subject="",
            kind=Kind.CONTACT,
            tier=Tier.B,
            evidence=Evidence("contacts", VERSION, "pattern", (what,)),
            confidence=0.8,
            surface_group=digest("contact", _plain(text[start:end]))[:8],
            text_digest=statement.digest,
        )


def _plain(contact: str) -> str:
    """One form in which ways of saying a number are equal: digits, and nothing between them.

    >>> _plain("洞九八七，六五四") == _plain("0987-654")
    True
    """
    return re.sub(rf"{_SEPARATOR}|嗯|呃|啊|那個|然後|再來|接著", "", contact.translate(_VALUES)).casefold()
