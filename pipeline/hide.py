"""Somebody who takes part asks for anonymity after all: through the register, in this meeting only."""

from __future__ import annotations

from pipeline import intake, kept, meeting_toml
from pipeline.folder import MeetingFolder
from pipeline.lock import alone
from pipeline.register import Register
from pipeline.registrar import Change, change
from pipeline.run import meeting_of
from speakers.error import NotFoundError, RecordError
from speakers.meeting import HIDDEN, Participant, Wish


def hide(
    folder: MeetingFolder, register: Register, person: Participant, wish: Wish, by: str
) -> tuple[str, ...]:
    """Hide somebody in a meeting; whoever has no entry in the register gets one.

    Args:
        folder: the meeting.
        register: of its data directory.
        person: who; their block in the meeting's file holds their id afterwards, and no name.
        wish: how they want to be hidden.
        by: who does it.

    Returns:
        What follows, each as a sentence.

    Raises:
        RecordError: If that wish hides nobody.
        NotFoundError: If they are not in the meeting's file.
        MeetingError: If its file would be published with their name in its header then.
        RegisterError: If the register cannot be opened.
        BusyError: If somebody is working on this meeting.
    """
    if wish not in HIDDEN:
        raise RecordError("That wish hides nobody.", 'Choose "anonymous" or "not named".')
    if person.person:
        done = change(register, folder.root.parent.parent, person.person, Change(wish, folder.id), by)
        return (*done.hidden, *done.stale, *done.broken)
    with alone(folder.root, lambda: None, wait=False):
        table = meeting_toml.table_of(meeting_toml.text_of(folder.meeting_toml))
        blocks = table.get("participants", [])
        number = int(person.id[1:]) - 1
        if not 0 <= number < len(blocks) or meeting_of(folder).participants[number].name != person.name:
            raise NotFoundError(
                "That person is not in meeting.toml (any more).", "Look at it: zhuzi show ID."
            )
        blocks[number]["wish"] = str(wish)
        taken = intake.take_in(intake.canonical(table).decode(), folder.id, register)
        folder.describe(taken.kept, keep_old=False)
        kept.seal_older(folder, meeting_of(folder).protected)
    return taken.notes
