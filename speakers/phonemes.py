"""Text as the symbols that the reading voice was trained on: Mandarin by its syllables, English by a dictionary.

Nothing here knows the voice; `speakers/reading.py` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from speakers.lexicon import cut
from speakers.numerals import chinese
from speakers.phonetics import toned
from speakers.traditional import to_simplified

English = Mapping[str, str]
"""Lower-case English words, and how they sound."""

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ",
    "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ",
    "s": "s",
}  # fmt: skip
"""What the voice calls a syllable's beginning."""

_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0", "en": "ə0n",
    "eng": "ə0ŋ", "er": "ɚ0", "ê": "ɛ0", "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0",
    "ie": "je0", "in": "i0n", "ing": "i0ŋ", "iong": "jʊ0ŋ", "iou": "jou0", "iu": "jou0", "io": "jɔ0",
    "ong": "ʊ0ŋ", "ou": "ou0", "o": "wo0", "u": "u0", "ua": "wa0", "uai": "wai0", "uan": "wa0n",
    "uang": "wa0ŋ", "uei": "wei0", "ui": "wei0", "uen": "wə0n", "un": "wə0n", "ueng": "wə0ŋ", "uo": "wo0",
    "v": "y0", "ve": "ɥe0", "van": "ɥɛ0n", "vn": "y0n", "m": "m0", "n": "n0", "ng": "ŋ0", "hm": "hm0",
    "hng": "hŋ0",
}  # fmt: skip
"""What it calls the rest; 0 is where the tone goes."""

_WHOLE = {
    "yi": "i", "ya": "ia", "yan": "ian", "yang": "iang", "yao": "iao", "ye": "ie", "yin": "in", "ying": "ing",
    "yong": "iong", "you": "iou", "yo": "io", "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn", "wu": "u",
    "wa": "ua", "wai": "uai", "wan": "uan", "wang": "uang", "wei": "uei", "wen": "uen", "weng": "ueng",
    "wo": "uo", "yai": "iai",
}  # fmt: skip
"""Syllables that are spelt with y and w, which are no beginnings of their own."""

_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}

_MARKS = {
    "，": ",", "、": ",", "。": ".", "．": ".", "！": "!", "？": "?", "：": ":", "；": ";", "「": "“", "」": "”",
    "《": "“", "》": "”", "『": "“", "』": "”", "（": "(", "）": ")", "…": "…", "—": "—",
}  # fmt: skip

_LETTERS = "ˈA bˈi sˈi dˈi ˈi ˈɛf ʤˈi ˈAʧ ˈI ʤˈA kˈA ˈɛl ˈɛm ˈɛn ˈO pˈi kjˈu ˈɑɹ ˈɛs tˈi jˈu vˈi dˈʌbᵊljˌu ˈɛks wˈI zˈi"
_SPELT = dict(zip("abcdefghijklmnopqrstuvwxyz", _LETTERS.split(), strict=True))

_ENDINGS = (("'s", "z"), ("s", "z"), ("ed", "d"), ("ing", "ɪŋ"), ("ly", "li"))
"""What words are lengthened by, and how that sounds."""

