"""Names in Latin letters: as written, misheard, romanised, with initials, and between Chinese."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from redaction.forms import is_latin, surname
from redaction.found import Found
from redaction.heard import LATIN_WORD
from redaction.letters import apart, sounds, spelt_alike
from redaction.mark import Kind, Tier
from redaction.spellings import readings, romanised, tongyong, wade_giles
from redaction.visible import original, visible
from speakers.meeting import Participant
from speakers.traditional import is_chinese

_BETWEEN = re.compile(r"[\s.·_,'’\-\u2010-\u2015]{0,3}")
_LETTERS, _DIGIT = re.compile(r"[^\W\d_]+"), re.compile(r"\d")
_MARKS = frozenset({"Mn", "Mc"})
_MOST_WORDS = 5
_LONGEST = 32

_SHORTEST = 4
"""Letters that a word has at least which is compared by its sound, unless something else speaks for a name."""

_SEVERAL_WORDS, _FEW_WRONG = 4, 0.25
"""Several words are compared with a name by its sound if it is longer than this, and the closer the shorter it is."""

_ONE_WORD = 9
"""Letters up to which two words that begin alike are alike."""

_LETTER_NATS, _APART_NATS, _WORD_NATS = 1.7, 6.0, 5.0
"""What a letter of a name is worth, what a sound that is wrong costs, and that a word is no name mostly."""

_CAPITAL_NATS, _SMALL_NATS, _CUE_NATS = 2.0, 3.0, 3.0
_ROMANISED_NATS = 3.0
"""How sure a Chinese name in letters has to be that is not spelt by any scheme."""

_PAST_HALF = 0.34
"""Share of a name's sounds that may be wrong."""

_CUE = re.compile(
    r"(?:\b(?:i'm|i am|my name is|this is|thank you|thanks|hi|hello|mr|mrs|ms|miss|dr)[.,]?\s*|"
    "我是|我叫|謝謝|感謝|請|有請|歡迎|這位是|跟|問|找|叫)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Spelling:
    subject: str
    letters: str
    kind: Kind
    rule: str
    nats: float
    lower: bool = False


@lru_cache(maxsize=2_000)
def _spellings(person: Participant) -> tuple[_Spelling, ...]:
    """How a person may be written in letters, each once, the likeliest first."""
    latin = [
        (Kind.ALIAS if number else Kind.NAME, name, LATIN_WORD.findall(visible(name)[0]))
        for number, name in enumerate(person.names)
        if is_latin(name)
    ]
    rows = [*_as_written(latin), *_parts(latin)]
    for number, name in enumerate(person.names):
        plain = visible(name)[0].strip()
        if 2 <= len(plain) <= 4 and all(map(is_chinese, plain)):
            kind = Kind.ALIAS if number else Kind.NAME
            rows += [
                ("".join(map("".join, units)), kind, "romanised", 0.5, False) for units in romanised(plain)
            ]
            if number == 0:
                rows += _with_family(plain, [words[0] for _, _, words in latin if len(words) == 1])
    found: dict[str, _Spelling] = {}
    for letters, kind, rule, nats, lower in rows:
        key = _joined(letters)
        if key and (len(key) >= 2 or not rule):
            found.setdefault(key, _Spelling(person.id, key, kind, rule, nats, lower))
    return tuple(found.values())


_Row = tuple[str, Kind, str, float, bool]
_Latin = list[tuple[Kind, str, list[str]]]


def _as_written(latin: _Latin) -> Iterator[_Row]:
    """Latin names, and with the last word first or the first one last."""
    for kind, name, words in latin:
        yield name if words else "", kind, "", 0.0, name.islower()
    for kind, _, words in latin:
        if len(words) > 1:
            yield "".join((*words[1:], words[0])), kind, "", 0.0, False
            yield "".join((words[-1], *words[:-1])), kind, "", 0.0, False


def _parts(latin: _Latin) -> Iterator[_Row]:
    for _, _, words in latin:
        if len(words) > 1 and len(words[0]) >= 3:
            yield words[0], Kind.ALIAS, "given-name", 1.0, False
        if len(words) > 1 and len(words[-1]) >= _SHORTEST:
            yield words[-1], Kind.ALIAS, "surname", 2.0, False


def _with_family(name: str, latin: list[str]) -> Iterator[_Row]:
    """A Chinese name in letters in part: the given name, an English one with the surname, initials."""
    family = surname(name)
    given = name[len(family) :]
    families = _romanised_words(family)
    for units in romanised(given):
        yield "".join(map("".join, units)), Kind.ALIAS, "romanised", 2.0, False
    for word, one in itertools.product(latin, families):
        yield word + one, Kind.NAME, "romanised", 0.5, False
        yield one + word, Kind.NAME, "romanised", 0.5, False
    for initials in _initials(given) if len(given) == 2 else ():
        for one in families:
            yield initials + one, Kind.NAME, "initials", 2.0, False
            yield one + initials, Kind.NAME, "initials", 2.0, False
        yield initials, Kind.ALIAS, "initials", 6.0, False


def _romanised_words(characters: str) -> tuple[str, ...]:
    """A family name in letters, by every scheme."""
    options = []
    for character in characters:
        found = readings(character)
        options.append({s.replace("'", "") for r in found for s in (r, *wade_giles(r), *tongyong(r))})
    return tuple(sorted("".join(chosen) for chosen in itertools.product(*options)))


def _initials(given: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            "".join(w[0] for w in chosen) for chosen in itertools.product(*map(_romanised_words, given))
        )
    )


