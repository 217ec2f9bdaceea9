"""The commands `zhuzi account …`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

from typing import Any

import click

from pipeline.commands import Command

_ROLES = click.Choice(["staff", "reviewer", "admin"])
_SCOPES = click.Choice(
    "status submit read review window register names consent release revoke admin".split()  # noqa: SIM905 - a list of words
)


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @main.group()
    def account() -> None:
        """Who may open the review room, for when nobody can; and the tokens by which programs come in."""

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

    _tokens(account, command)


def _tokens(account: click.Group, command: Command) -> None:
    @command(account, "token")
    @click.argument("name")
    @click.option(
        "--scope",
        "scopes",
        type=_SCOPES,
        multiple=True,
        help="What it is good for; only `status` if left out. No token approves.",
    )
    @click.option("--days", default=90, show_default=True, type=int, help="How long it is good.")
    def account_token(door: Any, name: str, scopes: tuple[str, ...], days: int) -> None:
        """Print a token by which a program of NAME uses the HTTP API, this once."""
        from pipeline.room.emergency import token

        values = token(door.settings, name, scopes, days)
        door.say(f"{values['token']}")
        door.say(f"It is shown this once. It is called {values['id']}, and ends on {values['until']}.")
        door.answer(values)

    @command(account, "tokens")
    def account_tokens(door: Any) -> None:
        """List the tokens that are good, without what they are."""
        from pipeline.room.emergency import token_line, tokens

        found = tokens(door.settings)
        for row in found:
            door.say(token_line(row))
        door.answer({"tokens": found})

    @command(account, "untoken")
    @click.argument("token_id", metavar="TOKEN")
    def account_untoken(door: Any, token_id: str) -> None:
        """End the token that is called TOKEN (t0a1b2c3d) at once."""
        from pipeline.room.emergency import untoken

        untoken(door.settings, token_id)
        door.say("It opens nothing any more.")
        door.answer({"ended": token_id})
