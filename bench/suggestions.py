"""Suggested corrections, measured: how many misheard terms are found, and how often nothing was wrong.

    python bench/suggestions.py [--json] [--bank develop] [--data DIR]

Invented meetings: names, offices and other terms are put into invented sentences, and some of them are misheard. Their
characters are exchanged for others of the same sound (75%), a near one (17%), or any (8%). DIR holds
`background_zhtw.txt.gz`, published transcripts in which nobody invented speaks: what is suggested there is false. It is
only read.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.meetings import confused, drawn
from bench.phrasing import DEVELOP, LOCKED
from bench.rows import Row, plain, show
from redaction.contacts import spans
from redaction.suggest import suggest
from speakers.meeting import Meeting, Participant
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Word

MEETINGS = 200
SENTENCES = 60
"""In each meeting; a term stands in every other one."""

MISHEARD = 0.15
"""How often a character of a term is."""

CHARACTERS_AN_HOUR = 15_000
"""Of speech in Mandarin: 1.5 million characters are about 100 hours."""

FIRST_SEED = {"develop": 0, "locked": 1_000_000}

_OFFICES = {
    "develop": [
        "交通局",
        "環保局",
        "動保處",
        "衛生所",
        "主計總處",
        "都發局",
        "資訊處",
        "教育部",
        "國發會",
        "公共工程委員會",
    ],
    "locked": [
        "消防局",
        "地政處",
        "勞動部",
        "文化局",
        "農業部",
        "社會局",
        "水利署",
        "數位發展部",
        "國家公園署",
        "戶政事務所",
    ],
}
_WORDS = {
    "develop": [
        "附議",
        "提案人",
        "捷運",
        "逐字稿",
        "開放政府",
        "友善空間",
        "寵物籠",
        "志工",
        "共識",
        "議題手冊",
    ],
    "locked": [
        "聯席",
        "主責機關",
        "輕軌",
        "利害關係人",
        "滯洪池",
        "校園午餐",
        "參與式預算",
        "防災包",
        "共融",
        "心智圖",
    ],
}
_LATIN = {"develop": ["Slido", "open data", "HackMD"], "locked": ["Pol.is", "Discord", "Figma"]}
_ABOUT = (
    "我想問{term}的意見。",
    "這個部分跟{term}有關係。",
    "請大家先看{term}。",
    "剛剛講到{term}，我們再討論一下。",
    "{term}這邊有沒有要補充的？",
    "我覺得{term}很重要。",
)


def main() -> None:
    """Measure, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--bank", choices=list(FIRST_SEED), default="locked", help="of sentences, terms and seeds"
    )
    parser.add_argument("--data", type=Path, help="folder with background_zhtw.txt.gz")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    rows = list(invented(options.bank))
    if options.data is not None:
        rows += background(options.bank, options.data)
    print(show(rows, as_json=options.json))


def meeting_of(seed: int, bank: str) -> Meeting:
    """People with their offices, two with a given name as alias, and a glossary."""
    chance = random.Random(seed)  # noqa: S311 - repeatable by intent
    named = drawn(chance, "zh")
    offices = chance.sample(_OFFICES[bank], min(4, len(named)))
    return Meeting(
        participants=tuple(
            Participant(
                f"p{n}",
                person.name,
                offices[n - 1] if n <= len(offices) else person.role,
                (person.name[1:],) if n <= 2 and len(person.name) == 3 else (),
            )
            for n, person in enumerate(named, start=1)
        ),
        glossary=(*chance.sample(_WORDS[bank], 6), *chance.sample(_LATIN[bank], 2)),
    )


def invented(bank: str) -> Iterator[Row]:
    """Misheard terms in invented sentences."""
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for number in range(MEETINGS):
        seed = FIRST_SEED[bank] + number
        meeting = meeting_of(seed, bank)
        record, truth = _heard(meeting, bank, random.Random(f"heard {seed}"))  # noqa: S311 - repeatable by intent
        there.update(kind for _, kind in truth.values())
        for s in suggest(meeting, record):
            right, kind = truth.get((s.statement_id, s.char_start, s.char_end), ("", ""))
            (found if right == s.proposed else wrong)[s.level] += 1
            found[kind] += bool(kind) and right == s.proposed
    levels = ("variant", "same-sound", "near-sound", "near-miss")
    how = f"{MEETINGS} invented meetings, {bank} bank and seeds"
    right, false = sum(found[level] for level in levels), sum(wrong.values())
    yield plain("precision %", 100 * right / max(1, right + false), f"{right} right, {false} wrong; {how}")
    for level in levels:
        total = found[level] + wrong[level]
        if total:
            yield plain(f"precision, {level} %", 100 * found[level] / total, f"of {total}")
    for kind, total in sorted(there.items()):
        yield plain(f"recall, {kind} %", 100 * found[kind] / total, f"of {total} that were misheard")


