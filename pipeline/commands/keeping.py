"""The commands about keeping and forgetting: no logic, as in `pipeline.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.commands import Command
from pipeline.keeping.kinds import Kind

_PATH = click.Path(readable=False, path_type=Path)
_BY = "Your name; the account that runs this if left out."


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """
    _erasing(main, command)
    _holding(main, command)
    _backing_up(main, command)


def _erasing(main: click.Group, command: Command) -> None:
    @command(main, "purge")
    @click.argument("meeting_ids", nargs=-1, metavar="[ID]...")
    @click.option(
        "--kind", "kinds", multiple=True, type=click.Choice([k.value for k in Kind]), help="Only this kind."
    )
    @click.option(
        "--person", default="", metavar="ENTRY", help="Only meetings that name this entry of the register."
    )
    @click.option("--due", is_flag=True, help="What retention.toml makes due; the same without ID and kind.")
    @click.option(
        "--even-unreleased",
        is_flag=True,
        help="Also of meetings that are not public; name them, and the kinds.",
    )
    @click.option("--erase", is_flag=True, help="Do it; without this it is only told what would be erased.")
    @click.option("--yes", is_flag=True, help="Do not ask again.")
    @click.option("--by", default="", help=_BY)
    def purge(
        door: Any,
        meeting_ids: tuple[str, ...],
        *,
        kinds: tuple[str, ...],
        person: str,
        due: bool,
        even_unreleased: bool,
        erase: bool,
        yes: bool,
        by: str,
    ) -> None:
        """Erase what is due, or kinds of meeting ID that you name; say only what would be, unless --erase is given."""
        from pipeline.keeping import purge as purges
        from pipeline.keeping.plan import Wanted
        from speakers.error import KeepingError

        if erase and door.as_json and not yes:
            raise click.UsageError("With --json nobody is asked: add --yes.")
        if due and meeting_ids and kinds:
            raise click.UsageError("--due asks the rules: name a meeting or a kind, not both.")
        chosen = door.settings
        wanted = Wanted(
            meeting_ids, tuple(map(Kind, kinds)), purges.entry_of(chosen, person), even_unreleased
        )
        planned = purges.look(chosen, wanted)
        for line in purges.lines(planned):
            door.say(line)
        if erase and not yes and planned.going:
            click.confirm("Erase this for good?", abort=True)
        done = purges.perform(chosen, planned, by) if erase else None
        for line in purges.told(planned, done):
            door.say(line)
        door.answer(purges.table(planned, done))
        if done is not None and wanted.by_hand and purges.refused(done):
            sys.exit(KeepingError.exit_code)

    @command(main, "certificates")
    @click.argument("number", type=int, required=False, metavar="[NUMBER]")
    @click.option(
        "--meeting", default="", metavar="ID", help="Only what was erased of the meeting whose id begins so."
    )
    def certificates_(door: Any, number: int | None, meeting: str) -> None:
        """Print what was erased, when, by whom and under which rule: certificate NUMBER, or a list of all."""
        from pipeline.keeping.certificates import chosen, lines_of, short, table

        found = chosen(door.settings.data, number, meeting)
        for one in found:
            for line in lines_of(one) if number is not None else (short(one),):
                door.say(line)
        if not found:
            door.say("Nothing was erased.")
        door.answer({"certificates": [table(one) for one in found]})


def _holding(main: click.Group, command: Command) -> None:
    @command(main, "hold")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--reason", required=True, help="Why; it is kept.")
    @click.option("--by", required=True, help="Your name; it is kept.")
    def hold(door: Any, meeting_id: str, reason: str, by: str) -> None:
        """Have nothing of meeting ID erased, by nobody and no rule, until `zhuzi unhold`."""
        from pipeline.folder import find
        from pipeline.keeping.holds import hold as hold_
        from pipeline.keeping.shown import gone

        folder = find(door.settings.data, meeting_id)
        line = hold_(door.settings.data, folder.id, reason, by)
        before = [one.told for one in gone(folder).values()]
        door.say(f"Meeting {folder.id} is under hold.")
        for sentence in before:
            door.say(f"  ! {sentence}")
        door.answer({"id": folder.id, "held": True, "at": line.at, "gone": before})

    @command(main, "unhold")
    @click.argument("meeting_id", metavar="ID")
    @click.option("--reason", required=True, help="Why; it is kept.")
    @click.option("--by", required=True, help="Your name; it is kept.")
    def unhold(door: Any, meeting_id: str, reason: str, by: str) -> None:
        """Lift the hold on meeting ID: what is due can be erased again."""
        from pipeline.folder import find
        from pipeline.keeping.holds import lift

        folder = find(door.settings.data, meeting_id)
        line = lift(door.settings.data, folder.id, reason, by)
        door.say(f"Meeting {folder.id} is under hold no longer.")
        door.answer({"id": folder.id, "held": False, "at": line.at})

    @command(main, "holds")
    def holds_(door: Any) -> None:
        """List the meetings under hold, who put it, when and why."""
        from pipeline.keeping.holds import held

        found = held(door.settings.data)
        for line in found.values():
            door.say(f"{line.meeting}  {line.at}  {line.by}: {line.reason}")
        if not found:
            door.say("No meeting is under hold.")
        door.answer(
            {
                "holds": [
                    {"id": line.meeting, "at": line.at, "by": line.by, "reason": line.reason}
                    for line in found.values()
                ]
            }
        )


