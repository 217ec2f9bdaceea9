"""OpenCC's other door: how a character or a name is written elsewhere, and which characters are variants of one.

The families of variants are read from `variants.txt`, one a line, the one that stands for all of it first. To find
them takes OpenCC .7 s, which every process would wait for; `python -m redaction.variants` writes them anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import opencc

_FILE = Path(__file__).with_name("variants.txt")
_CONFIGS = ("s2t", "t2s", "s2tw", "tw2s", "s2hk", "hk2s", "t2jp", "jp2t", "t2tw", "tw2t", "t2hk", "hk2t")
_IDEOGRAPHS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))


def heads() -> dict[int, str]:
    """Every ideograph with a variant, to the one that stands for its whole family; those that stand are left out."""
    lines = _FILE.read_text("utf-8").splitlines()
    return {ord(character): line[0] for line in lines for character in line[1:]}


def families() -> tuple[str, ...]:
    """(n_families,) characters that OpenCC takes for variants of each other, transitively, sorted by their head."""
    characters = [chr(c) for low, high in _IDEOGRAPHS for c in range(low, high)]
    above: dict[str, str] = {}

    def head(character: str) -> str:
        while (next_ := above.get(character, character)) != character:
            character = next_
        return character

    for _, converter in _converters():
        written = converter.convert("\n".join(characters)).split("\n")
        for before, after in zip(characters, written, strict=True):
            if before != after and len(after) == 1:
                above[head(before)] = head(after)
    found: dict[str, list[str]] = {}
    for character in sorted(above):
        if head(character) != character:
            found.setdefault(head(character), []).append(character)
    return tuple(first + "".join(others) for first, others in sorted(found.items()))


@cache
def _converters() -> tuple[tuple[str, opencc.OpenCC], ...]:
    return tuple((config, opencc.OpenCC(config)) for config in _CONFIGS)


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


if __name__ == "__main__":
    _FILE.write_text("".join(f"{family}\n" for family in families()), "utf-8")
