"""Searching the text of a record."""

from __future__ import annotations

import pytest

from pipeline.search import LONGEST, search
from speakers.error import RecordError
from speakers.record import Millis, Span, SpeakerId, Statement, Word


def said(*texts: str) -> list[Statement]:
    return [
        Statement(f"a{n}", SpeakerId("S1"), (Word(text, Span(Millis(n), Millis(n + 1)), 1.0),))
        for n, text in enumerate(texts, start=1)
    ]


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("在臺北車站", "台北", [(1, 3)]),
        ("用ＯＰＥＮ data的", "open DATA", [(1, 10)]),
        ("发展 發展", "發展", [(0, 2), (3, 5)]),
        ("林小 明說", "小明", [(1, 4)]),
        ("𠮷野家在臺北", "台北", [(4, 6)]),
        ("哈哈哈哈", "哈哈", [(0, 2), (2, 4)]),
        ("好", "不好", []),
    ],
)
def test_places_count_characters_of_the_text(text: str, wanted: str, found: list[tuple[int, int]]) -> None:
    hits = search(said(text), wanted)
    assert hits.places == tuple(("a1", start, end) for start, end in found)
    assert hits.count == len(found)


def test_hits_stand_in_reading_order() -> None:
    assert [p[0] for p in search(said("好", "不", "好好"), "好").places] == ["a1", "a3", "a3"]


@pytest.mark.parametrize("wanted", ["", "  ", "\u200b", "字" * (LONGEST + 1)])
def test_there_has_to_be_something_to_look_for(wanted: str) -> None:
    with pytest.raises(RecordError):
        search(said("好"), wanted)
