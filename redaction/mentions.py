"""Finding every mention of a protected person in what was said.

Tiers and evidence are those of docs/design.md: A is pre-accepted, B is decided one by one, C by surface form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import JaroWinkler

from redaction.mark import Evidence, Kind, Mark, Tier
from speakers.meeting import Meeting, Participant
from speakers.phonetics import half_sound, near_sound, same_sound
from speakers.record import Record, Statement, digest
from speakers.traditional import is_chinese, to_simplified

VERSION = "2"

_TITLES = tuple(
    """
    小姐 先生 女士 太太 媽媽 爸爸 阿姨 伯伯 同學 老師 教授 醫師 醫生 律師 委員 議員 里長 主任 經理 組長 科長 處長
    局長 部長 大哥 大姐 姐 哥 姊
    """.split()  # noqa: SIM905 - thirty two-character words in a list literal read like a ladder
)

_CUES = tuple(
    """
    我是 我叫 名字是 名字叫 謝謝 感謝 請 就是 剛剛 剛才 像 跟 和 與 那個 這位 那位 問 找 給 叫 有請 歡迎 提案人
    附議人 附議者 代表
    """.split()  # noqa: SIM905 - as above
)
"""What stands right before a name when somebody is introduced, thanked or called on."""

_AFTER = tuple(
    """
    你好 您好 請 說 提到 提議 提出 講 問 願意 認為 覺得 剛剛 剛才 的意見 的提案 小姐 先生 女士 老師
    """.split()  # noqa: SIM905 - as above
)

_COMMON_FREQUENCY = 1_000
"""A word this frequent in jieba's dictionary is used by everybody, whoever is also called that."""

_LATIN_ALIKE = 0.88
_LATIN_SHORTEST = 4
"""Latin names shorter than this are only found exactly: everything resembles them."""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    subject: str
    kind: Kind
    tier: Tier
    level: str
    cues: tuple[str, ...]
    confidence: float


def find(meeting: Meeting, record: Record) -> tuple[Mark, ...]:
    """Every mention of the people who asked for anonymity.

    Args:
        meeting: with its participants.
        record: the statements to search.

    Returns:
        (n_marks,) in reading order, disjoint within a statement.
    """
    return tuple(mark for statement in record.statements for mark in _in_statement(meeting, statement))


def _in_statement(meeting: Meeting, statement: Statement) -> Iterator[Mark]:
    text = statement.text
    found = [hit for person in meeting.protected for hit in _hits(text, person, meeting)]
    taken: list[_Found] = []
    for hit in sorted(found, key=lambda h: (h.tier, h.start - h.end, -h.confidence)):
        if all(hit.end <= t.start or hit.start >= t.end for t in taken):
            taken.append(hit)
    for hit in sorted(taken, key=lambda h: h.start):
        surface = to_simplified(text[hit.start : hit.end]).casefold()
        yield Mark(
            statement_id=statement.id,
            char_start=hit.start,
            char_end=hit.end,
            subject=hit.subject,
            kind=hit.kind,
            tier=hit.tier,
            evidence=Evidence("mentions", VERSION, hit.level, hit.cues),
            confidence=hit.confidence,
            surface_group=digest("surface", hit.subject, surface)[:8],
            text_digest=statement.digest,
        )


def _hits(text: str, person: Participant, meeting: Meeting) -> Iterable[_Found]:
    for index, alias in enumerate(person.names):
        kind = Kind.NAME if index == 0 else Kind.ALIAS
        if is_chinese(alias):
            yield from _chinese(text, person.id, alias, kind)
        else:
            yield from _latin(text, person.id, alias, kind)
    if is_chinese(person.name) and len(person.name) >= 2:
        yield from _titled(text, person, meeting)


def _chinese(text: str, subject: str, alias: str, kind: Kind) -> Iterator[_Found]:
    """One alias: as written, as a variant, and by sound, over windows that skip punctuation and spaces."""
    letters = [c for c in alias if not c.isspace()]
    for start, end, window in _windows(text, len(letters)):
        level = _level(letters, window)
        cues = _cues(text, start, end)
        if level is None or (level == "near-miss" and not cues):
            continue  # one wrong syllable is everywhere in speech; it takes a cue to make it a name
        surface = "".join(window)
        if kind is Kind.NAME and len(letters) >= 3:
            cues = (*cues, "full-name")
        if _common(surface):
            cues = (*cues, "common-word")
        tier = _tier(level, len(letters), cues)
        confidence = {"exact": 0.99, "variant": 0.97, "same-sound": 0.8, "near-sound": 0.6, "near-miss": 0.4}[
            level
        ]
        confidence -= 0.2 * ("common-word" in cues) + 0.05 * (len(letters) < 3)
        yield _Found(start, end, subject, kind, tier, level, cues, round(confidence, 2))


