"""What a file keeps apart, put in a row: cues, JSON values, columns, elements, one character a line."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator

from redaction.encodings import BREAK
from redaction.tokens import pieced

_TIMED = re.compile(r"<[^<>]*>|\[\d+:[\d:.]+\]")
_CUE = re.compile(r"^[^\n]{0,120}?-->[^\n]{0,400}\n", re.MULTILINE)
_BLANKS = re.compile(r"[ \t]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_RUBY = re.compile(r"<rt[^<>]*>([^<>]{1,40})</?r", re.IGNORECASE)
UPRIGHT = 12
"""Characters of a line that may be one of several set side by side."""
_STRINGS = re.compile(r"(?:[\"'`][^\"'`\n]{1,3}[\"'`]\s{0,4}[,+]\s{0,4}){1,40}[\"'`][^\"'`\n]{1,3}[\"'`]")
_HAN = "\u3400-\u9fff"
_TOLD = re.compile(rf"([{_HAN}])[{_HAN}]{{0,4}}的\1|姓([{_HAN}])(?!\w)")
TOLD_APART = 8
"""Characters between two explanations of one name, at most."""
_COLUMN = re.compile(r"[,\t;|]")


def joined(text: str) -> Iterator[tuple[str, str]]:
    """Every way of putting its pieces in a row: `(what kept them apart, the row)`."""
    if "-->" in text:
        yield "split over captions", " ".join(_cues(text))
    if text.lstrip()[:1] in {"{", "["}:
        for values in _json_values(text):
            yield "split over JSON values", _in_a_row(values)
            yield from pieced(values)
    else:
        for found in _STRINGS.finditer(text):
            yield "split over strings", _in_a_row(re.findall("[^\"'`,+\\s]+", found[0]))
    if readings := _RUBY.findall(text):
        yield "ruby readings", " ".join(readings)
    if told := _told(text):
        yield "told by its characters", told
    lines = text.split("\n")
    yield "split over lines", _in_a_row([_TIMED.sub("", line) for line in lines])
    yield from pieced(lines)
    yield from _upright(lines)
    for sign in (_COLUMN, _BLANKS):
        if len(lines) > 2 and sign.search(lines[1]):
            rows = [[c.strip(" \"'\r") for c in sign.split(line.strip())] for line in lines]
            if sign is _BLANKS and not _timed(rows):
                continue
            for column in range(min(12, max(map(len, rows)))):
                yield (
                    "split over rows",
                    _in_a_row([row[column] if column < len(row) else "" for row in rows]),
                )
            short = ["".join(c if len(c) == 1 else "。" for c in row) for row in rows]
            yield "split over columns", "\n。\n".join(row for row in short if len(row.replace("。", "")) > 1)


def _told(text: str) -> str:
    """Characters that somebody explains by a word that each is in.

    >>> _told("雙木林的林，大小的小，漁港的漁。這是她的全名，謝謝。明天的明")
    '林小漁。明'
    """
    parts: list[str] = []
    before = 0
    for found in _TOLD.finditer(text):
        if parts and found.start() - before > TOLD_APART:
            parts.append("。")
        parts.append(found[1] or found[2])
        before = found.end()
    return "".join(parts)


def _timed(rows: list[list[str]]) -> bool:
    """Whether rows of words between blanks are a table of times: two numbers in each of the first."""
    first = [row for row in rows[:3] if row != [""]]
    return all(sum(bool(_NUMBER.fullmatch(c)) for c in row) > 1 for row in first)


def _upright(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Short lines under each other, read downwards; only a longer name may be found in them."""
    for short, group in itertools.groupby(lines, key=lambda line: 0 < len(line.strip()) <= UPRIGHT):
        rows = [line.strip("\r") for line in group] if short else []
        if len(rows) > 2:
            columns = itertools.zip_longest(*rows, fillvalue="。")
            yield (
                "set vertically",
                "。".join(BREAK.join(c if c.strip() else "。" for c in col) for col in columns),
            )


def _cues(text: str) -> list[str]:
    """What each cue shows, in order; WebVTT and SRT alike."""
    shown = []
    for part in _CUE.split(text)[1:]:
        body = re.split(r"\n[ \t\r]*\n", part, maxsplit=1)[0]
        shown.append(re.sub(r"\n\d+\s*$", "", body).replace("\n", " ").strip())
    return shown


def _json_values(text: str) -> list[list[str]]:
    """Strings of JSON or JSON lines, those with the same key in a row."""
    by_key: dict[str, list[str]] = {}

    def walk(value: object, key: str, depth: int) -> None:
        if isinstance(value, str):
            by_key.setdefault(key, []).append(value)
        elif isinstance(value, dict) and depth < 50:
            for name, inner in value.items():
                walk(inner, str(name), depth + 1)
        elif isinstance(value, list) and depth < 50:
            for inner in value:
                walk(inner, key, depth + 1)

    try:
        walk(json.loads(text), "", 0)
    except (ValueError, RecursionError):
        for line in text.split("\n"):
            try:
                walk(json.loads(line), "", 0)
            except (ValueError, RecursionError):
                continue
    return list(by_key.values())


def _in_a_row(cells: list[str]) -> str:
    """Cells that hold one character or one word each, joined; anything longer ends the sentence.

    Two cells of several ideographs meet at a break: only a longer name may lie across it, or else
    「大小」 and 「漁港」 would make 「小漁」.
    """
    parts: list[str] = []
    before = ""
    for cell in cells:
        bare = cell.strip()
        if 0 < len(bare) <= 3 or (bare and len(bare) <= 20 and bare.isascii() and " " not in bare):
            close = bare.isascii() or len(bare) == len(before) == 1
            parts += [" " if close else BREAK, bare]
            before = bare
        elif bare and before:
            parts.append("。")
            before = ""
    return "".join(parts)
