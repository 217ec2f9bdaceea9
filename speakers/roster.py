"""Where a text names somebody of the roster, however they are called, and nobody where it could be two people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

from speakers.meeting import Participant
from speakers.phonetics import folded, near_sound, same_sound, syllables, usual
from speakers.traditional import is_chinese

_JOBS = """
副局長 副處長 副科長 副主任 副組長 副院長 副署長 副部長 副市長 副主席 局長 處長 科長 主任 組長 院長 署長 部長 司長
次長 市長 縣長 區長 里長 鄉長 鎮長 校長 所長 會長 理事長 董事長 執行長 秘書長 專門委員 委員 議員 立委 專員 技正 秘書
經理 專案經理 總經理 老師 教授 醫師 律師 研究員 工程師 設計師 社工 主席 主持人 召集人 代表 科員 股長 股東
"""
JOBS = tuple(_JOBS.split())
COURTESIES = ("小姐", "先生", "女士", "同學", "媽媽", "爸爸", "大哥", "大姐")
CHAIRS = ("主席", "主持人", "召集人")
_TITLES = tuple(sorted((*JOBS, *COURTESIES), key=len, reverse=True))
TITLE = "|".join(_TITLES)
"""A title as it stands behind a surname or a name, as a pattern's alternatives; the longest first."""

_COMPOUND = ("歐陽", "司馬", "上官", "諸葛", "司徒", "張簡", "范姜", "張廖")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_LATIN_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "prof", "professor", "director", "councillor", "chair")
)
_ALIKE = 0.93
"""Jaro-Winkler similarity above which a Latin name of five letters or more counts as heard."""


class Likeness(IntEnum):
    """How well what was heard fits a name."""

    NEAR = 1
    SAME = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A text names somebody.

    Attributes:
        start: first character.
        end: one past the last, without a title behind a name.
        participant_id: who; empty where it could be more than one person.
        sound: how well it fits.
        full: whether it is the whole name, rather than a given name, an alias, or surname and title.
        title: whether it is a title, with or without a surname.
    """

    start: int
    end: int
    participant_id: str
    sound: Likeness
    full: bool = False
    title: bool = False


@dataclass(frozen=True, slots=True)
class _Form:
    characters: str
    participant_id: str
    full: bool


@dataclass(frozen=True, slots=True)
class _LatinForm:
    tokens: tuple[str, ...]
    participant_id: str
    full: bool


@lru_cache(maxsize=20_000)
def _sounds(character: str) -> frozenset[str]:
    return frozenset(folded(s) for s in syllables(character))


def surname(name: str) -> str:
    """The surname of a Chinese name.

    >>> surname("歐陽敏"), surname("高慧敏")
    ('歐陽', '高')
    """
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND else name[:1]


class Roster:
    """The people of a meeting, to be looked for in what is said.

    Args:
        people: all of them, protected ones included: who is to be hidden has to be found.
    """

    def __init__(self, people: tuple[Participant, ...]) -> None:
        self._people = people
        self._starts: dict[str, list[_Form]] = {}
        self._latin = [form for person in people for form in _latin_forms(person)]
        self._beginning: dict[str, list[_LatinForm]] = {}
        for form in (form for person in people for form in _forms(person)):
            for sound in _sounds(form.characters[0]):
                self._starts.setdefault(sound, []).append(form)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Everybody whom a text names, in order, none overlapping another.

        >>> wei = Participant("p1", "陳筱薇", role="科長", aliases=("Wei",))
        >>> [(m.start, m.end, m.participant_id) for m in Roster((wei,)).mentions("請陳曉薇。陳科長？Hi Wei.")]
        [(1, 4, 'p1'), (5, 8, 'p1'), (12, 15, 'p1')]
        """
        found = [*self._named(text), *self._titled(text), *self._latin_named(text)]
        found.sort(key=lambda m: (m.start - m.end, -m.sound))
        chosen: list[Mention] = []
        for mention in found:
            if any(mention.start < c.end and c.start < mention.end for c in chosen):
                continue
            rivals = {
                m.participant_id
                for m in found
                if (m.start, m.end, m.sound) == (mention.start, mention.end, mention.sound)
            }
            only = rivals.pop() if len(rivals) == 1 else ""
            chosen.append(
                Mention(mention.start, mention.end, only, mention.sound, mention.full, mention.title)
            )
        return tuple(sorted(chosen, key=lambda m: m.start))

    def _named(self, text: str) -> list[Mention]:
        found = []
        for at, character in enumerate(text):
            if not is_chinese(character):
                continue
            for form in {f for sound in _sounds(character) for f in self._starts.get(sound, ())}:
                heard = text[at : at + len(form.characters)]
                sound = _heard_as(form.characters, heard)
                if sound is not None and (len(form.characters) >= 3 or sound >= Likeness.SAME):
                    found.append(Mention(at, at + len(heard), form.participant_id, sound, form.full))
        return found

    def _titled(self, text: str) -> list[Mention]:
        """Surname and title, and the title of whoever leads the meeting by itself."""
        found = []
        for match in re.finditer(TITLE, text):
            title = match.group()
            for length in (2, 1):
                before = text[max(0, match.start() - length) : match.start()]
                person = self._with_title(before, title) if len(before) == length else ""
                if person:
                    found.append(
                        Mention(match.start() - length, match.end(), person, Likeness.SAME, title=True)
                    )
                    break
            else:
                leads = [p.id for p in self._people if title in p.role]
                if title in CHAIRS and len(leads) == 1:
                    found.append(Mention(match.start(), match.end(), leads[0], Likeness.EXACT, title=True))
        return found

    def _with_title(self, heard: str, title: str) -> str:
        """Who is called by this surname and title: one who fits, where no other one could."""
        named = [
            (p, surname(p.name))
            for p in self._people
            if len(surname(p.name)) == len(heard)
            and all(map(is_chinese, p.name))
            and [usual(c) for c in surname(p.name)] == [usual(c) for c in heard]
        ]
        if title in JOBS:
            having = [(p, s) for p, s in named if _has(p.role, title)]
            unknown = [(p, s) for p, s in named if not any(job in p.role for job in JOBS)]
            named = having or (unknown if len(named) == len(unknown) else [])
        alike = len(named) == 1 and all(same_sound(a, b) for a, b in zip(named[0][1], heard, strict=True))
        return named[0][0].id if alike else ""

    def _latin_named(self, text: str) -> list[Mention]:
        tokens = list(_LATIN.finditer(text))
        cased = any(t.group()[0].isupper() for t in tokens)
        found = []
        for index in range(len(tokens)):
            if cased and not tokens[index].group()[0].isupper():
                continue
            for form in self._beginning_with(_bare(tokens[index].group()).lower()):
                heard = tokens[index : index + len(form.tokens)]
                sound = _latin_heard(form.tokens, [_bare(t.group()) for t in heard])
                if sound is None or (cased and not all(t.group()[0].isupper() for t in heard)):
                    continue
                own = self._own(form.participant_id)
                if len(form.tokens) == 1 and _part_of_another(text, tokens, index, own):
                    continue
                last = index + len(form.tokens)
                if last < len(tokens) and text[heard[-1].end() : tokens[last].start()] == " ":
                    surname_follows = _bare(tokens[last].group()).lower() in own
                    heard += [tokens[last]] if surname_follows else []
                end = heard[-1].start() + len(_bare(heard[-1].group()))
                found.append(Mention(heard[0].start(), end, form.participant_id, sound, form.full))
        return found

    def _beginning_with(self, word: str) -> list[_LatinForm]:
        """The names whose first word this could be; looked up once for each word."""
        if word not in self._beginning:
            self._beginning[word] = [f for f in self._latin if _latin_heard(f.tokens[:1], [word]) is not None]
        return self._beginning[word]

    def _own(self, who: str) -> set[str]:
        """Latin words that are part of a person's name: those given, and how their surname is read."""
        person = next(p for p in self._people if p.id == who)
        given = {t for name in person.names for t in _LATIN.findall(name.lower())}
        return given | set().union(*(syllables(c) for c in surname(person.name)))


