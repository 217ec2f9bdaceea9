"""The leak scanner: whether a protected name can be found in bytes that are about to be published.

It decodes before it looks, and it fails closed: what cannot be looked into is reported like a leak.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from redaction.binary import in_bytes
from redaction.containers import LINK, CannotLookError, Part, begun, kind_of, parts
from redaction.encodings import texts_of
from redaction.hit import Hit
from redaction.media import Bytes
from redaction.needles import Needles
from redaction.term import Term, facts_of, terms_of
from redaction.tolerated import Tolerated
from redaction.views import Inside, Reading

__all__ = ["Hit", "Term", "facts_of", "scan", "terms_of"]

VERSION = "7"
"""Of what is looked for, and how; noted with every release."""

DEPTH_AT_MOST = 6
BYTES_AT_MOST = 512 << 20
"""Opened bytes per file, all containers in it together: a zip bomb is not a record."""
TEXT_AT_MOST = 64 << 20
MAPPED_FROM = 32 << 20
SEALED = "cannot be looked into"


def scan(
    path: Path,
    terms: tuple[Term, ...],
    *,
    allowed: Mapping[str, int] = {},
    public: tuple[str, ...] = (),
    salts: tuple[str, ...] = (),
    numbers: bool = False,
) -> tuple[Hit, ...]:
    """Look for terms in a file, or in everything under a folder, names included. Links are not followed.

    Args:
        path: a file or a folder.
        terms: what must not appear.
        allowed: per surface, how often one text may hold it as written, as a reviewer decided.
        public: texts that are published as they are; see `Tolerated`.
        salts: what a digest of a name may have been mixed with.
        numbers: whether telephone and identity-card numbers and e-mail addresses are looked for as well.

    Returns:
        (n_hits,) in order of files; empty only if everything was looked into and nothing was found.
    """
    return _Scan(terms, Tolerated(_composed(terms), allowed, public), salts, numbers=numbers).everything(path)


@lru_cache(maxsize=8)
def _needles(terms: tuple[Term, ...], salts: tuple[str, ...]) -> Needles:
    return Needles(terms, salts)


def _composed(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    return tuple(Term(t.id, unicodedata.normalize("NFC", t.surface), t.fact) for t in terms)


class _Scan:
    """One run over one tree."""

    def __init__(
        self, terms: tuple[Term, ...], tolerated: Tolerated, salts: tuple[str, ...], *, numbers: bool
    ) -> None:
        plain = _composed(terms)
        self._needles = _needles(plain, salts)
        self._tolerated = tolerated
        self._numbers = numbers
        self._surfaces = re.compile("|".join(re.escape(t.surface) for t in plain) or r"(?!)", re.IGNORECASE)
        self._shown: dict[str, str] = {}
        self._left = BYTES_AT_MOST

    def everything(self, path: Path) -> tuple[Hit, ...]:
        hits: dict[Hit, None] = {}
        if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
            return (Hit(".", SEALED, ""),)
        for number, (file, name) in enumerate(_files(path), 1):
            shown = self._safe(name)
            for _, how, term in self._of_name(name):
                hits.setdefault(Hit(f"file name of the {_ordinal(number)} file ({shown})", how, term))
            self._left = BYTES_AT_MOST
            hits.update(dict.fromkeys(self._file(file, shown)))
        return tuple(hits)

    def _file(self, file: Path, where: str) -> Iterator[Hit]:
        try:
            mode = file.lstat().st_mode
            if stat.S_ISLNK(mode):
                yield Hit(where, LINK, "")
            elif stat.S_ISDIR(mode):
                # os.walk passes over a folder that it may not read; here that is no reason to call it clean.
                os.scandir(file).close()
            elif not stat.S_ISREG(mode):
                yield Hit(where, SEALED, "")
            elif file.stat().st_size >= MAPPED_FROM:
                with (
                    file.open("rb") as source,
                    mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
                ):
                    yield from list(self._bytes(mapped, where, 0))
            else:
                yield from self._bytes(file.read_bytes(), where, 0)
        except Exception:  # noqa: BLE001 (whatever went wrong, nobody looked; the error may quote what it read)
            yield Hit(where, SEALED, "")

    def _bytes(self, data: Bytes, where: str, depth: int) -> Iterator[Hit]:
        """A file's content, or a member's."""
        self._left -= len(data)
        if depth > DEPTH_AT_MOST or (depth and self._left < 0):
            yield Hit(where, SEALED, "")
            return
        if not len(data):
            return
        kind = kind_of(data)
        guessed = (
            False  # what is a text only in one encoding may be no text at all: its bytes are searched as well
        )
        if kind != "sound" and len(data) <= TEXT_AT_MOST and (texts := texts_of(data[:])):
            for codec, text in texts:
                yield from self._text(text, where, (codec,) if codec else (), depth)
            if not kind and not any(codec for codec, _ in texts):
                return
            guessed = not kind
        yield from in_bytes(
            data, self._needles, where, lambda text: self._text(text, where, (), depth, shown=False)
        )
        if guessed:
            return
        try:
            for part in parts(kind, data):
                yield from self._part(part, where, depth)
        except CannotLookError:
            yield Hit(where, SEALED, "")
        if kind != "zip" and b"PK\5\6" in data[-66_000:]:
            with contextlib.suppress(
                CannotLookError
            ):  # an archive behind another file, unless these four are chance
                for part in parts("zip", data):
                    yield from self._part(part, where, depth)

    def _part(self, part: Part, where: str, depth: int) -> Iterator[Hit]:
        label = where + self._safe(part.label)
        if part.label.endswith(LINK):
            yield Hit(label.removesuffix(" " + LINK), LINK, "")
        if part.name:
            for _, how, term in self._of_name(str(part.content)):
                yield Hit(f"{label} (its name)", how, term)
        elif isinstance(part.content, str):
            yield from self._text(part.content, label, (), depth)
        elif "!" in part.label or "picture" in part.label or "attachment" in part.label:
            yield from self._bytes(part.content, label, depth + 1)
        else:
            yield from self._fragment(part.content, label, depth)

    def _fragment(self, data: bytes, where: str, depth: int) -> Iterator[Hit]:
        """Bytes that are no file, so that being unreadable is no reason for alarm: a tag, a header."""
        if kind_of(data):
            yield from self._bytes(data, where, depth + 1)
            return
        for codec, text in texts_of(data):
            yield from self._text(text, where, (codec,) if codec else (), depth)
        yield from in_bytes(
            data, self._needles, where, lambda text: self._text(text, where, (), depth, shown=False)
        )

    def _text(
        self, text: str, where: str, steps: tuple[str, ...], depth: int, *, shown: bool = True
    ) -> Iterator[Hit]:
        """A text; numbers are looked for only in what is meant as one, not where bytes happen to read as letters."""
        reading = Reading(self._needles, self._tolerated, numbers=shown and self._numbers)
        for seen in reading.look(text, steps):
            yield Hit(where if seen.line is None else f"{where} line {seen.line}", seen.how, seen.term)
        for inside in reading.inside:
            yield from self._inside(inside, where, depth)

    def _inside(self, inside: Inside, where: str, depth: int) -> Iterator[Hit]:
        for hit in self._bytes(inside.data, where, depth + 1):
            sealed = hit == Hit(where, SEALED, "")
            if sealed and (opened := begun(inside.data)) is not None:
                yield from self._fragment(opened, f"{where} ({inside.how}, broken off)", depth + 1)
            elif hit.how != SEALED or kind_of(inside.data) not in {"sound", ""}:
                yield Hit(hit.where, hit.how if hit.how == SEALED else f"{inside.how}, {hit.how}", hit.term)

    def _of_name(self, name: str) -> list[tuple[int | None, str, str]]:
        """What a name gives away: one that is no Unicode is taken by its bytes."""
        found: list[tuple[int | None, str, str]] = []
        data = (
            os.fsencode(name)
            if "\udc80" <= max(name, default="") <= "\udcff"
            else name.encode("utf-8", "replace")
        )
        for codec, text in texts_of(data):
            found += [
                (s.line, s.how, s.term)
                for s in Reading(self._needles, Tolerated()).look(text, (codec,) if codec else ())
            ]
        return found

    def _safe(self, name: str) -> str:
        """A name without what it gives away, and without what would break a line of a report."""
        if name not in self._shown:
            plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", "�", name)
            shown = self._surfaces.sub("●", plain)
            if self._of_name(shown) or (shown == name and self._of_name(name)):
                stem = re.sub(r"[^/!]+", "●", shown)
                suffix = re.search(r"\.[a-z0-9]{1,5}$", shown)
                shown = stem + (suffix[0] if suffix and not self._of_name(suffix[0]) else "")
            elif plain != name and self._of_name(name):
                shown = "●"
            self._shown[name] = shown
        return self._shown[name]


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """Everything under a path in a fixed order, with its name relative to it; folders and links too."""
    if path.is_symlink() or not path.is_dir():
        yield path, path.name
        return
    for folder, folders, files in os.walk(path, followlinks=False):
        folders.sort()
        here = Path(folder)
        for name in (*sorted(files), *folders):
            yield here / name, str((here / name).relative_to(path))


def _ordinal(number: int) -> str:
    """A place in a row.

    >>> _ordinal(2), _ordinal(11), _ordinal(23)
    ('2nd', '11th', '23rd')
    """
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
