"""What people say about a meeting beforehand: its header, and who takes part under which wish."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from speakers.error import MeetingError
from speakers.record import Millis, digest


class Wish(StrEnum):
    """What a participant asked for.

    NAMED: as they are. ANONYMOUS: under a pseudonym, by which readers can follow them through the record.
    UNNAMED: recorded but not named, under a label that everybody who asked for this shares. NOT_RECORDED: named,
    but nothing of what they say is published.
    """

    NAMED = "named"
    ANONYMOUS = "anonymous"
    UNNAMED = "not named"
    NOT_RECORDED = "not recorded"


class Medium(StrEnum):
    """What is published beside the text: nothing, the sound, or the sound with its picture."""

    TEXT = "text"
    SOUND = "sound"
    VIDEO = "video"


class Stand(StrEnum):
    """What is heard in the place of sound that was taken out."""

    TONE = "tone"
    SILENCE = "silence"
    VOICE = "voice"


HIDDEN = frozenset({Wish.ANONYMOUS, Wish.UNNAMED})
"""Wishes of those whose names are hidden."""


class FactKind(StrEnum):
    """What sort of fact points at somebody without naming them."""

    EMPLOYER = "employer"
    ROLE = "role"
    HOSPITAL = "hospital"
    SCHOOL = "school"
    TOWN = "town"
    ADDRESS = "address"
    CONDITION = "condition"
    AGE = "age"
    BIRTHDAY = "birthday"
    RELATIVE = "relative"
    NUMBER = "number"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something by which a protected person could be found out.

    Attributes:
        kind: what sort.
        text: as it is said (「台新銀行」, 「黏多醣症」, 「39 歲」, a telephone or account number).
        instead: what is to stand there (「某銀行」); empty for the usual placeholder.
    """

    kind: FactKind
    text: str
    instead: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise MeetingError("A fact about a participant is empty.", "Write it out, or remove the line.")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the consent register, as one meeting may know them.

    Attributes:
        id: "r" and 12 hexadecimal digits, drawn by lot.
        name: the real name.
        aliases: as in `Participant`.
        facts: as in `Participant`.
        wish: how they want to appear in that meeting.
        label: the pseudonym that they chose for it; empty for the usual one.
        role: what they were there as.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    wish: Wish = Wish.ANONYMOUS
    label: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    """A person of the meeting, as `meeting.toml` names them.

    Attributes:
        id: "p1", "p2", … in the order of the file; never derived from the name.
        name: the real name.
        role: what they are there as; published for people who are named, never for others.
        aliases: other names they are called by: given name, net-name, nickname, romanised name.
        wish: how they want to appear.
        heard_at: moments at which they speak, given by staff; links the person to a voice.
        voiceprint: id of the print by which their voice may be recognised, if they enrolled it; empty otherwise.
        facts: what else would give them away; looked for only of somebody protected.
        label: the pseudonym that they chose; empty for the usual one of the meeting.
        person: id of their entry in the consent register; empty if they have none.
    """

    id: str
    name: str
    role: str = ""
    aliases: tuple[str, ...] = ()
    wish: Wish = Wish.NAMED
    heard_at: tuple[Millis, ...] = ()
    voiceprint: str = ""
    facts: tuple[Fact, ...] = ()
    label: str = ""
    person: str = ""

    def __post_init__(self) -> None:
        if any(not name.strip() for name in self.names):
            raise MeetingError(
                f"Participant {self.id[1:]} has an empty name or alias.", "Write it out, or remove the line."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The name and every alias: all that must not be published when they asked for it."""
        return (self.name, *self.aliases)

    @property
    def seal(self) -> str:
        """Tells this person from others wherever their block stands; private: one of a name could be guessed back."""
        return digest("participant", self.person or self.name)[:16]

    @property
    def seals(self) -> frozenset[str]:
        """The seals that are this person's: today's, and the one of before they came into the register."""
        return frozenset({self.seal, digest("participant", self.name)[:16]})

    def sealed_as(self, seal: str) -> bool:
        """Whether a seal is this person's."""
        return seal in self.seals

    @property
    def protected(self) -> bool:
        """Whether their names are hidden."""
        return self.wish in HIDDEN


@dataclass(frozen=True, slots=True)
class Link:
    """A page that belongs to the meeting."""

    label: str
    url: str


class Licence(StrEnum):
    """Under which the record may be used, by its SPDX identifier."""

    CC0 = "CC0-1.0"
    CC_BY = "CC-BY-4.0"
    OGDL_TAIWAN = "OGDL-Taiwan-1.0"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """An item of the agenda.

    Attributes:
        title: published.
        at: when it begins; None where nobody said so, and then nothing stands under it.
        slides: address of what was shown; empty if nothing was.
    """

    title: str
    at: Millis | None = None
    slides: str = ""


class Source(StrEnum):
    """Where something came from: Slido's export, a meeting platform's chat, or somebody who wrote what was said."""

    SLIDO = "slido"
    CHAT = "chat"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of what was written during the meeting, or of what was said in it.

    Attributes:
        kind: what wrote it.
        file: beside `meeting.toml` or a full path.
        begins: time of day in Taipei at the recording's 0:00, by the clock of that file; empty for the meeting's.
    """

    kind: Source
    file: str
    begins: str = ""


@dataclass(frozen=True, slots=True)
class Microphone:
    """A microphone that was recorded for itself.

    Attributes:
        file: its own file, beside `meeting.toml` or a full path; empty for a channel of the recording.
        channel: of the recording, from 1; 0 for a file of its own.
        participant_id: whose it is; empty if that is not said.
        people: how many speak at it; None if nobody said so.
    """

    file: str = ""
    channel: int = 0
    participant_id: str = ""
    people: int | None = None

    @property
    def shared(self) -> bool:
        """Whether several people may speak at it."""
        return not self.participant_id and self.people != 1


@dataclass(frozen=True, slots=True)
class Meeting:
    """The header of a record.

    Attributes:
        title: published. Empty means that nobody gave one.
        date: ISO, "2024-05-01", or empty.
        place: published.
        case: a case number of the office, published.
        links: published.
        participants: (n_people,).
        glossary: words that the recognizer should know.
        language: "auto", "zh" or "en".
        speakers: expected number of voices, (least, most); None where unknown.
        channels: what the recording's channels are: "auto" to find out, "separate" microphones, or "mixed".
        microphones: those of which something is known.
        introduced_in_order: staff say that people introduced themselves in the order of the participants.
        elsewhere: protected people who do not take part, but are to be hidden wherever they are spoken of; their
            ids are "e1", "e2", …
        approvers: how many different people have to approve this meeting, where the settings ask for fewer.
        correction_days: how many working days participants have to suggest corrections before it is published, 0 for
            none; None for what the settings say.
        publish: what is published beside the text.
        hide_with: what stands in the place of sound that was taken out.
        picture_shows_nobody: staff say that the picture never shows anybody protected, nor names them.
        hear_twice: the recording is heard again with the names of protected people in mind.
        agenda: (n_items,) in order, published: the sections of the record.
        begins: time of day in Taipei at the recording's 0:00, "14:05:00"; empty if unknown. It is published with the
            times of the record where a format has them, and places what came with times of day.
        join: id of the proposal on the public policy participation platform (join.gov.tw), published; empty if none.
        video: address of the video that was published elsewhere; empty if none.
        licence: of the record.
        brought: files of what was written during the meeting.
        sayit_times: the file for SayIt says when each paragraph was said; wants `date` and `begins`.
    """

    title: str = ""
    date: str = ""
    place: str = ""
    case: str = ""
    links: tuple[Link, ...] = ()
    participants: tuple[Participant, ...] = ()
    glossary: tuple[str, ...] = ()
    language: str = "auto"
    speakers: tuple[int | None, int | None] = (None, None)
    channels: str = "auto"
    microphones: tuple[Microphone, ...] = ()
    introduced_in_order: bool = False
    elsewhere: tuple[Participant, ...] = ()
    approvers: int = 1
    correction_days: int | None = None
    publish: Medium = Medium.SOUND
    hide_with: Stand = Stand.TONE
    picture_shows_nobody: bool = False
    hear_twice: bool = False
    agenda: tuple[AgendaItem, ...] = ()
    begins: str = ""
    join: str = ""
    video: str = ""
    licence: Licence = Licence.CC0
    brought: tuple[Attachment, ...] = ()
    sayit_times: bool = False

    @property
    def protected(self) -> tuple[Participant, ...]:
        """Those who asked for anonymity, whether they take part or not."""
        return tuple(p for p in (*self.participants, *self.elsewhere) if p.protected)

    def participant(self, participant_id: str) -> Participant | None:
        """The person of that id, if there is one."""
        return next((p for p in (*self.participants, *self.elsewhere) if p.id == participant_id), None)
