"""TEI P5, as corpora of spoken language are kept: an utterance to a paragraph, with its times where they are known."""

from __future__ import annotations

from output import clock, licence
from output.akoma_ntoso import person_addresses
from output.paragraph import (
    Paragraph,
    labels,
    note,
    paragraphs,
    readable,
    roles,
    sections,
    web_links,
)
from output.public_json import person_id
from output.words import tag
from output.xml_tree import XML_ID, XML_LANG, Element, as_bytes, top, under
from redaction.released import Released

NAMESPACE = "http://www.tei-c.org/ns/1.0"

_ZERO = "zero"


def serialize(released: Released) -> bytes:
    """The record as TEI.

    Returns:
        UTF-8 XML; the same record gives the same bytes. Moments are seconds from the start of the recording.
    """
    root = top("TEI", NAMESPACE)
    root.set(XML_LANG, tag(released))
    spoken = paragraphs(released)
    people = {index: person_id(place) for place, index in enumerate(sorted({p.speaker for p in spoken}))}
    _header(under(root, "teiHeader"), released, people)
    text = under(root, "text")
    _timeline(under(text, "front"), spoken)
    body = under(text, "body")
    for section in sections(released):
        part = under(body, "div", type="item" if section.title else "meeting")
        if section.title:
            under(part, "head", text=section.title)
        if section.slides:
            under(under(part, "note", type="slides"), "ref", text=section.slides, target=section.slides)
        for paragraph in section.paragraphs:
            _utterance(part, paragraph, people)
    if said := note(released, spoken):
        under(under(under(text, "back"), "div", type="note"), "p", text=said)
    return as_bytes(root)


def _header(header: Element, released: Released, people: dict[int, str]) -> None:
    file = under(header, "fileDesc")
    under(under(file, "titleStmt"), "title", text=readable(released.heading) or "Record")
    publication = under(file, "publicationStmt")
    under(publication, "publisher", text="Zhuzi")
    if case := readable(released.case):
        under(publication, "idno", text=case, type="case")
    rights = under(publication, "availability", status="free")
    under(rights, "licence", text=licence.name(released), target=licence.address(released))
    source = under(file, "sourceDesc")
    recording = under(under(source, "recordingStmt"), "recording", type="audio")
    if date := clock.iso_date(released.date):
        under(recording, "date", text=date, when=date)
    links = web_links(released)
    if links:
        cited = under(source, "listBibl")
        for label, url in links:
            under(under(cited, "bibl"), "ref", text=label, target=url)
    profile = under(header, "profileDesc")
    setting = readable(released.place)
    if people:
        _people(under(under(profile, "particDesc"), "listPerson"), released, people)
    if setting:
        under(under(under(profile, "settingDesc"), "setting"), "locale", text=setting)


def _people(persons: Element, released: Released, people: dict[int, str]) -> None:
    """Those who speak; an address only of those who are named."""
    shown, titles, addresses = labels(released), roles(released), person_addresses(released, set(people))
    for index, name in people.items():
        person = under(persons, "person")
        person.set(XML_ID, name)
        kind = "name" if released.speakers[index].named else "label"
        under(person, "persName", text=shown[index], type=kind)
        if titles[index]:
            under(person, "occupation", text=titles[index])
        if released.speakers[index].named:
            under(person, "idno", text=addresses[index], type="akn")


def _timeline(front: Element, spoken: tuple[Paragraph, ...]) -> None:
    """Every moment at which somebody begins or ends, once."""
    line = under(front, "timeline", unit="s", origin=f"#{_ZERO}")
    under(line, "when").set(XML_ID, _ZERO)
    moments = {moment for p in spoken if p.span for moment in (p.span.start, p.span.end)}
    for moment in sorted(moments):
        when = under(line, "when", interval=f"{moment / 1000:.3f}", since=f"#{_ZERO}")
        when.set(XML_ID, f"t{moment}")


def _utterance(part: Element, paragraph: Paragraph, people: dict[int, str]) -> None:
    said = under(part, "u", text=paragraph.text, who=f"#{people[paragraph.speaker]}")
    said.set(XML_ID, f"u{paragraph.number}")
    if paragraph.span:
        said.set("start", f"#t{paragraph.span.start}")
        said.set("end", f"#t{paragraph.span.end}")
