"""How good names are: how many of those given are right, and of how many voices nobody is said to be anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from speakers.names import Namings
from speakers.record import SpeakerId


@dataclass(frozen=True, slots=True)
class NamingRates:
    """What became of the voices of one meeting, or of many.

    Attributes:
        right: voices linked to whoever they are.
        wrong: voices linked to somebody else.
        open: voices of people on the roster that are linked to nobody.
        strange: voices of people who are not on the roster, linked to nobody, as they should be.
        contested: voices among the last two whose evidence is at odds.
    """

    right: int = 0
    wrong: int = 0
    open: int = 0
    strange: int = 0
    contested: int = 0

    def __add__(self, other: NamingRates) -> NamingRates:
        """Both together."""
        return NamingRates(
            self.right + other.right,
            self.wrong + other.wrong,
            self.open + other.open,
            self.strange + other.strange,
            self.contested + other.contested,
        )

    @property
    def precision(self) -> float:
        """Of the names given, the share that is right; 1 where none is given."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of the voices of people on the roster, the share linked to the right one; 1 where there is none."""
        known = self.right + self.open + self.wrong
        return self.right / known if known else 1.0

    @property
    def abstention(self) -> float:
        """Of all voices, the share linked to nobody; 0 where there is no voice."""
        silent = self.open + self.strange
        voices = silent + self.right + self.wrong
        return silent / voices if voices else 0.0


def rates(namings: Namings, truth: Mapping[SpeakerId, str], *, proposals: bool = False) -> NamingRates:
    """Hold names against the truth.

    Args:
        namings: what was found.
        truth: every voice's participant id; empty for a voice of nobody on the roster.
        proposals: whether voices that a human named are left out.

    >>> rates(Namings((), (), ()), {SpeakerId("S1"): "p1", SpeakerId("S2"): ""}).abstention
    1.0
    """
    total = NamingRates()
    for voice, person in truth.items():
        link = namings.of(voice)
        if link is None:
            contested = int(voice in namings.conflicts)
            total += NamingRates(open=int(bool(person)), strange=int(not person), contested=contested)
        elif not (proposals and link.confirmed):
            right = link.participant_id == person
            total += NamingRates(right=int(right), wrong=int(not right))
    return total
