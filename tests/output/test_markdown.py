from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from output import markdown
from output.paragraph import paragraphs
from redaction.released import PublicSpeaker, Released
from speakers.meeting import Link


def test_it_reads_as_the_archive_writes(released):
    assert markdown.serialize(released).decode() == (
        "# 2024-05-01 開放政府會議\n\n"
        "> （[現場錄影](https://example.org/v?a=1&b=2)）\n\n"
        "### 高慧敏：\n\n各位好，今天談開放政府。\n\n"
        "### 參與者 1：\n\n我住在［地址］，&lt;不方便>說。\n\n"
        "### 高慧敏：\n\n謝謝。\n\n下一位。\n\n"
        "> （註：以編號（例如「參與者 1」）、代稱或「（不具名）」出現的發言者未具名。"
        "參與者與發言者的編號只在本次會議內有效，不同會議的相同編號不代表同一人；「（不具名）」可能不只一人。"
        "代稱所取代的，是應當事人要求或依法不予公開的內容。）\n"
    )


def test_english_records_have_an_english_colon(make):
    speakers = [PublicSpeaker("Ann", "Ann", "", named=True)]
    assert b"\n### Ann:\n\nHi.\n" in markdown.serialize(make([(0, "Hi.")], speakers, language="en"))


@pytest.mark.parametrize(
    "text",
    [
        "# 標題：", "## x", "> （笑）", "> quote", "- item", "+ item", "* item", "1. item", "12) item", "---",
        "===", "a<b>c</b>", "<script>x</script>", "*a* **b**", "_a_ __b__", "`code`", "```",
        "~~~", "~~gone~~", "[a](b)", "![a](b)", "[a]: b", "a\\b\\*c", "&lt; &amp; &copy; &#65;",
        "AT&T", "open_data", "C#", "foo #", "a ### b：", "📅 時間：今天", "| a | b |", ":::info", "10~20",
        "（不列入紀錄）", "http://a.example/b_c", "<https://a.b>", "a\\", "_a", "a_", "\\", "\\\\",
        "1986. 年", "<!-- a -->", "a  b", "a &notin b",
    ],
)  # fmt: skip
def test_speech_is_shown_letter_by_letter(make, text):
    released = make([(0, text)])
    data = markdown.serialize(released).decode()
    shown = [p.text for p in paragraphs(released)]
    assert [text for _, text in markdown.parse(data.encode())] == shown
    assert _seen(data)[-1] == ("p", shown[0])
    assert data.count("###") == 1  # md2an cuts the file there
    assert not re.search("[🌐📅🏡]", data)  # md2an drops what follows


@given(st.data())
def test_commonmark_shows_what_was_said(releases: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(releases)
    written = markdown.serialize(released).decode()
    expected: list[tuple[str, str]] = []
    colon = "：" if released.language == "zh" else ":"
    speaker = None
    for paragraph in paragraphs(released):
        if paragraph.speaker != speaker:
            speaker = paragraph.speaker
            expected.append(("h3", paragraph.label + colon))
        expected.append(("p", paragraph.text))
    seen = [block for block in _seen(written) if block[0] != "h1"]
    assert seen[len(seen) - len(expected) :] == expected


@given(st.data())
def test_the_file_keeps_the_archives_rules(
    releases: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    written = markdown.serialize(data.draw(releases)).decode()
    assert written.startswith("# ")
    assert not written.startswith("\ufeff")
    assert written == unicodedata.normalize("NFC", written)
    lines = written.split("\n")
    assert all(line == line.rstrip() for line in lines)
    assert not lines[0].endswith((":", "："))  # it would be read as a speaker
    assert all(line.endswith((":", "：")) for line in lines if line.startswith("###"))
    assert all(line.startswith(("# ", "### ")) for line in lines if line.startswith("#"))


def test_a_label_that_ends_in_a_colon_has_one(make):
    released = make([(0, "好")], [PublicSpeaker("主席：", "主席：", "", named=True)])
    assert "### 主席：\n" in markdown.serialize(released).decode()


def test_only_web_pages_are_linked(make):
    links = (Link("x", "javascript:alert(1)"), Link("", "https://a.example/(b) c"))
    written = markdown.serialize(make(links=links)).decode()
    assert "javascript" not in written
    assert "](https://a.example/%28b%29c)" in written


def test_draft_lines_are_not_published(released):
    assert not re.search("臺北|A-1|開始記錄", markdown.serialize(released).decode())


def _seen(written: str) -> list[tuple[str, str]]:
    """Top-level blocks as CommonMark shows them: (tag, text)."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("strikethrough").render(written)
    rendered = re.sub(r"<blockquote>.*?</blockquote>", "", rendered, flags=re.DOTALL)
    return [
        (tag, html.unescape(inner))
        for tag, inner in re.findall(r"<(h1|h3|p)>(.*?)</\1>", rendered, flags=re.DOTALL)
    ]


def test_the_note_is_nobodys_words_and_only_where_something_is_masked(make, released):
    assert len(markdown.parse(markdown.serialize(released))) == len(paragraphs(released))
    named = [PublicSpeaker("Ann", "Ann", "", named=True)]
    assert markdown.serialize(make([(0, "Hi.")], named, language="en", hidden=(), links=())).endswith(
        b"Hi.\n"
    )
    assert b"\n\n> (Note: " in markdown.serialize(make([(0, "Hi.")], named, language="en"))
