"""The values that flow: words, turns, statements and the record they make.

Every value is frozen and refuses nonsense at birth. Time is an integer of milliseconds from the start of
the recording, rounded once, in the engines' adapters; spans are half-open.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import attrgetter
from typing import NewType

from speakers.error import RecordError

Millis = NewType("Millis", int)
"""Milliseconds from the start of the recording."""

SpeakerId = NewType("SpeakerId", str)
"""A voice in one recording: "S1", "S2", … in order of first speech. Says nothing about who it is."""

UNKNOWN = SpeakerId("S0")
"""Words that lie in nobody's turn. Unknown is a speaker too."""

NOBODIES = frozenset({UNKNOWN, SpeakerId("Q0"), SpeakerId("M0")})
"""Voices that are nobody's: words in nobody's turn, questions and messages without an author; each may be several."""

_HEX = 64
"""Characters of a digest."""

_REPORT = "This is a fault in the program; report it with the job's log."


def digest(*parts: str) -> str:
    """The sha256, in hexadecimal, of parts that cannot run into each other.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    state = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8")
        state.update(len(encoded).to_bytes(8, "big"))
        state.update(encoded)
    return state.hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of time, `[start, end)`, in milliseconds.

    >>> Span(Millis(100), Millis(350)).length
    250
    """

    start: Millis
    end: Millis

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise RecordError(f"A span from {self.start} to {self.end} ms is no stretch of time.", _REPORT)

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.start

    def overlap(self, other: Span) -> int:
        """Milliseconds that both cover; 0 if they do not meet.

        >>> Span(Millis(0), Millis(10)).overlap(Span(Millis(4), Millis(20)))
        6
        """
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def widened(self, margin: int) -> Span:
        """This span with `margin` milliseconds more on either side, not before 0.

        >>> Span(Millis(100), Millis(200)).widened(250)
        Span(start=0, end=450)
        """
        return Span(Millis(max(0, self.start - margin)), Millis(self.end + margin))


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time as sorted spans that neither touch nor overlap.

    >>> union([Span(Millis(5), Millis(9)), Span(Millis(0), Millis(5)), Span(Millis(20), Millis(21))])
    (Span(start=0, end=9), Span(start=20, end=21))
    """
    merged: list[Span] = []
    for span in sorted(spans, key=attrgetter("start", "end")):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def clock(moment: int, *, millis: bool = False) -> str:
    """A moment for people, from milliseconds.

    >>> clock(75_250), clock(3_600_000), clock(75_250, millis=True)
    ('1:15', '1:00:00', '00:01:15.250')
    """
    seconds, thousandths = divmod(moment, 1000)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    if millis:
        return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@dataclass(frozen=True, slots=True)
class Word:
    """The smallest thing heard: a word, or in Chinese one or a few characters, with its time.

    Attributes:
        text: without surrounding space, never empty; punctuation stays with the word before it.
        span: milliseconds.
        confidence: the engine's probability, 0..1. It says how sure the engine was, not how right it is.
        spaced: whether a space stands between this word and the one before it, when one comes before it.
    """

    text: str
    span: Span
    confidence: float
    spaced: bool = False

    def __post_init__(self) -> None:
        if not self.text or self.text != self.text.strip():
            raise RecordError("A word is empty or carries its own space.", _REPORT)
        if any("\ud800" <= character <= "\udfff" for character in self.text):
            raise RecordError("A word holds half a character.", "Type it again.")
        if not 0.0 <= self.confidence <= 1.0:
            raise RecordError("A confidence lies outside 0..1.", _REPORT)


def joined(words: Iterable[Word]) -> str:
    """The text of words in a row.

    >>> w = lambda t, s: Word(t, Span(Millis(0), Millis(1)), 1.0, s)
    >>> joined([w("open", False), w("data", True), w("顯示", True)])
    'open data 顯示'
    """
    parts: list[str] = []
    for word in words:
        if parts and word.spaced:
            parts.append(" ")
        parts.append(word.text)
    return "".join(parts)


def placed(words: Iterable[Word]) -> Iterator[tuple[int, int, Word]]:
    """Each word with where it stands in `joined(words)`: `(char_start, char_end, word)`, half-open."""
    at = 0
    for index, word in enumerate(words):
        at += bool(index and word.spaced)
        yield at, at + len(word.text), word
        at += len(word.text)


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """Somebody speaks: one voice over one span."""

    span: Span
    speaker: SpeakerId


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who speaks when.

    Attributes:
        exclusive: (n_turns,) sorted, no two at once: what words are given to speakers by.
        overlapping: (m_turns,) sorted, may overlap: what sound is removed by.
        duration: milliseconds of the whole recording.
    """

    exclusive: tuple[Turn, ...]
    overlapping: tuple[Turn, ...]
    duration: Millis
    _digest: str = field(default="", init=False, repr=False, compare=False)
    _speakers: tuple[SpeakerId, ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if list(self.overlapping) != sorted(self.overlapping):
            raise RecordError("Turns are not sorted.", _REPORT)
        for before, after in itertools.pairwise(self.exclusive):
            if before.span.end > after.span.start:
                raise RecordError("Exclusive turns overlap.", _REPORT)

    @property
    def speakers(self) -> tuple[SpeakerId, ...]:
        """Every voice, in order of first speech; found once."""
        if not self._speakers:
            found = dict.fromkeys(t.speaker for t in sorted(self.overlapping + self.exclusive))
            object.__setattr__(self, "_speakers", tuple(found))
        return self._speakers

    @property
    def digest(self) -> str:
        """Changes with any turn; computed once."""
        if not self._digest:
            heard = (
                digest(*(f"{t.speaker}\0{t.span.start}\0{t.span.end}" for t in turns))
                for turns in (self.overlapping, self.exclusive)
            )
            object.__setattr__(self, "_digest", "".join(heard))
        return self._digest

    def speaker_at(self, moment: int, *, within: int = 0) -> SpeakerId | None:
        """Who speaks at a moment, or nearest to it within so many milliseconds; None if nobody does."""
        best: tuple[int, SpeakerId] | None = None
        after = bisect.bisect_right(self.exclusive, moment, key=lambda t: t.span.start)
        for turn in self.exclusive[max(0, after - 1) : after + 1]:
            away = max(turn.span.start - moment, moment - (turn.span.end - 1), 0)
            if away <= within and (best is None or away < best[0]):
                best = (away, turn.speaker)
        return best[1] if best else None

    def merged(self, speaker: SpeakerId, into: SpeakerId) -> Diarization:
        """The same turns, with one voice heard as another one."""

        def renamed(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
            return tuple(sorted(Turn(t.span, into) if t.speaker == speaker else t for t in turns))

        return Diarization(renamed(self.exclusive), renamed(self.overlapping), self.duration)


class WrittenKind(StrEnum):
    """What somebody wrote during a meeting: a question of an audience (Slido), or a message in the meeting's chat."""

    QUESTION = "question"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Written:
    """How a statement came to be that was written and not spoken.

    Attributes:
        kind: of what.
        author: the name that somebody typed for themselves; private, and never published. Empty for nobody.
        votes: how many people wanted the question answered; None where nobody counted.
        answered: whether it was marked as answered; None where nobody said so.
    """

    kind: WrittenKind
    author: str = ""
    votes: int | None = None
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What one speaker said in one go: a paragraph of the record.

    Attributes:
        id: "a1", "a2", … in spoken order, "q1" and "m1" for what was written; stays when the text is corrected.
        speaker: the voice.
        words: (n_words,) sorted by start, at least one.
        overlapped: somebody else speaks during part of it.
        written: how it was written; None for what was spoken. Its words have the moment at which it came, and no sound.
    """

    id: str
    speaker: SpeakerId
    words: tuple[Word, ...]
    overlapped: bool = False
    written: Written | None = None
    _text: str = field(default="", init=False, repr=False, compare=False)
    _span: Span | None = field(default=None, init=False, repr=False, compare=False)
    _digest: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.words:
            raise RecordError("A statement without words.", _REPORT)

    @property
    def text(self) -> str:
        """As it is read; put together once."""
        if not self._text:
            object.__setattr__(self, "_text", joined(self.words))
        return self._text

    @property
    def span(self) -> Span:
        """From the first word to the last; found once."""
        if self._span is None:
            span = Span(self.words[0].span.start, Millis(max(w.span.end for w in self.words)))
            object.__setattr__(self, "_span", span)
            return span
        return self._span

    @property
    def digest(self) -> str:
        """Changes with the speaker, a word, a time, or how it was written; computed once."""
        if not self._digest:
            words = (f"{w.text}\0{w.span.start}\0{w.span.end}\0{w.spaced}" for w in self.words)
            w = self.written
            how = () if w is None else (f"{w.kind}\0{w.votes}\0{w.answered}\0{w.author}",)
            object.__setattr__(self, "_digest", digest(self.id, self.speaker, *words, *how))
        return self._digest

    def placed(self) -> Iterator[tuple[int, int, Word]]:
        """Each word with where it stands in `text`; see `placed`."""
        return placed(self.words)

    def time_of(self, char_start: int, char_end: int) -> Span:
        """When the words that these characters of `text` touch are spoken.

        Raises:
            RecordError: If no word stands there.
        """
        touched = [w.span for start, end, w in self.placed() if start < char_end and end > char_start]
        if not touched:
            raise RecordError("No word stands at those characters.", _REPORT)
        return Span(min(s.start for s in touched), max(s.end for s in touched))


def number_of(voice: SpeakerId) -> int:
    """The number of a voice; that of nobody's words for what is none.

    >>> number_of(SpeakerId("S12")), number_of(SpeakerId("x"))
    (12, 0)
    """
    digits = voice.removeprefix(UNKNOWN[0])
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that was heard, and what was written meanwhile: the private record that people review.

    Attributes:
        language: "zh" or "en", the one that most of the meeting is in.
        statements: (n_statements,) in spoken order; every word of the meeting is in exactly one of them.
        diarization: who speaks when.
    """

    language: str
    statements: tuple[Statement, ...]
    diarization: Diarization

    def __post_init__(self) -> None:
        ids = [s.id for s in self.statements]
        if len(set(ids)) != len(ids):
            raise RecordError("Two statements have one id.", _REPORT)

    @property
    def speakers(self) -> tuple[SpeakerId, ...]:
        """Voices that say something, in order of first statement."""
        return tuple(dict.fromkeys(s.speaker for s in self.statements))

    @property
    def voices_heard(self) -> frozenset[SpeakerId]:
        """Voices that are in the sound; the others only wrote."""
        spoken = (s.speaker for s in self.statements if s.written is None)
        return frozenset((*self.diarization.speakers, *spoken))

    @property
    def spoken(self) -> Record:
        """The record without what was written; itself where nothing was."""
        statements = tuple(s for s in self.statements if s.written is None)
        return self if len(statements) == len(self.statements) else replace(self, statements=statements)

    @property
    def apart(self) -> Record:
        """The same with all that was written behind what was spoken: what came meanwhile is not between words."""
        spoken = self.spoken.statements
        if len(spoken) == len(self.statements):
            return self
        return replace(self, statements=(*spoken, *(s for s in self.statements if s.written is not None)))

    @property
    def digest(self) -> str:
        """Changes with any word, time, speaker or turn."""
        turns = self.diarization.digest
        heard = (turns[:_HEX], turns[_HEX:])
        return digest(self.language, digest(*(s.digest for s in self.statements)), *heard)

    def statement(self, statement_id: str) -> Statement | None:
        """The statement of that id, if there is one."""
        return next((s for s in self.statements if s.id == statement_id), None)
