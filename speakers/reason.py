"""Why a voice seems to be a person's: one piece of evidence, where it is, and what it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from speakers.record import SpeakerId


class Why(StrEnum):
    """Evidence about whose a voice is."""

    HEARD_AT = "heard_at"
    REVIEWER = "reviewer"
    SELF_INTRODUCTION = "self-introduction"
    VOICE = "enrolled voice"
    CALLED = "called and answers"
    THANKED = "thanked after speaking"
    ORDER = "roster order"
    SPEAKS_OF = "speaks of them"
    TYPED = "typed this name"
    TRANSCRIBED = "named in the transcript"


HUMAN = frozenset({Why.HEARD_AT, Why.REVIEWER})
"""What only a person can say; everything else proposes."""

DIRECT = HUMAN | {Why.SELF_INTRODUCTION, Why.VOICE, Why.TYPED, Why.TRANSCRIBED}
"""Evidence about this very voice; the rest follows from who speaks next to whom."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence.

    Attributes:
        speaker: the voice.
        participant_id: the person.
        why: what kind of evidence.
        at: where it is: a moment, a statement's id, or a score. Never words.
        points: what it weighs; below zero if it speaks against.
    """

    speaker: SpeakerId
    participant_id: str
    why: Why
    at: str
    points: int

    @property
    def against(self) -> bool:
        """Whether it says that the voice is somebody else's."""
        return self.points < 0


@dataclass(frozen=True, slots=True)
class Match:
    """A voice was taken for a person's: an enrolled one that was recognised, or one that a transcript names.

    Attributes:
        speaker: the voice.
        participant_id: the person.
        score: cosine similarity, -1..1; or how much of what stands under that name the voice says, 0..1.
        why: which of both.
    """

    speaker: SpeakerId
    participant_id: str
    score: float
    why: Why = Why.VOICE
