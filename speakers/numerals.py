"""Numbers that are written in two notations at once: 「3百」, 「一百20」, 「6月十八日」."""

from __future__ import annotations

import re
from collections.abc import Iterator

_DIGITS = "零一二三四五六七八九"
_HAN_NUMBER = "零〇○一二兩三四五六七八九十百千萬億"
_PLACES = {"十": 1, "百": 2, "千": 3, "萬": 4, "億": 8}

_BEFORE = rf"(?<![0-9０-９.,．{_HAN_NUMBER}])"
_AFTER = rf"(?![0-9０-９.．{_HAN_NUMBER}])"
_DIGITS_FIRST = re.compile(
    rf"{_BEFORE}(?P<digits>[0-9]{{1,2}})(?P<rest>[十百千][{_HAN_NUMBER}]*)(?!貨){_AFTER}"
)
_DIGITS_LAST = re.compile(rf"{_BEFORE}(?P<rest>[{_HAN_NUMBER}]*[十百千萬])(?P<digits>[0-9]{{1,4}}){_AFTER}")
_PART = rf"(?:[0-9]{{1,4}}|[{_HAN_NUMBER}]{{1,4}})"
_DATE = re.compile(rf"{_BEFORE}(?:{_PART}年)?{_PART}月{_PART}[日號]|{_BEFORE}{_PART}年{_PART}月(?!{_PART})")


def mixed(text: str) -> Iterator[tuple[int, int, str]]:
    """Numbers and dates in both notations: `(char_start, char_end, all of it in Chinese)`.

    What could be read in two ways is left alone: 「一百5」 is 105 or 150. So are 「300萬」 and 「3萬」, which is how
    numbers are written.

    >>> list(mixed("大概3百件，一百20公分，6月十八日"))
    [(2, 4, '三百'), (6, 10, '一百二十'), (13, 18, '六月十八日')]
    >>> list(mixed("300萬，一百5，三百件，6月18日，六月十八日"))
    []
    """
    taken = 0
    for start, end, chinese in sorted(_found(text)):
        if start >= taken:
            yield start, end, chinese
            taken = end


def _found(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _DATE.finditer(text):
        parts = re.split("([年月日號])", match.group())
        numbers = [p for p in parts[0::2] if p]
        if len({n.isascii() for n in numbers}) == 2:
            yield *match.span(), "".join(map(_dated, parts[0::2], [*parts[1::2], ""]))
    for match in _DIGITS_FIRST.finditer(text):
        unit = _PLACES[match["rest"][0]]
        number = int(match["digits"])
        if 0 < number < (10 if unit < 3 else 100):
            yield *match.span(), chinese(number) + match["rest"]
    for match in _DIGITS_LAST.finditer(text):
        unit, number = _PLACES[match["rest"][-1]], int(match["digits"])
        places = len(str(number))
        if number and not match["digits"].startswith("0") and places <= unit and (places > 1 or unit == 1):
            yield (
                *match.span(),
                match["rest"] + ("零" if places < unit else "") + chinese(number, inside=True),
            )


def _dated(part: str, sign: str) -> str:
    if not part.isascii() or not part:
        return part + sign
    return (
        "".join(_DIGITS[int(d)] for d in part) if sign == "年" and len(part) == 4 else chinese(int(part))
    ) + sign


def chinese(number: int, *, inside: bool = False) -> str:
    """A number below 10,000 as it is spoken; `inside` a larger one, 「一」 stands before 「十」 too.

    >>> chinese(18), chinese(105), chinese(328), chinese(2010), f"三百{chinese(18, inside=True)}"
    ('十八', '一百零五', '三百二十八', '二千零一十', '三百一十八')
    """
    written, skipped = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            written += ("零" if skipped and written else "") + _DIGITS[digit] + unit
        skipped = not digit
    if written.startswith("一十") and not inside:
        written = written[1:]
    return written or _DIGITS[0]
