"""Which voice is which person: every link with its reasons; where they conflict or are weak, none.

Only a person's word is confirmed: a moment given by staff, or what a reviewer says. Everything else weighs points
(`speakers/clues.py`), and proposes somebody where the sum is enough and nobody else comes near.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace

from speakers import authors
from speakers.clues import clues
from speakers.meeting import Meeting, Wish
from speakers.reason import DIRECT, HUMAN, Match, Reason, Why
from speakers.record import Diarization, Record, SpeakerId, clock

__all__ = ["Match", "Naming", "Namings", "Reason", "Why", "apart", "name"]

_NEAR_MS = 500
"""`heard_at` is typed by hand from a player; this far from a turn still means it."""

ENOUGH = 3
"""Points from which somebody is proposed: an introduction, an enrolled voice, or two independent signs."""

CLEAR = 2
"""Points by which the next person has to stay behind."""

DENIED = 2
"""Places in which a voice speaks of somebody as of another person; then it is not theirs, whatever it says."""

TOGETHER_MS = 1_000
"""Two voices that speak at the same time for so long are two people."""

_AT_MOST = {
    Why.HEARD_AT: 100,
    Why.REVIEWER: 100,
    Why.SELF_INTRODUCTION: 5,
    Why.VOICE: 3,
    Why.CALLED: 4,
    Why.THANKED: 4,
    Why.ORDER: 1,
    Why.SPEAKS_OF: 4,
    Why.TYPED: 5,
    Why.TRANSCRIBED: 4,
}
"""What evidence of one kind weighs altogether: saying a thing again does not make it truer."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A voice is (or seems to be) a person's.

    Attributes:
        speaker: the voice.
        participant_id: the person.
        why: the strongest evidence; `Namings.reasons` holds all of it.
        at: where that is: a moment, a statement's id, or a score. Never words.
        confirmed: whether a human said so. An unconfirmed naming is a proposal and changes nothing.
    """

    speaker: SpeakerId
    participant_id: str
    why: Why
    at: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Namings:
    """What is known about who the voices are.

    Attributes:
        links: (n,) at most one per voice; a person may have several voices.
        conflicts: voices for which the evidence names different people, or a person whom another voice, heard at
            the same time, is taken for: nobody is linked to them.
        misses: (participant id, moment) of every `heard_at` at which nobody speaks.
        reasons: (m,) all evidence, for and against, that of voices without a link too.
    """

    links: tuple[Naming, ...]
    conflicts: tuple[SpeakerId, ...]
    misses: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...] = ()

    def of(self, speaker: SpeakerId) -> Naming | None:
        """What a voice is linked to, confirmed or proposed."""
        return next((n for n in self.links if n.speaker == speaker), None)

    def person(self, speaker: SpeakerId) -> str | None:
        """The participant a voice is confirmed to be."""
        link = self.of(speaker)
        return link.participant_id if link is not None and link.confirmed else None

    def voices(self, participant_id: str) -> tuple[SpeakerId, ...]:
        """The voices a participant is confirmed to have."""
        return tuple(n.speaker for n in self.links if n.participant_id == participant_id and n.confirmed)

    def about(self, speaker: SpeakerId) -> tuple[Reason, ...]:
        """All evidence about a voice, the heaviest first."""
        return tuple(sorted((r for r in self.reasons if r.speaker == speaker), key=lambda r: -r.points))

    @property
    def weak(self) -> tuple[SpeakerId, ...]:
        """Voices for which something speaks, but not enough to propose anybody."""
        known = {n.speaker for n in self.links} | set(self.conflicts)
        voices = dict.fromkeys(r.speaker for r in self.reasons if not r.against and r.why not in HUMAN)
        return tuple(v for v in voices if v not in known)


def name(meeting: Meeting, record: Record, matches: tuple[Match, ...] = ()) -> Namings:
    """Link voices to participants, and say why.

    Args:
        meeting: with its participants.
        record: with statements and turns.
        matches: whom voices were taken for here.
    """
    misses: list[tuple[str, str]] = []
    reasons: list[Reason] = []
    signed = _signed(meeting, record)
    record = record.spoken
    for participant in meeting.participants:
        for moment in participant.heard_at:
            voice = record.diarization.speaker_at(moment, within=_NEAR_MS)
            if voice is None:
                misses.append((participant.id, clock(moment)))
            else:
                reasons.append(Reason(voice, participant.id, Why.HEARD_AT, clock(moment), 100))
    reasons += clues(meeting, record)
    voices = record.diarization.speakers
    reasons += [
        Reason(m.speaker, m.participant_id, m.why, f"{m.score:.2f}", _AT_MOST[m.why])
        for m in matches
        if m.speaker in voices
    ]
    links, conflicts = [], []
    for voice in voices:
        link, contested = _decided([r for r in reasons if r.speaker == voice])
        if contested:
            conflicts.append(voice)
        elif link is not None:
            links.append(link)
    found = apart(Namings(tuple(links), tuple(conflicts), tuple(misses), tuple(reasons)), record.diarization)
    return replace(
        found,
        links=(*found.links, *signed.links),
        conflicts=(*found.conflicts, *signed.conflicts),
        reasons=(*found.reasons, *signed.reasons),
    )


def _signed(meeting: Meeting, record: Record) -> Namings:
    """Whom those are taken for who only wrote, by the name that they typed.

    Anybody may type any name. So it only proposes somebody who is named; but who asked for something is protected at
    once where it is exactly their name, and who is not to be recorded also where it stands beside something else: a
    wrong guess then hides more, not less.
    """
    heard = record.voices_heard
    links, conflicts, reasons = list[Naming](), list[SpeakerId](), list[Reason]()
    for voice, mine in {s.speaker: s for s in reversed(record.statements) if s.speaker not in heard}.items():
        typed = mine.written.author if mine.written is not None else ""
        exact = authors.exactly(meeting.participants, typed)
        people = exact or authors.within(meeting.participants, typed)
        points = _AT_MOST[Why.TYPED] if exact else ENOUGH
        reasons += [Reason(voice, person.id, Why.TYPED, mine.id, points) for person in people]
        if len(people) > 1:
            conflicts.append(voice)
        for person in people if len(people) == 1 else ():
            unheard = person.wish is Wish.NOT_RECORDED
            sure = unheard or (bool(exact) and person.wish is not Wish.NAMED)
            links.append(Naming(voice, person.id, Why.TYPED, mine.id, confirmed=sure))
    return Namings(tuple(links[::-1]), tuple(conflicts[::-1]), (), tuple(reasons[::-1]))


def _points(reasons: list[Reason]) -> dict[str, int]:
    """What speaks for each person, with what evidence of one kind may weigh at most."""
    kinds: dict[tuple[str, Why], list[int]] = defaultdict(list)
    for reason in reasons:
        kinds[reason.participant_id, reason.why].append(reason.points)
    totals: dict[str, int] = defaultdict(int)
    for (person, why), points in kinds.items():
        # An introduction is heard once, well or badly; calls and thanks are as many signs as there are.
        weight = max(points) if why in DIRECT else sum(points)
        totals[person] += max(-_AT_MOST[why], min(weight, _AT_MOST[why]))
    return dict(totals)


def _decided(reasons: list[Reason]) -> tuple[Naming | None, bool]:
    """Whom one voice is linked to, and whether its evidence is at odds with itself."""
    direct = {r.participant_id for r in reasons if r.why in DIRECT and r.points >= ENOUGH}
    human = {r.participant_id for r in reasons if r.why in HUMAN}
    if len(direct) > 1:
        return None, True
    points = _points(reasons)
    ranked = sorted(((p, person) for person, p in points.items() if p > 0), reverse=True)
    if human:
        (person,) = human
        return _linked(person, reasons, confirmed=True), False
    doubted = {r.participant_id for r in reasons if r.against}
    denied = {person for person in doubted if _places(reasons, person) >= DENIED}
    if not ranked or ranked[0][0] < ENOUGH:
        torn = any(not r.against and r.participant_id in doubted for r in reasons) or len(ranked) > 1
        return None, torn
    best, person = ranked[0]
    rival = ranked[1][0] if len(ranked) > 1 else 0
    # Who speaks next to whom is weak evidence: it may not speak for two people, nor against itself.
    if best - rival < CLEAR or person in denied or (person not in direct and (rival or person in doubted)):
        return None, True
    return _linked(person, reasons, confirmed=False), False


def _places(reasons: list[Reason], person: str) -> int:
    """In how many places something speaks against a person."""
    return len({r.at for r in reasons if r.against and r.participant_id == person})


def _linked(person: str, reasons: list[Reason], *, confirmed: bool) -> Naming:
    own = [r for r in reasons if r.participant_id == person]
    strongest = max(own, key=lambda r: r.points)
    return Naming(strongest.speaker, person, strongest.why, strongest.at, confirmed)


def apart(found: Namings, diarization: Diarization) -> Namings:
    """Take back proposals of one person for several voices where they cannot all be right.

    Two voices that are heard at the same time are two people; and who speaks next to whom proposes a person for one
    voice only. A confirmed link stays, whatever is proposed beside it.

    Args:
        found: links and reasons.
        diarization: who speaks when.
    """
    contested: set[SpeakerId] = set()
    dropped: set[SpeakerId] = set()
    for one, other in itertools.combinations(found.links, 2):
        if one.participant_id != other.participant_id:
            continue
        open_ = [n for n in (one, other) if not n.confirmed]
        if _together(diarization, one.speaker, other.speaker) >= TOGETHER_MS:
            contested |= {n.speaker for n in open_}
        inferred = [n for n in open_ if n.why not in DIRECT]
        if len(inferred) == 2:
            contested |= {n.speaker for n in inferred}
        else:
            dropped |= {n.speaker for n in inferred}
    return replace(
        found,
        links=tuple(n for n in found.links if n.speaker not in contested | dropped),
        conflicts=(*found.conflicts, *sorted(contested - set(found.conflicts))),
    )


def _together(diarization: Diarization, one: SpeakerId, other: SpeakerId) -> int:
    """Milliseconds for which two voices speak at the same time."""
    mine = [t.span for t in diarization.overlapping if t.speaker == one]
    theirs = [t.span for t in diarization.overlapping if t.speaker == other]
    return sum(a.overlap(b) for a in mine for b in theirs)
