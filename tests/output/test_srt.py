from __future__ import annotations

import io
import re

import av
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from output import srt
from output.captions import captions
from redaction.released import Released


def test_it_reads_as_subrip(make):
    assert srt.serialize(make([(0, "好"), (0, "對"), (1, "謝謝")])).decode() == (
        "1\n00:00:00,000 --> 00:00:00,920\n高慧敏：好\n\n"
        "2\n00:00:01,000 --> 00:00:01,920\n對\n\n"
        "3\n00:00:02,000 --> 00:00:02,900\n參與者 1：謝謝\n"
    )


def test_a_record_without_words_gives_no_file(make):
    assert srt.serialize(make([])) == b""


@given(st.data())
def test_another_parser_reads_the_same(releases: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(releases)
    text = srt.serialize(released).decode()
    shown = captions(released, named=True)
    assert len(re.findall(r"^\d+\n\d\d:\d\d:\d\d,\d{3} --> ", text, re.MULTILINE)) == len(shown)
    assert text.count("-->") == len(shown)
    if shown:
        with_ = webvtt.WebVTT.from_buffer(io.BytesIO(text.encode()), format="srt").captions
        assert [c.start_in_seconds for c in with_] == [c.span.start // 1000 for c in shown]


@pytest.mark.parametrize("odd", ["<b>粗</b>", "{\\an8}上", "a --> b", "1 < 2 > 0"])
def test_ffmpeg_finds_no_markup_in_it(make, tmp_path, odd):
    path = tmp_path / "a.srt"
    path.write_bytes(srt.serialize(make([(0, odd)])))
    with av.open(str(path)) as container:
        (shown,) = [
            s.dialogue.decode()
            for p in container.demux(subtitles=0)
            for s in p.decode()
            if hasattr(s, "dialogue")
        ]
    assert shown == "高慧敏：" + odd.replace("<b", "＜b").replace("</b", "＜/b").replace(
        "{\\", "｛\\"
    ).replace("-->", "→")
