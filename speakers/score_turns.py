"""pyannote.metrics' one door: error rates of who speaks when.

pyannote's `collar` is the whole width around a boundary, md-eval's and ours one side of it: .25 s here is .5 s there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from speakers.record import Millis, Span, SpeakerId, Turn


@dataclass(frozen=True, slots=True)
class TurnErrors:
    """Parts of the diarization error rate, in seconds of speech; overlapping speech counts for each speaker.

    >>> (TurnErrors(1.0, 0.5, 0.5, 10.0) + TurnErrors(0.0, 0.0, 0.0, 10.0)).rate
    0.1
    """

    missed_s: float
    false_alarm_s: float
    confusion_s: float
    total_s: float

    def __add__(self, other: TurnErrors) -> TurnErrors:
        return TurnErrors(
            self.missed_s + other.missed_s,
            self.false_alarm_s + other.false_alarm_s,
            self.confusion_s + other.confusion_s,
            self.total_s + other.total_s,
        )

    @property
    def rate(self) -> float | None:
        """DER; None if nobody speaks in the reference (beyond the collar)."""
        if not self.total_s:
            return None
        return (self.missed_s + self.false_alarm_s + self.confusion_s) / self.total_s


@dataclass(frozen=True, slots=True)
class JaccardErrors:
    """Parts of the Jaccard error rate: the sum over the reference's speakers, and how many there are."""

    error: float
    speakers: int

    def __add__(self, other: JaccardErrors) -> JaccardErrors:
        return JaccardErrors(self.error + other.error, self.speakers + other.speakers)

    @property
    def rate(self) -> float | None:
        """JER: every speaker counts the same, however little they say; None if there is none."""
        return self.error / self.speakers if self.speakers else None


def der(
    reference: tuple[Turn, ...], hypothesis: tuple[Turn, ...], duration: Millis, collar_s: float = 0.0
) -> TurnErrors:
    """Diarization error rate over a whole recording, overlap counted.

    Args:
        reference: (n_turns,) of which no two of one speaker overlap.
        hypothesis: (m_turns,) likewise.
        duration: milliseconds; everything lies before it.
        collar_s: so much on either side of each boundary of the reference is not looked at.

    Source:
        NIST RT; pyannote.metrics' `DiarizationErrorRate`.
    """
    from pyannote.metrics.diarization import DiarizationErrorRate

    metric = DiarizationErrorRate(collar=2 * collar_s, skip_overlap=False)
    parts = metric(_annotation(reference), _annotation(hypothesis), uem=_whole(duration), detailed=True)
    return TurnErrors(
        float(parts["missed detection"]),
        float(parts["false alarm"]),
        float(parts["confusion"]),
        float(parts["total"]),
    )


def jer(
    reference: tuple[Turn, ...], hypothesis: tuple[Turn, ...], duration: Millis, collar_s: float = 0.0
) -> JaccardErrors:
    """Jaccard error rate; arguments as `der`.

    Source:
        DIHARD II, 2019; pyannote.metrics' `JaccardErrorRate`.
    """
    from pyannote.metrics import diarization

    measure: Any = diarization.JaccardErrorRate
    metric = measure(collar=2 * collar_s, skip_overlap=False)
    parts = metric(_annotation(reference), _annotation(hypothesis), uem=_whole(duration), detailed=True)
    return JaccardErrors(float(parts["speaker error"]), int(parts["speaker count"]))


def pairing(
    reference: tuple[Turn, ...], hypothesis: tuple[Turn, ...], duration: Millis
) -> Mapping[SpeakerId, SpeakerId]:
    """Which voice of the hypothesis is whom of the reference, so that they share the most time; DER's pairing."""
    from pyannote.metrics.diarization import DiarizationErrorRate

    if not reference or not hypothesis:
        return {}
    found = DiarizationErrorRate().optimal_mapping(
        _annotation(reference), _annotation(hypothesis), uem=_whole(duration)
    )
    return {SpeakerId(voice): SpeakerId(speaker) for voice, speaker in found.items()}


def _annotation(turns: tuple[Turn, ...]) -> Any:
    from pyannote.core import Annotation

    made = Annotation(uri="x")
    for number, turn in enumerate(turns):
        made[_seconds(turn.span), number] = str(turn.speaker)
    return made


def _seconds(span: Span) -> Any:
    from pyannote.core import Segment

    return Segment(span.start / 1000, span.end / 1000)


def _whole(duration: Millis) -> Any:
    from pyannote.core import Timeline

    return Timeline([_seconds(Span(Millis(0), Millis(max(1, duration))))], uri="x")
