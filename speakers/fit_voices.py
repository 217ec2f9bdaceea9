"""Whose the words of a transcript are that people wrote: the names that they wrote, and the voices that were heard.

People's word counts for more than a machine's ear: who has a name of their own in the transcript has a voice of their
own, even where two were heard as one. But where a paragraph is clearly said by somebody else's voice, both cannot be
right, and it is nobody's until a reviewer listens.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from speakers.attribute import attribute, gathered
from speakers.authors import folded
from speakers.correct import given
from speakers.record import UNKNOWN, Diarization, Record, SpeakerId, Statement, Word, number_of, union
from speakers.traditional import ended

_OWNS = 0.5
"""A voice is a label's of which at least so much of what it says stands under that label."""

_OTHER, _OTHER_MS = 0.8, 2_000
"""So much of a paragraph, and so long, is said by another voice where that is no slip of a turn's boundary."""


@dataclass(frozen=True, slots=True)
class Called:
    """What people called a voice.

    Attributes:
        speaker: the voice.
        label: as they wrote it; private.
        share: of what stands under the label, how much that voice says, 0..1.
    """

    speaker: SpeakerId
    label: str
    share: float


@dataclass(frozen=True, slots=True)
class Group:
    """Words in a row that become a statement, or several.

    Attributes:
        words: (n_words,) with their moments.
        label: under which they stand; empty for none.
        sure: those of them that were heard.
        written: whether people wrote them.
    """

    words: tuple[Word, ...]
    label: str = ""
    sure: tuple[Word, ...] = ()
    written: bool = True


def attributed(
    language: str, groups: Sequence[Group], turns: Diarization
) -> tuple[Record, tuple[Called, ...], tuple[str, ...]]:
    """A record of words that people wrote, and of those that they left out.

    Args:
        language: "zh" or "en".
        groups: in order; words sorted by start.
        turns: who speaks when.

    Returns:
        The record; what its voices are called in the transcript; and ids of statements that are clearly said by
        another voice than the one under whose name they stand: nobody's.
    """
    heard = [_voices(group, turns) for group in groups]
    voice_of, owner, called = _owners(groups, heard, turns)
    parts: list[tuple[SpeakerId, tuple[Word, ...]]] = []
    doubted: list[int] = []
    for group, voices in zip(groups, heard, strict=True):
        if not group.written or not group.label:
            said = attribute(group.words, turns)
            parts += [(s.speaker, s.words if group.written else ended(s.words)) for s in said]
            continue
        label = folded(group.label)
        speaker = voice_of[label]
        other = _clearly(voices, group)
        if other is not None and owner.get(other, label) != label and speaker in owner:
            doubted.append(len(parts))
            speaker = UNKNOWN
        elif other not in {None, speaker}:
            turns = given(turns, Statement("a0", other or UNKNOWN, group.sure), speaker)
        parts.append((speaker, group.words))
    statements = gathered(parts, turns)
    return Record(language, statements, turns), called, tuple(statements[n].id for n in doubted)


def _voices(group: Group, turns: Diarization) -> Counter[SpeakerId]:
    """Milliseconds of its words, by voice: of those that were heard, or of all where none was."""
    found: Counter[SpeakerId] = Counter()
    for word in group.sure or group.words:
        voice = turns.speaker_at((word.span.start + word.span.end) // 2)
        if voice is not None:
            found[voice] += word.span.length
    return found


def _clearly(voices: Counter[SpeakerId], group: Group) -> SpeakerId | None:
    """Whose voice says a paragraph, if that is clear."""
    if not voices:
        return None
    ((voice, most),) = voices.most_common(1)
    whole = sum(span.length for span in union(w.span for w in group.sure))
    return voice if whole >= _OTHER_MS and most >= _OTHER * voices.total() else None


def _owners(
    groups: Sequence[Group], heard: Sequence[Counter[SpeakerId]], turns: Diarization
) -> tuple[dict[str, SpeakerId], dict[SpeakerId, str], tuple[Called, ...]]:
    """The voice of each label, the label of each voice that has one, and what voices are called."""
    by_label: dict[str, Counter[SpeakerId]] = {}
    by_voice: dict[SpeakerId, Counter[str]] = {}
    typed: dict[str, str] = {}
    for group, voices in zip(groups, heard, strict=True):
        if group.written and group.label:
            label = folded(group.label)
            typed.setdefault(label, group.label)
            by_label.setdefault(label, Counter()).update(voices)
            for voice, said in voices.items():
                by_voice.setdefault(voice, Counter())[label] += said
    owner: dict[SpeakerId, str] = {}
    # Each label the voice that fits it best, both ways: a word in somebody's turn does not take their voice away.
    fits = sorted(
        (said * said / (voices.total() * by_voice[voice].total()), label, voice)
        for label, voices in by_label.items()
        for voice, said in voices.items()
    )
    for _, label, voice in reversed(fits):
        if voice not in owner and label not in owner.values():
            owner[voice] = label
    for voice, labels in by_voice.items():
        ((label, most),) = labels.most_common(1)
        if most > _OWNS * labels.total():
            owner.setdefault(voice, label)
    new = itertools.count(max((number_of(v) for v in turns.speakers), default=0) + 1)
    voice_of: dict[str, SpeakerId] = {}
    called: list[Called] = []
    for label, voices in by_label.items():
        own = [voice for voice, _ in voices.most_common() if owner.get(voice) == label]
        voice_of[label] = own[0] if own else SpeakerId(f"{UNKNOWN[0]}{next(new)}")
        share = sum(voices[v] for v in own) / voices.total() if own else 1.0
        called.append(Called(voice_of[label], typed[label], round(share, 4)))
    return voice_of, owner, tuple(called)
