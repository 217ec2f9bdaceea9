"""Names that belong to nobody on the roster: a second net, for whoever is spoken of and was not thought of.

jieba's tagger sees names of people, and misses and invents many; so what it sees counts only where it begins with a
surname, and what follows an introduction counts without it. The reviewer gets a list. Near a protected person each is
a mark as well, since it may be one of their family; those are decided by how they read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.mentions import reads_as
from redaction.nearness import Nearness
from redaction.visible import original, visible
from speakers.lexicon import is_word, people
from speakers.meeting import Meeting
from speakers.phonetics import near_sound
from speakers.record import Record, digest
from speakers.traditional import is_chinese, to_simplified

VERSION = "1"

_SURNAMES = frozenset(
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊江呂何羅蕭潘簡朱鍾游彭詹胡施沈余趙盧梁顏柯翁魏孫戴范方宋鄧杜傅侯曹薛"
    "丁馬唐卓藍馮姚石董紀歐程連古汪湯姜田康鄒白涂尤巫韓龔嚴袁鐘黎金阮陸倪夏童邵柳錢溫凃辜顧毛孔賀蔣池賈祝駱雷童武符"
    "陈黄张吴刘杨许郑谢叶苏庄吕罗萧简钟邓卢颜孙赵范冯欧连汤邹龚严"
)
_COMPOUND = ("歐陽", "司馬", "上官", "諸葛", "司徒", "張簡", "范姜", "張廖", "欧阳", "尉遲", "端木")
_BEGINS = re.compile(f"(?:{'|'.join(_COMPOUND)}|[{''.join(sorted(_SURNAMES))}].).", re.DOTALL)
"""What a full name begins with; where it stands nowhere, nobody need tag the words, which takes longest of all."""

_COMMON_FREQUENCY = 30
"""A word so frequent in jieba's dictionary that is no name of people is that word."""

_HAN = "\u3400-\u9fff"
_INTRODUCED = re.compile(
    rf"(?:我叫|我是|我的名字是|名字叫做?|他叫|她叫|叫做|一位叫|有請|歡迎|我姓名是)(?P<name>[{_HAN}]{{2,4}})"
)
_LATIN = re.compile(
    r"(?:(?:my name is|I am|I'm|this is|named|called|Mr\.?|Ms\.?|Mrs\.?|Dr\.?)) (?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
)
_NO_NAME = frozenset(
    ("I", "The", "This", "That", "It", "We", "You", "He", "She", "Taiwan", "Taipei", "Google", "Line")
)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name of somebody who is not on the roster.

    Attributes:
        surface: as it is written. Private.
        count: how often.
        first: the statement that says it first.
    """

    surface: str
    count: int
    first: str


def find(meeting: Meeting, record: Record) -> tuple[Stranger, ...]:
    """Names that belong to nobody on the roster and resemble no name of a protected person, the most frequent first."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for statement in record.statements:
        for start, end in _names(statement.text):
            surface = statement.text[start:end]
            if not _known(meeting, surface):
                counts[surface] += 1
                first.setdefault(surface, statement.id)
    return tuple(Stranger(s, n, first[s]) for s, n in counts.most_common())


def marks(meeting: Meeting, record: Record, near: Nearness) -> tuple[Mark, ...]:
    """A mark for every such name where a protected person speaks, is answered, or is spoken of: their people, maybe."""
    return tuple(
        Mark(
            statement_id=statement.id,
            char_start=start,
            char_end=end,
            subject="",
            kind=Kind.QUASI,
            tier=Tier.C,
            evidence=Evidence("strangers", VERSION, "pattern", ("name-of-nobody-here",)),
            confidence=0.3,
            surface_group=digest("stranger", to_simplified(statement.text[start:end]).casefold())[:8],
            text_digest=statement.digest,
        )
        for at, statement in enumerate(record.statements)
        if near.near[at]
        for start, end in _names(statement.text)
        if not _known(meeting, statement.text[start:end])
    )


@lru_cache(maxsize=20_000)
def _names(text: str) -> tuple[tuple[int, int], ...]:
    seen, places = visible(text)
    taken: list[tuple[int, int]] = []
    for start, end in _seen(seen):
        if not any(start < e and s < end for s, e in taken):
            taken.append((start, end))
    return tuple(original(places, *span) for span in sorted(taken))


def _seen(text: str) -> Iterator[tuple[int, int]]:
    for match in _INTRODUCED.finditer(text):
        start, end = match.span("name")
        length = _full_name(text[start:end])
        if length:
            yield start, start + length
    for start, end in people(text) if _BEGINS.search(text) else ():
        if _full_name(text[start:end]) == end - start and not _word(text[start:end]):
            yield start, end
    for match in _LATIN.finditer(text):
        if match["name"].split()[0] not in _NO_NAME:
            yield match.span("name")


def _full_name(surface: str) -> int:
    """How many characters of it are surname and given name; 0 if it begins with no surname."""
    if surface[:2] in _COMPOUND and len(surface) >= 3:
        return min(4, len(surface))
    return min(3, len(surface)) if surface[:1] in _SURNAMES and len(surface) >= 3 else 0


def _word(surface: str) -> bool:
    return is_word(surface, _COMMON_FREQUENCY)


@lru_cache(maxsize=20_000)
def _known(meeting: Meeting, surface: str) -> bool:
    """Whether it is, or sounds like, a name of somebody on the roster or of somebody who is protected."""
    for person in (*meeting.participants, *meeting.elsewhere):
        for name in person.names:
            if surface in name or reads_as(name, surface):
                return True
            if len(name) == len(surface) and sum(map(_alike, name, surface)) >= len(name) - 1:
                return True
    return False


def _alike(a: str, b: str) -> bool:
    return a == b or (is_chinese(a) and is_chinese(b) and near_sound(a, b))
