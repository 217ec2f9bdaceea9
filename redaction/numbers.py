"""Numbers by which somebody could be reached or looked up: telephones, cards, accounts, registers.

What a number is follows from its length, how it begins, and what is said before it. A checksum only raises the
confidence: recognizers get digits wrong.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from redaction.checksums import identity_card, luhn, tax_number
from redaction.digits import Digits, runs
from redaction.stretch import Stretch

_CUES = {
    "bank-account": r"[帳賬帐張漲][號号]|帳戶|賬戶|戶頭|局號|匯款|匯到|匯給|轉帳|存簿|存摺|"
    r"bank account|account number|account is",
    "credit-card": r"信用卡|金融卡|提款卡|簽帳卡|刷卡|卡號|credit card|card number|debit card",
    "health-card": r"健保卡|健保號|健保ic|健保 ic|health card|health insurance card|nhi card",
    "passport": r"護照|passport",
    "tax-number": r"統編|統一編號|統1編號|稅籍|tax id|vat number",
    "identity-card": r"身[分份]證|[分份]證|[證政][字治]號|居留證|駕照|證號|外僑證|"
    r"ID number|ID card|identity card|national id|ARC number|resident certificate",
    "file-number": r"病歷|病例號|個案編號|個案號碼|案件編號|學號|員工編號|員編|會員編號|會員號碼|保單|身心障礙手冊|"
    r"手冊號碼|准考證|chart number|record number|case number|student number|student id|employee number|policy number",
    "telephone": r"電話|手機|專線|傳真|市話|行動|打給|打到|撥打|撥給|請[撥波播]|聯絡我|聯繫我|連絡|門號|簡訊|"
    r"(?<![a-z])(?:phone|mobile|cell|tel|fax|call|whatsapp|text me|reach me|number is|number's)(?![a-z])",
}
"""What is said before a number that says what it is; the rarer ones first."""

_NUMBER_WORD = "telephone-or-other"
_CUES[_NUMBER_WORD] = "號碼"
_CUE = re.compile("|".join(f"(?P<{k.replace('-', '_')}>{v})" for k, v in _CUES.items()), re.IGNORECASE)
_CUE_REACH = 30
"""Characters before a number in which it is said what it is, with some words in between."""

_LENGTHS = {
    "bank-account": (6, 18),
    "credit-card": (12, 19),
    "health-card": (8, 14),
    "passport": (7, 10),
    "tax-number": (7, 9),
    "identity-card": (7, 11),
    "file-number": (4, 14),
    "telephone": (6, 12),
}
"""Digits, least and most, of which one more or less is a recognizer's error."""

_EXACT = {"credit-card": {16}, "health-card": {12}, "passport": {9}, "tax-number": {8}, "identity-card": {9}}

_COUNTED = re.compile(
    r"[\s,，]*(?:[萬億元塊圓人件個項名位份筆種次坪％%票趟戶]|年(?!次)|公[里尺分斤頓]|平方|美[元金]|台幣|日圓|percent|dollars)"
)
"""What follows a quantity or a year."""

_LETTER = re.compile(
    r"(?:(?<![A-Za-z])(?P<latin>[A-Za-z](?:[\s,，、.-]{0,2}[A-Za-z])?)|(?P<heard>[欸诶誒ㄟ西踢逼艾]一?))"
    r"(?:大寫|開頭|的)?[\s,，、.。-]{0,2}$"
)
_EXTENSION = re.compile(
    r"[\s,，、.。]{0,2}(?:分機號碼|分機|轉分機|轉接|轉|extension|ext\.?)\s*(?:是|號|碼|：|:)?[\s,，]{0,2}$",
    re.IGNORECASE,
)
_DIALLED = re.compile(r"0[2-9]\d{7,8}")
"""A whole telephone number of Taiwan's."""

_PLUS = re.compile(r"(?:[+＋]|加號?|plus)\s*$", re.IGNORECASE)

_MOST_GROUPS = 40
_SOFT_AT_MOST = 2
_SOFT_SHARE = 0.5
"""Misheard digits of a number: two anywhere, and half of it after a word that says what it is."""

_CORRECTED_MORE = 6


@dataclass(frozen=True, slots=True)
class _Meaning:
    what: str
    fit: int
    cues: tuple[str, ...] = ()
    confidence: float = 0.8


