"""Reading what others wrote about a recording: SegLST, STM, CTM, RTTM and our own record, told apart by content."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from speakers.account import Account, Passage, of_passages, of_record, turns_of
from speakers.error import TranscriptError, ZhuziError
from speakers.record import Millis, Span, SpeakerId, Turn
from speakers.record_json import parse_record

_RTTM_TYPES = frozenset(
    """SEGMENT NOSCORE NO_RT_METADATA LEXEME NON-LEX NON-SPEECH FILLER EDIT IP SU CB A/P SPEAKER SPKR-INFO""".split()  # noqa: SIM905 - a list of words reads better as words
)
_FORMATS = "SegLST JSON, STM, CTM, RTTM, or a 40-record.json"
_LONGEST_S = 7 * 24 * 3600
"""Later than a week is a time in another unit."""


def read(data: bytes, name: str) -> dict[str, Account]:
    """Every recording that a file tells of, by its session's name; our own record has none and is "".

    Args:
        data: the file's bytes.
        name: of the file, for errors.

    Raises:
        TranscriptError: If it is none of the formats, or a line or segment of it is wrong; it says which.
    """
    text = _text(data, name)
    if not text.strip():
        raise TranscriptError(f"{name} is empty.", f"Give {_FORMATS}.")
    if text.lstrip()[0] in "[{":
        return _json(text, data, name)
    return _lines(text, name)


def _text(data: bytes, name: str) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TranscriptError(f"{name}, line {line}, is not UTF-8.", "Save the file as UTF-8.") from None


def _json(text: str, data: bytes, name: str) -> dict[str, Account]:
    try:
        values = json.loads(text)
    except RecursionError:
        raise TranscriptError(f"{name} is nested too deep.", f"Give {_FORMATS}.") from None
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise TranscriptError(f"{name} is no JSON: line {line} is wrong.", "Write the file anew.") from None
    if isinstance(values, dict):
        if not {"statements", "diarization"} <= values.keys():
            raise TranscriptError(f"{name} is JSON of some other kind.", f"Give {_FORMATS}.")
        try:
            return {"": of_record(parse_record(data))}
        except ZhuziError:
            raise TranscriptError(f"{name} is a damaged record.", "Restore it, or run it again.") from None
    return _seglst(values, name)


def _seglst(values: list[Any], name: str) -> dict[str, Account]:
    sessions: dict[str, list[Passage]] = {}
    labels: dict[str, dict[SpeakerId, set[str]]] = {}
    for number, segment in enumerate(values, start=1):
        where = f"{name}, segment {number},"
        if not isinstance(segment, dict):
            raise TranscriptError(f"{where} is no object.", "SegLST is a list of objects.")
        missing = [k for k in ("speaker", "start_time", "end_time", "words") if k not in segment]
        if missing:
            raise TranscriptError(
                f"{where} has no {missing[0]}.", "Every segment has speaker, start_time, end_time and words."
            )
        if not isinstance(segment["words"], str):
            raise TranscriptError(f"{where} has words that are no text.", 'Write them as "words": "…".')
        speaker = SpeakerId(str(segment["speaker"]))
        span = _span(segment["start_time"], segment["end_time"], where)
        session = str(segment.get("session_id", ""))
        sessions.setdefault(session, []).append(Passage(span, speaker, segment["words"]))
        found = labels.setdefault(session, {}).setdefault(speaker, set())
        if isinstance(segment.get("label"), str) and segment["label"].strip():
            found.add(segment["label"].strip())
    if not sessions:
        raise TranscriptError(f"{name} has no segments.", "Give a file with at least one.")
    return {
        session: of_passages(
            "SegLST",
            passages,
            ((speaker, min(each)) for speaker, each in labels[session].items() if len(each) == 1),
        )
        for session, passages in sessions.items()
    }


def _lines(text: str, name: str) -> dict[str, Account]:
    lines = [
        (number, line)
        for number, line in enumerate(re.split("\r\n|\n|\r", text), start=1)
        if line.strip() and not line.lstrip().startswith((";;", "#"))
    ]
    if not lines:
        raise TranscriptError(f"{name} holds nothing but comments.", f"Give {_FORMATS}.")
    if lines[0][1].split()[0] in _RTTM_TYPES:
        return _rttm(lines, name)
    if all(_is_ctm(line.split()) for _, line in lines) and not (
        name.lower().endswith(".stm") and all(_is_stm(line.split()) for _, line in lines)
    ):
        return _worded("CTM", lines, name, _ctm_line)
    if _is_stm(lines[0][1].split()) or name.lower().endswith(".stm"):
        return _worded("STM", lines, name, _stm_line)
    if _is_ctm(lines[0][1].split()):
        return _worded("CTM", lines, name, _ctm_line)
    raise TranscriptError(
        f"{name} is in a format that is not known (line {lines[0][0]}).", f"Give {_FORMATS}."
    )


def _number(value: object) -> float | None:
    """Seconds, also where they are written as text; None if it is no number.

    >>> _number("1.5"), _number("x"), _number(True), _number("nan")
    (1.5, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _is_stm(fields: list[str]) -> bool:
    return len(fields) >= 5 and None not in map(_number, fields[3:5])


def _is_ctm(fields: list[str]) -> bool:
    return (
        len(fields) in {5, 6, 7}
        and None not in map(_number, fields[2:4])
        and (len(fields) == 5 or _number(fields[5]) is not None or fields[5] == "NA")
    )


def _span(start: object, end: object, where: str) -> Span:
    """Milliseconds from seconds; what rounds to nothing lasts one."""
    first, last = _number(start), _number(end)
    if first is None or last is None:
        raise TranscriptError(f"{where} has a time that is no number.", "Write times in seconds.")
    if not 0 <= first <= last:
        raise TranscriptError(f"{where} ends before it begins, or begins before 0.", "Correct its times.")
    if last > _LONGEST_S:
        raise TranscriptError(f"{where} lies beyond a week.", "Write times in seconds.")
    begin = round(first * 1000)
    return Span(Millis(begin), Millis(max(begin + 1, round(last * 1000))))


def _stm_line(fields: list[str], line: str, where: str) -> tuple[str, Passage]:
    if not _is_stm(fields):
        raise TranscriptError(
            f"{where} is no STM.", "Write: recording channel speaker begin end [<label>] words."
        )
    words = line.split(maxsplit=5)[5] if len(fields) > 5 else ""
    if words.startswith("<") and ">" in words:  # the optional label, such as <o,f0,female>
        words = words.partition(">")[2]
    if words.strip().lower() == "ignore_time_segment_in_scoring":
        raise TranscriptError(
            f"{where} asks for a stretch to be left out.", "Remove such lines, and what lies there elsewhere."
        )
    return fields[0], Passage(_span(fields[3], fields[4], where), SpeakerId(fields[2]), words.strip())


def _ctm_line(fields: list[str], _: str, where: str) -> tuple[str, Passage]:
    if not _is_ctm(fields):
        raise TranscriptError(
            f"{where} is no CTM.", "Write: recording channel begin duration word [confidence]."
        )
    span = _span(fields[2], (_number(fields[2]) or 0) + (_number(fields[3]) or 0), where)
    return fields[0], Passage(span, SpeakerId(fields[1]), fields[4])


def _worded(
    kind: str,
    lines: Iterable[tuple[int, str]],
    name: str,
    parse: Callable[[list[str], str, str], tuple[str, Passage]],
) -> dict[str, Account]:
    sessions: dict[str, list[Passage]] = {}
    for number, line in lines:
        session, passage = parse(line.split(), line, f"{name}, line {number},")
        sessions.setdefault(session, []).append(passage)
    return {session: of_passages(kind, passages) for session, passages in sessions.items()}


def _rttm(lines: Iterable[tuple[int, str]], name: str) -> dict[str, Account]:
    sessions: dict[str, list[tuple[SpeakerId, Span]]] = {}
    for number, line in lines:
        where, fields = f"{name}, line {number},", line.split()
        if fields[0] not in _RTTM_TYPES:
            raise TranscriptError(f"{where} is no RTTM.", "Every line begins with its type: SPEAKER.")
        if fields[0] != "SPEAKER":
            continue
        if len(fields) < 8:
            raise TranscriptError(
                f"{where} has {len(fields)} fields.",
                "Write: SPEAKER recording channel begin duration <NA> <NA> speaker <NA> <NA>.",
            )
        begin, length = _number(fields[3]), _number(fields[4])
        end = None if begin is None or length is None else begin + length
        sessions.setdefault(fields[1], []).append((SpeakerId(fields[7]), _span(begin, end, where)))
    if not sessions:
        raise TranscriptError(f"{name} has no line of type SPEAKER.", "Give one that says who speaks when.")
    return {session: _of_turns(turns_of(each)) for session, each in sessions.items()}


def _of_turns(turns: tuple[Turn, ...]) -> Account:
    return Account("RTTM", (), (), turns, Millis(max(t.span.end for t in turns)))
