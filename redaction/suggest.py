"""Suggested corrections: where a text sounds like something of `meeting.toml` but is written otherwise.

Nothing is changed by a suggestion. A reviewer accepts or rejects it, and the ledger keeps that.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial

from rapidfuzz.distance import Levenshtein

from redaction.mentions import name_cues
from speakers.lexicon import entry, surprise
from speakers.meeting import Meeting
from speakers.numerals import mixed
from speakers.phonetics import half_sound, near_sound, same_sound, usual
from speakers.record import Record, Statement, digest
from speakers.traditional import is_chinese, to_simplified

NUMERALS = "numerals"
"""Stands for a term where a number is written in two notations at once."""

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_RUN = re.compile(f"[{_HAN}]{{2,}}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9'’]*")
_REMEMBERED = 20_000
_MEETINGS = 8

_TERM_NATS = 7.0
"""Surprise of a term of this meeting: about every thousandth word."""

_HEARD_NATS = {3: 0.0, 2: 0.5, 1: 2.0, 0: 5.5}
"""What it costs to have heard one character for another, by how alike they are (`_alike`)."""

_RARE_READING_NATS = 3.0
_A_WORD_NATS = 3.0
"""What it costs more if only a rare reading is alike; and if what was written down is a word, however rare."""

_CUE_NATS = 2.0
_LEAST_NATS = 6.0
"""How much better the term has to explain what was heard than the words that were written down."""

_AROUND = 5
"""Characters on either side that may belong to a word with the ones in question."""

_LATIN_SHORTEST = 4
_LATIN_ALIKE = 0.8
"""Share of a Latin term's sounds that have to be there."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A correction that somebody may accept: stand-off, computed anew each time, never stored.

    Attributes:
        statement_id: where.
        char_start: first character in the statement's text, half-open with `char_end`.
        char_end: one past the last.
        term: what is proposed: "p2/0" a participant's name, "p2/1" their first alias, "p2/role", "glossary/0", or
            "numerals".
        level: "variant", "same-sound", "near-sound", "near-miss" or "mixed-notation".
        score: 0..1, for ordering, not a probability.
        cues: what around it speaks for a name.
        proposed: the text that would stand there.
        group: suggestions that replace the same text by the same share it.
        text_digest: of the statement; a suggestion never outlives a change of its statement.
    """

    statement_id: str
    char_start: int
    char_end: int
    term: str
    level: str
    score: float
    cues: tuple[str, ...]
    proposed: str = field(repr=False)
    group: str
    text_digest: str

    @property
    def id(self) -> str:
        """The same for the same place, text and proposal."""
        place = f"{self.statement_id}:{self.char_start}:{self.char_end}"
        return "c" + digest(place, self.proposed, self.text_digest)[:12]

    @property
    def why(self) -> str:
        """For the ledger: how alike, and what is proposed; without a word of the record."""
        return f"{self.level} {self.score:.2f} {self.term}"


@dataclass(frozen=True, slots=True)
class _Term:
    id: str
    text: str
    person: bool


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    term: str
    proposed: str
    level: str
    score: float
    cues: tuple[str, ...] = ()


def suggest(
    meeting: Meeting, record: Record, wanted: Callable[[Suggestion], bool] = lambda _: True
) -> tuple[Suggestion, ...]:
    """Every correction that the names, roles and glossary of a meeting suggest.

    Args:
        meeting: whose names, aliases, roles and glossary are the terms.
        record: as it reads now.
        wanted: which of them may be made; where one may not, the next likely term of the same characters is.

    Returns:
        (n_suggestions,) the likeliest first, no two of them about the same characters.
    """
    in_text = _finder(tuple(_terms(meeting)))
    found: list[Suggestion] = []
    for statement in record.spoken.statements:  # what was typed was not misheard
        taken: list[Suggestion] = []
        for hit in in_text(statement.text):
            if all(hit.end <= t.char_start or hit.start >= t.char_end for t in taken):
                suggestion = _suggestion(statement, hit)
                if wanted(suggestion):
                    taken.append(suggestion)
        found += taken
    order = {statement.id: index for index, statement in enumerate(record.statements)}
    return tuple(sorted(found, key=lambda s: (-s.score, order[s.statement_id], s.char_start)))


def _suggestion(statement: Statement, hit: _Found) -> Suggestion:
    return Suggestion(
        statement_id=statement.id,
        char_start=hit.start,
        char_end=hit.end,
        term=hit.term,
        level=hit.level,
        score=hit.score,
        cues=hit.cues,
        proposed=hit.proposed,
        group=digest("suggestion", statement.text[hit.start : hit.end], hit.proposed)[:8],
        text_digest=statement.digest,
    )


def _terms(meeting: Meeting) -> Iterator[_Term]:
    """Each term once; a name before a role before the glossary."""
    rows = [
        *((f"{p.id}/{n}", name, True) for p in meeting.participants for n, name in enumerate(p.names)),
        *((f"{p.id}/role", p.role, False) for p in meeting.participants),
        *((f"glossary/{n}", word, False) for n, word in enumerate(meeting.glossary)),
    ]
    seen: set[str] = set()
    for term_id, text, person in rows:
        if text.strip() and text.strip() not in seen:
            seen.add(text.strip())
            yield _Term(term_id, text.strip(), person)


@lru_cache(maxsize=_MEETINGS)
def _finder(terms: tuple[_Term, ...]) -> Callable[[str], tuple[_Found, ...]]:
    """What looks for terms in a text, and remembers texts; the terms are compared once for all statements."""
    return lru_cache(maxsize=_REMEMBERED)(partial(_in_text, terms))


def _in_text(terms: tuple[_Term, ...], text: str) -> tuple[_Found, ...]:
    right = [
        (m.start(), m.end(), term.text)
        for term in terms
        for m in re.finditer(re.escape(term.text), text, re.IGNORECASE if term.text.islower() else 0)
    ]
    hits = [hit for term in terms for hit in _hits(term, text) if not _is_right_already(hit, right)]
    hits += [_Found(a, b, NUMERALS, proposed, "mixed-notation", 0.5) for a, b, proposed in mixed(text)]
    return tuple(sorted(hits, key=lambda h: (-h.score, h.start - h.end)))


def _is_right_already(hit: _Found, right: list[tuple[int, int, str]]) -> bool:
    """Whether a term that stands there as written would be cut, or exchanged for another one."""
    return any(
        start < hit.end
        and hit.start < end
        and not (hit.start <= start and end <= hit.end and text in hit.proposed and text != hit.proposed)
        for start, end, text in right
    )


def _hits(term: _Term, text: str) -> Iterator[_Found]:
    if all(is_chinese(c) for c in term.text):
        if len(term.text) >= 2:
            yield from _chinese(term, text)
    elif _LATIN.search(term.text) and not is_chinese(term.text):
        yield from _latin(term, text)


def _chinese(term: _Term, text: str) -> Iterator[_Found]:
    letters, length = term.text, len(term.text)
    allowed = length // 3  # of three syllables one may be half alike, of six two
    for run in _RUN.finditer(text):
        heard = run.group()
        for first in range(len(heard) - length + 1):
            missed, nats, least = 0, 0.0, 3
            for offset, letter in enumerate(letters, start=first):
                alike = _alike(letter, heard[offset])
                missed += alike <= 0
                if alike < 0 or missed > allowed:
                    break
                nats += _nats(letter, heard[offset])
                least = min(least, alike)
            else:
                start, end = run.start() + first, run.start() + first + length
                yield from _weighed(term, text, (start, end), least, nats)


def _weighed(
    term: _Term, text: str, place: tuple[int, int], least: int, heard_nats: float
) -> Iterator[_Found]:
    """A stretch that sounds like a term, if the term explains it better than the words that it is made of."""
    start, end = place
    surface = text[start:end]
    if least == 3:
        if surface != term.text:
            yield _Found(start, end, term.id, term.text, "variant", 0.98)
        return
    left = "".join(itertools.takewhile(is_chinese, reversed(text[max(0, start - _AROUND) : start])))[::-1]
    right = "".join(itertools.takewhile(is_chinese, text[end : end + _AROUND]))
    cues = name_cues(text, start, end) if term.person else ()
    better = surprise(left + surface + right) - surprise(left) - surprise(right)
    better += _CUE_NATS * len(cues) - _TERM_NATS - heard_nats
    if entry(to_simplified(surface)) is not None:
        better -= _A_WORD_NATS
    if better < _LEAST_NATS:
        return
    level = {2: "same-sound", 1: "near-sound", 0: "near-miss"}[least]
    yield _Found(start, end, term.id, term.text, level, round(_share(better), 2), cues)


def _share(nats: float) -> float:
    """What speaks for a term, as a figure between 0 and 1.

    >>> _share(_LEAST_NATS) < _share(20) < 1
    True
    """
    return 0.95 / (1 + math.exp(-(nats - _LEAST_NATS) / 6))


@lru_cache(maxsize=500_000)
def _alike(a: str, b: str) -> int:
    """3 the same character or a variant of it, 2 the same sound, 1 a near one, 0 half of it, -1 another one."""
    if a == b or to_simplified(a) == to_simplified(b):
        return 3
    if same_sound(a, b):
        return 2
    if near_sound(a, b):
        return 1
    return 0 if half_sound(a, b) else -1


@lru_cache(maxsize=500_000)
def _nats(a: str, b: str) -> float:
    """How unlikely it is that one character was heard as another, by their usual readings."""
    alike, first, second = _alike(a, b), usual(a), usual(b)
    if alike == 3:
        return 0.0
    ordinary = first == second if alike else first[:1] == second[:1] or first[-2:] == second[-2:]
    return _HEARD_NATS[alike] + (0.0 if ordinary else _RARE_READING_NATS)


def _latin(term: _Term, text: str) -> Iterator[_Found]:
    """Latin terms by how their letters sound: over as many words as the term has, one fewer or one more."""
    wanted, tokens = _LATIN.findall(term.text), list(_LATIN.finditer(text))
    whole = "".join(wanted).casefold()
    between = " -" + "".join(c for c in term.text if not c.isalnum())
    for first in range(len(tokens)):
        for count in range(max(1, len(wanted) - 1), len(wanted) + 2):
            window = tokens[first : first + count]
            if len(window) < count or any(
                text[a.end() : b.start()].strip(between) for a, b in itertools.pairwise(window)
            ):
                break
            start, end = window[0].start(), window[-1].end()
            heard = "".join(w.group() for w in window).casefold()
            if heard == whole:
                if _written_otherwise(term.text, text[start:end]):
                    yield _Found(start, end, term.id, term.text, "variant", 0.95)
            elif len(heard) >= _LATIN_SHORTEST and not _inflected(whole, heard):
                alike = Levenshtein.normalized_similarity(_sound_of(whole), _sound_of(heard))
                if alike >= _LATIN_ALIKE and _sound_of(whole)[:1] == _sound_of(heard)[:1]:
                    level = "same-sound" if alike == 1 else "near-sound"
                    yield _Found(start, end, term.id, term.text, level, round(0.85 * alike, 2))


def _written_otherwise(term: str, surface: str) -> bool:
    """Whether more than a capital at the beginning of a sentence tells them apart."""
    if term.islower():
        return term != surface.casefold()
    return term != surface


def _inflected(term: str, heard: str) -> bool:
    return re.fullmatch(re.escape(term) + "(?:['’]?s|es|ed|d|ing|er)", heard) is not None


@lru_cache(maxsize=_REMEMBERED)
def _sound_of(word: str) -> str:
    """A Latin word with letters that sound alike made one.

    >>> _sound_of("cido"), _sound_of("phillip") == _sound_of("filip")
    ('sido', True)
    """
    word = re.sub("['’]", "", word.casefold())
    for spelling, sound in (("ph", "f"), ("ck", "k"), ("qu", "kw"), ("x", "ks"), ("c(?=[eiy])", "s"), ("[cq]", "k"),
                            ("z", "s"), ("y", "i"), (r"(.)\1", r"\1")):  # fmt: skip
        word = re.sub(spelling, sound, word)
    return word
