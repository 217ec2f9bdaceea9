"""Akoma Ntoso as SayIt imports it: without a namespace, one speech to a paragraph, untimed unless asked for.

What SayIt accepts, and what it drops or shows without a word, is in docs/formats.md.
"""

from __future__ import annotations

import datetime
import re

from output import clock, licence
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
from output.words import both, chosen, words
from output.xml_tree import Element, as_bytes, read, top, under
from redaction.released import Released
from speakers.meeting import Licence

MAX_FROM_CHARACTERS = 256
"""SayIt's column is no wider; a longer `<from>` fails the whole import."""

_ONTOLOGY = "/ontology/person/::/"

_NOT_IN_AN_ID = re.compile(
    r"[^A-Za-z0-9_.\-\u00B7\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D\u037F-\u1FFF\u200C\u200D\u203F\u2040"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF]"
)
_NOT_FIRST_IN_AN_ID = re.compile(r"[0-9.\-\u00B7\u0300-\u036F\u203F\u2040]")

OF_THIS_ITEM = {"zh": "本段", "en": "This item: "}
LICENCE_IS = both("licence")
"""What stands before a link that is none of the meeting's pages."""

_NOTE = re.compile(r"（[^（）]+）|\([^()]+\)")
"""A paragraph that is a note of the record's makers, such as （不列入紀錄）, and nobody's words."""


def serialize(released: Released) -> bytes:
    """The record as SayIt reads it, with times where the meeting asks for them and they are known.

    Args:
        released: the only source; people who say nothing do not appear.

    Returns:
        UTF-8 XML. The same record gives the same bytes.

    Note:
        A note that is a whole paragraph stays a speech: SayIt ignores who a `<narrative>` is by, so
        （不列入紀錄） would be read as a remark on the speaker before.
    """
    root = tree(released)
    begun = clock.zero(released) if released.sayit_times else None
    if begun is not None:
        _time(root, released, begun)
    return as_bytes(root)


def tree(released: Released) -> Element:
    """The record in the house style of Taiwan's archive, which the other profile is made from as well."""
    root = top("akomaNtoso")
    debate = under(root, "debate")
    spoken, said = paragraphs(released), words(released)
    ids = _people(under(debate, "meta"), released, {p.speaker for p in spoken})
    _preface(debate, released)
    meeting = section = under(under(debate, "debateBody"), "debateSection")
    under(meeting, "heading", text=_heading(released))
    links = web_links(released)
    titled = labels_with_roles(released)
    for part in sections(released):
        if part.title:  # SayIt sorts sections before speeches beside them: all of these stand below one
            section = under(meeting, "debateSection")
            under(section, "heading", text=part.title)
        _pages(section, links)
        links = ()
        if part.slides:
            before = chosen(OF_THIS_ITEM, released.language)
            _pages(section, ((said["slides"], part.slides),), before)
        _speeches(section, part.paragraphs, titled, ids)
    if told := note(released, spoken):
        _narrative(section).text = f"{said['opening']}{told}{said['closing']}"
    if released.licence is not Licence.CC0:  # under which everything in the archive is
        before = chosen(LICENCE_IS, released.language)
        _pages(section, ((licence.name(released), licence.address(released)),), before)
    return root


def _speeches(
    section: Element, said: tuple[Paragraph, ...], titled: tuple[str, ...], ids: dict[int, str]
) -> None:
    """A speech for each paragraph."""
    for paragraph in said:
        speech = under(section, "speech", by=f"#{ids[paragraph.speaker]}")
        if titled[paragraph.speaker] != paragraph.label:
            under(speech, "from", text=titled[paragraph.speaker][:MAX_FROM_CHARACTERS])
        block = under(speech, "p")
        if _NOTE.fullmatch(paragraph.text):
            block = under(block, "i")
        block.text = paragraph.text


