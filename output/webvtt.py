"""Captions: a cue to a piece of a statement, with its speaker, and no times finer than the cue's.

The one door to webvtt-py, which writes cue text as it is given: escaping is done here.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, replace

import webvtt

from output.paragraph import labels, readable
from redaction.released import Released
from speakers.record import Millis, Span, clock

_SHORTEST_MS = 1_000
"""A caption stands so long, if it is that long, before another person's takes its place."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown at a time.

    Attributes:
        span: milliseconds from the start of the recording.
        label: the speaker's.
        text: one line.
    """

    span: Span
    label: str
    text: str


def captions(released: Released) -> tuple[Caption, ...]:
    """(n_captions,) by start, as the format demands, one at a time: where two people speak at once, cues take turns."""
    shown = labels(released)
    cues = (
        Caption(cue.span, shown[statement.speaker], text)
        for statement in released.statements
        for cue in statement.cues
        if (text := readable(cue.text))
    )
    shown_at: list[Caption] = []
    for caption in sorted(cues, key=lambda caption: caption.span.start):
        start, end = caption.span.start, caption.span.end
        if shown_at and shown_at[-1].span.end > start:
            before = shown_at[-1]
            start = Millis(min(max(start, before.span.start + _SHORTEST_MS), before.span.end))
            shown_at[-1] = replace(before, span=Span(before.span.start, start))
        shown_at.append(replace(caption, span=Span(start, Millis(max(end, start + 1)))))
    return tuple(shown_at)


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
