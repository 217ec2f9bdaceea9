"""A mark: a proposal to hide something, stand-off, with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from speakers.error import RecordError
from speakers.record import digest


class Kind(StrEnum):
    """What would give the person away."""

    NAME = "name"
    ALIAS = "alias"
    TITLE = "title"
    CONTACT = "contact"
    QUASI = "quasi"
    VOICE = "voice"
    METADATA = "metadata"


class Tier(StrEnum):
    """How a mark is decided.

    A: pre-accepted, shown grouped. B: one by one. C: by surface form. MANUAL: a reviewer made it.
    """

    A = "A"
    B = "B"
    C = "C"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something is a mark. Holds no word of the record.

    Attributes:
        recogniser: the rule's name, the same as its module.
        version: of the rule; a change voids approvals made with the old one.
        level: "exact", "variant", "same-sound", "near-sound", "near-miss", "propagated", "heard", "pattern", "manual".
        cues: what stood around it ("cue-word", "word-boundary", "full-name", …), as words of ours.
    """

    recogniser: str
    version: str
    level: str
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to hide in one statement.

    Attributes:
        statement_id: where.
        char_start: first character in the statement's text, half-open with `char_end`.
        char_end: one past the last.
        subject: the participant's id, or "" where the mark is about nobody on the roster (a phone number).
        kind: what it is.
        tier: how it is to be decided.
        evidence: why.
        confidence: 0..1, for ordering, not a probability.
        surface_group: marks of one meeting that read alike share it; says nothing about what they read.
        text_digest: of the statement it was found in; a mark never outlives a change of its statement.
        replacement: what stands there when it is masked, as staff chose beforehand (某銀行); empty for the usual one.
            It is part of the meeting's header, and so of what is approved.
        id: the same for the same place, person and text; a decision is about exactly this.
    """

    statement_id: str
    char_start: int
    char_end: int
    subject: str
    kind: Kind
    tier: Tier
    evidence: Evidence
    confidence: float
    surface_group: str
    text_digest: str
    replacement: str = ""
    id: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.char_start < self.char_end:
            raise RecordError("A mark covers no character.", "Report it with the job's log.")
        place = f"{self.statement_id}:{self.char_start}:{self.char_end}"
        made = "m" + digest(place, self.subject, self.kind, self.text_digest)[:12]
        object.__setattr__(self, "id", made)
