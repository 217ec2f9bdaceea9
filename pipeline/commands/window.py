"""The commands about correction windows: no logic, as in `pipeline.cli`."""

from __future__ import annotations

from typing import Any

import click

from pipeline.commands import Command

_BY = "Your name; it is kept with what you did."
_DATE = click.DateTime(formats=["%Y-%m-%d"])


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @main.group()
    def window() -> None:
        """Between approval and release: participants see their own turns by personal links, and suggest."""

    _course(window, command)
    _links(window, command)
    _suggestions(window, command)


def _course(window: click.Group, command: Command) -> None:
    @command(window, "open")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--reviewer", required=True, help=_BY)
    @click.option("--days", type=click.IntRange(1), help="Taiwan working days, above ZHUZI_CORRECTION_DAYS.")
    @click.option("--until", type=_DATE, help="The last day, in place of them.")
    def window_open(door: Any, meeting_id: str, *, reviewer: str, days: int | None, until: Any) -> None:
        """Open the correction window of meeting ID, once somebody approved it."""
        from pipeline.api import Zhuzi
        from pipeline.window import told

        folder, last = _meeting(door, meeting_id), until.date() if until else None
        values = Zhuzi(settings=door.settings).open_window(folder.id, reviewer, days=days, until=last)
        door.say(told(values["window"]))
        door.say(f'Make a link for each participant: zhuzi window link {folder.id} p1 --reviewer "Your Name"')
        door.answer(values)

    @command(window, "move")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--reviewer", required=True, help=_BY)
    @click.option("--until", type=_DATE, required=True, help="The new last day.")
    @click.option("--reason", required=True, help="Why; participants read it.")
    def window_move(door: Any, meeting_id: str, *, reviewer: str, until: Any, reason: str) -> None:
        """Have the window of meeting ID end on another day."""
        from pipeline.api import Zhuzi
        from pipeline.window import told

        folder = _meeting(door, meeting_id)
        values = Zhuzi(settings=door.settings).move_window(folder.id, reviewer, until.date(), reason)
        door.say(told(values["window"]))
        door.answer(values)

    @command(window, "close")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--reviewer", required=True, help=_BY)
    @click.option("--reason", default="", help="Why, if it is not over: it is cancelled then.")
    def window_close(door: Any, meeting_id: str, *, reviewer: str, reason: str) -> None:
        """Close the window of meeting ID: its links are dead. Before it is over, that cancels it."""
        from pipeline.api import Zhuzi

        folder = _meeting(door, meeting_id)
        values = Zhuzi(settings=door.settings).close_window(folder.id, reviewer, reason)
        door.say(f"Closed: {values['ending']}.")
        door.answer(values)


def _links(window: click.Group, command: Command) -> None:
    @command(window, "link")
    @click.argument("meeting_id", metavar="ID")
    @click.argument("participant", metavar="PERSON")
    @click.option("--reviewer", required=True, help=_BY)
    def window_link(door: Any, meeting_id: str, participant: str, *, reviewer: str) -> None:
        """Make the personal link of participant PERSON (p1, p2, …) of meeting ID; the one before is dead."""
        from pipeline.api import Zhuzi

        folder = _meeting(door, meeting_id)
        values = Zhuzi(settings=door.settings).link(folder.id, reviewer, participant)
        door.say(f"It is shown this once.\n\n{values['subject']}\n\n{values['letter']}")
        door.answer(values)

    @command(window, "unlink")
    @click.argument("meeting_id", metavar="ID")
    @click.argument("participant", metavar="PERSON")
    @click.option("--reviewer", required=True, help=_BY)
    def window_unlink(door: Any, meeting_id: str, participant: str, *, reviewer: str) -> None:
        """Revoke the personal link of participant PERSON of meeting ID."""
        from pipeline.api import Zhuzi

        folder = _meeting(door, meeting_id)
        values = Zhuzi(settings=door.settings).unlink(folder.id, reviewer, participant)
        door.say("It opens nothing any more.")
        door.answer(values)


def _suggestions(window: click.Group, command: Command) -> None:
    @command(window, "list")
    @click.argument("meeting_id", metavar="ID")
    def window_list(door: Any, meeting_id: str) -> None:
        """Say how the window of meeting ID stands, who has a link, and what participants suggested. Private."""
        from pipeline import window_list as listing
        from pipeline.api import Zhuzi

        folder = _meeting(door, meeting_id)
        values = Zhuzi(settings=door.settings).window(folder.id)
        for line in listing.lines(values):
            door.say(line)
        door.answer(values)

    @command(window, "answer")
    @click.argument("meeting_id", metavar="ID")
    @click.argument("number", metavar="NUMBER", type=int)
    @click.option("--reviewer", required=True, help=_BY)
    @click.option("--accept", is_flag=True, help="Do what it asks for.")
    @click.option(
        "--text", default="", help="With --accept: the text that is right, where it is another one."
    )
    @click.option(
        "--as",
        "wish",
        type=click.Choice(["anonymous", "not named"]),
        default="anonymous",
        show_default=True,
        help="With --accept, of somebody who asks for anonymity: how they are hidden.",
    )
    @click.option("--done", default="", metavar="TEXT", help="You did by hand what is right; say what.")
    @click.option("--refuse", default="", metavar="REASON", help="Refuse it, and say why.")
    def window_answer(
        door: Any,
        meeting_id: str,
        number: int,
        *,
        reviewer: str,
        accept: bool,
        text: str,
        wish: str,
        done: str,
        refuse: str,
    ) -> None:
        """Answer suggestion NUMBER of meeting ID; the participant sees how, and why."""
        from pipeline.api import Zhuzi
        from speakers.meeting import Wish

        if sum(map(bool, (accept, done, refuse))) != 1:
            raise click.UsageError("Give one of --accept, --done and --refuse.")
        folder = _meeting(door, meeting_id)
        values = Zhuzi(settings=door.settings).answer(
            folder.id,
            number,
            reviewer,
            "accept" if accept else "done" if done else "refuse",
            text=text,
            reason=done or refuse,
            wish=Wish(wish),
        )
        for line in values["notes"]:
            door.say(f"  ! {line}")
        door.say("Answered.")
        door.answer(values)


def _meeting(door: Any, meeting_id: str) -> Any:
    from pipeline.folder import find

    folder = find(door.settings.data, meeting_id)
    door.meeting = folder.id
    return folder
