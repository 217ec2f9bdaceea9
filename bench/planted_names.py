"""Invented people of Taiwan for the planted test set, in two splits that share no given name and no alias.

Surnames are drawn by how frequent they are in Taiwan; given names are put together from characters that are common in
them. Nobody real is meant. A given name belongs to one split by its digest, so adding characters moves no other name.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache

from bench.meetings import SURNAMES
from speakers.record import digest

SPLITS = ("development", "locked")

_FREQUENT = {
    "陳": 111, "林": 83, "黃": 60, "張": 53, "李": 51, "王": 41, "吳": 40, "劉": 32, "蔡": 29, "楊": 27, "許": 23,
    "鄭": 19, "謝": 18, "洪": 15, "郭": 15, "邱": 15, "曾": 14, "廖": 14, "賴": 13, "徐": 13, "周": 12, "葉": 12,
    "蘇": 11, "莊": 10, "江": 9, "呂": 9, "何": 8, "羅": 8, "高": 8, "蕭": 7, "潘": 7, "簡": 7, "朱": 7, "鍾": 7,
    "彭": 6, "游": 6, "詹": 6, "胡": 6, "施": 6, "沈": 5, "余": 5, "盧": 5, "梁": 4, "趙": 4, "顏": 4, "柯": 4,
    "翁": 4, "魏": 4, "孫": 4, "戴": 4,
}  # fmt: skip
"""People of every thousand, rounded; all other surnames are drawn as if one of a thousand had each."""

COMPOUND = ("歐陽", "司馬", "上官", "諸葛", "張簡", "范姜", "司徒", "皇甫")
"""Surnames of two characters; one person of forty has one, far more than in Taiwan."""

_GIVEN = (
    "志明俊傑建宏家豪淑芬美玲雅婷怡君佳穎宗翰冠宇承恩柏詩涵心郁雯欣慧敏筱薇立言品妤佩珊文雄國華秀英麗娟惠如玉珍瑞祥"
    "永昌思子晴宥翔睿雨桐若曦博哲瑋育誠彥廷書凱靜宜嘉曉芳月娥春金龍坤山添財信義仁愛和平忠孝昭儀芷靖紹維倫啟東榮輝"
    "錦瓊瑤雪梅翠蓮桂香鳳嬌政佑威鈞均聖賢霖澤浩辰軒毅鴻銘鎮振興世光正中益民勝德福安康健偉強力達遠景清源泉海洋江河"
    "琪琳琬瑜瑄璇珮瑩蓉萱茵蕙蘭菁菱葳薰妮妍妘娜婉婕媛嫻孟仲季伯亭庭宛容寧巧幸彤悅晨晴曼柔楓榆毓沛湘潔潤澄燕爾珈羽翎"
    "聿芸茜莉莘菊葶誼語諭貞鈺鈴鈺霈韋韻馨駿麒麟黛齊松柏楠樺皓皇盈瀚煒煥燦爵奕奇定宣尚展峰崇川帆弘彰律恆恩承揚敬旭"
)  # fmt: skip

NICKNAMES = tuple(
    """
    毛毛媽 豆豆爸 小魚 阿布 皮皮 咪咪 樂樂 糖糖 饅頭 豆花 芋圓 麻糬 布丁 花生 海苔 橘子 芒果 檸檬 蜂蜜 雪球 奶茶
    胖虎 大雄 阿牛 阿土 小黑 小白 大熊 老鷹 野狼 飛鼠 石虎 水獺 黑熊 雲豹 山羌 白鷺 夜鷺 貓頭鷹 啄木鳥 螢火蟲 獨角仙
    月亮 星星 太陽 彩虹 微風 細雨 山風 海風 晨曦 落葉 楓葉 松果 種子 小草 青苔 向日葵 蒲公英 含羞草 鳳凰木
    圓圓 方方 安安 寶寶 妞妞 嘟嘟 球球 點點 朵朵 果果 阿嬤 鐵人 鐵支 鋼琴 口琴 風箏 陀螺 積木 火車 單車 帆船 燈塔
    麵線 米粉 貢丸 肉圓 蚵仔 碗粿 油飯 仙草 愛玉 冬瓜 南瓜 苦瓜 絲瓜 香菇 木耳 竹筍 地瓜 番茄 芭樂 蓮霧 荔枝
    波波媽 球球爸 點點媽 阿虎伯 豆腐哥 木瓜姐 西瓜哥 芋頭姐 車輪餅 雞蛋糕 刈包 鳳梨酥 太陽餅 牛軋糖 茶葉蛋 蔥油餅
    小樹 大樹 小溪 大河 阿海 阿山 小島 小船 大餅 阿寶 小寶 阿福 阿旺 來福 小虎 小豬 小羊 小馬 小龍 阿龍 阿猴 小猴
    """.split()  # noqa: SIM905 - a list literal of so many short words reads like a ladder
)
"""Net-names and nicknames; about half are everyday words."""

LATIN = tuple(
    """
    Vivian Kevin Jessica Jason Tiffany Eric Cindy Jerry Sherry Leo Emily Andy Grace Kelly Sandy Peggy Judy Ivy Amber
    Claire Doris Elaine Fiona Gary Howard Irene Jacky Karen Linda Monica Nancy Oscar Patty Queenie Rachel Stanley Teresa
    Una Vincent Wendy Xavier Yvonne Zoe Albert Brenda Carol Derek Esther Felix Gina Henry Ivan Joyce Kenny Lawrence
    Melody Nick Olivia Penny Rex Simon Tony Ursula Victor Winnie Abby Bruce Celine Daphne Edward Flora Gloria Hazel
    Iris Janet Kyle Lillian Mandy Norman Phoebe Robert Stella Terry Vera Wilson Yolanda Allen Bella Connie Dennis Eva
    Frank Gordon Helen Isaac June Kimberly Lucas Maggie Nathan Pamela Ruby Sophia Tina Valerie Wayne
    """.split()  # noqa: SIM905 - as above
)

_HANDLES = (
    "cat",
    "bike",
    "tea",
    "hill",
    "river",
    "noodle",
    "taro",
    "mochi",
    "island",
    "train",
    "moss",
    "otter",
)

TITLES = tuple("小姐 先生 女士 太太 老師 教授 醫師 律師 委員 里長 主任 經理 科長 處長".split())  # noqa: SIM905 - as above


def split_of(name: str) -> str:
    """The split that a given name, net-name or Latin name belongs to; the same for ever.

    >>> {split_of(name) for name in NICKNAMES} == set(SPLITS)
    True
    """
    return SPLITS[int(digest("planted split", name)[:8], 16) % 2]


@lru_cache(maxsize=4)
def own(names: Sequence[str], split: str) -> tuple[str, ...]:
    """Those of a list that belong to a split."""
    return tuple(n for n in dict.fromkeys(names) if split_of(n) == split)


def nicknames(split: str) -> tuple[str, ...]:
    """Net-names and nicknames of a split."""
    return own(NICKNAMES, split)


def latin_names(split: str) -> tuple[str, ...]:
    """English names of a split."""
    return own(LATIN, split)


def surname(chance: random.Random) -> str:
    """A surname, by how frequent it is; one of forty has two characters."""
    if chance.random() < 1 / 40:
        return chance.choice(COMPOUND)
    known = tuple(_FREQUENT) + tuple(s for s in SURNAMES if s not in _FREQUENT)
    return chance.choices(known, [_FREQUENT.get(s, 1) for s in known])[0]


def given_name(chance: random.Random, split: str) -> str:
    """A given name of a split: two characters, one of twenty only one."""
    while True:
        one = chance.random() < 1 / 20
        name = chance.choice(_GIVEN) if one else "".join(chance.choices(_GIVEN, k=2))
        if split_of(name) == split:
            return name


def handle(chance: random.Random, split: str) -> str:
    """A handle in Latin letters and digits, as people write beneath a petition."""
    while True:
        first, second = chance.sample(_HANDLES, 2)
        made = f"{first}{chance.choice(('_', '', '.'))}{second}{chance.randrange(100)}"
        if split_of(made) == split:
            return made


@lru_cache(maxsize=4)
def spoken_people(split: str, count: int = 240) -> tuple[tuple[str, str], ...]:
    """(surname, given name) of those people whose names are synthesised; given names are all different."""
    chance = random.Random(f"spoken {split}")  # noqa: S311 - repeatable by intent
    found: dict[str, str] = {}
    while len(found) < count:
        given = given_name(chance, split)
        found.setdefault(given, surname(chance))
    return tuple((family, given) for given, family in found.items())
