"""Reading digits out of a text, however they were said: written, one by one, in groups, in Chinese and in English.

A run is all digits that follow each other with nothing but pauses, fillers and corrections in between, also across
sentences and statements. What a run is (a telephone, a card) is for `redaction/numbers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNS = (
    "0零〇○洞",
    "1一么幺壹",
    "2二兩貳",
    "3三參",
    "4四肆",
    "5五伍",
    "6六陸",
    "7七拐柒",
    "8八捌",
    "9九勾玖",
)
"""Every way in which a digit is written when a number is said digit by digit, by its value."""

_HEARD = (
    "林玲鈴陵靈令領凌另動東凍", "依衣伊醫以已易意腰妖邀", "兒而爾耳倆", "山衫散叁", "是事似斯寺死思試次色司絲",
    "我無吳午舞武物屋霧", "劉留流溜柳", "其期妻棋起氣齊奇", "吧把爸巴拔發", "就久酒舊救鉤溝個狗",
)  # fmt: skip
"""Words that a recognizer writes for a digit; they count inside a number only."""

_VALUE = {sign: str(value) for value, signs in enumerate(_SIGNS) for sign in signs}
_SOFT = {sign: str(value) for value, signs in enumerate(_HEARD) for sign in signs}
DIGIT = f"[{''.join(_VALUE)}]"
"""One digit, as a pattern."""

_NOT_ZERO = f"[{''.join(s for s in _VALUE if _VALUE[s] != '0')}]"
_ONES = rf"{_NOT_ZERO}(?![十百千])"
_GROUP = (
    rf"(?:{_NOT_ZERO}千(?:(?:零?{_NOT_ZERO}百)?(?:零?{_NOT_ZERO}?十)?(?:零?{_ONES})?)"
    rf"|{_NOT_ZERO}百(?:(?:零?{_NOT_ZERO}?十)?(?:零?{_ONES})?)"
    rf"|{_NOT_ZERO}十(?:{_ONES})?|(?<![百千萬億]){'十'}(?:{_ONES})?)"
)
_UNITS = {"千": 1000, "百": 100, "十": 10}

_ENGLISH = {
    word: str(value)
    for value, words in enumerate(
        ("zero oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
    )
    for word in words.split()
}  # fmt: skip
_TENS = {
    w: n
    for n, w in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)
}
_ONE_TO_NINE = "one|two|three|four|five|six|seven|eight|nine"
_TENS_AND_ONES = rf"(?P<tens>{'|'.join(_TENS)})(?:[\s-]+(?P<ones>{_ONE_TO_NINE}))?"
_TOKEN = re.compile(
    rf"(?P<digits>\d+)|(?P<group>{_GROUP})|(?P<han>{DIGIT})"
    rf"|(?<![A-Za-z])(?:(?P<repeat>double|triple)[\s-]+)?"
    rf"(?:{_TENS_AND_ONES}"
    rf"|(?P<word>{'|'.join(_ENGLISH)})(?P<hundred>[\s-]+hundred)?)(?![A-Za-z])",
    re.IGNORECASE,
)
_TEENS = "|".join(list(_ENGLISH)[11:])
_UP_TO_99 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{_ONE_TO_NINE}))?|{_TEENS}|{_ONE_TO_NINE})"
ENGLISH_NUMBER = rf"(?:(?:{_ONE_TO_NINE}) (?:hundred|oh)(?: and)?(?: {_UP_TO_99})?|{_UP_TO_99})"
"""A number below a thousand in English words, as a pattern."""

_CORRECTION = (
    "不對不對|不對|不是|說錯了?|講錯了?|更正|應該是|等一下|重來|sorry|no wait|wait|I mean|correction"
)
_FILLER = (
    "嗯+|呃+|啊+|喔|哦|欸|诶|誒|那個|這個|然後|再來|接著|後面|對嗎|對吧|對|沒錯|是嗎|嗎|了解|收到|好|的|槓|杠|橫槓|減號|減|破折號|dash|hyphen|"
    "and then|then|um+|uh+|er+|okay|ok|yes|right|區碼|空格"
)
_MARKS = r"[\s,，、.．。·…\-‐-―－—()（）?？!！;；:：]"
_PIECE = re.compile(
    rf"(?P<correction>{_CORRECTION})|(?P<filler>{_MARKS}+|{_FILLER})|(?P<soft>[{''.join(_SOFT)}])"
    rf"|(?<![A-Za-z])(?P<word>to|too|for|ate|won)(?![A-Za-z])",
    re.IGNORECASE,
)
_SOFT_WORDS = {"to": "2", "too": "2", "for": "4", "ate": "8", "won": "1"}
_REACH = 24
"""Characters between two digits of one number, at most."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits that were said or written in one go.

    Attributes:
        value: as they are dialled.
        start: first character.
        end: one past the last.
        form: "written", "han" (one by one), "group" (三百四十五), "english" or "heard" (a word that sounds so).
        corrected: whether the speaker corrected themselves right before.
    """

    value: str
    start: int
    end: int
    form: str
    corrected: bool = False


def runs(text: str) -> Iterator[tuple[Digits, ...]]:
    """Digits in a row, with nothing between them that ends a number.

    >>> ["".join(d.value for d in run) for run in runs("零九一二，嗯三百四十五，double six 七八了，二十")]
    ['09123456678', '20']
    """
    run: list[Digits] = []
    for token in _tokens(text):
        between = _between(text, run[-1].end, token) if run else None
        if between is None:
            if run:
                yield (*run, *_after(text, run[-1].end))
            run = [*_before(text, token.start), token]
        else:
            run += between
    if run:
        yield (*run, *_after(text, run[-1].end))


def number(text: str) -> int | None:
    """The value of a number in any notation; None if it is none.

    >>> number("三十九"), number("39"), number("七八"), number("一百零五"), number("thirty nine"), number("歲")
    (39, 39, 78, 105, 39, None)
    """
    tokens = [*_tokens(text)]
    covered = sum(t.end - t.start for t in tokens)
    return int("".join(t.value for t in tokens)) if tokens and covered == len(text.replace(" ", "")) + sum(
        text[t.start : t.end].count(" ") for t in tokens
    ) else None  # fmt: skip


def _tokens(text: str) -> Iterator[Digits]:
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match["digits"]:
            yield Digits("".join(str(int(c)) for c in match["digits"]), start, end, "written")
        elif match["group"]:
            yield Digits(_grouped(match["group"]), start, end, "group")
        elif match["han"]:
            yield Digits(_VALUE[match["han"]], start, end, "han")
        else:
            yield Digits(_english(match), start, end, "english")


def _grouped(group: str) -> str:
    total, digit = 0, ""
    for sign in group:
        if sign in _UNITS:
            total += int(digit or 1) * _UNITS[sign]
            digit = ""
        else:
            digit = _VALUE[sign]
    return str(total + int(digit or 0))


def _english(match: re.Match[str]) -> str:
    if match["tens"]:
        value = str(10 * _TENS[match["tens"].lower()] + int(_ENGLISH[(match["ones"] or "zero").lower()]))
    else:
        value = _ENGLISH[match["word"].lower()] + ("00" if match["hundred"] else "")
    return value * {"double": 2, "triple": 3}.get((match["repeat"] or "").lower(), 1)


def _between(text: str, end: int, token: Digits) -> list[Digits] | None:
    """What stands between two digits, with the second; None if they are not of one number."""
    if token.start - end > _REACH:
        return None
    heard: list[Digits] = []
    corrected, at = False, end
    while at < token.start:
        match = _PIECE.match(text, at, token.start)
        if match is None:
            return None
        corrected |= match["correction"] is not None
        heard += _softly(match)
        at = match.end()
    return [*heard, Digits(token.value, token.start, token.end, token.form, corrected)]


def _before(text: str, start: int) -> Iterator[Digits]:
    """Up to four words right before a run that may have been digits."""
    first = start
    while first and start - first < 4 and text[first - 1] in _SOFT:
        first -= 1
    for at in range(first, start):
        yield Digits(_SOFT[text[at]], at, at + 1, "heard")


def _after(text: str, end: int) -> Iterator[Digits]:
    """Up to two words right after a run that may have been digits."""
    for at in (end, end + 1):
        match = _PIECE.match(text, at)
        if match is None or match["soft"] is None:
            return
        yield from _softly(match)


def _softly(match: re.Match[str]) -> Iterator[Digits]:
    value = _SOFT.get(match["soft"] or "") or _SOFT_WORDS.get((match["word"] or "").lower())
    if value:
        yield Digits(value, match.start(), match.end(), "heard")
