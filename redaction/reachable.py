"""Telephone and identity-card numbers and addresses in what a reader is shown: nobody kept them, so they are a leak."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from redaction.contacts import dialled
from redaction.numerals import SIGN, plain
from redaction.tolerated import Tolerated

_NO_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9a-fA-F]*[a-fA-F])[0-9a-fA-F]{12,}(?![0-9A-Za-z])"  # a digest
    r"|\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?"  # a moment
    r"|\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d+)?"
    r"|-->|<[\d:.]+>"
)
_LIKELY = re.compile(
    rf"(?:{SIGN}[^\n]{{0,12}}?){{7}}|[@＠鼠]|\bat\b|(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)[\s,.-]",
    re.IGNORECASE,
)
"""What a line has to have before it is looked at closely: seven digits near each other, or the sign of an address."""
_PASSED_OVER = frozenset(("page", "handle", "plate", "date-of-birth", "address"))
"""What too much of a file looks like that nobody said: these are marks of the draft, and nothing more."""
_MARKUP = re.compile(r"<[^<>]*>")

_REMEMBERED_AT_MOST = 1 << 16
"""Characters of a line that is remembered."""


def reachable(text: str, tolerated: Tolerated) -> Iterator[tuple[int, str]]:
    """Where somebody can be reached: `(line, what)`.

    Args:
        text: as a reader is shown it; line breaks are those of the file.
        tolerated: how often which may stand.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        shown = _NO_NUMBER.sub(" ¦ ", line)
        if not _LIKELY.search(shown):
            continue
        for seen in _read(shown) if len(shown) <= _REMEMBERED_AT_MOST else _read.__wrapped__(shown):
            for digits, what, times in seen:
                here = found.setdefault(digits, [])
                here += [(number, what)] * (times - here.count((number, what)))
    for digits, places in found.items():
        if len(places) > tolerated.number(digits):
            yield from dict.fromkeys(places)


@lru_cache(maxsize=512)
def _read(line: str) -> tuple[tuple[tuple[str, str, int], ...], ...]:
    """Of each way to read a line, `(number, what, how often)`.

    Remembered, because a text is read again after each of its escapes is undone, and most lines are the same then.
    """
    # What stands in tags (an e-mail in an attribute) counts as well as what stands between them.
    readings = dict.fromkeys((_MARKUP.sub("", line), line.replace("<", " ¦ ").replace(">", " ¦ ")))
    return tuple(
        tuple(
            (digits, what, times)
            for (digits, what), times in Counter(
                (plain(reading[start:end]), what)
                for start, end, what in dialled(reading)
                if what not in _PASSED_OVER
            ).items()
        )
        for reading in readings
    )
