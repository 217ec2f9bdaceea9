"""A stretch of sound that is to be read, and what a recognizer reads in it."""

from __future__ import annotations

from dataclasses import dataclass

from speakers.record import Span, Word

BEAM = 4
"""Readings that are followed at once."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of sound to be read, and how.

    Attributes:
        span: shorter than the 30 s that the model hears at once, by the silence after it.
        terms: what may be said in it, most likely first; as many as fit are told to the model. Never logged.
        attempt: 0 for the most likely text; what went wrong before is read in other ways then, 1 and 2. Nothing is
            drawn by lot, so that a passage reads the same whatever was read before it, and by whom.
        beam: readings that are followed at once.
    """

    span: Span
    terms: tuple[str, ...] = ()
    attempt: int = 0
    beam: int = BEAM


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model reads in a passage.

    Attributes:
        passage: which.
        words: (n_words,) in order, on the recording's clock; none if it reads nothing.
        language: "zh", "en" or another code.
        likely: mean log probability of a token.
        loops: compression ratio of the text: above 2.4 it says one thing over and over.
        silent: probability that nobody speaks.
        broken: the engine failed on it; an error of this one passage, not of the run.
    """

    passage: Passage
    words: tuple[Word, ...]
    language: str
    likely: float = 0.0
    loops: float = 1.0
    silent: float = 0.0
    broken: bool = False

    @property
    def text(self) -> str:
        """Without the spaces between words: for counting, not for reading."""
        return "".join(w.text for w in self.words)
