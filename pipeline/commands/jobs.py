"""The commands `zhuzi submit`, `zhuzi cancel` and `zhuzi retry`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command

_FILE = click.Path(readable=False, path_type=Path)


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "submit")
    @click.argument("recordings", type=_FILE, nargs=-1, required=True, metavar="RECORDING...")
    @click.option(
        "--meeting",
        type=_FILE,
        help="What you know about it; RECORDING's own .toml or meeting.toml beside it is found by itself.",
    )
    @click.option(
        "--microphone",
        "microphones",
        type=_FILE,
        multiple=True,
        metavar="FILE",
        help="A further microphone of this meeting, recorded into a file of its own.",
    )
    @click.option(
        "--office", default="", metavar="NAME", help="Whose recordings these are; offices take turns."
    )
    @click.option("--backlog", is_flag=True, help="They may wait until nothing else does.")
    @click.option("--wait", is_flag=True, help="Wait until they are done.")
    def submit(
        door: Any, recordings: tuple[Path, ...], meeting: Path | None, *, wait: bool, **options: Any
    ) -> None:
        """Hand in each RECORDING, to be taken up to the review by a worker; the answer is a job of each."""
        from pipeline.jobs.hand_in import hand_in_all, waited
        from pipeline.jobs.performing import performed
        from pipeline.jobs.spool import Jobs

        if len(recordings) > 1 and (meeting or options["microphones"]):
            raise click.UsageError("--meeting and --microphone are about one RECORDING: give one.")
        jobs = Jobs(door.settings)
        with performed(door.settings) if wait else nullcontext():
            rows = hand_in_all(jobs, door.settings, recordings, meeting, **options)
            if wait:
                rows = waited(jobs, rows)
        for row in rows:
            if row["error"]:
                click.echo(f"Error: {row['error']} {row['cure']}", err=True)
            else:
                door.say(
                    f"Recording {row['number']}: job {row['job']}, meeting {row['meeting']}, {row['state']}."
                )
        door.answer({"submitted": rows})
        if code := next((row["exit_code"] for row in rows if row["exit_code"]), 0):
            sys.exit(code)

    @command(main, "cancel")
    @click.argument("job_id", metavar="JOB")
    def cancel(door: Any, job_id: str) -> None:
        """Stop job JOB; what it finished and what was handed in stay, so that it can be begun again."""
        _done(door, lambda jobs: jobs.cancel(job_id))

    @command(main, "retry")
    @click.argument("job_id", metavar="JOB")
    def retry(door: Any, job_id: str) -> None:
        """Begin job JOB again, which failed or was cancelled; what is finished is not done again."""
        _done(door, lambda jobs: jobs.retry(job_id))


def _done(door: Any, deed: Callable[[Any], Any]) -> None:
    from pipeline import answered
    from pipeline.jobs.spool import Jobs

    job = deed(Jobs(door.settings))
    door.say(f"Job {job.id}: {job.state.value}.")
    door.answer(answered.job(job))
