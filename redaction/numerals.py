"""Numbers in every notation in which people write and say them: 0912, ０九一二, 洞九么兩, thirty-nine as 三十九.

These tables are the scanner's own: a fault of those by which numbers are proposed for hiding does not hide itself.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

SIGNS = (
    "0零〇○洞",
    "1一么幺壹麼壱",
    "2二兩两貳両弐",
    "3三參叁叄",
    "4四肆",
    "5五伍",
    "6六陸",
    "7七拐柒",
    "8八捌",
    "9九勾玖",
)
"""With what `redaction.folding` makes of them: to ask for that here would cost every process half a second."""
_VALUES = str.maketrans({sign: str(n) for n, signs in enumerate(SIGNS) for sign in signs})
SIGN = "[" + "".join(SIGNS) + "]"
_BETWEEN = r"[\s,、.。·\-‐-―()（）/_]{0,4}"
_RUN = re.compile(rf"{SIGN}(?:{_BETWEEN}{SIGN}){{4,}}")
_SHORT = re.compile(r"(?<!\d)\d{1,4}(?!\d)")
_MOMENT = re.compile(r"(?<![\d:])\d{1,2}:\d{2}:\d{2}[.,]\d{3}(?!\d)")
"""When a caption begins or ends: digits that nobody says."""
_HAN = "零一二三四五六七八九"
LONG = 8
"""Digits that do not come up by chance inside a longer number."""


def plain(text: str) -> str:
    """One form for all ways of writing a number or an address: digits and letters, nothing between them.

    >>> plain("洞九八七，654") == plain("0987-654"), plain("chen 小老鼠 example 點 org")
    (True, 'chen@example.org')
    """
    text = re.sub(r"\s*(?:小?老鼠|＠)\s*", "@", text)
    text = re.sub(r"\s*(?:點|dot(?![A-Za-z]))\s*", ".", text) if "@" in text else text
    kept = r"[^\w@.]|_" if "@" in text else r"[\W_]|嗯|呃|啊|那個|然後|再來|接著"
    return re.sub(kept, "", text.translate(_VALUES)).casefold()


def spoken(number: int) -> tuple[str, ...]:
    """A number below 10,000 as it is said: with places, and digit by digit.

    >>> spoken(39), spoken(105), spoken(12), spoken(2)
    (('三十九', '三九'), ('一百零五', '一零五'), ('十二', '一十二', '一二'), ('二', '兩'))
    """
    by_digit = "".join(_HAN[int(d)] for d in str(number))
    placed, gap = "", False
    for place, digit in zip("千百十 "[-len(str(number)) :], str(number), strict=True):
        if digit == "0":
            gap = bool(placed)
            continue
        placed += ("零" if gap else "") + _HAN[int(digit)] + place.strip()
        gap = False
    forms = [placed or "零", by_digit]
    if 10 <= number < 20:
        forms.insert(0, placed[1:])
    if number == 2:
        forms.append("兩")
    return tuple(dict.fromkeys(forms))


def worded(surface: str) -> tuple[str, ...]:
    """A text with its short numbers as they are said; without the text itself.

    >>> worded("39 歲")
    ('三十九 歲', '三九 歲')
    """
    pieces = [
        (piece, *spoken(int(piece))) if _SHORT.fullmatch(piece) else (piece,)
        for piece in re.split(rf"({_SHORT.pattern})", surface)
    ]
    forms = ("".join(chosen) for chosen in itertools.islice(itertools.product(*pieces), 64))
    return tuple(dict.fromkeys(f for f in forms if f != surface))


class Numbers:
    """Long numbers that must not appear, in whatever notation.

    Args:
        surfaces: `(term, surface)`; only those with five digits and more, and hardly anything else, count.
    """

    def __init__(self, surfaces: Iterable[tuple[str, str]]) -> None:
        self._terms: dict[str, str] = {}
        for term, surface in surfaces:
            digits = re.sub(r"\D", "", plain(surface))
            if len(digits) >= 5:
                self._terms.setdefault(digits, term)
                bare = digits.lstrip("0")
                if len(bare) >= LONG:  # as a number, or behind a country's code
                    self._terms.setdefault(bare, term)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where one stands: `(start, end, term)`; a short one only where no digit is beside it.

        >>> list(Numbers([("p1/f0", "0912-345-678")]).find("打零九12 三四五 六七八"))
        [(1, 13, 'p1/f0')]
        """
        if not self._terms:
            return
        text = _MOMENT.sub(lambda m: "¦" * len(m[0]), text)
        taken: list[tuple[int, int, str]] = []
        for start, end, term in sorted((*self._short(text), *self._long(text)), key=lambda f: f[0] - f[1]):
            if all(term != other or end <= s or start >= e for s, e, other in taken):
                taken.append((start, end, term))
        yield from sorted(taken)

    def _short(self, text: str) -> Iterator[tuple[int, int, str]]:
        for run in _RUN.finditer(text):
            digits = re.sub(r"\D", "", run[0].translate(_VALUES))
            if term := self._terms.get(digits):
                yield run.start(), run.end(), term

    def _long(self, text: str) -> Iterator[tuple[int, int, str]]:
        signs = list(re.finditer(SIGN, text))
        digits = "".join(s[0] for s in signs).translate(_VALUES)
        for number, term in self._terms.items():
            at = digits.find(number) if len(number) >= LONG else -1
            while at >= 0:
                row = signs[at : at + len(number)]
                gaps = [b.start() - a.end() for a, b in itertools.pairwise(row)]
                if max(gaps) <= GAP and sum(gap > 4 for gap in gaps) <= GAPS:
                    yield row[0].start(), row[-1].end(), term
                at = digits.find(number, at + 1)


GAP, GAPS = 12, 3
"""Characters that may interrupt a number, and how often: 「零九二三，呃，四五六，最後是七八一」."""
