"""Records and their parts as JSON: the artifacts in a meeting's folder."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TypeVar

from speakers.error import RecordError, StorageError
from speakers.record import (
    Diarization,
    Millis,
    Record,
    Span,
    SpeakerId,
    Statement,
    Turn,
    Word,
    Written,
    WrittenKind,
)
from speakers.sections import Heard
from speakers.transcribe import Transcript


def serialize(value: Heard | Transcript | Diarization | Record) -> bytes:
    """UTF-8 JSON of a section, a transcript, a diarization or a record."""
    return (json.dumps(asdict(value, dict_factory=_written), ensure_ascii=False, indent=1) + "\n").encode(
        "utf-8"
    )


def _written(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The attributes of a value, without what it only keeps in order not to compute it twice, and what is not so."""
    return {n: v for n, v in pairs if not n.startswith("_") and (n != "written" or v is not None)}


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Whatever is wrong with an artifact, it is damaged: nobody writes one by hand."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RecordError) as error:
        raise StorageError("An artifact is damaged.", "Run the recording again: it is made anew.") from error


def _made(values: dict[str, Any]) -> Any:
    """The value that an object of JSON stands for, as soon as it is read: words of hours take 100 MB as such."""
    made: Any
    match values:
        case {"start": start, "end": end}:
            made = Span(Millis(start), Millis(end))
        case {"text": text, "span": span, "confidence": confidence, "spaced": spaced}:
            made = Word(sys.intern(text), _a(Span, span), confidence, spaced)
        case {"span": span, "speaker": speaker}:
            made = Turn(_a(Span, span), SpeakerId(sys.intern(speaker)))
        case {"exclusive": exclusive, "overlapping": overlapping, "duration": duration}:
            made = Diarization(_all(Turn, exclusive), _all(Turn, overlapping), Millis(duration))
        case {"kind": kind, "author": author, "votes": votes, "answered": answered}:
            made = Written(WrittenKind(kind), _a(str, author), votes, answered)
        case {"id": id_, "speaker": speaker, "words": words, "overlapped": overlapped}:
            written = _a(Written, values["written"]) if "written" in values else None
            made = Statement(id_, SpeakerId(sys.intern(speaker)), _all(Word, words), overlapped, written)
        case {"language": language, "words": words, "unheard": unheard}:
            numbers = tuple(str(name) for name in _a(list, values.get("arithmetic", [])))
            made = Transcript(language, _all(Word, words), _all(Span, unheard), numbers)
        case {"words": words, "failed": failed, "arithmetic": arithmetic}:
            made = Heard(_all(Word, words), _a(bool, failed), _a(str, arithmetic))
        case {"language": language, "statements": statements, "diarization": diarization}:
            made = Record(language, _all(Statement, statements), _a(Diarization, diarization))
        case _:
            raise ValueError
    return made


_Value = TypeVar("_Value")


def _a(kind: type[_Value], value: Any) -> _Value:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _all(kind: type[_Value], values: Any) -> tuple[_Value, ...]:
    return tuple(_a(kind, value) for value in _a(list, values))


def _parsed(kind: type[_Value], data: bytes) -> _Value:
    with _reading():
        return _a(kind, json.loads(data, object_hook=_made))


def parse_section(data: bytes) -> Heard:
    """What was heard in a section, as `serialize` wrote it; raises as `parse_transcript`."""
    return _parsed(Heard, data)


def parse_transcript(data: bytes) -> Transcript:
    """The transcript that `serialize` wrote.

    Raises:
        StorageError: If it is damaged.
    """
    return _parsed(Transcript, data)


def parse_diarization(data: bytes) -> Diarization:
    """The diarization that `serialize` wrote; raises as `parse_transcript`."""
    return _parsed(Diarization, data)


def parse_record(data: bytes) -> Record:
    """The record that `serialize` wrote; raises as `parse_transcript`.

    >>> empty = Record("zh", (), Diarization((), (), Millis(0)))
    >>> parse_record(serialize(empty)) == empty
    True
    """
    return _parsed(Record, data)
