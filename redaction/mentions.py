"""Finding every mention of a protected person in what was said.

Tiers and evidence are those of docs/design.md: A is pre-accepted, B is decided one by one, C by surface form.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

from redaction.mark import Evidence, Kind, Mark, Tier
from redaction.visible import original, visible
from speakers.lexicon import dictionary
from speakers.meeting import Meeting, Participant
from speakers.phonetics import half_sound, near_sound, same_sound
from speakers.record import Record, Statement, digest
from speakers.traditional import is_chinese, to_simplified

VERSION = "3"

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

_EVERYDAY_FREQUENCY = 50
"""A word this frequent that is no name is somebody's nickname only as often as not (小魚 in 小魚乾)."""

_LITERAL = frozenset({"exact", "variant"})
_SENTENCE_END = re.compile("[。？！.?!]")

_REACH = 40
"""Characters on either side of a change of speaker in which a name may stand that it cuts."""

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_OTHER_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\uac00-\ud7af"
_UNSPACED = re.compile(f"[{_HAN}{_OTHER_UNSPACED}]")
"""Scripts that stand without spaces, so that nothing shows where a name ends: Han, kana, Bopomofo, Hangul, Thai."""

_LETTER = rf"[^\W_{_HAN}{_OTHER_UNSPACED}][\u0300-\u036f]*"
_LATIN_WORD = re.compile(rf"(?:{_LETTER})+(?:['’](?:{_LETTER})+)*")
"""Letters between spaces, or between Chinese: 「謝謝Sheila你好」."""

_REMEMBERED = 20_000
"""Texts of which it is remembered what was found: a review looks at the same ones after every decision."""

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
    surface: str


def find(meeting: Meeting, record: Record) -> tuple[Mark, ...]:
    """Every mention of the people who asked for anonymity.

    Args:
        meeting: with its participants.
        record: the statements to search.

    Returns:
        (n_marks,) in reading order. Marks may overlap where one decision cannot stand for both: a name inside what
        may be somebody else's, or a sure mention inside a wider doubtful one.
    """
    found: dict[str, list[_Found]] = {s.id: [*_in_statement(meeting, s.text)] for s in record.statements}
    for before, after in itertools.pairwise(record.statements):
        for hit, cut in _across(meeting, before.text, after.text):
            for statement, part in ((before, cut[0]), (after, cut[1])):
                if not any(t.subject == part.subject and _covers(t, part) for t in found[statement.id]):
                    found[statement.id].append(replace(part, surface=hit.surface))
    return tuple(
        _mark(statement, hit)
        for statement in record.statements
        for hit in sorted(found[statement.id], key=lambda h: (h.start, -h.end))
    )


def written(meeting: Meeting, text: str) -> Counter[tuple[str, str]]:
    """Which protected names a text spells out, and how often: `(participant id, name folded)`.

    Only what reads like the name, none of what sounds like it: for texts that are about to be published.
    """
    return Counter(_written(meeting, text))


@lru_cache(maxsize=_REMEMBERED)
def _written(meeting: Meeting, text: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (person.id, _folded(hit.surface))
        for person in meeting.protected
        for alias in person.names
        for hit in _hits(text, person.id, alias, Kind.NAME)
        if hit.level in _LITERAL
    )


def reads_as(words: str, heard: str) -> bool:
    """Whether what was heard is these words, or sounds like them: 「佩珊」 is 「沛珊」, but not 「毛毛媽」."""
    return next(iter(_hits(heard, "", words, Kind.NAME)), None) is not None


@lru_cache(maxsize=_REMEMBERED)
def _in_statement(meeting: Meeting, text: str) -> tuple[_Found, ...]:
    found = [hit for person in meeting.protected for hit in _mentions(text, person, meeting)]
    taken: list[_Found] = []
    for hit in sorted(found, key=lambda h: (h.tier, h.start - h.end, -h.confidence)):
        if not any(_stands_for(t, hit) for t in taken):
            taken.append(hit)
    return tuple(taken)


def _stands_for(taken: _Found, hit: _Found) -> bool:
    """Whether a decision about one mark is a decision about the other as well."""
    if _covers(taken, hit):
        same_place = (taken.start, taken.end) == (hit.start, hit.end)
        return same_place or taken.subject == hit.subject or hit.level not in _LITERAL
    return hit.tier is Tier.C and hit.start < taken.end and taken.start < hit.end


