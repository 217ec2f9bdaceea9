"""Captions: a cue to a piece of a statement, with its speaker, and no times finer than the cue's.

The one door to webvtt-py, which writes cue text as it is given: escaping is done here.
"""

from __future__ import annotations

import html
import io

import webvtt

from output import licence
from output.captions import Caption, captions
from output.chapters import chapters
from redaction.released import Released
from speakers.record import Millis, Span, clock


def serialize(released: Released) -> bytes:
    """The captions as WebVTT: UTF-8, the licence as its only comment, no styles, no identifiers, no word times."""
    return _written(
        released, [(c.span, f"<v {_escaped(c.label)}>{_escaped(c.text)}</v>") for c in captions(released)]
    )


def serialize_chapters(released: Released) -> bytes:
    """The agenda as chapters in WebVTT; nothing where there are none."""
    parts = [(c.span, _escaped(c.title)) for c in chapters(released)]
    return _written(released, parts) if parts else b""


def _written(released: Released, cues: list[tuple[Span, str]]) -> bytes:
    shown = [
        webvtt.Caption(clock(span.start, millis=True), clock(span.end, millis=True), text)
        for span, text in cues
    ]
    terms = f"{released.licence} {licence.address(released)}"
    content: str = webvtt.WebVTT(captions=shown, header_comments=[terms]).content
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


def cues_of(text: str) -> tuple[tuple[Span, str, str], ...]:
    """The captions of any VTT or SRT file: when, in whose voice if it says so, and the words, of one line or more.

    Raises:
        webvtt.errors.MalformedFileError: If this is neither.
    """
    kind = "vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else "srt"
    read = webvtt.from_buffer(io.BytesIO(text.encode("utf-8")), format=kind)
    return tuple(
        (
            Span(start := _millis(cue.start_time), Millis(max(_millis(cue.end_time), start + 1))),
            html.unescape(cue.voice or ""),
            html.unescape(cue.text),
        )
        for cue in read.captions
    )


def _escaped(text: str) -> str:
    """Cue text that holds no tag, no entity and no arrow.

    >>> _escaped("a --> <b> & c")
    'a --&gt; &lt;b&gt; &amp; c'
    """
    return html.escape(text, quote=False)


def _millis(moment: webvtt.models.Timestamp) -> Millis:
    return Millis(moment.in_milliseconds())
