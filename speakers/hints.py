"""Terms that a recognizer was told to expect: which it really heard, and which it only echoes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import JaroWinkler

from speakers.phonetics import half_sound, near_readings, near_sound
from speakers.record import Span, Word, joined, placed
from speakers.traditional import is_chinese

_AROUND_MS = 600
"""Two readings of the same sound place a word this far apart."""

_ALIKE_ENOUGH = 0.8
"""Jaro-Winkler similarity from which a Latin term is worth a hint."""

_ALIKE = 0.6
"""Jaro-Winkler similarity above which a Latin term may have been what was heard."""


_CHARACTERS_OF_HINT = 120
"""What fits in the prompt beside the text; more would push the model's own context out."""


def without_echoes(words: list[Word], vocabulary: tuple[str, ...]) -> list[Word]:
    """The words without terms that are said twice in a row: nobody does, but a model fills silence so.

    >>> from speakers.record import Millis
    >>> w = [Word(t, Span(Millis(i), Millis(i + 1)), 1.0) for i, t in enumerate(["好，", "張育誠、", "張育誠。", "我"])]
    >>> joined(without_echoes(w, ("張育誠",)))
    '好，我'
    """
    if not vocabulary:
        return words
    terms = "|".join(re.escape(t) for t in sorted(vocabulary, key=len, reverse=True))
    runs = [m.span() for m in re.finditer(rf"({terms})(?:[\W_]*\1)+[\W_]*", joined(words))]
    return [w for start, end, w in placed(words) if not any(a <= start and end <= b for a, b in runs)]


def occurrences(words: list[Word], vocabulary: tuple[str, ...]) -> list[tuple[str, Span]]:
    """Where terms stand in a reading: each with the time of its words."""
    text = joined(words)
    stand = list(placed(words))
    found = []
    for term in vocabulary:
        for match in re.finditer(re.escape(term), text):
            touched = [w.span for start, end, w in stand if start < match.end() and end > match.start()]
            if touched:
                found.append((term, Span(min(s.start for s in touched), max(s.end for s in touched))))
    return found


def likely(vocabulary: Iterable[str], words: Sequence[Word]) -> tuple[str, ...]:
    """Terms that may have been said where something like them was heard, the likeliest first.

    A term that is spelt right already needs no hint. Of two syllables one may be off by its beginning or its end, of
    more, half of them altogether.

    >>> from speakers.record import Millis
    >>> w = [Word(c, Span(Millis(i), Millis(i + 1)), 1.0) for i, c in enumerate("謝謝菜配身說明")]
    >>> likely(("高慧敏", "蔡佩珊", "說明"), w)
    ('蔡佩珊',)
    """
    text = joined(words)
    heard = frozenset(reading for c in set(text) for reading in near_readings(c))
    scores = {term: _score(term, text, heard) for term in dict.fromkeys(vocabulary) if term not in text}
    return tuple(sorted((t for t, s in scores.items() if s > 0), key=lambda t: (-scores[t], -len(t), t)))


def _score(term: str, text: str, heard: frozenset[str]) -> float:
    """How much like a term the most similar stretch of a text sounds, 0..1; 0 where it is too little.

    Args:
        term: of the vocabulary.
        text: what was read.
        heard: folded readings of everything in it, by which most of a long vocabulary is ruled out at once.
    """
    if not is_chinese(term):
        spelt = _latin(text)
        pairs = [a + b for a, b in itertools.pairwise(spelt)]
        best = max((JaroWinkler.similarity(term.casefold(), h) for h in [*spelt, *pairs]), default=0.0)
        return best if best >= _ALIKE_ENOUGH else 0.0
    letters = [c for c in term if is_chinese(c)]
    if 2 * sum(not near_readings(c).isdisjoint(heard) for c in letters) < len(letters):
        return 0.0
    characters = [c for c in text if is_chinese(c)]
    best = 0.0
    for i in range(len(characters) - len(letters) + 1):
        pairs_ = list(zip(letters, characters[i:], strict=False))
        near = sum(near_sound(a, b) for a, b in pairs_)
        if 2 * near >= len(letters) and (
            near == len(letters) or near > 1 or all(half_sound(*p) for p in pairs_)
        ):
            best = max(best, near / len(letters))
    return best


def _latin(text: str) -> list[str]:
    return re.findall(r"[a-z0-9'’]+", text.casefold())


def supported(term: str, span: Span, words: list[Word]) -> bool:
    """Whether a reading without the hint has something like the term at that time.

    Half of a Chinese term's syllables have to be there in order, or a Latin word that is spelt alike.
    """
    wide = span.widened(_AROUND_MS)
    text = joined(w for w in words if w.span.overlap(wide))
    if not is_chinese(term):
        heard = _latin(text)
        wanted = term.casefold()
        return any(JaroWinkler.similarity(wanted, h) >= _ALIKE for h in [*heard, "".join(heard)])
    characters = [c for c in text if is_chinese(c)]
    letters = [c for c in term if is_chinese(c)]
    needed = (len(letters) + 1) // 2
    return any(
        sum(near_sound(a, b) for a, b in zip(letters, characters[i:], strict=False)) >= needed
        for i in range(max(1, len(characters) - needed + 1))
    )


def fitting(terms: tuple[str, ...]) -> list[str]:
    """As many of the first terms as fit in the prompt."""
    chosen: list[str] = []
    for term in dict.fromkeys(terms):
        if sum(map(len, chosen)) + len(chosen) + len(term) > _CHARACTERS_OF_HINT:
            break
        chosen.append(term)
    return chosen