def _covers(wide: _Found, narrow: _Found) -> bool:
    return wide.start <= narrow.start and narrow.end <= wide.end


def _across(meeting: Meeting, before: str, after: str) -> Iterator[tuple[_Found, tuple[_Found, _Found]]]:
    """Names that a change of speaker cut in two: each with its part in either statement."""
    offset = max(0, len(before) - _REACH)
    tail, head = before[offset:], after[:_REACH]
    for hit in _all_hits(meeting, f"{tail} {head}"):
        first, second = tail[hit.start :], head[: max(0, hit.end - len(tail) - 1)]
        if hit.start >= len(tail) or not second or hit.level in {"near-sound", "near-miss"}:
            continue
        if hit.level == "same-sound" and hit.end - hit.start - 1 < 3:
            continue
        cut = replace(hit, tier=Tier.B, cues=(*hit.cues, "across-statements"))
        left = offset + hit.start
        yield (
            cut,
            (
                replace(cut, start=left, end=left + len(first.rstrip())),
                replace(cut, start=len(second) - len(second.lstrip()), end=len(second)),
            ),
        )


@lru_cache(maxsize=_REMEMBERED)
def _all_hits(meeting: Meeting, text: str) -> tuple[_Found, ...]:
    return tuple(
        hit
        for person in meeting.protected
        for alias in person.names
        for hit in _hits(text, person.id, alias, Kind.NAME)
    )


def _mark(statement: Statement, hit: _Found) -> Mark:
    return Mark(
        statement_id=statement.id,
        char_start=hit.start,
        char_end=hit.end,
        subject=hit.subject,
        kind=hit.kind,
        tier=hit.tier,
        evidence=Evidence("mentions", VERSION, hit.level, hit.cues),
        confidence=hit.confidence,
        surface_group=digest("surface", hit.subject, _folded(hit.surface))[:8],
        text_digest=statement.digest,
    )


def _mentions(text: str, person: Participant, meeting: Meeting) -> Iterable[_Found]:
    for index, alias in enumerate(person.names):
        yield from _hits(text, person.id, alias, Kind.NAME if index == 0 else Kind.ALIAS)
    if is_chinese(person.name) and len(person.name) >= 2:
        yield from _titled(text, person, meeting)
    given = person.name[-2:]
    if len(person.name) in {3, 4} and all(map(is_chinese, person.name)) and given not in person.names:
        yield from _given(text, person.id, given)


def _hits(text: str, subject: str, alias: str, kind: Kind) -> Iterator[_Found]:
    """Mentions of one alias, placed in `text`, but found in what will be seen of it."""
    seen, places = visible(text)
    alias = visible(alias)[0].strip()
    if not any(c.isalnum() for c in alias):
        hits = _signs(seen, subject, alias, kind)
    elif _UNSPACED.search(alias):
        hits = _chinese(seen, subject, alias, kind)
    else:
        hits = _latin(seen, subject, alias, kind)
    for hit in hits:
        last = hit.end
        while last < len(seen) and unicodedata.category(seen[last]) in {"Mn", "Mc"}:
            last += 1  # a vowel sign belongs to the letter before it: प्रिया
        start, end = original(places, hit.start, last)
        yield replace(hit, start=start, end=end)


def _signs(text: str, subject: str, alias: str, kind: Kind) -> Iterator[_Found]:
    """An alias of nothing but signs, such as an emoji."""
    for match in re.finditer(re.escape(alias), text) if alias else ():
        yield _Found(match.start(), match.end(), subject, kind, Tier.B, "exact", (), 0.9, alias)


def _given(text: str, subject: str, given: str) -> Iterator[_Found]:
    """The given name of somebody whose aliases nobody wrote down: as written, or by sound after a cue."""
    for hit in _hits(text, subject, given, Kind.ALIAS):
        cued = "cue-before" in hit.cues or "cue-after" in hit.cues
        if cued if hit.level == "same-sound" or "common-word" in hit.cues else hit.level in _LITERAL:
            tier = Tier.A if cued and hit.tier is Tier.A else Tier.B
            yield replace(hit, tier=tier, cues=(*hit.cues, "given-name"))


