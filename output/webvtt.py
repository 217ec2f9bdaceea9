"""Captions: a cue to a piece of a statement, with its speaker, and no times finer than the cue's.

The one door to webvtt-py, which writes cue text as it is given: escaping is done here.
"""

from __future__ import annotations

import html

import webvtt

from output.captions import Caption, captions
from redaction.released import Released
from speakers.record import Millis, Span, clock


def serialize(released: Released) -> bytes:
    """The captions as WebVTT: UTF-8, no comments, no styles, no identifiers, no word times."""
    cues = [
        webvtt.Caption(
            clock(caption.span.start, millis=True),
            clock(caption.span.end, millis=True),
            f"<v {_escaped(caption.label)}>{_escaped(caption.text)}</v>",
        )
        for caption in captions(released)
    ]
    content: str = webvtt.WebVTT(captions=cues).content
    return (content.rstrip("\n") + "\n").encode("utf-8")


def parse(data: bytes) -> tuple[Caption, ...]:
    """The captions of a file that `serialize` wrote, in order.

    Raises:
        webvtt.errors.MalformedFileError: If this is not WebVTT.
    """
    return tuple(
        Caption(
            Span(_millis(cue.start_time), _millis(cue.end_time)),
            html.unescape(cue.voice or ""),
            html.unescape(cue.text),
        )
        for cue in webvtt.WebVTT.from_string(data.decode("utf-8"), strict=True).captions
    )


def _escaped(text: str) -> str:
    """Cue text that holds no tag, no entity and no arrow.

    >>> _escaped("a --> <b> & c")
    'a --&gt; &lt;b&gt; &amp; c'
    """
    return html.escape(text, quote=False)


def _millis(moment: webvtt.models.Timestamp) -> Millis:
    return Millis(moment.in_milliseconds())
