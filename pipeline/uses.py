"""Which meetings an entry of the consent register is used in, and which of their releases it makes stale."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline import meeting_toml
from pipeline.entry import Entry
from pipeline.folder import MeetingFolder, meetings
from speakers.error import MeetingError


def people_of(folder: MeetingFolder) -> frozenset[str]:
    """Ids of the entries that a meeting names; none where its file cannot be read."""
    try:
        table = meeting_toml.table_of(meeting_toml.text_of(folder.meeting_toml))
        return frozenset(str(b["person"]) for b in table.get("participants", []) if "person" in b)
    except (MeetingError, TypeError, AttributeError):
        return frozenset()


def naming(data: Path, entry_id: str) -> tuple[MeetingFolder, ...]:
    """The meetings of a data directory whose file names an entry, newest last."""
    return tuple(f for f in meetings(data) if entry_id in people_of(f))


def meetings_with(data: Path, entry: Entry) -> tuple[MeetingFolder, ...]:
    """The meetings of a data directory in which somebody is looked for, newest last."""
    return meetings(data) if entry.everywhere else naming(data, entry.id)


def stale(data: Path, changed: tuple[tuple[Entry, Entry], ...], *, but: str = "") -> Iterator[str]:
    """Releases that were made of what an entry said before, each as a sentence with what to do.

    Args:
        data: where meetings live.
        changed: entries, before and now.
        but: id of a meeting that is left out.
    """
    found: dict[str, None] = {}
    for before, now in changed:
        for folder in (*meetings_with(data, before), *meetings_with(data, now)):
            taking_part = now.id in people_of(folder)
            came_or_went = bool(before.everywhere) != bool(now.everywhere) and not taking_part
            if (
                (came_or_went or before.seen_in(folder.id) != now.seen_in(folder.id))
                and folder.id != but
                and folder.public.exists()
            ):
                found.setdefault(folder.id)
    for meeting in found:
        yield (
            f"The release of meeting {meeting} was made before this change: take it down where it must not stay "
            f'(zhuzi revoke {meeting} --reviewer "Your Name" --reason "…"), review it again '
            f'(zhuzi review {meeting} --reviewer "Your Name"), and release it anew (zhuzi release {meeting}).'
        )


def changed_since(folder: MeetingFolder, entries: tuple[Entry, ...]) -> tuple[str, ...]:
    """Ids of the entries that were changed after a meeting's release was approved."""
    at = folder.manifest().get("released", {}).get("at")
    if not at:
        return ()
    approved = datetime.fromisoformat(at)
    return tuple(e.id for e in entries if datetime.fromisoformat(e.changed_at) >= approved)
