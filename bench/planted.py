"""The planted test set: invented meetings in which it is known where protected people are named, and how.

Seeds are fixed. People are split into development and locked ones, which share no given name, no alias and no
confusion; they share the sentences. How often what is planted stands in `FORMS`, `LISTED` and `AS_SPELT`; these rates
are chosen, not measured.
"""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from bench.planted_classes import is_han, tokens, wrong
from bench.planted_ear import Ear
from bench.planted_names import (
    NICKNAMES,
    TITLES,
    given_name,
    handle,
    latin_names,
    nicknames,
    spoken_people,
    surname,
)
from bench.planted_sentences import CUED, ENGLISH, ENGLISH_CUED, FILLER, PLAIN
from speakers.meeting import Meeting, Participant, Wish
from speakers.phonetics import with_phrases
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word

PROTECTED, OTHERS = 8, 4
"""People of a meeting: protected ones, and named ones that are spoken of as well."""

MENTIONS = 100
"""Of protected people in one meeting."""

FORMS = {
    "full name": 0.30,
    "given name": 0.18,
    "small": 0.08,
    "title": 0.12,
    "nickname": 0.16,
    "English": 0.08,
    "romanised": 0.05,
    "handle": 0.03,
}
"""How somebody is called; `small` is 小 or 阿 and the last character."""

AS_SPELT = 0.1
"""How often a name is written as it is spelt, as if it had been told to the model; otherwise the model's confusions
decide, which spell hardly any name right."""

LISTED = {"given name": 0.5, "small": 0.3, "romanised": 0.5}
"""How often staff wrote a form down as an alias; nicknames, English names and handles always."""

SPOKEN_SHARE = 0.5
"""People whose own name was synthesised; the others' is put together of syllables."""

_SEEDS = {"development": 0, "locked": 1_000_000}
_MS = 200


@dataclass(frozen=True)
class Mention:
    """A place at which somebody protected is named.

    Attributes:
        statement_id: where.
        start: first character, half-open with `end`.
        end: one past the last.
        subject: id of the person.
        form: one of `FORMS`.
        said: what was said.
        written: "as spelt", "usual" or "outside".
        wrong: tokens that are outside the usual confusions.
        cued: whether the sentence says that it is a name.
        real: the whole of it was written so by the model, not put together.
    """

    statement_id: str
    start: int
    end: int
    subject: str
    form: str
    said: str
    written: str
    wrong: int
    cued: bool
    real: bool

    @property
    def syllables(self) -> int:
        """Of what was said; 0 for Latin letters."""
        parts = tokens(self.said)
        return len(parts) if all(map(is_han, parts)) else 0


@dataclass(frozen=True)
class Planted:
    """A meeting, what was heard, and where who is named."""

    meeting: Meeting
    record: Record
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class _Person:
    participant: Participant
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)


def people(chance: random.Random, split: str, count: int, avoid: str = "") -> list[_Person]:
    """Invented people, no two of one given name or alias.

    Args:
        chance: draws.
        split: theirs.
        count: how many.
        avoid: text in which none of their names stands, but for nicknames: many of those are everyday words.
    """
    found: list[_Person] = []
    taken: set[str] = set()
    while len(found) < count:
        spoken = chance.random() < SPOKEN_SHARE
        family, given = (
            chance.choice(spoken_people(split)) if spoken else (surname(chance), given_name(chance, split))
        )
        person = _person(chance, split, f"p{len(found) + 1}", family, given)
        names = {given, *person.participant.names}
        rare = {family + given, *names} - {*NICKNAMES, *(n for n in names if len(n) < 2)}
        if names & taken or any(name in avoid for name in rare):
            continue
        taken |= names
        found.append(person)
    return found


def _person(chance: random.Random, split: str, number: str, family: str, given: str) -> _Person:
    forms: dict[str, tuple[str, ...]] = {
        "full name": (family + given,),
        "title": (family + chance.choice(TITLES),),
        "small": (chance.choice("小阿") + given[-1],),
    }
    if len(given) > 1:
        forms["given name"] = (given,)
    forms["romanised"] = _romanised(chance, family, given)
    if chance.random() < 0.7:
        forms["nickname"] = (chance.choice(nicknames(split)),)
    if chance.random() < 0.5:
        forms["English"] = (chance.choice(latin_names(split)),)
    if chance.random() < 0.25:
        forms["handle"] = (handle(chance, split),)
    listed = [
        names[0]
        for form, names in forms.items()
        if form not in {"full name", "title"} and chance.random() < LISTED.get(form, 1.0)
    ]
    return _Person(Participant(number, family + given, "", tuple(listed), Wish.ANONYMOUS), forms)


def _romanised(chance: random.Random, family: str, given: str) -> tuple[str, ...]:
    """A spelling as in a passport or an address book, and the ways in which a recognizer writes the same name."""
    with_phrases()
    style = chance.choice((Style.WADEGILES, Style.NORMAL))
    parts = [
        [
            p.replace("'", "").replace("ü", "u").replace("v", "u").replace("ê", "e")
            for p in lazy_pinyin(part, style=style)
        ]
        for part in (family, given)
    ]
    last, first = ("".join(parts[0]).capitalize(), parts[1])
    hyphened, joined = "-".join(first).capitalize(), "".join(first).capitalize()
    return (
        f"{hyphened} {last}",
        f"{joined} {last}",
        f"{last} {hyphened}",
        " ".join(p.capitalize() for p in (*first, last)),
    )