def _windows(text: str, length: int) -> Iterator[tuple[int, int, list[str]]]:
    """Stretches of so many letters, with spaces and commas between them skipped (「蔡，佩珊」)."""
    places = [(i, c) for i, c in enumerate(text) if c.isalnum()]
    for first in range(len(places) - length + 1):
        window = places[first : first + length]
        start, end = window[0][0], window[-1][0] + 1
        between = text[start:end]
        if end - start - length <= 2 and not re.search("[。？！.?!]", between):
            yield start, end, [c for _, c in window]


def _level(alias: list[str], window: list[str]) -> str | None:
    if alias == window:
        return "exact"
    if to_simplified("".join(alias)).casefold() == to_simplified("".join(window)).casefold():
        return "variant"
    if all(_pair(a, b, same_sound) for a, b in zip(alias, window, strict=True)):
        return "same-sound"
    if all(_pair(a, b, near_sound) for a, b in zip(alias, window, strict=True)):
        return "near-sound"
    missed = [i for i, (a, b) in enumerate(zip(alias, window, strict=True)) if not _pair(a, b, near_sound)]
    if len(alias) >= 3 and len(missed) == 1 and half_sound(alias[missed[0]], window[missed[0]]):
        return "near-miss"
    return None


def _pair(a: str, b: str, alike: Callable[[str, str], bool]) -> bool:
    return a.casefold() == b.casefold() or alike(a, b)


def _tier(level: str, length: int, cues: tuple[str, ...]) -> Tier:
    common, cued = "common-word" in cues, "cue-before" in cues or "cue-after" in cues
    if level in {"exact", "variant"}:
        return Tier.B if common or length < 2 else Tier.A
    if level == "near-miss":
        return Tier.C
    if length >= 3:
        return Tier.A if level == "same-sound" and ("full-name" in cues or cued) and not common else Tier.B
    return Tier.B if cued and not common else Tier.C


def _cues(text: str, start: int, end: int) -> tuple[str, ...]:
    before, after = text[:start].rstrip("，、 "), text[end:].lstrip("，、 ")
    cues = []
    if before.endswith(_CUES):
        cues.append("cue-before")
    if after.startswith(_AFTER):
        cues.append("cue-after")
    return tuple(cues)


def _titled(text: str, person: Participant, meeting: Meeting) -> Iterator[_Found]:
    """Surname and title (「蔡小姐」); not pre-accepted where others on the roster have that surname."""
    surname = person.name[:2] if len(person.name) >= 4 else person.name[:1]
    shared = any(p.id != person.id and p.name.startswith(surname) for p in meeting.participants)
    pattern = re.compile(f"{re.escape(surname)}(?:{'|'.join(_TITLES)})")
    for match in pattern.finditer(text):
        cues = ("surname-shared",) if shared else ()
        tier = Tier.B if shared else Tier.A
        yield _Found(
            match.start(), match.end(), person.id, Kind.TITLE, tier, "exact", cues, 0.6 if shared else 0.9
        )


def _latin(text: str, subject: str, alias: str, kind: Kind) -> Iterator[_Found]:
    """One Latin alias: at word boundaries, whatever its case, and what sounds or is spelt like it."""
    wanted = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", alias)
    tokens = [(m.start(), m.end(), m.group()) for m in re.finditer(r"[^\W_]+(?:['’][^\W_]+)*", text)]
    for first in range(len(tokens) - len(wanted) + 1):
        window = tokens[first : first + len(wanted)]
        heard = [_possessive(t) for _, _, t in window]
        end = window[-1][1] - (len(window[-1][2]) - len(heard[-1]))
        cues = _latin_cues(text[: window[0][0]])
        if [w.casefold() for w in wanted] == [h.casefold() for h in heard]:
            common = alias.islower()
            yield _Found(window[0][0], end, subject, kind, Tier.B if common else Tier.A, "exact", cues, 0.98)
        elif all(len(w) >= _LATIN_SHORTEST for w in wanted) and all(
            _spelt_alike(w, h) for w, h in zip(wanted, heard, strict=True)
        ):
            yield _Found(window[0][0], end, subject, kind, Tier.B, "near-sound", cues, 0.6)


def _possessive(token: str) -> str:
    return re.sub("['’]s$", "", token)


def _spelt_alike(wanted: str, heard: str) -> bool:
    a, b = wanted.casefold(), heard.casefold()
    return abs(len(a) - len(b)) <= 2 and JaroWinkler.similarity(a, b) >= _LATIN_ALIKE


def _latin_cues(before: str) -> tuple[str, ...]:
    cue = re.search(
        r"(?:i'm|i am|my name is|this is|thank you|thanks|mr|mrs|ms|dr)[.,]?\s*$", before, re.IGNORECASE
    )
    return ("cue-before",) if cue else ()


@cache
def _frequencies() -> dict[str, int]:
    """Jieba's dictionary; read as data, so that its tokenizer and its cache file are not needed."""
    from importlib import resources

    table: dict[str, int] = {}
    lines = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        word, frequency, *_ = line.split(" ")
        table[word] = int(frequency)
    return table


def _common(surface: str) -> bool:
    return _frequencies().get(to_simplified(surface), 0) >= _COMMON_FREQUENCY