def _chinese(text: str, subject: str, alias: str, kind: Kind) -> Iterator[_Found]:
    """One alias: as written, as a variant, and by sound, over windows that skip punctuation and spaces."""
    letters = [c for c in alias if c.isalnum()]
    for start, end, window in _windows(text, letters):
        level = _level(letters, window)
        if level is None:
            continue
        cues = name_cues(text, start, end)
        if level == "near-miss" and not cues:
            continue  # one wrong syllable is everywhere in speech; it takes a cue to make it a name
        if _SENTENCE_END.search(text[start:end]):
            # A recognizer ends a sentence at every pause, also inside a name.
            if level not in _LITERAL or len(letters) < 3:
                continue
            cues = (*cues, "across-sentences")
        surface = "".join(window)
        if kind is Kind.NAME and len(letters) >= 3:
            cues = (*cues, "full-name")
        if _common(surface):
            cues = (*cues, "common-word")
        elif len(letters) == 2 and _everyday(text, start, end, surface):
            cues = (*cues, "everyday-word")
        tier = _tier(level, len(letters), cues)
        confidence = {"exact": 0.99, "variant": 0.97, "same-sound": 0.8, "near-sound": 0.6, "near-miss": 0.4}[
            level
        ]
        confidence -= 0.2 * ("common-word" in cues) + 0.05 * (len(letters) < 3)
        yield _Found(start, end, subject, kind, tier, level, cues, round(confidence, 2), surface)


