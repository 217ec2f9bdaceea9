"""Words and turns become a record: each word to the voice that spoke it."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator
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

_CLAUSE_END = tuple("，、；：,;:")

_BREATH_MS = 150
"""A pause at which somebody else may begin."""

_CHANGE, _CHANGE_AFTER_CLAUSE, _CHANGE_AFTER_SENTENCE = 0.5, 0.35, 0.1
"""What a change of voice costs; a whole word in nobody else's turn costs 1, so 「好」 in its own turn stays its own."""

_ALONE = 0.12
"""What a word costs that is in a voice's turn, but, by the exclusive reading, rather in another's."""


def attribute(words: tuple[Word, ...], diarization: Diarization) -> tuple[Statement, ...]:
    """Give each word to the speaker whose turn covers most of it, and gather them into statements.

    Args:
        words: (n_words,) sorted by start; milliseconds.
        diarization: both of its readings count; see `_speakers`.

    Returns:
        (n_statements,) in spoken order; together they hold every word once.

    Raises:
        RecordError: If words are not sorted.

    Source:
        Maximum overlap, as whisperX's word assignment, made the cheapest path over all words (Viterbi); a word in no
        turn becomes UNKNOWN, and one or two words that a turn boundary cut off a sentence go back to its speaker.
    """
    if any(b.span.start < a.span.start for a, b in itertools.pairwise(words)):
        raise RecordError("Words are not sorted.", "Report it with the job's log.")
    speakers = _healed(words, _speakers(words, diarization))
    return gathered(_paragraphs(words, speakers), diarization)


def gathered(
    groups: Iterable[tuple[SpeakerId, tuple[Word, ...]]], diarization: Diarization
) -> tuple[Statement, ...]:
    """Words of one voice each, in spoken order, as statements: numbered, and marked where somebody else speaks too."""
    overlaps = _overlaps(diarization.overlapping)
    statements = []
    for number, (speaker, group) in enumerate(groups, start=1):
        statement = Statement(f"a{number}", speaker, group)
        overlapped = any(statement.span.overlap(o.span) for o in overlaps)
        statements.append(Statement(statement.id, speaker, group, overlapped))
    return tuple(statements)


def record(language: str, words: tuple[Word, ...], diarization: Diarization) -> Record:
    """The record of one recording: `attribute`, with Chinese paragraphs that end like one, and the turns."""
    statements = tuple(replace(s, words=ended(s.words)) for s in attribute(words, diarization))
    return Record(language, statements, diarization)


def _speakers(words: tuple[Word, ...], diarization: Diarization) -> list[SpeakerId]:
    """The cheapest way through all words: what each costs with a voice, and each change of voice.

    Where two people speak at once, both turns cover the words. Then the change is where a sentence ends or a pause is,
    and a voice that goes on keeps its words, instead of each word going to whoever is louder in it.
    """
    costs = _costs(words, diarization)
    best: dict[SpeakerId, float] = {}
    came: list[dict[SpeakerId, SpeakerId]] = []
    for index, cost in enumerate(costs):
        change = _change(words, index) if index else 0.0
        cheapest = min(best, key=lambda s: best[s]) if best else None
        now, from_ = {}, {}
        for speaker, price in cost.items():
            stay = best.get(speaker)
            if cheapest is None:
                now[speaker] = price
            elif stay is not None and stay <= best[cheapest] + change:
                now[speaker], from_[speaker] = stay + price, speaker
            else:
                now[speaker], from_[speaker] = best[cheapest] + change + price, cheapest
        best = now
        came.append(from_)
    if not best:
        return []
    row = [min(best, key=lambda s: best[s])]
    for from_ in reversed(came[1:]):
        row.append(from_[row[-1]])
    return row[::-1]


def _change(words: tuple[Word, ...], at: int) -> float:
    """What it costs that another voice begins with this word."""
    if words[at - 1].text.endswith(_SENTENCE_END) or _gap(words, at) >= _BREATH_MS:
        return _CHANGE_AFTER_SENTENCE
    return _CHANGE_AFTER_CLAUSE if words[at - 1].text.endswith(_CLAUSE_END) else _CHANGE


def _costs(words: tuple[Word, ...], diarization: Diarization) -> Iterator[dict[SpeakerId, float]]:
    """For each word, what it costs to be each voice's that is near it; UNKNOWN where none is."""
    exclusive, overlapping = _Near(diarization.exclusive), _Near(diarization.overlapping)
    for word in words:
        alone, together = exclusive.covering(word), overlapping.covering(word)
        found = {
            speaker: 1
            - max(alone.get(speaker, 0.0), together.get(speaker, 0.0))
            + _ALONE * (1 - alone.get(speaker, 0.0))
            for speaker in (*alone, *together)
        }
        if not found:
            close = min(exclusive.near(word), key=lambda t: _distance(word, t), default=None)
            near = close is not None and _distance(word, close) <= _NEAR_MS
            found = {close.speaker if close is not None and near else UNKNOWN: 0.0}
        yield found


class _Near:
    """Turns that can be asked for around a word."""

    def __init__(self, turns: tuple[Turn, ...]) -> None:
        self._turns = turns
        self._starts = [t.span.start for t in turns]
        self._longest = max((t.span.length for t in turns), default=0)

    def near(self, word: Word) -> tuple[Turn, ...]:
        """Those within reach of a word."""
        first = bisect.bisect_left(self._starts, word.span.start - _NEAR_MS - self._longest)
        last = bisect.bisect_left(self._starts, word.span.end + _NEAR_MS)
        return self._turns[first:last]

    def covering(self, word: Word) -> dict[SpeakerId, float]:
        """How much of a word one turn of each voice covers, 0..1; without voices that cover nothing."""
        share: dict[SpeakerId, float] = {}
        for turn in self.near(word):
            covered = word.span.overlap(turn.span) / word.span.length
            if covered > share.get(turn.speaker, 0.0):
                share[turn.speaker] = covered
        return share


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
