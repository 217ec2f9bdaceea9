"""A record under review: what was heard, and everything that people decided about it since."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace

from redaction import heard_names as hearing
from redaction import mentions
from redaction import propose as rules
from redaction.approval import Lapse, approvals
from redaction.decision import (
    Approved,
    Decided,
    Rejected,
    Verdict,
)
from redaction.found import LITERAL
from redaction.heard_names import HeardName
from redaction.ledger import Entry, in_force
from redaction.mark import Mark
from redaction.propagate import Sighting
from redaction.reviewed import Judgement, Reviewed
from redaction.suggest import Suggestion, suggest
from speakers import names
from speakers.meeting import Meeting, Participant, Wish
from speakers.names import Match, Naming, Namings, Why
from speakers.record import Diarization, Record, SpeakerId, Statement, digest

POLICY = "7"
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
        judged: what readers would decide of marks that are there who do not know how they were decided, the newest of
            each reader and mark; of no consequence.
        heard: who speaks when before anybody changed it; other voices than these were told apart again.
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
    judged: tuple[Judgement, ...] = ()
    heard: Diarization | None = None
    _statements: dict[str, Statement] = field(init=False, repr=False, compare=False)
    _marks: dict[str, tuple[Mark, ...]] = field(init=False, repr=False, compare=False)
    _by_id: dict[str, Mark] = field(init=False, repr=False, compare=False)
    _decided: dict[str, Decided] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rows: dict[str, list[Mark]] = defaultdict(list)
        for mark in self.marks:
            rows[mark.statement_id].append(mark)
        # What is asked for again and again, of 4,500 statements and 800 marks.
        object.__setattr__(self, "_statements", {s.id: s for s in self.record.statements})
        object.__setattr__(self, "_marks", {i: tuple(row) for i, row in rows.items()})
        object.__setattr__(self, "_by_id", {mark.id: mark for mark in self.marks})
        object.__setattr__(self, "_decided", {d.mark_id: d for d in self.decisions})

    def statement(self, statement_id: str) -> Statement | None:
        """The statement of that id, if there is one."""
        return self._statements.get(statement_id)

    def mark(self, mark_id: str) -> Mark | None:
        """The mark of that id, if there is one."""
        return self._by_id.get(mark_id)

    def marks_in(self, statement_id: str) -> tuple[Mark, ...]:
        """What is marked in a statement, in reading order."""
        return self._marks.get(statement_id, ())

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
        meeting.pop("brought")  # what came of it is in the record
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
        return tuple(m for m in self.marks if m.id not in self._decided)

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Corrections that nobody answered, the likeliest first.

        None is about what is marked, unless a reviewer kept that and it is somebody else's: whether it is a mention is
        asked already, and what will be masked need not be spelt right.
        """
        return suggest(self.meeting, self.record, self._may_be_suggested)

    def _may_be_suggested(self, s: Suggestion) -> bool:
        asked = any(_meets(s, m) and self._asks(m, s) for m in self.marks_in(s.statement_id))
        return not asked and not any(_meets(s, r) and r.proposed == s.proposed for r in self.rejected)

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
        """People who asked not to be heard or recorded, and of whom nobody knows which voice of the sound is theirs."""
        heard = self.record.voices_heard
        return tuple(
            p
            for p in self.meeting.participants
            if p.wish is not Wish.NAMED
            and p.id not in self.absent
            and heard.isdisjoint(self.namings.voices(p.id))
        )

    def decision(self, mark: Mark) -> Decided | None:
        """What was decided about a mark."""
        return self._decided.get(mark.id)


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
    reviewed = Reviewed(meeting, record, matches)
    for entry in in_force(entries):
        reviewed.take(entry)
    return drafted(reviewed, entries, notices, heard_names=heard_names, unlistened=unlistened)


def drafted(
    reviewed: Reviewed,
    entries: tuple[Entry, ...],
    notices: tuple[str, ...] = (),
    *,
    heard_names: tuple[HeardName, ...] = (),
    unlistened: bool = False,
) -> Draft:
    """The draft of a record to which its acts were done; attributes as `replay`."""
    meeting, record, manual = reviewed.meeting, reviewed.record, list(reviewed.manual())
    decided = reviewed.decided
    hiding = [m for m in manual if decided[m.id].verdict is not Verdict.KEEP]
    found = names.name(meeting, record, reviewed.matches)
    namings = _overruled(found, reviewed.named, reviewed.inferred, record)
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
        absent=frozenset(reviewed.absent - {""}),
        notices=notices,
        rejected=reviewed.rejected,
        unlistened=unlistened,
        nobodies=frozenset(reviewed.nobodies),
        judged=tuple(j for j in reviewed.judged.values() if j.mark_id in present),
        heard=reviewed.heard.diarization,
    )
    valid = approvals(entries, draft.approval)
    return replace(draft, approvals=valid.counted, lapses=valid.lapses)


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
    record = record.apart  # a question that came meanwhile must not stand between the halves of a name
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
            return rules.propose(meeting, record, namings, spoken_of=found)
        accepted |= known


def _meets(a: Suggestion, b: Mark | Rejected) -> bool:
    return a.statement_id == b.statement_id and a.char_start < b.char_end and b.char_start < a.char_end


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