def _windows(text: str, alias: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """Stretches of as many letters as the alias, all of them alike but for one at most.

    Up to two spaces or signs between any two letters are skipped (「蔡，佩珊」).
    """
    places = [(i, c) for i, c in enumerate(text) if c.isalnum()]
    for first in range(len(places) - len(alias) + 1):
        missed = 0
        for number, letter in enumerate(alias, start=first):
            if not _alike(letter, places[number][1]):
                missed += 1
                if missed > 1:
                    break
        window = places[first : first + len(alias)]
        if missed <= 1 and all(b[0] - a[0] <= 3 for a, b in itertools.pairwise(window)):
            yield window[0][0], window[-1][0] + 1, [c for _, c in window]


def _level(alias: list[str], window: list[str]) -> str | None:
    if alias == window:
        return "exact"
    alike = [_alike(a, b) for a, b in zip(alias, window, strict=True)]
    shared, missed = functools.reduce(operator.and_, alike), [i for i, how in enumerate(alike) if not how]
    if shared & _PLAIN:
        return "variant"
    if shared & _SAME:
        return "variant" if _folded("".join(alias)) == _folded("".join(window)) else "same-sound"
    if shared & _NEAR:
        return "near-sound"
    if len(alias) >= 3 and len(missed) == 1 and half_sound(alias[missed[0]], window[missed[0]]):
        return "near-miss"
    return None


_PLAIN, _SAME, _NEAR = 1, 2, 4
"""How two characters are alike, from the closest; two that are alike at all are alike in sound, so near."""


@lru_cache(maxsize=200_000)
def _alike(a: str, b: str) -> int:
    plain = _plain(a) == _plain(b)
    same = _pair(a, b, same_sound)
    near = plain or same or _pair(a, b, near_sound)
    return _PLAIN * plain | _SAME * same | _NEAR * near


@lru_cache(maxsize=20_000)
def _plain(character: str) -> str:
    """One form in which ways of writing a character are equal; always one character."""
    plain = to_simplified(character).casefold() if is_chinese(character) else character.casefold()
    return plain if len(plain) == 1 else character


def _folded(surface: str) -> str:
    """One form in which ways of writing a name are equal."""
    return to_simplified("".join(c for c in unicodedata.normalize("NFKC", surface) if c.isalnum())).casefold()


def _pair(a: str, b: str, alike: Callable[[str, str], bool]) -> bool:
    return a.casefold() == b.casefold() or alike(a, b)


def _tier(level: str, length: int, cues: tuple[str, ...]) -> Tier:
    common, cued = "common-word" in cues, "cue-before" in cues or "cue-after" in cues
    if level == "near-miss":
        return Tier.C
    if level in _LITERAL:
        doubtful = common or length < 2 or "everyday-word" in cues or "across-sentences" in cues
        return Tier.B if doubtful else Tier.A
    if length >= 3:
        return Tier.A if level == "same-sound" and ("full-name" in cues or cued) and not common else Tier.B
    return Tier.B if cued and not common else Tier.C


def name_cues(text: str, start: int, end: int) -> tuple[str, ...]:
    """What around a stretch of text speaks for a name: somebody is introduced, thanked, called on, or speaks."""
    before, after = text[:start].rstrip("，、 "), text[end:].lstrip("，、 ")
    cues = []
    if before.endswith(_CUES):
        cues.append("cue-before")
    if after.startswith(_AFTER):
        cues.append("cue-after")
    return tuple(cues)


def _titled(text: str, person: Participant, meeting: Meeting) -> Iterator[_Found]:
    """Surname and title (「蔡小姐」); not pre-accepted where others on the roster have that surname."""
    seen, places = visible(text)
    plain = "".join(map(_plain, seen))
    surname = "".join(map(_plain, person.name[:2] if len(person.name) >= 4 else person.name[:1]))
    shared = any(
        p.id != person.id and "".join(map(_plain, p.name)).startswith(surname) for p in meeting.participants
    )
    titles = "|".join("".join(map(_plain, title)) for title in _TITLES)
    for match in re.finditer(rf"{re.escape(surname)}[\s，、]?(?:{titles})", plain):
        cues = ("surname-shared",) if shared else ()
        tier, confidence = (Tier.B, 0.6) if shared else (Tier.A, 0.9)
        start, end = original(places, *match.span())
        surface = match.group()
        yield _Found(start, end, person.id, Kind.TITLE, tier, "exact", cues, confidence, surface)


def _latin(text: str, subject: str, alias: str, kind: Kind) -> Iterator[_Found]:
    """One Latin alias: at word boundaries, whatever its case, and what sounds or is spelt like it."""
    wanted = _LATIN_WORD.findall(alias)
    tokens = [(m.start(), m.end(), m.group()) for m in _LATIN_WORD.finditer(text)]
    for first in range(len(tokens) - len(wanted) + 1):
        window = tokens[first : first + len(wanted)]
        heard = [_possessive(t) for _, _, t in window]
        start, end = window[0][0], window[-1][1] - (len(window[-1][2]) - len(heard[-1]))
        cues = _latin_cues(text[:start])
        surface = " ".join(heard)
        if [_caseless(w) for w in wanted] == [_caseless(h) for h in heard]:
            tier = Tier.B if alias.islower() else Tier.A
            yield _Found(start, end, subject, kind, tier, "exact", cues, 0.98, surface)
        elif all(len(w) >= _LATIN_SHORTEST for w in wanted) and all(
            _spelt_alike(w, h) for w, h in zip(wanted, heard, strict=True)
        ):
            yield _Found(start, end, subject, kind, Tier.B, "near-sound", cues, 0.6, surface)


def _possessive(token: str) -> str:
    return re.sub("['’][sS]$", "", token)


def _caseless(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def _spelt_alike(wanted: str, heard: str) -> bool:
    a, b = wanted.casefold(), heard.casefold()
    return abs(len(a) - len(b)) <= 2 and JaroWinkler.similarity(a, b) >= _LATIN_ALIKE


def _latin_cues(before: str) -> tuple[str, ...]:
    cue = re.search(
        r"(?:i'm|i am|my name is|this is|thank you|thanks|mr|mrs|ms|dr)[.,]?\s*$", before, re.IGNORECASE
    )
    return ("cue-before",) if cue else ()


def _common(surface: str) -> bool:
    return dictionary().get(to_simplified(surface), (0, ""))[0] >= _COMMON_FREQUENCY


def _everyday(text: str, start: int, end: int, surface: str) -> bool:
    """Whether two characters are a word that is no name, or are cut out of the words around them (小美 in 小美國)."""
    if _is_word(surface, _EVERYDAY_FREQUENCY):
        return True
    around = [text[end - 1 : end + reach] for reach in (1, 2)]
    around += [text[max(0, start - reach) : start + 1] for reach in (1, 2)]
    return any(_is_word(word, _COMMON_FREQUENCY) for word in around if len(word) > 1)


def _is_word(surface: str, frequency: int) -> bool:
    known, word_class = dictionary().get(to_simplified(surface), (0, "nr"))
    return known >= frequency and not word_class.startswith("nr")
