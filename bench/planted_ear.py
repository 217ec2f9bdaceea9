"""How a name is written by the model in use: drawn from the real confusions in `bench/confusions.json`.

A name that was synthesised itself is written as it was written then. Any other one is put together syllable by
syllable, of what was written for syllables of that sound in names of the same split.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from bench.planted_classes import is_han, tokens
from bench.planted_names import SPLITS, split_of, spoken_people

TABLE = Path(__file__).with_name("confusions.json")


class Ear:
    """What is written for names of one split.

    Args:
        split: no confusion of a name of the other one is used.
        table: as `bench/confusions.py` writes it.
    """

    def __init__(self, split: str, table: Path = TABLE) -> None:
        homes = {given: s for s in SPLITS for _, given in spoken_people(s)}
        homes |= {family + given: s for s in SPLITS for family, given in spoken_people(s)}
        self._whole: dict[str, list[str]] = defaultdict(list)
        self._syllables: dict[str, list[str]] = defaultdict(list)
        for said, _, _, _, _, written in json.loads(table.read_text(encoding="utf-8"))["rows"]:
            if homes.get(said, split_of(said)) != split:
                continue
            self._whole[said].append(written)
            a, b = tokens(said), tokens(written)
            if len(a) == len(b):
                for x, y in zip(a, b, strict=True):
                    if is_han(x) and is_han(y):
                        self._syllables[_toned(x)].append(y)

    @property
    def known(self) -> frozenset[str]:
        """Names that were synthesised themselves."""
        return frozenset(self._whole)

    def written(self, said: str, chance: random.Random) -> tuple[str, bool]:
        """One way in which a name is written, as often as the model writes it so.

        Returns:
            It, and whether the name was synthesised itself.
        """
        whole = self._whole.get(said)
        if whole:
            return chance.choice(whole), True
        parts = tokens(said)
        if "".join(parts) != said or not all(map(is_han, parts)):
            return said, False
        return "".join(chance.choice(self._syllables.get(_toned(c)) or (c,)) for c in parts), False


def _toned(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.TONE3)[0])
