"""One form for everything that reads alike: width, case, accents, invisible characters, variants."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

import opencc

CONFIGS = ("s2t", "t2s", "s2tw", "tw2s", "s2hk", "hk2s", "t2jp", "jp2t", "t2tw", "tw2t", "t2hk", "hk2t")
_IDEOGRAPHS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))

_LETTERS_WITHOUT_PARTS = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
LOOKALIKES = dict(zip("аеорсхуіјѕһԁԛԝкмтнгвɑαοινκρτυχ", "aeopcxyijshdqwkmthrbaaoivkptux", strict=True))
"""Cyrillic and Greek letters that are read as Latin ones, after casefolding."""

_IGNORABLE = (
    (0x00, 0x09), (0x0E, 0x20), (0x7F, 0x85), (0x86, 0xA0), (0xAD, 0xAE), (0x34F, 0x350), (0x61C, 0x61D),
    (0x115F, 0x1161), (0x17B4, 0x17B6), (0x180B, 0x1810), (0x200B, 0x2010), (0x202A, 0x202F),
    (0x2060, 0x2070), (0x2800, 0x2801), (0x3164, 0x3165), (0xFE00, 0xFE10), (0xFEFF, 0xFF00),
    (0xFFA0, 0xFFA1), (0xFFF0, 0xFFFC), (0x1BCA0, 0x1BCA4), (0x1D173, 0x1D17B), (0xE0000, 0xE1000),
)  # fmt: skip
"""Half-open ranges that show nothing: controls, soft hyphen, zero-width, bidi, fillers, selectors."""


@cache
def _invisible() -> dict[int, None]:
    marks = (c for c in range(0x300, 0x1E200) if unicodedata.category(chr(c)) in {"Mn", "Me"})
    return dict.fromkeys([*(c for low, high in _IGNORABLE for c in range(low, high)), *marks])


@cache
def _variants() -> dict[int, str]:
    """Every ideograph with a variant, to the one that stands for its whole family (transitively)."""
    characters = [chr(c) for low, high in _IDEOGRAPHS for c in range(low, high)]
    family: dict[str, str] = {}

    def head(character: str) -> str:
        while (above := family.get(character, character)) != character:
            character = above
        return character

    for config in CONFIGS:
        converted = opencc.OpenCC(config).convert("\n".join(characters)).split("\n")
        for before, after in zip(characters, converted, strict=True):
            if before != after and len(after) == 1:
                family[head(before)] = head(after)
    return {ord(c): head(c) for c in family if head(c) != c}


@cache
def _digits() -> dict[int, str]:
    """The digits of every script."""
    every = (chr(c) for c in range(0x80, sys.maxunicode + 1))
    return {ord(c): str(unicodedata.digit(c)) for c in every if unicodedata.category(c) == "Nd"}


@cache
def _folding() -> dict[int, str | None]:
    letters = {ord(a): b for a, b in (_LETTERS_WITHOUT_PARTS | LOOKALIKES).items()}
    # Tone marks of Zhuyin are letters to Unicode, not combining marks.
    tones = dict.fromkeys(map(ord, "ˊˇˋˉ"))
    return {**_variants(), **letters, **tones, **_digits(), **_invisible()}


def without_invisible(text: str) -> str:
    r"""The text without characters that show nothing.

    >>> without_invisible("林\u200b小\u00ad明")
    '林小明'
    """
    return text.translate(_invisible())


def compatible(text: str) -> str:
    """Full-width letters, Kangxi radicals and compatibility ideographs as their plain ones.

    >>> compatible("Ｌｉｎ")
    'Lin'
    """
    return unicodedata.normalize("NFKC", text)


def fold(text: str) -> str:
    """One form for all that reads alike. Newlines stay, so that line numbers do.

    >>> fold("Ｌíｎ") == fold("LIN"), fold("発") == fold("发") == fold("發")
    (True, True)
    """
    if text.isascii() and text.isprintable():
        return text.lower()
    return unicodedata.normalize("NFKD", text).casefold().translate(_folding())


@cache
def _converters() -> tuple[tuple[str, opencc.OpenCC], ...]:
    return tuple((config, opencc.OpenCC(config)) for config in CONFIGS)


def converted(surface: str) -> dict[str, str]:
    """A surface as OpenCC writes it elsewhere, with what that is called; without the surface itself.

    >>> converted("陈")["陳"], converted("陳")["陈"]
    ('Traditional', 'Simplified')
    """
    forms: dict[str, str] = {}
    for config, converter in _converters():
        label = "Simplified" if config.endswith("2s") else "Traditional" if config[:2] != "t2" else "variant"
        forms.setdefault(converter.convert(surface), label)
    forms.pop(surface, None)
    return forms


IDEOGRAPH = re.compile(
    "[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
