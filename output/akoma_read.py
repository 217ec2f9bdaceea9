"""Both profiles of Akoma Ntoso, read back."""

from __future__ import annotations

import datetime

from output import clock, licence
from output.akoma_ntoso import LICENCE_IS, OF_THIS_ITEM
from output.told import Item, Said, Told
from output.words import ISO_639
from output.xml_tree import Element, read
from speakers.meeting import Licence

_LANGUAGES = {three: two for two, three in ISO_639.items()}


def told(data: bytes) -> Told:
    """What a file that `output.akoma_ntoso` or `output.akoma_ntoso_30` wrote tells.

    Raises:
        KeyError: If a speech is by nobody in the references, or the licence is none of those that there are.
    """
    root = read(data)
    debate = root.find("debate")
    begun = debate.find("preface//recordedTime")
    zero = datetime.datetime.fromisoformat(begun.get("time")) if begun is not None else None
    names = {f"#{p.get('eId') or p.get('id')}": p.get("showAs") for p in root.iter("TLCPerson")}
    (meeting,) = debate.find("debateBody")
    parts = meeting.findall("debateSection")
    items = tuple(_item(part, part.findtext("heading"), names, zero) for part in parts)
    language = root.find(".//FRBRlanguage")
    return Told(
        heading=meeting.findtext("heading"),
        links=tuple(_linked(meeting, "")),
        items=items or (_item(meeting, "", names, zero),),
        note=_note(meeting),
        licence=_licence(root, meeting),
        date=_attribute(debate.find("preface//docDate"), "date"),
        case=debate.findtext("preface//docNumber") or "",
        place=debate.findtext("preface//location") or "",
        language=_LANGUAGES[language.get("language")] if language is not None else "",
        begins=begun.text if begun is not None else "",
        proposal=_attribute(root.find(".//TLCReference[@name='proposal']"), "href"),
        video=_attribute(root.find(".//TLCReference[@name='video']"), "href"),
    )


def _item(part: Element, title: str, names: dict[str, str], zero: datetime.datetime | None) -> Item:
    slides = [url for before in OF_THIS_ITEM.values() for _, url in _linked(part, before)]
    began = part.find("narrative/recordedTime")
    said = tuple(_said(speech, names, zero) for speech in part.iterchildren("speech") if speech.get("by"))
    at = clock.since(zero, began.get("time")) if zero and began is not None else None
    return Item(title, slides[0] if slides else "", said, at)


def _said(speech: Element, names: dict[str, str], zero: datetime.datetime | None) -> Said:
    label = names[speech.get("by")]
    text = "".join("".join(block.itertext()).strip("\n ") for block in speech.iterchildren("p"))
    moments = [speech.get(name) if zero else None for name in ("startTime", "endTime")]
    start, end = (clock.since(zero, moment) if zero and moment else None for moment in moments)
    return Said(label, speech.findtext("from") or label, text, start, end)


def _narratives(section: Element) -> list[Element]:
    """What is nobody's words, in a section and those under it; a timed file for SayIt has it as speeches by nobody."""
    found = section.xpath(".//narrative//i | .//speech[@by='']//i")
    return list(found)


def _linked(section: Element, before: str) -> list[tuple[str, str]]:
    """The links of the narrative that begins with these words after its bracket."""
    return [
        (anchor.text, anchor.get("href"))
        for italic in _narratives(section)
        if italic.text == f"（{before}"
        for anchor in italic.iterchildren("a")
    ]


def _note(meeting: Element) -> str:
    notes = [italic.text[1:-1] for italic in _narratives(meeting) if len(italic) == 0]
    return notes[0] if notes else ""


def _licence(root: Element, meeting: Element) -> Licence:
    pages = [page.text for page in root.iter("license")]
    pages += [url for before in LICENCE_IS.values() for _, url in _linked(meeting, before)]
    return licence.at(pages[0]) if pages else Licence.CC0


def _attribute(element: Element, name: str) -> str:
    return element.get(name) if element is not None else ""
