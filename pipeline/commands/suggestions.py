"""The command `zhuzi suggestions`: no logic, as in `pipeline.cli`."""

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

    @command(main, "suggestions")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--accept", multiple=True, metavar="SUGGESTION", help="Correct the text as it suggests.")
    @click.option(
        "--reject", multiple=True, metavar="SUGGESTION", help="Leave the text, and do not ask again."
    )
    @click.option("--alike", is_flag=True, help="Answer all that replace the same words by the same as well.")
    @click.option("--reviewer", default="", help="Your name, for answers; it goes into the ledger.")
    def suggestions_(
        door: Any, meeting_id: str, reviewer: str, *, alike: bool, **answered: tuple[str, ...]
    ) -> None:
        """Print the corrections that names, roles and glossary suggest for meeting ID, or answer some."""
        from pipeline import review, suggestions
        from pipeline.folder import find

        folder = find(door.settings.data, meeting_id)
        door.meeting = folder.id
        draft = review.draft_of(folder)
        acts = suggestions.answers(
            draft,
            suggestions.chosen(draft, answered["accept"], alike=alike),
            suggestions.chosen(draft, answered["reject"], alike=alike),
        )
        if acts:
            draft = review.decide(folder, reviewer, acts, how="by option")
        for line in suggestions.lines(draft):
            door.say(line)
        door.say(suggestions.told(draft) or "No corrections are suggested.")
        door.answer(suggestions.table(draft))