def find(text: str) -> Iterator[Stretch]:
    """Every number of somebody's in a text; (n_stretches,) disjoint, in reading order."""
    waiting: Stretch | None = None
    for run in runs(text):
        if sum(len(d.value) for d in run if d.form != "heard") < 2:
            continue
        for stretch in _in_run(text, run):
            if waiting is None:
                waiting = stretch
            elif stretch.what == "extension" and _EXTENSION.fullmatch(text, waiting.end, stretch.start):
                waiting = replace(waiting, end=stretch.end, cues=(*waiting.cues, "extension"))
            else:
                yield from _whole(text, waiting)
                waiting = stretch
    if waiting is not None:
        yield from _whole(text, waiting)


def _whole(text: str, stretch: Stretch) -> Iterator[Stretch]:
    """A number as it is to be hidden; an extension alone is one where it is called so."""
    if stretch.what != "extension":
        yield stretch
    elif re.search(r"分機|ext", text[max(0, stretch.start - 12) : stretch.start], re.IGNORECASE):
        yield replace(stretch, what="telephone", cues=("extension",))


def _in_run(text: str, run: tuple[Digits, ...]) -> Iterator[Stretch]:
    groups = _groups(text, run)
    at = 0
    while at < len(groups):
        best: tuple[tuple[int, int], int, _Meaning] | None = None
        for end in range(at + 1, min(len(groups), at + _MOST_GROUPS) + 1):
            meaning = _meaning(text, groups[at:end])
            if meaning and (best is None or (meaning.fit, end) > best[0]):
                best = ((meaning.fit, end), end, meaning)
        if best is None:
            at += 1
            continue
        _, end, meaning = best
        chosen = [d for group in groups[at:end] for d in group]
        cues = meaning.cues + (
            ("across-statements",) if "\n" in text[chosen[0].start : chosen[-1].end] else ()
        )
        start = _begin(text, chosen[0].start, meaning)
        yield Stretch(start, chosen[-1].end, meaning.what, cues, meaning.confidence)
        at = end


def _groups(text: str, run: tuple[Digits, ...]) -> list[list[Digits]]:
    """Digits that stand together; a number begins and ends where a group does."""
    groups: list[list[Digits]] = []
    for digits in run:
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and before.end == digits.start
            and before.form == digits.form
            and digits.form in {"written", "han", "group"}
        ):
            groups[-1].append(digits)
        else:
            groups.append([digits])
    return groups


def _value(groups: list[list[Digits]], text: str, *, soft: bool) -> str:
    """What is dialled; what somebody else says again counts once."""
    statements: list[str] = [""]
    before: Digits | None = None
    for digits in (d for group in groups for d in group):
        if before is not None and "\n" in text[before.end : digits.start]:
            statements.append("")
        if soft or digits.form != "heard":
            statements[-1] += digits.value
        before = digits
    return "".join(value for n, value in enumerate(statements) if not n or value != statements[n - 1])


def _meaning(text: str, groups: list[list[Digits]]) -> _Meaning | None:
    digits = [d for group in groups for d in group]
    heard = sum(d.form == "heard" for d in digits)
    most = _SOFT_SHARE * len(digits) if len(digits) > 6 and _cue(text, digits[0].start) else _SOFT_AT_MOST
    if heard > most or (digits[0].form == "heard" and not _begins(text, digits)):
        return None
    with_heard = _read(text, groups, _value(groups, text, soft=True))
    if not heard:
        return with_heard
    at_end = digits[-1].form == "heard"
    without = None if at_end else _read(text, groups, _value(groups, text, soft=False))
    found = max((m for m in (with_heard, without) if m), key=lambda m: m.fit, default=None)
    return _Meaning(found.what, found.fit - at_end, (*found.cues, "misheard"), 0.6) if found else None


def _begins(text: str, digits: list[Digits]) -> bool:
    """Whether misheard digits begin a telephone: said to be one, and with an area or a mobile's beginning."""
    value = "".join(d.value for d in digits[:2])
    return re.match("0[2-9]", value) is not None and _cue(text, digits[0].start) == "telephone"


