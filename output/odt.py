"""OpenDocument text, Taiwan's standard for documents of the government. The one door to odfdo.

Its template brings thumbnails, menus and the name of somebody's computer along; of it only the frames of content and
of facts about the document are used, and the styles are ours (`page/odt_styles.xml`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from odfdo import Document, Element, Header, Link, Paragraph, Span

from output.archive import packed
from output.document import Block, Kind, Run, blocks, rows_of, title
from output.words import tag
from output.xml_tree import without
from redaction.released import Released

_VERSION = "1.2"
"""Of OpenDocument. The template says 1.4, which programs of last year refuse to open; nothing here needs it."""

_MIME = "application/vnd.oasis.opendocument.text"
_STYLES = Path(__file__).parent / "page" / "odt_styles.xml"

_MANIFEST = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="{_VERSION}">
  <manifest:file-entry manifest:full-path="/" manifest:version="{_VERSION}" manifest:media-type="{_MIME}"/>
  <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
  <manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
  <manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""

_STYLE: dict[Kind, str] = {
    "title": "Title",
    "fact": "Fact",
    "heading": "Heading_20_1",
    "slides": "Slides",
    "said": "Said",
    "note": "Note",
}


@cache
def _styles() -> bytes:
    return _STYLES.read_bytes()


def serialize(released: Released, *, timestamps: bool = False) -> bytes:
    """The record as an ODT file: a title block, a heading for each item of the agenda, speakers in bold.

    Args:
        released: the record.
        timestamps: whether each paragraph says when it begins, counted from the start of the recording.

    Returns:
        A zip archive without any time, user or program in it.
    """
    document = Document("text")
    body = document.body
    body.clear()
    before: Kind = "title"
    for block in blocks(released, timestamps=timestamps):
        body.append(_element(block, first=before == "fact"))
        before = block.kind
    meta = document.meta
    meta.get_meta_body().clear()
    meta.title = title(released)
    language = Element.from_tag("dc:language")
    language.text = tag(released)  # its own setter takes no script
    meta.get_meta_body().append(language)
    for part in (document.content, meta):
        part.root.set_attribute("office:version", _VERSION)
    return packed(
        {
            "mimetype": _MIME.encode(),
            "META-INF/manifest.xml": _MANIFEST.encode(),
            "content.xml": without(document.content.serialize(), "font-face-decls"),
            "meta.xml": without(meta.serialize(), "font-face-decls"),
            "styles.xml": _styles(),
        }
    )


def paragraphs(data: bytes) -> Iterator[str]:
    """What a document says, paragraph by paragraph, without what was deleted, comments and notes.

    A row of a table is one, as 「name：words」; what its last cell has more is a paragraph each.

    Raises:
        Exception: Whatever odfdo raises of what is no such document.
    """
    yield from _said(Document(io.BytesIO(data)).body._xml_element)


_UNSAID = frozenset(
    (
        *("tracked-changes", "annotation", "annotation-end", "note", "ruby-text", "frame", "forms"),
        *("table-of-content", "covered-table-cell"),
    )
)
"""What stands in a document and is no part of its text: who comments is named there."""

_BETWEEN = {"s": " ", "tab": " ", "line-break": "\n"}


def _name(element: Any) -> str:
    """Without its namespace; that of a comment, which is no element, is empty."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _said(parent: Any) -> Iterator[str]:
    for element in parent:
        name = _name(element)
        if name in {"p", "h"}:
            yield _text(element)
        elif name == "table-row":
            yield from rows_of([list(_said(cell)) for cell in element if _name(cell) == "table-cell"])
        elif name and name not in _UNSAID:
            yield from _said(element)


def _text(element: Any) -> str:
    parts = [element.text or ""]
    for child in element:
        name = _name(child)
        parts.append(_BETWEEN.get(name) or ("" if not name or name in _UNSAID else _text(child)))
        parts.append(child.tail or "")
    return "".join(parts)


def _element(block: Block, *, first: bool) -> Element:
    style = _STYLE[block.kind]
    if block.kind == "heading":
        made: Element = Header(1)
        made.set_attribute("text:style-name", style)
    else:
        made = Paragraph(style="First_20_said" if first and block.kind == "said" else style)
    made.tail = "\n"  # a paragraph a line: for people who compare two files, and for the leak scanner
    last: Element | None = None
    for run in block.runs:
        if (piece := _piece(run)) is not None:
            made.append(piece)
            last = piece
        elif last is None:
            made.text = (made.text or "") + run.text
        else:  # no spaces in a row and no line ends: nothing that OpenDocument spells with elements
            last.tail = (last.tail or "") + run.text
    return made


def _piece(run: Run) -> Element | None:
    """A run with something about it; None if it is plain text."""
    if run.url:
        link = Link(run.url, text=run.text)
        link.set_attribute("text:style-name", "Internet_20_link")
        link.set_attribute("xlink:type", "simple")
        return link
    return Span(run.text, style="Strong") if run.strong else None
