"""A reviewer's seat: the draft and the ledger before them, and whether they are a second reader, who must be blind."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import second_reader
from pipeline.live import LiveMeeting
from pipeline.second_reader import Reading
from redaction import ledger
from redaction.draft import Draft
from redaction.ledger import Entry
from speakers.error import NotReleasableError


@dataclass(frozen=True, slots=True)
class Seat:
    """A reviewer before a meeting as it stands.

    Attributes:
        who: the reviewer.
        draft: as it is now.
        entries: the whole ledger, in order.
        reading: how far they came as a second reader; None if they are none.
    """

    who: str
    draft: Draft
    entries: tuple[Entry, ...]
    reading: Reading | None

    @property
    def blind(self) -> bool:
        """Whether they must not be told yet what was decided."""
        return self.reading is not None and self.reading.blind

    @property
    def version(self) -> str:
        """Another one after anything changed that they are shown; tells nothing."""
        return f"{len(self.entries)}-{self.draft.digest[:16]}"

    def refuse_blind(self) -> None:
        """Refuse to show what was decided to who must not know it yet.

        Raises:
            NotReleasableError: With how much they have to judge before.
        """
        if self.reading is not None and self.reading.blind:
            raise NotReleasableError(
                f"You are the second reader: judge {len(self.reading.left)} more marks before you see this.",
                "Judge them on the page of marks.",
            )


def seat(live: LiveMeeting, who: str, *, approvers: int = 1) -> Seat:
    """Take a seat.

    Args:
        live: the meeting.
        who: the reviewer.
        approvers: how many different people have to approve; the meeting itself may ask for more.

    Raises:
        ZhuziError: If the draft or the ledger cannot be read.
    """
    draft, entries = live.draft(), ledger.read(live.folder.ledger)
    second = second_reader.is_second(draft, entries, who, approvers=approvers)
    return Seat(who, draft, entries, second_reader.reading(draft, entries, who) if second else None)
