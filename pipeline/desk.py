"""A reviewer's desk: who sits there, what they are asked and shown, and how an answer becomes an act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pipeline.folder import MeetingFolder
from pipeline.review import decide
from redaction.decision import Act
from redaction.draft import Draft
from speakers.error import ZhuziError

NOT_UNDERSTOOD = "  看不懂這個回答。That was not understood."

Say = Callable[[str], None]


class Ask(Protocol):
    """Asks a person for a line of text."""

    def __call__(self, question: str, default: str = "") -> str:
        """Give back what they typed, or `default` if they typed nothing."""


class QuitError(Exception):
    """The reviewer went away; what was decided is kept."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A reviewer at work on a meeting.

    Attributes:
        folder: the meeting.
        who: the reviewer.
        ask: asks a question.
        say: shows a line.
    """

    folder: MeetingFolder
    who: str
    ask: Ask
    say: Say

    def answer(self, question: str, default: str = "") -> str:
        """What the reviewer typed.

        Raises:
            QuitError: If that was `q`.
        """
        answer = self.ask(question, default).strip()
        if answer.casefold() == "q":
            raise QuitError
        return answer

    def tried(self, acts: tuple[Act, ...], seen: Draft | None = None) -> bool:
        """Record acts, or say why that cannot be; whether they were recorded."""
        try:
            decide(self.folder, self.who, acts, seen=seen)
        except ZhuziError as error:
            self.say(f"  {error}")
            return False
        return True
