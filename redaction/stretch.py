"""A stretch of text that a rule found, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters `[start, end)` of the text that was searched.

    Attributes:
        start: first character.
        end: one past the last.
        what: what it is, in a word of ours ("telephone").
        cues: what speaks for it, in words of ours; never words of the text.
        confidence: 0..1, for ordering.
    """

    start: int
    end: int
    what: str
    cues: tuple[str, ...] = ()
    confidence: float = 0.8

    def meets(self, other: Stretch) -> bool:
        """Whether both hold some character."""
        return self.start < other.end and other.start < self.end
