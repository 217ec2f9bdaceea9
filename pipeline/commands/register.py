"""The commands about the consent register: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command

_FILE = click.Path(readable=False, allow_dash=True, path_type=Path)
_WISHES = click.Choice(["named", "anonymous", "not named", "not recorded"])
_BY = "Your name; the account that runs this if left out."
_CONSENT = "Where their wish is written down: the number of a form."


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @main.group()
    def register() -> None:
        """Who is to be hidden, and how: encrypted, apart from the recordings, every use noted."""

    _looking(register, command)
    _changing(register, command)


def _looking(register: click.Group, command: Command) -> None:
    @command(register, "list")
    def register_list(door: Any) -> None:
        """List the people of the register by their ids, without a name."""
        from pipeline.register import of
        from pipeline.registrar import line, row

        entries = of(door.settings.data).all("listed")
        for entry in entries:
            door.say(line(entry))
        if not entries:
            door.say("Nobody is in the register.")
        door.answer({"people": [row(entry) for entry in entries]})

    @command(register, "show")
    @click.argument("entry_id", metavar="ID")
    @click.option("--toml", "as_toml_", is_flag=True, help="As a file that `set --from` takes.")
    @click.option("--earlier", is_flag=True, help="Also what the entry said before.")
    def register_show(door: Any, entry_id: str, *, as_toml_: bool, earlier: bool) -> None:
        """Print entry ID with its names, and the meetings it is used in. Private; it is noted."""
        from pipeline.register import of
        from pipeline.registrar import as_toml, lines, table

        data = door.settings.data
        people = of(data)
        entry = people.read(people.find(entry_id), "shown")
        for line in as_toml(entry).splitlines() if as_toml_ else lines(entry, data):
            door.say(line)
        before = people.earlier(entry.id) if earlier else ()
        for version in before:
            door.say(f"Version {version.revision}, {version.changed_at}:")
            for line in lines(version, data):
                door.say(f"    {line}")
        door.answer({**table(entry, data), "earlier": [table(version, data) for version in before]})

    @command(register, "log")
    @click.argument("entry_id", metavar="[ID]", required=False)
    def register_log(door: Any, entry_id: str | None) -> None:
        """Say who read or changed the register when, for which meeting and what for; of all, or of entry ID."""
        from pipeline.answered import uses
        from pipeline.register import of

        rows = of(door.settings.data).log.rows(entry_id or "")
        for row in rows:
            about = f" for meeting {row['meeting']}" if row["meeting"] else ""
            door.say(f"{row['at']}  {row['entry']}  {row['purpose']}{about}, by {row['who']}")
        door.answer(uses(rows))


def _changing(register: click.Group, command: Command) -> None:
    @command(register, "add")
    @click.argument("file", type=_FILE)
    @click.option("--consent", default="", metavar="TEXT", help=_CONSENT)
    @click.option("--by", default="", help=_BY)
    def register_add(door: Any, file: Path, *, consent: str, by: str) -> None:
        """Enter everybody of FILE who is to be hidden; FILE is written as a meeting.toml, `-` for standard input."""
        from pipeline.api import Zhuzi

        values = Zhuzi(settings=door.settings).add_people(_text(file), by, consent, name=_name(file))
        for entry in values["people"]:
            door.say(f"Entered as {entry['id']}.")
        door.say(
            'In a meeting.toml, person = "…" with that id stands for the name. Delete the file you gave.'
        )
        door.answer(values)

    @command(register, "set")
    @click.argument("entry_id", metavar="ID")
    @click.option("--wish", type=_WISHES, help="How they want to appear.")
    @click.option(
        "--meeting", default="", metavar="MEETING", help="Only in this meeting: its wish, its label."
    )
    @click.option(
        "--from",
        "file",
        type=_FILE,
        help="A file with one block [[participants]]: its name, aliases, facts and label replace those known, and "
        "its wish unless that is to be named. `-` for standard input. Names are typed nowhere else, so that none stays "
        "in the shell's history.",
    )
    @click.option(
        "--linked/--not-linked",
        default=None,
        help="One pseudonym in all meetings, because they chose that; or not.",
    )
    @click.option(
        "--everywhere/--not-everywhere", default=None, help="Hide them in meetings without them too; or not."
    )
    @click.option(
        "--unhide",
        is_flag=True,
        help="They agreed to be shown where they were hidden: their name will be published there.",
    )
    @click.option("--consent", metavar="TEXT", help=_CONSENT)
    @click.option("--by", default="", help=_BY)
    def register_set(
        door: Any,
        entry_id: str,
        *,
        wish: str | None,
        meeting: str,
        file: Path | None,
        linked: bool | None,
        everywhere: bool | None,
        unhide: bool,
        consent: str | None,
        by: str,
    ) -> None:
        """Change entry ID, and say which releases that makes stale; what it said before is kept."""
        from pipeline.answered import changed
        from pipeline.folder import find
        from pipeline.register import of
        from pipeline.registrar import Change, block_of, change, line
        from speakers.meeting import Wish

        data = door.settings.data
        wanted = Change(
            Wish(wish) if wish else None,
            find(data, meeting).id if meeting else "",
            linked,
            everywhere,
            consent,
            block_of(_text(file), _name(file)) if file else None,
            unhide,
        )
        done = change(of(data), data, entry_id, wanted, by)
        door.say(line(done.entry))
        for sentence in (*done.shown, *done.hidden, *done.stale, *done.broken):
            door.say(f"  ! {sentence}")
        door.answer(changed(done))

    @command(register, "remove")
    @click.argument("entry_id", metavar="ID")
    @click.option(
        "--even-if-used", is_flag=True, help="Although meetings name it; they cannot be opened then."
    )
    def register_remove(door: Any, entry_id: str, *, even_if_used: bool) -> None:
        """Delete entry ID and everything it said before, for good."""
        from pipeline.api import Zhuzi

        values = Zhuzi(settings=door.settings).remove_person(entry_id, even_if_used=even_if_used)
        door.say(f"{values['removed']} is deleted. Delete it in backups as well.")
        for meeting in values["used_in"]:
            door.say(f"  ! Meeting {meeting} names it and cannot be opened now: delete it, or run it again.")
        door.answer(values)


def _text(file: Path) -> str:
    from pipeline.meeting_toml import text_of

    if str(file) != "-":
        return text_of(file)
    return sys.stdin.read()


def _name(file: Path) -> str:
    return "standard input" if str(file) == "-" else file.name
