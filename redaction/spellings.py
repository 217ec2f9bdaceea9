"""How a Chinese name is written in letters, by its sound: Hanyu, Wade-Giles, Tongyong, Gwoyeu, Yale, Zhuyin."""

from __future__ import annotations

import itertools
import re
from functools import cache

from pypinyin import Style, pinyin

from redaction.gwoyeu import gwoyeu, yale

_COMPOUND = (
    "歐陽 司馬 諸葛 上官 司徒 東方 皇甫 公孫 慕容 尉遲 長孫 夏侯 令狐 宇文 端木 范姜 張簡 鍾離 軒轅 南宮"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
SURNAMES = frozenset(
    "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐周葉蘇莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏"
    "孫戴范方宋鄧杜傅侯曹薛丁卓阮馬董温溫唐藍石蔣古紀姚連馮歐程湯田康姜汪白鄒尤巫鐘黎涂龔嚴韓袁金童陸"
    "夏柳凃邵錢伍倪譚駱熊任甘秦顧毛史章官萬俞雷饒孔武賀龍裴樂單于解查區仇尹賈孟華安邢喬莫岳申薄樊霍虞"
    "岑常卜卞柴晏閻黨鄔臧鄢費祝席隋梅易房符冉景焦糜糠盛寇池覃喻辜丘利練封屈項左崔聶車邰闕滕諶鈕商牟佘"
    "邸米芮靳鞠翟藺裘鮑浦竇苗耿宣滿戚桂刁褚闞粘巴阿力葛鄺麥伊蒲邊譙殷鄂勞冷"
)
"""Family names of Taiwan: only after one of these may two characters change places."""

READINGS_AT_MOST = 256
"""Combinations of readings per name and scheme; a name of four characters has rarely more than sixteen."""

RARER_LEAST = 8
"""Letters of a name in the rarer schemes, whose syllables are English words: "lay man", "day for"."""

USUAL = 2
"""Readings of a character that a recognizer may have meant by it; those behind them in the table are from old books."""

_SPLIT = re.compile("(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)(.+)")
_WADE_INITIAL = {
    "b": "p", "p": "p'", "d": "t", "t": "t'", "g": "k", "k": "k'", "j": "ch", "q": "ch'", "x": "hs",
    "zh": "ch", "ch": "ch'", "z": "ts", "c": "ts'", "r": "j",
}  # fmt: skip
_WADE_WHOLE = {
    "zhi": ("chih",), "chi": ("ch'ih",), "shi": ("shih",), "ri": ("jih",), "zi": ("tzu",), "ci": ("tz'u",),
    "si": ("ssu", "szu"), "yi": ("i", "yi"), "ye": ("yeh",), "yan": ("yen",), "yong": ("yung",), "you": ("yu",),
    "er": ("erh",),
    "e": ("o", "e"), "ge": ("ko",), "ke": ("k'o",), "he": ("ho",), "gui": ("kuei",), "kui": ("k'uei",),
    "guo": ("kuo",), "kuo": ("k'uo",), "huo": ("huo",), "shuo": ("shuo",), "yue": ("yueh",),
}  # fmt: skip
_WADE_FINAL = {
    "ian": "ien",
    "ie": "ieh",
    "ue": "ueh",
    "ve": "ueh",
    "ong": "ung",
    "iong": "iung",
    "uo": "o",
    "v": "u",
}
_TONGYONG_WHOLE = {
    "zhi": "jhih", "chi": "chih", "shi": "shih", "ri": "rih", "zi": "zih", "ci": "cih", "si": "sih",
    "feng": "fong", "weng": "wong", "wen": "wun",
}  # fmt: skip
_TONGYONG_FINAL = {"iu": "iou", "ui": "uei", "iong": "yong", "v": "yu", "ve": "yue"}
_HABITUAL = {"li": "lee", "song": "soong", "gu": "koo", "wu": "woo", "lu": "loo", "xu": "shu"}
"""Spellings of surnames that are in nobody's table but in many passports."""

Unit = tuple[str, ...]
"""A syllable, in pieces: Wade-Giles has an apostrophe inside ("ch", "en") that may be dropped."""


def wade_giles(syllable: str) -> tuple[str, ...]:
    """A Hanyu Pinyin syllable (ü as v) in Wade-Giles.

    >>> wade_giles("xiao"), wade_giles("zhong"), wade_giles("cai"), wade_giles("jue")
    (('hsiao',), ('chung',), ("ts'ai",), ('chueh',))
    """
    if syllable in _WADE_WHOLE:
        return _WADE_WHOLE[syllable]
    found = _SPLIT.fullmatch(syllable)
    if not found:
        return ()
    initial, final = found.groups()
    return (_WADE_INITIAL.get(initial, initial) + _WADE_FINAL.get(final, final),)


def tongyong(syllable: str) -> tuple[str, ...]:
    """A Hanyu Pinyin syllable (ü as v) in Tongyong Pinyin.

    >>> tongyong("xiao"), tongyong("zhong"), tongyong("qiu"), tongyong("xu")
    (('siao',), ('jhong',), ('ciou',), ('syu',))
    """
    if syllable in _TONGYONG_WHOLE:
        return (_TONGYONG_WHOLE[syllable],)
    found = _SPLIT.fullmatch(syllable)
    if not found:
        return ()
    initial, final = found.groups()
    if initial in {"j", "q", "x"} and final.startswith("u"):
        final = "y" + final
    final = _TONGYONG_FINAL.get(final, final)
    return ({"zh": "jh", "q": "c", "x": "s"}.get(initial, initial) + final,)


def _hanyu(syllable: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(syllable.replace("v", u) for u in ("v", "u", "yu", "ue")))


_TAIWAN = {
    "液": "yi",
    "和": "han",
    "攜": "xi",
    "垃": "le",
    "圾": "se",
    "誰": "shei",
    "崖": "yai",
    "暴": "bao",
    "著": "zhe",
}
"""Readings of Taiwan that the table does not have, or not among the first."""


@cache
def readings(character: str) -> tuple[str, ...]:
    """Every reading in toneless Hanyu Pinyin, with ü as v; none for what is no ideograph.

    >>> sorted(readings("單"))
    ['chan', 'dan', 'shan', 'tan', 'zhan']
    """
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    heard = [*(found[0] if found else ()), *_TAIWAN.get(character, "").split()]
    return tuple(s for s in dict.fromkeys(heard) if s.isascii() and s.isalpha())


@cache
def _by_reading() -> dict[str, str]:
    table: dict[str, list[str]] = {}
    for code in (*range(0x4E00, 0xA000), *range(0x3400, 0x4DC0)):
        usual = (*readings(chr(code))[:USUAL], *_TAIWAN.get(chr(code), "").split())
        for reading in dict.fromkeys(usual):
            table.setdefault(reading, []).append(chr(code))
    return {reading: "".join(characters) for reading, characters in table.items()}


def sharing(reading: str) -> str:
    """All characters with this reading as one of their usual ones.

    >>> "曉" in sharing("xiao"), "還" in sharing("huan"), "還" in sharing("xuan")
    (True, True, False)
    """
    return _by_reading().get(reading, "")


def zhuyin(surface: str) -> frozenset[str]:
    """A name in Zhuyin without tone marks and spaces; empty where a character has no reading.

    >>> zhuyin("林小漁")
    frozenset({'ㄌㄧㄣㄒㄧㄠㄩ'})
    """
    syllables = []
    for character in surface:
        found = pinyin(character, style=Style.BOPOMOFO, heteronym=True, errors="ignore")
        options = {re.sub("[^\u3105-\u312f]", "", s) for s in found[0]} - {""} if found else set()
        if not options:
            return frozenset()
        syllables.append(sorted(options))
    return frozenset("".join(c) for c in itertools.islice(itertools.product(*syllables), READINGS_AT_MOST))


def _orders(surface: str, count: int) -> tuple[tuple[int, ...], ...]:
    """Surname first, and surname last; a surname has two characters where it may."""
    straight = tuple(range(count))
    if count < 2 or (count == 2 and surface[0] not in SURNAMES):
        return (straight,)
    lengths = {2} if count > 3 else {1, 2} if surface[:2] in COMPOUND_SURNAMES and count > 2 else {1}
    return (straight, *(straight[n:] + straight[:n] for n in sorted(lengths)))


def romanised(surface: str) -> dict[tuple[Unit, ...], str]:
    """A Chinese name in letters: syllables in order, to the scheme's name. Empty below two syllables.

    >>> forms = romanised("林小漁")
    >>> forms[(("lin",), ("xiao",), ("yu",))], forms[(("hsiao",), ("yu",), ("lin",))]
    ('romanised Hanyu', 'romanised Wade-Giles')
    """
    syllables = [readings(c) for c in surface if c not in "·・‧ "]
    if len(syllables) < 2 or not all(syllables):
        return {}
    forms: dict[tuple[Unit, ...], str] = {}
    schemes = {"Hanyu": _hanyu, "Wade-Giles": wade_giles, "Tongyong": tongyong}
    columns = {
        scheme: [[s for r in options for s in spell(r)] for options in syllables]
        for scheme, spell in schemes.items()
    }
    columns["habitual"] = [
        [s for c in columns.values() for s in c[n]] for n in range(len(syllables))
    ]  # people mix the schemes in one passport
    columns["habitual"][0] += [_HABITUAL[r] for r in syllables[0] if r in _HABITUAL]
    columns["Yale"] = [[s for r in options for s in yale(r)] for options in syllables]
    toned = [
        pinyin(c, style=Style.TONE3, heteronym=True, errors="ignore", v_to_u=False)
        for c in surface
        if c not in "·・‧ "
    ]
    columns["Gwoyeu"] = [[s for r in found[0] for s in gwoyeu(r)] for found in toned if found]
    for scheme, column in columns.items():
        unique = [list(dict.fromkeys(options)) for options in column]
        for chosen in itertools.islice(itertools.product(*unique), READINGS_AT_MOST):
            if scheme in {"Yale", "Gwoyeu"} and sum(map(len, chosen)) < RARER_LEAST:
                continue
            units = tuple(tuple(s.split("'")) for s in chosen)
            for order in _orders(surface, len(units)):
                forms.setdefault(tuple(units[n] for n in order), f"romanised {scheme}")
    return forms


def initialled(surface: str) -> frozenset[tuple[str, ...]]:
    """A Chinese name as logins have it: the surname in letters, and initials of the rest, apart or together.

    >>> ("yj", "zheng") in initialled("鄭詠潔"), ("zhengyj",) in initialled("鄭詠潔"), initialled("詠潔")
    (True, True, frozenset())
    """
    count = 2 if surface[:2] in COMPOUND_SURNAMES else 1
    given = [
        sorted({s[0] for r in readings(c) for spell in (_hanyu, wade_giles, tongyong) for s in spell(r)})
        for c in surface[count:]
    ]
    if (count == 1 and surface[:1] not in SURNAMES) or len(given) < 2 or not all(given):
        return frozenset()
    forms: set[tuple[str, ...]] = set()
    spelled = {
        "".join(pieces).replace("'", "")
        for spell in (_hanyu, wade_giles, tongyong)
        for pieces in itertools.product(
            *([s for r in readings(c) for s in spell(r)] for c in surface[:count])
        )
    }
    for initials in itertools.product(*given):
        together = "".join(initials)
        for surname in spelled:
            if len(surname) + len(together) > 4:
                forms |= {
                    (surname, together),
                    (together, surname),
                    (surname + together,),
                    (together + surname,),
                }
                forms |= {(surname, *initials), (*initials, surname)}
    return frozenset(forms)
