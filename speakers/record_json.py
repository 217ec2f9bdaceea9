"""Records and their parts as JSON: the artifacts in a meeting's folder."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from speakers.error import RecordError, StorageError
from speakers.record import Diarization, Millis, Record, Span, SpeakerId, Statement, Turn, Word
from speakers.transcribe import Transcript


def serialize(value: Transcript | Diarization | Record) -> bytes:
    """UTF-8 JSON of a transcript, a diarization or a record."""
    return (json.dumps(asdict(value, dict_factory=_written), ensure_ascii=False, indent=1) + "\n").encode(
        "utf-8"
    )


def _written(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The attributes of a value, without what it only keeps in order not to compute it twice."""
    return {name: value for name, value in pairs if not name.startswith("_")}


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Whatever is wrong with an artifact, it is damaged: nobody writes one by hand."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RecordError) as error:
        raise StorageError("An artifact is damaged.", "Run the recording again: it is made anew.") from error


def _span(values: dict[str, int]) -> Span:
    return Span(Millis(values["start"]), Millis(values["end"]))


def _word(values: dict[str, Any]) -> Word:
    return Word(**{**values, "span": _span(values["span"])})


def _turns(values: list[dict[str, Any]]) -> tuple[Turn, ...]:
    return tuple(Turn(_span(v["span"]), SpeakerId(v["speaker"])) for v in values)


def _diarization(values: dict[str, Any]) -> Diarization:
    return Diarization(_turns(values["exclusive"]), _turns(values["overlapping"]), Millis(values["duration"]))


def parse_transcript(data: bytes) -> Transcript:
    """The transcript that `serialize` wrote.

    Raises:
        StorageError: If it is damaged.
    """
    with _reading():
        values = json.loads(data)
        words, unheard = tuple(map(_word, values["words"])), tuple(map(_span, values["unheard"]))
        return Transcript(values["language"], words, unheard)


def parse_diarization(data: bytes) -> Diarization:
    """The diarization that `serialize` wrote; raises as `parse_transcript`."""
    with _reading():
        return _diarization(json.loads(data))


def parse_record(data: bytes) -> Record:
    """The record that `serialize` wrote; raises as `parse_transcript`.

    >>> empty = Record("zh", (), Diarization((), (), Millis(0)))
    >>> parse_record(serialize(empty)) == empty
    True
    """
    with _reading():
        values = json.loads(data)
        statements = tuple(
            Statement(s["id"], SpeakerId(s["speaker"]), tuple(map(_word, s["words"])), s["overlapped"])
            for s in values["statements"]
        )
        return Record(values["language"], statements, _diarization(values["diarization"]))
