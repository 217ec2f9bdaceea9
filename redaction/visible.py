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
    characters = [_SEEN[character] for character in text]
    places = range(len(text)) if all(characters) else [place for place, seen in enumerate(characters) if seen]
    return "".join(characters), tuple(places)


class _Seen(dict[str, str]):
    """What is seen of a character, at most one: looked up once each, as a record has few different ones."""

    def __missing__(self, character: str) -> str:
        seen = self[character] = _seen(character)
        return seen


_SEEN = _Seen()


def _seen(character: str) -> str:
    if not (character.isprintable() or character.isspace()) or _selector(character):
        return ""
    preferred = unicodedata.normalize("NFKC", character)
    return preferred if len(preferred) == 1 else character


def _selector(character: str) -> bool:
    """Variation selectors choose the shape of the character before them and have none of their own."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def original(places: tuple[int, ...], start: int, end: int) -> tuple[int, int]:
    """Where `[start, end)` of the visible characters, at least one, stands in the text they came from."""
    return places[start], places[end - 1] + 1
