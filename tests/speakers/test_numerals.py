"""Numbers in two notations at once."""

from __future__ import annotations

import pytest

from speakers.numerals import chinese, mixed
from speakers.traditional import to_taiwan


@pytest.mark.parametrize(
    ("text", "consistent"),
    [
        ("3百", "三百"),
        ("一百20", "一百二十"),
        ("二十5", "二十五"),
        ("三千2百", None),
        ("一萬300", "一萬零三百"),
        ("三百18", "三百一十八"),
        ("6月十八日", "六月十八日"),
        ("2010年六月", "二零一零年六月"),
        ("二零一零年6月3號", "二零一零年六月三號"),
        ("115年六月", "一百一十五年六月"),
        ("一百5", None),
        ("0百", None),
        ("一百05", None),
        ("300萬", None),
        ("3.5百", None),
        ("2百貨", None),
        ("2010年6月18日", None),
        ("六月十八日", None),
        ("零九八七，654", None),
    ],
)
def test_what_is_in_both_notations_is_written_in_one(text: str, consistent: str | None) -> None:
    assert [c for _, _, c in mixed(f"大概{text}，對")] == ([] if consistent is None else [consistent])


def test_where_it_stands() -> None:
    assert list(mixed("有3百件，一百20公分")) == [(1, 3, "三百"), (5, 9, "一百二十")]


def test_zero_is_said() -> None:
    assert chinese(0) == "零"


@pytest.mark.parametrize(
    "text", ["三百二十八萬", "328萬", "一百20", "2026年六月18日", "零九八七654", "room 12"]
)
def test_no_number_is_converted_silently(text: str) -> None:
    assert to_taiwan(text) == text
