"""Who speaks when: how much each voice speaks, where several speak at once, and where nobody does."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass

from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Turn, union

SILENCE_MS = 1_500
"""As long as this without a turn or a word is a silence that a listener may skip."""


@dataclass(frozen=True, slots=True)
class Airtime:
    """One voice's share.

    Attributes:
        speaker: the voice.
        total: milliseconds in which it speaks.
        turns: how often it begins.
        first: when it is first heard, in milliseconds.
    """

    speaker: SpeakerId
    total: int
    turns: int
    first: Millis


def airtimes(diarization: Diarization) -> tuple[Airtime, ...]:
    """(n_voices,) in order of first speech."""
    spoken: dict[SpeakerId, list[Span]] = {speaker: [] for speaker in diarization.speakers}
    for turn in (*diarization.overlapping, *diarization.exclusive):
        spoken[turn.speaker].append(turn.span)
    found = []
    for speaker, spans in spoken.items():
        whole = union(spans)
        found.append(Airtime(speaker, sum(s.length for s in whole), len(whole), whole[0].start))
    return tuple(found)


def overlaps(turns: tuple[Turn, ...]) -> tuple[Span, ...]:
    """Where two or more voices speak at once.

    Args:
        turns: (n_turns,) sorted, may overlap.

    Returns:
        (n_spans,) sorted and disjoint.

    >>> turn = lambda a, b, s: Turn(Span(Millis(a), Millis(b)), SpeakerId(s))
    >>> overlaps((turn(0, 10, "S1"), turn(8, 20, "S2"), turn(9, 12, "S1")))
    (Span(start=8, end=12),)
    """
    found: list[Span] = []
    open_: dict[SpeakerId, Millis] = {}
    for turn in turns:
        for speaker, end in open_.items():
            if speaker != turn.speaker and end > turn.span.start:
                found.append(Span(turn.span.start, min(end, turn.span.end)))
        open_ = {s: end for s, end in open_.items() if end > turn.span.start}
        open_[turn.speaker] = max(turn.span.end, open_.get(turn.speaker, turn.span.end))
    return union(found)


def silences(record: Record, *, least: int = SILENCE_MS) -> tuple[Span, ...]:
    """Where for at least so many milliseconds there is neither a turn nor a word.

    Returns:
        (n_spans,) sorted and disjoint; the beginning and the end of the recording among them.
    """
    diarization = record.diarization
    turns = union(t.span for t in (*diarization.overlapping, *diarization.exclusive))
    starts = [span.start for span in turns]

    def within(span: Span) -> bool:
        at = bisect.bisect_right(starts, span.start) - 1
        return at >= 0 and span.end <= turns[at].end

    beyond = (w.span for s in record.spoken.statements if not within(s.span) for w in s.words)
    heard = union((*turns, *beyond))
    edges = [0, *itertools.chain.from_iterable((s.start, s.end) for s in heard), diarization.duration]
    return tuple(
        Span(Millis(start), Millis(end))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= least
    )
