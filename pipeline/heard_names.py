"""The stage that hears a recording again with protected names in mind, and what of it still holds.

Only ids, moments and scores are kept. Another name in the register makes it stale: what was not listened to for that
name must not look as if it had been.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.folder import MeetingFolder, Stage
from redaction import heard_names
from redaction.heard_names import HeardName
from speakers import record_json
from speakers.error import StorageError
from speakers.listener import Listener
from speakers.meeting import Meeting
from speakers.record import Millis, Span, digest
from speakers.sound import Progress, Sound

FILE = "42-heard-names.json"
STAGE = "heard-names"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a second hearing gave.

    Attributes:
        names: (n_moments,) at which the sound names somebody; none if the hearing is stale.
        stale: a second hearing is asked for, and there is none of this record for these people.
    """

    names: tuple[HeardName, ...] = ()
    stale: bool = False


def wanted(meeting: Meeting) -> bool:
    """Whether a second hearing is asked for, and there is anybody to listen for."""
    return meeting.hear_twice and bool(meeting.protected)


def people_of(meeting: Meeting) -> str:
    """Digest of whom a hearing was for."""
    return digest("heard names", *(f"{p.id}\0{p.seal}\0{digest(*p.names)}" for p in meeting.protected))


def stage(
    folder: MeetingFolder,
    meeting: Meeting,
    *,
    record: str,
    sound: str,
    listener: Callable[[], Listener],
    listening: str,
    progress: Progress,
    result: Callable[[str], str],
) -> Stage:
    """The stage of one meeting.

    Args:
        folder: the meeting.
        meeting: with its people.
        record: name of the record's file.
        sound: name of the sound's file.
        listener: gives the engine, once it is needed.
        listening: what that one is.
        progress: told about what is done.
        result: gives the digest of an earlier stage's file.
    """

    def make(into: Path) -> None:
        heard = record_json.parse_record((folder.root / record).read_bytes())
        found = heard_names.find(meeting, heard, Sound(folder.root / sound), listener(), progress)
        values = {
            "version": 1,
            "record": result("attribute"),
            "people": people_of(meeting),
            "names": [
                {
                    "start": n.span.start,
                    "end": n.span.end,
                    "participant": n.subject,
                    "alias": n.alias,
                    "explains": n.explains,
                    "beats": n.beats,
                }
                for n in found
            ],
        }
        into.write_text(json.dumps(values) + "\n", "utf-8")

    def inputs() -> str:
        version = f"heard names {heard_names.VERSION}"
        return digest(version, result("decode"), result("attribute"), listening, people_of(meeting))

    return Stage(STAGE, FILE, inputs, make, model=True, after=("decode", "attribute"))


def hearing_of(folder: MeetingFolder, meeting: Meeting) -> Hearing:
    """What a second hearing found, as far as it still holds.

    Raises:
        StorageError: If its file is damaged.
    """
    if not wanted(meeting):
        return Hearing()
    stages = folder.manifest()["stages"]
    path = folder.root / FILE
    if not stages.get(STAGE, {}).get("finished") or not path.is_file():
        return Hearing(stale=True)
    try:
        values = json.loads(path.read_bytes())
        if (values["record"], values["people"]) != (
            stages.get("attribute", {}).get("sha256"),
            people_of(meeting),
        ):
            return Hearing(stale=True)
        return Hearing(
            tuple(
                HeardName(
                    Span(Millis(n["start"]), Millis(n["end"])),
                    str(n["participant"]),
                    int(n["alias"]),
                    float(n["explains"]),
                    float(n["beats"]),
                )
                for n in values["names"]
            )
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"{path} is damaged.", "Remove it and run the recording again: decisions stay."
        ) from error
