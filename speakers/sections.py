"""Long recordings in sections: where they are cut, and what is heard in each of them.

A section is part of what reading means, not of who reads: a recording has the same sections whether one process reads
them one after the other or eight read them at once. It is cut in its longest pauses, so that no sentence is.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass

from speakers.error import RecordError, StorageError
from speakers.record import Millis, Span, Word

SECTION_MS = 600_000
"""About so long is a section, from a fifth less to a fifth more where its pauses are."""

_ASIDE = 5
"""A pause is looked for within a fifth of a section's length on either side of where it should end."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A recording's sections.

    Attributes:
        language: "zh" or "en" (or another code that the model found), of most of the recording.
        sections: (n_sections,) where somebody speaks in each; sorted, disjoint, and none without speech.
    """

    language: str
    sections: tuple[tuple[Span, ...], ...]

    @property
    def speech(self) -> tuple[Span, ...]:
        """Where somebody speaks in the whole recording."""
        return tuple(span for section in self.sections for span in section)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard in one section.

    Attributes:
        words: (n_words,) sorted by start, not punctuated yet; a section may have none.
        failed: the engine failed on every part of it.
        arithmetic: with which numbers it was reckoned, for the manifest.
    """

    words: tuple[Word, ...]
    failed: bool = False
    arithmetic: str = ""


def sections(speech: Sequence[Span], length: int = SECTION_MS) -> tuple[tuple[Span, ...], ...]:
    """Regions of speech in sections of about equal length, each ending in the longest pause near where it should.

    Args:
        speech: (n_regions,) sorted and disjoint.
        length: milliseconds that a section should have.

    >>> spans = [Span(Millis(a), Millis(b)) for a, b in ((0, 4), (5, 9), (12, 15), (16, 20))]
    >>> [[(s.start, s.end) for s in part] for part in sections(spans, 10)]
    [[(0, 4), (5, 9)], [(12, 15), (16, 20)]]
    """
    if not speech:
        return ()
    begin, whole = speech[0].start, speech[-1].end - speech[0].start
    count = max(1, round(whole / length))
    starts = {0}
    for number in range(1, count if len(speech) > 1 else 1):
        ideal = begin + whole * number // count
        starts.add(_pause(speech, ideal, whole // count // _ASIDE))
    bounds = [*sorted(starts), len(speech)]
    return tuple(tuple(speech[a:b]) for a, b in itertools.pairwise(bounds))


def _pause(speech: Sequence[Span], ideal: int, aside: int) -> int:
    """The region that begins after the longest pause near a moment; after the nearest one where none is near."""

    def away(region: int) -> int:
        return max(0, speech[region - 1].end - ideal, ideal - speech[region].start)

    def pause(region: int) -> int:
        return speech[region].start - speech[region - 1].end

    near = [r for r in range(1, len(speech)) if away(r) <= aside]
    if near:
        return max(near, key=lambda r: (pause(r), -away(r), -r))
    return min(range(1, len(speech)), key=lambda r: (away(r), r))


def serialize(cut: Cut) -> bytes:
    """A cut as UTF-8 JSON."""
    parts = [[[span.start, span.end] for span in section] for section in cut.sections]
    return (json.dumps({"version": 1, "language": cut.language, "sections": parts}) + "\n").encode()


def parse(data: bytes) -> Cut:
    """The cut that `serialize` wrote.

    Raises:
        StorageError: If it is damaged.
    """
    try:
        values = json.loads(data)
        return Cut(
            str(values["language"]),
            tuple(
                tuple(Span(Millis(int(start)), Millis(int(end))) for start, end in section)
                for section in values["sections"]
            ),
        )
    except (ValueError, TypeError, KeyError, RecursionError, RecordError) as error:
        raise StorageError("An artifact is damaged.", "Run the recording again: it is made anew.") from error
