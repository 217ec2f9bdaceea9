"""What a reader of a published file will see of a text, with where each character of it came from.

Characters that nobody sees are taken out when a record is written, and others are exchanged for the form that
Unicode prefers. Whoever looks for a name has to look at what will be left then.
"""

from __future__ import annotations

import unicodedata


def visible(text: str) -> tuple[str, tuple[int, ...]]:
    r"""The characters that will be seen, and the place of each in `text`; both of one length.

    >>> visible("a\u200bb"), visible("\uff21")
    (('ab', (0, 2)), ('A', (0,)))
    """
    seen: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if not (character.isprintable() or character.isspace()) or _selector(character):
            continue
        preferred = unicodedata.normalize("NFKC", character)
        seen.append(preferred if len(preferred) == 1 else character)
        places.append(place)
    return "".join(seen), tuple(places)


def _selector(character: str) -> bool:
    """Variation selectors choose the shape of the character before them and have none of their own."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def original(places: tuple[int, ...], start: int, end: int) -> tuple[int, int]:
    """Where `[start, end)` of the visible characters, at least one, stands in the text they came from."""
    return places[start], places[end - 1] + 1
