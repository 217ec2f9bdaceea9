"""What a text format tells, read back out of it: the same from each, so that they can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from speakers.meeting import Licence
from speakers.record import Millis


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph.

    Attributes:
        label: of the speaker.
        shown: the label with the role, where the format shows one; else the label.
        text: the words.
        start: milliseconds from the start of the recording; None if the format does not say.
        end: likewise.
    """

    label: str
    shown: str
    text: str
    start: Millis | None = None
    end: Millis | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the agenda.

    Attributes:
        title: empty where there is no agenda.
        slides: address of what was shown; empty if nothing was.
        said: (n_paragraphs,) under it.
        at: when it begins, in milliseconds; None if the format does not say.
    """

    title: str
    slides: str
    said: tuple[Said, ...]
    at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A record, as far as a format holds it; what one does not hold is empty.

    Attributes:
        heading: date and title.
        links: (label, address) of each page that belongs to it.
        items: (n_items,) in order; at least one.
        note: what labels and placeholders mean.
        licence: of the record.
        date: ISO.
        case: case number.
        place: where it was held.
        language: "zh" or "en".
        begins: time of day in Taipei at 0:00.
        proposal: address on the participation platform.
        video: address of the video.
    """

    heading: str
    links: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]
    note: str = ""
    licence: Licence = Licence.CC0
    date: str = ""
    case: str = ""
    place: str = ""
    language: str = ""
    begins: str = ""
    proposal: str = ""
    video: str = ""
