"""What counts as one word when two texts are compared: the rules, in one place, for every error rate."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from speakers.traditional import to_simplified

RULES = (
    "Unicode NFKC, so full-width and half-width are the same; case is folded.",
    "Every character is made Simplified (OpenCC tw2s), one by one: 臺灣, 台灣 and 台湾 are the same.",
    "Punctuation and symbols go; an apostrophe inside a word stays (don't), a hyphen divides (open-data).",
    "A word is a Han character, a kana or Zhuyin sign, a number (2,000 = 2000; 3.5), or a run of letters.",
    "What stays different: numbers in characters and in digits (十/10), 他/她, filled pauses (嗯, uh).",
    "Notes for what was not understood (聽不清, inaudible) are no words.",
)
"""The rules of `tokens`, for people; printed beside every figure."""

NOTES = ("（聽不清）", "(inaudible)")
"""What the transcriber writes where somebody speaks and nothing was understood."""

_SINGLE = (
    "\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"[{_SINGLE}]|\d+(?:\.\d+)+|[^\W_{_SINGLE}]+(?:'[^\W_{_SINGLE}]+)*")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HAN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@cache
def _simplified(character: str) -> str:
    """One character alone: what stands beside it depends on where a recognizer cuts."""
    return to_simplified(character)


def tokens(text: str) -> tuple[str, ...]:
    """Latin words, numbers and single Han characters; case, punctuation, width and script are no errors.

    >>> tokens("Open-data，開放２,０００筆資料。")
    ('open', 'data', '开', '放', '2000', '笔', '资', '料')
    >>> tokens("I don't — （聽不清） 3.5%!")
    ('i', "don't", '3.5')
    """
    for note in NOTES:
        text = text.replace(note, " ")
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    found = _TOKEN.findall(_GROUPED.sub("", text))
    return tuple(_simplified(each) if _HAN.fullmatch(each) else each for each in found)


def is_han(token: str) -> bool:
    """Whether a token is one Han character.

    >>> is_han("开"), is_han("open")
    (True, False)
    """
    return _HAN.fullmatch(token) is not None


def joins(before: str, after: str) -> bool:
    """Whether two pieces of text that follow each other without a space may be parts of one token.

    >>> joins("5", "G"), joins("2", ",000"), joins("開", "G")
    (True, True, False)
    """
    piece = rf"[^\W_{_SINGLE}]"
    return bool(re.search(rf"{piece}['’.,]*$", before) and re.match(rf"['’.,]*(?:{piece}|$)", after))
