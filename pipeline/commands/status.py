"""The command `zhuzi status`: no logic, as in `pipeline.cli`."""

from __future__ import annotations

from typing import Any

import click

from pipeline.commands import Command

_EVERY_S = 2.0


def add(main: click.Group, command: Command) -> None:
    """Add the command to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "status")
    @click.argument("meeting_id", metavar="[ID]", required=False)
    @click.option("--watch", is_flag=True, help="Draw it anew every two seconds, until Ctrl-C.")
    def status(door: Any, meeting_id: str | None, *, watch: bool) -> None:
        """Say what waits, runs or failed, and where every meeting stands, or meeting ID in detail."""
        from pipeline.redraw import redraw

        if watch and door.as_json:
            raise click.UsageError("--watch is for people: leave out --json.")
        if watch:
            redraw(lambda: _text(door, *_rows(door, meeting_id), full=bool(meeting_id)), _EVERY_S)
        jobs, rows = _rows(door, meeting_id)
        door.say(_text(door, jobs, rows, full=bool(meeting_id)))
        door.answer({"jobs": [_row(job) for job in jobs], "meetings": rows})


def _rows(door: Any, meeting_id: str | None) -> tuple[tuple[Any, ...], list[dict[str, Any]]]:
    from pipeline.folder import find, meetings
    from pipeline.glances import beside_jobs
    from pipeline.jobs.rows import shown
    from pipeline.jobs.spool import Jobs
    from pipeline.status import details

    chosen = door.settings
    folders = (find(chosen.data, meeting_id),) if meeting_id else meetings(chosen.data)
    jobs = shown(Jobs(chosen).jobs(), folders[0].id if meeting_id else "")
    rows = (details(folder, chosen.approvers, chosen.correction_days) for folder in folders)
    return jobs, list(beside_jobs(rows, jobs))


def _row(job: Any) -> dict[str, Any]:
    from pipeline.jobs.rows import row

    return row(job)


def _text(door: Any, jobs: tuple[Any, ...], rows: list[dict[str, Any]], *, full: bool) -> str:
    from pipeline.jobs.rows import line as job_line
    from pipeline.status import line

    lines = [job_line(job) for job in jobs]
    lines += [""] if jobs and rows else []
    lines += [line(row, full=full) for row in rows]
    nothing = f"No meetings in {door.settings.data} yet. Begin with: zhuzi run RECORDING"
    return "\n".join(lines) or nothing
