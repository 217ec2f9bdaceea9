"""Invented meetings as text, with the truth about every voice: what `bench/names.py` measures on.

People are put together from lists of surnames and characters; nobody real is meant. A chair calls on people, thanks
them, and people introduce themselves, speak of each other, stand in for each other with and without a word, and are
misheard; turns begin too late, voices are split and merged. The rates of all this are guesses, and stand in `RATES`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bench.phrasing import Phrasing
from speakers.meeting import Meeting, Participant, Wish
from speakers.phonetics import near_sound, syllables
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word

RATES = {
    "a Han character of a name is misheard": 0.15,
    "a Latin name is misheard": 0.15,
    "somebody introduces themselves": 0.6,
    "who is called does not answer, and somebody else does without saying so": 0.02,
    "who is called does not answer, and somebody else says that they stand in": 0.03,
    "nobody answers, the chair goes on": 0.04,
    "somebody says 「好」 in between": 0.06,
    "the chair thanks by name": 0.5,
    "the chair thanks the wrong person": 0.005,
    "a turn's boundary is so wrong that a clause changes its voice": 0.04,
    "somebody's voice is split in two": 0.06,
    "two people's voices are one": 0.03,
    "somebody speaks who is not on the roster": 0.2,
    "that person's name sounds nearly like one of the roster": 0.1,
    "a Chinese meeting is heard without punctuation": 0.3,
    "what is said speaks of somebody else by name": 0.2,
    "what is said holds an introduction that is none": 0.06,
}
"""How often, by what; each draw is independent."""

_ORDINARY = frozenset(
    {
        "somebody introduces themselves",
        "the chair thanks by name",
        "a Chinese meeting is heard without punctuation",
        "what is said speaks of somebody else by name",
    }
)
"""What is no error, and does not become more frequent where more goes wrong."""

SURNAMES = (
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾游彭詹胡施沈"
    "余趙盧梁顏柯翁魏孫戴范方宋鄧杜傅侯曹薛丁卓阮馬董溫唐藍石蔣古紀姚連馮歐程湯田康姜"
    "白汪鄒尤巫鐘黎塗龔嚴韓袁金童陸夏柳凃邵錢伍倪溫于譚駱熊任甘秦顧毛章史官萬俞雷粘饒"
    "闕"
)
_GIVEN = (
    "志明俊傑建宏家豪淑芬美玲雅婷怡君佳穎宗翰冠宇承恩柏翰詩涵心怡郁雯欣慧敏筱薇立言品"
    "妤佩珊文雄國華秀英麗娟惠如玉珍瑞祥永昌思妤子晴宥翔品睿雨桐若曦博文哲瑋育誠彥廷書"
    "豪凱文靜宜嘉玲曉芳月娥春嬌金龍坤山添財阿水信義仁愛和平忠孝昭儀芷若靖雯紹華維倫啟"
    "東榮輝錦秀瓊瑤雪梅翠蓮桂香鳳嬌"
)
_LATIN = """
Alice Brian Carol Derek Elena Felix Grace Henry Irene Jason Karen Leo Monica Nathan Olivia Peter Rachel Simon Tina
Victor Wendy Howard Vivian Stanley Yvonne Calvin Abigail Bernard Cecilia Damian Esther Fiona Gilbert Harriet Ivan Joanna
Kenneth Lydia Marcus Nadia Oscar Phoebe Quentin Rebecca Samuel Theresa Ulysses Valerie Walter Xenia Zachary Amelia Boris
Claudia Dorothy Edmund Frances Gavin Hazel Ingrid Julian Kirsten Lorenzo Miriam
"""
_LAST = """
Abbott Barlow Corbin Dawson Ellery Foster Granger Hollis Ingram Keller Lowell Mercer Norwood Osborne Prescott Quincy
Radford Sutton Tolliver Underhill Vance Whitaker
"""
_JOBS = ("科長", "專員", "主任", "組長", "委員", "律師", "教授", "經理", "")
_MS = {"zh": 200, "en": 350}


@dataclass(frozen=True)
class Invented:
    """A meeting, what was heard of it, and who every voice is."""

    meeting: Meeting
    record: Record
    truth: dict[SpeakerId, str]


@dataclass
class _Person:
    id: str
    name: str
    role: str
    voices: list[str]
    latin: str = ""


@dataclass
class _Scene:
    chance: random.Random
    phrasing: Phrasing
    language: str
    people: list[_Person]
    chair: _Person
    worse: float
    said: list[tuple[str, str, str]] = field(default_factory=list)

    def happens(self, what: str) -> bool:
        return self.chance.random() < self.rate(what)

    def rate(self, what: str) -> float:
        return RATES[what] * (1.0 if what in _ORDINARY else self.worse)

    def one(self, kind: str, **values: str) -> str:
        """A phrase of a kind; where a name stands in it, it may be misheard."""
        return self.chance.choice(self.phrasing.of(kind)).format(**values)

    def called(self, person: _Person, *, by_title: bool = True) -> str:
        """A way to call somebody, as it is heard."""
        if self.language == "en":
            words = person.latin.split()
            forms = (words[0], words[0], person.latin, f"Ms. {words[1]}")
            heard = self.chance.choice(forms if by_title else forms[:3])
            return self._misheard_latin(heard) if self.happens("a Latin name is misheard") else heard
        forms = [person.name, person.name]
        if by_title:
            forms += [person.name[0] + (self._title(person) or "先生")] * 2
            forms += [person.name + self._title(person)]
        return self.misheard(self.chance.choice(forms))

    def _title(self, person: _Person) -> str:
        return person.role if person.role in _JOBS else ""

    def misheard(self, name: str) -> str:
        rate = self.rate("a Han character of a name is misheard")
        return "".join(confused(c, self.chance) if self.chance.random() < rate else c for c in name)

    def _misheard_latin(self, name: str) -> str:
        at = self.chance.randrange(1, len(name))
        return name[:at] + self.chance.choice(("", "e", "a", "i")) + name[at + 1 :]

    def talks(self, person: _Person, text: str) -> None:
        self.said.append((self.chance.choice(person.voices), person.id, text))

    def content(self, person: _Person, *, least: int = 1) -> str:
        parts = [self.one("content") for _ in range(self.chance.randint(least, 4))]
        others = [p for p in self.people if p is not person]
        if self.happens("what is said speaks of somebody else by name"):
            parts.append(self.one("of_others", who=self.called(self.chance.choice(others))))
        if self.happens("what is said holds an introduction that is none"):
            parts.append(
                self.one("no_introduction", who=self.called(self.chance.choice(others), by_title=False))
            )
        self.chance.shuffle(parts)
        return "".join(parts) if self.language == "zh" else " ".join(parts)


@lru_cache(maxsize=1)
def _common() -> tuple[str, ...]:
    """The 5,401 frequent characters of Big5."""
    found = []
    for code in range(0x4E00, 0x9FA6):
        encoded = chr(code).encode("big5", errors="ignore")
        if len(encoded) == 2 and 0xA4 <= encoded[0] <= 0xC6:
            found.append(chr(code))
    return tuple(found)


@lru_cache(maxsize=2_000)
def _alike(character: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    same = tuple(c for c in _common() if c != character and syllables(c) & syllables(character))
    near = tuple(c for c in _common() if c not in same and c != character and near_sound(c, character))
    return same, near


def confused(character: str, chance: random.Random) -> str:
    """Another character of the same sound, rarely of a near or of any other one."""
    same, near = _alike(character)
    draw = chance.random()
    pool = same if draw < 0.75 else near if draw < 0.92 else _common()
    return chance.choice(pool or _common())


def invent(seed: int, phrasing: Phrasing, *, worse: float = 1.0) -> Invented:
    """One meeting.

    Args:
        seed: the same seed gives the same meeting.
        phrasing: the bank that its sentences are from.
        worse: how many times as often as in `RATES` something goes wrong.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable by intent
    language = phrasing.language
    people = drawn(chance, language)
    strangers = []
    scene = _Scene(chance, phrasing, language, people, chance.choice(people), worse)
    if language == "zh":
        scene.chair.role = "主席"
    if scene.happens("somebody speaks who is not on the roster"):
        strangers.append(_stranger(chance, scene))
    for number, person in enumerate((*people, *strangers)):
        split = scene.happens("somebody's voice is split in two")
        person.voices = [f"x{number}", f"y{number}"] if split else [f"x{number}"]
    if scene.happens("two people's voices are one"):
        one, other = chance.sample(people, 2)
        other.voices = one.voices
    _play(scene, [*people, *strangers])
    return _heard(scene)