def planted(
    number: int, split: str, ear: Ear, background: Sequence[str] = (), mentions: int = MENTIONS
) -> Planted:
    """One meeting; the same number gives the same meeting.

    Args:
        number: which.
        split: of its people and confusions.
        ear: of the same split.
        background: paragraphs of real meetings to stand between the sentences; without any, some invented ones do.
        mentions: of protected people.
    """
    chance = random.Random(f"planted {_SEEDS[split] + number}")  # noqa: S311 - repeatable by intent
    first = chance.randrange(max(1, len(background)))
    around = [*background[first:], *background[:first]] if background else list(FILLER)
    everybody = people(chance, split, PROTECTED + OTHERS, "".join(around[:400]))
    everybody[PROTECTED:] = [
        replace(p, participant=replace(p.participant, wish=Wish.NAMED)) for p in everybody[PROTECTED:]
    ]
    called = [p for p in everybody[:PROTECTED] for _ in range(mentions // PROTECTED)]
    called += everybody[: mentions - len(called)]
    called += [p for p in everybody[PROTECTED:] for _ in range(3)]
    chance.shuffle(called)
    texts: list[str] = []
    found: list[Mention] = []
    for person in called:
        for _ in range(chance.choice((0, 0, 1))):
            texts.append(_cut(around[len(texts) % len(around)]))
        before, surface, after, mention = _said(person, ear, chance)
        statement_id = f"a{len(texts) + 1}"
        start = len(before)
        texts.append(before + surface + after)
        if person.participant.protected:
            found.append(replace(mention, statement_id=statement_id, start=start, end=start + len(surface)))
    meeting = Meeting(participants=tuple(p.participant for p in everybody))
    return Planted(meeting, record_of(texts, chance), tuple(found))


def _cut(paragraph: str) -> str:
    """The beginning of a paragraph: otherwise a long one would be most of the meeting."""
    return re.sub(r"\s+", " ", paragraph.strip())[:120].strip()


def _said(person: _Person, ear: Ear, chance: random.Random) -> tuple[str, str, str, Mention]:
    """A sentence around a mention: what stands before it, it, what stands after it, and what it is."""
    form = chance.choices(tuple(person.forms), [FORMS[f] for f in person.forms])[0]
    said = chance.choice(person.forms[form])
    surface, real = _heard(said, form, ear, chance)
    cued = chance.random() < 0.5
    english = form in {"English", "romanised"} and chance.random() < 0.4
    bank = (ENGLISH_CUED if cued else ENGLISH) if english else CUED if cued else PLAIN
    before, _, after = chance.choice(bank).partition("{who}")
    apart = chance.random() < 0.5  # recognizers set Latin words apart, or do not
    if surface.isascii() and not english and apart:
        before = f"{before.rstrip()} ".lstrip()
        after = f" {after}" if after[0].isalnum() else after
    count = wrong(said, surface)
    how = "outside" if count else "usual" if surface != said and form != "handle" else "as spelt"
    mention = Mention("", 0, 0, person.participant.id, form, said, how, count, cued, real)
    return before, surface, after, mention


def _heard(said: str, form: str, ear: Ear, chance: random.Random) -> tuple[str, bool]:
    """How it is written, and whether the model wrote exactly this."""
    if form == "handle":
        return chance.choice((said, re.sub(r"[_.]", " ", said))), False
    if form == "romanised" or chance.random() < AS_SPELT:
        return said, False
    if form == "title" and said not in ear.known:
        surface, _ = ear.written(said[:-2], chance)
        return surface + said[-2:], False
    return ear.written(said, chance)


def record_of(texts: Sequence[str], chance: random.Random) -> Record:
    """A record with a time for every word, in turns of four voices."""
    statements: list[Statement] = []
    turns: list[Turn] = []
    at = 0
    for number, text in enumerate(texts, start=1):
        voice = SpeakerId(f"S{chance.randint(1, 4)}")
        words = tuple(_words(text, at))
        statements.append(Statement(f"a{number}", voice, words))
        turns.append(Turn(Span(Millis(at), words[-1].span.end), voice))
        at = words[-1].span.end + 300
    both = tuple(turns)
    return Record("zh", tuple(statements), Diarization(both, both, Millis(at)))


def _words(text: str, at: int) -> Iterator[Word]:
    """Han characters and Latin words, each with the signs after it; together they read exactly as the text."""
    for number, found in enumerate(re.finditer(r"[^\W\u3400-\u9fff]+[^\w\s]*|\S[^\w\s]*", text)):
        start = Millis(at + number * _MS)
        spaced = found.start() > 0 and text[found.start() - 1].isspace()
        yield Word(found.group(), Span(start, Millis(start + _MS)), 0.8, spaced)


def background(data: Path) -> list[list[str]]:
    """Paragraphs of published meetings, meeting by meeting, from `background_zhtw.txt.gz` in a folder."""
    with gzip.open(data / "background_zhtw.txt.gz", "rt", encoding="utf-8") as file:
        meetings = file.read().split("\n\n")
    return [rows for m in meetings if (rows := [r.strip() for r in m.split("\n") if r.strip()])]
