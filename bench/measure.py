"""One engine on one recording in one run, as figures that can be added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bench.child import Answered
from bench.contenders import span
from bench.material import Recording
from bench.work import Work
from speakers import attribute, coverage
from speakers.account import Account, Passage, of_passages, of_record, turns_of
from speakers.record import (
    UNKNOWN,
    Diarization,
    Millis,
    Record,
    Span,
    SpeakerId,
    Statement,
    Turn,
    Word,
    union,
)
from speakers.score import edits, spoken, wordless
from speakers.score_turns import TurnErrors, der
from speakers.score_words import Edits, cp
from speakers.tokens import tokens
from speakers.transcribe import Transcript, with_unheard


@dataclass(frozen=True)
class Silence:
    """Speech without words, in milliseconds.

    Attributes:
        speech: how much is spoken.
        wordless: in how much of it no word stands.
        unreported: how much of that is not marked as not understood.
    """

    speech: int
    wordless: int
    unreported: int


@dataclass(frozen=True)
class Figures:
    """What one engine, or several together, did on one recording in one run; None for what it does not do.

    Attributes:
        engine: its name.
        recording: its name.
        group: it is counted in.
        run: number of the run.
        length_s: of the recording.
        wall_s, cpu_s: what it took; None if it was composed of others.
        work: arithmetic.
        words: errors of words, whoever said them.
        spoken: errors of words with their speakers (cpWER).
        turns: errors of turns.
        audited: speech without words, where the voice activity detector hears speech.
        referred: the same where the reference has speech.
    """

    engine: str
    recording: str
    group: str
    run: int
    length_s: float
    wall_s: float = 0.0
    cpu_s: float = 0.0
    work: Work = field(default_factory=Work)
    words: Edits | None = None
    spoken: Edits | None = None
    turns: TurnErrors | None = None
    audited: Silence | None = None
    referred: Silence | None = None


def of_words(
    engine: str, recording: Recording, run: int, answer: Answered, heard: Sequence[Span] = ()
) -> Figures:
    """Of a transcription; `heard` is where the audit looks for words."""
    said = answer.said
    text = said.get("text")
    account = account_of(said, Diarization((), (), Millis(round(recording.length_s * 1000))))
    found = tokens(" ".join(text)) if text is not None else spoken(account.pieces)
    return Figures(
        engine,
        recording.name,
        recording.group,
        run,
        recording.length_s,
        answer.wall_s,
        answer.cpu_s,
        answer.work,
        words=edits(spoken(recording.reference.passages), found),
        audited=_audited(said, heard) if heard else None,
        referred=_referred(recording.reference, account) if recording.turned else None,
    )


def of_voices(engine: str, recording: Recording, run: int, answer: Answered) -> Figures:
    """Of a diarization."""
    reference = recording.reference
    found = turns_of((t.speaker, t.span) for t in diarization(answer.said, recording).overlapping)
    return Figures(
        engine,
        recording.name,
        recording.group,
        run,
        recording.length_s,
        answer.wall_s,
        answer.cpu_s,
        answer.work,
        turns=der(reference.turns, found, _duration(reference, found)),
    )


def of_whole(engine: str, recording: Recording, account: Account, parts: Iterable[Figures]) -> Figures:
    """Of words with speakers, made of parts that were measured by themselves."""
    first, *more = parts
    whole = replace(first, engine=engine, words=None, turns=None, audited=None, referred=None)
    for part in more:
        whole = replace(
            whole,
            wall_s=whole.wall_s + part.wall_s,
            cpu_s=whole.cpu_s + part.cpu_s,
            work=whole.work + part.work,
        )
    return replace(whole, spoken=cp(recording.reference.passages, account.passages))


def diarization(said: Any, recording: Recording) -> Diarization:
    """What a child says about turns."""
    exclusive, overlapping = (
        tuple(sorted(Turn(Span(Millis(a), Millis(b)), SpeakerId(who)) for a, b, who in said[side] if a < b))
        for side in ("exclusive", "overlapping")
    )
    return Diarization(exclusive, overlapping, Millis(round(recording.length_s * 1000)))


def words_of(said: Any) -> tuple[Word, ...]:
    """What a child says about words; those without a letter belong to the one before."""
    found: list[Word] = []
    for text, start, end, spaced in said["words"]:
        if found and not any(c.isalnum() for c in text):
            found[-1] = replace(found[-1], text=found[-1].text + text)
        elif any(c.isalnum() for c in text):
            found.append(Word(text, Span(Millis(start), Millis(max(start + 1, end))), 1.0, spaced))
    return tuple(sorted(found, key=lambda w: w.span))


def account_of(said: Any, turns: Diarization) -> Account:
    """What was heard as ours writes it down, with the words given to speakers as ours does."""
    heard = Transcript(said["language"], words_of(said), tuple(map(span, said.get("unheard", ()))))
    return of_record(attribute.record(heard.language, with_unheard(heard), turns))


def by_turns(said: Any, turns: Diarization) -> Account:
    """Each word to the turn that covers most of it, or without any to the nearest; nothing more."""

    def speaker(word: Word) -> SpeakerId:
        best = max(
            turns.exclusive,
            key=lambda t: (word.span.overlap(t.span), -_apart(word.span, t.span)),
            default=None,
        )
        return best.speaker if best else UNKNOWN

    statements = tuple(
        Statement(f"a{number}", speaker(word), (word,)) for number, word in enumerate(words_of(said), start=1)
    )
    return of_record(Record(said["language"], statements, turns))


def by_passages(said: Any) -> Account:
    """What whisperX gives to speakers."""
    return of_passages(
        "SegLST",
        (
            Passage(Span(Millis(start), Millis(max(start + 1, end))), SpeakerId(who), text)
            for text, start, end, who in said["passages"]
        ),
    )


def _apart(a: Span, b: Span) -> int:
    return max(a.start - b.end, b.start - a.end, 0)


def _duration(reference: Account, turns: Sequence[Turn]) -> Millis:
    return Millis(max([reference.duration, *(t.span.end for t in turns)]))


def _audited(said: Any, heard: Sequence[Span]) -> Silence:
    marked = union(map(span, said.get("unheard", ())))
    return _silence(sum(s.length for s in heard), coverage.gaps(heard, words_of(said)), marked)


def _referred(reference: Account, account: Account) -> Silence:
    speech = union(t.span for t in reference.turns)
    bare = wordless(speech, (p.span for p in account.pieces if tokens(p.text)))
    return _silence(sum(s.length for s in speech), bare, account.marked)


def _silence(speech: int, bare: Sequence[Span], marked: Sequence[Span]) -> Silence:
    told = sum(b.overlap(m) for b in bare for m in marked)
    missing = sum(b.length for b in bare)
    return Silence(speech, missing, missing - told)


@dataclass(frozen=True)
class Measured:
    """Everything that was measured.

    Attributes:
        figures: of every engine, recording and run.
        peaks: by engine, megabytes of its process.
        loading_s: by engine, seconds until it could begin.
    """

    figures: tuple[Figures, ...]
    peaks: dict[str, float]
    loading_s: dict[str, float]

    @property
    def groups(self) -> tuple[str, ...]:
        """In the order in which they were measured."""
        return tuple(dict.fromkeys(f.group for f in self.figures))

    def runs(
        self, engine: str, of: Callable[[Figures], float | None], groups: Iterable[str] = ()
    ) -> list[float]:
        """A figure added up over recordings, for each run; without groups over all."""
        wanted = set(groups)
        sums: dict[int, float] = {}
        for f in self.figures:
            value = of(f)
            if f.engine == engine and value is not None and (not wanted or f.group in wanted):
                sums[f.run] = sums.get(f.run, 0.0) + value
        return [sums[run] for run in sorted(sums)]
