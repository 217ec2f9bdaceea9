"""Where somebody lives or is found by post: addresses as they are written and said, with or without a town."""

from __future__ import annotations

import re
from collections.abc import Iterator

from redaction.digits import DIGIT, ENGLISH_NUMBER
from redaction.stretch import Stretch

_CITIES = (
    "[台臺][北中南東]|新北|桃園|高雄|基隆|新竹|嘉義|苗栗|彰化|南投|雲林|屏東|宜蘭|花蓮|澎湖|金門|連江|馬祖"
)
_NOT_IN_NAMES = "在到住是的我你他她它們於從了去個這那跟與或寄送叫往就也條還要來說過第，。、？！,.?!\\s"
"""Characters that stand before a name of a street, not in it."""

_NUMBER = rf"(?:\d|{DIGIT}|[十百千]){{1,7}} ?"
_GAP = r"(?:[\s,，、.。]|嗯|呃|那個|然後|的){0,3}"
_HASH = "號|号|浩|耗"
_NAME = rf"[^{_NOT_IN_NAMES}\W\d_A-Za-z]"
_CITY = rf"(?:(?:{_CITIES})[縣市]?{_GAP})?"
_AREAS = rf"(?:{_NAME}{{1,3}}[縣市區鄉鎮]{_GAP}){{0,2}}"
_REGION = rf"(?:\d{{3,6}}{_GAP})?{_CITY}{_AREAS}(?:{_NAME}{{1,3}}[村里]{_GAP})?(?:{_NUMBER}[鄰林]{_GAP})?"
_IN_STREET = rf"[^{_NOT_IN_NAMES}\W\d_A-Za-z路街]"
_ROAD = rf"{_IN_STREET}{{1,5}}(?:路|街|大道)"
_SECTION = rf"(?:{_GAP}{_NUMBER}[段斷])"
_LANE = rf"(?:{_GAP}{_NUMBER}[巷項向像])"
_ALLEY = rf"(?:{_GAP}{_NUMBER}[弄農])"
_OF = rf"(?:{_GAP}[之杠槓-]{_GAP}{_NUMBER})"
_HOUSE = rf"(?:{_GAP}{_NUMBER}{_OF}?{_GAP}(?:{_HASH}){_OF}?)"
_HOUSE_MISHEARD = rf"(?:{_GAP}{_NUMBER}好(?={_GAP}{_NUMBER}樓))"
_ROOM = rf"(?:{_GAP}[A-Za-z0-9一二三四五六七八九]{{1,4}}室)"
_FLOOR = rf"(?:{_GAP}(?:地下)?(?:{_NUMBER}|[Bb]\d?)(?:樓|摟|[Ff](?![a-z])){_OF}?{_ROOM}?)"

_POSTAL = re.compile(
    rf"{_REGION}{_ROAD}(?P<rest>{_SECTION}?{_LANE}?{_ALLEY}?(?:{_HOUSE}|{_HOUSE_MISHEARD})?{_FLOOR}?)"
)
_WITHOUT_ROAD = re.compile(
    rf"{_REGION}(?:{_NUMBER}[段斷])?{_LANE}{_ALLEY}?{_HOUSE}{_FLOOR}?|{_REGION}{_LANE}{_ALLEY}{_HOUSE}?{_FLOOR}?"
    rf"|{_NUMBER}[段斷]{_LANE}?{_ALLEY}?{_HOUSE}{_FLOOR}?|{_NUMBER}{_OF}?(?:{_HASH}){_FLOOR}"
)
_VILLAGE = re.compile(
    rf"{_CITY}{_AREAS}{_NAME}{{1,3}}[村里](?:{_GAP}{_NUMBER}[鄰林](?:{_NAME}{{0,4}}?{_HOUSE})?|{_HOUSE}){_FLOOR}?"
    rf"|{_CITY}{_NAME}{{1,3}}[鄉鎮]{_NAME}{{1,3}}[村里]{_NAME}{{1,4}}?{_HOUSE}"
)

_ENGLISH_NUMBER = rf"(?:\d{{1,5}}(?:-\d{{1,3}})?|{ENGLISH_NUMBER})"
_ENGLISH_ROAD = (
    r"(?:[A-Z][A-Za-z'-]*\s+){1,4}"
    r"(?:Road|Rd|Street|St|Avenue|Ave|Boulevard|Blvd|Drive|Lane|Alley|Court|Terrace|Crescent|Highway|Parade)(?![a-z])\.?"
)
_NUMBERED = (
    rf"(?:(?:[Nn]o|[Nn]umber|#|Sec|Section|Lane|Alley|Apt|Apartment|Unit|Room|Flat|Suite|Floor)\.?\s*#?{_ENGLISH_NUMBER}"
    r"[A-Z]?(?![a-z]))"
)
_ENGLISH_FLOOR = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
    r"\s?(?:[Ff]loor|F)(?![a-z]))"
)
_ENGLISH_REST = (
    rf"(?:[,\s]+(?:{_NUMBERED}|{_ENGLISH_FLOOR})){{0,4}}"
    r"(?:,\s*[A-Z][a-z]+(?: [A-Z][a-z]+){0,2}(?: \d{3,6})?){0,3}"
)
_ENGLISH = (
    re.compile(rf"(?:(?:{_NUMBERED}|{_ENGLISH_FLOOR})[,\s]+){{1,4}}(?:of\s+)?{_ENGLISH_ROAD}{_ENGLISH_REST}"),
    re.compile(rf"(?<![A-Za-z0-9.]){_ENGLISH_NUMBER},?\s+{_ENGLISH_ROAD}{_ENGLISH_REST}"),
    re.compile(rf"{_ENGLISH_ROAD}[,\s]+{_NUMBERED}{_ENGLISH_REST}"),
)


def find(text: str) -> Iterator[Stretch]:
    """Addresses in a text; a street alone is none."""
    for match in _POSTAL.finditer(text):
        rest = match["rest"]
        if re.search(rf"[巷項向像弄農樓摟好]|{_HASH}", rest):
            start = match.start()
            start += len(match.group()) - len(match.group().lstrip(" ,，、.。"))
            yield Stretch(start, match.end(), "address", ("street",), 0.9)
    for pattern, cue in ((_VILLAGE, "village"), (_WITHOUT_ROAD, "house-number")):
        for match in pattern.finditer(text):
            yield Stretch(match.start(), match.end(), "address", (cue,), 0.7)
    for english in _ENGLISH:
        for match in english.finditer(text):
            yield Stretch(match.start(), match.end(), "address", ("english",), 0.8)
