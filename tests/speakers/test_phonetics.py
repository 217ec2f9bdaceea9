"""What sounds alike to a recognizer in Taiwan, and what does not."""

from __future__ import annotations

import pytest

from speakers.phonetics import folded, near_sound, same_sound, syllables


@pytest.mark.parametrize(
    ("a", "b", "same", "near"),
    [
        ("筱", "曉", True, True),
        ("陳", "沉", True, True),
        ("品", "評", False, True),  # -n and -ng
        ("妤", "語", True, True),
        ("珊", "三", False, True),  # sh and s
        ("藍", "南", False, True),  # l and n
        ("方", "慌", False, False),
        ("福", "胡", False, True),  # f and h
        ("筱", "大", False, False),
        ("和", "漢", True, True),  # 和 read as in Taiwan
        ("期", "奇", True, True),
        ("A", "A", False, False),  # sound is of Chinese characters
        ("，", "，", False, False),
    ],
)
def test_which_characters_sound_alike(a: str, b: str, same: bool, near: bool) -> None:
    assert (same_sound(a, b), same_sound(b, a)) == (same, same)
    assert (near_sound(a, b), near_sound(b, a)) == (near, near)


@pytest.mark.parametrize(
    ("a", "b"),
    [("zhang", "zan"), ("cheng", "cen"), ("ping", "pin"), ("lu", "nu"), ("fu", "hu"), ("re", "le")],
)
def test_sounds_that_are_often_confused_are_one(a: str, b: str) -> None:
    assert folded(a) == folded(b)


def test_every_reading_counts() -> None:
    assert {"le", "yue"} <= syllables("樂")


def test_simplified_and_traditional_sound_the_same() -> None:
    assert syllables("陈") <= syllables("陳")
    assert same_sound("陈", "曉") is same_sound("陳", "曉") is False
