"""TEI by the schema of the TEI Consortium, and what the schema does not say."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from output import tei
from output.paragraph import paragraphs
from output.xml_tree import XML_ID
from redaction.released import PublicSection, PublicSpeaker, Released
from speakers.meeting import Licence
from speakers.record import Millis
from tests.foreign import tei_errors

N = {"t": tei.NAMESPACE}


def tree(released):
    return etree.fromstring(tei.serialize(released))


@settings(max_examples=40)
@given(st.data())
def test_every_id_is_one_and_every_pointer_leads_to_one(
    meetings: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    root = tree(data.draw(meetings))
    ids = root.xpath("//@xml:id")
    assert len(set(ids)) == len(ids)
    pointers = root.xpath("//t:u/@who | //t:u/@start | //t:u/@end | //@since | //@origin", namespaces=N)
    assert {p[1:] for p in pointers} <= set(ids)
    assert all(p.startswith("#") for p in pointers)


def test_every_record_is_valid(meetings: st.SearchStrategy[Released], tmp_path: Path) -> None:
    """All in one go: Jing takes a second to read the schema."""
    written: list[Path] = []

    @given(st.data())
    def write(data: st.DataObject) -> None:
        made = tei.serialize(data.draw(meetings))
        written.append(tmp_path / f"{len(written)}.xml")
        written[-1].write_bytes(made)

    write()
    assert tei_errors(*written) == ""
    written[0].write_bytes(written[0].read_bytes().replace(b"<titleStmt>", b"<titleStmt/><titleStmt>"))
    assert "titleStmt" in tei_errors(written[0])


@given(st.data())
def test_every_utterance_is_a_paragraph(meetings: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(meetings)
    root = tree(released)
    names = {
        f"#{p.get(XML_ID)}": p.findtext("t:persName", namespaces=N)
        for p in root.iter(f"{{{tei.NAMESPACE}}}person")
    }
    found = [(names[u.get("who")], u.text, u.get(XML_ID)) for u in root.iterfind(".//t:u", N)]
    assert found == [(p.label, p.text, f"u{p.number}") for p in paragraphs(released)]


def test_a_moment_is_said_once_in_seconds(make):
    root = tree(make())
    moments = {w.get(XML_ID): w.get("interval") for w in root.iterfind(".//t:when", N)}
    assert moments["zero"] is None
    assert moments["t1900"] == "1.900"
    second = root.findall(".//t:u", N)[1]
    assert (second.get("start"), second.get("end")) == ("#t1000", "#t1900")


def test_the_header_says_what_it_is_and_under_which_licence(make):
    released = make(
        licence=Licence.CC_BY, sections=(PublicSection("說明", 0, Millis(0), "https://s.example"),)
    )
    root = tree(released)
    assert root.findtext(".//t:title", namespaces=N) == "2024-05-01 開放政府會議"
    assert root.find(".//t:licence", N).get("target") == "https://creativecommons.org/licenses/by/4.0/"
    assert root.find(".//t:date", N).get("when") == "2024-05-01"
    assert root.findtext(".//t:idno[@type='case']", namespaces=N) == "A-1"
    assert root.findtext(".//t:head", namespaces=N) == "說明"
    assert root.find(".//t:div/t:note/t:ref", N).get("target") == "https://s.example"


def test_of_somebody_hidden_there_is_only_the_label(make):
    hidden = PublicSpeaker("參與者 1", "參與者1", "里長", named=False)
    (person,) = tree(make([(0, "好")], [hidden])).iterfind(".//t:person", N)
    assert person.get(XML_ID) == "s1"
    assert [(etree.QName(c).localname, c.text, c.get("type")) for c in person] == [
        ("persName", "參與者 1", "label")
    ]


def test_the_same_record_gives_the_same_bytes(released):
    assert tei.serialize(released) == tei.serialize(released)
