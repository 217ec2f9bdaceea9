"""The gate: the one function that makes a `Released` of a draft, or refuses."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from redaction.audible import picture_of, sound_of
from redaction.cues import Piece, cues, joined
from redaction.decision import Verdict
from redaction.draft import Draft
from redaction.header import named_in_header
from redaction.labels import Labels, language_of, telling
from redaction.mentions import written
from redaction.released import PublicSection, PublicSpeaker, PublicStatement, PublicWritten, Released
from speakers.error import NotReleasableError
from speakers.meeting import Meeting, Wish
from speakers.record import Millis, Span, SpeakerId, Statement

_AGENDA_MS = 1_000
"""So much later than it was begun an item may be written down: agendas know whole seconds."""

_MASK = "Hide it there, or change meeting.toml, then approve again: zhuzi review ID."
_LABEL = "Choose another label: zhuzi register set ENTRY --from FILE."


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why something may not be released, and what to do about it; a sentence each, with no word of the record."""

    what: str
    cure: str


UNLISTENED = Obstacle(
    "The recording was not listened to for the names that the register holds now.",
    "Listen again: zhuzi run RECORDING.",
)
"""Somebody asked for a second hearing."""


def unfit(draft: Draft) -> tuple[Obstacle, ...]:
    """Why a draft may not be released whoever approves it; none if only approvals may be missing."""
    reasons = []
    if draft.undecided:
        count = f"{len(draft.undecided)} of {len(draft.marks)} marks are undecided."
        reasons.append(Obstacle(count, "Decide them: zhuzi review ID."))
    unrecorded = [p for p in draft.unheard if p.wish is Wish.NOT_RECORDED]
    if unrecorded:
        who = ", ".join(p.id for p in unrecorded)
        reasons.append(
            Obstacle(
                f"Nobody has said which voice belongs to {who}, who asked not to be recorded.",
                "Say which voice it is, or that they do not speak: zhuzi review ID.",
            )
        )
    if draft.unlistened:
        reasons.append(UNLISTENED)
    reasons.extend(Obstacle(what, _LABEL) for what in telling(draft.meeting))
    if not reasons:
        reasons.extend(Obstacle(what, _MASK) for what in _named(draft))
    return tuple(reasons)


def obstacles(draft: Draft, *, approvers: int = 1) -> tuple[Obstacle, ...]:
    """Why a draft may not be released; none if it may.

    Args:
        draft: as it is now.
        approvers: how many different people have to have approved it; the meeting itself may ask for more.
    """
    reasons = list(unfit(draft))
    needed = approvals_needed(draft, approvers)
    if len(draft.approvals) < needed:
        have = (
            f"It has {len(draft.approvals)} of {needed} approvals of exactly this content; any change voids an "
            "approval."
        )
        cure = "Read it and approve it: zhuzi review ID."
        if draft.approvals:
            cure = "Somebody else has to read and approve it: zhuzi review ID."
        reasons.append(Obstacle(" ".join((*draft.lapses, have)), cure))
    return tuple(reasons)


def approvals_needed(draft: Draft, approvers: int) -> int:
    """How many different people have to approve: what the settings ask for, or the meeting itself, if that is more."""
    return max(1, approvers, draft.meeting.approvers)


def refuse(draft: Draft, *, approvers: int = 1) -> None:
    """Refuse a draft that may not be released; arguments as `obstacles`.

    Raises:
        NotReleasableError: With everything that stands in the way.
    """
    reasons = obstacles(draft, approvers=approvers)
    if reasons:
        cures = dict.fromkeys(reason.cure for reason in reasons)
        raise NotReleasableError(" ".join(reason.what for reason in reasons), " ".join(cures))


