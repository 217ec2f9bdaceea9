"""Somebody who was hidden is to be shown: what becomes public then, where it is refused, and where it is told."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.entry import Entry
from pipeline.register import Register
from pipeline.voiceprints import folded
from speakers.error import MeetingError
from speakers.meeting import HIDDEN, Meeting, Participant, Wish


def counted(number: int, one: str, several: str = "") -> str:
    """How many there are.

    >>> counted(1, "alias", "aliases"), counted(2, "meeting")
    ('1 alias', '2 meetings')
    """
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def shown_now(before: Entry, now: Entry) -> tuple[str, ...]:
    """Where somebody was hidden before a change and is shown after it, each place as a sentence without a name."""
    places = dict.fromkeys(("", *(p.meeting for p in (*before.parts, *now.parts))))
    return tuple(
        _where_shown(place, becoming_public(before, now.seen_in(place).wish, place))
        for place in places
        if before.seen_in(place).wish in HIDDEN and now.seen_in(place).wish not in HIDDEN
    )


def _where_shown(meeting: str, what: str) -> str:
    return f"In meeting {meeting}, {what}." if meeting else f"Where a meeting says nothing else, {what}."


def becoming_public(entry: Entry, wish: Wish, meeting: str) -> str:
    """What is hidden of somebody no longer under a wish: kinds and how many, never which.

    Args:
        entry: what was hidden.
        wish: the one that shows them.
        meeting: id of the meeting; empty for the usual one.

    >>> becoming_public(Entry("r0a1b2c3d4e5f", "蔡佩珊", ("佩珊",)), Wish.NOT_RECORDED, "")
    'their name will be published, but nothing that they say; nobody looks for 1 alias any more'
    """
    kinds = ", ".join(dict.fromkeys(str(f.kind) for f in entry.facts))
    lost = [counted(len(entry.aliases), "alias", "aliases")] if entry.aliases else []
    lost += [f"{counted(len(entry.facts), 'fact')} ({kinds})"] if entry.facts else []
    said = "their name will be published" + (
        ", but nothing that they say" if wish is Wish.NOT_RECORDED else ""
    )
    said += f"; nobody looks for {' and '.join(lost)} any more" if lost else ""
    labelled = entry.label or entry.part(meeting).label
    return said + ("; who had 1 label can be told" if labelled else "")


def refuse(meeting: Meeting, meeting_id: str, register: Register) -> None:
    """Refuse a file that shows somebody whom the register hides in this meeting.

    Raises:
        MeetingError: With the number of the participant, what would become public, and how to say that it is meant.
    """
    for person, entry in _known(meeting, register, meeting_id):
        part = entry.part(meeting_id)
        wish = entry.seen_in(meeting_id).wish if person.person else part.wish
        if wish in HIDDEN:
            raise MeetingError(
                f"Participant {person.id[1:]} is hidden in this meeting ({entry.id}) and would be shown: "
                f"{becoming_public(entry, person.wish, meeting_id)}.",
                f'If they agreed to that: zhuzi register set {entry.id} --meeting {meeting_id} --wish "{person.wish}" '
                '--unhide; then run it again. Else write wish = "anonymous".',
            )


def told(meeting: Meeting, meeting_id: str, register: Register) -> tuple[str, ...]:
    """Who is shown in a meeting, and hidden in others or was in this one, each as a sentence without a name."""
    return tuple(
        f"Participant {person.id[1:]} will be published under their name{_how(person)} and {_which(person, entry)}, "
        f"who {where}: {'make sure that they agreed' if person.person else 'if they are one person, ask again'}."
        for person, entry in _known(meeting, register, meeting_id)
        if (where := _where(entry, meeting_id, register, by_id=bool(person.person)))
    )


def _how(person: Participant) -> str:
    return " (but nothing that they say)" if person.wish is Wish.NOT_RECORDED else ""


def _which(person: Participant, entry: Entry) -> str:
    return f"is {entry.id}" if person.person else f"has the name of {entry.id}"


def _where(entry: Entry, meeting_id: str, register: Register, *, by_id: bool) -> str:
    versions = (*register.earlier(entry.id), entry)
    if any((e.seen_in(meeting_id) if by_id else e.part(meeting_id)).wish in HIDDEN for e in versions):
        return "was hidden in this meeting before"
    elsewhere = any(p.wish in HIDDEN for p in entry.parts if p.meeting != meeting_id)
    return "is hidden in other meetings" if elsewhere or entry.wish in HIDDEN else ""


def _known(meeting: Meeting, register: Register, meeting_id: str) -> Iterator[tuple[Participant, Entry]]:
    """Those who are shown and stand in the register, by their id or their full name."""
    shown = [p for p in meeting.participants if not p.protected]
    entries = register.all("looked up by name") if any(not p.person for p in shown) else ()
    by_name = {folded(n): e for e in entries for n in (*e.formerly, e.name)}
    for person in shown:
        if person.person:
            yield person, register.read(person.person, "meeting", meeting_id)
        elif folded(person.name) in by_name:
            yield person, by_name[folded(person.name)]
