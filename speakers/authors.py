"""Whose name somebody typed who wrote in a meeting: a question's author, a message's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from speakers.meeting import Participant
from speakers.traditional import to_simplified

_LEAST = 2
"""A single character of a longer text is nobody's name."""

_NOBODY = (
    "anonymous anonym anonymoususer anonymousparticipant guest unknown none n/a na "
    "匿名 匿名者 匿名使用者 匿名用户 匿名参与者 匿名提问者 匿名听众 访客 来宾 未具名 不具名 无名氏"
)
"""What stands in the place of a name where somebody gave none."""


@lru_cache(maxsize=20_000)
def folded(name: str) -> str:
    """One form for names that a reader takes for the same, whatever their width, case, script and spaces.

    >>> folded("Ｔｓａｉ  Pei-shan") == folded("tsai pei-shan"), folded("陳曉東") == folded("陈晓东")
    (True, True)
    """
    plain = to_simplified(unicodedata.normalize("NFKC", name)).casefold()
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")


def nobody(name: str) -> bool:
    """Whether what was typed is no name.

    >>> nobody("Anonymous"), nobody(" 匿名 "), nobody(""), nobody("王小明")
    (True, True, True, False)
    """
    plain = folded(name)
    return plain in _NOBODY.split() or not any(c.isalnum() for c in plain)


def exactly(people: Iterable[Participant], typed: str) -> tuple[Participant, ...]:
    """Who has exactly the name or alias that was typed; none for nobody's."""
    if nobody(typed):
        return ()
    wanted = folded(typed)
    return tuple(p for p in people if wanted in {folded(name) for name in p.names})


def within(people: Iterable[Participant], typed: str) -> tuple[Participant, ...]:
    """Whose name or alias stands in what was typed, beside an office or a title: 「沈立言（主持人）」.

    >>> within((Participant("p1", "沈立言"), Participant("p2", "May")), "主持人 沈立言")[0].id
    'p1'
    """
    wanted = folded(typed)
    return tuple(p for p in people if any(_stands(folded(name), wanted) for name in p.names))


def _stands(name: str, text: str) -> bool:
    """Letters count as a name only where no letter is beside them; spaces were taken out before."""
    if len(name) < _LEAST:
        return False
    if name.isascii():
        return bool(re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text))
    return name in text
