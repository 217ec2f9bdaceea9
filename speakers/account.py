"""Who said what when, as one file or one record tells it: the value that is compared with another such value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from speakers.record import UNKNOWN, Millis, Record, Span, SpeakerId, Statement, Turn, Word, joined, union
from speakers.tokens import NOTES, joins
from speakers.transcribe import unheard


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that one speaker says in one go; how long that is, the source decides."""

    span: Span
    speaker: SpeakerId
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A voice is said to be a person's.

    Attributes:
        speaker: the voice.
        names: every name of that person.
        confirmed: whether somebody said so, or only evidence.
    """

    speaker: SpeakerId
    names: tuple[str, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Account:
    """Who said what when.

    Attributes:
        kind: of the source: "record", "SegLST", "STM", "RTTM" or "CTM".
        passages: (n_passages,) sorted by start; empty if the source has no words.
        pieces: (n_pieces,) the same words in the smallest stretches whose time is known.
        turns: (n_turns,) sorted; who speaks when, overlaps included; empty if the source does not say.
        duration: milliseconds, of the recording if it is known, otherwise up to the last end.
        names: (speaker, person's name) where the source names a person beside its own label.
        claims: what the source says about who its voices are; none if it names nobody.
        marked: (n_marked,) where it says that something was not understood.
    """

    kind: str
    passages: tuple[Passage, ...]
    pieces: tuple[Passage, ...]
    turns: tuple[Turn, ...]
    duration: Millis
    names: tuple[tuple[SpeakerId, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    marked: tuple[Span, ...] = ()

    @property
    def worded(self) -> bool:
        """Whether the source is one of words; an RTTM is not."""
        return self.kind != "RTTM"

    @property
    def turned(self) -> bool:
        """Whether the source says who speaks when; a CTM does not."""
        return self.kind != "CTM"

    @property
    def speakers(self) -> tuple[SpeakerId, ...]:
        """Everybody who has a turn, in order of first speech; words in nobody's turn are no speaker."""
        return tuple(dict.fromkeys(t.speaker for t in self.turns if t.speaker != UNKNOWN))

    def name_of(self, speaker: SpeakerId) -> str:
        """The person's name if the source has one, otherwise its label."""
        return dict(self.names).get(speaker, speaker)


def turns_of(stretches: Iterable[tuple[SpeakerId, Span]]) -> tuple[Turn, ...]:
    """Turns of which no two of one speaker touch or overlap, so that nobody is counted twice.

    >>> a = SpeakerId("a")
    >>> [t.span.end for t in turns_of([(a, Span(Millis(0), Millis(5))), (a, Span(Millis(3), Millis(9)))])]
    [9]
    """
    spans: dict[SpeakerId, list[Span]] = {}
    for speaker, span in stretches:
        spans.setdefault(speaker, []).append(span)
    return tuple(sorted(Turn(span, speaker) for speaker, each in spans.items() for span in union(each)))


def of_passages(
    kind: str, passages: Iterable[Passage], names: Iterable[tuple[SpeakerId, str]] = ()
) -> Account:
    """The account that a file of passages gives; where somebody says something is their turn."""
    ordered = tuple(sorted(passages, key=lambda p: (p.span.start, p.span.end)))
    turns = () if kind == "CTM" else turns_of((p.speaker, p.span) for p in ordered)
    duration = Millis(max((p.span.end for p in ordered), default=0))
    return Account(kind, ordered, ordered, turns, duration, tuple(names))


def of_record(record: Record, claims: tuple[Claim, ...] = ()) -> Account:
    """The account that our own record gives, word by word, of what was spoken."""
    record = record.spoken
    passages = tuple(Passage(s.span, s.speaker, s.text) for s in record.statements)
    pieces = tuple(piece for s in record.statements for piece in _pieces(s))
    turns = turns_of((t.speaker, t.span) for t in record.diarization.overlapping)
    marked = unheard(record)
    ends = (record.diarization.duration, *(p.span.end for p in passages))
    return Account(
        "record",
        tuple(sorted(passages, key=lambda p: (p.span.start, p.span.end))),
        tuple(sorted(pieces, key=lambda p: (p.span.start, p.span.end))),
        turns,
        Millis(max(ends)),
        claims=claims,
        marked=marked,
    )


def _pieces(statement: Statement) -> Iterator[Passage]:
    """A statement's words, those together that may be parts of one token; notes are left out."""
    held: list[Word] = []

    def released() -> Passage:
        span = Span(held[0].span.start, Millis(max(w.span.end for w in held)))
        return Passage(span, statement.speaker, joined(held))

    for word in statement.words:
        if word.text in NOTES:
            continue
        if held and (word.spaced or not joins(held[-1].text, word.text)):
            yield released()
            held = []
        held.append(word)
    if held:
        yield released()