def drawn(chance: random.Random, language: str) -> list[_Person]:
    """Four to eight people."""
    people: list[_Person] = []
    while len(people) < chance.randint(4, 8) or len(people) < 4:
        name = chance.choice(SURNAMES) + "".join(chance.sample(_GIVEN, chance.choice((2, 2, 2, 2, 1))))
        latin = f"{chance.choice(_LATIN.split())} {chance.choice(_LAST.split())}"
        if any(p.name == name or p.latin.split()[0] == latin.split(maxsplit=1)[0] for p in people):
            continue
        role = chance.choice(_JOBS) if language == "zh" else ""
        people.append(_Person(f"p{len(people) + 1}", name, role, [], latin))
    return people


def _stranger(chance: random.Random, scene: _Scene) -> _Person:
    (stranger,) = drawn(chance, scene.language)[:1]
    stranger.id = ""
    if scene.happens("that person's name sounds nearly like one of the roster"):
        other = chance.choice(scene.people)
        stranger.name = other.name[0] + "".join(confused(c, chance) for c in other.name[1:])
    return stranger


def _play(scene: _Scene, everybody: list[_Person]) -> None:
    chance, chair = scene.chance, scene.chair
    scene.talks(chair, scene.one("opening") + " " * (scene.language == "en") + scene.content(chair))
    others = [p for p in everybody if p is not chair]
    for person in everybody:
        if scene.happens("somebody introduces themselves"):
            scene.talks(person, scene.one("introduction", who=scene.called(person, by_title=False)))
    for _ in range(chance.randint(6, 16)):
        person = chance.choice(others)
        _called_on(scene, person, others)
        if chance.random() < 0.5:  # people speak without being called as well
            scene.talks(chance.choice(everybody), scene.content(chair, least=2))


