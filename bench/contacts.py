"""Numbers and addresses, measured: how many spoken and written ones are found, and how often nothing was said.

    python bench/contacts.py [--json] [--items N] [--data DIR]

Invented numbers and addresses of every kind are put into invented sentences, as people say them and as a recognizer
writes them: one by one or in groups, in Chinese, Arabic or English numerals or several at once, with pauses, fillers
and corrections, cut over two statements or repeated by somebody else. "Noise" exchanges syllables for others of the
same sound, and loses or doubles a digit. Found is what is hidden but for one character. DIR holds
`background_zhtw.txt.gz`, published transcripts; whatever is marked there counts as false, though some of it is an
address. It is only read.

The peer finds what is written: plain patterns such as Presidio's recognizers have.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.rows import Row, limited, plain, show
from bench.spoken_contacts import KINDS, Item, said
from redaction import kin, strangers
from redaction.contacts import find
from redaction.nearness import nearness
from speakers.meeting import Meeting, Participant, Wish
from speakers.names import Naming, Namings, Why
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Word

ITEMS = 150
"""Of each kind, clean and noisy."""

CHARACTERS_AN_HOUR = 15_000
VOICES = 8

_PEER = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.-]+|(?<!\d)09\d{2}[ -]?\d{3}[ -]?\d{3}(?!\d)|(?<!\d)0\d{1,3}[ -]?\d{3,4}[ -]?\d{4}(?!\d)"
    r"|\+886[ -]?\d[\d -]{7,11}|(?<![A-Za-z])[A-Z][1289]\d{8}(?!\d)|(?:\d{4}[ -]?){3}\d{4}|(?<![A-Z])[A-Z]{3}-\d{4}"
    r"|(?<!\d)\d{8}(?!\d)|(?<!\d)\d{12}(?!\d)|(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2}|https?://\S+"
)


def main() -> None:
    """Measure, and print a table or rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--items", type=int, default=ITEMS, help="of each kind, clean and noisy")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn")
    parser.add_argument("--data", type=Path, help="folder with background_zhtw.txt.gz")
    parser.add_argument("--missed", action="store_true", help="print the invented ones that were missed")
    parser.add_argument("--json", action="store_true", help="print rows {figure, value, goal, holds, how}")
    options = parser.parse_args()
    rows = [*invented(options.items, options.seed, missed=options.missed)]
    if options.data is not None:
        rows += background(options.data)
    print(show(rows, as_json=options.json))


def invented(items: int, seed: int, *, missed: bool = False) -> Iterator[Row]:
    """Recall, by kind, beside the peer's."""
    there: Counter[tuple[str, str]] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    peer: Counter[tuple[str, str]] = Counter()
    for noise in ("clean", "noise"):
        for kind in KINDS:
            for number in range(items):
                chance = random.Random(f"{seed} {kind} {noise} {number}")  # noqa: S311 - repeatable by intent
                item = said(kind, chance, noisy=noise == "noise")
                there[noise, kind] += 1
                hit = covered(item, ours)
                found[noise, kind] += hit
                peer[noise, kind] += covered(item, theirs)
                if missed and not hit:
                    print(noise, kind, item.texts, item.hidden)
    for noise, least in (("clean", 98.0), ("noise", 95.0)):
        total = sum(n for (which, _), n in there.items() if which == noise)
        ours_found = sum(n for (which, _), n in found.items() if which == noise)
        theirs_found = sum(n for (which, _), n in peer.items() if which == noise)
        share = 100 * ours_found / total
        yield Row(f"recall, {noise} %", share, f"≥ {least:g}", share >= least, f"of {total}, seed {seed}")
        yield plain(
            f"recall of written patterns, {noise} %", 100 * theirs_found / total, "the peer, on the same"
        )
    for kind in KINDS:
        parts = (100 * found[noise, kind] / there[noise, kind] for noise in ("clean", "noise"))
        clean, noisy = parts
        yield plain(
            f"  {kind}, clean %",
            clean,
            f"with noise {noisy:.1f}; peer {100 * peer['clean', kind] / there['clean', kind]:.1f}",
        )


def covered(item: Item, finder: Callable[[tuple[str, ...]], list[tuple[int, int, int]]]) -> bool:
    """Whether all that was to be hidden is, but for one character in each statement."""
    marks = finder(item.texts)
    for number, (text, (start, end)) in enumerate(zip(item.texts, item.hidden, strict=True)):
        places = {i for i in range(start, end) if text[i].isalnum()}
        places -= {i for which, s, e in marks if which == number for i in range(s, e)}
        if len(places) > 1:
            return False
    return True


