"""The command `zhuzi worker`: no logic, as in `pipeline.cli`."""

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

    @command(main, "worker")
    @click.option(
        "--queue",
        "queues",
        multiple=True,
        type=click.Choice(["meetings", "gpu", "cpu"]),
        help="What to do: meetings, stages of models, other stages. All of them unless named.",
    )
    @click.option("--name", default="", help="What this worker is called; by default as the machine is.")
    @click.option(
        "--metrics-port",
        type=click.IntRange(1, 65535),
        help="Answer a scraper on this machine there, without a token: numbers, no names.",
    )
    def worker_(door: Any, queues: tuple[str, ...], name: str, metrics_port: int | None) -> None:
        """Do the jobs that wait, and those that come, until it is stopped."""
        from pipeline.jobs.engine import QUEUES
        from pipeline.jobs.worker import Worker, serve
        from pipeline.outside.lasting import lasting

        worker = Worker(door.settings, queues=queues or QUEUES, name=name, say=door.say)
        serve(
            worker,
            lambda: door.answer({"executor": worker.executor}),
            lambda: lasting(door.settings, "worker", metrics_port=metrics_port, more=(worker.figures,)),
        )
