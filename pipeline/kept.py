"""What a meeting's folder keeps of its file, and of the one before: without the names of who is hidden since."""

from __future__ import annotations

from typing import Any

from pipeline import meeting_toml
from pipeline.entry import Entry, Told
from pipeline.folder import MeetingFolder, write_atomically
from pipeline.intake import STAY, canonical
from pipeline.lock import alone
from pipeline.register import Register
from pipeline.voiceprints import folded
from speakers.error import MeetingError
from speakers.meeting import HIDDEN, Participant, Wish


def seal_older(folder: MeetingFolder, hidden: tuple[Participant, ...]) -> None:
    """Put ids in the place of names in the file that a meeting had before; where that is not enough, delete it.

    Args:
        folder: the meeting's.
        hidden: those who are hidden in it, with their entries in the register.
    """
    path = folder.root / "meeting.toml.old"
    if not path.exists():
        return
    data = path.read_bytes()
    try:
        table = meeting_toml.table_of(data.decode("utf-8-sig"))
        touched = [_sealed(table, p.person, p.names) for p in hidden if p.person]
    except (MeetingError, UnicodeDecodeError, TypeError, AttributeError):
        path.unlink()
        return
    sealed = canonical(table) if any(touched) else data
    if any(folded(n) in folded(sealed.decode("utf-8-sig")) for p in hidden for n in p.names):
        path.unlink()  # it stands in the header, which no id can stand in
    elif sealed != data:
        write_atomically(path, sealed)


def seal(folder: MeetingFolder, entry: Entry, register: Register) -> bool:
    """Put the id of somebody who is hidden in a meeting in the place of their name in what is kept of its file.

    What their block says beside goes into the register. Who was not to be recorded there still is not.

    Returns:
        Whether the meeting's file named them.
    """
    if not (entry.everywhere or entry.part(folder.id).wish in HIDDEN):
        return False
    with alone(folder.root, lambda: None):
        seal_older(folder, (_participant(entry),))
        try:
            table = meeting_toml.table_of(meeting_toml.text_of(folder.meeting_toml))
            blocks = _sealed(table, entry.id, entry.names, formerly=entry.formerly)
        except (
            MeetingError,
            TypeError,
            AttributeError,
        ):  # a missing one names nobody, a damaged one is told elsewhere
            return False
        for block in blocks:
            told = Told(entry.id, entry.name, _texts(block.get("aliases")), role=str(block.get("role", "")))
            register.enter(told, folder.id)
        if blocks:
            folder.describe(canonical(table), keep_old=False)
    return bool(blocks)


def _participant(entry: Entry) -> Participant:
    return Participant("e1", entry.name, aliases=entry.aliases, wish=Wish.ANONYMOUS, person=entry.id)


def _sealed(
    table: dict[str, Any], entry_id: str, names: tuple[str, ...], *, formerly: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """The blocks that named somebody; in the table their id stands there now."""
    full = {folded(n) for n in (names[0], *formerly)}
    blocks = table.get("participants", [])
    found = []
    for number, block in enumerate(blocks):
        if folded(str(block.get("name", ""))) not in full:
            continue
        found.append(block)
        keep = (*STAY, "wish", "role") if block.get("wish") == Wish.NOT_RECORDED else STAY
        blocks[number] = {"person": entry_id, **{k: block[k] for k in keep if k in block}}
    called = {folded(n) for n in names} | full
    called |= {folded(n) for block in found for n in _texts(block.get("aliases"))}
    for microphone in table.get("microphones", []):
        if found and folded(str(microphone.get("participant", ""))) in called:
            microphone["participant"] = entry_id
    if "glossary" in table:
        table["glossary"] = [word for word in _texts(table["glossary"]) if folded(word) not in called]
    return found


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, list) else ()
