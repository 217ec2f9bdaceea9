"""How likely it is that one syllable of a name was written down as another token."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from speakers.phonetics import bopomofo_readings, folded, misheard_nats, syllables, usual_reading
from speakers.traditional import is_chinese, to_simplified


class Likeness(IntEnum):
    """How what was written is like what was meant."""

    FAR = 0
    HALF = 1
    NEAR = 2
    SAME = 3
    VARIANT = 4
    EXACT = 5


_OTHER_CHARACTER_NATS, _OTHER_SYLLABLE_NATS = 0.7, 1.7
"""That the recognizer chose another character for the same sound, or for another one."""

_RARE_READING_NATS = 1.5
_HALF_NATS = 4.0
"""Up to this two syllables are half alike."""

NOT_A_SYLLABLE_NATS = 12.0
"""Chinese is never heard as a number or a Latin word, syllable by syllable."""


@lru_cache(maxsize=300_000)
def heard_as(said: str, heard: str) -> tuple[float, Likeness]:
    """The cost of one token for another, in nats, and how they are alike.

    >>> heard_as("珊", "珊"), heard_as("珊", "三")[1].name, heard_as("珊", "ㄕㄢ")[1].name
    ((0.0, <Likeness.EXACT: 5>), 'NEAR', 'SAME')
    """
    if said == heard:
        return 0.0, Likeness.EXACT
    if plain(said) == plain(heard):
        return 0.0, Likeness.VARIANT
    first, second = _readings(said), _readings(heard)
    if not first or not second:
        return NOT_A_SYLLABLE_NATS, Likeness.FAR
    best, near = NOT_A_SYLLABLE_NATS, Likeness.FAR
    for a, rare_a in first:
        for b, rare_b in second:
            nats = misheard_nats(a, b)
            if a == b:
                alike = Likeness.SAME
            elif folded(a) == folded(b):
                alike = Likeness.NEAR
            else:
                alike = Likeness.HALF if nats <= _HALF_NATS else Likeness.FAR
            best = min(best, nats + rare_a + rare_b)
            near = max(near, alike)
    return best + (_OTHER_CHARACTER_NATS if near > Likeness.HALF else _OTHER_SYLLABLE_NATS), near


@lru_cache(maxsize=20_000)
def _readings(token: str) -> tuple[tuple[str, float], ...]:
    """Each reading with what it costs that it is a rare one."""
    if is_chinese(token):
        common = usual_reading(token)
        return tuple((s, 0.0 if s == common else _RARE_READING_NATS) for s in sorted(syllables(token)))
    return tuple((s, 0.0) for s in bopomofo_readings(token))


@lru_cache(maxsize=20_000)
def plain(token: str) -> str:
    """One form in which ways of writing a character or a word are equal; as many characters."""
    folded_token = to_simplified(token).casefold() if is_chinese(token) else token.casefold()
    return folded_token if len(folded_token) == len(token) else token