def _heard(
    meeting: Meeting, bank: str, chance: random.Random
) -> tuple[Record, dict[tuple[str, int, int], tuple[str, str]]]:
    """A record, and where which term was misheard, with what kind of term it is."""
    phrasing = (DEVELOP if bank == "develop" else LOCKED)[0]
    texts: list[str] = []
    truth: dict[tuple[str, int, int], tuple[str, str]] = {}
    while len(texts) < SENTENCES:
        if len(texts) % 2:
            texts.append(chance.choice(phrasing.of("content")))
            continue
        person = chance.choice(meeting.participants)
        kind, term = chance.choice(
            [(_kind(n), n) for n in person.names] + [("office", person.role)] * bool(person.role)
            + [(_kind(w, glossary=True), w) for w in chance.sample(meeting.glossary, 2)]
        )  # fmt: skip
        name = kind.startswith("name")
        pattern = chance.choice(
            phrasing.of(chance.choice(("call", "thanks", "of_others"))) if name else _ABOUT
        )
        before, _, after = pattern.partition("{who}" if name else "{term}")
        heard = _misheard(term, chance)
        texts.append(f"{before}{heard}{after}")
        if heard != term:
            truth[f"a{len(texts)}", len(before), len(before) + len(heard)] = (term, kind)
    return record_of(texts), truth


def _kind(term: str, *, glossary: bool = False) -> str:
    if term.isascii():
        return "Latin"
    return (
        f"{'glossary' if glossary else 'name'}, {min(len(term), 4)}{'+' if len(term) > 3 else ''} characters"
    )


def _misheard(term: str, chance: random.Random) -> str:
    if term.isascii():
        if chance.random() > 2 * MISHEARD:
            return term
        at = chance.randrange(1, len(term))
        return term[:at] + chance.choice(("", "e", "a", "i")) + term[at + 1 :]
    return "".join(confused(c, chance) if chance.random() < MISHEARD else c for c in term)


def record_of(texts: list[str]) -> Record:
    """A record of statements without times that matter."""
    voice, moment = SpeakerId("S1"), Span(Millis(0), Millis(1))
    made = tuple(
        Statement(f"a{n}", voice, (Word(text, moment, 1.0),)) for n, text in enumerate(texts, start=1)
    )
    return Record("zh", made, Diarization((), (), Millis(1)))


def background(bank: str, data: Path) -> Iterator[Row]:
    """What is suggested where nobody was misheard: everything but variants is false, and most of them are right."""
    with gzip.open(data / "background_zhtw.txt.gz", "rt", encoding="utf-8") as file:
        meetings = [m.split("\n") for m in file.read().split("\n\n") if m.strip()]
    levels: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    characters = sum(len(text) for texts in meetings for text in texts)
    began = time.perf_counter()
    for number, texts in enumerate(meetings):
        meeting = meeting_of(FIRST_SEED[bank] + number, bank)
        for s in suggest(meeting, record_of([t.strip() for t in texts if t.strip()])):
            levels[s.level] += 1
            if s.level not in {"variant", "mixed-notation"}:
                what = (
                    "role" if s.term.endswith("role") else _kind(s.proposed, glossary=s.term.startswith("g"))
                )
                kinds[what] += 1
    took = time.perf_counter() - began
    hours = characters / CHARACTERS_AN_HOUR
    how = f"{len(meetings)} meetings, {hours:.0f} hours at {CHARACTERS_AN_HOUR} characters"
    false = sum(n for level, n in levels.items() if level not in {"variant", "mixed-notation"})
    yield plain("false suggestions an hour", false / hours, how)
    for name, count in [*sorted(levels.items()), *sorted(kinds.items())]:
        yield plain(f"  of these or beside them, {name}", count / hours, "an hour")
    contacts = sum(len(spans(text)) for texts in meetings for text in texts)
    yield plain("contact details marked", contacts, "in all of it; public numbers are said there as well")
    yield plain(
        "seconds of work an hour of speech",
        took / hours,
        "on this machine, one core",
    )


if __name__ == "__main__":
    main()
