"""What may be published: the types that `output/` is allowed to see.

`Released` is built by `redaction.release.release` and by nothing else. Its fields are an allow-list: there is
no word time, no confidence, no participant id, no path and no alias in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from speakers.meeting import Licence, Link, Stand
from speakers.record import Millis, Span, WrittenKind, union


@dataclass(frozen=True, slots=True)
class PublicSpeaker:
    """A name, or the label that stands for somebody.

    Attributes:
        label: as it is shown: a real name, 「參與者 1」/"Participant 1", 「發言者 1」/"Speaker 1".
        key: for ids and links, without spaces; equals the name of a named person, never derived from one otherwise.
        role: shown beside the name of somebody who is named; empty for everybody else.
        named: whether label is a person's name. Keys of the others are only unique within the meeting.
    """

    label: str
    key: str
    role: str
    named: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece of a statement that is shown as one caption.

    Attributes:
        span: when it is said.
        text: one line.
        breaks: (n_places,) ascending: indices into `text` at which another line may begin, all other places being
            inside a word, a placeholder or a name.
    """

    span: Span
    text: str
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicWritten:
    """How a paragraph came to be that was written during the meeting, and not spoken.

    Attributes:
        kind: a question of the audience, or a message in the meeting's chat.
        votes: how many people wanted the question answered; None where nobody counted.
        answered: whether it was marked as answered; None where nobody said so.
    """

    kind: WrittenKind
    votes: int | None = None
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class PublicStatement:
    """A paragraph of the published record.

    Attributes:
        speaker: index into `Released.speakers`.
        text: masked; one paragraph, no line breaks, never empty.
        cues: (n_cues,) in order; together they hold the text once, but for the spaces between them. None of what was
            written: nobody says it.
        written: how it was written; None for what was spoken.
    """

    speaker: int
    text: str
    cues: tuple[Cue, ...]
    written: PublicWritten | None = None


@dataclass(frozen=True, slots=True)
class PublicSection:
    """An item of the agenda.

    Attributes:
        title: never empty.
        first: index into `Released.statements` of its first one; that of the next section, or past the last
            statement, where nothing was said.
        at: when it begins; None where nobody said so, and then nothing stands under it.
        slides: address of what was shown; empty if nothing was.
    """

    title: str
    first: int
    at: Millis | None = None
    slides: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a synthetic voice may read in a protected person's place.

    Attributes:
        span: inside what is replaced; the reading is never longer.
        text: as it is published.
        voice: which one, from 0, in the order in which these people first speak.
    """

    span: Span
    text: str
    voice: int


@dataclass(frozen=True, slots=True)
class ReleasedSound:
    """How the published sound is made from the original.

    Attributes:
        allowed: whether sound may be published at all.
        reason: why not, as a sentence for people; empty if allowed.
        replaced: (n_spans,) sorted, disjoint: what must not be heard on any channel, margins included.
        hide_with: what is heard instead.
        spoken: (n_turns,) sorted, disjoint: what a voice is to read there; none without such a voice.
        unread: (n_turns,) what was to be read, but takes too long or must not be; a tone stands there.
    """

    allowed: bool
    reason: str
    replaced: tuple[Span, ...]
    hide_with: Stand = Stand.TONE
    spoken: tuple[Spoken, ...] = ()
    unread: tuple[Span, ...] = ()


PICTURE_MARGIN_MS = 500
"""So much more is blanked in the picture than in the sound: lips move before they are heard."""


@dataclass(frozen=True, slots=True)
class ReleasedPicture:
    """Whether the picture is published.

    Attributes:
        allowed: whether it may be; what is replaced in the sound is black in it.
        reason: why not, as a sentence for people; empty if allowed, or if nobody asked for it.
    """

    allowed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """An approved record with everything hidden that is to be hidden.

    Attributes:
        title: of the meeting; empty if nobody gave one.
        date: ISO or empty.
        place: empty if unknown.
        case: case number or empty.
        links: pages that belong to it.
        language: "zh" or "en": the language of labels and headings.
        speakers: (n_speakers,) in order of first statement.
        statements: (n_statements,) in spoken order; what was written stands where it came.
        sound: how the published sound is made.
        approval: digest of what was approved.
        approved_at: ISO time with offset.
        approvers: how many different people approved.
        hidden: how many marks of each kind were hidden; says how much, never what.
        picture: whether the picture is published.
        sections: (n_sections,) by `first`: the agenda; none where there is none.
        begins: time of day in Taipei at 0:00, "14:05:00"; empty if unknown.
        join: id of the proposal on the public policy participation platform; empty if none.
        video: address of a video that was published elsewhere; empty if none.
        licence: of the record.
    """

    title: str
    date: str
    place: str
    case: str
    links: tuple[Link, ...]
    language: str
    speakers: tuple[PublicSpeaker, ...]
    statements: tuple[PublicStatement, ...]
    sound: ReleasedSound
    approval: str
    approved_at: str
    approvers: int
    hidden: tuple[tuple[str, int], ...]
    picture: ReleasedPicture = ReleasedPicture()
    sections: tuple[PublicSection, ...] = ()
    begins: str = ""
    join: str = ""
    video: str = ""
    licence: Licence = Licence.CC0

    @property
    def blanked(self) -> tuple[Span, ...]:
        """(n_spans,) sorted, disjoint: when the picture is black."""
        return union([span.widened(PICTURE_MARGIN_MS) for span in self.sound.replaced])

    @property
    def heading(self) -> str:
        """What the record is called: date and title, as the archive names its records."""
        title = self.title or ("會議逐字稿" if self.language == "zh" else "Meeting record")
        return f"{self.date} {title}".strip()
