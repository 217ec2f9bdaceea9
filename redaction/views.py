"""The ways in which one text is looked at: as written, folded, without markup, joined, decoded."""

from __future__ import annotations

import bisect
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from redaction.blobs import blobs
from redaction.encodings import ASIDE, BREAK, IN_PLACE, texts_of
from redaction.folding import compatible, fold, without_invisible
from redaction.joined import joined
from redaction.needles import TITLED, WRITTEN, Needles, Sighting
from redaction.reachable import reachable
from redaction.tolerated import Tolerated

ROUNDS, DEPTH = 3, 4
"""How often in-place escapes are undone in a row, and how deep runs of base64 or hexadecimal may nest."""

_LETTER = (
    "\u2e80-\u2fdf\u3040-\u30ff\u3105-\u312f\u3400-\u9fff\u1100-\u11ff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_TIGHT = re.compile(
    rf"(?<=[{_LETTER}])[ \t\u3000._\-·‧・•∙*~/|\\+=#^`\u2010-\u2015\u00b7]{{1,16}}(?=[{_LETTER}])"
)
_LOOSE = re.compile(rf"(?<=[{_LETTER}])(?:[^\w。！？!?；;…，,、]|_){{1,40}}(?=[{_LETTER}])")
_TAG = re.compile(
    r"(?:<!--.{0,500}?-->|</?([A-Za-z][\w:.-]*)(?:\s[^<>]*)?/?>|<[\d:.]+>|<v[. ][^<>]*>)", re.DOTALL
)
_UNREAD = re.compile(r"<!\[cdata\[|\]\]>|<(r[tp])>[^<>]{0,200}</\1>", re.IGNORECASE)
_BETWEEN_TAGS = re.compile(r"(?<=>)\s+(?=<)")
_PARAGRAPHS = (
    "p div h1 h2 h3 h4 h5 h6 li tr td th table ul ol section article blockquote heading speech narrative br "
    "w:p text:p text:h summary scene title head body header footer pre dt dd option tlcperson debatesection"
)
_BLOCK = frozenset(_PARAGRAPHS.split())
_MARKDOWN = re.compile(
    r"\*{1,3}|_{1,3}|`+|~~|\[(?=[^\[\]\n]{0,300}\]\()|\]\([^)\n]{0,2000}\)|\{[^{}\n]{0,40}\}|\\(?=[!-/:-@\[-`{-~])"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HEADS = b"PK \x1f\x8b \x89P %P BZ \xfd7 ]\0 ID SQ \xff\xd8 x\x9c x\xda x\x01 x^ GI"
_FILES = frozenset(_HEADS.split(b" "))
"""What a file inside text begins with, as far as anybody can look into it."""
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
        tolerated: what may stand there all the same.
        numbers: whether telephone numbers and the like are looked for too, whosever they are.
    """

    def __init__(self, needles: Needles, tolerated: Tolerated, *, numbers: bool = False) -> None:
        self._needles = needles
        self._tolerated = tolerated
        self._numbers = numbers
        self._most: Counter[tuple[str, str]] = Counter()
        self._lines: dict[tuple[str, str], Counter[int | None]] = {}
        self._told: dict[Seen, None] = {}
        self._numbered: set[tuple[int, str]] = set()
        self.inside: list[Inside] = []

    def look(self, text: str, steps: tuple[str, ...] = (), depth: int = 0) -> tuple[Seen, ...]:
        """Everything that is found, in the order of decoding."""
        originals = [text]
        self._look_at(text, steps)
        for name, needed, undo in ASIDE:
            if needed in text and (decoded := undo(text)) != text:
                self._look_at(decoded, (*steps, name))
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
            if len(blob.data) > 12 and blob.data[:2] in _FILES:
                self.inside.append(Inside(_told_as((*steps, blob.how)), blob.data))
            readings = texts_of(blob.data) if len(blob.data) >= 16 else _utf8(blob.data)
            for codec, decoded in readings:
                readable.setdefault(f"{blob.how}, {codec}".rstrip(", "), []).append((blob.at, decoded))
        for how, pieces in raw.items():
            for sighting in self._needles.find_bytes(b"\0\0\0\0".join(pieces)):
                nested = how if sighting.how == WRITTEN else f"{how}, {sighting.how}"
                self._told.setdefault(Seen(None, _told_as((*steps, nested)), sighting.term))
        for how, decoded_pieces in readable.items():
            inner = Reading(self._needles, Tolerated())
            joined = (BREAK + BREAK).join(piece.replace("\n", BREAK) for _, piece in decoded_pieces)
            for seen in inner.look(joined, (*steps, how), depth + 1):
                self._told.setdefault(Seen(None, seen.how, seen.term))
            self.inside += inner.inside
        plain = {seen.term for seen in self._told if "base64" in seen.how}
        for at, term in self._needles.runs.find(text):
            if term not in plain:
                self._told.setdefault(Seen(View(text).line(at), _told_as((*steps, "base64")), term))

    def _look_at(self, text: str, steps: tuple[str, ...]) -> None:
        needles = self._needles
        raw = View(text)
        lower = View(text.lower()) if len(text.lower()) == len(text) else raw
        written = [*needles.find_literal(text), *needles.find_latin(lower.text)]
        self._count(raw, written, steps, "", allowed=not steps)
        for term, times in () if steps else self._tolerated.spelt(text):
            self._most[term, WRITTEN] = max(self._most[term, WRITTEN], times)
        digests = [Sighting(at, at, term, how) for at, term, how in needles.digests.find(text)]
        self._count(raw, digests, steps, "")
        if self._numbers:
            for line, what in reachable(text, self._tolerated):
                if (line, what) not in self._numbered:
                    self._told.setdefault(Seen(line, _told_as((*steps, "a way to reach somebody")), what))
                self._numbered.add((line, what))
        folded = View(fold(text))
        if folded.text != lower.text:
            self._count(folded, self._letters(folded.text), steps, self._why(text))
        self._count(folded, list(needles.find_zhuyin(folded.text)), steps, "")
        plain = _without_markup(folded.text)
        bare = View(plain, lined=plain.count("\n") == folded.text.count("\n"))
        if bare.text != folded.text:
            self._count(bare, self._letters(bare.text), steps, "split by markup")
        self._squeezed(bare, steps, "separators between characters")
        self._numbered_in(folded, steps, "")
        self._numbered_in(bare, steps, "")
        heard = [Sighting(a, b, t, "misheard") for a, b, t in needles.misheard.find(bare.text)]
        self._count(bare, self._intolerable(heard, bare.text), steps, "")
        camel = View(fold(_CAMEL.sub(" ", text)))
        self._count(camel, list(needles.find_latin(camel.text)), steps, "run together")
        for how, row in joined(text):
            view = View(_without_markup(fold(row)), lined=False)
            self._count(view, self._letters(view.text), steps, how)
            self._squeezed(view, steps, how)
            self._numbered_in(view, steps, how)
            self._count(view, list(needles.find_zhuyin(view.text)), steps, how)

    def _numbered_in(self, view: View, steps: tuple[str, ...], how: str) -> None:
        said = [Sighting(a, b, t, "in another notation") for a, b, t in self._needles.numbers.find(view.text)]
        self._count(view, [s for s in said if not self._tolerated.term(s.term)], steps, how)

    def _intolerable(self, found: list[Sighting], text: str) -> list[Sighting]:
        """What is no name as it is written, less what a reviewer kept or everybody may read."""
        said = Counter((text[s.start : s.end], s.term) for s in found)
        return [
            s
            for s in found
            if said[text[s.start : s.end], s.term] > self._tolerated.wording(text[s.start : s.end])
        ]

    def _letters(self, text: str) -> list[Sighting]:
        found = [*self._needles.find_folded(text), *self._needles.find_latin(text)]
        titled = [s for s in found if s.how == TITLED]
        return [s for s in found if s.how != TITLED] + self._intolerable(titled, text)

    def _squeezed(self, view: View, steps: tuple[str, ...], how: str) -> None:
        """Ideographs without what stands between them; across lines and brackets only for longer names."""
        tight = View(_TIGHT.sub("", view.text), view.lined)
        self._count(tight, list(self._needles.find_folded(tight.text)), steps, how)
        heard = [Sighting(a, b, t, "same sound") for a, b, t in self._needles.sounding.find(tight.text)]
        told = self._intolerable(heard, tight.text)
        self._count(tight, told, steps, "" if view.lined else how)
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
            tolerated = allowed and family == WRITTEN and len(sightings) <= self._tolerated.term(term)
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