def _together(between: str) -> bool:
    """Whether two words may be one name with this between them."""
    return (
        _BETWEEN.fullmatch("".join(c for c in between if unicodedata.category(c) not in _MARKS)) is not None
    )


def _joined(letters: str) -> str:
    whole = unicodedata.normalize("NFC", visible(letters)[0]).casefold()
    return "".join(c for c in whole if c.isalnum() or unicodedata.category(c) == "Mc")


class Speller:
    """Finds names in letters; made once for a list of people."""

    def __init__(self, people: tuple[Participant, ...]) -> None:
        self._exact: dict[str, list[_Spelling]] = {}
        self._sounding: list[tuple[str, _Spelling]] = []
        for spelling in (s for person in people for s in _spellings(person)):
            self._exact.setdefault(spelling.letters, []).append(spelling)
            if spelling.rule != "initials":
                self._sounding.append((sounds(spelling.letters), spelling))
        self._explained: dict[str, tuple[tuple[_Spelling, float], ...]] = {}

    def hits(self, text: str) -> Iterator[Found]:
        """Mentions of people by names in letters."""
        seen, places = visible(text)
        tokens = list(LATIN_WORD.finditer(seen))
        cased = any(not t.group().islower() for t in tokens)
        for first in range(len(tokens)):
            for last in range(first, min(len(tokens), first + _MOST_WORDS)):
                if last > first and not _together(seen[tokens[last - 1].end() : tokens[last].start()]):
                    break
                start, end = tokens[first].start(), tokens[last].end()
                end -= len(tokens[last].group()) - len(_possessive(tokens[last].group()))
                while end < len(seen) and unicodedata.category(seen[end]) in _MARKS:
                    end += 1  # a vowel sign belongs to the letter before it: प्रिया
                surface = seen[start:end]
                letters = _joined(surface)
                if len(letters) > _LONGEST:
                    break
                for spelling, distance in self._explain(letters):
                    if last > first and distance > _FEW_WRONG * max(
                        0, len(spelling.letters) - _SEVERAL_WORDS
                    ):
                        continue
                    hit = _weighed(seen, start, end, spelling, distance, cased=cased)
                    if hit is not None:
                        where = original(places, start, end)
                        level, cues, tier, nats = hit
                        yield Found(*where, spelling.subject, spelling.kind, tier, level, cues, nats, surface)
        yield from self._beside_digits(seen, places, tokens)

    def _beside_digits(
        self, seen: str, places: tuple[int, ...], tokens: list[re.Match[str]]
    ) -> Iterator[Found]:
        """Names as written that digits stand right beside: "Ken1990"."""
        for token in tokens:
            for run in _LETTERS.finditer(token.group()) if _DIGIT.search(token.group()) else ():
                for spelling in self._exact.get(_joined(run.group()), ()):
                    if not spelling.rule and run.group() != token.group():
                        start = token.start() + run.start()
                        where = original(places, start, start + len(run.group()))
                        nats = _LETTER_NATS * len(spelling.letters) - _WORD_NATS
                        kind, cues = spelling.kind, ("beside-digits",)
                        yield Found(*where, spelling.subject, kind, Tier.B, "exact", cues, nats, run.group())

    def _explain(self, letters: str) -> tuple[tuple[_Spelling, float], ...]:
        """The spellings that letters may be, and how far they are apart."""
        if letters not in self._explained:
            exact = [(s, 0.0) for s in self._exact.get(letters, ())]
            subjects = {s.subject for s, _ in exact}
            heard = sounds(letters)
            near: dict[str, tuple[_Spelling, float]] = {}
            for sound, spelling in self._sounding:
                if spelling.subject in subjects or len(letters) < 2 or abs(len(sound) - len(heard)) > 3:
                    continue
                if not _begins_alike(sound, heard):
                    continue
                distance = apart(sound, heard)
                if _SHORTEST <= len(letters) <= _ONE_WORD and spelt_alike(spelling.letters, letters):
                    distance = min(distance, 0.7)
                if distance > _PAST_HALF * len(sound):
                    continue
                known = near.get(spelling.subject)
                if known is None or distance + spelling.nats / 6 < known[1] + known[0].nats / 6:
                    near[spelling.subject] = (spelling, max(0.1, distance))
            self._explained[letters] = (*exact, *near.values())
        return self._explained[letters]