def _time(root: Element, released: Released, begun: datetime.datetime) -> None:
    """Give every block a later time than the one before: SayIt orders by it, and puts what has none last.

    SayIt ignores the time of a narrative, so that becomes a speech by nobody. Whole seconds, since that is what it
    shows; where people are quicker, a block is a second late.
    """
    spans = iter(p.span for p in paragraphs(released))
    last = -1
    for block in list(root.iter("speech", "narrative")):
        span = next(spans) if block.tag == "speech" else None
        last = max(last + 1, span.start // 1000 if span else 0)
        if block.tag == "narrative":
            block.tag = "speech"
            block.set("by", "")
        block.set("startTime", (begun + datetime.timedelta(seconds=last)).isoformat(timespec="seconds"))


def parse(data: bytes) -> tuple[tuple[str, str], ...]:
    """The (speaker label, text) of every speech by somebody, in document order.

    Raises:
        KeyError: If a speech is by nobody in the references.
    """
    root = read(data)
    names = {person.get("id"): person.get("showAs") for person in root.iter("TLCPerson")}
    return tuple(
        (names[speech.get("by")[1:]], "".join(block.itertext()).strip("\n "))
        for speech in root.iter("speech")
        if speech.get("by")
        for block in speech.iterchildren("p")
    )


def _heading(released: Released) -> str:
    """Never empty: SayIt refuses an empty heading."""
    return readable(released.heading) or "Record"


def _people(meta: Element, released: Released, speaking: set[int]) -> dict[int, str]:
    """Write a TLCPerson for each one who speaks, and say which id each has."""
    references = under(meta, "references")
    shown = labels(released)
    ids: dict[int, str] = {}
    for index, href in person_addresses(released, speaking).items():
        ids[index] = unlike(_xml_id(_spelt(released, index)), list(ids.values()))
        under(references, "TLCPerson", id=ids[index], href=href, showAs=shown[index])
    return ids


def person_addresses(released: Released, speaking: set[int]) -> dict[int, str]:
    """By which address SayIt knows each of the speakers again: index into `Released.speakers` to address.

    A person of the archive is found again by it, so a real name stays as it is spelled; a label belongs to one
    meeting, since a shared address would join the pages of different people.
    """
    known: dict[int, str] = {}
    for index in sorted(speaking):
        person, name = released.speakers[index], _spelt(released, index)
        scope = "" if person.named and readable(person.label) else f"{slug(released.heading)}/"
        href = f"{_ONTOLOGY}{scope}{name}"
        if href in known.values():  # namesakes
            href = unlike(f"{_ONTOLOGY}{slug(released.heading)}/{name}", list(known.values()))
        known[index] = href
    return known


def _spelt(released: Released, index: int) -> str:
    """The name of somebody named, and a key for anybody else."""
    person = released.speakers[index]
    name = readable(person.label) if person.named else ""
    return name or readable(person.key) or f"{index + 1}"


def _xml_id(name: str) -> str:
    """The name as XML allows it in an id: the name itself where it can be.

    >>> _xml_id("高慧敏"), _xml_id("Audrey Tang"), _xml_id("3M's J. Roe")
    ('高慧敏', 'Audrey_Tang', '_3M_s_J._Roe')
    """
    allowed = _NOT_IN_AN_ID.sub("_", name)
    return f"_{allowed}" if not allowed or _NOT_FIRST_IN_AN_ID.match(allowed) else allowed


def _preface(debate: Element, released: Released) -> None:
    """Title, date and source, as SayIt takes them."""
    preface = under(debate, "preface")
    under(under(preface, "p"), "docTitle", text=_heading(released))
    date = clock.iso_date(released.date)
    if date:
        under(under(preface, "p"), "docDate", date=date, text=date)
    for _, url in web_links(released)[:1]:
        under(preface, "link", href=url)


def _pages(section: Element, links: tuple[tuple[str, str], ...], before: str = "") -> None:
    """The (label, address) of links as the archive writes them: a narrative, in brackets."""
    if not links:
        return
    italic = _narrative(section)
    italic.text = f"（{before}"
    for number, (label, url) in enumerate(links, start=1):
        anchor = under(italic, "a", href=url)
        anchor.text = label
        anchor.tail = "）" if number == len(links) else "，"


def _narrative(section: Element) -> Element:
    """Where the words of a new narrative go."""
    return under(under(under(section, "narrative"), "p"), "i")
