"""The record as a document that people read: which blocks stand under each other, before any format writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from output import clock, licence
from output.paragraph import (
    Paragraph,
    labels_with_roles,
    note,
    paragraphs,
    readable,
    sections,
    web_links,
)
from output.words import words
from redaction.released import Released
from speakers.record import clock as counted

Kind = Literal["title", "fact", "heading", "slides", "said", "note"]
"""What a block is."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a block.

    Attributes:
        text: one line.
        strong: whether it is shown bold.
        url: where it leads; empty if nowhere. Safe in any attribute: ASCII without spaces and quotes.
    """

    text: str
    strong: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or heading of the document."""

    kind: Kind
    runs: tuple[Run, ...]


def title(released: Released) -> str:
    """What the document is called; never empty."""
    return readable(released.heading) or "Record"


def facts(released: Released) -> Iterator[tuple[str, tuple[Run, ...]]]:
    """(name, (n,) what is said of it) of all that stands above a record: date, place, case, links, licence, people."""
    said = words(released)
    begins = readable(released.begins)
    date = readable(released.date)
    for name, value in (
        ("date", clock.spoken_date(date) if released.language == "zh" else date),
        ("begins", said["begun"].format(begins) if begins else ""),
        ("place", readable(released.place)),
        ("case", readable(released.case)),
    ):
        if value:
            yield said[name], (Run(value),)
    if links := tuple(Run(label, url=_address(url)) for label, url in web_links(released)):
        yield said["link"], links
    yield said["licence"], (Run(licence.name(released), url=licence.address(released)),)
    speaking = {p.speaker for p in paragraphs(released)}
    shown = [label for index, label in enumerate(labels_with_roles(released)) if index in speaking]
    if shown:
        yield said["speakers"], (Run(said["between"].join(shown)),)


def blocks(released: Released, *, timestamps: bool = False) -> Iterator[Block]:
    """The document from its title to the closing note.

    Args:
        released: the record.
        timestamps: whether each paragraph says when it begins, counted from the start of the recording.
    """
    said = words(released)
    yield Block("title", (Run(title(released)),))
    for name, runs in facts(released):
        for run in runs:
            yield Block("fact", (Run(name + said["colon"], strong=True), run))
    for section in sections(released):
        if section.title:
            yield Block("heading", (Run(section.title),))
        if section.slides:
            link = Run(section.slides, url=_address(section.slides))
            yield Block("slides", (Run(said["slides"] + said["colon"]), link))
        for paragraph in section.paragraphs:
            yield Block("said", tuple(_spoken(paragraph, said["colon"], timestamps)))
    if closing := note(released, paragraphs(released)):
        yield Block("note", (Run(closing),))


def _spoken(paragraph: Paragraph, colon: str, timestamps: bool) -> Iterator[Run]:
    if timestamps and paragraph.span is not None:
        yield Run(f"[{counted(paragraph.span.start)}] ")
    yield Run(paragraph.label + colon, strong=True)
    yield Run(paragraph.text)


def _address(url: str) -> str:
    """The address with everything that is no character of an address percent-encoded.

    >>> _address('https://example.org/影片?a=1&b="2"')
    'https://example.org/%E5%BD%B1%E7%89%87?a=1&b=%222%22'
    """
    return quote(url, safe=":/?#@!$&'()*+,;=%~")


def rows_of(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """A row of somebody's table as paragraphs: 「name：words」, with a moment before it if one stands there.

    Args:
        cells: (n_cells,) each with its paragraphs, which are a paragraph each in the last one.

    >>> list(rows_of([["3"], ["00:05"], ["沈立言"], ["大家好。", "我們開始。"]]))
    ['00:05 沈立言：大家好。', '我們開始。']
    """
    filled = [texts for cell in cells if (texts := [text for each in cell if (text := each.strip())])]
    while len(filled) > 1 and len(filled[0]) == 1 and filled[0][0].rstrip(".、").isdecimal():
        filled = filled[1:]  # the row's number
    if not filled:
        return
    *before, last = filled
    line = ""
    for texts in before:
        text = " ".join(texts).rstrip(":：")
        line += f"{text}：" if any(map(str.isalpha, text)) else f"{text} "
    yield f"{line}{last[0]}"
    yield from last[1:]