def release(draft: Draft, *, approvers: int = 1) -> Released:
    """Make what may be published of a draft.

    Args:
        draft: with every mark decided, and approved as it is.
        approvers: how many different people have to have approved it, as in `obstacles`.

    Returns:
        Only what is allowed: labels, masked text, caption times, and which sound to replace.

    Raises:
        NotReleasableError: If anything is undecided, was changed since its approval, was never approved, or would be
            published with a protected name that nobody decided to keep.
    """
    refuse(draft, approvers=approvers)
    language = language_of(draft)
    speakers: list[PublicSpeaker] = []
    published: list[tuple[Statement, PublicStatement]] = []
    for statement, speaker, pieces in _published(draft, language):
        if speaker not in speakers:
            speakers.append(speaker)
        said = cues(pieces) if statement.written is None else ()
        public = PublicStatement(speakers.index(speaker), joined(pieces), said, how_written(draft, statement))
        published.append((statement, public))
    meeting = draft.meeting
    newest = max(draft.approvals, key=lambda e: e.seq)
    return Released(
        title=meeting.title,
        date=meeting.date,
        place=meeting.place,
        case=meeting.case,
        links=meeting.links,
        language=language,
        speakers=tuple(speakers),
        statements=tuple(public for _, public in published),
        sound=sound_of(draft, published),
        approval=draft.digest,
        approved_at=newest.at,
        approvers=len(draft.approvals),
        hidden=_hidden(draft),
        picture=picture_of(draft),
        sections=_sections(meeting, [statement.span.start for statement, _ in published]),
        begins=meeting.begins,
        join=meeting.join,
        video=meeting.video,
        licence=meeting.licence,
        sayit_times=meeting.sayit_times,
    )


def how_written(draft: Draft, statement: Statement) -> PublicWritten | None:
    """How a statement was written; of what is not in the record only that it was: votes would tell which one it is."""
    written = statement.written
    if written is None:
        return None
    person = draft.meeting.participant(draft.namings.person(statement.speaker) or "")
    if person is not None and person.wish is Wish.NOT_RECORDED:
        return PublicWritten(written.kind)
    return PublicWritten(written.kind, written.votes, written.answered)


def _sections(meeting: Meeting, starts: list[Millis]) -> tuple[PublicSection, ...]:
    """The agenda over statements that begin at `starts`; an item without a moment begins where the next one does."""
    sections: list[PublicSection] = []
    first = len(starts)
    for item in reversed(meeting.agenda):
        if item.at is not None:
            first = bisect.bisect_left(starts, item.at - _AGENDA_MS)
        sections.append(PublicSection(item.title, first, item.at, item.slides))
    return tuple(reversed(sections))


