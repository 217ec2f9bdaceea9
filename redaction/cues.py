"""Captions of a statement: where one ends and the next begins, and where a line may end; never inside what is hidden.

Among all ways to cut a statement the one with the least to object to is taken, by dynamic programming: too long, too
wide for two lines, too short to read, ending in the middle of a clause or a word, standing through a pause.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from redaction.legible import (
    CHINESE_COLUMNS,
    CLAUSE,
    ENGLISH_COLUMNS,
    LINES,
    LONGEST_MS,
    SENTENCE,
    SHORTEST_MS,
    full_width,
    reading_ms,
    width,
)
from redaction.released import Cue
from speakers.lexicon import Lattice
from speakers.record import Millis, Span

_EACH, _NO_SENTENCE, _NO_CLAUSE, _NO_WORD = 10.0, 2.0, 16.0, 40.0
"""What is objected to a caption for being one more, and to where it ends."""

_SHORT, _LATE, _WIDE = 12.0, 8.0, 40.0
_PAUSE_MS = 250.0
"""What is objected to one that stands too short, cannot be read in time, or on two lines; a pause so long counts 1."""

_OVER = 1_000.0
"""What has to be cut before, if it can be at all: the rules' limits."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a statement: a word as it is, or a placeholder with the time of what it stands for.

    One that is tied is read in one caption, and on one line, with the next: a name that a reviewer kept stands whole.
    """

    text: str
    span: Span
    spaced: bool
    tied: bool = False


def joined(pieces: Iterable[Piece]) -> str:
    """What the pieces read as together."""
    return _placed(pieces)[0].rstrip()


def _placed(pieces: Iterable[Piece]) -> tuple[str, list[int]]:
    """The text, and where each piece ends in it.

    No line break is in it, and no control character that a recognizer or a reviewer's paste brought along.
    """
    shown: list[str] = []
    ends: list[int] = []
    before = ""
    for piece in pieces:
        # A label that ends in a number stands apart from what follows it: 參與者 1 跟參與者 2.
        apart = bool(before) and " " in before and before[-1].isdigit() and piece.text[0].isalnum()
        for character in f" {piece.text}" if before and (piece.spaced or apart) else piece.text:
            if not character.isspace():
                if character.isprintable():
                    shown.append(character)
            elif shown and shown[-1] != " ":
                shown.append(" ")
        ends.append(len(shown))
        before = piece.text
    return "".join(shown), ends


def cues(pieces: list[Piece]) -> tuple[Cue, ...]:
    """Captions that can be read, as far as people spoke slowly enough.

    Args:
        pieces: (n_pieces,) of one statement, in reading order.

    Returns:
        (n_cues,) in order, disjoint; together they hold the text once, but for spaces between them.
    """
    return _Statement(_spread(pieces)).cues()


class _Sums(NamedTuple):
    """Of a text up to some place: columns, full-width characters, and microseconds to read it."""

    columns: int
    full: int
    reading: int


class _Statement:
    """The pieces of a statement, and what has to be known about every stretch of them.

    Args:
        pieces: in order, none with the time of another.
    """

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._text, ends = _placed(pieces)
        self._starts = [0, *ends[:-1]]
        for number, at in enumerate(self._starts):
            self._starts[number] = at + (self._text[at : at + 1] == " ")
        self._ends = [e - (self._text[e - 1 : e] == " ") for e in ends]
        sums = [_Sums(0, 0, 0)]
        for c in self._text:
            columns, full, reading = sums[-1]
            sums.append(_Sums(columns + width(c), full + full_width(c), reading + _thousandth(c)))
        self._from, self._to = [sums[at] for at in self._starts], [sums[at] for at in self._ends]
        self._times = [
            (p.span.start, p.span.end, after.span.start if after else p.span.end)
            for p, after in itertools.zip_longest(pieces, pieces[1:])
        ]
        self._pauses = [0.0, *itertools.accumulate(self._pause(k) for k in range(1, len(pieces)))]
        words = _word_ends(self._text)
        last = len(pieces) - 1
        self._may_end = [k for k, p in enumerate(pieces) if k == last or not p.tied]
        self._objections = [self._at_end(k, words) for k in range(len(pieces))]
        self._breaks = [k for k in self._may_end if k != last and self._objections[k] < _NO_WORD]
        self._broken = [self._to[k].columns for k in self._breaks]

    def cues(self) -> tuple[Cue, ...]:
        """The captions of the best way to cut it."""
        made: list[Cue] = []
        for first, last in self._stretches():
            group = self._pieces[first : last + 1]
            begin, end = self._starts[first], max(self._starts[first], self._ends[last])
            start = max(group[0].span.start, made[-1].span.end if made else 0)
            until = max(*(p.span.end for p in group), start + 1)
            if text := self._text[begin:end]:
                inside = self._breaks[
                    bisect.bisect_left(self._breaks, first) : bisect.bisect_left(self._breaks, last)
                ]
                places = dict.fromkeys(self._starts[k + 1] - begin for k in inside)
                breaks = tuple(at for at in places if 0 < at < len(text))
                made.append(Cue(Span(Millis(start), Millis(until)), text, breaks))
        return tuple(made)

    def _stretches(self) -> list[tuple[int, int]]:
        """(first, last) piece of each caption."""
        least = {-1: 0.0}
        before: dict[int, int] = {}
        for k in self._candidates():
            found: tuple[float, int] | None = None
            for i in reversed(least):  # captions that end at k, the shortest first
                over, cost = self._cost(i + 1, k)
                if found is None or least[i] + cost < found[0]:
                    found = (least[i] + cost, i)
                if over > 0:
                    break
            least[k], before[k] = found or (0.0, -1)
        stretches: list[tuple[int, int]] = []
        k = len(self._pieces) - 1
        while k >= 0:
            stretches.append((before[k] + 1, k))
            k = before[k]
        return stretches[::-1]

    def _candidates(self) -> Iterator[int]:
        """Where a caption may end: after a word, and elsewhere only where the next such place is too far."""
        ends = [k for k in self._may_end if self._objections[k] < _NO_WORD or k == len(self._pieces) - 1]
        for before, k in itertools.pairwise((-1, *ends)):
            if self._cost(before + 1, k)[0] > 0:
                first = bisect.bisect_right(self._may_end, before)
                yield from self._may_end[first : bisect.bisect_left(self._may_end, k)]
            yield k

    def _cost(self, first: int, last: int) -> tuple[float, float]:
        """How far a caption of these pieces is beyond what any may be, in captions, and what is objected to it."""
        start, (begin, end) = self._times[first][0], (self._from[first], self._to[last])
        wide = end.columns - begin.columns
        line = CHINESE_COLUMNS if end.full > begin.full else ENGLISH_COLUMNS
        over = max((self._times[last][1] - start) / LONGEST_MS, wide / (LINES * line)) - 1
        room = self._times[last][2] - start
        needed = max(SHORTEST_MS, (end.reading - begin.reading) / 1000)
        cost = _EACH + self._objections[last] + self._pauses[last] - self._pauses[first]
        if room < needed:
            cost += _SHORT * max(0.0, 1 - room / SHORTEST_MS) + _LATE * (1 - room / needed)
        if over > 0:
            cost += _OVER * over
        if wide > line and not self._breakable(first, last, line):
            cost += _WIDE
        return over, cost

    def _breakable(self, first: int, last: int, line: int) -> bool:
        """Whether it can be broken into two lines that are not too wide."""
        furthest = bisect.bisect_right(self._broken, self._from[first].columns + line) - 1
        if furthest < 0 or not first <= self._breaks[furthest] < last:
            return False
        return self._to[last].columns - self._from[self._breaks[furthest] + 1].columns <= line

    def _pause(self, k: int) -> float:
        """What is objected to a caption that stands through what is before piece k."""
        return max(0, self._pieces[k].span.start - self._pieces[k - 1].span.end) / _PAUSE_MS

    def _at_end(self, k: int, words: frozenset[int]) -> float:
        """What is objected to a caption that ends with piece k."""
        at = self._ends[k]
        before = self._text[at - 1 : at]
        if not before or before in SENTENCE:
            return 0.0
        if before in CLAUSE:
            return _NO_SENTENCE
        if at not in words and self._text[at : at + 1] not in {"", " "}:
            return _NO_WORD
        pause = self._pause(k + 1) if k + 1 < len(self._pieces) else 0.0
        return max(_NO_SENTENCE, _NO_CLAUSE - 5 * pause)  # whoever is silent for that long has ended a clause


def _word_ends(text: str) -> frozenset[int]:
    """Where words of Chinese end, and where Chinese and other letters meet; a sign stays with the word before it."""
    if not any(map(full_width, text)):
        return frozenset()
    signs = frozenset(n for n, c in enumerate(text) if n and not c.isalnum())
    ends = {end for _, end in Lattice(text, signs).words()}
    return frozenset(
        end
        for end in ends
        if (before := text[end - 1 : end])
        and (after := text[end : end + 1])
        and after.isalnum()
        and (full_width(before) or full_width(after))
    )


@lru_cache(maxsize=20_000)
def _thousandth(character: str) -> int:
    """Microseconds that it takes to read a character."""
    return reading_ms(character * 1000)


def _spread(pieces: list[Piece]) -> list[Piece]:
    """Pieces in a row that share one time (a word that was cut, or corrected words), each with its share of it."""
    spread: list[Piece] = []
    for span, shared in itertools.groupby(pieces, key=lambda p: p.span):
        row = list(shared)
        total, at = sum(len(p.text) for p in row), 0
        for piece in row:
            start = span.start + span.length * at // total
            at += len(piece.text)
            end = max(start + 1, span.start + span.length * at // total)
            spread.append(replace(piece, span=Span(Millis(start), Millis(end))))
    return spread