def _read(text: str, groups: list[list[Digits]], value: str) -> _Meaning | None:
    start, end = groups[0][0].start, groups[-1][-1].end
    digits = [d for group in groups for d in group]
    corrected = any(d.corrected for d in digits[1:])
    if _is_part(text, start, end, dialled=_DIALLED.fullmatch(value) is not None):
        return None
    cue = _cue(text, start)
    if len(value) >= 2 and len(value) <= 6 and _EXTENSION.search(text, max(0, start - 12), start):
        return None if _COUNTED.match(text, end) else _Meaning("extension", 5)
    it = _Candidate(
        text=text,
        value=value,
        start=start,
        end=end,
        sizes=[sum(len(d.value) for d in group) for group in groups],
        forms=[d.form for d in digits],
        cue=cue,
        corrected=corrected,
        round=_round(groups),
    )
    found = _by_form(it)
    if found is None and cue and not it.counted:
        found = _by_cue(value, cue, it.most)
    if found and corrected:
        found = _Meaning(found.what, found.fit + 4, (*found.cues, "corrected"), found.confidence)
    return found


def _is_part(text: str, start: int, end: int, *, dialled: bool) -> bool:
    """Whether the digits are a piece of something written: a decimal, a word with digits, a date.

    A whole telephone number may stand right beside a word: 「0912345678LINE也是」.
    """
    after = text[end : end + 2]
    if text[end - 1].isdigit() and re.match(r"[.．]\d" if dialled else r"[.．]\d|[A-Za-z]", after):
        return True
    if dialled and re.search(r"[A-Za-z]$", text[:start][-1:]):
        return False
    return bool(
        re.search(r"(?:\d[.．/]|第|(?<![A-Za-z])[A-Za-z]{3}-?|[$＄])$", text[max(0, start - 5) : start])
    )


@lru_cache(maxsize=256)
def _cue(text: str, start: int) -> str | None:
    """What was said that the number is, the nearest one."""
    found = [*_CUE.finditer(text, max(0, start - _CUE_REACH - 12), start)]
    near = [(m.lastgroup or "").replace("_", "-") for m in found if start - m.end() <= _CUE_REACH]
    told = [cue for cue in near if cue != _NUMBER_WORD]
    return told[-1] if told else "telephone" if near else None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Digits that may be a number, with what is around them."""

    text: str
    value: str
    start: int
    end: int
    sizes: list[int]
    forms: list[str]
    cue: str | None
    corrected: bool
    round: bool

    @property
    def most(self) -> int:
        """Digits that a correction may have added."""
        return _CORRECTED_MORE if self.corrected else 0

    @property
    def spoken(self) -> bool:
        """Whether it was said digit by digit."""
        return set(self.forms) <= {"han", "heard"}

    @property
    def counted(self) -> bool:
        """Whether it is a quantity or a year."""
        return _COUNTED.match(self.text, self.end) is not None


def _by_form(it: _Candidate) -> _Meaning | None:
    """What a number is that tells so by itself."""
    telephones = itertools.chain(_abroad(it), _at_home(it)) if it.cue in {None, "telephone"} else _mobile(it)
    return next(itertools.chain(_identities(it), telephones, _cards(it)), None)


def _identities(it: _Candidate) -> Iterator[_Meaning]:
    if it.cue not in {None, "identity-card"}:
        return
    if re.fullmatch(r"[1289]\d{8}", it.value) and _letter(it.text, it.start) is not None:
        yield _identity(it.text, it.start, it.value)
    if len(it.value) == 8 and _letters_before(it.text, it.start) == 2 and (it.cue or len(it.sizes) == 1):
        yield _Meaning("identity-card", 8, ("residence",))


def _abroad(it: _Candidate) -> Iterator[_Meaning]:
    if re.fullmatch(rf"(?:00)?886(?:0?[2-9])\d{{7,{8 + it.most}}}", it.value):
        yield _Meaning("telephone", 12, ("country-code",), 0.9)
    plus = _PLUS.search(it.text, max(0, it.start - 6), it.start)
    if plus and 9 <= len(it.value) <= 15 + it.most and it.value[0] != "0":
        yield _Meaning("telephone", 9, ("country-code",))
    if it.sizes == [3, 3, 4] and re.fullmatch(r"[2-9]\d{9}", it.value):
        yield _Meaning("telephone", 6, ("north-american",), 0.7)


def _mobile(it: _Candidate) -> Iterator[_Meaning]:
    if re.fullmatch(rf"09\d{{8,{8 + it.most}}}", it.value):
        yield _Meaning("telephone", 8 if len(it.value) == 10 or it.corrected else 5, ("mobile",), 0.9)


def _at_home(it: _Candidate) -> Iterator[_Meaning]:
    """Numbers of Taiwan's; one that is a digit too short or too long takes more that speaks for it."""
    yield from _mobile(it)
    if re.fullmatch(r"09(?:\d{6,7}|\d{9})", it.value) and (it.spoken or not it.counted):
        yield _Meaning("telephone", 6, ("mobile", "length"), 0.6)
    if re.fullmatch(rf"0[2-8]\d{{7,{8 + it.most}}}", it.value) and not it.round:
        yield _Meaning("telephone", 7 if len(it.value) < 11 or it.corrected else 4, ("landline",), 0.9)
    if re.fullmatch(r"0[2-8]\d{6}|0[2-8]\d{9}", it.value) and (it.spoken or it.cue) and not it.round:
        yield _Meaning("telephone", 6, ("landline", "length"), 0.6)
    if re.fullmatch(r"9\d{8}", it.value) and (it.spoken or it.sizes == [3, 3, 3]) and not it.counted:
        yield _Meaning("telephone", 6, ("mobile", "no-zero"), 0.7)
    if set(it.forms) == {"english"} and len(it.forms) >= 6 and 7 <= len(it.value) <= 12:
        yield _Meaning("telephone", 4 + (len(it.value) == 10), ("english",), 0.7)


