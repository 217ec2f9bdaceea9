"""One form for everything that reads alike: width, case, accents, invisible characters, variants."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from redaction.variants import heads

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


class _Invisible(dict[int, str | None]):
    """For `str.translate`: nothing for what shows nothing, the rest as it is; each character when it is first met."""

    def __missing__(self, point: int) -> str | None:
        self[point] = self.told(chr(point))
        return self[point]

    def told(self, character: str) -> str | None:
        """What becomes of a character."""
        ignorable = any(low <= ord(character) < high for low, high in _IGNORABLE)
        return None if ignorable or unicodedata.category(character) in {"Mn", "Me"} else character


class _Folding(_Invisible):
    """The same, and one for all digits of one value."""

    def told(self, character: str) -> str | None:
        """What becomes of a character."""
        if unicodedata.category(character) == "Nd":
            return str(unicodedata.digit(character))
        return super().told(character)


_SHOWN = _Invisible()


@cache
def _folding() -> _Folding:
    letters = {ord(a): b for a, b in (_LETTERS_WITHOUT_PARTS | LOOKALIKES).items()}
    # Tone marks of Zhuyin are letters to Unicode, not combining marks.
    tones = dict.fromkeys(map(ord, "ˊˇˋˉ"))
    return _Folding({**heads(), **letters, **tones})


def without_invisible(text: str) -> str:
    r"""The text without characters that show nothing.

    >>> without_invisible("林\u200b小\u00ad明")
    '林小明'
    """
    return text.translate(_SHOWN)


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


IDEOGRAPH = re.compile(
    "[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
