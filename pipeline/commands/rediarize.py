"""The command `zhuzi rediarize`: no logic, as in `pipeline.cli`."""

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

    @command(main, "rediarize")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--reviewer", required=True, help="Your name; it goes into the ledger.")
    @click.option("--speakers", type=click.IntRange(min=1), metavar="N", help="Exactly N voices.")
    @click.option("--min", "least", type=click.IntRange(min=1), metavar="N", help="At least N voices.")
    @click.option("--max", "most", type=click.IntRange(min=1), metavar="N", help="At most N voices.")
    def rediarize_(
        door: Any,
        meeting_id: str,
        reviewer: str,
        speakers: int | None,
        *,
        least: int | None,
        most: int | None,
    ) -> None:
        """Tell the voices of meeting ID apart again, without transcribing; what was said of them is void then."""
        from pipeline import review
        from pipeline.engines import engines
        from pipeline.folder import find
        from pipeline.progress import Bars
        from pipeline.rediarize import rediarize

        if speakers is not None and (least is not None or most is not None):
            raise click.UsageError(
                "--speakers cannot be combined with --min or --max. Give one or the others."
            )
        chosen = door.settings
        folder = find(chosen.data, meeting_id)
        door.meeting = folder.id
        with Bars(quiet=door.as_json) as bars:
            redone = rediarize(
                folder,
                reviewer,
                (speakers or least, speakers or most),
                lambda: engines(chosen),
                bars,
                voiceprint_key=chosen.voiceprint_key,
            )
        state = review.standing(folder, approvers=chosen.approvers, correction_days=chosen.correction_days)
        door.say(f"Meeting {folder.id}: {state}; {redone.after} voices, before {redone.before}.")
        for line in redone.void:
            door.say(f"  {line}")
        door.answer(
            {
                "id": folder.id,
                "state": state,
                "voices": redone.after,
                "voices_before": redone.before,
                "void": list(redone.void),
            }
        )
