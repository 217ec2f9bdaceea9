from __future__ import annotations

import html
import re

import pytest
import webvtt as other
from hypothesis import given
from hypothesis import strategies as st

from output import chapters, webvtt
from output.chapters import Chapter
from redaction.released import Cue, PublicSection, PublicStatement, Released
from speakers.record import Millis, Span

TERMS = "\n授權：CC0 1.0 公眾領域貢獻宣告 https://creativecommons.org/publicdomain/zero/1.0/\n"


@pytest.fixture(scope="session")
def meeting(make):
    """Somebody speaks all the time, under an agenda of `(title, second)`."""

    def made(*agenda: tuple[str, int | None], seconds: int = 4_000) -> Released:
        starts = range(0, seconds * 1000, 10_000)
        said = tuple(
            PublicStatement(0, "好", (Cue(Span(Millis(at), Millis(at + 10_000)), "好"),)) for at in starts
        )
        sections, first = [], len(said)
        for title, at in reversed(agenda):
            if at is not None:
                first = sum(start < at * 1000 for start in starts)
            sections.append(PublicSection(title, first, None if at is None else Millis(at * 1000)))
        return make(statements=said, sections=tuple(reversed(sections)))

    return made


def test_they_follow_the_agenda(meeting):
    released = meeting(("開場", 0), ("報告 <一>", 75), ("討論", 3_725))
    assert chapters.serialize(released).decode() == f"0:00 開場\n1:15 報告 ＜一＞\n1:02:05 討論\n{TERMS}"
    cues = other.WebVTT.from_string(webvtt.serialize_chapters(released).decode()).captions
    assert [(c.start, c.end, html.unescape(c.raw_text)) for c in cues] == [
        ("00:00:00.000", "00:01:15.000", "開場"),
        ("00:01:15.000", "01:02:05.000", "報告 <一>"),
        ("01:02:05.000", "01:06:40.000", "討論"),
    ]


def test_what_was_said_before_the_agenda_is_a_chapter(meeting):
    assert (
        chapters.serialize(meeting(("報告", 60), ("討論", 120))).decode()
        == f"0:00 議程開始前\n1:00 報告\n2:00 討論\n{TERMS}"
    )


@pytest.mark.parametrize(
    "agenda",
    [
        (),
        (("一", 0), ("二", 60)),
        (("一", 0), ("二", None), ("三", 3_000)),
        (("一", 0), ("二", 5), ("三", 60)),
    ],
)
def test_where_there_would_be_fewer_than_three_there_are_none(meeting, agenda):
    if agenda and agenda[1][1] is None:
        agenda = agenda[:2]
    released = meeting(*agenda)
    assert chapters.serialize(released) == b""
    assert webvtt.serialize_chapters(released) == b""


def test_an_item_of_a_few_seconds_is_part_of_the_one_before(meeting):
    found = chapters.chapters(meeting(("一", 0), ("二", 100), ("三", 105), ("四", 200)))
    assert [(c.title, c.span.start) for c in found] == [("一", 0), ("三", 105_000), ("四", 200_000)]
    assert found[0] == Chapter(Span(Millis(0), Millis(105_000)), "一")


@given(times=st.lists(st.integers(0, 4_500), min_size=0, max_size=8, unique=True).map(sorted))
def test_there_is_no_list_that_youtube_would_refuse(meeting, times):
    whole = chapters.serialize(meeting(*((f"第{n}案", at) for n, at in enumerate(times)))).decode()
    if not whole:
        return
    assert whole.endswith(TERMS)
    lines = whole.removesuffix(TERMS).splitlines()
    moments = []
    for line in lines:
        found = re.fullmatch(r"(?:(\d+):)?(\d+):(\d\d) \S.*", line)
        assert found
        moments.append(int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3]))
    assert len(moments) >= 3
    assert moments[0] == 0
    assert all(b - a >= 10 for a, b in zip(moments, [*moments[1:], 4_000], strict=True))
