"""Akoma Ntoso as SayIt imports it: untimed, without a namespace, one speech to a paragraph.

What SayIt accepts, and what it drops or shows without a word, is in docs/sayit-format.md.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from lxml import etree

from output.paragraph import (
    Paragraph,
    labels,
    labels_with_roles,
    note,
    paragraphs,
    readable,
    sections,
    unlike,
    web_links,
)
from output.slug import slug
from redaction.released import Released

MAX_FROM_CHARACTERS = 256
"""SayIt's column is no wider; a longer `<from>` fails the whole import."""

_ONTOLOGY = "/ontology/person/::/"

_NOT_IN_AN_ID = re.compile(
    r"[^A-Za-z0-9_.\-\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C\u200D\u203F\u2040"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF]"
)
_NOT_FIRST_IN_AN_ID = re.compile(r"[0-9.\-\u00B7\u0300-\u036F\u203F\u2040]")

_NOTE = re.compile(r"（[^（）]+）|\([^()]+\)")
"""A paragraph that is a note of the record's makers, such as （不列入紀錄）, and nobody's words."""

# lxml ships no types; this is the one place where its elements are named.
_Element = Any


def serialize(released: Released) -> bytes:
    """The record as SayIt reads it.

    Args:
        released: the only source; people who say nothing do not appear.

    Returns:
        UTF-8 XML. The same record gives the same bytes.

    Note:
        A note that is a whole paragraph stays a speech: SayIt ignores who a `<narrative>` is by, so
        （不列入紀錄） would be read as a remark on the speaker before.
    """
    root = etree.Element("akomaNtoso")
    debate = etree.SubElement(root, "debate")
    spoken = paragraphs(released)
    ids = _people(etree.SubElement(debate, "meta"), released, {p.speaker for p in spoken})
    _preface(debate, released)
    top = section = etree.SubElement(etree.SubElement(debate, "debateBody"), "debateSection")
    etree.SubElement(top, "heading").text = _heading(released)
    links = web_links(released)
    titled = labels_with_roles(released)
    for part in sections(released):
        if part.title:  # SayIt sorts sections before speeches beside them: all of these stand below one
            section = etree.SubElement(top, "debateSection")
            etree.SubElement(section, "heading").text = part.title
        slides = "投影片" if released.language == "zh" else "Slides"
        _pages(section, (*links, (slides, part.slides)) if part.slides else links)
        links = ()
        _speeches(section, part.paragraphs, titled, ids)
    if said := note(released, spoken):
        opening, closing = ("（", "）") if released.language == "zh" else ("(", ")")
        block = etree.SubElement(etree.SubElement(section, "narrative"), "p")
        etree.SubElement(block, "i").text = f"{opening}{said}{closing}"
    return _bytes(root)


def _speeches(
    section: _Element, said: tuple[Paragraph, ...], titled: tuple[str, ...], ids: dict[int, str]
) -> None:
    """A speech for each paragraph."""
    for paragraph in said:
        speech = etree.SubElement(section, "speech", by=f"#{ids[paragraph.speaker]}")
        if titled[paragraph.speaker] != paragraph.label:
            etree.SubElement(speech, "from").text = titled[paragraph.speaker][:MAX_FROM_CHARACTERS]
        block = etree.SubElement(speech, "p")
        if _NOTE.fullmatch(paragraph.text):
            block = etree.SubElement(block, "i")
        block.text = paragraph.text


def parse(data: bytes) -> tuple[tuple[str, str], ...]:
    """The (speaker label, text) of every speech, in document order.

    Raises:
        KeyError: If a speech is by nobody in the references.
    """
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    names = {person.get("id"): person.get("showAs") for person in root.iter("TLCPerson")}
    return tuple(
        (names[speech.get("by")[1:]], "".join(block.itertext()).strip("\n "))
        for speech in root.iter("speech")
        for block in speech.iterchildren("p")
    )


def _bytes(root: _Element) -> bytes:
    etree.indent(root, space="  ")
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _heading(released: Released) -> str:
    """Never empty: SayIt refuses an empty heading."""
    return readable(released.heading) or "Record"


def _people(meta: _Element, released: Released, speaking: set[int]) -> dict[int, str]:
    """Write a TLCPerson for each one who speaks, and say which id each has."""
    references = etree.SubElement(meta, "references")
    shown = labels(released)
    ids: dict[int, str] = {}
    hrefs: list[str] = []
    for index, person in enumerate(released.speakers):
        if index not in speaking:
            continue
        # A person of the archive is found again by this address, so a real name stays as it is spelled; a
        # label belongs to one meeting, since a shared address would join the pages of different people.
        key = readable(person.key) or f"{index + 1}"
        name = readable(person.label) if person.named else ""
        scope = "" if name else f"{slug(released.heading)}/"
        href = f"{_ONTOLOGY}{scope}{name or key}"
        if href in hrefs:  # namesakes
            href = unlike(f"{_ONTOLOGY}{slug(released.heading)}/{name or key}", hrefs)
        hrefs.append(href)
        ids[index] = unlike(_xml_id(name or key), list(ids.values()))
        etree.SubElement(references, "TLCPerson", id=ids[index], href=href, showAs=shown[index])
    return ids


def _xml_id(name: str) -> str:
    """The name as XML allows it in an id: the name itself where it can be.

    >>> _xml_id("高慧敏"), _xml_id("Audrey Tang"), _xml_id("3M's J. Roe")
    ('高慧敏', 'Audrey_Tang', '_3M_s_J._Roe')
    """
    allowed = _NOT_IN_AN_ID.sub("_", name)
    return f"_{allowed}" if not allowed or _NOT_FIRST_IN_AN_ID.match(allowed) else allowed


def _preface(debate: _Element, released: Released) -> None:
    """Title, date and source, as SayIt takes them."""
    preface = etree.SubElement(debate, "preface")
    etree.SubElement(etree.SubElement(preface, "p"), "docTitle").text = _heading(released)
    date = _iso_date(released.date)
    if date:
        etree.SubElement(etree.SubElement(preface, "p"), "docDate", date=date).text = date
    for _, url in web_links(released)[:1]:
        etree.SubElement(preface, "link", href=url)


def _iso_date(date: str) -> str:
    """The date where it is one in ISO form; a ROC year would be read as the first century.

    >>> _iso_date("2024-05-01"), _iso_date("113/05/01")
    ('2024-05-01', '')
    """
    try:
        return datetime.date.fromisoformat(date.strip()).isoformat()
    except ValueError:
        return ""


def _pages(section: _Element, links: tuple[tuple[str, str], ...]) -> None:
    """The (label, address) of links as the archive writes them: a narrative before the first speech."""
    if not links:
        return
    narrative = etree.SubElement(etree.SubElement(section, "narrative"), "p")
    italic = etree.SubElement(narrative, "i")
    italic.text = "（"
    for number, (label, url) in enumerate(links, start=1):
        anchor = etree.SubElement(italic, "a", href=url)
        anchor.text = label
        anchor.tail = "）" if number == len(links) else "，"
