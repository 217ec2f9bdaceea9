"""Small meetings, built in a line: words by the character, half a second each, and ledgers without a file."""

from __future__ import annotations

import re
import tempfile
import wave
from collections.abc import Iterable
from pathlib import Path

from redaction.decision import Act, Approved, Decided, Verdict
from redaction.draft import Draft, replay
from redaction.ledger import ORIGIN, Entry
from speakers.meeting import Meeting, Participant, Wish
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word
from speakers.sound import SAMPLE_RATE_HZ, Sound

WORD_MS = 500


def span(start: int, end: int) -> Span:
    return Span(Millis(start), Millis(end))


def word(text: str, start: int = 0, end: int | None = None, *, spaced: bool = False) -> Word:
    return Word(text, span(start, start + WORD_MS if end is None else end), 0.5, spaced)


def turn(start: int, end: int, speaker: str) -> Turn:
    return Turn(span(start, end), SpeakerId(speaker))


def hidden(number: int, name: str, *aliases: str, heard_at: int | None = None) -> Participant:
    moments = () if heard_at is None else (Millis(heard_at),)
    return Participant(f"p{number}", name, "", aliases, Wish.ANONYMOUS, moments)


def shown(number: int, name: str, *, role: str = "", heard_at: int | None = None) -> Participant:
    moments = () if heard_at is None else (Millis(heard_at),)
    return Participant(f"p{number}", name, role, (), Wish.NAMED, moments)


def unrecorded(number: int, name: str, *, heard_at: int | None = None) -> Participant:
    moments = () if heard_at is None else (Millis(heard_at),)
    return Participant(f"p{number}", name, "", (), Wish.NOT_RECORDED, moments)


def spoken(*statements: tuple[str, str | Iterable[str]], language: str = "zh") -> Record:
    """A record of `(voice, text)` or `(voice, words)`, one after the other; a word that begins with a space is spaced.

    A text is cut into characters, each a word.
    """
    made, turns, at = [], [], 0
    for number, (voice, words) in enumerate(statements, start=1):
        row = []
        begun = at
        for text in _cut(words) if isinstance(words, str) else words:
            row.append(word(text.lstrip(" "), at, spaced=text.startswith(" ")))
            at += WORD_MS
        made.append(Statement(f"a{number}", SpeakerId(voice), tuple(row)))
        turns.append(turn(begun, at, voice))
    return Record(language, tuple(made), Diarization(tuple(turns), tuple(turns), Millis(at)))


def _cut(text: str) -> list[str]:
    """Characters, each with the space before it."""
    return re.findall(r" ?[^ ]", text)


def entries(*acts: Act, who: str = "amy") -> tuple[Entry, ...]:
    """Acts as a ledger would hold them; hashes are not looked at by `replay`."""
    return tuple(
        Entry(seq, "2024-05-20T10:00:00+08:00", who, "by hand", act, ORIGIN, ORIGIN)
        for seq, act in enumerate(acts)
    )


def masked(meeting: Meeting, record: Record, *acts: Act) -> tuple[Act, ...]:
    """The acts, and after them a mask for every mark that is left undecided."""
    draft = replay(meeting, record, entries(*acts))
    return (*acts, *(Decided(mark.id, Verdict.MASK) for mark in draft.undecided))


def approved(
    meeting: Meeting, record: Record, *acts: Act, by: Iterable[str] = ("amy",), mask: bool = True
) -> Draft:
    """The draft after these acts, every other mark masked, and approved."""
    done = masked(meeting, record, *acts) if mask else acts
    draft = replay(meeting, record, entries(*done))
    signed = [
        Entry(
            len(done) + n,
            f"2024-05-20T1{n}:30:00+08:00",
            who,
            "by hand",
            Approved(draft.digest),
            ORIGIN,
            ORIGIN,
        )
        for n, who in enumerate(by)
    ]
    return replay(meeting, record, (*entries(*done), *signed))


def silence(seconds: float) -> Sound:
    """A sound in which nothing is to be heard."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(SAMPLE_RATE_HZ)
            wav.writeframes(bytes(2 * round(seconds * SAMPLE_RATE_HZ)))
        file.flush()
        return Sound(Path(file.name))
