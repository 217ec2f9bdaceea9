"""The commands `zhuzi audit …`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.commands import Command


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @main.group()
    def audit() -> None:
        """Who did what in the review room: show, verify."""

    @command(audit, "verify")
    def audit_verify(door: Any) -> None:
        """Read the audit, every ledger and every correction window from end to end, and say where one was changed."""
        from pipeline.answered import chains
        from pipeline.audit import verify
        from speakers.error import LedgerError

        verdicts = verify(door.settings.data)
        for one in verdicts:
            door.say(f"{one.place}: {one.error or f'whole, {one.entries} entries'}")
        door.answer(chains(verdicts))
        if any(one.error for one in verdicts):
            sys.exit(LedgerError.exit_code)

    @command(audit, "show")
    @click.option("--who", default="", help="Only what this account did, or what was done about it.")
    @click.option("--meeting", default="", help="Only what is about the meeting whose id begins so.")
    @click.option("--most", default=100, show_default=True, type=click.IntRange(1), help="So many lines.")
    def audit_show(door: Any, who: str, meeting: str, most: int) -> None:
        """Print the newest lines of the audit, the newest first."""
        from pipeline.audit import said, shown, table

        found = shown(door.settings.data, who=who, meeting=meeting, most=most)
        for line in found.lines:
            door.say(said(line))
        door.answer({"lines": [table(line) for line in found.lines]})
