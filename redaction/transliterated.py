"""Latin names that were written down in Chinese characters, by their sound: Sheila as 雪拉 or 席拉."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from redaction.forms import is_latin
from redaction.found import Found
from redaction.heard import LATIN_WORD, Heard
from redaction.letters import LEAST_EXTRA, apart, sounds, syllable_sounds
from redaction.mark import Kind, Tier
from redaction.visible import visible
from speakers.meeting import Participant
from speakers.phonetics import usual_reading
from speakers.traditional import is_chinese

_SHORTEST = 3
_MOST_SYLLABLES = 5
_NAME_NATS, _APART_NATS, _SYLLABLE_NATS = 10.0, 7.0, 1.0
_LEAST_GAIN, _LEAST_NATS, _SURE_NATS = 11.0, 2.5, 7.0
_PAST_HALF = 0.36


class Transliterator:
    """Finds Latin names among Chinese; made once for a list of people."""

    def __init__(self, people: tuple[Participant, ...]) -> None:
        self._names: dict[str, list[tuple[str, str]]] = {}
        """By first sound: the sounds of a name, and whose it is."""
        for person in people:
            for name in person.names:
                words = LATIN_WORD.findall(visible(name)[0]) if is_latin(name) else []
                for word in dict.fromkeys(words[:1]):
                    sound = sounds(word)
                    if len(sound) >= _SHORTEST and word.isalpha():
                        for first in _alike_first(sound[0]):
                            self._names.setdefault(first, []).append((sound, person.id))

    def hits(self, heard: Heard) -> Iterator[Found]:
        """Stretches of two to five characters that sound like a Latin name, and are no words."""
        if not self._names:
            return
        tokens = heard.tokens
        spoken = [syllable_sounds(usual_reading(t)) if is_chinese(t) else "" for t in tokens]
        for start, sound in enumerate(spoken):
            names = self._names.get(sound[:1]) if sound else None
            if not names:
                continue
            for end in range(start + 2, min(len(tokens), start + _MOST_SYLLABLES) + 1):
                if not spoken[end - 1] or heard.gap(start, end) != 0.0:
                    break
                gain = heard.lattice.gain(start, end)
                if gain < _LEAST_GAIN:
                    continue
                whole, cues, worth = "".join(spoken[start:end]), *heard.cues(start, end)
                most = _worth(gain, end - start) + worth - _NAME_NATS
                for name, subject in names:
                    allowed = min(_PAST_HALF * len(name), (most - _LEAST_NATS) / _APART_NATS)
                    if LEAST_EXTRA * abs(len(name) - len(whole)) > allowed:
                        continue
                    distance = apart(name, whole)
                    nats = most - _APART_NATS * distance
                    if distance <= allowed:
                        tier = Tier.B if nats >= _SURE_NATS else Tier.C
                        yield Found(
                            *heard.span(start, end), subject, Kind.ALIAS, tier, "near-sound",
                            (*cues, "transliterated"), nats, "".join(tokens[start:end]),
                        )  # fmt: skip


def _worth(gain: float, syllables: int) -> float:
    """What it is worth that a stretch is no words; a long one is not proof of a name by its length alone."""
    return min(gain, 8.0 + 4.0 * syllables)


@lru_cache(maxsize=100)
def _alike_first(sound: str) -> tuple[str, ...]:
    return tuple(other for other in "abdefghiJklmnoprsStuvwCT" if apart(sound, other) <= 0.5)


@lru_cache(maxsize=100)
def transliterator(people: tuple[Participant, ...]) -> Transliterator:
    """For every Latin name of these people."""
    return Transliterator(people)
