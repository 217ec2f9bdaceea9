"""By which rules a caption can be read in time: how long a line, how fast, how long it stands.

Source: Netflix Timed Text Style Guides, General Requirements (5/6 s to 7 s, two lines, two frames apart, gaps under
half a second closed), Traditional Chinese (16 characters a line, 9 a second) and English (42 a line, 20 a second for
adults); the BBC's Subtitle Guidelines agree on two lines and on breaking them where the sentence does.
"""

from __future__ import annotations

import unicodedata

SHORTEST_MS, LONGEST_MS = 833, 7_000
"""How long a caption stands at least and at most."""

APART_MS = 80
"""Two frames at 25 a second: so much lies between two captions, or a viewer does not see that there is a new one."""

CLOSED_MS = 500
"""A gap that is shorter flickers: it is closed to `APART_MS`."""

LINES = 2

CHINESE_COLUMNS, ENGLISH_COLUMNS = 32, 42
"""A line at most, in columns: 16 full-width characters, or 42 Latin ones."""

FULL_WIDTH_A_SECOND, HALF_WIDTH_A_SECOND = 9, 20
"""Characters that people read in a second."""

SENTENCE = "。？！；.?!;…"
CLAUSE = "，、：,:—）」』)"
"""Signs after which a caption or a line ends best, and second best."""


def full_width(character: str) -> bool:
    """Whether a character is as wide as a Chinese one.

    >>> full_width("字"), full_width("，"), full_width("a"), full_width("é")
    (True, True, False, False)
    """
    return unicodedata.east_asian_width(character) in {"W", "F"}


def width(character: str) -> int:
    """Columns that a character takes: 2, 1, or 0 if it is drawn onto the one before."""
    if unicodedata.combining(character):
        return 0
    return 2 if full_width(character) else 1


def columns(text: str) -> int:
    """Columns that a line takes.

    >>> columns("開放 data")
    9
    """
    return sum(map(width, text))


def line_of(text: str) -> int:
    """How many columns a line of this text may take: those of Chinese wherever there is any.

    >>> line_of("open data"), line_of("open 資料")
    (42, 32)
    """
    return CHINESE_COLUMNS if any(map(full_width, text)) else ENGLISH_COLUMNS


def reading_ms(text: str) -> int:
    """How long people take to read a text, in milliseconds.

    >>> reading_ms("九個字要讀一秒鐘啊"), reading_ms("twenty letters a s..")
    (1000, 1000)
    """
    full = sum(map(full_width, text))
    return round(1000 * (full / FULL_WIDTH_A_SECOND + (len(text) - full) / HALF_WIDTH_A_SECOND))
