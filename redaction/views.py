"""The ways in which one text is looked at: as written, folded, without markup, joined, decoded."""

from __future__ import annotations

import bisect
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from redaction.encodings import BREAK, IN_PLACE, blobs, texts_of
from redaction.folding import compatible, fold, without_invisible
from redaction.needles import WRITTEN, Needles, Sighting

ROUNDS, DEPTH = 3, 4
"""How often in-place escapes are undone in a row, and how deep runs of base64 or hexadecimal may nest."""

_LETTER = (
    "\u2e80-\u2fdf\u3040-\u30ff\u3105-\u312f\u3400-\u9fff\u1100-\u11ff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_TIGHT = re.compile(
    rf"(?<=[{_LETTER}])[ \t\u3000._\-·‧・•∙*~/|\\+=#^`\u2010-\u2015\u00b7]{{1,16}}(?=[{_LETTER}])"
)
_LOOSE = re.compile(rf"(?<=[{_LETTER}])(?:[^\w。！？!?；;…，,、]|[\n_]){{1,40}}(?=[{_LETTER}])")
_TAG = re.compile(
    r"(?:<!--.{0,500}?-->|</?([A-Za-z][\w:.-]*)(?:\s[^<>]*)?/?>|<[\d:.]+>|<v[. ][^<>]*>)", re.DOTALL
)
_UNREAD = re.compile(r"<!\[cdata\[|\]\]>|<(r[tp])>[^<>]{0,200}</\1>", re.IGNORECASE)
_TIMED = re.compile(r"<[^<>]*>|\[\d+:[\d:.]+\]")
_BETWEEN_TAGS = re.compile(r"(?<=>)\s+(?=<)")
_PARAGRAPHS = (
    "p div h1 h2 h3 h4 h5 h6 li tr td th table ul ol section article blockquote heading speech narrative br "
    "w:p text:p text:h summary scene title head body header footer pre dt dd option tlcperson debatesection"
)
_BLOCK = frozenset(_PARAGRAPHS.split())
_MARKDOWN = re.compile(
    r"\*{1,3}|_{1,3}|`+|~~|\[(?=[^\[\]\n]{0,300}\]\()|\]\([^)\n]{0,2000}\)|\{[^{}\n]{0,40}\}|\\(?=[^\w\s])"
)
_CUE = re.compile(r"^[^\n]*-->[^\n]*\n", re.MULTILINE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COLUMN = re.compile(r"[,\t;|]")
_PLAIN = frozenset((WRITTEN, "Simplified", "Traditional", "variant"))


@dataclass(frozen=True)
class View:
    """A text, and which line of the file each offset lies on."""

    text: str = field(repr=False)
    lined: bool = True

    @cached_property
    def _ends(self) -> list[int]:
        return [m.start() for m in re.finditer("\n", self.text)]

    def line(self, offset: int) -> int | None:
        """The line, from 1; None where the view has lost count."""
        return bisect.bisect_left(self._ends, offset) + 1 if self.lined else None


@dataclass(frozen=True, slots=True)
class Seen:
    """A term in a text: on which line, if that is known, and how."""

    line: int | None
    how: str
    term: str


@dataclass(frozen=True, slots=True)
class Inside:
    """Bytes that were written as text and are a file of their own."""

    how: str
    data: bytes = field(repr=False)


class Reading:
    """One text, looked at in every way; a finding is told once, by the plainest way that shows it.

    Args:
        needles: what is looked for.
        allowed: per term, how often it may stand there as written.
    """

    def __init__(self, needles: Needles, allowed: dict[str, int]) -> None:
        self._needles = needles
        self._allowed = allowed
        self._most: Counter[tuple[str, str]] = Counter()
        self._lines: dict[tuple[str, str], Counter[int | None]] = {}
        self._told: dict[Seen, None] = {}
        self.inside: list[Inside] = []

    def look(self, text: str, steps: tuple[str, ...] = (), depth: int = 0) -> tuple[Seen, ...]:
        """Everything that is found, in the order of decoding."""
        originals = [text]
        self._look_at(text, steps)
        for _ in range(ROUNDS):
            before = text
            for name, needed, undo in IN_PLACE:
                if needed in text and (decoded := undo(text)) != text:
                    text = decoded
                    self._look_at(text, (*steps, name))
                    originals.append(text)
            if text == before:
                break
        if depth < DEPTH:
            for one in dict.fromkeys((originals[0], originals[-1])):
                self._unpack(one, steps, depth)
        return tuple(self._told)

    def _unpack(self, text: str, steps: tuple[str, ...], depth: int) -> None:
        """Look into base64, hexadecimal and the like: all runs of a kind as one text, in one pass."""
        readable: dict[str, list[tuple[int, str]]] = {}
        raw: dict[str, list[bytes]] = {}
        for blob in dict.fromkeys(blobs(text, self._needles.least)):
            raw.setdefault(blob.how, []).append(blob.data)
            if len(blob.data) > 40 and blob.data[:2] in {
                b"PK",
                b"\x1f\x8b",
                b"\x89P",
                b"%P",
                b"BZ",
                b"\xfd7",
                b"ID",
                b"SQ",
                b"\xff\xd8",
            }:
                self.inside.append(Inside(_told_as((*steps, blob.how)), blob.data))
            readings = texts_of(blob.data) if len(blob.data) >= 16 else _utf8(blob.data)
            for codec, decoded in readings:
                readable.setdefault(f"{blob.how}, {codec}".rstrip(", "), []).append((blob.at, decoded))
        for how, pieces in raw.items():
            for sighting in self._needles.find_bytes(b"\0\0\0\0".join(pieces)):
                nested = how if sighting.how == WRITTEN else f"{how}, {sighting.how}"
                self._told.setdefault(Seen(None, _told_as((*steps, nested)), sighting.term))
        for how, decoded_pieces in readable.items():
            inner = Reading(self._needles, {})
            joined = (BREAK + BREAK).join(piece.replace("\n", BREAK) for _, piece in decoded_pieces)
            for seen in inner.look(joined, (*steps, how), depth + 1):
                self._told.setdefault(Seen(None, seen.how, seen.term))
            self.inside += inner.inside

    def _look_at(self, text: str, steps: tuple[str, ...]) -> None:
        needles = self._needles
        raw = View(text)
        lower = View(text.lower()) if len(text.lower()) == len(text) else raw
        written = [*needles.find_literal(text), *needles.find_latin(lower.text)]
        self._count(raw, written, steps, "", allowed=not steps)
        digests = [Sighting(at, at, term, how) for at, term, how in needles.digests.find(text)]
        self._count(raw, digests, steps, "")
        folded = View(fold(text))
        if folded.text != lower.text:
            self._count(folded, self._letters(folded.text), steps, self._why(text))
        self._count(folded, list(needles.find_zhuyin(folded.text)), steps, "")
        plain = _without_markup(folded.text)
        bare = View(plain, lined=plain.count("\n") == folded.text.count("\n"))
        if bare.text != folded.text:
            self._count(bare, self._letters(bare.text), steps, "split by markup")
        self._squeezed(bare, steps, "separators between characters")
        camel = View(fold(_CAMEL.sub(" ", text)))
        self._count(camel, list(needles.find_latin(camel.text)), steps, "run together")
        for how, joined in _joined(text):
            view = View(_without_markup(fold(joined)), lined=False)
            self._count(view, self._letters(view.text), steps, how)
            self._squeezed(view, steps, how)

    def _letters(self, text: str) -> list[Sighting]:
        return [*self._needles.find_folded(text), *self._needles.find_latin(text)]

    def _squeezed(self, view: View, steps: tuple[str, ...], how: str) -> None:
        """Ideographs without what stands between them; across lines and brackets only for longer names."""
        tight = View(_TIGHT.sub("", view.text), view.lined)
        self._count(tight, list(self._needles.find_folded(tight.text)), steps, how)
        loose = View(_LOOSE.sub("", tight.text), lined=False)
        if loose.text != tight.text:
            found = [s for s in self._needles.find_folded(loose.text) if s.term in self._needles.long]
            self._count(loose, found, steps, how)

    def _why(self, text: str) -> str:
        """What folding had to undo; asked only where it found something."""
        if next(self._needles.find_literal(without_invisible(text)), None):
            return "zero-width characters"
        if next(self._needles.find_literal(compatible(without_invisible(text))), None):
            return "full-width or compatibility characters"
        return "variant characters"

    def _count(
        self, view: View, found: list[Sighting], steps: tuple[str, ...], how: str, *, allowed: bool = False
    ) -> None:
        """Tell what this view shows beyond the ones before it."""
        families: dict[tuple[str, str], list[Sighting]] = {}
        for sighting in found:
            family = WRITTEN if sighting.how in _PLAIN else sighting.how
            families.setdefault((sighting.term, family), []).append(sighting)
        for key, sightings in families.items():
            term, family = key
            lines = Counter(view.line(s.start) for s in sightings)
            before = self._lines.get(key, Counter())
            tolerated = allowed and family == WRITTEN and len(sightings) <= self._allowed.get(term, 0)
            if len(sightings) > self._most[key] and not tolerated:
                fresh = lines - before if view.lined else lines
                told = [s for s in sightings if view.line(s.start) in fresh] or sightings[-1:]
                for s in told:
                    label = (how or s.how) if s.how == WRITTEN else f"{how}, {s.how}" if how else s.how
                    self._told.setdefault(Seen(view.line(s.start), _told_as((*steps, label)), term))
            self._most[key] = max(self._most[key], len(sightings))
            if view.lined:
                self._lines[key] = before | lines


def _told_as(steps: tuple[str, ...]) -> str:
    """Steps of decoding as one phrase; "as written" only where there was none."""
    kept = [s for s in steps if s and s != WRITTEN]
    return ", ".join(dict.fromkeys(kept)) or WRITTEN


def _utf8(data: bytes) -> tuple[tuple[str, str], ...]:
    try:
        return (("", data.decode()),)
    except UnicodeDecodeError:
        return ()


def _without_markup(text: str) -> str:
    """Inline tags and emphasis removed; tags that begin a paragraph become a break."""

    def undone(found: re.Match[str]) -> str:
        return BREAK if (found[1] or "").lower() in _BLOCK else ""

    if "<" in text:
        text = _UNREAD.sub("", text)
        text = _TAG.sub(undone, _BETWEEN_TAGS.sub("", text))
    return _MARKDOWN.sub("", text)


def _joined(text: str) -> Iterator[tuple[str, str]]:
    """The pieces that a file keeps apart, put in a row: cues, JSON values, columns, one character a line."""
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
