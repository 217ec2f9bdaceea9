"""Akoma Ntoso 3.0, valid against its schema: the tree of SayIt's file, and what SayIt has no place for.

SayIt needs what the schema forbids (`TLCPerson@id`, `preface/link`), so there are two files.
"""

from __future__ import annotations

import datetime
from urllib.parse import quote

from output import clock, licence
from output.akoma_ntoso import tree
from output.paragraph import Paragraph, paragraphs, proposal, readable, roles, sections, video
from output.slug import slug
from output.words import ISO_639, chosen
from output.xml_tree import Element, as_bytes, foreign, into, under
from redaction.released import Released
from speakers.record import Millis

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
DUBLIN_CORE = "http://purl.org/dc/terms/"

_OURS = "#zhuzi"


def serialize(released: Released) -> bytes:
    """The record as the schema of Akoma Ntoso 3.0 wants it.

    Returns:
        UTF-8 XML in which every paragraph can be pointed at (`eId`), and has its time of day where the meeting's date
        and `begins` are known.
    """
    root = into(NAMESPACE, tree(released))
    (debate,) = root
    debate.set("name", "debate")
    meta, preface, body = debate
    people = _references(meta, released)
    _identify(meta, released)
    _rights(meta, released)
    for link in preface.findall("{*}link"):
        preface.remove(link)
    _preface(preface, released)
    spoken = iter(paragraphs(released))
    begun = clock.zero(released)
    shown = roles(released)
    ids = {role: f"role_{number}" for number, role in enumerate(sorted(set(shown) - {""}), start=1)}
    for block in list(body.iter("{*}speech", "{*}narrative")):
        if block.tag.endswith("narrative"):
            _unwrap(block)
        else:
            paragraph = next(spoken)
            role = shown[paragraph.speaker]
            _speech(block, paragraph, people[block.get("by")], ids.get(role, ""), begun)
    _sections(body, released, begun)
    return as_bytes(root)


def _speech(
    block: Element, paragraph: Paragraph, by: str, role: str, begun: datetime.datetime | None
) -> None:
    block.set("by", f"#{by}")
    block.set("eId", f"speech_{paragraph.number}")
    if role:
        block.set("as", f"#{role}")
    if begun is not None and paragraph.span is not None:
        block.set("startTime", clock.written(begun, paragraph.span.start))
        block.set("endTime", clock.written(begun, paragraph.span.end))


def _unwrap(narrative: Element) -> None:
    """The schema wants no block in a narrative."""
    (block,) = narrative
    narrative.remove(block)
    narrative.text = None
    narrative.append(block[0])


def _references(meta: Element, released: Released) -> dict[str, str]:
    """Complete the people, and say which id each `by` of the tree means: by number, so that it tells nothing."""
    (references,) = meta
    references.set("source", _OURS)
    people: dict[str, str] = {}
    for number, person in enumerate(references, start=1):
        people[f"#{person.attrib.pop('id')}"] = f"person_{number}"
        person.set("eId", f"person_{number}")
        person.set("href", quote(person.get("href"), safe="/:"))
    for number, role in enumerate(sorted(set(roles(released)) - {""}), start=1):
        _reference(references, "Role", f"role_{number}", f"/ontology/role/::/{quote(role, safe='')}", role)
    if place := readable(released.place):
        _reference(references, "Location", "place", f"/ontology/location/::/{quote(place, safe='')}", place)
    for name, url in (("video", video(released)), ("proposal", proposal(released))):
        if url:
            under(references, "TLCReference", eId=name, name=name, href=url, showAs=name)
    _reference(references, "Object", _OURS[1:], "/ontology/object/::/zhuzi", "Zhuzi")
    return people


def _reference(references: Element, kind: str, name: str, href: str, shown: str) -> None:
    under(references, f"TLC{kind}", eId=name, href=href, showAs=shown)


def _identify(meta: Element, released: Released) -> None:
    """Which work this is, in which wording, in which file."""
    date, approved = clock.iso_date(released.date), released.approved_at[:10]
    work = f"/akn/tw/debate/{date or approved}/{quote(slug(released.heading))}"
    language = chosen(ISO_639, released.language)
    expression = f"{work}/{language}@{approved}"
    named = "meeting" if date else "approval"
    identification = under(meta, "identification", source=_OURS)
    meta.insert(0, identification)
    for level, uri, day, what in (
        ("Work", work, date or approved, named),
        ("Expression", expression, approved, "approval"),
        ("Manifestation", f"{expression}.akn.xml", approved, "approval"),
    ):
        part = under(identification, f"FRBR{level}")
        under(part, "FRBRthis", value=f"{uri}/!main" if level != "Manifestation" else uri)
        under(part, "FRBRuri", value=uri)
        under(part, "FRBRdate", date=day, name=what)
        under(part, "FRBRauthor", href=_OURS)
        if level == "Work":
            under(part, "FRBRcountry", value="tw")
        if level == "Expression":
            under(part, "FRBRlanguage", language=language)
        if level == "Manifestation":
            under(part, "FRBRformat", value="application/xml")


def _rights(meta: Element, released: Released) -> None:
    rights = under(meta, "proprietary", source=_OURS)
    foreign(rights, DUBLIN_CORE, "dcterms", "license", licence.address(released))


def _preface(preface: Element, released: Released) -> None:
    """The case number, the place, and when the recording began."""
    if case := readable(released.case):
        under(under(preface, "p"), "docNumber", text=case)
    if place := readable(released.place):
        under(under(preface, "p"), "location", text=place, refersTo="#place")
    if (begun := clock.zero(released)) is not None:
        moment = clock.written(begun, Millis(0))
        under(under(preface, "p"), "recordedTime", text=f"{begun:%H:%M:%S}", type="startEvent", time=moment)


def _sections(body: Element, released: Released, begun: datetime.datetime | None) -> None:
    """Name them, number them, and say when each began."""
    (meeting,) = body
    meeting.set("name", "meeting")
    meeting.set("eId", "meeting")
    parts = [part for part in sections(released) if part.title]
    for number, (section, part) in enumerate(
        zip(meeting.findall("{*}debateSection"), parts, strict=True), start=1
    ):
        section.set("name", "item")
        section.set("eId", f"item_{number}")
        if begun is None or part.at is None:
            continue
        moment = begun + datetime.timedelta(milliseconds=part.at)
        began = under(section, "narrative")
        section.insert(1, began)
        under(
            began,
            "recordedTime",
            text=f"{moment:%H:%M:%S}",
            type="startEvent",
            time=clock.written(begun, part.at),
        )
