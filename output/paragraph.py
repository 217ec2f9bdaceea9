"""What every text format shows alike: clean labels and clean paragraphs, in spoken order.

The formats differ in how they write a character, never in which characters there are. So whatever cannot
stand in all of them is taken out here, once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from output.words import chosen
from redaction.released import PublicStatement, PublicWritten, Released
from speakers.record import Millis, Span, WrittenKind

_INVISIBLE = frozenset(
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero-width space, word joiner, byte order mark
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # embeddings, overrides and isolates
)
"""Characters that nobody sees, but that hide a word from a search or show a line in another order.

Joiners and direction marks (U+200C to U+200F) stay: emoji and right-to-left scripts are spelled with them.
"""


_NOT_IN_AN_ADDRESS = re.compile(r"[<>\"{}|\\^`\[\]#]|%(?![0-9A-Fa-f]{2})")

_NOTES = {
    "zh": "註：以編號（例如「參與者 1」）、代稱或「（不具名）」出現的發言者未具名。"
    "參與者與發言者的編號只在本次會議內有效，不同會議的相同編號不代表同一人；「（不具名）」可能不只一人。"
    "代稱所取代的，是應當事人要求或依法不予公開的內容。",
    "en": 'Note: speakers shown with a number (such as "Participant 1"), under a pseudonym, or as "(unnamed)" '
    "are not named. A participant's or speaker's number belongs to this meeting only; the same number elsewhere is "
    'not the same person, and "(unnamed)" could be several. Placeholders stand for words that are not published, '
    "at somebody's request or by law.",
}


_WRITTEN = {
    "zh": {WrittenKind.QUESTION: "Slido 提問", WrittenKind.MESSAGE: "聊天室留言"},
    "en": {WrittenKind.QUESTION: "Slido question", WrittenKind.MESSAGE: "chat message"},
}
"""What a paragraph was that nobody spoke."""

_UNNAMED = {"zh": "發言者", "en": "Speaker"}
_BEFORE = {"zh": "議程開始前", "en": "Before the agenda"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the published record.

    Attributes:
        speaker: index into `Released.speakers`.
        label: as every format shows that speaker.
        text: never empty, one line; of what was written it begins with what that was, in brackets.
        number: from 1, of its statement: by this a format may point at it.
        span: when it is said, milliseconds from the start of the recording; None if it has no caption.
    """

    speaker: int
    label: str
    text: str
    number: int
    span: Span | None


@dataclass(frozen=True, slots=True)
class Section:
    """An item of the agenda, or what was said before the first one.

    Attributes:
        title: one line; empty only where there is no agenda.
        slides: address of what was shown; empty if nothing was.
        at: when it begins; None if unknown.
        paragraphs: (n_paragraphs,) may be none.
    """

    title: str
    slides: str
    at: Millis | None
    paragraphs: tuple[Paragraph, ...]


def readable(text: str) -> str:
    r"""The text with the characters that may stand in every published file, in normal form C, on one line.

    >>> readable("a\x00\x1bb <c>\r\n d\u200b\u3000")
    'ab <c> d'
    """
    kept = text.translate(_SHOWN)
    return unicodedata.normalize("NFC", re.sub(" +", " ", kept).strip(" \u3000"))


class _Shown(dict[int, str]):
    """What is shown of a character, by its number: looked up once each, as a record has few different ones."""

    def __missing__(self, number: int) -> str:
        shown = self[number] = _shown(chr(number))
        return shown


_SHOWN = _Shown()


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
    unnamed = chosen(_UNNAMED, released.language)
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
    return tuple(
        f"{label}{opening}{role}{closing}" if role else label
        for label, role in zip(labels(released), roles(released), strict=True)
    )


def roles(released: Released) -> tuple[str, ...]:
    """The role of everybody who is named, (n_speakers,); empty for the others, whom it would give away."""
    return tuple(readable(speaker.role) if speaker.named else "" for speaker in released.speakers)


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
    return tuple(
        Paragraph(
            said.speaker,
            shown[said.speaker],
            lead(said.written, released.language) + text,
            number,
            _span(said),
        )
        for number, said in enumerate(released.statements, start=1)
        if (text := readable(said.text))
    )


