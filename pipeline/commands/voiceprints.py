"""The commands about enrolled voices: no logic, as in `pipeline.cli`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from pipeline.commands import Command

_DAY = click.DateTime(["%Y-%m-%d"])


def add(main: click.Group, command: Command) -> None:
    """Add the commands to the others.

    Args:
        main: the group of all commands.
        command: makes a command with the options that every one has.
    """

    @command(main, "enroll")
    @click.argument("meeting_id", metavar="ID")
    @click.argument("participant_id", metavar="PARTICIPANT")
    @click.option("--by", required=True, help="Your name; it is kept with the consent.")
    @click.option(
        "--consented-on",
        type=_DAY,
        required=True,
        metavar="DATE",
        help="The day on which the person agreed to be recognised in other meetings (2026-05-01).",
    )
    @click.option(
        "--consent-record",
        required=True,
        metavar="TEXT",
        help="Where their consent is kept: the number of the signed form.",
    )
    @click.option(
        "--until",
        type=_DAY,
        metavar="DATE",
        help="The last day of the voiceprint; a year from today if left out.",
    )
    def enroll(
        door: Any,
        *,
        meeting_id: str,
        participant_id: str,
        by: str,
        consented_on: datetime,
        consent_record: str,
        until: datetime | None,
    ) -> None:
        """Keep the voiceprint of PARTICIPANT of meeting ID, who agreed to it, to be recognised elsewhere."""
        from pipeline.engines import engines
        from pipeline.enroll import Enrolment
        from pipeline.enroll import enroll as enroll_
        from pipeline.folder import find
        from pipeline.voiceprints import Register

        chosen = door.settings
        folder = find(chosen.data, meeting_id)
        door.meeting = folder.id
        wanted = Enrolment(
            participant_id.lower(), by, consented_on.date(), consent_record, until.date() if until else None
        )
        register = Register(chosen.data, chosen.voiceprint_key)
        made = enroll_(folder, wanted, register, engines(chosen).encoder(), date.today())
        door.say(f"Enrolled as {made.id} until {made.until}, from {made.seconds} s of speech.")
        door.say(f'To have them recognised, add to their block in a meeting.toml: voiceprint = "{made.id}"')
        door.answer({"voiceprint": made.id, "until": made.until, "seconds": made.seconds})

    @command(main, "voiceprints")
    def voiceprints(door: Any) -> None:
        """List enrolled voices: whose they are, until when, and where their consent is kept. Private."""
        from pipeline.voiceprints import Register

        chosen = door.settings
        prints = Register(chosen.data, chosen.voiceprint_key).all()
        for made in prints:
            consent = made.consent
            door.say(f"{made.id} {made.names[0]}, until {made.until}; from meeting {made.meeting}")
            door.say(f"    agreed on {consent.on} ({consent.record}), entered by {consent.by}")
        if not prints:
            door.say("Nobody is enrolled.")
        rows = [
            {
                "id": made.id,
                "name": made.names[0],
                "until": made.until,
                "meeting": made.meeting,
                "seconds": made.seconds,
                "consented_on": made.consent.on,
                "consent_record": made.consent.record,
                "by": made.consent.by,
            }
            for made in prints
        ]
        door.answer({"voiceprints": rows})

    @command(main, "unenroll")
    @click.argument("voiceprint_id", metavar="VOICEPRINT")
    def unenroll(door: Any, voiceprint_id: str) -> None:
        """Delete VOICEPRINT: nobody is recognised by it any more. Needs no key."""
        from pipeline.voiceprints import Register

        chosen = door.settings
        Register(chosen.data, chosen.voiceprint_key).delete(voiceprint_id)
        door.say(f"{voiceprint_id} is deleted. Delete it in backups as well.")
        door.answer({"deleted": voiceprint_id})
