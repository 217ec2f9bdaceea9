"""What the commands about the consent register do: enter, look at, change and remove people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomli_w

from pipeline import kept, meeting_toml, uses
from pipeline.clashes import dangers, refuse_clashes
from pipeline.entry import Entry, Told
from pipeline.folder import meetings
from pipeline.keeping import holds
from pipeline.participant_toml import hidden_elsewhere
from pipeline.register import Register
from pipeline.run import meeting_of
from pipeline.unhidden import counted, shown_now
from redaction.labels import telling
from speakers.error import KeepingError, MeetingError, RegisterError
from speakers.meeting import Meeting, Participant, Wish
from speakers.moment import moment


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an entry; None and empty where it stays as it is.

    Attributes:
        wish: for `meeting`, or for every meeting that says nothing else.
        meeting: id of the meeting that `wish` and the label are about; empty for all.
        linked: whether they have one pseudonym in all meetings.
        everywhere: whether they are hidden in meetings without them too.
        consent: where their wish is written down.
        block: what a file says of them, in place of name, aliases, facts, label, and a wish to be hidden.
        unhide: they agreed to be shown where they were hidden.
    """

    wish: Wish | None = None
    meeting: str = ""
    linked: bool | None = None
    everywhere: bool | None = None
    consent: str | None = None
    block: Participant | None = None
    unhide: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of an entry.

    Attributes:
        entry: as it is now.
        shown: where they were hidden and are not any more, and what becomes public, each as a sentence.
        hidden: meetings whose file had their name, each as a sentence.
        stale: releases that were made of what it said before, each as a sentence.
        broken: meetings that do not go together with it, each as a sentence.
    """

    entry: Entry
    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    stale: tuple[str, ...]
    broken: tuple[str, ...]


def add(register: Register, text: str, by: str = "", consent: str = "", *, name: str) -> tuple[Entry, ...]:
    """Enter everybody of a file who is to be hidden.

    Args:
        register: takes them.
        text: of the file, written as a `meeting.toml`.
        by: who enters them; empty for the account that runs the program.
        consent: where their wish is written down.
        name: the file's, for errors.

    Raises:
        MeetingError: If the file says something that cannot be.
        RegisterError: If nobody in it is to be hidden, or the register cannot be opened.
    """
    people = [p for p in meeting_toml.parse(text, name=name).participants if p.protected]
    if not people:
        raise RegisterError(
            "The file names nobody who is to be hidden.",
            'Write a block [[participants]] with name = "…" and wish = "anonymous" for each.',
        )
    _refuse_telling(tuple(people))
    return tuple(_added(register, person, by, consent.strip()) for person in people)


def _added(register: Register, person: Participant, by: str, consent: str) -> Entry:
    before, now = register.enter(Told("", person.name, person.aliases, person.facts), "", by)
    values: dict[str, Any] = {"consent": consent} if consent else {}
    if before is None:
        values |= {"wish": person.wish, "label": person.label}
    return register.change(now.id, lambda entry: replace(entry, **values), by)[1]


def block_of(text: str, name: str) -> Participant:
    """The one person of a file, written as a `meeting.toml`.

    Raises:
        MeetingError: If it says something that cannot be.
        RegisterError: If it is about nobody or about several.
    """
    people = meeting_toml.parse(text, name=name).participants
    if len(people) != 1:
        raise RegisterError(
            f"The file names {len(people)} people; one is needed.", "Write one block [[participants]]."
        )
    return people[0]


def change(register: Register, data: Path, entry_id: str, wanted: Change, by: str = "") -> Changed:
    """Change an entry; what it said before is kept.

    Raises:
        NotFoundError: If there is no such entry.
        RegisterError: If two people would be one, somebody would be shown who was hidden and nobody said that this is
            meant, or it cannot be opened.
    """
    entry_id = register.find(entry_id)
    if wanted.block is not None:
        _refuse_telling((wanted.block,))
    before, now = register.change(entry_id, lambda entry: _meant(entry, _changed(entry, wanted), wanted), by)
    shown = shown_now(before, now)
    if shown:
        register.log.note(entry_id, "shown where they were hidden", wanted.meeting, always=True)
    stale = tuple(uses.stale(data, ((before, now),)))  # before a file that named them names their entry
    hidden = tuple(_hidden(data, now, register))
    return Changed(register.read(entry_id, "changed"), shown, hidden, stale, tuple(_broken(data, now)))


def _hidden(data: Path, entry: Entry, register: Register) -> Iterator[str]:
    for folder in meetings(data):
        if kept.seal(folder, entry, register):
            yield (
                f"The file of meeting {folder.id} had their name, and has their id now: approvals are void. "
                f'Review it again: zhuzi review {folder.id} --reviewer "Your Name".'
            )


def _meant(before: Entry, now: Entry, wanted: Change) -> Entry:
    shown = shown_now(before, now)
    if shown and not wanted.unhide:
        raise RegisterError(
            f"Entry {before.id} was hidden and would be shown. {' '.join(shown)}",
            "If they agreed to that, give --unhide as well; nothing was changed.",
        )
    return now


def _broken(data: Path, entry: Entry) -> Iterator[str]:
    for folder in uses.meetings_with(data, entry):
        try:
            meeting_of(folder)
        except MeetingError as error:
            yield f"Meeting {folder.id} cannot be opened now: {error}"


def _changed(entry: Entry, wanted: Change) -> Entry:
    block, wish = wanted.block, wanted.wish
    label = block.label if block else None
    values: dict[str, Any] = {}
    if block is not None:
        values |= {"name": block.name, "aliases": block.aliases, "facts": block.facts}
        if wish is None and block.wish is not Wish.NAMED:
            wish = block.wish
    if wanted.meeting:
        part = entry.part(wanted.meeting)
        part = replace(part, wish=wish or part.wish, label=part.label if label is None else label)
        values["parts"] = entry.with_part(part).parts
    else:
        values |= {"wish": wish or entry.wish, "label": entry.label if label is None else label}
    if wanted.linked is not None:
        values["linked"] = wanted.linked
    if wanted.consent is not None:
        values["consent"] = wanted.consent.strip()
    if wanted.everywhere is not None:
        since = entry.everywhere or moment()
        values["everywhere"] = since if wanted.everywhere else ""
    return replace(entry, **values)


def remove(
    register: Register, data: Path, entry_id: str, *, even_if_used: bool = False
) -> tuple[str, tuple[str, ...]]:
    """Delete an entry and everything it said before.

    Returns:
        The entry's whole id, then those of the meetings that named it and cannot be opened now.

    Raises:
        NotFoundError: If there is no such entry.
        RegisterError: If meetings name it, unless `even_if_used`.
        KeepingError: If one of them is under hold.
    """
    entry_id = register.find(entry_id)
    naming = tuple(f.id for f in uses.naming(data, entry_id))
    if naming and not even_if_used:
        raise RegisterError(
            f"Entry {entry_id} is named by {counted(len(naming), 'meeting')}: {', '.join(naming)}.",
            "Delete those first, or give --even-if-used: they cannot be opened then.",
        )
    held = sorted({*naming} & {*holds.held(data)})
    if held:
        raise KeepingError(
            f"Entry {entry_id} is named by meetings under hold: {', '.join(held)}.",
            "Lift that first: zhuzi unhold ID.",
        )
    register.remove(entry_id)
    return entry_id, naming


def _refuse_telling(people: tuple[Participant, ...]) -> None:
    refuse_clashes(people)
    for reason in telling(Meeting(participants=people)):
        raise RegisterError(reason, "Choose another label.")


def row(entry: Entry) -> dict[str, Any]:
    """An entry without a name, for `list` and `set`."""
    return {
        "id": entry.id,
        "wish": str(entry.wish),
        "meetings": {p.meeting: str(p.wish) for p in entry.parts if p.wish is not None},
        "aliases": len(entry.aliases),
        "facts": len(entry.facts),
        "linked": entry.linked,
        "everywhere": bool(entry.everywhere),
        "revision": entry.revision,
        "changed_at": entry.changed_at,
    }


def line(entry: Entry) -> str:
    """A row for people."""
    also = [f"in {p.meeting}: {p.wish}" for p in entry.parts if p.wish not in {None, entry.wish}]
    also += [
        counted(len(entry.parts), "meeting"),
        counted(len(entry.aliases), "alias", "aliases"),
        counted(len(entry.facts), "fact"),
    ]
    also += ["one pseudonym in all meetings"] if entry.linked else []
    also += ["hidden everywhere"] if entry.everywhere else []
    return f"{entry.id}  {entry.wish:<14}{', '.join(also)}"


def table(entry: Entry, data: Path) -> dict[str, Any]:
    """All of an entry, names too: private."""
    return {
        **row(entry),
        "name": entry.name,
        "aliases": list(entry.aliases),
        "facts": [{"kind": str(f.kind), "text": f.text, "instead": f.instead} for f in entry.facts],
        "label": entry.label,
        "labels": {p.meeting: p.label for p in entry.parts if p.label},
        "used_in": [f.id for f in uses.meetings_with(data, entry)],
        "consent": entry.consent,
        "entered_by": entry.entered_by,
        "entered_at": entry.entered_at,
        "changed_by": entry.changed_by,
        "warnings": list(dangers(hidden_elsewhere(entry.seen_in(""), "e1"))),
    }


def lines(entry: Entry, data: Path) -> Iterator[str]:
    """The same for people."""
    shown = table(entry, data)
    yield f"{entry.id}  {entry.name}"
    yield f"    wish: {entry.wish}" + "".join(f"; in {m}: {w}" for m, w in shown["meetings"].items())
    if entry.aliases:
        yield f"    aliases: {', '.join(entry.aliases)}"
    yield from (f"    {f.kind}: {f.text}{f' → {f.instead}' if f.instead else ''}" for f in entry.facts)
    if entry.label:
        yield f"    label: {entry.label}" + ("" if entry.linked else " (not used: not linked)")
    yield from (f"    label in {meeting}: {label}" for meeting, label in shown["labels"].items())
    if entry.linked:
        yield "    one pseudonym in all meetings"
    if entry.everywhere:
        yield f"    hidden everywhere since {entry.everywhere}"
    yield f"    used in: {', '.join(shown['used_in']) or 'no meeting'}"
    yield f"    consent: {entry.consent or 'not written down'}"
    yield f"    entered by {entry.entered_by}, {entry.entered_at}"
    if entry.revision > 1:
        yield f"    changed by {entry.changed_by}, {entry.changed_at} (version {entry.revision})"
    yield from (f"    ! {sentence}" for sentence in shown["warnings"])


def as_toml(entry: Entry) -> str:
    """An entry as a file for `set --from`: private."""
    facts = [
        {"kind": str(f.kind), "text": f.text, **({"instead": f.instead} if f.instead else {})}
        for f in entry.facts
    ]
    block: dict[str, Any] = {"name": entry.name, "wish": str(entry.wish), "aliases": list(entry.aliases)}
    if facts:
        block["facts"] = facts
    if entry.label and entry.wish is Wish.ANONYMOUS:
        block["label"] = entry.label
    return tomli_w.dumps({"participants": [block]})