def lead(written: PublicWritten | None, language: str) -> str:
    """What stands before what was written and not spoken, so that nobody takes it for speech; nothing before speech.

    >>> lead(PublicWritten(WrittenKind.QUESTION, 12, answered=True), "zh")
    '（Slido 提問，12 票，已回答）'
    """
    if written is None:
        return ""
    chinese, votes = language == "zh", written.votes
    parts = [chosen(_WRITTEN, language)[written.kind]]
    if votes is not None:
        parts.append(f"{votes} 票" if chinese else f"{votes} vote{'' if votes == 1 else 's'}")
    if written.answered:
        parts.append("已回答" if chinese else "answered")
    return f"（{'，'.join(parts)}）" if chinese else f"({', '.join(parts)}) "


def sections(released: Released) -> tuple[Section, ...]:
    """Every paragraph in its item of the agenda, in spoken order.

    Returns:
        (n_sections,); a single one without a title where there is no agenda. What was said before the first item
        stands under a title of ours, as formats that have sections have no place beside them.
    """
    spoken = paragraphs(released)
    # A heading that ends in a colon would be read as a speaker.
    agenda = [(s, title) for s in released.sections if (title := _without_colon(readable(s.title)))]
    if not agenda:
        return (Section("", "", None, spoken),)
    ends = [s.first for s, _ in agenda[1:]] + [len(released.statements)]
    parts = [
        Section(title, _web(s.slides), s.at, tuple(p for p in spoken if s.first < p.number <= end))
        for (s, title), end in zip(agenda, ends, strict=True)
    ]
    before = tuple(p for p in spoken if p.number <= agenda[0][0].first)
    opening = chosen(_BEFORE, released.language)
    return (Section(opening, "", None, before), *parts) if before else tuple(parts)


def _span(said: PublicStatement) -> Span | None:
    if not said.cues:
        return None
    return Span(said.cues[0].span.start, max(cue.span.end for cue in said.cues))


def note(released: Released, spoken: tuple[Paragraph, ...]) -> str:
    """What labels and placeholders mean, for readers; empty where there are none.

    Args:
        released: the record.
        spoken: its paragraphs.
    """
    if released.hidden or any(not released.speakers[p.speaker].named for p in spoken):
        return chosen(_NOTES, released.language)
    return ""


def web_links(released: Released) -> tuple[tuple[str, str], ...]:
    """The (label, address) of each link that leads to a page of the web.

    Anything else (`javascript:`, `file:`) would run or lead inside the office when a reader clicks it.
    """
    chinese = released.language == "zh"
    named = (
        ("影片" if chinese else "Video", released.video),
        (
            "公共政策網路參與平臺提案" if chinese else "Proposal on the participation platform",
            proposal(released),
        ),
    )
    pairs = [(label, _web(url)) for label, url in (*((k.label, k.url) for k in released.links), *named)]
    known: dict[str, str] = {}
    for label, url in pairs:
        if url:
            known.setdefault(url, readable(label) or url)
    return tuple((label, url) for url, label in known.items())


def proposal(released: Released) -> str:
    """The address of the proposal on the public policy participation platform; empty if there is none."""
    return f"https://join.gov.tw/idea/detail/{released.join}" if released.join else ""


def video(released: Released) -> str:
    """The address of the video that was published elsewhere; empty if there is none."""
    return _web(released.video)


def _web(url: str) -> str:
    """An address of the web, as one may be written; empty if it is none.

    >>> _web("https://example.org/<b>#c#d%"), _web("javascript:alert(1)")
    ('https://example.org/%3Cb%3E#c%23d%25', '')
    """
    address = "".join(readable(url).split())
    if not address.lower().startswith(("https://", "http://")):
        return ""
    page, hash_, place = address.partition("#")
    return _encoded(page) + hash_ + _encoded(place)


def _encoded(part: str) -> str:
    return _NOT_IN_AN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", part)