def _backing_up(main: click.Group, command: Command) -> None:
    @command(main, "backup-key")
    @click.argument("file", type=_PATH)
    @click.option("--passphrase", is_flag=True, help="Lock the key with a passphrase; it is asked for.")
    def backup_key(door: Any, file: Path, *, passphrase: bool) -> None:
        """Make the secret key that opens backups, in FILE, and print the public key for ZHUZI_BACKUP_TO."""
        from pipeline.keeping.age import new_key

        word = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True) if passphrase else ""
        public = new_key(file, word)
        door.say(f"ZHUZI_BACKUP_TO={public}")
        door.say(
            f"The secret key is {file}. Keep it, and a printed copy, away from this machine and from the archives:"
        )
        door.say("whoever has both reads everything, and without it nobody ever opens an archive again.")
        door.answer({"public": public, "key": str(file)})

    @command(main, "backup")
    @click.argument("into", type=_PATH, metavar="PLACE")
    @click.option("--meeting", "meetings", multiple=True, metavar="ID", help="Only this meeting.")
    @click.option(
        "--people",
        is_flag=True,
        help="Also the consent register and voiceprints; never the keys that open them.",
    )
    @click.option("--to", default="", metavar="KEYS", help="Public keys, above ZHUZI_BACKUP_TO.")
    def backup(door: Any, into: Path, meetings: tuple[str, ...], *, people: bool, to: str) -> None:
        """Write the data directory into one encrypted archive, in the folder or the new file PLACE, while all go on."""
        from pipeline.keeping.backup import back_up, register_note

        chosen = door.settings
        made = back_up(chosen, into, meetings=meetings, people=people, to=to)
        about = register_note(chosen.data, people=people)
        notes = (*made.notes, *([about] if about else ()))
        door.say(f"{made.path}: {made.bytes / 1e6:.1f} MB, {made.meetings} meetings, {made.files} files.")
        door.say(f"sha256 {made.sha256}")
        for note in notes:
            door.say(f"  ! {note}")
        door.say("Try it where the secret key is: zhuzi restore --verify-only --key FILE ARCHIVE")
        door.answer(
            {
                "archive": str(made.path),
                "bytes": made.bytes,
                "sha256": made.sha256,
                "files": made.files,
                "meetings": made.meetings,
                "notes": list(notes),
            }
        )

    @command(main, "restore")
    @click.argument("archive", type=_PATH)
    @click.option(
        "--key", required=True, type=_PATH, metavar="FILE", help="The secret key, from `zhuzi backup-key`."
    )
    @click.option(
        "--into", type=_PATH, metavar="DIR", help="Where the data directory is to be; nothing is there yet."
    )
    @click.option("--verify-only", is_flag=True, help="Read all of it, and write nothing.")
    @click.option("--meeting", "meetings", multiple=True, metavar="ID", help="Only this meeting.")
    @click.option(
        "--certificates",
        type=_PATH,
        metavar="DIR",
        help="The data directory that was backed up, or a copy of its keeping/: what was erased since is erased again. "
        "The one in force is asked by itself.",
    )
    def restore(
        door: Any,
        archive: Path,
        key: Path,
        into: Path | None,
        *,
        verify_only: bool,
        meetings: tuple[str, ...],
        certificates: Path | None,
    ) -> None:
        """Bring back what ARCHIVE holds, in a new place, if every bit of it is as it was written."""
        from pipeline.keeping.restore import restore as restore_

        if verify_only is (into is not None):
            raise click.UsageError("Say where: --into DIR, or --verify-only.")
        done = restore_(
            archive,
            key,
            into,
            meetings=meetings,
            certificates=certificates,
            known=door.settings.data,
            passphrase=lambda: str(click.prompt("Passphrase", hide_input=True, err=True)),
        )
        door.say(
            f"Made {done.made}: {len(done.meetings)} meetings, {done.files} files, {done.bytes / 1e6:.1f} MB; whole."
        )
        if done.data:
            door.say(f"Restored to {done.data}. To work on it: ZHUZI_DATA={done.data}")
        if done.register:
            door.say(f"The consent register: ZHUZI_REGISTER={done.register}")
        for sentence in (*done.again, *done.notes):
            door.say(f"  ! {sentence}")
        door.answer(
            {
                "made": done.made,
                "data": str(done.data) if done.data else None,
                "register": str(done.register) if done.register else None,
                "meetings": list(done.meetings),
                "files": done.files,
                "bytes": done.bytes,
                "again": list(done.again),
                "notes": list(done.notes),
            }
        )
