from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from output import webvtt
from output.captions import captions
from redaction.released import Cue, PublicSpeaker, PublicStatement, Released
from speakers.record import Millis, Span


def test_it_reads_as_captions(make):
    assert webvtt.serialize(make([(0, "好"), (1, "a < b & c --> d")])).decode() == (
        "WEBVTT\n\nNOTE CC0-1.0 https://creativecommons.org/publicdomain/zero/1.0/\n\n"
        "00:00:00.000 --> 00:00:00.920\n<v 高慧敏>好</v>\n\n"
        "00:00:01.000 --> 00:00:01.900\n<v 參與者 1>a &lt; b &amp; c --&gt; d</v>\n"
    )


@given(st.data())
def test_there_is_nothing_but_cues(releases: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(releases)
    blocks = webvtt.serialize(released).decode().rstrip("\n").split("\n\n")
    assert blocks[:2] == ["WEBVTT", "NOTE CC0-1.0 https://creativecommons.org/publicdomain/zero/1.0/"]
    assert len(blocks) == 2 + len(captions(released))
    cue = re.compile(
        r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}\n<v [^<>\n]+>[^<>\n]+(\n[^<>\n]+)*</v>"
    )
    assert all(cue.fullmatch(block) for block in blocks[2:])


@pytest.mark.parametrize("label", ["a>b", "a & b", "<v X>", "a.b", "  A  "])
def test_labels_cannot_close_the_voice(make, label):
    released = make([(0, "好")], [PublicSpeaker(label, "k", "", named=False)])
    assert webvtt.parse(webvtt.serialize(released))[0].label == label.strip()


def test_cues_are_in_order_where_two_people_speak_at_once(make, released):
    def said(speaker: int, *starts: int) -> PublicStatement:
        cues = tuple(Cue(Span(Millis(start), Millis(start + 500)), f"t{start}") for start in starts)
        return PublicStatement(speaker, " ".join(c.text for c in cues), cues)

    both = make(statements=(said(0, 0, 2000), said(1, 1000, 3000)))
    shown = webvtt.parse(webvtt.serialize(both))
    assert [c.text for c in shown] == ["t0", "t1000", "t2000", "t3000"]
    assert [c.span.start for c in shown] == [0, 1000, 2000, 3000]


def test_a_record_without_words_has_a_header(make):
    assert (
        webvtt.serialize(make([]))
        == b"WEBVTT\n\nNOTE CC0-1.0 https://creativecommons.org/publicdomain/zero/1.0/\n"
    )
    assert webvtt.parse(b"WEBVTT\n") == ()


def test_two_cues_never_stand_at_the_same_time(make):
    def said(speaker: int, *spans: tuple[int, int]) -> PublicStatement:
        cues = tuple(Cue(Span(Millis(start), Millis(end)), f"t{start}") for start, end in spans)
        return PublicStatement(speaker, " ".join(c.text for c in cues), cues)

    spans = ((0, 33_949), (33_949, 36_000)), ((33_948, 35_000), (33_950, 41_000), (40_999, 41_001))
    both = make(statements=tuple(said(n, *row) for n, row in enumerate(spans)))
    shown = [c.span for c in webvtt.parse(webvtt.serialize(both))]
    assert len(shown) == 4  # what lasts 2 ms is shown with what the same person said before
    assert all(a.end <= b.start for a, b in itertools.pairwise(shown))
    assert all(span.length > 0 for span in shown)
    assert shown[0] == Span(Millis(0), Millis(7_000))
