"""Chapters from the agenda: as the lines that YouTube looks for in a description, and for players on the web.

YouTube makes chapters only of lists of three and more, in order, of which the first begins at 0:00 and each lasts ten
seconds. So there is a list where that can be met, and none elsewhere.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from output import licence
from output.paragraph import sections
from output.words import both, chosen
from redaction.released import Released
from speakers.record import Millis, Span, clock

_LEAST = 3
_SHORTEST_MS = 10_000

_BRACKETS = str.maketrans("<>", "＜＞")
"""A description may not hold these."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the recording.

    Attributes:
        span: milliseconds from the start of the recording; whole seconds, but for the end of the last one.
        title: of the item of the agenda.
    """

    span: Span
    title: str


def chapters(released: Released) -> tuple[Chapter, ...]:
    """(n_chapters,) without a gap, from 0:00 to the last word; none if they could not be shown.

    An item that took less than ten seconds is part of the one before it, or of the next one if it was the first.
    """
    spoken = [cue.span.end for said in released.statements for cue in said.cues]
    ends = max(spoken, default=0)
    begun: list[tuple[int, str]] = []
    for section in sections(released):
        first = next((p.span.start for p in section.paragraphs if p.span), None)
        at = section.at if section.at is not None else first
        if section.title and at is not None and at < ends:
            begun.append((at // 1000 * 1000 if begun else 0, section.title))
    kept: list[Chapter] = []
    for (begin, title), (after, _) in itertools.pairwise((*begun, (ends, ""))):
        start = kept[-1].span.end if kept else 0
        if after - max(begin, start) >= _SHORTEST_MS:
            kept.append(Chapter(Span(Millis(start), Millis(after)), title))
        elif kept:
            kept[-1] = replace(kept[-1], span=Span(kept[-1].span.start, Millis(max(after, start))))
    return tuple(kept) if len(kept) >= _LEAST else ()


def serialize(released: Released) -> bytes:
    """A line to each, as YouTube reads them, and the licence below: UTF-8; nothing where there are none."""
    lines = [f"{clock(c.span.start)} {c.title.translate(_BRACKETS)}\n" for c in chapters(released)]
    under = f"\n{chosen(both('licence'), released.language)}{licence.line(released)}\n" if lines else ""
    return ("".join(lines) + under).encode("utf-8")
