"""What a recognizer was told to expect: heard, or only echoed."""

from __future__ import annotations

import pytest

from speakers.hints import occurrences, supported, without_echoes
from speakers.record import Word, joined
from tests.scenes import span, spoken, word


def row(text: str) -> list[Word]:
    return list(spoken(("S1", text)).statements[0].words)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("好陳筱明、陳筱明。我", "好我"),
        ("陳筱明陳筱明陳筱明", ""),
        ("陳筱明說陳筱明", "陳筱明說陳筱明"),
        ("好好", "好好"),
        ("", ""),
    ],
)
def test_a_term_twice_in_a_row_is_an_echo(text: str, left: str) -> None:
    assert joined(without_echoes(row(text) if text else [], ("陳筱明", "筱明"))) == left


def test_where_a_term_stands() -> None:
    assert occurrences(row("我是陳筱明"), ("陳筱明", "筱明", "王大明")) == [
        ("陳筱明", span(1000, 2500)),
        ("筱明", span(1500, 2500)),
    ]


@pytest.mark.parametrize(
    ("term", "heard", "support"),
    [
        ("陳筱明", "沉曉敏", True),
        ("陳筱明", "沉小貓", True),  # two of three
        ("陳筱明", "大家好", False),
        ("陳筱明", "", False),
        ("Slido", "slider", True),
        ("Slido", "大家", False),
    ],
)
def test_what_supports_a_term(term: str, heard: str, support: bool) -> None:
    assert supported(term, span(0, 1500), [word(heard, 0, 1500)] if heard else []) is support


def test_what_was_heard_elsewhere_supports_nothing() -> None:
    assert not supported("陳筱明", span(0, 1500), [word("陳筱明", 5000, 6500)])
