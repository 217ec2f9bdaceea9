"""Two rarer ways of writing Mandarin in letters: Gwoyeu Romatzyh, with tones in the spelling, and Yale."""

from __future__ import annotations

import re

_PARTS = re.compile("(zh|ch|sh|[bpmfdtnlgkhjqxrzcs]?)([a-z]+)([1-5]?)")
_INITIALS = {"zh": "j", "q": "ch", "x": "sh", "z": "tz", "c": "ts"}
_FINALS = {
    "ao": "au", "iao": "iau", "iu": "iou", "ui": "uei", "un": "uen", "v": "iu", "ve": "iue", "van": "iuan",
    "vn": "iun", "er": "el", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "uei", "wan": "uan",
    "wen": "uen", "wang": "uang", "weng": "ueng", "yi": "i", "ya": "ia", "ye": "ie", "yao": "iau", "you": "iou",
    "yan": "ian", "yin": "in", "yang": "iang", "ying": "ing", "yong": "iong", "yu": "iu", "yue": "iue", "yuan": "iuan",
    "yun": "iun",
}  # fmt: skip
_APICAL = frozenset("zh ch sh r z c s".split())  # noqa: SIM905 (a list of seven strings reads worse)
_VOWELS = re.compile("[aeiouy]+")
_YALE_INITIALS = {"zh": "j", "q": "ch", "x": "sy", "z": "dz", "c": "ts"}
_YALE_WHOLE = {
    "zhi": "jr", "chi": "chr", "shi": "shr", "ri": "r", "zi": "dz", "ci": "tsz", "si": "sz", "yuan": "ywan",
    "yue": "ywe", "yao": "yau",
}  # fmt: skip
_YALE_FINALS = {
    "ao": "au", "iao": "yau", "ia": "ya", "ian": "yan", "iang": "yang", "ie": "ye", "iu": "you", "iong": "yung",
    "ong": "ung", "ua": "wa", "uai": "wai", "uan": "wan", "uang": "wang", "ui": "wei", "un": "wun",
    "uo": "wo", "v": "yu", "ve": "ywe", "van": "ywan", "vn": "yun",
}  # fmt: skip


def _parts(syllable: str) -> tuple[str, str, str] | None:
    """Initial, final and tone; after j, q and x a u is an ü."""
    found = _PARTS.fullmatch(syllable)
    if not found:
        return None
    initial, final, tone = found.groups()
    if initial in {"j", "q", "x"} and final.startswith("u"):
        final = "v" + final[1:]
    return initial, final, tone


def gwoyeu(syllable: str) -> tuple[str, ...]:
    """A Hanyu Pinyin syllable with its tone (ü as v; no digit for the neutral one) in Gwoyeu Romatzyh.

    >>> gwoyeu("cen2"), gwoyeu("tu2"), gwoyeu("che4"), gwoyeu("li3"), gwoyeu("wo3")
    (('tsern',), ('twu',), ('cheh',), ('lii',), ('woo',))
    """
    parts = _parts(syllable)
    return (_toned(parts),) if parts else ()


def _toned(parts: tuple[str, str, str]) -> str:
    initial, final, tone = parts
    final = "y" if final == "i" and initial in _APICAL else _FINALS.get(final, final)
    spell = {"2": _second, "3": _third, "4": _fourth}.get(tone)
    sonorant = initial in {"m", "n", "l", "r"}
    if sonorant and tone in {"1", "2"}:
        return initial + ("h" if tone == "1" else "") + final
    return _INITIALS.get(initial, initial) + (spell(final, bare=not initial) if spell else final)


def _glided(final: str) -> str:
    """With y or w at the front, as a syllable without an initial is written."""
    if final in {"i", "in", "ing", "u"}:
        return ("y" if final[0] == "i" else "w") + final
    return {"i": "y", "u": "w"}.get(final[0], final[0]) + final[1:]


def _second(final: str, *, bare: bool) -> str:
    if final in {"in", "ing"}:
        return _glided(final) if bare else "y" + final[1:]
    if final[0] in "iu":
        return _glided(final)
    return _VOWELS.sub(lambda m: m[0] + "r", final, count=1)


def _third(final: str, *, bare: bool) -> str:
    front = {"i": "y", "u": "w"}.get(final[0], "") if bare else ""
    if final in {"ie", "uo"}:
        return front + (final[1] * 2 if bare else final + final[1])
    if final[0] in "iu" and len(final) > 1 and final[1] in "aeiou":
        return front + {"i": "e", "u": "o"}[final[0]] + final[1:]
    if final[:2] in {"ai", "au"}:
        return "a" + {"i": "e", "u": "o"}[final[1]]
    return front + final[0] + final


def _fourth(final: str, *, bare: bool) -> str:
    if final.endswith("ng"):
        turned = final[:-1] + "q"
    elif final[-1] in "nl":
        turned = final + final[-1]
    elif len(final) > 1 and final[-2:] in {"ai", "ei", "au", "ou"}:
        turned = final[:-1] + {"i": "y", "u": "w"}[final[-1]]
    else:
        turned = final + "h"
    if not bare or final[0] not in "iu":
        return turned
    return ("y" if final[0] == "i" else "w") + (turned if final in {"i", "in", "ing", "u"} else turned[1:])


def yale(syllable: str) -> tuple[str, ...]:
    """A Hanyu Pinyin syllable (ü as v) in Yale's spelling.

    >>> yale("xuan"), yale("xing"), yale("zhao"), yale("cui")
    (('sywan',), ('sying',), ('jau',), ('tswei',))
    """
    if syllable in _YALE_WHOLE:
        return (_YALE_WHOLE[syllable],)
    parts = _parts(syllable)
    if not parts:
        return ()
    initial, final, _ = parts
    spelled = _YALE_FINALS.get(final, final)
    if initial == "x":
        return ("sy" + spelled.removeprefix("y"),)
    return (_YALE_INITIALS.get(initial, initial) + spelled,)
