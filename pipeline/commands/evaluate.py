"""The command `zhuzi eval`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command

_PATH = click.Path(readable=False, path_type=Path)


def add(main: click.Group, command: Command) -> None:
    """Add the command to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "eval")
    @click.argument("hypotheses", nargs=-1, required=True, metavar="HYPOTHESIS...")
    @click.option(
        "--reference",
        "references",
        required=True,
        multiple=True,
        metavar="REF",
        help="What was really said: SegLST, STM, CTM, RTTM, a record or a meeting's ID; or a folder of "
        "NAME.seglst.json, NAME.stm, NAME.rttm.",
    )
    @click.option(
        "--rttm",
        "rttms",
        multiple=True,
        metavar="RTTM",
        help="Who really speaks when, if the reference's own times are too rough for that.",
    )
    @click.option(
        "--collar",
        type=click.FloatRange(min=0, min_open=True),
        default=5.0,
        metavar="SECONDS",
        help="How far apart the times of matching words may be, for tcpWER; 5 unless given.",
    )
    @click.option(
        "--picture",
        type=_PATH,
        metavar="FILE.svg",
        help="Draw reference and hypothesis over time into this file.",
    )
    def eval_(
        door: Any,
        hypotheses: tuple[str, ...],
        *,
        collar: float,
        picture: Path | None,
        **given: tuple[str, ...],
    ) -> None:
        """Say how good each HYPOTHESIS (meeting's ID, record, SegLST, STM, CTM or RTTM) is against its reference."""
        from pipeline import figures
        from pipeline.evaluate import evaluate

        compared, whole = evaluate(
            door.settings.data, hypotheses, given["references"], given["rttms"], collar
        )
        for line in figures.lines(compared, whole, collar):
            door.say(line)
        if picture is not None:
            from pipeline import lanes

            for path in lanes.write(picture, compared):
                door.say(f"Picture: {path}")
        door.answer(figures.table(compared, whole, collar))
