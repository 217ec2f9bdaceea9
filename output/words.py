"""What a record's own words are called, in its language: one place, so that no two formats call a thing differently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from redaction.released import Released

_T = TypeVar("_T")

_WORDS = {
    "zh": {
        "date": "日期",
        "place": "地點",
        "begins": "錄音始於",
        "begun": "{}（臺北時間）",
        "case": "案號",
        "link": "連結",
        "licence": "授權",
        "speakers": "發言者",
        "agenda": "議程",
        "slides": "投影片",
        "between": "、",
        "colon": "：",
        "opening": "（",
        "closing": "）",
    },
    "en": {
        "date": "Date",
        "place": "Place",
        "begins": "Recording begins",
        "begun": "{} (Taipei time)",
        "case": "Case",
        "link": "Link",
        "licence": "Licence",
        "speakers": "Speakers",
        "agenda": "Agenda",
        "slides": "Slides",
        "between": ", ",
        "colon": ": ",
        "opening": "(",
        "closing": ")",
    },
}


def chosen(table: Mapping[str, _T], language: str) -> _T:
    """Of a table with "zh" and "en" the row for a record in that language; English is for all but Chinese.

    >>> chosen({"zh": "甲", "en": "A"}, "ja")
    'A'
    """
    return table["zh" if language == "zh" else "en"]


def words(released: Released) -> dict[str, str]:
    """What facts, agenda and slides are called, and the signs between them, in the language of the record."""
    return chosen(_WORDS, released.language)


def both(what: str) -> dict[str, str]:
    """One of these words with its colon, by language: for whoever reads files of either.

    >>> both("agenda")
    {'zh': '議程：', 'en': 'Agenda: '}
    """
    return {language: said[what] + said["colon"] for language, said in _WORDS.items()}


def tag(released: Released) -> str:
    """The record's language as BCP 47 has it."""
    return chosen({"zh": "zh-Hant-TW", "en": "en"}, released.language)


ISO_639 = {"zh": "zho", "en": "eng"}
"""A record's languages in three letters (ISO 639-2/T), by the two that we write."""