_DIGITS_EN = "zero one two three four five six seven eight nine".split()  # noqa: SIM905 - a table of words
_PARTS = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?%?|[A-Za-z]+(?:'[A-Za-z]+)?|[㐀-䶿一-鿿〇]+|\S")
_LONGEST_NUMBER = 8
"""Digits of a number that is read by its value; longer ones, years and those that begin with 0 go digit by digit."""


def phonemes(text: str, english: English, *, chinese_text: bool = True) -> str:
    """How a text is said, in the voice's symbols; what cannot be said is left out.

    Args:
        text: as it is published.
        english: words of English and how they sound.
        chinese_text: whether numbers are read in Mandarin.

    >>> phonemes("你好，我在臺北。", {})
    'ni↓xau↓, wo↓ ʦai↘ tʰai↗pei↓.'
    >>> phonemes("開放 API", {})
    'kʰai→fa↘ŋ ˈApˈiˈI'
    >>> phonemes("3.5%", {}), phonemes("Hello", {"hello": "həlˈO"}, chinese_text=False)
    ('pai↓fə→nꭧɨ→sa→ntjɛ↓n u↓', 'həlˈO')
    """
    said: list[str] = []
    for part in _PARTS.findall(text):
        if part[0].isascii() and part[0].isdigit():
            said += _number(part, english, chinese_text=chinese_text)
        elif part[0].isascii() and part[0].isalpha():
            said.append(_word(part, english))
        elif (mark := _MARKS.get(part, part)) in ",.!?:;…—“”()":
            # A mark belongs to what stands before it, but an opening one to what follows.
            if said and mark not in "“(":
                said[-1] += mark
        else:
            said += _mandarin(part)
    return " ".join(s for s in said if s)


def _mandarin(text: str) -> list[str]:
    words = cut(to_simplified(text))
    return ["".join(_syllable(s) for s in toned(word)) for word in words]


def _syllable(pinyin: str) -> str:
    """One syllable, written with the number of its tone.

    >>> _syllable("zhong1"), _syllable("yu2"), _syllable("jue2"), _syllable("shi4"), _syllable("lv4"), _syllable("?")
    ('ꭧʊ→ŋ', 'y↗', 'ʨɥe↗', 'ʂɨ↘', 'ly↘', '')
    """
    plain, tone = pinyin[:-1], _TONES.get(pinyin[-1:])
    if tone is None:
        return ""
    plain = _WHOLE.get(plain, plain)
    initial = next((i for i in (plain[:2], plain[:1]) if i in _INITIALS and plain not in _FINALS), "")
    final = plain[len(initial) :]
    if initial in {"j", "q", "x"} and final.startswith("u"):
        final = f"v{final[1:]}"
    if final == "i" and initial in {"zh", "ch", "sh", "r", "z", "c", "s"}:
        sound = "ɨ0"
    elif final == "o" and not initial:
        sound = "ɔ0"
    elif final in _FINALS:
        sound = _FINALS[final]
    else:
        return ""
    return _INITIALS.get(initial, "") + sound.replace("0", tone)


def _number(part: str, english: English, *, chinese_text: bool) -> list[str]:
    percent = part.endswith("%")
    whole, _, fraction = part.rstrip("%").replace(",", "").partition(".")
    if not chinese_text:
        words = [*(_DIGITS_EN[int(d)] for d in whole), *(["point"] if fraction else [])]
        words += [_DIGITS_EN[int(d)] for d in fraction]
        return [_word(w, english) for w in [*words, *(["percent"] if percent else [])]]
    by_digit = len(whole) > _LONGEST_NUMBER or (whole.startswith("0") and len(whole) > 1)
    year = len(whole) == 4 and not percent and not fraction and "," not in part
    digits = "〇一二三四五六七八九"
    read = "".join(digits[int(d)] for d in whole) if by_digit or year else _value(int(whole))
    if fraction:
        read += "點" + "".join(digits[int(d)] for d in fraction)
    return _mandarin(("百分之" if percent else "") + read.replace("〇", "零"))


def _value(number: int) -> str:
    """A number below a hundred million as it is spoken.

    >>> _value(35_002), _value(120_000), _value(7)
    ('三萬五千零二', '十二萬', '七')
    """
    above, below = divmod(number, 10_000)
    if not above:
        return chinese(below)
    rest = ("零" if below < 1000 else "") + chinese(below, inside=True) if below else ""
    return f"{chinese(above)}萬{rest}"


def _word(word: str, english: English) -> str:
    """An English word; one that is in no dictionary is spelt."""
    lower = word.lower()
    if word.isupper() and lower not in english:
        return "".join(_SPELT[c] for c in lower if c in _SPELT)
    if lower in english:
        return english[lower]
    for ending, sound in _ENDINGS:
        stem = lower.removesuffix(ending)
        if stem != lower and stem in english:
            return english[stem] + sound
    return "".join(_SPELT[c] for c in lower if c in _SPELT)
