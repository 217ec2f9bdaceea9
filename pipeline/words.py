"""What the program's own words (states, kinds, cues, stages, roles) are called, in Chinese and in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

_INTERRUPTED = "interrupted in "


class Words(NamedTuple):
    """The same said in Chinese and in English.

    Attributes:
        zh: Chinese as it is written in Taiwan; empty if nobody wrote it down.
        en: English.
    """

    zh: str
    en: str


def of(group: str, value: str) -> Words:
    """What a value is called.

    Args:
        group: a table of words.toml: "state", "wish", "kind", "tier", "level", "cue", "verdict", "stage", "step", …
        value: as the program has it; members of a StrEnum are such values.

    >>> of("tier", "B")
    Words(zh='逐一決定', en='one by one')
    >>> of("state", "interrupted in diarize")
    Words(zh='中斷：分辨聲音', en='interrupted: tell the voices apart')
    >>> of("cue", "never-seen-before")
    Words(zh='', en='never seen before')
    """
    if group == "state" and value.startswith(_INTERRUPTED):
        stage = of("stage", value.removeprefix(_INTERRUPTED))
        return Words(f"中斷：{stage.zh or stage.en}", f"interrupted: {stage.en}")
    return table()[group].get(value) or Words("", value.replace("-", " "))


@cache
def table() -> Mapping[str, Mapping[str, Words]]:
    """Every group, and the words of each."""
    text = resources.files("pipeline").joinpath("words.toml").read_text("utf-8")
    return {
        group: {value: Words(*names) for value, names in values.items()}
        for group, values in tomllib.loads(text).items()
    }
