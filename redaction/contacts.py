"""Finding numbers and addresses by which anybody could be reached: telephone, identity card, e-mail.

They are found whoever says them. A reviewer keeps an office's own number; a citizen's is not for the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.visible import original, visible
from speakers.record import Record, Statement, digest

VERSION = "2"

_NUMERAL = "[0-9０-９零〇○一二三四五六七八九洞么兩拐勾]"
_BETWEEN = r"[\s,，、.．·\-－—()（）]{0,2}"

_ZERO = "[0零〇○洞]"
_TELEPHONE = re.compile(
    rf"(?<!{_NUMERAL})(?:[(+]{{0,2}}[8八]{_BETWEEN}[8八]{_BETWEEN}[6六]{_BETWEEN}{_ZERO}?|{_ZERO}){_BETWEEN}"
    rf"(?:{_NUMERAL}{_BETWEEN}){{6,9}}{_NUMERAL}(?!{_NUMERAL})"
)
"""A number of Taiwan's, with its country code or its leading zero."""

_ENGLISH_DIGITS = "zero|oh|one|two|three|four|five|six|seven|eight|nine|double"
_SPOKEN = re.compile(rf"\b(?:(?:{_ENGLISH_DIGITS})[\s,.-]+){{6,}}(?:{_ENGLISH_DIGITS})\b", re.IGNORECASE)
_NORTH_AMERICAN = re.compile(r"(?<!\d)(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]?\d{4}(?!\d)")
_IDENTITY = re.compile(
    rf"(?<![A-Za-z])[A-Za-z]{_BETWEEN}[1289一二兩八九]{_BETWEEN}(?:{_NUMERAL}{_BETWEEN}){{7}}{_NUMERAL}"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9][\w.+-]*\s*(?:@|＠|小老鼠| at )\s*[A-Za-z0-9][\w-]*(?:\s*(?:\.|點| dot )\s*[A-Za-z0-9][\w-]*)+"
)

_PATTERNS = (
    ("e-mail", _EMAIL),
    ("identity-card", _IDENTITY),
    ("telephone", _TELEPHONE),
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
            start, end = original(places, *match.span())
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
            surface_group=digest("contact", text[start:end])[:8],
            text_digest=statement.digest,
        )
