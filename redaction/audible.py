"""What of a recording may be heard and seen: which sound is replaced, by what, and whether its picture is published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from redaction.decision import Decided, Verdict
from redaction.draft import Draft
from redaction.released import PublicStatement, Released, ReleasedPicture, ReleasedSound, Spoken
from speakers.meeting import Medium, Stand, Wish
from speakers.record import Millis, Span, SpeakerId, Statement, union

MENTION_MARGIN_MS = 400
"""More sound than the word itself is replaced, because recognizers place words early or late, by .34 s at most.

With 250 ms, more than 50 ms of a name stayed audible in 9% of the names of `bench/masking.py`, with 400 in none.
"""

TURN_MARGIN_MS = 750
"""Diarization ends a turn early or begins it late by this much: with 250 ms twice as much of a voice stayed audible."""


def sound_of(draft: Draft, published: Sequence[tuple[Statement, PublicStatement]]) -> ReleasedSound:
    """What must not be heard; or no sound at all, as long as a protected voice may be anybody's.

    Args:
        draft: with every mark decided.
        published: (n_statements,) each statement of which something is published, and what.
    """
    if draft.meeting.publish is Medium.TEXT:
        reason = "It was asked for as text alone."
        return ReleasedSound(allowed=False, reason=reason, replaced=())
    if draft.unheard:
        # Their number, but not their ids: this sentence is published.
        reason = (
            f"Nobody has said which voices belong to people who asked not to be known (still {len(draft.unheard)}): "
            "the sound may not be published."
        )
        return ReleasedSound(allowed=False, reason=reason, replaced=())
    replaced, hide_with = union(span for span, _ in taken_out(draft)), draft.meeting.hide_with
    said = list(_turns(draft, published)) if hide_with is Stand.VOICE else []
    inside = [any(r.start <= t.span.start and t.span.end <= r.end for r in replaced) for t in said]
    return ReleasedSound(
        allowed=True,
        reason="",
        replaced=replaced,
        hide_with=hide_with,
        spoken=tuple(turn for turn, whole in zip(said, inside, strict=True) if whole),
        unread=tuple(turn.span for turn, whole in zip(said, inside, strict=True) if not whole),
    )


def previewed(draft: Draft) -> ReleasedSound:
    """What would be heard if it were released as it stands, for reviewers' ears.

    Marks that nobody decided count as masked. No voice reads: a tone stands where one would.
    """
    open_ = tuple(Decided(mark.id, Verdict.MASK) for mark in draft.undecided)
    return sound_of(replace(draft, decisions=(*draft.decisions, *open_)), ())


def taken_out(draft: Draft) -> Iterator[tuple[Span, str]]:
    """What must not be heard, with its margin, and the id of the participant whom it would give away.

    The id is empty where nobody has said whose voice it is, and where what is hidden is about nobody of the meeting.
    """
    if any(p.wish is not Wish.NAMED for p in draft.meeting.participants):
        for turn in (*draft.record.diarization.overlapping, *draft.record.diarization.exclusive):
            if _removed(draft, turn.speaker):
                yield turn.span.widened(TURN_MARGIN_MS), draft.namings.person(turn.speaker) or ""
        for statement in draft.record.spoken.statements:
            if _removed(draft, statement.speaker):
                whose = draft.namings.person(statement.speaker) or ""
                yield from ((word.span.widened(TURN_MARGIN_MS), whose) for word in statement.words)
    for mark in draft.marks:
        decision = draft.decision(mark)
        found = draft.record.statement(mark.statement_id)
        if found is None or found.written is not None:  # nobody says it
            continue
        if decision is not None and decision.verdict is not Verdict.KEEP:
            span = found.time_of(mark.char_start, mark.char_end).widened(MENTION_MARGIN_MS)
            yield span, mark.subject


def picture_of(draft: Draft) -> ReleasedPicture:
    """Whether the picture may be seen: where anybody is protected, only if staff vouch for it.

    A person is seen while others speak, and a name stands on a slide or a door; no span of sound knows of either.
    """
    meeting = draft.meeting
    if meeting.publish is not Medium.VIDEO:
        return ReleasedPicture()
    guarded = meeting.protected or any(p.wish is not Wish.NAMED for p in meeting.participants)
    if guarded and not meeting.picture_shows_nobody:
        return ReleasedPicture(
            reason="Somebody is protected, and nobody has said that the picture never shows or names them: "
            "it is not published."
        )
    return ReleasedPicture(allowed=True)


def _turns(draft: Draft, published: Sequence[tuple[Statement, PublicStatement]]) -> Iterator[Spoken]:
    """What protected people said, as it is published, each in its own time; voices by the order of first speech."""
    voices: dict[int, int] = {}
    at = Millis(0)
    for statement, public in published:
        person = draft.meeting.participant(draft.namings.person(statement.speaker) or "")
        if person is None or not person.protected or statement.written is not None:
            continue
        voice = voices.setdefault(public.speaker, len(voices))
        start = max(statement.span.start, at)
        at = max(statement.span.end, Millis(start + 1))
        yield Spoken(Span(start, at), public.text, voice)


def with_more_replaced(released: Released, spans: Sequence[Span]) -> Released:
    """The same release with more of its sound replaced: what was heard in it after all, a reading voice included."""
    still = [s for s in released.sound.spoken if not any(s.span.overlap(span) for span in spans)]
    released = with_readings(released, still)
    sound = replace(released.sound, replaced=union([*released.sound.replaced, *spans]))
    return replace(released, sound=sound)


def with_readings(released: Released, read: Collection[Spoken]) -> Released:
    """The same release, of whose turns only these are read: a tone stands where the others were."""
    before = released.sound
    spoken = tuple(turn for turn in before.spoken if turn in read)
    silenced = tuple(turn.span for turn in before.spoken if turn not in read)
    return replace(released, sound=replace(before, spoken=spoken, unread=(*before.unread, *silenced)))


def without_sound(released: Released, reason: str) -> Released:
    """The same release without any sound or picture, and why."""
    sound = ReleasedSound(allowed=False, reason=reason, replaced=())
    return without_picture(replace(released, sound=sound), "")


def without_picture(released: Released, reason: str) -> Released:
    """The same release without its picture, and why."""
    return replace(released, picture=ReleasedPicture(reason=reason))


def _removed(draft: Draft, voice: SpeakerId) -> bool:
    """Whether a voice is taken out of the sound: a protected person's, and one that nobody has named.

    Diarization splits a person into two voices more often than one would like. As long as somebody asked not to
    be known, a voice without a name may be theirs.
    """
    participant_id = draft.namings.person(voice)
    person = draft.meeting.participant(participant_id) if participant_id else None
    return person is None or person.wish is not Wish.NAMED
