"""What was written during a meeting, put into its record where it came: questions of an audience, a chat's messages."""

from __future__ import annotations

import bisect
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from speakers.correct import words_of
from speakers.record import Millis, Record, Span, SpeakerId, Statement, Written, WrittenKind

_DAY_MS = 86_400_000
_EARLY_MS, _LATE_MS = 3_600_000, 3_600_000
"""So long before the recording and after it people write: what is further away was counted in another way."""

_LETTER = {WrittenKind.QUESTION: "Q", WrittenKind.MESSAGE: "M"}


@dataclass(frozen=True, slots=True)
class Item:
    """A question or a message.

    Attributes:
        text: one line.
        author: as somebody typed it; empty for nobody. Private.
        at: milliseconds since midnight in Taipei, or since the recording began; None if the file does not say.
        day: of that moment, ISO; empty if the file does not say, and then nobody knows whether it is a time of day.
        votes: how many people wanted it answered; None where nobody counted.
        answered: whether it was marked as answered; None where nobody said so.
    """

    text: str
    author: str = ""
    at: int | None = None
    day: str = ""
    votes: int | None = None
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class File:
    """What one file holds.

    Attributes:
        kind: of what.
        items: (n_items,) in the order of the file.
        voices: (n_items,) whose each is: a number that an author keeps; 0 for nobody's.
    """

    kind: WrittenKind
    items: tuple[Item, ...]
    voices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a transcript that people wrote.

    Attributes:
        text: of it.
        label: whose it is, as they wrote it; empty if they did not. Private.
    """

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What is known of a file's clock.

    Attributes:
        begins: time of day in Taipei at the recording's 0:00, "14:05:00"; empty if unknown.
        day: of the meeting, ISO; empty if unknown.
    """

    begins: str = ""
    day: str = ""


def voice(kind: WrittenKind, number: int) -> SpeakerId:
    """The voice of an author.

    >>> voice(WrittenKind.QUESTION, 2)
    'Q2'
    """
    return SpeakerId(f"{_LETTER[kind]}{number}")


def wrote(speaker: SpeakerId) -> bool:
    """Whether a voice got its number from a file.

    >>> wrote(SpeakerId("M12")), wrote(SpeakerId("S1"))
    (True, False)
    """
    return bool(re.fullmatch(r"[QM]\d+", speaker))


def with_brought(
    record: Record, files: Sequence[File], clocks: Sequence[Clock]
) -> tuple[Record, tuple[int, ...]]:
    """A record with what was written, each where it came: behind the statement that was being spoken then.

    Args:
        record: as it was heard.
        files: what was brought along.
        clocks: (n_files,) of each.

    Returns:
        The record, and the numbers, from 1, of files whose times could not be placed: all of theirs stands at the end.
    """
    starts = [s.span.start for s in record.statements]
    end = max(int(record.diarization.duration), starts[-1] if starts else 0)
    added: list[tuple[int, int, Statement]] = []
    unplaced: list[int] = []
    counted = dict.fromkeys(WrittenKind, 0)
    for number, (file, clock) in enumerate(zip(files, clocks, strict=True), start=1):
        moments = _moments(file.items, clock, end)
        if all(m is None for m in moments):
            unplaced.append(number)
        order = sorted(range(len(moments)), key=lambda n: (end if (m := moments[n]) is None else m, n))
        for n in order:
            moment = moments[n]
            at = end if moment is None else min(max(moment, 0), end)
            counted[file.kind] += 1
            item = file.items[n]
            made = Statement(
                f"{_LETTER[file.kind].lower()}{counted[file.kind]}",
                voice(file.kind, file.voices[n]),
                words_of(item.text, Span(Millis(at), Millis(at + 1))),
                written=Written(file.kind, item.author, item.votes, item.answered),
            )
            # What came before the recording began stands before everything.
            behind = 0 if moment is not None and moment < 0 else bisect.bisect_right(starts, at)
            added.append((len(record.statements) if moment is None else behind, at, made))
    added.sort(key=lambda a: a[:2])
    merged: list[Statement] = []
    left = iter(added)
    next_ = next(left, None)
    for index in range(len(record.statements) + 1):
        while next_ is not None and next_[0] <= index:
            merged.append(next_[2])
            next_ = next(left, None)
        merged += record.statements[index : index + 1]
    return Record(record.language, tuple(merged), record.diarization), tuple(unplaced)


def _moments(items: Sequence[Item], clock: Clock, end: int) -> list[int | None]:
    """When each item came, in milliseconds of the recording; below 0 before it began; None where nobody knows.

    A time without a day may be a time of day or so long since the beginning: whatever puts more of them into the
    recording is meant, and a time of day if both do.
    """
    of_day = [_of_day(item, clock) for item in items]
    since = [item.at if not item.day else None for item in items]
    if _inside(since, end) > _inside(of_day, end):
        return since
    return of_day


def _inside(moments: Sequence[int | None], end: int) -> int:
    return sum(m is not None and -_EARLY_MS <= m <= end + _LATE_MS for m in moments)


def _of_day(item: Item, clock: Clock) -> int | None:
    if item.at is None or not clock.begins:
        return None
    begins = datetime.time.fromisoformat(clock.begins)
    moment = item.at - ((begins.hour * 60 + begins.minute) * 60 + begins.second) * 1000
    if item.day and clock.day:
        days = datetime.date.fromisoformat(item.day) - datetime.date.fromisoformat(clock.day)
        return moment + days.days * _DAY_MS
    return moment + _DAY_MS if moment < -_DAY_MS // 2 else moment  # past midnight
