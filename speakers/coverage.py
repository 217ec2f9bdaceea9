"""Where speech is against where words are: windows, gaps, and what words can account for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from speakers.record import Millis, Span, Word, union

GAP_MS = 800
"""Speech as long as this without a word in it was not heard."""

_AROUND_MS = 150
"""A word accounts for this much sound on either side of it."""

_LONGEST_MS = 700
"""No short word takes longer than this; one that seems to was stretched over something that was not heard."""


def windows(speech: Sequence[Span], longest: int) -> list[Span]:
    """Regions of speech gathered, from pause to pause, into windows of at most `longest` milliseconds.

    >>> spans = [Span(Millis(a), Millis(b)) for a, b in ((0, 4), (5, 9), (12, 15))]
    >>> [(w.start, w.end) for w in windows(spans, 10)]
    [(0, 9), (12, 15)]
    """
    gathered: list[Span] = []
    for region in speech:
        if gathered and region.end - gathered[-1].start <= longest:
            gathered[-1] = Span(gathered[-1].start, region.end)
        else:
            gathered.append(region)
    return gathered


def halves(span: Span, speech: Sequence[Span]) -> tuple[Span, Span]:
    """A span cut in two: in the pause nearest to its middle, or in the middle if there is none near it."""
    middle, fifth = (span.start + span.end) // 2, span.length // 5
    inside = [s for s in speech if s.overlap(span)]
    pauses = [(a.end + b.start) // 2 for a, b in itertools.pairwise(inside)]
    cut = min(pauses, key=lambda p: abs(p - middle), default=middle)
    if not span.start + fifth < cut < span.end - fifth:
        cut = middle
    return Span(span.start, Millis(cut)), Span(Millis(cut), span.end)


def accounted(speech: Iterable[Span], words: Sequence[Word]) -> int:
    """Milliseconds of speech for which there are words."""
    spoken = _spoken(words)
    return sum(region.overlap(span) for region in speech for span in spoken)


def gaps(speech: Iterable[Span], words: Sequence[Word]) -> list[Span]:
    """Stretches of speech of at least `GAP_MS` in which no word was found."""
    heard = _spoken(words)
    found = []
    for region in speech:
        at = region.start
        for span in [s for s in heard if s.overlap(region)]:
            if span.start - at >= GAP_MS:
                found.append(Span(at, span.start))
            at = max(at, span.end)
        if region.end - at >= GAP_MS:
            found.append(Span(at, region.end))
    return found


def _spoken(words: Iterable[Word]) -> tuple[Span, ...]:
    """The time that words can account for: the model stretches some over whole sentences that it skipped."""
    return union(
        Span(
            max(Millis(0), Millis(w.span.start - _AROUND_MS)),
            Millis(min(w.span.end, w.span.start + _LONGEST_MS + _LONGEST_MS * len(w.text) // 4) + _AROUND_MS),
        )
        for w in words
    )