def ours(texts: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """What the project's rules mark: `(statement, start, end)`."""
    return [(int(m.statement_id[1:]) - 1, m.char_start, m.char_end) for m in find(record_of(texts))]


def theirs(texts: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """What plain patterns find."""
    return [(n, *m.span()) for n, text in enumerate(texts) for m in _PEER.finditer(text)]


def record_of(texts: tuple[str, ...]) -> Record:
    """A record of statements by two voices in turn, without times that matter."""
    moment = Span(Millis(0), Millis(1))
    made = tuple(
        Statement(f"a{n}", SpeakerId(f"S{1 + n % 2}"), (Word(text, moment, 1.0),))
        for n, text in enumerate(texts, start=1)
    )
    return Record("zh", made, Diarization((), (), Millis(1)))


def background(data: Path) -> Iterator[Row]:
    """Marks where nobody's number was put in."""
    with gzip.open(data / "background_zhtw.txt.gz", "rt", encoding="utf-8") as file:
        meetings = [m.split("\n") for m in file.read().split("\n\n") if m.strip()]
    kinds: Counter[str] = Counter()
    characters = sum(len(text) for texts in meetings for text in texts)
    began = time.perf_counter()
    for texts in meetings:
        marks = find(record_of(tuple(t.strip() for t in texts if t.strip())))
        kinds.update(m.evidence.cues[0] for m in marks)
    took = time.perf_counter() - began
    hours = characters / CHARACTERS_AN_HOUR
    how = f"{len(meetings)} published meetings, {hours:.0f} hours; public numbers are said there as well"
    yield limited("marks an hour of speech", sum(kinds.values()) / hours, 1, how)
    for kind, count in sorted(kinds.items()):
        yield plain(f"  of these, {kind}", count / hours, f"{count} in all")
    yield plain("seconds of work an hour of speech", took / hours, "on this machine, one core")
    yield from around_somebody(meetings)


def around_somebody(meetings: list[list[str]]) -> Iterator[Row]:
    """Marks around a voice that is drawn to be a protected person's, of eight in each meeting."""
    meeting = Meeting(participants=(Participant("p1", "歐陽靄薰", wish=Wish.ANONYMOUS),))
    namings = Namings((Naming(SpeakerId("S1"), "p1", Why.REVIEWER, "", confirmed=True),), (), ())
    own = others = near = listed = characters = spoken = 0
    began = time.perf_counter()
    for number, texts in enumerate(meetings):
        record = record_of(tuple(t.strip() for t in texts if t.strip()))
        chance = random.Random(f"voices {number}")  # noqa: S311 - repeatable by intent
        voiced = [
            replace(s, speaker=SpeakerId(f"S{chance.randrange(1, VOICES + 1)}")) for s in record.statements
        ]
        record = replace(record, statements=tuple(voiced))
        where = nearness(meeting, record, namings, ())
        told = kin.find(meeting, record, where, ())
        own += sum("own-words" in m.evidence.cues for m in told)
        others += sum("others-words" in m.evidence.cues for m in told)
        near += len({m.surface_group for m in strangers.marks(meeting, record, where)})
        listed += len(strangers.find(meeting, record))
        characters += sum(len(s.text) for s in voiced)
        spoken += sum(len(s.text) for s in voiced if s.speaker == "S1")
    took = time.perf_counter() - began
    hours = characters / CHARACTERS_AN_HOUR
    how = f"one of {VOICES} voices drawn to be protected, {spoken / CHARACTERS_AN_HOUR:.0f} hours of theirs"
    yield limited("self cues marked an hour of their own speech", own / spoken * CHARACTERS_AN_HOUR, 6, how)
    yield plain("  in answers to them, an hour of meeting", others / hours, how)
    yield plain(
        "names of nobody marked an hour of meeting", near / hours, f"forms within 3 statements of them; {how}"
    )
    yield plain("names of nobody listed an hour of meeting", listed / hours, "forms; most of them are names")
    yield plain(
        "  seconds of work an hour of speech", took / hours, "self cues and names, on this machine, one core"
    )


if __name__ == "__main__":
    main()
