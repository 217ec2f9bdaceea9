"""How many voices to expect in a meeting: the newest word of those who know."""

from __future__ import annotations

from pipeline.folder import MeetingFolder
from redaction import ledger
from redaction.decision import Rediarized
from redaction.ledger import Entry
from speakers import record_json
from speakers.error import ZhuziError
from speakers.meeting import Meeting
from speakers.record import Record


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


def void_if_others(folder: MeetingFolder, meeting: Meeting, before: bytes, after: Record) -> None:
    """Make void what was said of voices, if the new record has other ones than the one that reviewers saw.

    What they said of "S2" must never come to be about somebody else. They may say it at any moment until the new
    record takes the place of the old one; so the ledger is read now, not when voices began to be told apart.
    """
    entries = ledger.read(folder.ledger)
    if not entries or isinstance(entries[-1].act, Rediarized):
        return
    try:
        if record_json.parse_record(before).diarization == after.diarization:
            return
    except ZhuziError:  # nobody knows what they saw
        pass
    _void(folder, meeting, entries, "the voices were told apart again")


def void_voices(folder: MeetingFolder, meeting: Meeting, how: str) -> None:
    """Make void what was said of voices, as `void_if_others`."""
    _void(folder, meeting, ledger.read(folder.ledger), how)


def _void(folder: MeetingFolder, meeting: Meeting, entries: tuple[Entry, ...], how: str) -> None:
    ledger.append(
        folder.ledger, "zhuzi", (Rediarized(*bounds_of(meeting, entries), meant(meeting)),), how=how
    )
