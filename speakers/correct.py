"""Corrections: words, statements and turns after a person said what is right; what stayed keeps its time."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from speakers.error import RecordError
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word, union

_PAUSE_MS = 750
"""In a pause longer than this somebody else may speak: a statement that is given to another voice leaves it out."""

_ATOM = re.compile(r"[\u3400-\u9fff\uf900-\ufaff][^\w\s]*|[^\s\u3400-\u9fff\uf900-\ufaff]+")


def corrected(statement: Statement, text: str) -> Statement:
    """The statement with another text.

    Words that stayed keep their times. Nobody knows when within what it replaces a new word is spoken, or when within
    a longer word one of its characters, so each has the time of all of it: what is hidden is hidden there from the
    sound as well. Reviewed words have confidence 1.

    Raises:
        RecordError: If the text is empty.

    >>> w = [Word(c, Span(Millis(i * 100), Millis(i * 100 + 100)), 0.5) for i, c in enumerate("謝謝評語")]
    >>> new = corrected(Statement("a1", SpeakerId("S1"), tuple(w)), "謝謝品妤")
    >>> new.text, new.time_of(2, 4)
    ('謝謝品妤', Span(start=200, end=400))
    """
    atoms = _atoms(text.strip())
    if not atoms:
        raise RecordError("A statement cannot be corrected to nothing.", "Leave something in it.")
    old = [piece for word in statement.words for piece in pieces(word)]
    words: list[Word] = []
    matcher = difflib.SequenceMatcher(None, [w.text for w in old], [a for a, _ in atoms], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            words += [
                replace(old[i], spaced=atoms[j][1]) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
            ]
        elif j1 < j2:
            gone = old[i1:i2] or old[max(0, i1 - 1) : i1 + 1]
            span = Span(min(w.span.start for w in gone), max(w.span.end for w in gone))
            words += [Word(atom, span, 1.0, spaced) for atom, spaced in atoms[j1:j2]]
    for index, (before, word) in enumerate(itertools.pairwise(words), start=1):
        if (
            word.span.start < before.span.start
        ):  # reading order rules: a word never begins before the last one
            start = before.span.start
            words[index] = replace(word, span=Span(start, Millis(max(word.span.end, start + 1))))
    return replace(statement, words=tuple(words))


def _atoms(text: str) -> list[tuple[str, bool]]:
    """The smallest words of a text, each with whether a space stands before it."""
    return [(m.group(), m.start() > 0 and text[m.start() - 1].isspace()) for m in _ATOM.finditer(text)]


def words_of(text: str, span: Span) -> tuple[Word, ...]:
    """A text that somebody typed, as words that all have one time.

    >>> [w.text for w in words_of("請問 open data？", Span(Millis(5), Millis(6)))]
    ['請', '問', 'open', 'data？']
    """
    return tuple(Word(atom, span, 1.0, spaced) for atom, spaced in _atoms(text.strip()))


def pieces(word: Word) -> list[Word]:
    """A word's smallest words, each with its time."""
    atoms = [m.group() for m in _ATOM.finditer(word.text)] or [word.text]
    return [replace(word, text=atom, spaced=word.spaced and index == 0) for index, atom in enumerate(atoms)]


def split(statement: Statement, char_start: int, into: str) -> tuple[Statement, Statement]:
    """A statement cut in two; together both hold its words.

    Nobody knows when within a word its characters are spoken: of a word that is cut, each part has the time of all.

    Args:
        statement: it keeps its id, and what stands before the cut.
        char_start: of its text, where the second part begins.
        into: id of the second part.

    Raises:
        RecordError: If nothing would be left on one side.

    >>> w = [Word(c, Span(Millis(i * 100), Millis(i * 100 + 100)), 0.5) for i, c in enumerate(("好的", "謝謝"))]
    >>> [(s.id, s.text, s.span.start) for s in split(Statement("a1", SpeakerId("S1"), tuple(w)), 1, "a1.1")]
    [('a1', '好', 0), ('a1.1', '的謝謝', 0)]
    """
    first: list[Word] = []
    second: list[Word] = []
    for start, end, word in statement.placed():
        if start < char_start < end:
            left, right = word.text[: char_start - start], word.text[char_start - start :]
            apart = left != left.rstrip() or right != right.lstrip()
            first.append(replace(word, text=left.rstrip()))
            second.append(replace(word, text=right.lstrip(), spaced=apart))
        else:
            (first if end <= char_start else second).append(word)
    if not first or not second:
        raise RecordError("Nothing would be left on one side of the cut.", "Cut between two words.")
    return replace(statement, words=tuple(first)), replace(statement, id=into, words=tuple(second))


