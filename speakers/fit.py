"""A transcript that people wrote, fitted to the sound: their words, and the moments at which the recognizer heard them.

What people wrote and what was heard are compared by how they sound. Where both agree for several syllables, a word of
theirs has its moment; between such places nobody knows more than that it lies between them. What they left out stands
as it was heard: nothing that was said disappears. What they wrote that nobody says is left out.
"""

from __future__ import annotations

import bisect
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from speakers.brought import Passage
from speakers.correct import pieces, words_of
from speakers.error import MeetingError
from speakers.fit_voices import Called, Group, attributed
from speakers.phonetics import usual
from speakers.record import Diarization, Millis, Record, Span, Turn, Word, union
from speakers.traditional import is_chinese
from speakers.transcribe import Transcript, with_unheard

VERSION = "fit 1"

_SURE = 3
"""So many syllables in a row, or words of Latin letters, agree only where the same is said."""

_NEAR = 4
"""Fewer are believed this close to such a place."""

_OMITTED, _OMITTED_MS = 8, 2_500
"""Syllables in a row, and how long they take, that are no slip of the tongue: people left out what was said."""

_SYLLABLE_MS = 70
"""Nobody speaks faster."""

_SLACK_MS = 1_500
"""Recognizers begin late and end early."""

_KNOWN_MS, _MARGIN_MS = 6_000, 3_000
"""In a longer stretch in which nothing agrees, a word's place is reckoned, and believed within this margin."""

_LEAST = 0.3
"""Of what people wrote so much has to be heard, or it is another meeting's."""

_LABELS = 500
"""More names of speakers are no list of who spoke."""

_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Fitted:
    """A transcript in step with the sound.

    Attributes:
        record: its words, each with its moment, and whose voice says them.
        called: (n_voices,) what the voices are called in it.
        found: of its syllables, how many were heard where they stand, 0..1.
        unspoken: numbers, from 1, of paragraphs that nobody says: left out.
        omitted: moments at which it has nothing for what was said: that stands as it was heard.
        doubted: ids of statements that another voice seems to say than the one that they stand under: nobody's.
    """

    record: Record
    called: tuple[Called, ...]
    found: float
    unspoken: tuple[int, ...] = ()
    omitted: tuple[Millis, ...] = ()
    doubted: tuple[str, ...] = ()


