"""A record under review: what was heard, and everything that people decided about it since."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass, replace

from redaction import propose as rules
from redaction.decision import Absent, Added, Approved, Corrected, Decided, Merged, Named
from redaction.ledger import Entry
from redaction.mark import Evidence, Kind, Mark, Tier
from speakers import names
from speakers.correct import corrected, merged, with_statement
from speakers.meeting import Meeting, Participant, Wish
from speakers.names import Naming, Namings, Why
from speakers.record import Record, SpeakerId, digest

POLICY = "1"
"""Of how a draft becomes public; a change voids approvals."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a release is made from.

    Attributes:
        meeting: header and participants.
        record: with every correction and merger applied.
        namings: which voice is whom, reviewers' word above all other evidence.
        marks: (n_marks,) what is proposed for hiding in exactly this record.
        decisions: what was decided about marks that are still there.
        absent: ids of participants who do not speak.
        approvals: entries that approved exactly this content, the newest for each reviewer.
    """

    meeting: Meeting
    record: Record
    namings: Namings
    marks: tuple[Mark, ...]
    decisions: tuple[Decided, ...]
    absent: frozenset[str]
    approvals: tuple[Entry, ...] = ()

    @property
    def digest(self) -> str:
        """What an approval is about: changes with everything that could change a published byte."""
        return digest(
            POLICY,
            rules.VERSION,
            json.dumps(asdict(self.meeting), ensure_ascii=False, sort_keys=True),
            self.record.digest,
            json.dumps(asdict(self.namings), ensure_ascii=False, sort_keys=True),
            *(mark.id for mark in self.marks),
            *(f"{d.mark_id}\0{d.verdict}\0{d.replacement}" for d in self.decisions),
            *sorted(self.absent),
        )

    @property
    def undecided(self) -> tuple[Mark, ...]:
        """Marks that nobody decided."""
        decided = {d.mark_id for d in self.decisions}
        return tuple(m for m in self.marks if m.id not in decided)

    @property
    def unconfirmed(self) -> tuple[Naming, ...]:
        """Voices that evidence gives to somebody, and nobody confirmed."""
        return tuple(n for n in self.namings.links if not n.confirmed)

    @property
    def unheard(self) -> tuple[Participant, ...]:
        """People who asked not to be heard or recorded, and of whom nobody knows which voice is theirs."""
        return tuple(
            p
            for p in self.meeting.participants
            if p.wish is not Wish.NAMED and p.id not in self.absent and not self.namings.voices(p.id)
        )

    def decision(self, mark: Mark) -> Decided | None:
        """What was decided about a mark."""
        return next((d for d in self.decisions if d.mark_id == mark.id), None)


def replay(meeting: Meeting, record: Record, entries: tuple[Entry, ...]) -> Draft:
    """The draft that a ledger makes of a record.

    Decisions about a statement that was changed since are gone with it: its marks are proposed anew. An approval
    counts only while the content is exactly what was approved.

    Args:
        meeting: as `meeting.toml` says now.
        record: as it was heard.
        entries: the ledger, in order.
    """
    named: dict[SpeakerId, str] = {}
    absent: set[str] = set()
    decided: dict[str, Decided] = {}
    added: list[Added] = []
    approvals: dict[str, Entry] = {}
    for entry in entries:
        match entry.act:
            case Corrected(statement_id, text_digest, text):
                statement = record.statement(statement_id)
                if statement is not None and statement.digest == text_digest:
                    record = with_statement(record, corrected(statement, text))
            case Merged(speaker, into):
                record = merged(record, speaker, into)
            case Named(speaker, participant_id):
                named[speaker] = participant_id
                absent.discard(participant_id)
            case Absent(participant_id):
                absent.add(participant_id)
            case Decided() as decision:
                decided[decision.mark_id] = decision
            case Added() as addition:
                added.append(addition)
            case Approved():
                approvals[_same_person(entry.who)] = entry
    marks = _with_manual(rules.propose(meeting, record), record, added)
    present = {mark.id for mark in marks}
    for mark in marks:
        if mark.tier is Tier.MANUAL and mark.id not in decided:
            decided[mark.id] = _masked(mark)
    draft = Draft(
        meeting=meeting,
        record=record,
        namings=_overruled(names.name(meeting, record), named, record),
        marks=marks,
        decisions=tuple(d for i, d in sorted(decided.items()) if i in present),
        absent=frozenset(absent),
    )
    current = draft.digest
    valid = tuple(e for e in approvals.values() if isinstance(e.act, Approved) and e.act.digest == current)
    return replace(draft, approvals=valid)


def _same_person(who: str) -> str:
    """A reviewer's name without how it was typed: one person is not two approvers.

    >>> _same_person(" Ａmy  Lin") == _same_person("amy lin")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", who).casefold().split())


def _masked(mark: Mark) -> Decided:
    from redaction.decision import Verdict

    return Decided(mark.id, Verdict.MASK)


def _with_manual(marks: tuple[Mark, ...], record: Record, added: list[Added]) -> tuple[Mark, ...]:
    """The proposed marks, but where a reviewer marked something that statement still says, theirs instead."""
    manual = []
    for addition in added:
        statement = record.statement(addition.statement_id)
        if statement is None or statement.digest != addition.text_digest:
            continue
        manual.append(
            Mark(
                statement_id=addition.statement_id,
                char_start=addition.char_start,
                char_end=addition.char_end,
                subject=addition.subject,
                kind=Kind.NAME if addition.subject else Kind.QUASI,
                tier=Tier.MANUAL,
                evidence=Evidence("reviewer", "1", "manual"),
                confidence=1.0,
                surface_group="manual",
                text_digest=addition.text_digest,
            )
        )
    kept = [m for m in marks if not any(_covers(added_mark, m) for added_mark in manual)]
    order = {statement.id: index for index, statement in enumerate(record.statements)}
    return tuple(sorted([*kept, *manual], key=lambda m: (order[m.statement_id], m.char_start, m.char_end)))


def _covers(wide: Mark, narrow: Mark) -> bool:
    return (
        wide.statement_id == narrow.statement_id
        and wide.char_start <= narrow.char_start
        and wide.char_end >= narrow.char_end
    )


def _overruled(found: Namings, named: dict[SpeakerId, str], record: Record) -> Namings:
    """Evidence, with what reviewers said about a voice in place of it."""
    voices = set(record.speakers) | set(record.diarization.speakers)
    said = [
        Naming(speaker, person, Why.REVIEWER, "", confirmed=True)
        for speaker, person in sorted(named.items())
        if person and speaker in voices
    ]
    links = [n for n in found.links if n.speaker not in named]
    conflicts = tuple(s for s in found.conflicts if s not in named)
    return Namings(tuple(sorted([*links, *said], key=lambda n: n.speaker)), conflicts, found.misses)
