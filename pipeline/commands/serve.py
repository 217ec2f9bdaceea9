"""The command `zhuzi serve`: no logic, as in `pipeline.cli`."""

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

    @command(main, "serve")
    @click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
    @click.option(
        "--port", default=8377, show_default=True, type=click.IntRange(1, 65535), help="Port to listen at."
    )
    @click.option(
        "--without-tls",
        is_flag=True,
        help="Listen to a network though everybody on it could read passwords and recordings.",
    )
    @click.option(
        "--metrics-port",
        type=click.IntRange(1, 65535),
        help="Also answer a scraper on this machine there, without a token: numbers, no names.",
    )
    def serve_(door: Any, host: str, port: int, *, without_tls: bool, metrics_port: int | None) -> None:
        """Open the review room in a browser of this machine."""
        from pipeline.room.serve import serve

        url = serve(door.settings, host, port, door.say, without_tls=without_tls, metrics_port=metrics_port)
        door.answer({"url": url})