def _begins_alike(a: str, b: str) -> bool:
    return apart(a[:1], b[:1]) <= 0.5


def _weighed(
    text: str, start: int, end: int, spelling: _Spelling, distance: float, *, cased: bool
) -> tuple[str, tuple[str, ...], Tier, float] | None:
    surface = text[start:end]
    cues = ["cue-before"] if _CUE.search(text[:start]) else []
    nats = _LETTER_NATS * len(spelling.letters) - _APART_NATS * distance - _WORD_NATS - spelling.nats
    nats += _CUE_NATS * len(cues)
    if spelling.rule:
        cues.append(spelling.rule)
    if not distance and not spelling.rule:
        return "exact", tuple(cues), Tier.B if spelling.lower else Tier.A, nats
    begins = not text[:start].strip() or text[:start].rstrip()[-1] in ".?!。？！"
    if surface[0].isupper():
        nats += 0.0 if begins else _CAPITAL_NATS
    elif cased:
        nats -= _SMALL_NATS
    if nats < (_ROMANISED_NATS if distance and spelling.rule else 0.0):
        return None
    level = "near-sound" if distance else "same-sound"
    sure = (
        not distance and spelling.rule == "romanised" and spelling.nats <= 0.5 and len(spelling.letters) >= 7
    )
    tier = Tier.A if sure else Tier.B if nats >= 4 else Tier.C
    return level, tuple(cues), tier, nats


def _possessive(token: str) -> str:
    return re.sub("['’][sS]$", "", token)


@lru_cache(maxsize=100)
def speller(people: tuple[Participant, ...]) -> Speller:
    """For everything that these people may be called in letters."""
    return Speller(people)


@lru_cache(maxsize=1_000)
def speller_of(subject: str, name: str) -> Speller:
    """For one name, as it was written down."""
    return Speller((Participant(subject, name),))
