"""pypinyin's one door: what Chinese sounds like, without tones, over all readings of a character."""

from __future__ import annotations

from functools import lru_cache

from speakers.traditional import is_chinese, to_simplified

_TAIWAN_READINGS = {
    "和": ("han",),
    "期": ("qi",),
    "妤": ("yu",),
    "涵": ("han",),
    "暴": ("pu",),
    "垃": ("le",),
    "圾": ("se",),
    "液": ("yi",),
    "癌": ("yan", "ai"),
}
"""Readings heard in Taiwan that a dictionary of the mainland lacks, beside its own."""

_FOLDED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
_FOLDED_FINALS = (("eng", "en"), ("ing", "in"), ("ang", "an"), ("ong", "eng"))


@lru_cache(maxsize=20_000)
def syllables(character: str) -> frozenset[str]:
    """Every toneless reading of one Han character; empty for anything else.

    >>> sorted(syllables("曉")), sorted(syllables("A"))
    (['xiao'], [])
    """
    if not is_chinese(character):
        return frozenset()
    from pypinyin import Style, pinyin

    readings: set[str] = set(_TAIWAN_READINGS.get(character, ()))
    for form in {character, to_simplified(character)}:
        for reading in pinyin(form, style=Style.NORMAL, heteronym=True)[0]:
            plain = reading.replace("ü", "v")
            if plain.isascii() and plain.isalpha():
                readings.add(plain)
    return frozenset(readings)


@lru_cache(maxsize=2_000)
def folded(syllable: str) -> str:
    """A syllable with the differences removed that speakers in Taiwan, and recognizers, often do not make.

    zh/z ch/c sh/s n/l f/h r/l and -ng/-n become one.

    >>> folded("ping") == folded("pin"), folded("shan") == folded("san"), folded("mao") == folded("mou")
    (True, True, False)
    """
    for initial, plain in _FOLDED_INITIALS:
        if syllable.startswith(initial):
            syllable = plain + syllable[len(initial) :]
            break
    for final, plain in _FOLDED_FINALS:
        if syllable.endswith(final):
            return syllable[: -len(final)] + plain
    return syllable


@lru_cache(maxsize=20_000)
def usual(character: str) -> str:
    """The reading that a Han character mostly has, toneless and folded; empty for anything else.

    >>> usual("沈"), usual("陳") == usual("程")
    ('sen', True)
    """
    if not is_chinese(character):
        return ""
    from pypinyin import Style, pinyin

    return folded(pinyin(character, style=Style.NORMAL)[0][0].replace("ü", "v"))


def toned(word: str) -> tuple[str, ...]:
    """How a Simplified word is read, one syllable for each character, its tone as a number and ü as v.

    >>> toned("绿色"), toned("银行"), toned("我们")
    (('lv4', 'se4'), ('yin2', 'hang2'), ('wo3', 'men5'))
    """
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True))


def same_sound(a: str, b: str) -> bool:
    """Whether two characters share a toneless reading.

    >>> same_sound("筱", "曉"), same_sound("筱", "大")
    (True, False)
    """
    return not syllables(a).isdisjoint(syllables(b))


def near_sound(a: str, b: str) -> bool:
    """Whether two characters share a reading once often-confused sounds are one.

    >>> near_sound("品", "評"), near_sound("品", "貓")
    (True, False)
    """
    return not near_readings(a).isdisjoint(near_readings(b))


@lru_cache(maxsize=20_000)
def near_readings(character: str) -> frozenset[str]:
    """Every reading of a Han character, folded; two characters sound nearly alike if they share one."""
    return frozenset(map(folded, syllables(character)))


def half_sound(a: str, b: str) -> bool:
    """Whether two characters share at least how a reading begins, or how it ends.

    >>> half_sound("媽", "茅"), half_sound("媽", "罵"), half_sound("媽", "走")
    (True, True, False)
    """
    return any(
        _initial(folded(x)) == _initial(folded(y)) or _final(folded(x)) == _final(folded(y))
        for x in syllables(a)
        for y in syllables(b)
    )


def _initial(syllable: str) -> str:
    return syllable[: len(syllable) - len(_final(syllable))]


def _final(syllable: str) -> str:
    return syllable.lstrip("bpmfdtnlgkhjqxzcsryw")
