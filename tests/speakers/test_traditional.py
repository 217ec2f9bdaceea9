"""Chinese as it is written in Taiwan, without a word lost or put into somebody's mouth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakers.traditional import _redistributed, punctuated, to_simplified, to_taiwan, words_to_taiwan
from tests.scenes import span, word

PHRASES = ("软件", "内存", "声卡", "网卡", "陈筱明", "open", "支持", "打印机", "字节", "，", "里", "显卡")


@pytest.mark.parametrize(
    ("heard", "protected", "wanted"),
    [
        ("陈筱明说", (), "陳筱明說"),
        ("我支持", (), "我支持"),
        ("范里长说", ("范里长",), "范里长說"),
        ("open data", (), "open data"),
        ("", (), ""),
    ],
)
def test_what_is_converted(heard: str, protected: tuple[str, ...], wanted: str) -> None:
    assert to_taiwan(heard, protected) == wanted


def test_names_are_equal_however_they_are_written() -> None:
    assert to_simplified("陳筱明") == to_simplified("陈筱明")


@given(st.lists(st.sampled_from(PHRASES), min_size=1, max_size=8), st.integers(1, 3))
def test_a_conversion_keeps_all_text_and_all_time(phrases: list[str], size: int) -> None:
    text = "".join(phrases)
    row = tuple(word(text[i : i + size], i * 500, (i + size) * 500) for i in range(0, len(text), size))
    converted = words_to_taiwan(row)
    assert "".join(w.text for w in converted) == to_taiwan(text)
    assert {m for w in row for m in (w.span.start, w.span.end)} >= {
        m for w in converted for m in (w.span.start, w.span.end)
    }
    covered = {m for w in converted for m in range(w.span.start, w.span.end, 500)}
    assert covered == {m for w in row for m in range(w.span.start, w.span.end, 500)}


@given(
    st.text(alphabet="abc", min_size=1, max_size=6), st.text(alphabet="abcd", max_size=8), st.integers(1, 3)
)
def test_cutting_again_loses_nothing(before: str, after: str, size: int) -> None:
    lengths = [len(before[i : i + size]) for i in range(0, len(before), size)]
    assert "".join(_redistributed(before, after, lengths)) == after


def test_a_word_that_vanishes_leaves_its_time_to_a_neighbour() -> None:
    converted = words_to_taiwan(tuple(word(c, i * 500) for i, c in enumerate("打印机内存")))
    assert [w.text for w in converted] == ["印", "表", "機", "記憶體"]
    assert (converted[0].span, converted[-1].span) == (span(0, 1000), span(2000, 2500))


def test_no_words_are_no_words() -> None:
    assert words_to_taiwan(()) == ()
    assert punctuated(()) == ()


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [
        ([("你好,", False), ("大家", False)], "你好，大家"),
        ([("你好", False), ("大家", True)], "你好，大家"),  # a space for a pause
        ([("你好.", False), ("open", True)], "你好。open"),
        ([("version", False), ("1.2", True)], "version 1.2"),
        ([("說", False), ("open", True), ("data", True)], "說 open data"),
        ([("a,", False), ("b?", True)], "a, b?"),
        ([("好?!", False)], "好？!"),
    ],
)
def test_chinese_punctuation(heard: list[tuple[str, bool]], wanted: str) -> None:
    row = tuple(word(t, i * 500, spaced=s) for i, (t, s) in enumerate(heard))
    done = punctuated(row)
    assert "".join((" " if w.spaced else "") + w.text for w in done) == wanted
    assert [w.span for w in done] == [span(i * 500, i * 500 + 500) for i in range(len(row))]
