"""A published record as an index knows it: read from its Markdown, which every release holds, and from nothing else."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from output import manifest
from output.markdown import parse
from output.paragraph import readable
from speakers.error import StorageError, ZhuziError

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2}) ")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What somebody said.

    Attributes:
        number: from 1: by this the page of the record points at it.
        label: of who said it.
        text: one line.
    """

    number: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Published:
    """A published record.

    Attributes:
        slug: what its files are called, without their endings.
        title: its heading.
        date: ISO; empty if it has none.
        approved_at: ISO time with offset.
        release: sha256 of its manifest: another release has another one.
        files: (n_files,) names, by name.
        licence: under which it may be used.
        paragraphs: (n_paragraphs,) in spoken order.
    """

    slug: str
    title: str
    date: str
    approved_at: str
    release: str
    files: tuple[str, ...]
    licence: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def page(self) -> str:
        """The file that people read: the HTML page, or what comes next to one."""
        order = (f"{self.slug}.{ending}" for ending in ("html", "txt", "md"))
        return next((name for name in order if name in self.files), self.files[0])

    def link(self, number: int) -> str:
        """The address of a paragraph, from the record's folder; of the record where no page is there to point into."""
        return f"{self.page}#p{number}" if self.page.endswith(".html") else self.page


def published(folder: Path) -> Published:
    """The record in a folder of its own.

    Raises:
        StorageError: If it is none, or not the one that its manifest names.
    """
    try:
        said = _read(folder / manifest.NAME)
        known = manifest.parse(said)
        text = next(f for f in known.files if f.name.endswith(".md"))
        data = _read(folder / text.name)
        heading = readable(_plain(data.decode("utf-8").partition("\n")[0].removeprefix("# ")))
        paragraphs = parse(data)
        at = datetime.datetime.fromisoformat(known.approved_at)
    except (OSError, ValueError, StopIteration, ZhuziError) as error:
        raise _none(folder) from error
    whole = all(_size(folder / file.name) == file.size for file in known.files)
    if hashlib.sha256(data).hexdigest() != text.sha256 or at.tzinfo is None or not whole:
        raise _none(folder)
    return Published(
        slug=text.name.removesuffix(".md"),
        title=heading,
        date=_date(heading),
        approved_at=at.isoformat(),
        release=hashlib.sha256(said).hexdigest(),
        files=tuple(sorted((*(f.name for f in known.files), manifest.NAME))),
        licence=readable(known.licence),
        paragraphs=tuple(Paragraph(number, *one) for number, one in enumerate(paragraphs, start=1)),
    )


def _read(path: Path) -> bytes:
    """The bytes of a file; of nothing else: a link may lead out, and a pipe may never end.

    Raises:
        OSError: If it is none.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise OSError
        return opened.read()


def _size(path: Path) -> int:
    """Bytes of a file; -1 where it is not there, or no file."""
    try:
        seen = path.lstat()
    except OSError:
        return -1
    return seen.st_size if stat.S_ISREG(seen.st_mode) else -1


def _date(heading: str) -> str:
    """The day that a heading begins with, if there is such a day."""
    dated = _DATED.match(heading)
    with contextlib.suppress(ValueError):
        return datetime.date.fromisoformat(dated[1]).isoformat() if dated else ""
    return ""


def records(root: Path) -> Iterator[tuple[str, Published]]:
    """Every record in a folder of folders, by name; what is none of them is passed over.

    Raises:
        StorageError: If a folder has a manifest and is not what that says.
    """
    try:
        places = sorted(p for p in root.iterdir() if (p / manifest.NAME).is_file() and not p.is_symlink())
    except OSError as error:
        raise StorageError(f"{root} cannot be read.", "Check the path and its rights.") from error
    yield from ((place.name, published(place)) for place in places)


def _none(folder: Path) -> StorageError:
    return StorageError(f"{folder} holds no record as it was released.", "Publish it again, or move it away.")


def _plain(text: str) -> str:
    """A heading as its readers see it."""
    ((_, said),) = parse(f"### x:\n\nx{text}".encode())
    return said[1:]
