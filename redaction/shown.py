"""What participants may see before a record is published: exactly what somebody approved, as it would be published.

A `Shown` is made when somebody approved a draft, and kept; what is changed afterwards is not in it. It is private: it
says which turns are whose.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from redaction.audible import taken_out
from redaction.draft import Draft
from redaction.labels import language_of
from redaction.release import as_published, how_written
from redaction.released import PublicWritten
from speakers.error import RecordError
from speakers.meeting import Participant, Wish
from speakers.record import Millis, Span, SpeakerId, WrittenKind, digest, union


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A paragraph as it would be published.

    Attributes:
        statement_id: of the private record.
        statement: digest of the private statement that it was made of.
        whose: seal of the participant who speaks; empty if nobody knows.
        named: whether the label is their name.
        label: as whom they would appear.
        text: as it would be published.
        span: when it is spoken.
        heard: whether what they say is published at all.
        written: how it was written; None for what was spoken.
    """

    statement_id: str
    statement: str
    whose: str
    named: bool
    label: str
    text: str
    span: Span
    heard: bool
    written: PublicWritten | None = None


@dataclass(frozen=True, slots=True)
class Muted:
    """A stretch of the sound that only one person may hear, and with an empty seal nobody."""

    span: Span
    whose: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An approved record, for those who take part in it.

    Attributes:
        approval: digest of what was approved.
        people: digest of what everybody asked for, then.
        title: of the meeting.
        date: ISO or empty.
        turns: (n_turns,) in spoken order.
        muted: (n_spans,) everything that would be taken out of the sound.
        silent: seals of protected people whose voice nobody knows: it may be any that others would hear.
        language: that the record is published in, "zh" or "en".
    """

    approval: str
    people: str
    title: str
    date: str
    turns: tuple[ShownTurn, ...]
    muted: tuple[Muted, ...]
    silent: tuple[str, ...]
    language: str = "zh"

    def own(self, person: Participant) -> tuple[ShownTurn, ...]:
        """The turns of one participant."""
        return tuple(turn for turn in self.turns if turn.whose in person.seals)

    def muted_for(self, person: Participant) -> tuple[Span, ...] | None:
        """(n_spans,) sorted, disjoint: what somebody must not hear; None if nothing may be heard at all."""
        if any(seal not in person.seals for seal in self.silent):
            return None
        return union(m.span for m in self.muted if m.whose not in person.seals)


def turns_of(draft: Draft) -> tuple[ShownTurn, ...]:
    """What would be published of a draft, and whose it is."""
    turns = []
    for statement, speaker, text in as_published(draft):
        person = draft.meeting.participant(draft.namings.person(statement.speaker) or "")
        turns.append(
            ShownTurn(
                statement.id,
                statement.digest,
                person.seal if person else "",
                speaker.named,
                speaker.label,
                text,
                statement.span,
                heard=person is None or person.wish is not Wish.NOT_RECORDED,
                written=how_written(draft, statement),
            )
        )
    return tuple(turns)


def own_digest(turns: tuple[ShownTurn, ...], person: Participant) -> str:
    """What somebody agrees to: changes with their label and with all that they would be published with."""
    own = (turn for turn in turns if turn.whose in person.seals)
    return digest("own turns", *(f"{turn.statement_id}\0{turn.label}\0{_with_votes(turn)}" for turn in own))


def _with_votes(turn: ShownTurn) -> str:
    if turn.written is None:
        return turn.text
    how = turn.written
    return f"{how.kind}\0{how.votes}\0{how.answered}\0{turn.text}"


def muted_of(draft: Draft) -> tuple[Muted, ...]:
    """(n_spans,) everything that would be taken out of the sound, by whom it would give away."""
    meeting = draft.meeting
    seals = {p.id: p.seal for p in (*meeting.participants, *meeting.elsewhere)}
    spans: dict[str, list[Span]] = {}
    for span, whose in taken_out(draft):
        spans.setdefault(seals.get(whose, ""), []).append(span)
    return tuple(Muted(span, whose) for whose, theirs in sorted(spans.items()) for span in union(theirs))


def whose(draft: Draft, voice: SpeakerId) -> str:
    """Seal of the participant whose voice it is; empty if nobody knows."""
    person = draft.meeting.participant(draft.namings.person(voice) or "")
    return person.seal if person else ""


def shown(draft: Draft) -> Shown:
    """What there is to see of a draft; only of one that somebody approved may it be shown."""
    meeting = draft.meeting
    return Shown(
        approval=draft.digest,
        people=draft.approval.people,
        title=meeting.title,
        date=meeting.date,
        turns=turns_of(draft),
        muted=muted_of(draft),
        silent=tuple(p.seal for p in draft.unheard),
        language=language_of(draft),
    )


def serialize(value: Shown) -> bytes:
    """As it is kept."""
    return json.dumps(asdict(value), ensure_ascii=False).encode()


def parse(data: bytes) -> Shown:
    """What `serialize` wrote.

    Raises:
        RecordError: If it is something else.
    """
    try:
        values: dict[str, Any] = json.loads(data)
        turns = tuple(_turn(turn) for turn in values.pop("turns"))
        muted = tuple(Muted(_span(m["span"]), str(m["whose"])) for m in values.pop("muted"))
        return Shown(**{**values, "silent": tuple(values["silent"])}, turns=turns, muted=muted)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(
            "What participants may see cannot be read.", "Approve the record again: zhuzi review ID."
        ) from error


def _turn(values: dict[str, Any]) -> ShownTurn:
    written = values.get("written")
    if written is not None:
        written = PublicWritten(WrittenKind(written["kind"]), written["votes"], written["answered"])
    return ShownTurn(**{**values, "span": _span(values["span"]), "written": written})


def _span(values: dict[str, int]) -> Span:
    return Span(Millis(values["start"]), Millis(values["end"]))
