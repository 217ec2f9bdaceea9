"""Invented numbers and addresses as people say them and recognizers write them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

_HAN = "零一二三四五六七八九"
_MILITARY = "洞么兩三四五六拐八勾"
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SOUNDS = ("玲林", "依衣醫", "而兒", "山", "是事", "我無", "劉留", "期妻其", "吧把", "就久")
_FILLERS = ("嗯，", "呃，", "那個，", "然後", "，再來，")
_BEFORE = ("好，", "不好意思，", "我講一下，", "那我補充，", "")
_AFTER = ("，謝謝。", "。", "，麻煩你。", "這樣。", "")
_SURNAMES = "chen lin huang wu tsai yang hsu kuo".split()  # noqa: SIM905
_GIVEN = "wei ming peishan amy joyce kevin yuting".split()  # noqa: SIM905
_HOSTS = "gmail yahoo hotmail outlook example".split()  # noqa: SIM905


@dataclass(frozen=True)
class Item:
    """Statements, with what is to be hidden in each: `[start, end)`."""

    texts: tuple[str, ...]
    hidden: tuple[tuple[int, int], ...]


def said(kind: str, chance: random.Random, *, noisy: bool) -> Item:
    """One of a kind, in a sentence."""
    before, parts = KINDS[kind](chance, noisy)
    opening = chance.choice(_BEFORE) + before
    closing = chance.choice(_AFTER)
    texts, hidden = [], []
    for number, part in enumerate(parts):
        lead = opening if number == 0 else ""
        texts.append(lead + part + (closing if number == len(parts) - 1 else ""))
        hidden.append((len(lead), len(lead) + len(part)))
    return Item(tuple(texts), tuple(hidden))


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def _group(value: str) -> str:
    """A group of two to four digits as a number (三百四十五)."""
    places, written, gap = ("", "十", "百", "千"), "", False
    for index, digit in enumerate(value):
        unit = places[len(value) - 1 - index]
        if digit == "0":
            gap = True
        else:
            written += ("零" if gap and written else "") + _HAN[int(digit)] + unit
            gap = False
    return written


def _speak(groups: list[str], chance: random.Random, *, noisy: bool, grouped: bool = False) -> str:
    """Groups of digits in one way of saying and writing them."""
    way = chance.choice(
        ("han", "han", "han", "written", "mixed", "military", "single") + (("group",) if grouped else ())
    )
    if noisy:
        groups = _lossy(groups, chance)
    spoken = [_one(group, way, chance, noisy=noisy) for group in groups]
    joiner = (
        chance.choice(("，", "，", "", " ", "、", "。"))
        if way != "written"
        else chance.choice(("-", " ", ""))
    )
    if way == "group":
        joiner = "，"
    text = spoken[0]
    for part in spoken[1:]:
        text += (chance.choice(_FILLERS) if noisy and chance.random() < 0.2 else joiner) + part
    return text


def _one(group: str, way: str, chance: random.Random, *, noisy: bool) -> str:
    if way == "written" or (way == "mixed" and chance.random() < 0.5):
        return group
    if way == "group" and group[0] != "0" and not group.endswith("0"):
        return _group(group)
    signs = _MILITARY if way == "military" else _HAN
    written = [signs[int(d)] for d in group]
    if noisy and len(written) > 2 and chance.random() < 0.15:
        at = chance.randrange(1, len(written) - 1)
        written[at] = chance.choice(_SOUNDS[int(group[at])])
    return ("，" if way == "single" else "").join(written)


def _lossy(groups: list[str], chance: random.Random) -> list[str]:
    if chance.random() < 0.1:
        last = groups[-1]
        return [*groups[:-1], last[:-1] if chance.random() < 0.5 else last + last[-1]]
    return groups


def _spread(groups: list[str], chance: random.Random, *, noisy: bool, grouped: bool = False) -> list[str]:
    """Sometimes in two statements, repeated by somebody, or corrected."""
    how = chance.random()
    if how < 0.1 and len(groups) > 1:
        cut = chance.randrange(1, len(groups))
        return [_speak(part, chance, noisy=False, grouped=grouped) for part in (groups[:cut], groups[cut:])]
    if how < 0.15 and len(groups) > 1:
        return [_speak([g], chance, noisy=False) for g in groups for _ in range(2)]
    if how < 0.2 and len(groups) > 1:
        wrong = _digits(chance, len(groups[-1]))
        fixed = chance.choice(("，不對，", "，啊不對不對，是", "，說錯了，"))
        return [
            _speak([*groups[:-1], wrong], chance, noisy=False)
            + fixed
            + _speak(groups[-1:], chance, noisy=False)
        ]
    return [_speak(groups, chance, noisy=noisy, grouped=grouped)]


_Made = tuple[str, list[str]]


def _mobile(chance: random.Random, noisy: bool) -> _Made:
    cue = chance.choice(("我的手機是", "打我電話", "請撥", "我的號碼", "LINE加我，"))
    return cue, _spread(
        ["09" + _digits(chance, 2), _digits(chance, 3), _digits(chance, 3)], chance, noisy=noisy, grouped=True
    )


def _mobile_without_zero(chance: random.Random, noisy: bool) -> _Made:
    return chance.choice(("我的手機是", "電話是")), _spread(
        ["9" + _digits(chance, 2), _digits(chance, 3), _digits(chance, 3)], chance, noisy=noisy
    )


def _landline(chance: random.Random, noisy: bool) -> _Made:
    area, length = chance.choice(
        (
            ("02", 8),
            ("03", 7),
            ("037", 6),
            ("04", 8),
            ("049", 7),
            ("05", 7),
            ("06", 7),
            ("07", 7),
            ("08", 7),
            ("089", 6),
            ("082", 6),
            ("0836", 5),
        )
    )
    rest = chance.choice("2345678") + _digits(chance, length - 1)
    half = length // 2
    (whole,) = [_speak([area, rest[:half], rest[half:]], chance, noisy=noisy)]
    if chance.random() < 0.3:
        whole += chance.choice(("分機", "轉", "，分機")) + _speak([_digits(chance, 3)], chance, noisy=False)
    return chance.choice(("電話是", "我家電話", "聯絡電話，", "")), [whole]


def _local(chance: random.Random, noisy: bool) -> _Made:
    return chance.choice(("我家電話是", "市話是", "請打電話")), _spread(
        [chance.choice("2345678") + _digits(chance, 3), _digits(chance, 4)], chance, noisy=noisy
    )


def _abroad(chance: random.Random, noisy: bool) -> _Made:
    sign = chance.choice(("+886 ", "加八八六，", "886-"))
    return "從國外打", [
        sign + _speak(["9" + _digits(chance, 2), _digits(chance, 3), _digits(chance, 3)], chance, noisy=noisy)
    ]


def _english_phone(chance: random.Random, noisy: bool) -> _Made:
    value = "09" + _digits(chance, 8)
    words = [_ENGLISH[int(d)] if d != "0" or chance.random() < 0.5 else "oh" for d in value]
    if noisy:
        words[chance.randrange(2, 9)] += chance.choice((",", " um", " uh,"))
    return chance.choice(("my number is ", "call me at ", "you can reach me at ")), [" ".join(words)]


def _identity(chance: random.Random, noisy: bool) -> _Made:
    letter = chance.choice("ABCDEFGHJKLMNPQRSTUVXYWZIO")
    if noisy and letter == "A":
        letter = chance.choice(("欸", "A"))
    digits = [chance.choice("12") + _digits(chance, 2), _digits(chance, 3), _digits(chance, 3)]
    return chance.choice(("身分證字號是", "我的身分證", "證號")), [
        letter + chance.choice(("", " ", "，")) + _speak(digits, chance, noisy=noisy)
    ]


def _resident(chance: random.Random, noisy: bool) -> _Made:
    return "居留證號碼是", [
        "".join(chance.choice("ABCD") for _ in range(2))
        + _speak([_digits(chance, 4), _digits(chance, 4)], chance, noisy=noisy)
    ]


def _health(chance: random.Random, noisy: bool) -> _Made:
    return chance.choice(("健保卡號是", "我的健保卡號碼，")), [
        _speak([_digits(chance, 4) for _ in range(3)], chance, noisy=noisy)
    ]


def _passport(chance: random.Random, noisy: bool) -> _Made:
    return "護照號碼是", [
        _speak(["3" + _digits(chance, 2), _digits(chance, 3), _digits(chance, 3)], chance, noisy=noisy)
    ]


def _email(chance: random.Random, noisy: bool) -> _Made:
    user, more = chance.choice(_GIVEN), chance.choice(_SURNAMES)
    number = _digits(chance, chance.choice((2, 3)))
    host = chance.choice(_HOSTS)
    way = chance.choice(("written", "mouse", "mouse", "spelt", "english"))
    if way == "written":
        return "我的信箱是", [f"{user}.{more}{number}@{host}.com.tw"]
    if way == "english":
        return "my email is ", [f"{user} dot {more} at {host} dot com"]
    at = chance.choice(("小老鼠", " 小老鼠 ", "老鼠", "小老書" if noisy else "小老鼠"))
    dot = chance.choice(("點", " 點 ", "dot" if host == "example" else "點"))
    host = chance.choice(("G mail", "居妹")) if noisy and host == "gmail" else host
    name = " ".join(user) if way == "spelt" else user
    join = chance.choice(("底線", "點", "減號", ""))
    tail = _speak([number], chance, noisy=False)
    return chance.choice(("寄到", "我的信箱是", "email是")), [f"{name}{join}{tail}{at}{host}{dot}com"]


def _account(chance: random.Random, noisy: bool) -> _Made:
    network = chance.choice(("LINE ID", "LINE的ID", "IG帳號", "臉書帳號", "Telegram 帳號", "Threads 帳號"))
    return f"我的{network}是", [
        chance.choice(_GIVEN)
        + chance.choice(("_", ".", "", "底線"))
        + chance.choice(_SURNAMES)
        + _digits(chance, 2)
    ]


def _page(chance: random.Random, noisy: bool) -> _Made:
    host = chance.choice(("facebook.com", "www.instagram.com", "threads.net", "medium.com"))
    return "可以看", [
        f"https://{host}/{'@' if chance.random() < 0.5 else ''}{chance.choice(_GIVEN)}.{chance.choice(_SURNAMES)}"
    ]


def _written_number(value: int, chance: random.Random) -> str:
    if chance.random() < 0.4:
        return str(value)
    tens, ones = divmod(value, 10)
    return (
        ("" if tens == 1 else _HAN[tens] if tens else "")
        + ("十" if tens else "")
        + (_HAN[ones] if ones or not tens else "")
    )


def _address(chance: random.Random, noisy: bool) -> _Made:
    city = chance.choice(("", "", "台北市", "臺中市", "高雄市", "新北", "花蓮縣"))
    area = chance.choice(("", "中正區", "板橋區", "吉安鄉", "大安區")) if city else ""
    road = chance.choice(("中山路", "民生東路", "和平街", "文化一路", "市府大道", "信義路", "四維路"))
    number = lambda most: _written_number(chance.randrange(1, most), chance)  # noqa: E731 - three letters shorter than a function
    text = city + area + road
    if chance.random() < 0.5:
        text += number(6) + "段"
    pause = "，" if noisy and chance.random() < 0.5 else ""
    if chance.random() < 0.3:
        text += pause + number(60) + ("項" if noisy and chance.random() < 0.3 else "巷")
    if chance.random() < 0.2:
        text += number(20) + "弄"
    text += number(99) + (chance.choice(("號", "号")) if noisy else "號")
    if chance.random() < 0.4:
        text += pause + number(13) + "樓"
    parts = [text]
    return chance.choice(("我住在", "地址是", "我家在", "請寄到")), parts


def _english_address(chance: random.Random, noisy: bool) -> _Made:
    road = chance.choice(("Zhongshan Road", "Maple Street", "Oak Avenue", "Minsheng East Road"))
    number = chance.randrange(2, 300)
    return chance.choice(("I live at ", "my address is ", "send it to ")), [
        chance.choice(
            (
                f"{number} {road}",
                f"No. {number}, Section 2, {road}",
                f"{number} {road}, Apartment 5",
                f"5th floor, No. {number}, {road}",
            )
        )
    ]


def _plate(chance: random.Random, noisy: bool) -> _Made:
    letters = "".join(chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(3))
    digits = _digits(chance, 4)
    way = chance.choice(("written", "spelt", "joined"))
    spoken = {
        "written": f"{letters}-{digits}",
        "spelt": " ".join(letters) + " " + _speak([digits], chance, noisy=False),
        "joined": letters + digits,
    }[way]
    return chance.choice(("車牌是", "我的車牌號碼是", "車號")), [spoken]


def _bank(chance: random.Random, noisy: bool) -> _Made:
    groups = [_digits(chance, 4) for _ in range(chance.choice((3, 3, 4)))]
    return chance.choice(("匯款帳號是", "我的帳號，", "郵局帳號", "戶頭是")), _spread(
        groups, chance, noisy=noisy
    )


def _card(chance: random.Random, noisy: bool) -> _Made:
    groups = ["4" + _digits(chance, 3), *(_digits(chance, 4) for _ in range(3))]
    return chance.choice(("信用卡號是", "卡號")), [_speak(groups, chance, noisy=noisy)]


def _tax(chance: random.Random, noisy: bool) -> _Made:
    return chance.choice(("統編是", "統一編號")), [
        _speak([_digits(chance, 4), _digits(chance, 4)], chance, noisy=noisy)
    ]


def _birth(chance: random.Random, noisy: bool) -> _Made:
    year, month, day = chance.randrange(30, 99), chance.randrange(1, 13), chance.randrange(1, 29)
    y, m, d = (_written_number(v, chance) for v in (year, month, day))
    form = chance.choice(("born", "birthday", "class", "english", "day"))
    match form:
        case "born":
            return "我是", [f"民國{y}年{m}月{d}{chance.choice('日號')}生"]
        case "birthday":
            return chance.choice(("我的生日是", "出生年月日是")), [
                f"{chance.choice(('民國', ''))}{y}年{m}月{d}{chance.choice('日號')}"
            ]
        case "class":
            return "我", [f"{y}年次"]
        case "english":
            return "I was born on ", [f"{chance.choice(('March', 'May', 'October'))} {day}th, 19{year}"]
        case _:
            return "我生日是", [f"{m}月{d}號"]


def _file(chance: random.Random, noisy: bool) -> _Made:
    return chance.choice(("病歷號是", "病歷號碼", "他的個案編號是", "學號")), [
        _speak([_digits(chance, 4), _digits(chance, 3)], chance, noisy=noisy)
    ]


KINDS: dict[str, Callable[[random.Random, bool], _Made]] = {
    "mobile": _mobile,
    "mobile without 0": _mobile_without_zero,
    "landline": _landline,
    "local number": _local,
    "from abroad": _abroad,
    "telephone, English": _english_phone,
    "identity card": _identity,
    "resident certificate": _resident,
    "health card": _health,
    "passport": _passport,
    "e-mail": _email,
    "account on the net": _account,
    "page": _page,
    "address": _address,
    "address, English": _english_address,
    "plate": _plate,
    "bank account": _bank,
    "credit card": _card,
    "tax number": _tax,
    "date of birth": _birth,
    "file number": _file,
}
"""How one of a kind is made: `(what is said before it, the stretch in each statement)`."""
