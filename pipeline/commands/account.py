"""The commands `zhuzi account …`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_ROLES = click.Choice(["staff", "reviewer", "admin"])


def add(main: click.Group, command: Callable[[click.Group, str], Callable[..., click.Command]]) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @main.group()
    def account() -> None:
        """Who may open the review room, for when nobody can: list, add, link."""

    @command(account, "list")
    def account_list(door: Any) -> None:
        """Print who may open the review room."""
        from pipeline.room.emergency import lines, rows

        found = rows(door.settings)
        for line in lines(found):
            door.say(line)
        door.answer({"accounts": found})

    @command(account, "add")
    @click.argument("name")
    @click.option("--role", "roles", type=_ROLES, multiple=True, help="What they may do.")
    def account_add(door: Any, name: str, roles: tuple[str, ...]) -> None:
        """Make an account for NAME, and print a link by which they choose their password."""
        from pipeline.room.emergency import make

        url = make(door.settings, name, roles)
        door.say(f"Good for 24 hours, for one use: {url}")
        door.answer({"link": url})

    @command(account, "link")
    @click.argument("name")
    def account_link(door: Any, name: str) -> None:
        """Print a link by which NAME chooses a new password; a shut account is opened."""
        from pipeline.room.emergency import link

        url = link(door.settings, name)
        door.say(f"Good for 24 hours, for one use: {url}")
        door.answer({"link": url})
