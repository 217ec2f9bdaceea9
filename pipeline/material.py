"""What the draft of a meeting is made of, beside its ledger: the record as it was heard, and what staff said."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import brought, given, register, unhidden
from pipeline.folder import MeetingFolder
from pipeline.heard_names import hearing_of
from pipeline.keeping.kinds import Kind, refuse
from pipeline.microphones import with_owners
from pipeline.recognise import recognition_of
from pipeline.run import RECORD, meeting_of
from redaction import draft
from redaction.draft import Draft
from redaction.heard_names import HeardName
from redaction.ledger import Entry, in_force
from redaction.release import UNLISTENED
from redaction.reviewed import Reviewed
from speakers import record_json
from speakers.error import NotReleasableError
from speakers.meeting import Meeting
from speakers.reason import Match
from speakers.record import Record


@dataclass(frozen=True, slots=True)
class Material:
    """What acts are done to.

    Attributes:
        meeting: as `meeting.toml` and the register say now.
        record: as it was heard.
        matches: whom voices were taken for: by their sound, or by who wrote down what was said.
        notices: what staff have to know.
        heard_names: where the sound names somebody, and the text does not.
        unlistened: see `Draft`.
    """

    meeting: Meeting
    record: Record
    matches: tuple[Match, ...]
    notices: tuple[str, ...]
    heard_names: tuple[HeardName, ...]
    unlistened: bool

    def reviewed(self, entries: tuple[Entry, ...]) -> Reviewed:
        """The record after every act in force."""
        made = Reviewed(self.meeting, self.record, self.matches)
        for entry in in_force(entries):
            made.take(entry)
        return made

    def draft(self, reviewed: Reviewed, entries: tuple[Entry, ...]) -> Draft:
        """The draft that this makes; the marks are looked for now."""
        return draft.drafted(
            reviewed, entries, self.notices, heard_names=self.heard_names, unlistened=self.unlistened
        )


def material_of(folder: MeetingFolder) -> Material:
    """What the draft of a meeting is made of now.

    Raises:
        NotReleasableError: If it has not been heard yet.
        KeepingError: If its draft was erased.
        ZhuziError: If an artifact, `meeting.toml` or the register is damaged.
    """
    path = folder.root / RECORD
    refuse(folder.id, folder.manifest(), Kind.DRAFT)
    if not folder.manifest()["stages"].get("attribute", {}).get("finished") or not path.is_file():
        raise NotReleasableError(
            f"Meeting {folder.id} has not been transcribed to its end.", "Run it: zhuzi run RECORDING."
        )
    meeting = meeting_of(folder)
    heard = recognition_of(folder, meeting)
    again = hearing_of(folder, meeting)
    meeting = with_owners(folder, meeting)
    record, along = brought.merged(folder, meeting, record_json.parse_record(path.read_bytes()))
    shown = unhidden.told(meeting, folder.id, register.of(folder.root.parent.parent))
    return Material(
        meeting=meeting,
        record=record,
        matches=(*heard.matches, *given.matches_of(folder, meeting)),
        notices=(
            *shown,
            *along,
            *heard.notices,
            *([f"{UNLISTENED.what} {UNLISTENED.cure}"] if again.stale else ()),
        ),
        heard_names=again.names,
        unlistened=again.stale,
    )
