"""A record under review: what was heard, and everything that people decided about it since."""

from __future__ import annotations

import difflib
import json
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from redaction import heard_names as hearing
from redaction import mentions
from redaction import propose as rules
from redaction.approval import Lapse, approvals
from redaction.decision import (
    Absent,
    Accepted,
    Added,
    Approved,
    Corrected,
    Decided,
    Merged,
    Named,
    Rejected,
    Verdict,
)
from redaction.found import LITERAL
from redaction.heard_names import HeardName
from redaction.ledger import Entry, in_force
from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.propagate import Sighting
from redaction.suggest import Suggestion, suggest
from speakers import names
from speakers.correct import corrected, merged, with_statement
from speakers.meeting import Meeting, Participant, Wish
from speakers.names import Match, Naming, Namings, Why
from speakers.record import Record, SpeakerId, digest

POLICY = "6"
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
        lapses: why other approvals do not count.
        notices: what else staff have to know; of no consequence for what is published.
        rejected: suggestions that were refused, where their words stand now; likewise of no consequence.
        unlistened: the recording was to be heard again with protected names in mind, and was not, or for others.
        nobodies: voices of which a reviewer said that they are none of the participants; that is in `namings` already.
    """

    meeting: Meeting
    record: Record
    namings: Namings
    marks: tuple[Mark, ...]
    decisions: tuple[Decided, ...]
    absent: frozenset[str]
    approvals: tuple[Entry, ...] = ()
    lapses: tuple[Lapse, ...] = ()
    notices: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    unlistened: bool = False
    nobodies: frozenset[SpeakerId] = frozenset()

    @property
    def digest(self) -> str:
        """What an approval is about: changes with everything that could change a published byte.

        An accepted suggestion is in the record; an open or refused one changes nothing that is published.
        """
        return self.approval.digest

    @property
    def approval(self) -> Approved:
        """What somebody says who approves this."""
        meeting = asdict(self.meeting)
        people = {key: meeting.pop(key) for key in ("participants", "elsewhere")}
        parts = (digest(POLICY, rules.VERSION), _plain(people), _plain(meeting), self.record.digest)
        choices = (
            _plain(asdict(replace(self.namings, reasons=()))),
            *(mark.id for mark in self.marks),
            *(f"{d.mark_id}\0{d.verdict}\0{d.replacement}" for d in self.decisions),
            *sorted(self.absent),
        )
        return Approved(digest(*parts, *choices), *parts)

    @property
    def undecided(self) -> tuple[Mark, ...]:
        """Marks that nobody decided."""
        decided = {d.mark_id for d in self.decisions}
        return tuple(m for m in self.marks if m.id not in decided)

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Corrections that nobody answered, the likeliest first.

        None is about what is marked, unless a reviewer kept that and it is somebody else's: whether it is a mention is
        asked already, and what will be masked need not be spelt right.
        """
        return suggest(self.meeting, self.record, self._may_be_suggested)

    def _may_be_suggested(self, s: Suggestion) -> bool:
        return not any(_meets(s, m) and self._asks(m, s) for m in self.marks) and not any(
            _meets(s, r) and r.proposed == s.proposed for r in self.rejected
        )

    def _asks(self, mark: Mark, suggestion: Suggestion) -> bool:
        decision = self.decision(mark)
        kept = decision is not None and decision.verdict is Verdict.KEEP
        return not kept or mark.subject == suggestion.term.partition("/")[0]

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
        mark_id = mark.id  # a digest, taken once
        return next((d for d in self.decisions if d.mark_id == mark_id), None)


