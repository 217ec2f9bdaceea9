"""Whose enrolled voice is heard in a meeting: a stage, of which only participants' ids and scores are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import meeting_toml, register
from pipeline.folder import MeetingFolder, meetings
from pipeline.voiceprints import Register, Voiceprint, folded
from redaction import ledger
from redaction.decision import Named
from speakers import voiceprint
from speakers.error import MeetingError, StorageError, VoiceprintError
from speakers.meeting import Meeting, Participant, Wish
from speakers.reason import Match
from speakers.record import Diarization, SpeakerId, digest
from speakers.sound import Sound

VOICES = "45-voices.json"
STAGE = "recognise"

_GONE = "there is none of that id; it expired, or was deleted"
_PROTECTED = "this person asked not to be named or recorded, here or in another meeting"
_OTHER_NAME = "it is of a person of another name"
_OTHER_MODEL = "it was made with another model"


@dataclass(frozen=True, slots=True)
class Recognition:
    """What became of the voiceprints of a meeting.

    Attributes:
        matches: voices that were recognised.
        unused: (participant id, why their print was not compared).
        delete: ids of prints of people who asked for protection.
    """

    matches: tuple[Match, ...] = ()
    unused: tuple[tuple[str, str], ...] = ()
    delete: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        """What staff have to know, each as a sentence."""
        return (
            *(f"The voiceprint of {person} is not used: {why}." for person, why in self.unused),
            *(
                f"Voiceprint {print_id} is of somebody who asked for protection. Delete it: zhuzi unenroll {print_id}."
                for print_id in self.delete
            ),
        )


def protected_names(data: Path) -> frozenset[str]:
    """Every name, folded, of everybody who asked for protection in any meeting of a data directory, or in its register.

    Raises:
        StorageError: If a meeting's people cannot be read: nobody knows then whom it protects.
        RegisterError: If the consent register cannot be opened: likewise.
    """
    people = register.of(data)
    found = {folded(n) for e in people.all("voiceprints") if e.hidden for n in e.names}
    for folder in meetings(data):
        if folder.meeting_toml.exists():
            try:
                meeting = meeting_toml.read(folder.meeting_toml, people.seen_from(folder.id, "voiceprints"))
            except MeetingError as error:
                raise StorageError(
                    f"The meeting.toml of meeting {folder.id} cannot be read, so nobody knows whom it protects.",
                    "Mend it, or delete that meeting, then try again.",
                ) from error
            found |= {folded(n) for p in meeting.participants if p.wish is not Wish.NAMED for n in p.names}
    return frozenset(found)


class Recogniser:
    """The stage of one meeting.

    Args:
        folder: the meeting.
        meeting: as its `meeting.toml` says.
        register: of voiceprints.
        model: fingerprint of the encoder.
        encoder: gives the engine, once it is needed.
    """

    def __init__(
        self,
        folder: MeetingFolder,
        meeting: Meeting,
        register: Register,
        model: str,
        encoder: Callable[[], voiceprint.VoiceEncoder],
    ) -> None:
        self._folder, self._meeting, self._register = folder, meeting, register
        self._model, self._encoder = model, encoder
        self._enrolled = [p for p in meeting.participants if p.voiceprint]
        self._protected = protected_names(folder.root.parent.parent) if self._enrolled else frozenset()
        self._delete = self._to_delete()

    @property
    def wanted(self) -> bool:
        """Whether there is anything to do, or to report."""
        return bool(self._enrolled or self._delete)

    def inputs(self, turns: str) -> str:
        """Digest of all that decides the outcome: who may be compared, with which print, and how long.

        Args:
            turns: digest of the diarization.
        """
        prints = (
            f"{p.id} {p.voiceprint} {p.wish} {self._register.seal_of(p.voiceprint)} "
            f"{self._register.usable(p.voiceprint)} {self._is_protected(p)} {digest(*p.names)}"
            for p in self._enrolled
        )
        left_out = self._left_out_by_staff()
        return digest("recognise 1", turns, self._model, *prints, *self._delete, "not:", *left_out)

    def _is_protected(self, person: Participant) -> bool:
        return person.wish is not Wish.NAMED or any(folded(n) in self._protected for n in person.names)

    def _to_delete(self) -> tuple[str, ...]:
        """Prints of people who asked for protection, here or elsewhere, so far as the key is there to tell."""
        named = {p.voiceprint for p in self._enrolled if self._is_protected(p)} & set(self._register.ids)
        try:
            sealed = self._register.all()
        except VoiceprintError:  # nobody can be compared without the key; a print that is to be used says so
            sealed = ()
        own = {folded(n) for p in self._meeting.participants if p.wish is not Wish.NAMED for n in p.names}
        return tuple(sorted(named | {s.id for s in sealed if own & {folded(n) for n in s.names}}))

    def _left_out_by_staff(self) -> tuple[str, ...]:
        """People who are protected, and when they are known to speak: those voices are never looked at."""
        moments = [f"{p.id} {p.heard_at}" for p in self._meeting.participants if p.wish is not Wish.NAMED]
        return (*moments, *sorted(self._named_by_reviewers()))

    def _named_by_reviewers(self) -> set[SpeakerId]:
        guarded = [p for p in self._meeting.participants if p.wish is not Wish.NAMED]
        acts = [entry.act for entry in ledger.in_force(ledger.read(self._folder.ledger))]
        named = [a for a in acts if isinstance(a, Named)]
        return {a.speaker for a in named if any(p.sealed_as(a.person) for p in guarded)}

    def perform(self, heard: Sound, diarization: Diarization, turns: str) -> bytes:
        """The stage's result.

        Args:
            heard: the recording, at 16 kHz.
            diarization: who speaks when.
            turns: its digest.
        """
        prints, unused = self._prints()
        hidden = self._named_by_reviewers() | {
            voice
            for p in self._meeting.participants
            if p.wish is not Wish.NAMED
            for moment in p.heard_at
            if (voice := diarization.speaker_at(moment, within=500)) is not None
        }
        matches: tuple[Match, ...] = ()
        if prints:
            voices = {}
            encoder = self._encoder()
            for voice in (v for v in diarization.speakers if v not in hidden):
                spans = voiceprint.alone(diarization, (voice,))
                embedding = voiceprint.embedded(heard, spans, encoder, voiceprint.MATCH_MS)
                if embedding is not None:
                    voices[voice] = embedding
            people = {person: voiceprint.embedding_of(p.embedding) for person, p in prints.items()}
            matches = voiceprint.recognised(voices, people)
            for p in prints.values():
                self._register.note("compared", p.id, self._folder.id)
        used = {person: p.id for person, p in prints.items()}
        return json.dumps(
            {
                "version": 1,
                "turns": turns,
                "matches": [
                    {
                        "speaker": m.speaker,
                        "participant": m.participant_id,
                        "voiceprint": used[m.participant_id],
                        "score": m.score,
                    }
                    for m in matches
                ],
                "unused": [{"participant": person, "why": why} for person, why in unused],
                "delete": list(self._delete),
            }
        ).encode()

    def _prints(self) -> tuple[dict[str, Voiceprint], list[tuple[str, str]]]:
        """The print of everybody who may be compared, and why the others may not."""
        prints: dict[str, Voiceprint] = {}
        unused: list[tuple[str, str]] = []
        for person in self._enrolled:
            if self._is_protected(person):
                unused.append((person.id, _PROTECTED))
            elif not self._register.usable(person.voiceprint):
                unused.append((person.id, _GONE))
            else:
                sealed = self._register.read(person.voiceprint)
                names = {folded(n) for n in sealed.names}
                if names & self._protected:
                    unused.append((person.id, _PROTECTED))
                elif folded(person.name) not in names:
                    unused.append((person.id, _OTHER_NAME))
                elif sealed.model != self._model:
                    unused.append((person.id, _OTHER_MODEL))
                else:
                    prints[person.id] = sealed
        return prints, unused


def recognition_of(folder: MeetingFolder, meeting: Meeting) -> Recognition:
    """What was recognised in a meeting, as far as it still holds; needs no key.

    A match goes with its print, with the person's consent to be named, and with the turns that it was made from.
    """
    stages = folder.manifest()["stages"]
    path = folder.root / VOICES
    if not stages.get(STAGE, {}).get("finished") or not path.is_file():
        return Recognition()
    try:
        values = json.loads(path.read_bytes())
        if values["turns"] != stages.get("diarize", {}).get("sha256"):
            return Recognition()
        register = Register(folder.root.parent.parent, Path())
        people = {p.voiceprint: p for p in meeting.participants if p.voiceprint and p.wish is Wish.NAMED}
        return Recognition(
            tuple(
                Match(SpeakerId(m["speaker"]), people[m["voiceprint"]].id, float(m["score"]))
                for m in values["matches"]
                if m["voiceprint"] in people and register.usable(m["voiceprint"])
            ),
            tuple((u["participant"], u["why"]) for u in values["unused"]),
            tuple(i for i in values["delete"] if i in register.ids),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"{path} is damaged.", "Remove it and run the recording again: decisions stay."
        ) from error
