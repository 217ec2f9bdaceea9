"""Taking a meeting's file in: who is to be hidden goes into the consent register, and only their id is kept here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from pipeline import meeting_toml, unhidden
from pipeline.clashes import dangers
from pipeline.entry import Entry, Told
from pipeline.folder import MeetingFolder
from pipeline.register import Register
from pipeline.taking import ENDING
from pipeline.unhidden import counted
from pipeline.voiceprints import folded
from redaction.header import named_in_header
from redaction.labels import telling
from redaction.mentions import written
from speakers.error import MeetingError
from speakers.meeting import HIDDEN, Meeting, Participant, Wish

STAY = ("heard_at", "voiceprint")
"""Keys of somebody hidden that give nobody away."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file.

    Attributes:
        kept: TOML for the meeting's folder, without comments and without a hidden person's name.
        notes: what staff have to know, each as a sentence.
        changed: entries that were known and say more now than before: (before, now).
    """

    kept: bytes
    notes: tuple[str, ...]
    changed: tuple[tuple[Entry, Entry], ...]


_BACK_UP = (
    "Both are new: back them up, each apart. Without the key no meeting with a hidden person can be opened."
)


def for_staff(notes: Iterable[str]) -> tuple[str, ...]:
    """Notes of `take_in` for who cannot do anything about the machine: without its paths."""
    return tuple(
        "Somebody is to be protected for the first time: ask whoever runs this machine to back up the key "
        "(see the documentation)."
        if note.endswith(_BACK_UP)
        else note
        for note in notes
    )


def take_in(text: str, meeting_id: str, register: Register, *, typed: bool = False) -> Taken:
    """Enter the people of a file who are to be hidden, and leave their names out of what is kept.

    Args:
        text: of the file, as staff wrote it.
        meeting_id: the meeting that it is about.
        register: takes them.
        typed: the text came from a form, so there is no file that holds names still.

    Raises:
        MeetingError: If it says something that cannot be, would be published with a name in its header, or shows
            somebody whom the register hides in this meeting.
        RegisterError: If the register cannot be opened.
    """
    meeting = meeting_toml.parse(text, register.seen_from(meeting_id, "entered"))
    for reason in (*_header(meeting), *telling(meeting)):
        raise MeetingError(reason, "Say it otherwise: it is published.")
    unhidden.refuse(meeting, meeting_id, register)
    before = register.made
    kept, entered, changed = _entered(text, meeting, meeting_id, register)
    plain = 0 if typed else sum("name" in b for b in entered)
    notes = []
    if register.made != before:
        notes.append(f"{register.made} {_BACK_UP}")
    if plain:
        notes.append(
            "The meeting's file beside your recording still holds the names of "
            f"{counted(plain, 'hidden person', 'hidden people')}. They are in the consent register now: keep that file "
            "as private as the recording, or delete it."
        )
    return Taken(kept, tuple(notes), tuple(changed))


def settle(folder: MeetingFolder, register: Register, *, replaced: bool = False) -> None:
    """Move the names that an earlier version kept in a meeting's folder into the register.

    Args:
        folder: the meeting's.
        register: takes them.
        replaced: a new file is about to take the place of the one there, so that one may be damaged.

    Raises:
        MeetingError: If its file cannot be read.
        RegisterError: If the register cannot be opened.
    """
    old = folder.root / "meeting.toml.old"
    if old.exists() and _holds_names(old.read_bytes()):
        old.unlink()  # the register keeps what it says from now on
    if folder.meeting_toml.exists() and _holds_names(folder.meeting_toml.read_bytes()):
        try:
            text = meeting_toml.text_of(folder.meeting_toml)
            meeting = meeting_toml.parse(text, register.seen_from(folder.id, "entered"))
        except MeetingError:
            if not replaced:
                raise
            folder.meeting_toml.unlink()
        else:
            folder.describe(_entered(text, meeting, folder.id, register)[0], keep_old=False)


def _holds_names(data: bytes) -> bool:
    """Whether a file names hidden people; one that cannot be read may."""
    try:
        table = meeting_toml.table_of(data.decode("utf-8-sig"))
        return any("name" in b and b.get("wish") in HIDDEN for b in table.get("participants", []))
    except (MeetingError, UnicodeDecodeError, TypeError, AttributeError):
        return True


def _entered(
    text: str, meeting: Meeting, meeting_id: str, register: Register
) -> tuple[bytes, list[dict[str, Any]], list[tuple[Entry, Entry]]]:
    """What is kept; the blocks that were entered, as they were; and what changed in the register."""
    table = meeting_toml.table_of(text)
    ids: dict[str, str] = {}
    entered: list[dict[str, Any]] = []
    changed: list[tuple[Entry, Entry]] = []
    blocks = table.get("participants", [])
    for number, (block, person) in enumerate(zip(list(blocks), meeting.participants, strict=True)):
        if not person.person and not person.protected:
            continue
        before, now = register.enter(_told(block, person), meeting_id)
        if before is not None and before != now:
            changed.append((before, now))
        entered.append(block)
        ids[person.id] = now.id
        blocks[number] = {"person": now.id, **{k: block[k] for k in STAY if k in block}}
    for block, microphone in zip(table.get("microphones", []), meeting.microphones, strict=True):
        if microphone.participant_id in ids:
            block["participant"] = ids[microphone.participant_id]
    for number, block in enumerate(table.get("brought", []), start=1):
        block["file"] = neutral(number, str(block["file"]))  # what it was called may be somebody's name
    hidden = {folded(n) for p in meeting.protected for n in p.names}
    if "glossary" in table:  # their names are told to the recognizer anyway
        table["glossary"] = [word for word in meeting.glossary if folded(word) not in hidden]
    return canonical(table), entered, changed


def neutral(number: int, name: str) -> str:
    """What the file of something that was brought along is called here.

    >>> neutral(1, "slido 蔡佩珊.XLSX"), neutral(2, "chat")
    ('brought-01.xlsx', 'brought-02')
    """
    ending = Path(name).suffix.lower()
    return f"brought-{number:02}{ending if ENDING.fullmatch(ending) else ''}"


def canonical(table: dict[str, Any]) -> bytes:
    """TOML without comments, in which every block stands by itself, so that a person can read it."""
    blocks = {
        key: table[key]
        for key in ("links", "agenda", "participants", "microphones", "brought")
        if table.get(key)
    }
    header = tomli_w.dumps({key: value for key, value in table.items() if key not in blocks})
    parts = (f"\n[[{key}]]\n{tomli_w.dumps(block)}" for key in blocks for block in blocks[key])
    return "".join((header, *parts)).encode()


def _told(block: dict[str, Any], person: Participant) -> Told:
    """What a block itself says, in one form however it is written."""
    return Told(
        person.person,
        person.name,
        person.aliases if "aliases" in block else (),
        person.facts if "facts" in block else (),
        person.wish if "wish" in block else None,
        person.label if "label" in block else "",
        person.role if "role" in block else "",
    )


def _header(meeting: Meeting) -> Iterator[str]:
    """Where the header holds a name of somebody hidden, each as a sentence."""
    said = [(what, who) for what, who in named_in_header(meeting) if what != "date"]
    said += [
        (f"role of participant {p.id[1:]}", tuple(sorted({person for person, _ in written(meeting, p.role)})))
        for p in meeting.participants
        if p.wish is Wish.NAMED
    ]
    for what, who in said:
        if who:
            yield f"The {what} holds a name of {', '.join(who)}, who is to be hidden."


def warnings(meeting: Meeting) -> tuple[str, ...]:
    """What staff should know about the people of a meeting before they rely on it, each as a sentence."""
    guarded = [p for p in meeting.participants if p.wish is not Wish.NAMED]
    if not meeting.participants:
        nobody = ["Nobody is listed in meeting.toml, so nobody is protected in this meeting."]
    elif not guarded:
        nobody = ["Nobody is protected in this meeting: everybody listed is published under their name."]
    else:
        nobody = []
    unrecorded = ", ".join(p.id for p in meeting.participants if p.wish is Wish.NOT_RECORDED)
    named = (
        f'{unrecorded}: "not recorded" hides what they say, and still publishes their name as a speaker\'s. Whoever is '
        'not to be named needs "anonymous" or "not named". 「不列入紀錄」只是不公開發言，姓名仍會公開。'
    )
    quiet = [named] if unrecorded else []
    return (*nobody, *quiet, *(sentence for p in meeting.protected for sentence in dangers(p)))
