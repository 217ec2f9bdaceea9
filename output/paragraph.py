"""What every text format shows alike: clean labels and clean paragraphs, in spoken order.

The formats differ in how they write a character, never in which characters there are. So whatever cannot
stand in all of them is taken out here, once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from redaction.released import Released

_INVISIBLE = frozenset(
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, byte order mark
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # embeddings, overrides and isolates
)
"""Characters that nobody sees, but that hide a word from a search or show a line in another order.

Joiners and direction marks (U+200C to U+200F) stay: emoji and right-to-left scripts are spelled with them.
"""


_NOTES = {
    "zh": "註：以編號（例如「參與者 1」）、代稱或「（不具名）」出現的發言者未具名。"
    "參與者與發言者的編號只在本次會議內有效，不同會議的相同編號不代表同一人；「（不具名）」可能不只一人。"
    "代稱所取代的，是應當事人要求或依法不予公開的內容。",
    "en": 'Note: speakers shown with a number (such as "Participant 1"), under a pseudonym, or as "(unnamed)" '
    "are not named. A participant's or speaker's number belongs to this meeting only; the same number elsewhere is "
    'not the same person, and "(unnamed)" could be several. Placeholders stand for words that are not published, '
    "at somebody's request or by law.",
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the published record.

    Attributes:
        speaker: index into `Released.speakers`.
        label: as every format shows that speaker.
        text: never empty, one line.
    """

    speaker: int
    label: str
    text: str


def readable(text: str) -> str:
    r"""The text with the characters that may stand in every published file, in normal form C, on one line.

    >>> readable("a\x00\x1bb <c>\r\n d\u200b\u3000")
    'ab <c> d'
    """
    kept = "".join(_shown(character) for character in text)
    return unicodedata.normalize("NFC", re.sub(" +", " ", kept).strip(" \u3000"))


def _shown(character: str) -> str:
    if character.isspace():
        return (
            character if character == "\u3000" else " "
        )  # the full-width space is part of Chinese typesetting
    category = unicodedata.category(character)
    noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return "" if category in {"Cc", "Cs"} or noncharacter or character in _INVISIBLE else character


def labels(released: Released) -> tuple[str, ...]:
    """How each speaker is shown: (n_speakers,), no two alike.

    Two people of one name would be read as one person; the later one carries a number. A colon at the end is
    taken off, because the formats put their own there.
    """
    unnamed = "發言者" if released.language == "zh" else "Speaker"
    shown: list[str] = []
    for number, speaker in enumerate(released.speakers, start=1):
        label = _without_colon(readable(speaker.label)) or f"{unnamed} {number}"
        shown.append(unlike(label, shown))
    return tuple(shown)


def labels_with_roles(released: Released) -> tuple[str, ...]:
    """The labels, (n_speakers,), and beside the name of somebody who is named the role.

    The role of anybody else would tell who it is, so it is not looked at.
    """
    opening, closing = ("（", "）") if released.language == "zh" else (" (", ")")
    roles = (readable(speaker.role) if speaker.named else "" for speaker in released.speakers)
    return tuple(
        f"{label}{opening}{role}{closing}" if role else label
        for label, role in zip(labels(released), roles, strict=True)
    )


def _without_colon(text: str) -> str:
    return text.rstrip(":： \u3000")


def unlike(wanted: str, taken: list[str]) -> str:
    """The wanted name, or the first numbered form of it that is not taken.

    >>> unlike("王大明", ["王大明", "王大明-2"])
    '王大明-3'
    """
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def paragraphs(released: Released) -> tuple[Paragraph, ...]:
    """Every statement that has something to show, in spoken order.

    Returns:
        (n_paragraphs,); a statement that holds nothing but characters that cannot be shown has none.
    """
    shown = labels(released)
    texts = ((statement.speaker, readable(statement.text)) for statement in released.statements)
    return tuple(Paragraph(speaker, shown[speaker], text) for speaker, text in texts if text)


def note(released: Released, spoken: tuple[Paragraph, ...]) -> str:
    """What labels and placeholders mean, for readers; empty where there are none.

    Args:
        released: the record.
        spoken: its paragraphs.
    """
    if released.hidden or any(not released.speakers[p.speaker].named for p in spoken):
        return _NOTES["zh" if released.language == "zh" else "en"]
    return ""


def web_links(released: Released) -> tuple[tuple[str, str], ...]:
    """The (label, address) of each link that leads to a page of the web.

    Anything else (`javascript:`, `file:`) would run or lead inside the office when a reader clicks it.
    """
    pairs = ((readable(link.label), "".join(readable(link.url).split())) for link in released.links)
    return tuple(
        (label or url, url) for label, url in pairs if url.lower().startswith(("https://", "http://"))
    )
