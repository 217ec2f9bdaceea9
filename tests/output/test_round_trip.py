"""Whatever was said and whoever said it, each format gives the same back."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from output import akoma_ntoso, markdown, plain_text, webvtt
from output.captions import captions
from output.paragraph import labels, paragraphs, readable
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
    assert webvtt.parse(webvtt.serialize(released)) == captions(released)
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