def _cards(it: _Candidate) -> Iterator[_Meaning]:
    sound = luhn(it.value)
    if len(it.value) == 16 and re.match("[3-6]", it.value) and (set(it.sizes) == {4} or sound):
        yield _Meaning("credit-card", 8, ("checksum",) if sound else (), 0.9 if sound else 0.7)


def _by_cue(value: str, cue: str, more: int) -> _Meaning | None:
    least, most = _LENGTHS[cue]
    if not least <= len(value) <= most + more:
        return None
    exact = len(value) in _EXACT.get(cue, {len(value)})
    sound = (cue == "credit-card" and luhn(value)) or (cue == "tax-number" and tax_number(value))
    return _Meaning(
        cue,
        (5 if exact else 3) + sound,
        ("cue-word", *(("checksum",) if sound else ()), *(() if exact else ("length",))),
        0.9 if sound else 0.8 if exact else 0.6,
    )


def _identity(text: str, start: int, value: str) -> _Meaning:
    letter = _LETTER.search(text, max(0, start - 8), start)
    latin = (letter["latin"] or "")[-1:].upper() if letter else ""
    sound = bool(latin) and identity_card(latin + value)
    return _Meaning("identity-card", 9, ("checksum",) if sound else (), 0.95 if sound else 0.8)


def _letter(text: str, start: int) -> int | None:
    """Where the letter before a number stands."""
    match = _LETTER.search(text, max(0, start - 8), start)
    return match.start() if match else None


def _begin(text: str, start: int, meaning: _Meaning) -> int:
    """Where a number begins, with the letter or the sign before its digits."""
    if meaning.what in {"identity-card", "passport", "file-number"}:
        letter = _letter(text, start)
        return start if letter is None else letter
    plus = _PLUS.search(text, max(0, start - 6), start) if "country-code" in meaning.cues else None
    return plus.start() if plus else start


def _letters_before(text: str, start: int) -> int:
    match = _LETTER.search(text, max(0, start - 8), start)
    return sum(c.isalpha() for c in match["latin"]) if match and match["latin"] else 0


def _round(groups: list[list[Digits]]) -> bool:
    """Whether these are quantities, one after the other."""
    quantities = [d for group in groups for d in group if d.form == "group"]
    return len(quantities) > 1 and all(d.value.endswith("0") for d in quantities)


def same_number(text: str) -> str:
    """One form in which ways of saying a number are equal: what is dialled.

    >>> same_number("洞九八七，六五四") == same_number("0987-654")
    True
    """
    return "".join(d.value for run in runs(text) for d in run if d.form != "heard")