def replay(
    meeting: Meeting,
    record: Record,
    entries: tuple[Entry, ...],
    matches: tuple[Match, ...] = (),
    notices: tuple[str, ...] = (),
    *,
    heard_names: tuple[HeardName, ...] = (),
    unlistened: bool = False,
) -> Draft:
    """The draft that a ledger makes of a record.

    Decisions about a statement that was changed since are gone with it: its marks are proposed anew. What a reviewer
    marked moves along with its words, since no rule would propose it again. An approval counts only while the
    content is exactly what was approved, and nobody decided anything after it. What was said of voices, and every
    approval, ends where voices are told apart again; every approval where a release is revoked.

    Args:
        meeting: as `meeting.toml` says now.
        record: as it was heard.
        entries: the ledger, in order.
        matches: enrolled people whose voice was recognised.
        notices: what staff have to know about that.
        heard_names: where the sound names somebody, and the text does not.
        unlistened: see `Draft`.
    """
    named: dict[SpeakerId, str] = {}
    inferred: set[SpeakerId] = set()
    nobodies: set[SpeakerId] = set()
    absent: set[str] = set()
    decided: dict[str, Decided] = {}
    added: list[Added] = []
    rejected: list[Rejected] = []
    for entry in in_force(entries):
        match entry.act:
            case Corrected() | Accepted() as correction:
                before, record = record, after(record, correction)
                added = _moved(added, correction.statement_id, before, record)
                rejected = _moved(rejected, correction.statement_id, before, record)
            case Rejected() as refusal if _still_says(record, refusal):
                rejected.append(refusal)
            case Merged(speaker, into) if speaker != into:
                record = merged(record, speaker, into)
                matches = tuple(
                    m for m in matches if m.speaker not in {speaker, into}
                )  # of neither by itself
                said = named.pop(speaker, "")
                if said:  # what a reviewer said of one voice holds for both; two different people are nobody
                    named[into] = said if named.get(into, said) == said else ""
                inferred.discard(speaker)
                inferred.add(into)
                nobodies -= {speaker, into}
            case Named() as naming:
                named[naming.speaker] = _meant(meeting, naming)
                nobodies.discard(naming.speaker)
                if not naming.participant_id:
                    nobodies.add(naming.speaker)
                inferred.discard(naming.speaker)
                absent.discard(named[naming.speaker])
            case Absent() as absence:
                absent.add(_meant(meeting, absence))
            case Decided() as decision:
                decided[decision.mark_id] = decision
            case Added() as addition if _still_says(record, addition):
                added.append(addition)
                for mark in _manual(record, [addition]):
                    decided.pop(mark.id, None)  # marked again after it was kept
    manual = _manual(record, added)
    for mark in manual:
        decided.setdefault(mark.id, Decided(mark.id, Verdict.MASK))
    hiding = [m for m in manual if decided[m.id].verdict is not Verdict.KEEP]
    namings = _overruled(names.name(meeting, record, matches), named, inferred, record)
    marks = _with_manual(
        _proposed(meeting, record, namings, decided, hiding, heard=heard_names), record, manual, hiding
    )
    present = {mark.id for mark in marks}
    draft = Draft(
        meeting=meeting,
        record=record,
        namings=namings,
        marks=marks,
        decisions=tuple(d for i, d in sorted(decided.items()) if i in present),
        absent=frozenset(absent - {""}),
        notices=notices,
        rejected=tuple(rejected),
        unlistened=unlistened,
        nobodies=frozenset(nobodies),
    )
    found = approvals(entries, draft.approval)
    return replace(draft, approvals=found.counted, lapses=found.lapses)


def _plain(values: object) -> str:
    """The digest of plain values."""
    return digest(json.dumps(values, ensure_ascii=False, sort_keys=True))


def _proposed(
    meeting: Meeting,
    record: Record,
    namings: Namings,
    decided: dict[str, Decided],
    hiding: list[Mark],
    *,
    heard: tuple[HeardName, ...],
) -> tuple[Mark, ...]:
    """What the rules propose, told what reviewers masked: what reads like it is a mark wherever it stands."""
    accepted: frozenset[Sighting] = frozenset()
    texts = {s.id: s.text for s in record.statements}
    while True:
        found = hearing.with_heard(record, heard, mentions.find(meeting, record, sorted(accepted)))
        masked = (m for m in found if (d := decided.get(m.id)) and d.verdict is not Verdict.KEEP)
        known = frozenset(
            Sighting(m.subject, texts[m.statement_id][m.char_start : m.char_end])
            for m in (*masked, *hiding)
            if m.subject and m.evidence.level not in LITERAL
        )
        if known <= accepted:
            return rules.propose(meeting, record, namings, sorted(accepted), heard)
        accepted |= known


def _meant(meeting: Meeting, act: Named | Absent) -> str:
    """The id that the person of an act has now; empty if they left `meeting.toml`, or got another name there."""
    if act.person:
        return next((p.id for p in meeting.participants if p.sealed_as(act.person)), "")
    return act.participant_id if meeting.participant(act.participant_id) is not None else ""


def _still_says(record: Record, act: Added | Corrected | Accepted | Rejected) -> bool:
    """Whether the statement that an act is about is the one that the reviewer saw."""
    statement = record.statement(act.statement_id)
    return statement is not None and statement.digest == act.text_digest


