"""The command `zhuzi risk`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

from typing import Any

import click

from pipeline.commands import Command


def add(main: click.Group, command: Command) -> None:
    """Add the command to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "risk")
    @click.argument("meeting_id", metavar="ID")
    def risk_(door: Any, meeting_id: str) -> None:
        """Say what is probably still unmarked in meeting ID, which names are dangerous, and where to read in full."""
        from pipeline import review, risk_note
        from pipeline.folder import find

        draft = review.draft_of(find(door.settings.data, meeting_id))
        for line in risk_note.lines(draft):
            door.say(line)
        door.answer(risk_note.table(draft))
