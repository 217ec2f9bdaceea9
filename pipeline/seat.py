"""A reviewer's seat: the draft and the ledger before them, and whether they are a second reader, who must be blind."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from pipeline import second_reader
from pipeline.live import LiveMeeting
from pipeline.remembered import Remembered
from pipeline.second_reader import Reading
from redaction.decision import Decided
from redaction.draft import Draft
from redaction.ledger import Entry, in_force
from speakers.error import NotReleasableError


@dataclass(frozen=True, slots=True)
class Seat:
    """A reviewer before a meeting as it stands.

    Attributes:
        who: the reviewer.
        draft: as it is now.
        entries: the whole ledger, in order.
        reading: how far they came as a second reader; None if they are none.
        found: the draft that the marks were last looked for in; `draft` unless something was decided since.
        version: another one after anything changed that they are shown; tells nothing.
    """

    who: str
    draft: Draft
    entries: tuple[Entry, ...]
    reading: Reading | None
    found: Draft
    version: str

    @property
    def blind(self) -> bool:
        """Whether they must not be told yet what was decided."""
        return self.reading is not None and self.reading.blind

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


def seat(live: LiveMeeting, who: str, *, approvers: int = 1, settled: bool = True) -> Seat:
    """Take a seat.

    Args:
        live: the meeting.
        who: the reviewer.
        approvers: how many different people have to approve; the meeting itself may ask for more.
        settled: whether to wait until the marks are looked for that the last decisions bring along or take away;
            otherwise they are those of a moment ago, with everything that was decided of them since.

    Raises:
        ZhuziError: If the draft or the ledger cannot be read.
    """
    made = live.draft() if settled else live.latest()
    entries = live.entries()
    version = f"{len(entries)}-{_numbers.of(live.folder.id, made)}"
    draft = made if settled else _decided(made, entries)
    second = second_reader.is_second(draft, entries, who, approvers=approvers)
    reading = second_reader.reading(draft, entries, who) if second else None
    return Seat(who, draft, entries, reading, made, version)


_numbers = Remembered(lambda _: secrets.token_hex(8))
"""Drawn anew for every draft."""


def _decided(draft: Draft, entries: tuple[Entry, ...]) -> Draft:
    """A draft with what was decided of its marks since it was made."""
    now = {d.mark_id: d for d in draft.decisions}
    now |= {e.act.mark_id: e.act for e in in_force(entries) if isinstance(e.act, Decided)}
    return replace(draft, decisions=tuple(d for i, d in sorted(now.items()) if draft.mark(i) is not None))
