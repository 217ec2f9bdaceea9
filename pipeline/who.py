"""Who the voices of a draft are: what a page shows of each voice and each person, with all that speaks for a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline import words
from redaction.draft import Draft
from speakers.meeting import Wish
from speakers.record import NOBODIES, SpeakerId


def voice(draft: Draft, speaker: SpeakerId) -> dict[str, Any]:
    """Who a voice is taken for.

    Returns:
        `state`: "confirmed", "proposed", "conflict", "nobody" of the list, "unknown" (several people's words) or
        "open"; of the first two also `person`, `name` and `wish`.
    """
    link = draft.namings.of(speaker)
    person = draft.meeting.participant(link.participant_id) if link else None
    known = {"person": None, "name": "", "wish": ""}
    if speaker in NOBODIES:
        return {**known, "state": "unknown"}
    if speaker in draft.nobodies:
        return {**known, "state": "nobody"}
    if speaker in draft.namings.conflicts:
        return {**known, "state": "conflict"}
    if person is None or link is None:
        return {**known, "state": "open"}
    state = "confirmed" if link.confirmed else "proposed"
    return {"person": person.id, "name": person.name, "wish": str(person.wish), "state": state}


def typed(draft: Draft, speaker: SpeakerId) -> str:
    """The name that somebody typed who wrote and is not heard; empty for any other voice. Private."""
    if speaker in draft.record.voices_heard:
        return ""
    return next((s.written.author for s in draft.record.statements if s.speaker == speaker and s.written), "")


def evidence(draft: Draft, speakers: Iterable[SpeakerId]) -> dict[str, list[dict[str, Any]]]:
    """What speaks for whom, and against it, by voice: of each kind of evidence what it is called, and where it is."""
    found: dict[str, list[dict[str, Any]]] = {}
    for speaker in speakers:
        about = draft.namings.about(speaker)
        found[speaker] = [
            {
                "person": person_id,
                "name": person.name if (person := draft.meeting.participant(person_id)) else "",
                "reasons": [
                    {
                        "why": words.of("why", why),
                        "against": any(
                            r.against for r in about if (r.participant_id, r.why) == (person_id, why)
                        ),
                        "at": [r.at for r in about if (r.participant_id, r.why) == (person_id, why)],
                    }
                    for why in dict.fromkeys(r.why for r in about if r.participant_id == person_id)
                ],
            }
            for person_id in dict.fromkeys(r.participant_id for r in about)
        ]
    return found


def people(draft: Draft) -> list[dict[str, Any]]:
    """Everybody of the meeting, with what they wish and which voices are theirs."""
    return [
        {
            "id": p.id,
            "name": p.name,
            "role": p.role,
            "wish": " ".join(words.of("wish", p.wish)) if p.wish is not Wish.NAMED else "",
            "absent": p.id in draft.absent,
            "voices": list(draft.namings.voices(p.id)),
        }
        for p in draft.meeting.participants
    ]
