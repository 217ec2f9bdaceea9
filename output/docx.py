"""Word's format, for whoever has no program that opens ODT. The one door to python-docx.

Its template says that python-docx made it in 2013, and brings a picture, a theme and fonts for Japanese along: all
that is left out, and the styles are ours (`page/docx_styles.xml`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph

from output.archive import packed, unpacked
from output.document import Kind, Run, blocks, rows_of, title
from output.words import tag
from redaction.released import Released

_STYLES = Path(__file__).parent / "page" / "docx_styles.xml"

_STYLE: dict[Kind, str] = {  # by their ids: looking each up by its name takes longer than all the rest
    "title": "Title",
    "fact": "Fact",
    "heading": "Heading1",
    "slides": "Fact",
    "said": "Said",
    "note": "Note",
}

_NEEDED = frozenset(
    {
        RELATIONSHIP_TYPE.CORE_PROPERTIES,
        RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
        RELATIONSHIP_TYPE.SETTINGS,
        RELATIONSHIP_TYPE.STYLES,
    }
)
"""Of what its template holds."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_ABOUT = f"""{_XML}<cp:coreProperties \
xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/"/>
"""

_SETTINGS = f"""{_XML}<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">\
<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" \
w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>\
<w:themeFontLang w:val="en-US" w:eastAsia="zh-TW"/></w:settings>
"""


def serialize(released: Released, *, timestamps: bool = False) -> bytes:
    """The record as a DOCX file: a title block, a heading for each item of the agenda, speakers in bold.

    Args:
        released: the record.
        timestamps: whether each paragraph says when it begins, counted from the start of the recording.

    Returns:
        A zip archive without any time, user or program in it.
    """
    document = docx.Document(io.BytesIO(_template()))
    document.core_properties.title = title(released)
    document.core_properties.language = tag(released)
    before: Kind = "title"
    for block in blocks(released, timestamps=timestamps):
        first = before == "fact" and block.kind == "said"
        paragraph = document.add_paragraph()
        paragraph._p.style = "FirstSaid" if first else _STYLE[block.kind]
        paragraph._p.tail = (
            "\n"  # a paragraph a line: for people who compare two files, and for the leak scanner
        )
        for run in block.runs:
            _write(paragraph, run)
        before = block.kind
    return packed(_saved(document))


_PASSED = frozenset(map(qn, ("w:ins", "w:moveTo", "w:sdt", "w:sdtContent", "w:smartTag", "w:customXml")))
"""What python-docx passes over with all that stands in it: tracked changes, and fields of a form."""

_UNSAID = frozenset(
    map(qn, ("w:pPr", "w:rPr", "w:del", "w:moveFrom", "w:rt", "w:drawing", "w:pict", "w:object"))
)
_VANISH, _OFF = f"{qn('w:rPr')}/{qn('w:vanish')}", frozenset({"0", "false", "off"})
_BETWEEN = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


def paragraphs(data: bytes) -> Iterator[str]:
    """What a document shows, paragraph by paragraph, with tracked changes as if accepted, and without comments.

    A row of a table is one, as 「name：words」; what its last cell has more is a paragraph each.

    Raises:
        Exception: Whatever python-docx raises of what is no such document.
    """
    yield from _said(docx.Document(io.BytesIO(data)).element.body)


def _said(parent: Any) -> Iterator[str]:
    for element in parent:
        if element.tag == qn("w:p"):
            yield _text(element)
        elif element.tag == qn("w:tbl"):
            for row in _within(element, qn("w:tr")):
                yield from rows_of([list(_said(cell)) for cell in _within(row, qn("w:tc"))])
        elif element.tag in _PASSED:
            yield from _said(element)


def _within(parent: Any, tag: str) -> Iterator[Any]:
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in _PASSED:
            yield from _within(element, tag)


def _text(element: Any) -> str:
    """Of ruby its base; of what is shown in one of two ways the first."""
    if element.tag == qn("w:t"):
        return str(element.text or "")
    if element.tag in _UNSAID or str(element.tag).endswith("}Fallback"):
        return ""
    hidden = element.find(_VANISH) if element.tag == qn("w:r") else None
    if hidden is not None and hidden.get(qn("w:val")) not in _OFF:
        return ""
    return _BETWEEN.get(element.tag, "") or "".join(map(_text, element))


@cache
def _template() -> bytes:
    """An empty page with our styles and nothing else: A4, its number below."""
    document = docx.Document()
    for relations in (document.part.package.rels, document.part.rels):
        for key in [key for key, relation in relations.items() if relation.reltype not in _NEEDED]:
            del relations[key]
    (page,) = document.sections
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.5)
    members = _saved(document)
    members |= {
        "docProps/core.xml": _ABOUT.encode(),
        "word/settings.xml": _SETTINGS.encode(),
        "word/styles.xml": _STYLES.read_bytes(),
    }
    document = docx.Document(io.BytesIO(packed(members)))
    footer = document.sections[0].footer.paragraphs[0]
    footer._p.style = "Footer"
    _field(footer, "PAGE")
    footer.add_run(" / ")
    _field(footer, "NUMPAGES")
    return packed(_saved(document))


def _saved(document: Document) -> dict[str, bytes]:
    whole = io.BytesIO()
    document.save(whole)
    return unpacked(whole.getvalue())


def _write(paragraph: Paragraph, run: Run) -> None:
    if run.url:  # python-docx reads links, but makes none
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(run.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        paragraph._p.append(link)
        piece = paragraph.add_run(run.text)._r
        piece.style = "Hyperlink"
        link.append(piece)
        return
    piece = paragraph.add_run(run.text)._r
    if run.strong:
        piece.style = "Strong"


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that the program which opens the file counts."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
    field.append(paragraph.add_run("1")._r)
