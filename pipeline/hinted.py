"""How many voices to expect in a meeting: the newest word of those who know."""

from __future__ import annotations

from redaction.decision import Rediarized
from redaction.ledger import Entry
from speakers.meeting import Meeting


def meant(meeting: Meeting) -> str:
    """What `meeting.toml` says of the number of voices."""
    return str(meeting.speakers)


def bounds_of(meeting: Meeting, entries: tuple[Entry, ...]) -> tuple[int | None, int | None]:
    """At least and at most so many voices.

    The hint of the last `zhuzi rediarize` counts, until `speakers` in `meeting.toml` says something else than it did
    then: whoever spoke last wins.
    """
    hints = [e.act for e in entries if isinstance(e.act, Rediarized)]
    if hints and hints[-1].header == meant(meeting):
        return hints[-1].least, hints[-1].most
    return meeting.speakers
