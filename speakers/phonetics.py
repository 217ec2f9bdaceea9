"""pypinyin's one door: what Chinese sounds like, without tones, over all readings of a character."""

from __future__ import annotations

import re
from functools import cache, lru_cache

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
    return folded(usual_reading(character))


def toned(word: str) -> tuple[str, ...]:
    """How a Simplified word is read, one syllable for each character, its tone as a number and ü as v.

    >>> toned("绿色"), toned("银行"), toned("我们")
    (('lv4', 'se4'), ('yin2', 'hang2'), ('wo3', 'men5'))
    """
    from pypinyin import Style, lazy_pinyin

    with_phrases()
    return tuple(lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True))


@cache
def with_phrases() -> None:
    """Have the readings of whole words as well, which take 45 MB; single characters do without (`speakers`)."""
    from pypinyin import load_phrases_dict
    from pypinyin.phrases_dict import phrases_dict

    load_phrases_dict(phrases_dict)


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


_PARTS = re.compile("(zh|ch|sh|[bpmfdtnlgkhjqxzcsr]?)(.*)")
_RIMES = {
    "ia": ("i", "a"), "ie": ("i", "E"), "iao": ("i", "ao"), "iu": ("i", "ou"), "iou": ("i", "ou"),
    "ian": ("i", "an"), "in": ("i", "en"), "iang": ("i", "ang"), "ing": ("i", "eng"), "i": ("i", ""),
    "ua": ("u", "a"), "uo": ("u", "o"), "o": ("u", "o"), "uai": ("u", "ai"), "ui": ("u", "ei"), "uei": ("u", "ei"),
    "uan": ("u", "an"), "un": ("u", "en"), "uen": ("u", "en"), "uang": ("u", "ang"), "ueng": ("u", "eng"),
    "ong": ("u", "eng"), "u": ("u", ""), "v": ("v", ""), "ve": ("v", "E"), "van": ("v", "an"), "vn": ("v", "en"),
    "iong": ("v", "eng"), "io": ("i", "o"),
}  # fmt: skip
"""A final as medial and rime."""

_INITIAL_PAIRS = """
b/p d/t b/d p/t g/k j/q z/c zh/ch s/c sh/ch x/q m/n h/k j/zh q/ch x/sh j/z q/c x/s g/h b/m d/n z/s zh/sh
"""
_RIME_PAIRS = """
ai/ei ao/ou a/ang a/an ei/en ai/an e/o e/en E/an E/ei ou/o ao/ang en/ang an/en ang/eng an/eng a/ai
en/ eng/ E/ ang/ao an/E e/
"""
_ALIKE_INITIALS = frozenset(frozenset(pair.split("/")) for pair in _INITIAL_PAIRS.split())
_ALIKE_RIMES = frozenset(frozenset(pair.split("/")) for pair in _RIME_PAIRS.split())
_FOLDED_NATS, _ALIKE_NATS, _OTHER_NATS = 0.7, 2.0, 3.5
_NO_INITIAL_NATS = 2.5
_MEDIAL_NATS, _ROUNDED_NATS = 1.5, 0.7

FAR_NATS = 8.0
"""What it costs at most to have heard one syllable for another: they have nothing in common."""


@lru_cache(maxsize=2_000)
def _sounded(syllable: str) -> tuple[str, str, str]:
    """Initial, medial and rime of a toneless syllable, without the letters that only spelling asks for.

    >>> _sounded("yuan"), _sounded("shi"), _sounded("jing"), _sounded("wo")
    (('', 'v', 'an'), ('sh', '', ''), ('j', 'i', 'eng'), ('', 'u', 'o'))
    """
    if syllable.startswith("y"):
        rest = syllable[1:]
        syllable = "v" + rest[1:] if rest[:1] == "u" else rest if rest[:1] == "i" else "i" + rest
    elif syllable.startswith("w"):
        syllable = syllable[1:] if syllable[1:2] == "u" else "u" + syllable[1:]
    found = _PARTS.fullmatch(syllable)
    initial, final = found.groups() if found else ("", syllable)
    if initial in {"j", "q", "x"} and final.startswith("u"):
        final = "v" + final[1:]
    if final == "i" and initial in {"zh", "ch", "sh", "r", "z", "c", "s"}:
        return initial, "", ""
    medial, rime = _RIMES.get(final, ("", final))
    return initial, medial, rime


@lru_cache(maxsize=200_000)
def misheard_nats(said: str, heard: str) -> float:
    """How unlikely it is that one toneless syllable was heard as another, 0..`FAR_NATS`, the same either way.

    Initial, medial and rime are weighed each for itself; what `folded` makes one is nearly free.

    >>> misheard_nats("shan", "san"), misheard_nats("pei", "bei"), misheard_nats("mao", "mou")
    (0.7, 2.0, 2.0)
    >>> misheard_nats("pei", "shu")
    8.0
    """
    if said == heard:
        return 0.0
    (i, m, r), (j, n, s) = _sounded(said), _sounded(heard)
    if folded(said) == folded(heard):
        return min(1.4, _FOLDED_NATS * ((i != j) + (r != s) + (m != n)))
    nats = 0.0
    if i != j:
        if folded(i + "a") == folded(j + "a"):
            nats += _FOLDED_NATS
        elif not i or not j:
            nats += _NO_INITIAL_NATS
        else:
            nats += _ALIKE_NATS if frozenset((i, j)) in _ALIKE_INITIALS else _OTHER_NATS
    if m != n and {i, j} != {"f", "h"}:
        nats += _ROUNDED_NATS if {m, n} == {"i", "v"} else _MEDIAL_NATS
    if r != s:
        if r.removesuffix("g") == s.removesuffix("g"):
            nats += _FOLDED_NATS
        else:
            nats += _ALIKE_NATS if frozenset((r, s)) in _ALIKE_RIMES else _OTHER_NATS
    return min(FAR_NATS, nats)


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


@lru_cache(maxsize=20_000)
def usual_reading(character: str) -> str:
    """The reading that a Han character mostly has, toneless; empty for anything else."""
    if not is_chinese(character):
        return ""
    from pypinyin import Style, pinyin

    return str(pinyin(character, style=Style.NORMAL)[0][0]).replace("ü", "v")


_COMMON_CHARACTERS = range(0x4E00, 0x9FA6)


@cache
def _bopomofo() -> dict[str, frozenset[str]]:
    """Toneless syllables by how they, or their first letters, are written in Bopomofo."""
    from pypinyin import Style, pinyin

    text = "".join(map(chr, _COMMON_CHARACTERS))
    table: dict[str, set[str]] = {}
    plain, written = (pinyin(list(text), style=s) for s in (Style.NORMAL, Style.BOPOMOFO))
    for (syllable,), (letters,) in zip(plain, written, strict=True):
        if syllable.isascii() or "ü" in syllable:
            table.setdefault(letters.strip("ˊˇˋ˙"), set()).add(syllable.replace("ü", "v"))
    return {letters: frozenset(found) for letters, found in table.items()}


@lru_cache(maxsize=2_000)
def bopomofo_readings(letters: str) -> frozenset[str]:
    """Toneless syllables that Bopomofo letters stand for; empty for anything else.

    >>> bopomofo_readings("ㄕㄢ"), bopomofo_readings("ㄕㄢˇ"), bopomofo_readings("A")
    (frozenset({'shan'}), frozenset({'shan'}), frozenset())
    """
    if not letters or not "\u3105" <= letters[0] <= "\u3129":
        return frozenset()
    return _bopomofo().get(letters.strip("ˊˇˋ˙"), frozenset())