@dataclass(slots=True)
class _Atom:
    """A word that people wrote.

    Attributes:
        passage: index of its paragraph.
        word: as they wrote it.
        span: when it is said; None if nobody knows, or nobody says it.
        sure: whether it was heard there.
    """

    passage: int
    word: Word
    span: Span | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class _Tokens:
    """What is compared: sounds, and of which word each is.

    Attributes:
        sounds: (n_tokens,).
        of: (n_tokens,) index of each one's word, never falling.
    """

    sounds: list[str]
    of: list[int]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Tokens between two places that agree: of what was heard, and of what people wrote.

    Attributes:
        heard: of the one.
        written: of the other.
        omitted: whether this is what people left out: nothing is written beside it.
    """

    heard: range
    written: range
    omitted: bool = False


def fit(passages: Sequence[Passage], heard: Transcript, turns: Diarization) -> Fitted:
    """Give a transcript's words their moments and voices.

    Args:
        passages: (n_paragraphs,) of the transcript, in order.
        heard: by the recognizer, with moments.
        turns: who speaks when.

    Raises:
        MeetingError: If it is not of this recording, or names hundreds of speakers.

    Source:
        Anchors between a recognizer's words and a given text, as Moreno et al., "A recursive algorithm for the forced
        alignment of very long audio segments" (1998); the least edits by rapidfuzz (Hyyrö's bit-parallel Levenshtein).
    """
    ours = [piece for word in heard.words for piece in pieces(word)]
    mine = _tokens(w.text for w in ours)
    if len(mine.sounds) < _LEAST * (
        least := sum(map(_length, passages))
    ):  # before much is made of what is too long
        raise _others(len(mine.sounds) / least)
    if len({p.label for p in passages}) > _LABELS:
        raise MeetingError(
            f"The transcript that was brought names more than {_LABELS} speakers.",
            "Write who speaks as a name with a colon, and nothing else so.",
        )
    everywhere = Span(Millis(0), Millis(1))
    atoms = [_Atom(n, word) for n, p in enumerate(passages) for word in words_of(p.text, everywhere)]
    theirs = _tokens(a.word.text for a in atoms)
    pairs = _agreeing(mine.sounds, theirs.sounds)
    found = len(pairs) / max(1, len(theirs.sounds))
    if found < _LEAST:
        raise _others(found)
    for a, b in pairs:
        atom, span = atoms[theirs.of[b]], ours[mine.of[a]].span
        atom.span, atom.sure = _over(atom.span, span), True
    omitted: list[tuple[int, tuple[Word, ...]]] = []
    for stretch in _stretches(pairs, mine, theirs, ours):
        if stretch.omitted:
            at = theirs.of[stretch.written.start] if stretch.written.start < len(theirs.of) else len(atoms)
            omitted.append((at, tuple(ours[mine.of[stretch.heard[0]] : mine.of[stretch.heard[-1]] + 1])))
        else:
            _place(stretch, (mine, ours), (theirs, atoms), turns)
    unspoken = {a.passage + 1 for a in atoms} - {a.passage + 1 for a in atoms if a.span is not None}
    groups = _with_notes(list(_groups(passages, atoms, omitted)), heard)
    record, called, doubted = attributed(heard.language, _in_order(groups), turns)
    moments = tuple(words[0].span.start for _, words in omitted)
    return Fitted(record, called, found, tuple(sorted(unspoken)), moments, doubted)


def _others(found: float) -> MeetingError:
    """What it means that so much of it, 0..1, is heard at most."""
    return MeetingError(
        f"The transcript that was brought is not of this recording: {found:.0%} of it is heard there.",
        "Bring the one that is, or take it out of meeting.toml.",
    )


def _length(passage: Passage) -> int:
    """At least so many tokens are in a paragraph."""
    return sum(max(1, sum(map(is_chinese, run))) for run in _TOKEN.findall(passage.text))


def _tokens(words: Iterable[str]) -> _Tokens:
    """A Chinese character by its sound, anything else by its letters and digits; punctuation is not compared."""
    found = [(sound, n) for n, word in enumerate(words) for sound in _sounds(word)]
    return _Tokens([sound for sound, _ in found], [n for _, n in found])


@lru_cache(maxsize=20_000)
def _sounds(word: str) -> tuple[str, ...]:
    found: list[str] = []
    for run in _TOKEN.findall(unicodedata.normalize("NFKC", word)):
        found += [usual(c) or c for c in run] if any(map(is_chinese, run)) else [run.casefold()]
    return tuple(found)


def _over(span: Span | None, other: Span) -> Span:
    return other if span is None else Span(min(span.start, other.start), max(span.end, other.end))


def _agreeing(heard: list[str], written: list[str]) -> list[tuple[int, int]]:
    """Pairs of tokens that say the same, in order; what agrees by chance is left out."""
    same = [
        (o.src_start, o.dest_start, o.src_end - o.src_start)
        for o in Levenshtein.opcodes(heard, written)
        if o.tag == "equal"
    ]
    sure = [length >= _SURE for _, _, length in same]
    for order in (range(len(same)), reversed(range(len(same)))):
        last: tuple[int, int, int] | None = None
        for index in order:
            if last is not None and not sure[index]:
                (a, b, n), (c, d, _) = sorted((last, same[index]))
                sure[index] = max(c - a - n, d - b - n) <= _NEAR
            last = same[index] if sure[index] else last
    believed = (block for block, is_sure in zip(same, sure, strict=True) if is_sure)
    return [(a + k, b + k) for a, b, n in believed for k in range(n)]


def _stretches(
    pairs: list[tuple[int, int]], mine: _Tokens, theirs: _Tokens, ours: list[Word]
) -> Iterator[_Stretch]:
    """What stands between pairs, in order; cut where people left out what was said."""
    ends = [(-1, -1), *pairs, (len(mine.sounds), len(theirs.sounds))]
    for (a, b), (c, d) in itertools.pairwise(ends):
        at, beside = a + 1, b + 1
        for first, last, place in _left_out(mine.sounds[a + 1 : c], theirs.sounds[b + 1 : d]):
            said = range(a + 1 + first, a + 1 + last)
            if ours[mine.of[said[-1]]].span.end - ours[mine.of[said[0]]].span.start >= _OMITTED_MS:
                yield _Stretch(range(at, said.start), range(beside, b + 1 + place))
                yield _Stretch(said, range(b + 1 + place, b + 1 + place), omitted=True)
                at, beside = said.stop, b + 1 + place
        yield _Stretch(range(at, c), range(beside, d))


def _left_out(heard: list[str], written: list[str]) -> Iterator[tuple[int, int, int]]:
    """Long runs of what was heard with nothing written beside them: from, to, and before which written token."""
    if len(heard) < _OMITTED:
        return
    for o in Levenshtein.opcodes(heard, written):
        if o.tag == "delete" and o.src_end - o.src_start >= _OMITTED:
            yield o.src_start, o.src_end, o.dest_start


def _place(
    stretch: _Stretch,
    heard: tuple[_Tokens, list[Word]],
    written: tuple[_Tokens, list[_Atom]],
    turns: Diarization,
) -> None:
    """Give words that were not heard the stretch in which they have to be said, if so much can be said there."""
    (mine, ours), (theirs, atoms) = heard, written
    mute = [atoms[theirs.of[n]] for n in stretch.written if not atoms[theirs.of[n]].sure]
    if not mute:
        return
    known = [ours[mine.of[n]].span for n in stretch.heard]
    before = ours[mine.of[stretch.heard.start - 1]].span.end if stretch.heard.start else Millis(0)
    after = (
        ours[mine.of[stretch.heard.stop]].span.start if stretch.heard.stop < len(mine.of) else turns.duration
    )
    begin = min([before, *(s.start for s in known)])
    end = max([after, Millis(begin + 1), *(s.end for s in known)])
    room = _SLACK_MS + sum(s.length for s in union(known))
    room += _spoken(turns.exclusive, Span(begin, end))
    heard_in = {atom.passage for atom in atoms if atom.sure} if len(mute) * _SYLLABLE_MS > room else None
    for number, atom in enumerate(mute):
        if heard_in is not None and atom.passage not in heard_in:
            continue
        low, high = begin, end
        if end - begin > _KNOWN_MS:
            middle = begin + (end - begin) * (2 * number + 1) // (2 * len(mute))
            low, high = Millis(max(begin, middle - _MARGIN_MS)), Millis(min(end, middle + _MARGIN_MS))
        atom.span = _over(atom.span, Span(low, high))


def _spoken(turns: Sequence[Turn], span: Span) -> int:
    """Milliseconds of a stretch in which somebody speaks; turns are sorted and disjoint."""
    first = max(0, bisect.bisect_right(turns, span.start, key=lambda t: t.span.start) - 1)
    last = bisect.bisect_left(turns, span.end, key=lambda t: t.span.start)
    return sum(turn.span.overlap(span) for turn in turns[first:last])


def _groups(
    passages: Sequence[Passage], atoms: list[_Atom], omitted: list[tuple[int, tuple[Word, ...]]]
) -> Iterator[Group]:
    """What becomes statements, in order: paragraphs, cut where something was said between their words."""
    spoken = {atom.passage for atom in atoms if atom.span is not None}
    left = iter(omitted)
    at, words = next(left, (len(atoms) + 1, ()))
    held: list[_Atom] = []
    for index, atom in enumerate(atoms):
        while at <= index:
            yield from _group(passages, held)
            yield Group(words, written=False)
            held, (at, words) = [], next(left, (len(atoms) + 1, ()))
        if held and held[-1].passage != atom.passage:
            yield from _group(passages, held)
            held = []
        if atom.passage in spoken:
            held.append(atom)
    yield from _group(passages, held)
    for more in (words, *(w for _, w in left)) if at <= len(atoms) else ():
        yield Group(more, written=False)


def _group(passages: Sequence[Passage], atoms: list[_Atom]) -> Iterator[Group]:
    """Words of one paragraph; what has no sound of its own, as a quotation mark, has its neighbour's moment."""
    if not any(atom.span for atom in atoms):
        return
    spans = [atom.span for atom in atoms]
    for order in (range(1, len(spans)), range(len(spans) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for index in order:
            spans[index] = spans[index] or spans[index - step]
    words = tuple(replace(a.word, span=s) for a, s in zip(atoms, spans, strict=True) if s is not None)
    sure = tuple(w for a, w in zip(atoms, words, strict=True) if a.sure)
    yield Group(words, passages[atoms[0].passage].label, sure)


def _with_notes(groups: list[Group], heard: Transcript) -> list[Group]:
    """With what nobody understood, neither a machine nor the people who wrote: a note in its place."""
    taken = union(w.span for group in groups for w in group.words)
    notes = [w for w in with_unheard(heard) if w.span in heard.unheard and w.confidence == 0.0]
    for note in notes:
        if not any(note.span.overlap(span) for span in taken):
            after = (n for n, g in enumerate(groups) if g.words[0].span.start >= note.span.start)
            groups.insert(next(after, len(groups)), Group((note,), written=False))
    return groups


def _in_order(groups: list[Group]) -> list[Group]:
    """Reading order rules: a word never begins before the last one."""
    least, ordered = 0, []
    for group in groups:
        words = []
        for word in group.words:
            start = Millis(max(least, word.span.start))
            words.append(replace(word, span=Span(start, Millis(max(word.span.end, start + 1)))))
            least = start
        ordered.append(replace(group, words=tuple(words)))
    return ordered