def preview(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """What would be published of each statement: `(statement id, label, text)`; as it is, approved or not."""
    for statement, speaker, text in as_published(draft):
        yield statement.id, speaker.label, text


def as_published(draft: Draft) -> Iterator[tuple[Statement, PublicSpeaker, str]]:
    """The same with the statement and its speaker: `(statement, as whom it is published, text)`."""
    for statement, speaker, pieces in _published(draft, language_of(draft)):
        yield statement, speaker, joined(pieces)


def _published(draft: Draft, language: str) -> Iterator[tuple[Statement, PublicSpeaker, list[Piece]]]:
    """Every statement of which something is published, by whom, and what."""
    labels = Labels(draft, language)
    last: tuple[PublicSpeaker, bool] | None = None
    for statement in draft.record.statements:
        speaker = labels.of(statement.speaker)
        person = labels.person(statement.speaker)
        as_now = speaker, statement.written is None
        if person is not None and person.wish is Wish.NOT_RECORDED:
            if last == as_now:
                continue
            pieces = [Piece(labels.unrecorded, statement.span, spaced=False)]
        else:
            pieces = _pieces(draft, statement, labels)
        if joined(pieces):
            yield statement, speaker, pieces
            last = as_now


def _named(draft: Draft) -> Iterator[str]:
    """Where a protected name would be published that nobody decided to keep, each as a sentence.

    The marks are what hides names; this is for what no mark is about: the header, the people beside them, what a
    reviewer wrote in place of something, and words that come together once something between them is gone.
    """
    meeting = draft.meeting
    shown: dict[PublicSpeaker, None] = {}
    for statement, speaker, pieces in _published(draft, language_of(draft)):
        shown.setdefault(speaker)
        left = written(meeting, joined(pieces))
        for surface in _kept_in(draft, statement):
            left -= written(meeting, surface)
        if left:
            yield f"Statement {statement.id} would be published with a name of {', '.join(_whose(left))}."
    named = [("A link" if what == "link" else f"The {what}", who) for what, who in named_in_header(meeting)]
    named += [("A speaker's name or role", _whose(written(meeting, f"{s.label} | {s.role}"))) for s in shown]
    for what, who in named:
        if who:
            yield f"{what} holds a name of {', '.join(who)}, who asked for anonymity."


def _whose(found: Counter[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({person for person, _ in found}))


def _kept_in(draft: Draft, statement: Statement) -> Iterator[str]:
    """What reviewers decided may stand in a statement."""
    for start, end in _kept_spans(draft, statement):
        yield statement.text[start:end]


def _kept_spans(draft: Draft, statement: Statement) -> Iterator[tuple[int, int]]:
    for mark in draft.marks_in(statement.id):
        decision = draft.decision(mark)
        if decision and decision.verdict is Verdict.KEEP:
            yield mark.char_start, mark.char_end


def labels(draft: Draft) -> dict[SpeakerId, str]:
    """What each voice that says something is published as."""
    shown = Labels(draft, language_of(draft))
    return {voice: shown.of(voice).label for voice in draft.record.speakers}


def kept(draft: Draft) -> dict[str, int]:
    """How often reviewers decided that a surface form may stand: what a leak scan has to let pass."""
    surfaces: Counter[str] = Counter()
    for statement in draft.record.statements:
        surfaces.update(_kept_in(draft, statement))
    return dict(surfaces)


def stand_ins(draft: Draft) -> dict[str, list[tuple[int, int, str]]]:
    """What stands where something is masked: `(char_start, char_end, text)` by statement id, sorted and disjoint."""
    shown = Labels(draft, language_of(draft))
    return {s.id: _hidden_spans(draft, s, shown) for s in draft.record.statements}


def _hidden_spans(draft: Draft, statement: Statement, labels: Labels) -> list[tuple[int, int, str]]:
    """`(char_start, char_end, placeholder)`, sorted and disjoint, of what is masked in a statement."""
    spans: list[tuple[int, int, str]] = []
    for mark in draft.marks_in(statement.id):
        decision = draft.decision(mark)
        if decision is None or decision.verdict is Verdict.KEEP:
            continue
        text = decision.replacement if decision.verdict is Verdict.EDIT else labels.placeholder(mark)
        if spans and mark.char_start < spans[-1][1]:
            # A reviewer's mark may reach into a rule's: hide what either covers, under the first one's label.
            spans[-1] = (spans[-1][0], max(spans[-1][1], mark.char_end), spans[-1][2])
        else:
            spans.append((mark.char_start, mark.char_end, text))
    return spans


def _pieces(draft: Draft, statement: Statement, labels: Labels) -> list[Piece]:
    """A statement with its hidden stretches replaced, in reading order; a word that is half hidden is cut."""
    text = statement.text
    pieces: list[Piece] = []
    spans = _hidden_spans(draft, statement, labels)
    kept_spans = tuple(_kept_spans(draft, statement))

    def as_it_is(from_: int, to: int, span: Span, *, spaced: bool) -> Piece:
        return Piece(text[from_:to], span, spaced, any(a < to < b for a, b in kept_spans))

    before = 0  # where the word before ends
    for start, end, word in statement.placed():
        at = start
        for from_, to, label in [s for s in spans if s[0] < end and s[1] > start]:
            if from_ > at:
                pieces.append(as_it_is(at, from_, word.span, spaced=word.spaced and at == start))
            if from_ >= before:
                spaced = word.spaced and from_ <= start
                pieces.append(Piece(label, statement.time_of(from_, to), spaced))
            at = max(at, min(to, end))
        if at < end:
            pieces.append(as_it_is(at, end, word.span, spaced=word.spaced and at == start))
        before = end
    return pieces


def _hidden(draft: Draft) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for mark in draft.marks:
        decision = draft.decision(mark)
        if decision is not None and decision.verdict is not Verdict.KEEP:
            counts[mark.kind] += 1
    return tuple(sorted(counts.items()))
