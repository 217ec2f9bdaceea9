"""Whatever was said and whoever said it, each format gives the same back, and says the same as the others."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from output import akoma_ntoso, akoma_ntoso_30, akoma_read, clock, markdown, plain_text, webvtt
from output.captions import captions
from output.paragraph import (
    labels,
    labels_with_roles,
    note,
    paragraphs,
    proposal,
    readable,
    sections,
    video,
    web_links,
)
from output.told import Item, Said, Told
from redaction.released import Released


@given(st.data())
def test_akoma_ntoso_parses_back(releases: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(releases)
    expected = tuple((p.label, p.text) for p in paragraphs(released))
    assert akoma_ntoso.parse(akoma_ntoso.serialize(released)) == expected


@given(st.data())
def test_markdown_parses_back(releases: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(releases)
    expected = tuple((p.label, p.text) for p in paragraphs(released))
    assert markdown.parse(markdown.serialize(released)) == expected


@given(st.data())
def test_webvtt_parses_back(releases: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(releases)
    assert webvtt.parse(webvtt.serialize(released)) == tuple(replace(c, cues=()) for c in captions(released))
    shown = captions(released)
    assert _said((c.label, c.text) for c in shown) == _said((p.label, p.text) for p in paragraphs(released))


def _said(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What each says until another one speaks: captions divide it in another way than paragraphs."""
    by_speaker = itertools.groupby(rows, key=lambda row: row[0])
    return [(label, "".join("".join(text.split()) for _, text in each)) for label, each in by_speaker]


@given(st.data())
def test_no_published_text_holds_a_character_that_is_not_seen(
    releases: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    released = data.draw(releases)
    for module in (akoma_ntoso, markdown, webvtt, plain_text):
        text = module.serialize(released).decode("utf-8").replace("\n", "")
        assert text.isprintable() or not [c for c in text if unicodedata.category(c) in {"Cc", "Cs"}]
        assert not set(text) & set("\u200b\u202e\ufeff\ufffe")


@given(st.data())
def test_no_two_speakers_share_a_label(releases: st.SearchStrategy[Released], data: st.DataObject) -> None:
    released = data.draw(releases)
    shown = labels(released)
    assert len(set(shown)) == len(shown) == len(released.speakers)


@given(st.text())
def test_readable_text_is_readable(text: str) -> None:
    once = readable(text)
    assert readable(once) == once == unicodedata.normalize("NFC", once)


def told(released: Released) -> Told:
    """Everything of a record that Akoma Ntoso can hold."""
    timed = clock.zero(released) is not None
    titled = labels_with_roles(released)

    def said(p):
        span = p.span if timed else None
        times = (span.start, span.end) if span else (None, None)
        return Said(p.label, titled[p.speaker][: akoma_ntoso.MAX_FROM_CHARACTERS], p.text, *times)

    return Told(
        heading=readable(released.heading) or "Record",
        links=web_links(released),
        items=tuple(
            Item(s.title, s.slides, tuple(map(said, s.paragraphs)), s.at if timed else None)
            for s in sections(released)
        ),
        note=note(released, paragraphs(released)),
        licence=released.licence,
        date=clock.iso_date(released.date),
        case=readable(released.case),
        place=readable(released.place),
        language=released.language,
        begins=released.begins if timed else "",
        proposal=proposal(released),
        video=video(released),
    )


def without_times(told: Told) -> Told:
    """As SayIt's file has it."""
    said = [
        replace(i, at=None, said=tuple(replace(s, start=None, end=None) for s in i.said)) for i in told.items
    ]
    return replace(told, items=tuple(said), case="", place="", language="", begins="", proposal="", video="")


def as_markdown_has_it(told: Told) -> Told:
    """Without roles; the date stands in the heading, and no heading ends in a colon."""
    items = [
        replace(
            i,
            slides=markdown.address(i.slides),
            said=tuple(replace(s, shown=s.label) for s in i.said),
        )
        for i in told.items
    ]
    links = tuple((label, markdown.address(url)) for label, url in told.links)
    heading = told.heading.rstrip(":： \u3000") or "Record"
    return replace(told, heading=heading, date="", items=tuple(items), links=links)


@given(st.data())
def test_akoma_ntoso_3_gives_everything_back(
    meetings: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    released = data.draw(meetings)
    assert akoma_read.told(akoma_ntoso_30.serialize(released)) == told(released)


@given(st.data())
def test_sayits_file_gives_everything_back_that_sayit_shows(
    meetings: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    released = data.draw(meetings)
    assert akoma_read.told(akoma_ntoso.serialize(released)) == without_times(told(released))


@given(st.data())
def test_markdown_and_akoma_ntoso_say_the_same(
    meetings: st.SearchStrategy[Released], data: st.DataObject
) -> None:
    released = data.draw(meetings)
    sayit = akoma_read.told(akoma_ntoso.serialize(released))
    assert markdown.told(markdown.serialize(released)) == as_markdown_has_it(sayit)
