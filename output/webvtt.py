"""Captions: a cue to a piece of a statement, with its speaker, and no times finer than the cue's.

The one door to webvtt-py, which writes cue text as it is given: escaping is done here.
"""

from __future__ import annotations

import html
import io
import re

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


_VOICES = re.compile(r"(?=<v[.\s][^>]*>)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)*\s+([^>]*)>")
_TAG = re.compile(r"<[^>]*>")
_MOMENTS = re.compile(r"^[ \t]*-?[\d:.,]+[ \t]*-->.*\n[ \t]*\S", re.MULTILINE)


def cues_of(text: str) -> tuple[tuple[tuple[Span, str, str], ...], int]:
    """The captions of any VTT or SRT file, and how many more of them have a moment that is none.

    Returns:
        When, in whose voice if it says so, and the words, of one line or more; of two voices in a caption each apart.

    Raises:
        webvtt.errors.MalformedFileError: If this is neither.
    """
    kind = "vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else "srt"
    read = webvtt.from_buffer(io.BytesIO(text.encode("utf-8")), format=kind).captions
    cues = tuple(
        (
            Span(start := _millis(cue.start_time), Millis(max(_millis(cue.end_time), start + 1))),
            html.unescape(voice),
            html.unescape(said),
        )
        for cue in read
        for voice, said in _apart(cue)
    )
    plain = "\n".join(text.splitlines())
    return cues, max(0, len(_MOMENTS.findall(plain)) - sum(bool(cue.raw_text) for cue in read))


def _apart(cue: webvtt.Caption) -> list[tuple[str, str]]:
    """Each voice of a caption with its words; webvtt-py gives all of them to the first."""
    parts = [part for part in _VOICES.split(cue.raw_text) if part]
    if sum(bool(_VOICE.match(part)) for part in parts) < 2:
        return [(cue.voice or "", cue.text)]
    found = [(m[1] if (m := _VOICE.match(part)) else "", _TAG.sub("", part).strip()) for part in parts]
    return [(voice, said) for voice, said in found if any(map(str.isalnum, said))]


def _escaped(text: str) -> str:
    """Cue text that holds no tag, no entity and no arrow.

    >>> _escaped("a --> <b> & c")
    'a --&gt; &lt;b&gt; &amp; c'
    """
    return html.escape(text, quote=False)


def _millis(moment: webvtt.models.Timestamp) -> Millis:
    return Millis(moment.in_milliseconds())
