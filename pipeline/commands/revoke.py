"""The command `zhuzi revoke`: no logic, as in `pipeline.cli`."""

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

    @command(main, "revoke")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--reviewer", required=True, help="Your name; it goes into the ledger.")
    @click.option("--reason", required=True, help="Why; it goes into the ledger.")
    def revoke_(door: Any, meeting_id: str, reviewer: str, reason: str) -> None:
        """Take down what is public of meeting ID, and list every file that was ever released of it."""
        from pipeline.answered import taken_down
        from pipeline.folder import find
        from pipeline.revoke import lines, revoke

        folder = find(door.settings.data, meeting_id)
        door.meeting = folder.id
        taken = revoke(folder, reviewer, reason)
        for line in lines(taken):
            door.say(line)
        if taken.failures and not door.as_json:
            raise taken.failures[0]
        door.answer(taken_down(folder, taken))
        if taken.failures:
            raise SystemExit(taken.failures[0].exit_code)