def after(record: Record, act: Corrected | Accepted) -> Record:
    """The record with a correction made, if it still says what was corrected."""
    before = record.statement(act.statement_id)
    if before is None or not _still_says(record, act):
        return record
    if isinstance(act, Corrected):
        return with_statement(record, corrected(before, act.text))
    text = before.text[: act.char_start] + act.proposed + before.text[act.char_end :]
    return with_statement(record, corrected(before, text))


_Placed = TypeVar("_Placed", Added, Rejected)


def _moved(acts: list[_Placed], statement_id: str, old: Record, new: Record) -> list[_Placed]:
    """What was said of places in a statement after it was corrected: of what became of the words there."""
    before, now = old.statement(statement_id), new.statement(statement_id)
    if before is None or now is None or before == now:
        return acts
    moved = (_around(act, before.text, now.text) if act.statement_id == statement_id else act for act in acts)
    return [act for act in moved if act is not None]


def _around(act: _Placed, before: str, now: str) -> _Placed | None:
    start, end = len(now), 0
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        first, last = max(act.char_start, i1), min(act.char_end, i2)
        if first < last:
            left, right = (j1 + first - i1, j1 + last - i1) if tag == "equal" else (j1, j2)
            start, end = min(start, left), max(end, right)
    return replace(act, char_start=start, char_end=end) if start < end else None


def _meets(a: Suggestion, b: Mark | Rejected) -> bool:
    return a.statement_id == b.statement_id and a.char_start < b.char_end and b.char_start < a.char_end


def _manual(record: Record, added: list[Added]) -> list[Mark]:
    """The reviewers' marks as marks, cut to words; one that is around no word hides nothing and is none."""
    manual: dict[str, Mark] = {}
    for addition in added:
        statement = record.statement(addition.statement_id)
        if statement is None:
            continue
        text = statement.text[: addition.char_end].rstrip()
        end = len(text)
        start = end - len(text[addition.char_start :].lstrip())
        if start >= end:
            continue
        mark = Mark(
            statement_id=statement.id,
            char_start=start,
            char_end=end,
            subject=addition.subject,
            kind=Kind.NAME if addition.subject else Kind.QUASI,
            tier=Tier.MANUAL,
            evidence=Evidence("reviewer", "1", "manual"),
            confidence=1.0,
            surface_group="manual",
            text_digest=statement.digest,
        )
        manual[mark.id] = mark
    return list(manual.values())


def _with_manual(
    marks: tuple[Mark, ...], record: Record, manual: list[Mark], hiding: list[Mark]
) -> tuple[Mark, ...]:
    """All marks in reading order; a proposed one is answered by a reviewer's that hides all of it."""
    kept = [m for m in marks if not any(_covers(added_mark, m) for added_mark in hiding)]
    order = {statement.id: index for index, statement in enumerate(record.statements)}
    return tuple(sorted([*kept, *manual], key=lambda m: (order[m.statement_id], m.char_start, -m.char_end)))


def _covers(wide: Mark, narrow: Mark) -> bool:
    return (
        wide.statement_id == narrow.statement_id
        and wide.char_start <= narrow.char_start
        and wide.char_end >= narrow.char_end
    )


def _overruled(
    found: Namings, named: dict[SpeakerId, str], inferred: set[SpeakerId], record: Record
) -> Namings:
    """Evidence, with what reviewers said about a voice in place of it.

    Where a reviewer named a voice and only then merged another one into it, evidence that names somebody else for the
    voice that came of it is a conflict.
    """
    voices = set(record.speakers) | set(record.diarization.speakers)

    def doubtful(speaker: SpeakerId) -> bool:
        link = found.of(speaker)
        others = link is not None and link.confirmed and link.participant_id != named[speaker]
        return speaker in inferred and (not named[speaker] or others or speaker in found.conflicts)

    unclear = tuple(s for s in sorted(named) if s in voices and doubtful(s))
    said = [
        Naming(speaker, person, Why.REVIEWER, "", confirmed=True)
        for speaker, person in sorted(named.items())
        if person and speaker in voices and speaker not in unclear
    ]
    links = [n for n in found.links if n.speaker not in named]
    conflicts = (*(s for s in found.conflicts if s not in named), *unclear)
    both = tuple(sorted([*links, *said], key=lambda n: n.speaker))
    return names.apart(Namings(both, conflicts, found.misses, found.reasons), record.diarization)
