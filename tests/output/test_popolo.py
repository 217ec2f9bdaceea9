"""Popolo's schemas are in no package of a registry: its fields stand here as its specification names them."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from output import akoma_ntoso, akoma_read, popolo
from redaction.released import PublicSection, PublicSpeaker, Released

FIELDS = {
    "persons": {"id", "name", "identifiers"},
    "organizations": {"id", "name", "classification"},
    "memberships": {"id", "person_id", "organization_id", "role"},
    "events": {
        "id", "name", "classification", "start_date", "location", "identifiers", "organization_id", "attendees",
        "children", "sources",
    },
}  # fmt: skip
DATE = r"[0-9]{4}((-[0-9]{2}){0,2}|(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){0,2}(Z|[+-][0-9]{2}(:[0-9]{2})?))"


def read(released):
    return json.loads(popolo.serialize(released))


@given(st.data())
def test_every_field_is_one_of_popolo(meetings: st.SearchStrategy[Released], data: st.DataObject) -> None:
    found = read(data.draw(meetings))
    assert set(found) == {*FIELDS, "meta"}
    for kind, fields in FIELDS.items():
        for entry in found[kind]:
            assert set(entry) <= fields
            assert entry["id"]
    people = {p["id"] for p in found["persons"]}
    (organization,), (event,) = found["organizations"], found["events"]
    assert len(people) == len(found["persons"])
    assert {m["person_id"] for m in found["memberships"]} <= people
    assert {m["organization_id"] for m in found["memberships"]} <= {organization["id"]}
    assert {a["id"] for a in event.get("attendees", ())} == people
    assert event["organization_id"] == organization["id"]
    assert re.fullmatch(DATE, event.get("start_date", "2024"))
    assert all(set(s) == {"url", "note"} for s in event.get("sources", ()))
    assert all(set(i) == {"identifier", "scheme"} for i in event.get("identifiers", ()))
    assert all(c["parent_id"] == event["id"] for c in event.get("children", ()))


@given(st.data())
def test_only_who_is_named_is_a_person(meetings: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(meetings)
    speaking = {label for label, _ in akoma_ntoso.parse(akoma_ntoso.serialize(released))}
    labels = dict(zip(range(len(released.speakers)), popolo.labels(released), strict=True))
    named = [labels[n] for n, s in enumerate(released.speakers) if s.named and labels[n] in speaking]
    assert [p["name"] for p in read(released)["persons"]] == named


def test_a_person_a_role_and_the_meeting(make):
    released = make(
        begins="14:05:00", join="a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44", sections=(PublicSection("說明", 0),)
    )
    found = read(released)
    meeting = "2024-05-01-開放政府會議"
    assert found["persons"] == [
        {
            "id": f"{meeting}/person/1",
            "name": "高慧敏",
            "identifiers": [{"identifier": "/ontology/person/::/高慧敏", "scheme": "Akoma Ntoso import"}],
        }
    ]
    assert found["memberships"] == [
        {
            "id": f"{meeting}/membership/1",
            "person_id": f"{meeting}/person/1",
            "organization_id": f"{meeting}/organization",
            "role": "交通局",
        }
    ]
    (event,) = found["events"]
    assert event["start_date"] == "2024-05-01T14:05:00+08:00"
    assert event["location"] == "臺北"
    assert [i["identifier"] for i in event["identifiers"]] == ["A-1", "a4b2f4ac-5e4c-4c8b-8a48-1fd38c9a7a44"]
    assert [c["name"] for c in event["children"]] == ["說明"]
    assert found["meta"] == {"license": "https://creativecommons.org/publicdomain/zero/1.0/"}


def test_sayit_knows_the_same_person_by_the_same_address(make):
    twins = [PublicSpeaker("王大明", "王大明", role, named=True) for role in ("交通局", "里長")]
    released = make([(0, "甲"), (1, "乙")], twins)
    addresses = [p["identifiers"][0]["identifier"] for p in read(released)["persons"]]
    people = akoma_read.read(akoma_ntoso.serialize(released)).iter("TLCPerson")
    assert addresses == [p.get("href") for p in people]


def test_nothing_of_somebody_hidden_is_written(make):
    hidden = PublicSpeaker("參與者 1", "參與者1", "里長", named=False)
    data = popolo.serialize(make([(0, "好")], [hidden])).decode()
    assert "參與者" not in data
    assert "里長" not in data


def test_the_same_record_gives_the_same_bytes(released):
    assert popolo.serialize(released) == popolo.serialize(released)
