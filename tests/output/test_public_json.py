from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from output import public_json
from output.paragraph import labels_with_roles, note, paragraphs, sections, web_links
from redaction.released import PublicSection, PublicSpeaker, Released
from speakers.record import Millis

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "record.schema.json").read_bytes())
VALID = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def read(released):
    return json.loads(public_json.serialize(released))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(st.data())
def test_every_record_is_as_the_schema_says(
    meetings: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    VALID.validate(read(data.draw(meetings)))


@given(st.data())
def test_it_says_what_the_other_formats_say(
    meetings: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    released = data.draw(meetings)
    record = read(released)
    people = record["speakers"]
    opening, closing = ("（", "）") if released.language == "zh" else (" (", ")")
    said = [
        (
            people[p["speaker"]]["label"],
            p["text"],
            p["number"],
            p["start"] and round(p["start"] * 1000),
            p["end"] and round(p["end"] * 1000),
        )
        for s in record["sections"]
        for p in s["paragraphs"]
    ]
    spoken = paragraphs(released)
    assert said == [(p.label, p.text, p.number, p.span.start, p.span.end) for p in spoken]
    assert public_json.parse(public_json.serialize(released)) == tuple((p.label, p.text) for p in spoken)
    assert [(s["title"], s["slides"] or "") for s in record["sections"]] == [
        (s.title, s.slides) for s in sections(released)
    ]
    assert [(k["label"], k["url"]) for k in record["links"]] == list(web_links(released))
    assert record["note"] == note(released, spoken)
    assert record["licence"]["spdx"] == released.licence
    titled = labels_with_roles(released)
    shown = {p["label"] + (f"{opening}{p['role']}{closing}" if p["role"] else "") for p in people}
    assert shown == {titled[p.speaker] for p in spoken}


@pytest.mark.parametrize(
    "path",
    [("format",), ("licence", "spdx"), ("sections", 0, "paragraphs", 0, "text"), ("speakers", 0, "label")],
)
def test_the_schema_refuses_a_record_in_which_something_is_missing(make, path):
    record = read(make())
    place = record
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    assert not VALID.is_valid(record)


@pytest.mark.parametrize(
    ("key", "value"),
    [("date", "113/05/01"), ("begins", "25:00:00"), ("language", "ja"), ("sections", []), ("more", 1)],
)
def test_the_schema_refuses_what_cannot_be(make, key, value):
    record = {**read(make()), key: value}
    assert not VALID.is_valid(record)


def test_the_schema_refuses_a_role_of_somebody_hidden(make):
    record = copy.deepcopy(read(make()))
    record["speakers"][1]["role"] = "里長"
    assert not VALID.is_valid(record)


def test_ids_say_only_who_spoke_first(make):
    speakers = [
        PublicSpeaker("參與者 1", "參與者1", "里長", named=False),
        PublicSpeaker("高慧敏", "高慧敏", "", named=True),
    ]
    record = read(make([(1, "甲"), (0, "乙")], speakers))
    assert [(s["id"], s["label"], s["role"]) for s in record["speakers"]] == [
        ("s1", "參與者 1", ""),
        ("s2", "高慧敏", ""),
    ]


def test_times_are_seconds(make):
    record = read(make(sections=(PublicSection("說明", 0, Millis(500)),)))
    (section,) = record["sections"]
    assert section["at"] == 0.5
    assert [(p["start"], p["end"]) for p in section["paragraphs"]][1] == (1.0, 1.9)


def test_the_same_record_gives_the_same_bytes(released):
    assert public_json.serialize(released) == public_json.serialize(released)
