"""The command `zhuzi watch`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command
from pipeline.inbox.events import Event, Happened


def add(main: click.Group, command: Command) -> None:
    """Add the command to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "watch")
    @click.argument("inbox", type=click.Path(readable=False, path_type=Path))
    @click.option(
        "--settle",
        default=10.0,
        show_default=True,
        type=click.FloatRange(0, 3600),
        metavar="SECONDS",
        help="How long size and time of a file have to stay as they are before it is taken.",
    )
    @click.option(
        "--remove",
        is_flag=True,
        help="Delete what a meeting's folder has a verified copy of, instead of moving it to taken/.",
    )
    @click.option(
        "--office", default="", metavar="NAME", help="Whose recordings these are; offices take turns."
    )
    @click.option("--backlog", is_flag=True, help="They may wait until nothing else does.")
    @click.option("--once", is_flag=True, help="Look once, wait until everything is done, and end.")
    @click.option(
        "--metrics-port",
        type=click.IntRange(1, 65535),
        help="Answer a scraper on this machine there, without a token: numbers, no names.",
    )
    def watch(
        door: Any, inbox: Path, *, settle: float, once: bool, metrics_port: int | None, **options: Any
    ) -> None:
        """Take every recording that is dropped into the folder INBOX up to the review, until stopped."""
        from pipeline.inbox.run import run
        from pipeline.inbox.watch import How

        def tell(event: Event) -> None:
            click.echo(json.dumps(event.row(), ensure_ascii=False) if door.as_json else _line(event))
            sys.stdout.flush()

        how = How(settle_s=settle, **options)
        code = run(door.settings, inbox, how, tell, once=once, metrics_port=metrics_port)
        sys.stdout.flush()
        os._exit(code)  # a copy that is under way does not hold up the end: it is begun again


def _line(event: Event) -> str:
    """An event for people."""
    where = f"No. {event.item}" if event.item else "Inbox"
    said = {
        Happened.WATCHING: "watching (Ctrl-C stops it).",
        Happened.COPYING: f"copying, {event.done / 1e6:.0f} of {event.total / 1e6:.0f} MB{_left(event)}.",
        Happened.HANDED_IN: f"handed in as {event.job or 'nothing new'}, meeting {event.meeting}.",
        Happened.TAKEN: f"copied and verified, now in taken/ (meeting {event.meeting}).",
        Happened.REMOVED: f"removed (meeting {event.meeting} has it).",
        Happened.REFUSED: f"not taken, see failed/. {event.what} {event.cure}",
        Happened.DONE: f"meeting {event.meeting} awaits its review.",
        Happened.FAILED: f"meeting {event.meeting} failed ({event.job}), see failed/. {event.what} {event.cure}",
        Happened.LEFT_ALONE: "left alone: no recording, or none that belongs to it yet.",
        Happened.WAITING: f"waits. {event.what} {event.cure}",
        Happened.HELD_UP: f"held up, tried again later. {event.what} {event.cure}",
        Happened.GONE: "gone; waiting until it is back.",
        Happened.BACK: "back.",
        Happened.STOPPED: "stopped. What is finished stays.",
    }
    return f"{event.at}  {where}: {said[event.event]}"


def _left(event: Event) -> str:
    return "" if event.left_s is None else f", about {max(1, round(event.left_s / 60))} min left"
