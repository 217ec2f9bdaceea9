"""The captions as a track of an MP4 (3GPP timed text): samples that follow each other without a gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from output.captions import captions
from redaction.released import Released
from speakers.record import Millis, Span

_LENGTH_BYTES = 2
_MOST = 0xFFFF
"""Bytes of a sample, since its length is written in two."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is shown for a while.

    Attributes:
        span: milliseconds from the start of the recording.
        text: who says it, where that changes, and what; empty between captions.
    """

    span: Span
    text: str

    @property
    def sample(self) -> bytes:
        """As the track holds it: how many bytes, and then these in UTF-8."""
        data = self.text.encode("utf-8")[:_MOST].decode("utf-8", "ignore").encode("utf-8")
        return len(data).to_bytes(_LENGTH_BYTES, "big") + data


def track_of(released: Released) -> Iterator[Text]:
    """Every sample, by start; a caption stays until the next one, so between two there is one of nothing."""
    at = Millis(0)
    for caption in captions(released, named=True):
        if caption.span.start > at:
            yield Text(Span(at, caption.span.start), "")
        yield Text(caption.span, caption.text)
        at = caption.span.end
    if at:
        yield Text(Span(at, Millis(at + 1)), "")
