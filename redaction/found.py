"""Something that may be a mention, before it is a mark: where, of whom, how sure, and how it is to be decided."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from redaction.mark import Kind, Tier
from speakers.traditional import to_simplified

LITERAL = frozenset({"exact", "variant"})


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text that may name somebody.

    Attributes:
        start: first character of the text, half-open with `end`.
        end: one past the last.
        subject: who.
        kind: of name.
        tier: how it is to be decided.
        level: how alike; see `Evidence`.
        cues: what else spoke for it, or against.
        nats: how much better the name explains what was written than words do.
        surface: what it reads like, without signs and spaces.
    """

    start: int
    end: int
    subject: str
    kind: Kind
    tier: Tier
    level: str
    cues: tuple[str, ...]
    nats: float
    surface: str

    @property
    def confidence(self) -> float:
        """Between 0 and 1, for ordering."""
        if self.level in LITERAL:
            return 0.99 if self.tier is Tier.A else 0.9
        return round(0.95 / (1 + math.exp(-self.nats / 6)), 2)

    def covers(self, other: Found) -> bool:
        """Whether all of another one lies in this."""
        return self.start <= other.start and other.end <= self.end

    def meets(self, other: Found) -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


@lru_cache(maxsize=20_000)
def read(surface: str) -> str:
    """One form in which ways of writing a name are equal."""
    return to_simplified("".join(c for c in unicodedata.normalize("NFKC", surface) if c.isalnum())).casefold()
