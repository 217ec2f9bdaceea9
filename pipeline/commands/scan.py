"""The command `zhuzi scan`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command
from speakers.error import LeakError

_PATH = click.Path(readable=False, path_type=Path)


def add(main: click.Group, command: Command) -> None:
    """Add the command to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "scan")
    @click.argument("paths", metavar="PATH...", type=_PATH, nargs=-1, required=True)
    @click.option(
        "--meeting",
        multiple=True,
        metavar="FILE|ID",
        help="Look for the protected people of this meeting.toml; of meeting ID, what its reviewers kept may stand.",
    )
    @click.option(
        "--register", is_flag=True, help="Look for everybody in the consent register who is to be hidden."
    )
    @click.option(
        "--numbers", is_flag=True, help="Look for telephone and identity-card numbers and e-mail, too."
    )
    def scan_(
        door: Any, paths: tuple[Path, ...], meeting: tuple[str, ...], *, register: bool, numbers: bool
    ) -> None:
        """Look through PATH, in every encoding and container, for people who asked for anonymity."""
        from pipeline import leaks

        people = leaks.sought(meeting, lambda: door.settings.data, register=register)
        looked = leaks.look(paths, people, numbers=numbers)
        for hit in looked.hits:
            door.say(f"{hit.where}: {hit.how}{f' ({hit.term})' if hit.term else ''}")
        door.answer(leaks.table(looked))
        if looked.hits:
            if not door.as_json:
                raise LeakError(f"{len(looked.hits)} places give somebody away.", "Do not publish this.")
            sys.exit(LeakError.exit_code)
        door.say(f"Clean: none of {looked.terms} names and facts was found.")
