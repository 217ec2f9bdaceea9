"""ODT and DOCX, by programs that are not ours."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx as python_docx
import odfdo
import pytest
from hypothesis import given, settings
from lxml import etree

from output import docx, odt
from output.document import blocks
from output.paragraph import paragraphs
from redaction.released import PublicSection
from redaction.scan import Term, scan
from speakers.record import Millis
from tests.foreign import Office

FORMATS = {"odt": odt.serialize, "docx": docx.serialize}
AGENDA = (
    PublicSection("開場", 0, Millis(0)),
    PublicSection("討論 <一>", 2, Millis(2000), "https://example.org/簡報.pdf?a=1&b=2"),
)

pytestmark = pytest.mark.parametrize("ending", FORMATS)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes, str], str]:
    """Opens documents in LibreOffice and gives the text that it shows."""
    return Office(tmp_path_factory.mktemp("office")).text


def lines(released, **options) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in blocks(released, **options)]


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_libreoffice_shows_the_record_line_by_line(ending, make, office):
    released = make(sections=AGENDA)
    assert office(FORMATS[ending](released), ending).splitlines() == lines(released)
    assert lines(released)[-6:-1] == [
        "我住在［地址］，<不方便>說。".join(["參與者 1：", ""]),
        "討論 <一>",
        "投影片：https://example.org/簡報.pdf?a=1&b=2",
        "高慧敏：謝謝。",
        "高慧敏：下一位。",
    ]


def test_an_office_reads_its_own_date_and_the_archive_s(ending, make, office):
    shown = office(FORMATS[ending](make(date="2026-03-24")), ending).splitlines()
    assert shown[:2] == ["2026-03-24 開放政府會議", "日期：中華民國115年3月24日（星期二）"]
    assert "Date: 2026-03-24" in office(FORMATS[ending](make(date="2026-03-24", language="en")), ending)


def test_libreoffice_shows_every_character_that_was_said(ending, make, office):
    odd = [
        "<b>&amp;</b> ]]>",
        "👩‍👩‍👧 שלום \u202e倒",
        "\x00\x1b[0m_\ufffe全形\u3000空白",
        "a  b\tc\r\n\r\nd",
        "\U000f0000𠮷",
    ]
    released = make([(0, text) for text in odd])
    assert office(FORMATS[ending](released), ending).splitlines() == lines(released)


def test_who_speaks_when_is_said_where_asked(ending, make, office):
    released = make()
    shown = office(FORMATS[ending](released, timestamps=True), ending)
    assert "[0:02] 高慧敏：謝謝。" in shown.splitlines()
    assert "[0:02]" not in office(FORMATS[ending](released), ending)


def test_the_same_record_gives_the_same_bytes_and_they_tell_no_time_and_nobody(ending, make, monkeypatch):
    first = FORMATS[ending](make())
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    docx._template.cache_clear()
    assert FORMATS[ending](make()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {about.date_time for about in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {(about.create_system, about.extra, about.comment) for about in archive.infolist()} == {
            (3, b"", b"")
        }
    inside = b"".join(members(first).values())
    assert not re.search(
        rb"python-docx|odfdo|LibreOffice/|Macintosh|generator|creator|lastModifiedBy|creation", inside
    )
    assert not re.search(rb"20\d\d-\d\d-\d\dT", inside)


def test_a_title_a_language_and_real_headings(ending, make):
    data = FORMATS[ending](make(sections=AGENDA))
    inside = members(data)
    if ending == "odt":
        assert next(iter(inside)) == "mimetype"
        document = odfdo.Document(io.BytesIO(data))
        assert document.meta.title == "2024-05-01 開放政府會議"
        assert [h.text_recursive.rstrip("\n") for h in document.body.headers] == ["開場", "討論 <一>"]
        assert b"<dc:language>zh-Hant-TW<" in inside["meta.xml"]
        assert b'style:country-asian="TW"' in inside["styles.xml"]
    else:
        document = python_docx.Document(io.BytesIO(data))
        assert document.core_properties.title == "2024-05-01 開放政府會議"
        assert document.core_properties.language == "zh-Hant-TW"
        headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
        assert headings == ["開場", "討論 <一>"]
        assert b'w:eastAsia="zh-TW"' in inside["word/styles.xml"]
    english = members(FORMATS[ending](make(language="en")))
    assert b"<dc:language>en<" in english["meta.xml" if ending == "odt" else "docProps/core.xml"]


def test_the_speaker_is_bold_and_the_words_are_not(ending, make):
    data = FORMATS[ending](make())
    if ending == "odt":
        strong = [span.text for span in odfdo.Document(io.BytesIO(data)).body.spans if span.style == "Strong"]
    else:
        runs = [run for p in python_docx.Document(io.BytesIO(data)).paragraphs for run in p.runs]
        strong = [run.text for run in runs if run.style.name == "Strong"]
    assert strong[-4:] == ["高慧敏：", "參與者 1：", "高慧敏：", "高慧敏："]


def test_links_lead_to_the_web_and_to_nothing_else(ending, make):
    released = make(sections=AGENDA, join="abc", video="javascript:alert(1)")
    told = b"".join(members(FORMATS[ending](released)).values()).decode("utf-8")
    assert "https://join.gov.tw/idea/detail/abc" in told
    assert "https://example.org/%E7%B0%A1%E5%A0%B1.pdf?a=1&amp;b=2" in told
    assert "javascript:" not in told


@settings(max_examples=40)
@given(data=pytest.importorskip("hypothesis.strategies").data())
def test_whatever_is_said_stands_in_the_document_letter_by_letter(ending, data, releases):
    released = data.draw(releases)
    written = FORMATS[ending](released)
    for name, content in members(written).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content)
    said = [f"{p.label}{'：' if released.language == 'zh' else ': '}{p.text}" for p in paragraphs(released)]
    if ending == "odt":
        shown = [p.text_recursive.rstrip("\n") for p in odfdo.Document(io.BytesIO(written)).body.paragraphs]
    else:
        shown = [p.text for p in python_docx.Document(io.BytesIO(written)).paragraphs]
    assert [text for text in shown if text in set(said)] == said


def test_the_leak_scanner_finds_a_name_in_the_document(ending, make, tmp_path: Path):
    term = (Term("p1/0", "蔡佩珊"),)
    for name, changed in (
        ("said", {"spoken": [(0, "謝謝蔡佩珊。")]}),
        ("title", {"title": "與蔡佩珊談"}),
        ("agenda", {"sections": (PublicSection("蔡佩珊報告", 0),)}),
        ("address", {"video": "https://example.org/蔡佩珊"}),
    ):
        path = tmp_path / f"{name}.{ending}"
        path.write_bytes(FORMATS[ending](make(**changed)))
        assert scan(path, term), name
    clean = tmp_path / f"clean.{ending}"
    clean.write_bytes(FORMATS[ending](make(sections=AGENDA)))
    assert scan(clean, term, numbers=True) == ()
