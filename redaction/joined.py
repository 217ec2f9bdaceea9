"""What a file keeps apart, put in a row: cues, JSON values, columns, elements, one character a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from redaction.encodings import BREAK

_TIMED = re.compile(r"<[^<>]*>|\[\d+:[\d:.]+\]")
_CUE = re.compile(r"^[^\n]*-->[^\n]*\n", re.MULTILINE)
_COLUMN = re.compile(r"[,\t;|]")


def joined(text: str) -> Iterator[tuple[str, str]]:
    """Every way of putting its pieces in a row: `(what kept them apart, the row)`."""
    if "-->" in text:
        yield "split over captions", " ".join(_cues(text))
    if text.lstrip()[:1] in {"{", "["}:
        for values in _json_values(text):
            yield "split over JSON values", _in_a_row(values)
    lines = text.split("\n")
    yield "split over lines", _in_a_row([_TIMED.sub("", line) for line in lines])
    if len(lines) > 2 and _COLUMN.search(lines[1]):
        rows = [[c.strip(" \"'") for c in _COLUMN.split(line)] for line in lines]
        for column in range(min(12, max(map(len, rows)))):
            yield "split over rows", _in_a_row([row[column] if column < len(row) else "" for row in rows])


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
