"""Enrolling somebody: a voiceprint of a person who agreed to it, from turns that a human said are theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.folder import MeetingFolder
from pipeline.recognise import protected_names
from pipeline.review import draft_of
from pipeline.run import SOUND
from pipeline.voiceprints import Consent, Register, Voiceprint, folded, new_id
from speakers import sound
from speakers.error import NotFoundError, VoiceprintError
from speakers.meeting import Participant, Wish
from speakers.voiceprint import ENROL_MS, VoiceEncoder, alone, embedded


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody agreed to.

    Attributes:
        participant_id: who, in the meeting that it is made from.
        by: the reviewer who enters it.
        consented_on: the day that the person agreed.
        consent_record: where that is kept.
        until: the last day on which the print may be used; None for a year from today.
    """

    participant_id: str
    by: str
    consented_on: date
    consent_record: str
    until: date | None = None


def a_year_after(day: date) -> date:
    """The same day of the next year.

    >>> a_year_after(date(2024, 2, 29)).isoformat()
    '2025-02-28'
    """
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def enroll(
    folder: MeetingFolder, wanted: Enrolment, register: Register, encoder: VoiceEncoder, today: date
) -> Voiceprint:
    """Make and keep somebody's voiceprint.

    Args:
        folder: a meeting in which a human said which voice is theirs.
        wanted: who, and what they agreed to.
        register: keeps it.
        encoder: makes it.
        today: what days are measured by.

    Raises:
        NotFoundError: If there is no such participant.
        VoiceprintError: If they may not be enrolled, or their voice is not known well enough.
    """
    draft = draft_of(folder)
    person = draft.meeting.participant(wanted.participant_id)
    if person is None:
        raise NotFoundError("There is no such participant in this meeting.", "Look at it: zhuzi show ID.")
    until = wanted.until or a_year_after(today)
    _agreed(wanted, until, today)
    _may_be(person, folder.root.parent.parent, register)
    voices = draft.namings.voices(person.id)
    if not voices:
        raise VoiceprintError(
            f"Nobody has said which voice is {person.id}'s; a proposal is not enough.",
            "Confirm it: zhuzi review ID.",
        )
    turns = draft.record.diarization
    spans = alone(turns, voices)
    heard = embedded(sound.Sound(folder.root / SOUND), spans, encoder, ENROL_MS)
    if heard is None:
        seconds = sum(s.length for s in spans) // 1000
        raise VoiceprintError(
            f"{person.id} is heard alone for {seconds} s; {ENROL_MS // 1000} s are needed.",
            "Enroll them from a meeting in which they speak longer.",
        )
    made = Voiceprint(
        id=new_id(),
        names=person.names,
        consent=Consent(wanted.consented_on.isoformat(), wanted.consent_record.strip(), wanted.by.strip()),
        until=until.isoformat(),
        meeting=folder.id,
        model=encoder.fingerprint,
        seconds=sum(s.length for s in spans) // 1000,
        embedding=tuple(float(x) for x in heard),
    )
    register.add(made)
    return made


def _agreed(wanted: Enrolment, until: date, today: date) -> None:
    if not wanted.by.strip() or not wanted.consent_record.strip():
        raise VoiceprintError(
            "An enrolment needs a consent: who enters it, and where it is kept.",
            "Give --by and --consent-record.",
        )
    if wanted.consented_on > today:
        raise VoiceprintError("The day of the consent lies ahead.", "Give the day on which they agreed.")
    if until < today:
        raise VoiceprintError("The voiceprint would have expired already.", "Give a later day with --until.")


def _may_be(person: Participant, data: Path, register: Register) -> None:
    names = {folded(n) for n in person.names}
    if person.wish is not Wish.NAMED or names & protected_names(data):
        raise VoiceprintError(
            f"{person.id}, or somebody of one of their names, asked for protection here or in another meeting.",
            "Who did is never enrolled or recognised.",
        )
    known = next((p.id for p in register.all() if folded(person.name) in {folded(n) for n in p.names}), None)
    if known is not None:
        raise VoiceprintError(
            f"Somebody of this name is enrolled already, as {known}.",
            f"Delete it first: zhuzi unenroll {known}.",
        )
