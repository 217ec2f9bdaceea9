"""Invented names of the shape of a given one: what a model writes as readily as that name is no evidence of it."""

from __future__ import annotations

from functools import lru_cache

from speakers.phonetics import near_sound
from speakers.traditional import is_chinese

_GIVEN = "俊宏 佳玲 建明 淑芬 雅雯 宗翰 志偉 麗華 國棟 思敏 博文 秋月 耀東 美珍".split()  # noqa: SIM905
_FAMILY = "張黃劉楊曾趙謝許郭高徐羅沈馬"
_LATIN = "Jason Cindy Oscar Emily Brian Tina Howard Sandy Louis Wendy Morgan Patricia".split()  # noqa: SIM905

_MOST = 8


@lru_cache(maxsize=1_000)
def decoys(name: str) -> tuple[str, ...]:
    """Names of the same length and script, none of which has a syllable of it in the same place.

    >>> decoys("佳文")[:3], decoys("Kevin")[:2]
    (('俊宏', '建明', '淑芬'), ('Jason', 'Cindy'))
    """
    if not any(is_chinese(c) for c in name):
        others = [other for other in _LATIN if other.casefold() not in name.casefold()]
        return tuple(" ".join((other, *others[:1] * name.count(" "))) for other in others[:_MOST])
    length = sum(map(is_chinese, name))
    made = (
        given if length == 2 else (family + given * length)[:length]
        for family, given in zip(_FAMILY, _GIVEN, strict=True)
    )
    letters = [c for c in name if is_chinese(c)]
    return tuple(
        other for other in made if not any(near_sound(a, b) for a, b in zip(letters, other, strict=True))
    )[:_MOST]
