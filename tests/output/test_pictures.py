from __future__ import annotations

import re

import pytest
from hypothesis import given
from lxml import etree

from output import pictures
from redaction.released import Cue, PublicSection, PublicSpeaker, PublicStatement, Released
from redaction.scan import Term, scan
from speakers.record import Millis, Span

SVG = "{http://www.w3.org/2000/svg}"


def said(speaker: int, *times: tuple[int, int]) -> PublicStatement:
    cues = tuple(Cue(Span(Millis(a), Millis(b)), "好") for a, b in times)
    return PublicStatement(speaker, "好" * max(1, len(times)), cues)


@pytest.fixture
def spoken(make):
    """A record in which people speak when a test says so."""

    def spoken_(labels, *statements, **changed):
        people = [PublicSpeaker(label, str(n), "", named=False) for n, label in enumerate(labels)]
        return make(speakers=people, statements=statements, **changed)

    return spoken_


def shares(released: Released) -> str:
    return pictures.shares(released, pictures.talks(released))


def timeline(released: Released) -> str:
    return pictures.timeline(released, pictures.talks(released))


def boxes(drawn: str, name: str) -> list[dict[str, str]]:
    return [
        dict(box.attrib) for box in etree.fromstring(drawn).iter(f"{SVG}rect") if box.get("class") == name
    ]


def paths(drawn: str) -> list[str]:
    return [path.get("d") for path in etree.fromstring(drawn).iter(f"{SVG}path")]


def texts(drawn: str) -> list[str]:
    return ["".join(text.itertext()) for text in etree.fromstring(drawn).iter(f"{SVG}text")]


def test_who_spoke_longest_stands_first_and_what_overlaps_counts_once(spoken):
    released = spoken(["甲", "乙"], said(0, (0, 1000)), said(1, (1000, 3000), (2000, 4000)))
    drawn = shares(released)
    assert texts(drawn) == ["乙", "0:03 · 75 %", "甲", "0:01 · 25 %"]
    assert [box["width"] for box in boxes(drawn, "bar")] == ["75.00%", "25.00%"]
    assert "乙 0:03（75 %）、甲 0:01（25 %）" in drawn


def test_the_timeline_shows_when_each_spoke_and_what_about(spoken):
    agenda = (PublicSection("一", 0, Millis(0)), PublicSection("二", 1, Millis(5000)))
    released = spoken(["甲", "乙"], said(0, (0, 4000)), said(1, (6000, 10_000)), sections=agenda)
    drawn = timeline(released)
    assert paths(drawn) == ["M0,0h400v1h-400z", "M600,0h400v1h-400z"]
    assert [(box["x"], box["width"]) for box in boxes(drawn, "band")] == [("0.00%", "50.00%")]
    assert texts(drawn)[:2] == ["1", "2"]
    assert "議程：1. 一 0:00、2. 二 0:05。" in drawn


def test_thirty_speakers_and_long_labels_stay_apart(spoken):
    labels = [f"交通部公共運輸及監理司某某科視察兼任發言人{n}" for n in range(30)]
    rows = [said(n, (n * 1000, n * 1000 + 900)) for n in range(30)]
    released = spoken(labels, *rows)
    for drawn in (shares(released), timeline(released)):
        lanes = [dict(lane.attrib) for lane in etree.fromstring(drawn).iterfind(f"{SVG}svg")]
        bars = boxes(drawn, "bar") or lanes
        assert len({box["y"] for box in bars}) == 30
        assert max(int(box["y"]) + int(box["height"]) for box in bars) <= int(
            etree.fromstring(drawn).get("height")
        )
        shown = [
            text
            for text in etree.fromstring(drawn).iter(f"{SVG}text")
            if text.find(f"{SVG}title") is not None
        ]
        assert len({text.text for text in shown}) == 30
        assert all(len(text.text) <= 15 for text in shown)
        assert [text.find(f"{SVG}title").text for text in shown] == labels
        assert (
            all(label in etree.fromstring(drawn).find(f"{SVG}desc").text for label in labels)
            or "timeline" in drawn
        )


def test_a_long_meeting_is_drawn_with_few_shapes(spoken):
    rows = [said(0, (n * 1000, n * 1000 + 500)) for n in range(18_000)]
    (drawn,) = paths(timeline(spoken(["甲"], *rows)))
    assert drawn.count("M") <= 1000
    assert len(drawn) < 20_000


def test_where_nothing_is_timed_there_is_no_picture(spoken):
    released = spoken(["甲"], said(0))
    assert shares(released) == timeline(released) == ""
    assert pictures.serialize(released) == b""


def test_the_file_has_a_title_and_both_pictures_and_no_id_twice(released):
    root = etree.fromstring(pictures.serialize(released))
    assert root[0].tag == f"{SVG}title"
    assert [child.get("id") for child in root if child.tag == f"{SVG}svg"] == ["shares", "timeline"]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


@given(data=pytest.importorskip("hypothesis.strategies").data())
def test_any_record_gives_a_picture_in_which_nothing_lies_outside(data, releases):
    released = data.draw(releases)
    drawn = pictures.serialize(released)
    assert drawn == pictures.serialize(released)
    for box in etree.fromstring(drawn or b"<svg/>").iter(f"{SVG}rect"):
        x, width = float(box.get("x", "0%")[:-1]), float(box.get("width")[:-1])
        assert 0 <= x <= 100
        assert 0 <= width <= 100


def test_it_asks_nothing_of_anybody(released):
    drawn = pictures.serialize(released).decode()
    told = re.sub(r"<metadata>.*?</metadata>", "", drawn)
    assert len(told) < len(drawn)  # the licence, which no program draws or loads
    assert not re.search(r"(?<!xmlns=\")https?://|<script|<image|href|@import|url\(", told)


def test_the_leak_scanner_finds_a_name_in_it(spoken, tmp_path):
    path = tmp_path / "record.svg"
    path.write_bytes(pictures.serialize(spoken(["蔡佩珊"], said(0, (0, 1000)))))
    assert scan(path, (Term("p1/0", "蔡佩珊"),))
    path.write_bytes(pictures.serialize(spoken(["參與者 1"], said(0, (0, 1000)))))
    assert scan(path, (Term("p1/0", "蔡佩珊"),), numbers=True) == ()
