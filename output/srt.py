"""Captions as SubRip, which every player and every platform for videos takes.

The format knows no speakers, so a name stands before what is said wherever that changes; and it knows no escaping, so
what a player would take for a tag is written with full-width brackets. The libraries that write SubRip (`srt`, and
webvtt-py) leave out such text, or let it through as a tag.
"""

from __future__ import annotations

import re

from output.captions import captions
from redaction.released import Released
from speakers.record import clock


def serialize(released: Released) -> bytes:
    """The captions as SubRip: UTF-8, numbered from 1; nothing where there are none."""
    cues = (
        f"{number}\n{_moment(caption.span.start)} --> {_moment(caption.span.end)}\n{_plain(caption.text)}\n"
        for number, caption in enumerate(captions(released, named=True), start=1)
    )
    return "\n".join(cues).encode("utf-8")


def _moment(millis: int) -> str:
    return clock(millis, millis=True).replace(".", ",")


def _plain(text: str) -> str:
    r"""Text that holds no tag, no override and no arrow.

    >>> _plain("<b>好</b> {\\an8} a --> b, 1 < 2")
    '＜b>好＜/b> ｛\\an8} a → b, 1 < 2'
    """
    untagged = re.sub(r"<(?=[/!?A-Za-z])", "＜", text)
    return re.sub(r"\{(?=\\)", "｛", untagged).replace("-->", "→")