def _called_on(scene: _Scene, person: _Person, others: list[_Person]) -> None:
    chair, chance = scene.chair, scene.chance
    if chance.random() < 0.75 and person.id:
        lead = scene.content(chair) if chance.random() < 0.5 else ""
        scene.talks(chair, f"{lead} {scene.one('call', who=scene.called(person))}".strip())
    else:
        scene.talks(chair, scene.one("call_nobody"))
    speaker = person
    text = scene.one("answer") + " " * (scene.language == "en") + scene.content(person, least=2)
    if scene.happens("somebody says 「好」 in between"):
        scene.talks(chance.choice(others), scene.one("aside"))
    if scene.happens("nobody answers, the chair goes on"):
        scene.talks(chair, scene.content(chair, least=2))
        return
    if scene.happens("who is called does not answer, and somebody else does without saying so"):
        speaker = chance.choice([p for p in others if p is not person] or others)
    elif scene.happens("who is called does not answer, and somebody else says that they stand in"):
        speaker = chance.choice([p for p in others if p is not person] or others)
        text = scene.one("stands_in", who=scene.called(person)) + " " + scene.content(speaker, least=2)
    scene.talks(speaker, text)
    if scene.happens("the chair thanks by name"):
        thanked = speaker
        if scene.happens("the chair thanks the wrong person"):
            thanked = chance.choice(others)
        if thanked.id:
            scene.talks(chair, scene.one("thanks", who=scene.called(thanked)))


def _heard(scene: _Scene) -> Invented:
    """What a recognizer and a diarizer make of it."""
    chance = scene.chance
    plain = scene.language == "zh" and scene.happens("a Chinese meeting is heard without punctuation")
    order: dict[str, SpeakerId] = {}
    statements, turns, at = [], [], 0
    for voice, text in _boundaries(scene):
        speaker = order.setdefault(voice, SpeakerId(f"S{len(order) + 1}"))
        words = list(_words(text, scene.language, at, plain=plain))
        statements.append(Statement(f"a{len(statements) + 1}", speaker, tuple(words)))
        turns.append(Turn(Span(Millis(at), words[-1].span.end), speaker))
        at = words[-1].span.end + chance.choice((100, 300, 600, 1_500, 4_000))
    spoken: dict[str, dict[str, int]] = {}
    for voice, person_id, text in scene.said:
        amounts = spoken.setdefault(voice, {})
        amounts[person_id] = amounts.get(person_id, 0) + len(text)
    truth = {speaker: max(spoken[voice], key=spoken[voice].__getitem__) for voice, speaker in order.items()}
    both = tuple(sorted(turns))
    record = Record(scene.language, tuple(statements), Diarization(both, both, Millis(at)))
    roster = tuple(_participant(p, chance, scene.language) for p in scene.people)
    return Invented(Meeting(participants=roster), record, truth)


def _participant(person: _Person, chance: random.Random, language: str) -> Participant:
    role = person.role if chance.random() < 0.8 or person.role == "主席" else ""
    wish = Wish.ANONYMOUS if chance.random() < 0.15 else Wish.NAMED
    name = person.latin if language == "en" else person.name
    return Participant(person.id, name, role, (), wish)


def _boundaries(scene: _Scene) -> Iterator[tuple[str, str]]:
    """Rows of one voice each, neighbours of one voice together; now and then a clause is given to the wrong one."""
    rows: list[tuple[str, str]] = []
    for voice, _, text in scene.said:
        if rows and rows[-1][0] == voice:
            rows[-1] = (voice, f"{rows[-1][1]} {text}")
        else:
            rows.append((voice, text))
    for index in range(1, len(rows)):
        if not scene.happens("a turn's boundary is so wrong that a clause changes its voice"):
            continue
        (before, first), (after, second) = rows[index - 1], rows[index]
        if scene.chance.random() < 0.5:
            cut = _cut(second, first=True)
            rows[index - 1 : index + 1] = [(before, f"{first} {second[:cut]}"), (after, second[cut:])]
        else:
            cut = _cut(first, first=False)
            rows[index - 1 : index + 1] = [(before, first[:cut]), (after, f"{first[cut:]} {second}")]
    yield from ((voice, text) for voice, text in rows if text.strip())


def _cut(text: str, *, first: bool) -> int:
    """Where the first clause ends, or the last one begins; the whole text is never cut off."""
    places = [i + 1 for i, c in enumerate(text) if c in "，。？！,.?!" and i + 1 < len(text)]
    if not places:
        return 0 if first else len(text)
    return places[0] if first else places[-1]


def _words(text: str, language: str, at: int, *, plain: bool) -> Iterator[Word]:
    if plain:
        text = "".join(c for c in text if c not in "，。？！、「」：")
    parts = text.split() if language == "en" else [c for c in text if not c.isspace()]
    for number, part in enumerate(parts):
        start = at + number * _MS[language]
        yield Word(part, Span(Millis(start), Millis(start + _MS[language])), 0.8, language == "en")
