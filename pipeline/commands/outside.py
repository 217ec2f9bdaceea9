"""The commands for those who watch over the program: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command
from speakers.error import StorageError


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "metrics")
    @click.option(
        "--output",
        type=click.Path(readable=False, path_type=Path),
        metavar="FILE.prom",
        help="Write them into this file, for the textfile collector of node_exporter.",
    )
    def metrics(door: Any, output: Path | None) -> None:
        """Print how much there is to do and how it goes, as Prometheus reads it: numbers, no names."""
        from pipeline.outside.metrics import Metrics

        found = Metrics(door.settings)
        if output is not None:
            found.write(output)
            door.say(f"Written to {output}.")
        text = found.text().decode()
        if output is None:
            door.say(text)
        door.answer({"metrics": text, "output": str(output) if output else None})

    @main.group()
    def webhook() -> None:
        """Messages about changes, for other programs: test, list, resend."""

    @command(webhook, "test")
    def webhook_test(door: Any) -> None:
        """Send every address that is set a message now, and say what came of it."""
        from pipeline.outside.webhooks import test

        sent = test(door.settings)
        for one in sent:
            door.say(f"{one['target']}: {'ok' if one['ok'] else 'not delivered'} ({one['outcome']})")
        door.answer({"sent": sent})
        if not all(one["ok"] for one in sent):
            sys.exit(StorageError.exit_code)

    @command(webhook, "list")
    @click.option("--most", default=100, show_default=True, type=click.IntRange(1), help="So many rows.")
    def webhook_list(door: Any, most: int) -> None:
        """List the newest messages and how they stand, the newest first."""
        from pipeline.outside.outbox import Outbox
        from pipeline.outside.webhooks import line

        rows = Outbox(door.settings.data).rows(most)
        for row in rows:
            door.say(line(row))
        if not rows:
            door.say("Nothing was told to anybody yet.")
        door.answer({"messages": rows})

    @command(webhook, "resend")
    @click.argument("message_id", metavar="MESSAGE")
    def webhook_resend(door: Any, message_id: str) -> None:
        """Send MESSAGE once more to everybody who has not had it; to everybody if all have."""
        from pipeline.outside.outbox import Outbox

        count = Outbox(door.settings.data).again(message_id)
        door.say(f"It is sent again to {count}, by whichever program serves, watches or works.")
        door.answer({"message": message_id, "deliveries": count})
