"""The commands that try this machine, `zhuzi doctor` and `zhuzi demo`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command
from speakers.error import NotFoundError


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "doctor")
    def doctor(door: Any) -> None:
        """Say what this machine lacks for the work, and how to cure it."""
        from pipeline.answered import examined
        from pipeline.doctor import examine

        chosen = door.settings
        findings = examine(chosen.data, chosen.models)
        for finding in findings:
            sign = "ok  " if finding.ok else ("note" if finding.optional else "MISSING")
            door.say(f"{sign:<8}{finding.name}: {finding.says}")
            if finding.cure and not finding.ok:
                door.say(f"        → {finding.cure}")
        broken = [f for f in findings if not f.ok and not f.optional]
        door.answer(examined(findings))
        if broken:
            sys.exit(NotFoundError.exit_code)
        door.say("Everything that is needed is there.")

    @command(main, "demo")
    @click.option(
        "--examples",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The folder examples/ of the project's source; found by itself in a clone.",
    )
    def demo(door: Any, examples: Path | None) -> None:
        """Take two sample recordings all the way to published records, unattended."""
        from pipeline.demo import demo as demo_

        demo_(door.settings, examples, door.say, door.answer, quiet=door.as_json)
