"""Words and turns become a record: each word to the voice that spoke it."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator
from dataclasses import replace

from speakers.error import RecordError
from speakers.record import UNKNOWN, Diarization, Record, SpeakerId, Statement, Turn, Word
from speakers.traditional import ended

_NEAR_MS = 300
"""A word this close to a turn belongs to it: recognizers place words a little early or late."""

_PAUSE_MS = 2_000
"""A pause that begins a new paragraph."""

_LONG_CHARACTERS = 160
"""After so many characters a paragraph ends with its next sentence."""

_SENTENCE_END = tuple("。？！.?!")


def attribute(words: tuple[Word, ...], diarization: Diarization) -> tuple[Statement, ...]:
    """Give each word to the speaker whose turn covers most of it, and gather them into statements.

    Args:
        words: (n_words,) sorted by start; milliseconds.
        diarization: its exclusive turns decide.

    Returns:
        (n_statements,) in spoken order; together they hold every word once.

    Raises:
        RecordError: If words are not sorted.

    Source:
        Maximum overlap, as whisperX's word assignment; unlike it, a word in no turn becomes UNKNOWN, and one or
        two words that a turn boundary cut off a sentence go back to the sentence's speaker.
    """
    if any(b.span.start < a.span.start for a, b in itertools.pairwise(words)):
        raise RecordError("Words are not sorted.", "Report it with the job's log.")
    speakers = _healed(words, list(_speakers(words, diarization.exclusive)))
    overlaps = _overlaps(diarization.overlapping)
    statements = []
    for number, (speaker, group) in enumerate(_paragraphs(words, speakers), start=1):
        statement = Statement(f"a{number}", speaker, group)
        overlapped = any(statement.span.overlap(o.span) for o in overlaps)
        statements.append(Statement(statement.id, speaker, group, overlapped))
    return tuple(statements)


def record(language: str, words: tuple[Word, ...], diarization: Diarization) -> Record:
    """The record of one recording: `attribute`, with Chinese paragraphs that end like one, and the turns."""
    statements = tuple(replace(s, words=ended(s.words)) for s in attribute(words, diarization))
    return Record(language, statements, diarization)


def _speakers(words: tuple[Word, ...], turns: tuple[Turn, ...]) -> Iterator[SpeakerId]:
    starts = [t.span.start for t in turns]
    for word in words:
        first = max(0, bisect.bisect_right(starts, word.span.start - _NEAR_MS) - 1)
        last = bisect.bisect_left(starts, word.span.end + _NEAR_MS)
        near = turns[first:last]
        best = max(near, key=lambda t: word.span.overlap(t.span), default=None)
        if best is not None and word.span.overlap(best.span) == 0:
            best = min(near, key=lambda t: _distance(word, t))
            if _distance(word, best) > _NEAR_MS:
                best = None
        yield best.speaker if best is not None else UNKNOWN


def _distance(word: Word, turn: Turn) -> int:
    return max(turn.span.start - word.span.end, word.span.start - turn.span.end, 0)


def _healed(words: tuple[Word, ...], speakers: list[SpeakerId]) -> list[SpeakerId]:
    """Move up to two words across a boundary that cuts a sentence, to where the sentence ends or begins.

    A sentence end within two words before or after the change of speaker, without a pause there, is where the
    change really was. Nothing is moved where words are not punctuated.
    """
    healed = list(speakers)
    changes = [i for i in range(1, len(words)) if speakers[i] != speakers[i - 1]]
    for at in changes:
        if words[at - 1].text.endswith(_SENTENCE_END) or UNKNOWN in (speakers[at], speakers[at - 1]):
            continue
        for shift in (1, 2):
            if at + shift < len(words) and words[at + shift - 1].text.endswith(_SENTENCE_END):
                if len({speakers[i] for i in range(at, at + shift + 1)}) == 1 and _gap(words, at) < 150:
                    healed[at : at + shift] = [speakers[at - 1]] * shift
                break
            if at - shift - 1 >= 0 and words[at - shift - 1].text.endswith(_SENTENCE_END):
                if len({speakers[i] for i in range(at - shift - 1, at)}) == 1 and _gap(words, at) < 150:
                    healed[at - shift : at] = [speakers[at]] * shift
                break
    return healed


def _gap(words: tuple[Word, ...], at: int) -> int:
    return words[at].span.start - words[at - 1].span.end


def _paragraphs(
    words: tuple[Word, ...], speakers: list[SpeakerId]
) -> Iterator[tuple[SpeakerId, tuple[Word, ...]]]:
    group: list[Word] = []
    for index, word in enumerate(words):
        if group:
            changed = speakers[index] != speakers[index - 1]
            paused = word.span.start - group[-1].span.end >= _PAUSE_MS
            long = sum(len(w.text) for w in group) >= _LONG_CHARACTERS
            if changed or paused or (long and group[-1].text.endswith(_SENTENCE_END)):
                yield speakers[index - 1], tuple(group)
                group = []
        group.append(word)
    if group:
        yield speakers[len(words) - 1], tuple(group)


def _overlaps(turns: tuple[Turn, ...]) -> list[Turn]:
    """The stretches of turns during which another voice speaks too."""
    shared: list[Turn] = []
    latest: Turn | None = None
    for turn in turns:
        if latest is not None and turn.speaker != latest.speaker and turn.span.start < latest.span.end:
            end = min(turn.span.end, latest.span.end)
            shared.append(Turn(type(turn.span)(turn.span.start, end), turn.speaker))
        if latest is None or turn.span.end > latest.span.end:
            latest = turn
    return shared
