"""What a voice sounds like, as numbers, and whether two of these are one person's.

A voiceprint is made from time in which nobody else speaks. It is personal data of the most sensitive kind: this module
only computes, and what it gives back is kept by nobody but `pipeline/voiceprints.py`, for people who agreed to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from speakers.reason import Match
from speakers.record import Diarization, Millis, Span, SpeakerId, union
from speakers.sound import SAMPLE_RATE_HZ, Samples, Sound

Embedding = npt.NDArray[np.float32]
"""(192,) of length 1."""

ENROL_MS = 20_000
"""Speech without anybody else in it that an enrolment needs at least."""

MATCH_MS = 10_000
"""The same, of a voice that is to be recognised."""

THRESHOLD = 0.70
"""Cosine similarity from which a voice may be an enrolled person's; design.md has the measurement."""

MARGIN = 0.15
"""By how much the voice has to be more like this person than like any other, and this person than any other voice."""

_MOST_MS = 120_000
_PIECE = 4 * SAMPLE_RATE_HZ
_LEAST_PIECE = SAMPLE_RATE_HZ
_SHORT_MS = 400


class VoiceEncoder(Protocol):
    """An engine that says what a voice sounds like."""

    @property
    def fingerprint(self) -> str:
        """The model; voiceprints of different ones cannot be compared."""

    def __call__(self, samples: Samples) -> npt.NDArray[np.float32]:
        """(192,) embedding of (n_samples,) in which one voice is heard, a second or more."""


class CamPlusEncoder:
    """CAM++ as a `VoiceEncoder`.

    Args:
        weights: verified weights of CAM++.
        fingerprint: what they are, by digest.
    """

    def __init__(self, weights: Path, fingerprint: str) -> None:
        from speakers import campplus

        self._network = campplus.load(weights)
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        """See `VoiceEncoder`."""
        return self._fingerprint

    def __call__(self, samples: Samples) -> npt.NDArray[np.float32]:
        """See `VoiceEncoder`."""
        import torch

        from speakers.diarize import import_pyannote

        import_pyannote()  # torchaudio can only be imported behind its guard
        from torchaudio.compliance import kaldi

        features = kaldi.fbank(
            torch.from_numpy(samples)[None], num_mel_bins=80, sample_frequency=SAMPLE_RATE_HZ, dither=0.0
        )
        with torch.inference_mode():
            embedding: npt.NDArray[np.float32] = self._network((features - features.mean(0))[None])[0].numpy()
        return embedding


def alone(diarization: Diarization, voices: tuple[SpeakerId, ...]) -> tuple[Span, ...]:
    """The time in which these voices are heard and no other one is, without what is too short to say anything.

    >>> from speakers.record import Turn
    >>> one = Turn(Span(Millis(0), Millis(900)), SpeakerId("S1"))
    >>> other = Turn(Span(Millis(500), Millis(2_000)), SpeakerId("S2"))
    >>> alone(Diarization((), (one, other), Millis(2_000)), (SpeakerId("S2"),))
    (Span(start=900, end=2000),)
    """
    others = union(t.span for t in diarization.overlapping if t.speaker not in voices)
    found = []
    for span in union(t.span for t in diarization.overlapping if t.speaker in voices):
        start = span.start
        for other in others:
            if other.end <= start or other.start >= span.end:
                continue
            if other.start - start >= _SHORT_MS:
                found.append(Span(start, other.start))
            start = max(start, other.end)
        if span.end - start >= _SHORT_MS:
            found.append(Span(start, span.end))
    return tuple(found)


def embedded(sound: Sound, spans: tuple[Span, ...], encoder: VoiceEncoder, least_ms: int) -> Embedding | None:
    """What the voice in these spans sounds like; None if it is not heard for long enough.

    Args:
        sound: the whole recording, of which only these spans are read.
        spans: where one voice is heard alone; of more than two minutes, the first two.
        encoder: the engine.
        least_ms: how much of it there has to be.
    """
    if sum(s.length for s in spans) < least_ms:
        return None
    heard = np.concatenate([sound.cut(s) for s in _first(spans, _MOST_MS)])
    pieces = [heard[i : i + _PIECE] for i in range(0, len(heard), _PIECE)]
    rows = [_unit(encoder(np.ascontiguousarray(p))) for p in pieces if len(p) >= _LEAST_PIECE]
    return _unit(np.mean(rows, axis=0)) if rows else None


def _first(spans: tuple[Span, ...], most_ms: int) -> Iterator[Span]:
    """The beginning of spans, up to so many milliseconds altogether."""
    for span in spans:
        if most_ms > 0:
            yield Span(span.start, Millis(span.start + min(span.length, most_ms)))
        most_ms -= span.length


def _unit(values: npt.NDArray[np.float32]) -> Embedding:
    length = float(np.linalg.norm(values))
    return (values / length if length else values).astype(np.float32)


def embedding_of(values: tuple[float, ...]) -> Embedding:
    """A kept voiceprint as numbers to compare."""
    return _unit(np.asarray(values, dtype=np.float32))


def recognised(voices: Mapping[SpeakerId, Embedding], people: Mapping[str, Embedding]) -> tuple[Match, ...]:
    """Which voice is which enrolled person's, where it is clear; otherwise nobody's.

    Args:
        voices: of this recording.
        people: enrolled, by participant id.

    Returns:
        At most one match for each voice and each person.
    """
    scores = {(v, p): float(a @ b) for v, a in voices.items() for p, b in people.items()}
    found = []
    for (voice, person), score in scores.items():
        rivals = [s for (v, p), s in scores.items() if (v == voice) is not (p == person)]
        if score >= THRESHOLD and score - max(rivals, default=-1.0) >= MARGIN:
            found.append(Match(voice, person, round(score, 4)))
    return tuple(found)
