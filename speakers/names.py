"""Which voice is which person: every link with its reason; where reasons conflict, none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import JaroWinkler

from speakers.meeting import Meeting, Participant
from speakers.phonetics import near_sound
from speakers.record import UNKNOWN, Record, SpeakerId, clock
from speakers.traditional import is_chinese

_NEAR_MS = 500
"""`heard_at` is typed by hand from a player; this far from a turn still means it."""

_CHINESE_CUES = re.compile("我是|我叫|我的名字是|名字叫|敝姓|我姓")
_CUE_REACH = 14
"""Characters after a cue within which a name counts as introduced (「我是交通局的高慧敏」)."""

_ENGLISH_CUES = re.compile(
    r"\b(?:i'm|i am|my name is|my name's|this is|it's)\s+((?:[A-Za-z'’.-]+\s*){1,3})", re.IGNORECASE
)
_ALIKE = 0.9
"""Jaro-Winkler similarity above which a Latin name counts as heard."""


class Why(StrEnum):
    """Evidence that a voice is a person's."""

    HEARD_AT = "heard_at"
    SELF_INTRODUCTION = "self-introduction"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Naming:
    """A voice is (or seems to be) a person's.

    Attributes:
        speaker: the voice.
        participant_id: the person.
        why: the evidence.
        at: where it is: a moment or a statement's id. Never words.
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
        conflicts: voices for which the evidence names different people: nobody is linked to them.
        misses: (participant id, moment) of every `heard_at` at which nobody speaks.
    """

    links: tuple[Naming, ...]
    conflicts: tuple[SpeakerId, ...]
    misses: tuple[tuple[str, str], ...]

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


def name(meeting: Meeting, record: Record) -> Namings:
    """Link voices to participants, and say why.

    `heard_at` is a human's word and counts as confirmed; a self-introduction is only proposed. A voice for which
    the evidence names two people is linked to nobody.

    Args:
        meeting: with its participants.
        record: with statements and turns.
    """
    evidence: list[Naming] = []
    misses: list[tuple[str, str]] = []
    for participant in meeting.participants:
        for moment in participant.heard_at:
            voice = record.diarization.speaker_at(moment, within=_NEAR_MS)
            if voice is None:
                misses.append((participant.id, clock(moment)))
            else:
                evidence.append(Naming(voice, participant.id, Why.HEARD_AT, clock(moment), True))
    evidence.extend(_introductions(meeting, record))
    links, conflicts = [], []
    for voice in record.diarization.speakers:
        found = [n for n in evidence if n.speaker == voice]
        if len({n.participant_id for n in found}) > 1:
            conflicts.append(voice)
        elif found:
            links.append(max(found, key=lambda n: n.confirmed))
    return Namings(tuple(links), tuple(conflicts), tuple(misses))


def _introductions(meeting: Meeting, record: Record) -> list[Naming]:
    found = []
    for statement in record.statements:
        if statement.speaker == UNKNOWN:
            continue
        people = {p.id for p in meeting.participants if introduces(statement.text, p)}
        if len(people) == 1:
            found.append(
                Naming(statement.speaker, people.pop(), Why.SELF_INTRODUCTION, statement.id, confirmed=False)
            )
    return found


def introduces(text: str, participant: Participant) -> bool:
    """Whether somebody introduces themselves by this participant's name, or something that sounds like it.

    >>> wei = Participant("p1", "陳筱薇", aliases=("Wei",))
    >>> introduces("大家好，我是交通局的陳曉薇。", wei), introduces("謝謝陳筱薇。", wei), introduces("I'm Wei.", wei)
    (True, False, True)
    """
    for cue in _CHINESE_CUES.finditer(text):
        after = re.split("[。？！]", text[cue.end() :], maxsplit=1)[0][:_CUE_REACH]
        if any(
            _sounds_in(name_, after) for name_ in participant.names if is_chinese(name_) and len(name_) >= 2
        ):
            return True
    for match in _ENGLISH_CUES.finditer(text):
        heard = match.group(1).lower().replace("’", "'").split()
        for name_ in participant.names:
            wanted = name_.lower().split()
            if is_chinese(name_) or not wanted:
                continue
            if any(_alike(wanted, heard[i : i + len(wanted)]) for i in range(len(heard) - len(wanted) + 1)):
                return True
    return False


def _alike(wanted: list[str], heard: list[str]) -> bool:
    return all(
        JaroWinkler.similarity(w, h.strip(".,-'")) >= _ALIKE for w, h in zip(wanted, heard, strict=True)
    )


def _sounds_in(wanted: str, text: str) -> bool:
    characters = [c for c in text if is_chinese(c)]
    return any(
        all(near_sound(a, b) for a, b in zip(wanted, characters[i:], strict=False))
        and characters[i + len(wanted) : i + len(wanted) + 1] != ["的"]  # 我是高慧敏的助理: somebody else
        for i in range(len(characters) - len(wanted) + 1)
    )
