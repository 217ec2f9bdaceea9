"""Text of others, so that it can neither begin a line nor steer a terminal."""

from __future__ import annotations


def printable(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    r"""A text with something else in place of each character that no screen shows.

    >>> printable("a\nb\x1b[2J.wav"), printable("王\u202e小明", "")
    ('a�b�[2J.wav', '王小明')
    """
    return "".join(c if c.isprintable() else instead for c in text)