def joined(first: Statement, second: Statement) -> Statement:
    """Two statements as one, under the first one's id and voice.

    >>> w = [Word(c, Span(Millis(n), Millis(n + 1)), 0.5) for n, c in enumerate(("open", "data"))]
    >>> joined(*(Statement(f"a{n}", SpeakerId("S1"), (word,)) for n, word in enumerate(w))).text
    'open data'
    """
    last, next_ = first.words[-1], second.words[0]
    # A correction forgets whether a space stood before its first word.
    apart = last.text[-1].isascii() and next_.text[0].isascii() and next_.text[0].isalpha()
    begins = replace(next_, spaced=next_.spaced or (apart and last.span != next_.span))
    words = (*first.words, begins, *second.words[1:])
    return replace(first, words=words, overlapped=first.overlapped or second.overlapped)


def given(diarization: Diarization, statement: Statement, speaker: SpeakerId) -> Diarization:
    """The turns after a statement was given to another voice: while its words are spoken, that one speaks.

    Only what was its voice's before changes hands, and no pause long enough for somebody else: whatever else was that
    voice's turn stays so, and other voices that are heard at the same time are heard as before.

    Args:
        diarization: the turns.
        statement: as it was, under its voice.
        speaker: whose it is.

    >>> turns = (Turn(Span(Millis(0), Millis(900)), SpeakerId("S1")),)
    >>> word = Word("好", Span(Millis(200), Millis(300)), 0.5)
    >>> new = given(Diarization(turns, turns, Millis(900)), Statement("a1", SpeakerId("S1"), (word,)), SpeakerId("S2"))
    >>> [(t.speaker, t.span.start, t.span.end) for t in new.exclusive]
    [('S1', 0, 200), ('S2', 200, 300), ('S1', 300, 900)]
    """
    spoken = _runs(statement.words)

    def others(turns: tuple[Turn, ...]) -> list[Turn]:
        return [
            Turn(left, t.speaker)
            for t in turns
            for left in (_without(t.span, spoken) if t.speaker == statement.speaker else (t.span,))
        ]

    exclusive = others(diarization.exclusive) + [
        Turn(Span(Millis(max(run.start, t.span.start)), Millis(min(run.end, t.span.end))), speaker)
        for t in diarization.exclusive
        if t.speaker == statement.speaker
        for run in spoken
        if run.overlap(t.span)
    ]
    overlapping = others(diarization.overlapping) + [Turn(run, speaker) for run in spoken]
    return Diarization(tuple(sorted(exclusive)), tuple(sorted(overlapping)), diarization.duration)


def _runs(words: tuple[Word, ...]) -> tuple[Span, ...]:
    """When words are spoken, over pauses in which nobody else fits."""
    runs: list[Span] = []
    for span in union(w.span for w in words):
        if runs and span.start - runs[-1].end <= _PAUSE_MS:
            runs[-1] = Span(runs[-1].start, span.end)
        else:
            runs.append(span)
    return tuple(runs)


def _without(span: Span, spoken: tuple[Span, ...]) -> Iterator[Span]:
    """What is left of a span; `spoken` is sorted and disjoint."""
    at = span.start
    for run in spoken:
        if run.overlap(span):
            if at < run.start:
                yield Span(at, run.start)
            at = run.end
    if at < span.end:
        yield Span(at, span.end)


def with_statement(record: Record, statement: Statement) -> Record:
    """The record with one statement exchanged for the one of the same id."""
    return replace(
        record, statements=tuple(statement if s.id == statement.id else s for s in record.statements)
    )


def merged(record: Record, speaker: SpeakerId, into: SpeakerId) -> Record:
    """The record with one voice heard as another one."""
    statements = tuple(replace(s, speaker=into) if s.speaker == speaker else s for s in record.statements)
    return Record(record.language, statements, record.diarization.merged(speaker, into))
