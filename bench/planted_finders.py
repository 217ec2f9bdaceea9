"""What looks for protected people in `bench/redaction.py`: ours, and what else could be used."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from pypinyin import lazy_pinyin

from bench.planted_classes import is_han
from redaction.propose import propose
from speakers.meeting import Meeting
from speakers.record import Record

ANYBODY = "anybody"
"""The subject of what a finder marks that knows no persons; it counts for whomever it covers."""


@dataclass(frozen=True)
class Found:
    """A place that a finder would hide.

    Attributes:
        statement_id: where.
        start: first character, half-open with `end`.
        end: one past the last.
        subject: id of the person, `ANYBODY`, or "" for what is about nobody on the roster.
        tier: "A", "B" or "C"; "A" for finders that have none.
        surface: what stands there.
    """

    statement_id: str
    start: int
    end: int
    subject: str
    tier: str
    surface: str


class Finder(Protocol):
    """Finds protected people of a meeting in its record."""

    def __call__(self, meeting: Meeting, record: Record) -> list[Found]:
        """All that it would hide."""


def ours(meeting: Meeting, record: Record) -> list[Found]:
    """`redaction.propose`, as the program calls it."""
    texts = {s.id: s.text for s in record.statements}
    return [
        Found(
            m.statement_id,
            m.char_start,
            m.char_end,
            m.subject,
            str(m.tier),
            texts[m.statement_id][m.char_start : m.char_end],
        )
        for m in propose(meeting, record)
    ]


def exact(meeting: Meeting, record: Record) -> list[Found]:
    """Names and aliases as they are spelt."""
    found: list[Found] = []
    for person in meeting.protected:
        pattern = re.compile("|".join(re.escape(n) for n in sorted(person.names, key=len, reverse=True)))
        found += [
            Found(statement.id, *hit.span(), person.id, "A", hit.group())
            for statement in record.statements
            for hit in pattern.finditer(statement.text)
        ]
    return found


def pinyin(meeting: Meeting, record: Record) -> list[Found]:
    """Names and aliases by their usual toneless reading, signs and spaces passed over."""
    wanted: dict[tuple[str, ...], set[str]] = {}
    for person in meeting.protected:
        for name in person.names:
            wanted.setdefault(tuple(sound for _, _, sound in _sounds(name)), set()).add(person.id)
    lengths = sorted({len(key) for key in wanted} - {0})
    found = []
    for statement in record.statements:
        sounds = _sounds(statement.text)
        for first in range(len(sounds)):
            for length in lengths:
                window = sounds[first : first + length]
                if len(window) < length:
                    break
                for subject in wanted.get(tuple(s for _, _, s in window), ()):
                    start, end = window[0][0], window[-1][1]
                    found.append(Found(statement.id, start, end, subject, "A", statement.text[start:end]))
    return found


def _sounds(text: str) -> list[tuple[int, int, str]]:
    """`(start, end, sound)` of every Han character and Latin word."""
    parts = [(*m.span(), m.group()) for m in re.finditer(r"[\u3400-\u9fff]|[A-Za-z0-9']+", text)]
    return [(start, end, _sound(part) if is_han(part) else part.casefold()) for start, end, part in parts]


@lru_cache(maxsize=20_000)
def _sound(character: str) -> str:
    return str(lazy_pinyin(character)[0])


def jieba_names(meeting: Meeting, record: Record) -> list[Found]:
    """What jieba's tagger calls a person's name, with its defaults; it knows no persons."""
    del meeting
    import jieba.posseg

    found = []
    for statement in record.statements:
        at = 0
        for part in jieba.posseg.cut(statement.text):
            if part.flag.startswith("nr"):
                found.append(Found(statement.id, at, at + len(part.word), ANYBODY, "A", part.word))
            at += len(part.word)
    return found


class Presidio:
    """Presidio in an environment of its own, with its defaults, and with a deny-list of the names beside them.

    Args:
        python: interpreter of that environment.
        deny: whether the names are given to it.

    Attributes:
        seconds: of processor time that the child has used.
        version: what it is.
    """

    def __init__(self, python: Path, *, deny: bool) -> None:
        self._deny = deny
        self._child = subprocess.Popen(  # noqa: S603 - the interpreter that was named on the command line
            [str(python), str(Path(__file__).with_name("presidio_child.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.seconds = 0.0
        self.version = self._answer()

    def __call__(self, meeting: Meeting, record: Record) -> list[Found]:
        """All entities that it reports."""
        names = [n for p in meeting.protected for n in p.names] if self._deny else []
        if self._child.stdin is None:
            raise SystemExit("Presidio has no input.")
        self._child.stdin.write(json.dumps([names, [s.text for s in record.statements]]) + "\n")
        self._child.stdin.flush()
        self.seconds, rows = json.loads(self._answer())
        return [
            Found(s.id, start, end, ANYBODY, "A", s.text[start:end])
            for s, spans in zip(record.statements, rows, strict=True)
            for start, end in spans
        ]

    def _answer(self) -> str:
        line = self._child.stdout.readline() if self._child.stdout is not None else ""
        if not line:
            raise SystemExit("Presidio ended; its message stands above.")
        return line.strip()

    def close(self) -> None:
        """End the child."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.wait()


def clock(finder: Finder) -> float:
    """Processor seconds that this process, or the child of a finder, has used; other work does not count."""
    return finder.seconds if isinstance(finder, Presidio) else time.process_time()


def without_peers() -> Iterator[tuple[str, Finder]]:
    """The finders that need no environment of their own, by name."""
    yield "ours", ours
    yield "exact", exact
    yield "pinyin", pinyin
    yield "jieba", jieba_names
