"""What is left of the risk once every mark is decided: what the rules are known to miss, and where to read in full."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from redaction.decision import Verdict
from redaction.draft import Draft
from redaction.mark import Kind, Mark
from redaction.mentions import reads_as
from redaction.rates import MEASURED, Length
from redaction.strangers import Stranger, find
from speakers.lexicon import is_everyday
from speakers.meeting import Participant, Wish
from speakers.record import Millis, Span, SpeakerId, Statement, union
from speakers.traditional import is_chinese

AROUND = 3
"""Statements on either side of a mention in which what was heard badly may be another one."""

_NEXT = 1
"""Statements on either side of a mention that answer to it."""

_FIRST = 3
"""One passage in so many is to be listened to before the others."""

CHARACTERS_A_MINUTE = 300
"""Chinese characters that somebody reads who looks for something: an assumption, no measurement."""

_UNSURE = 0.5
"""Below this mean probability of its words, a statement may have been another one."""

_LATIN_SHORT = 4
"""Latin names shorter than this are only found exactly."""

_NAMES = frozenset({Kind.NAME, Kind.ALIAS, Kind.TITLE})


class Peril(StrEnum):
    """Why a name is easily missed, or easily found where nobody is meant."""

    SHORT = "two syllables"
    COMMON = "a common word"
    LATIN = "Latin, shorter than four letters"
    SHARED = "sounds like a name of somebody else here"


class Why(StrEnum):
    """Why a statement deserves to be read in full, with its sound; the gravest first."""

    OWN = "a protected person's own words"
    EDGE = "beside a protected person's turn"
    OVERLAP = "several speak at once"
    UNSURE = "heard unsurely"
    GAP = "not understood"
    MENTION = "near a mention"
    ENGLISH = "in English"


@dataclass(frozen=True, slots=True)
class Missed:
    """How many mentions of one kind are probably still unmarked.

    Attributes:
        length: which.
        found: mentions that are marked.
        recall: share that the rules find.
    """

    length: Length
    found: int
    recall: float

    @property
    def expected(self) -> float:
        """Mentions missed for those found: found × (1 - recall) / recall.

        >>> round(Missed(Length.TWO, 197, 0.985).expected, 2)
        3.0
        """
        return self.found * (1 - self.recall) / self.recall


@dataclass(frozen=True, slots=True)
class Danger:
    """A name of a protected person that deserves a second look.

    Attributes:
        person: the participant's id.
        name: the name or alias itself: private.
        perils: why.
    """

    person: str
    name: str
    perils: tuple[Peril, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A statement to read in full, and why; the gravest reason first."""

    statement_id: str
    span: Span
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """The residual risk of a meeting.

    Attributes:
        missed: (n_lengths,) of those found at all.
        dangers: names that deserve a second look.
        without_alias: ids of protected people of whom nobody wrote down what else they are called.
        strangers: names of people whom nobody put on the list, the most frequent first.
        passages: (n_passages,) in order.
        characters: of the whole record, without spaces.
        statements: how many there are.
    """

    missed: tuple[Missed, ...]
    dangers: tuple[Danger, ...]
    without_alias: tuple[str, ...]
    strangers: tuple[Stranger, ...]
    passages: tuple[Passage, ...]
    characters: int
    statements: int

    @property
    def expected(self) -> float:
        """Mentions that are probably still unmarked."""
        return sum(m.expected for m in self.missed)

    @property
    def first(self) -> tuple[Passage, ...]:
        """The third of the passages with the gravest reasons, in order; more reasons before fewer."""
        grave = sorted(self.passages, key=lambda p: (_GRAVITY[p.why[0]], -len(p.why)))
        chosen = set(grave[: -(-len(grave) // _FIRST)])
        return tuple(p for p in self.passages if p in chosen)

    @property
    def rest(self) -> tuple[Passage, ...]:
        """The other passages."""
        first = set(self.first)
        return tuple(p for p in self.passages if p not in first)

    @property
    def listening_ms(self) -> int:
        """How long the passages are together."""
        return listening_ms(self.passages)

    @property
    def reading_ms(self) -> int:
        """How long it takes to read all of the record."""
        return Millis(self.characters * 60_000 // CHARACTERS_A_MINUTE)


_GRAVITY = {why: number for number, why in enumerate(Why)}


def listening_ms(passages: tuple[Passage, ...]) -> int:
    """How long passages are together."""
    return sum(span.length for span in union(p.span for p in passages))


def assess(draft: Draft) -> Risk:
    """The residual risk of a draft; empty of names and passages where nobody asked for anything."""
    texts = [s.text for s in draft.record.statements]
    return Risk(
        missed=tuple(_missed(draft)),
        dangers=tuple(_dangers(draft)),
        without_alias=tuple(p.id for p in draft.meeting.protected if not p.aliases),
        strangers=find(draft.meeting, draft.record),
        passages=tuple(_passages(draft)) if _guarded(draft) else (),
        characters=sum(not c.isspace() for text in texts for c in text),
        statements=len(texts),
    )


def _guarded(draft: Draft) -> tuple[Participant, ...]:
    people = (*draft.meeting.participants, *draft.meeting.elsewhere)
    return tuple(p for p in people if p.wish is not Wish.NAMED)


def _missed(draft: Draft) -> Iterator[Missed]:
    counts = Counter(_length(draft, mark) for mark in _mentions(draft))
    for length in Length:
        if counts[length]:
            yield Missed(length, counts[length], MEASURED.recall[length])


def _mentions(draft: Draft) -> Iterator[Mark]:
    """Marks of names that nobody said are none."""
    for mark in draft.marks:
        decision = draft.decision(mark)
        if mark.kind in _NAMES and not (decision and decision.verdict is Verdict.KEEP):
            yield mark


def _length(draft: Draft, mark: Mark) -> Length:
    statement = draft.record.statement(mark.statement_id)
    surface = statement.text[mark.char_start : mark.char_end] if statement else ""
    letters = [c for c in surface if c.isalnum()]
    if not any(map(is_chinese, letters)):
        return Length.LATIN
    return Length.TWO if len(letters) <= 2 else Length.MORE


def _dangers(draft: Draft) -> Iterator[Danger]:
    everybody = (*draft.meeting.participants, *draft.meeting.elsewhere)
    for person in draft.meeting.protected:
        others = [name for other in everybody if other.id != person.id for name in other.names]
        for name in person.names:
            perils = tuple(_perils(name, others))
            if perils:
                yield Danger(person.id, name, perils)


def _perils(name: str, others: list[str]) -> Iterator[Peril]:
    letters = [c for c in name if c.isalnum()]
    if any(map(is_chinese, letters)):
        if len(letters) <= 2:
            yield Peril.SHORT
        if is_everyday("".join(letters)):
            yield Peril.COMMON
    elif letters and len(letters) < _LATIN_SHORT:
        yield Peril.LATIN
    if any(reads_as(name, other) or reads_as(other, name) for other in others):
        yield Peril.SHARED


def _passages(draft: Draft) -> Iterator[Passage]:
    statements = draft.record.spoken.statements
    why: dict[str, dict[Why, None]] = {s.id: {} for s in statements}
    own = {s.id for s in statements if _own(draft, s.speaker)}
    mentioned = {mark.statement_id for mark in _mentions(draft)}
    for place, statement in enumerate(statements):
        near = statements[max(0, place - AROUND) : place + AROUND + 1]
        reasons = why[statement.id]
        if statement.id in own:
            reasons[Why.OWN] = None
        if any(s.id in mentioned for s in statements[max(0, place - _NEXT) : place + _NEXT + 1]):
            reasons[Why.MENTION] = None
        if any(s.id in own or s.id in mentioned for s in near):
            reasons.update(dict.fromkeys(_doubts(statement)))
        if draft.record.language == "zh" and _english(statement.text):
            reasons[Why.ENGLISH] = None
        if "聽不清" in statement.text:
            reasons[Why.GAP] = None
    for before, after in itertools.pairwise(statements):
        if (before.id in own) != (after.id in own):
            outside = after if before.id in own else before
            why[outside.id][Why.EDGE] = None
    for statement in statements:
        if why[statement.id]:
            found = sorted(why[statement.id], key=_GRAVITY.__getitem__)
            yield Passage(statement.id, statement.span, tuple(found))


def _own(draft: Draft, voice: SpeakerId) -> bool:
    """Whether a voice is, or may be, a protected person's."""
    link = draft.namings.of(voice)
    person = draft.meeting.participant(link.participant_id) if link else None
    return person is not None and person.wish is not Wish.NAMED


def _doubts(statement: Statement) -> Iterator[Why]:
    if statement.overlapped:
        yield Why.OVERLAP
    if sum(w.confidence for w in statement.words) / len(statement.words) < _UNSURE:
        yield Why.UNSURE


def _english(text: str) -> bool:
    """Whether most of a statement is in Latin letters, five of which take as long as a Chinese character or two."""
    latin = sum(c.isascii() and c.isalpha() for c in text)
    return latin > 10 and latin > 3 * sum(map(is_chinese, text))
