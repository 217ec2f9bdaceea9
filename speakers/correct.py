"""Corrections: a statement with other words keeps the times of those that stayed."""

from __future__ import annotations

import difflib
import itertools
import re
from dataclasses import replace

from speakers.error import RecordError
from speakers.record import Millis, Record, Span, SpeakerId, Statement, Word

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
    text = text.strip()
    atoms = [(m.group(), m.start() > 0 and text[m.start() - 1].isspace()) for m in _ATOM.finditer(text)]
    if not atoms:
        raise RecordError("A statement cannot be corrected to nothing.", "Leave something in it.")
    old = [piece for word in statement.words for piece in _pieces(word)]
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


def _pieces(word: Word) -> list[Word]:
    atoms = [m.group() for m in _ATOM.finditer(word.text)] or [word.text]
    return [replace(word, text=atom, spaced=word.spaced and index == 0) for index, atom in enumerate(atoms)]


def with_statement(record: Record, statement: Statement) -> Record:
    """The record with one statement exchanged for the one of the same id."""
    return replace(
        record, statements=tuple(statement if s.id == statement.id else s for s in record.statements)
    )


def merged(record: Record, speaker: SpeakerId, into: SpeakerId) -> Record:
    """The record with one voice heard as another one."""
    statements = tuple(replace(s, speaker=into) if s.speaker == speaker else s for s in record.statements)
    return Record(record.language, statements, record.diarization.merged(speaker, into))