def _part_of_another(text: str, tokens: list[re.Match[str]], index: int, own: set[str]) -> bool:
    """Whether a single name stands beside a capitalised word that is none of this person's names."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None and text[tokens[index].end() : after.start()] == " ":
        word = after.group()
        if word[0].isupper() and word not in {"I", "I'm", "I’m"} and _bare(word).lower() not in own:
            return True
    before = tokens[index - 1] if index else None
    if before is None or text[before.end() : tokens[index].start()].strip(".") != " ":
        return False
    begins = not text[: before.start()].strip() or text[: before.start()].rstrip()[-1] in ".?!。？！，,"
    word = before.group()
    return bool(word[0].isupper()) and not begins and word.lower() not in own | _LATIN_TITLES


def _bare(word: str) -> str:
    return re.sub("['’]s$|['’-]+$", "", word)


def _has(role: str, title: str) -> bool:
    return title in role and f"副{title}" not in role


def _forms(person: Participant) -> list[_Form]:
    forms = {}
    for name in person.names:
        if len(name) >= 2 and all(map(is_chinese, name)):
            forms[name] = _Form(name, person.id, full=name == person.name)
            given = name.removeprefix(surname(name))
            if name == person.name and len(given) == 2:
                forms.setdefault(given, _Form(given, person.id, full=False))
    return list(forms.values())


def _latin_forms(person: Participant) -> list[_LatinForm]:
    forms = {}
    for name in person.names:
        tokens = tuple(t.lower() for t in _LATIN.findall(name))
        if not tokens or any(map(is_chinese, name)):
            continue
        forms[tokens] = _LatinForm(tokens, person.id, full=len(tokens) > 1)
        forms.setdefault(tokens[::-1], _LatinForm(tokens[::-1], person.id, full=len(tokens) > 1))
        for token in tokens:
            if len(token) >= 2:
                forms.setdefault((token,), _LatinForm((token,), person.id, full=False))
    return list(forms.values())


def _heard_as(wanted: str, heard: str) -> Likeness | None:
    if wanted == heard:
        return Likeness.EXACT
    if len(wanted) != len(heard):
        return None
    if all(same_sound(a, b) for a, b in zip(wanted, heard, strict=True)):
        return Likeness.SAME
    return Likeness.NEAR if all(near_sound(a, b) for a, b in zip(wanted, heard, strict=True)) else None


def _latin_heard(wanted: tuple[str, ...], heard: list[str]) -> Likeness | None:
    if len(wanted) != len(heard):
        return None
    pairs = [(w, h.lower()) for w, h in zip(wanted, heard, strict=True)]
    if all(w == h for w, h in pairs):
        return Likeness.EXACT
    near = all(
        w == h or (min(len(w), len(h)) >= 5 and JaroWinkler.similarity(w, h) >= _ALIKE) for w, h in pairs
    )
    return Likeness.NEAR if near else None
