from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from output import akoma_ntoso_30
from output.akoma_ntoso_30 import DUBLIN_CORE, NAMESPACE
from redaction.released import PublicSection, PublicSpeaker, Released
from speakers.meeting import Licence
from speakers.record import Millis
from tests.output.test_akoma_ntoso import SCHEMA

N = {"a": NAMESPACE, "d": DUBLIN_CORE}


def tree(released):
    return etree.fromstring(akoma_ntoso_30.serialize(released))


@pytest.fixture
def whole(make):
    return make(
        begins="14:05:00",
        join="a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44",
        video="https://v.example/1",
        licence=Licence.CC_BY,
        sections=(
            PublicSection("說明", 0, Millis(0), "https://s.example"),
            PublicSection("討論", 2, Millis(2_000)),
        ),
    )


@given(st.data())
def test_every_record_is_valid(meetings: st.SearchStrategy[Released], data: st.DataObject) -> None:
    SCHEMA.assertValid(tree(data.draw(meetings)))


def test_it_has_the_links_the_case_the_place_and_the_licence(whole):
    root = tree(whole)
    found = {r.get("name"): r.get("href") for r in root.iterfind(".//a:TLCReference", N)}
    assert found == {
        "video": "https://v.example/1",
        "proposal": "https://join.gov.tw/idea/detail/a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44",
    }
    assert root.findtext(".//a:preface//a:docNumber", namespaces=N) == "A-1"
    assert root.findtext(".//a:preface//a:location", namespaces=N) == "臺北"
    assert root.findtext(".//d:license", namespaces=N) == "https://creativecommons.org/licenses/by/4.0/"


def test_people_are_numbered_in_the_order_in_which_they_speak(whole):
    root = tree(whole)
    people = [(p.get("eId"), p.get("href")) for p in root.iterfind(".//a:TLCPerson", N)]
    assert people == [
        ("person_1", "/ontology/person/::/%E9%AB%98%E6%85%A7%E6%95%8F"),
        (
            "person_2",
            "/ontology/person/::/2024-05-01-%E9%96%8B%E6%94%BE%E6%94%BF%E5%BA%9C%E6%9C%83%E8%AD%B0"
            "/%E5%8F%83%E8%88%87%E8%80%851",
        ),
    ]
    assert [s.get("by") for s in root.iterfind(".//a:speech", N)] == [
        "#person_1",
        "#person_2",
        "#person_1",
        "#person_1",
    ]


def test_only_who_is_named_has_a_role(make):
    speakers = [
        PublicSpeaker("高慧敏", "高慧敏", "交通局", named=True),
        PublicSpeaker("參與者 1", "參與者1", "里長", named=False),
    ]
    data = akoma_ntoso_30.serialize(make([(0, "甲"), (1, "乙")], speakers))
    root = etree.fromstring(data)
    assert [s.get("as") for s in root.iterfind(".//a:speech", N)] == ["#role_1", None]
    assert root.find(".//a:TLCRole", N).get("showAs") == "交通局"
    assert "里長" not in data.decode()


def test_paragraphs_can_be_pointed_at_and_have_their_time_of_day(whole):
    spoken = tree(whole).findall(".//a:speech", N)
    assert [s.get("eId") for s in spoken] == ["speech_1", "speech_2", "speech_3", "speech_4"]
    assert spoken[1].get("startTime") == "2024-05-01T14:05:01.000+08:00"
    assert spoken[1].get("endTime") == "2024-05-01T14:05:01.900+08:00"


def test_without_the_time_of_day_there_are_no_times(make):
    root = tree(make())
    assert not root.xpath("//@startTime|//@endTime|//@time")
    assert not tree(make(begins="14:05:00", date="113/05/01")).xpath("//@startTime|//@endTime|//@time")


def test_the_items_of_the_agenda_say_when_they_began(whole):
    items = tree(whole).findall(".//a:debateSection/a:debateSection", N)
    assert [i.get("eId") for i in items] == ["item_1", "item_2"]
    assert [i.find("a:narrative/a:recordedTime", N).get("time") for i in items] == [
        "2024-05-01T14:05:00.000+08:00",
        "2024-05-01T14:05:02.000+08:00",
    ]
    assert [i.find("a:narrative/a:recordedTime", N).text for i in items] == ["14:05:00", "14:05:02"]


def test_without_a_date_the_work_is_dated_by_its_approval(make):
    root = tree(make(date=""))
    dates = [(d.get("date"), d.get("name")) for d in root.iterfind(".//a:FRBRdate", N)]
    assert dates == [("2024-05-20", "approval")] * 3
    assert tree(make()).find(".//a:FRBRWork/a:FRBRdate", N).get("name") == "meeting"


def test_the_same_record_gives_the_same_bytes(whole):
    assert akoma_ntoso_30.serialize(whole) == akoma_ntoso_30.serialize(whole)
