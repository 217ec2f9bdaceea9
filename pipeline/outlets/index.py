"""The index over a folder of records: a page with a search, a feed, and a list for programs; made of what is there.

    index.html feed.xml records.json
    search/find.js style.css
    search/t/RELEASE.js          what was said in a record, for the page's search
    search/g-VERSION/NN.js       in which records two characters stand beside each other

It works from a folder without a server: a page of a folder may load scripts, but read no other file.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from output.paragraph import readable
from pipeline.folder import MeetingFolder, write_atomically
from pipeline.outlets import feed, page
from pipeline.outlets.grams import SHARDS, shards
from pipeline.outlets.record import Published, published
from speakers.disk import storage_error, sync
from speakers.error import OutletError, StorageError
from speakers.record import digest

VERSION = 1
"""Of records.json."""

_STAGED = ".index.part"

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

_OURS = re.compile(
    r"\.?g-[0-9a-f]{16}(\.part)?|[0-9a-f]{24}\.js"
    r"|\.([0-9a-f]{24}\.js|find\.js|style\.css|index\.html|feed\.xml|records\.json)\.\d+\.part"
)
"""Names of the search's scripts, of folders of them, and of halves of every file."""


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the index.

    Attributes:
        key: name of its folder.
        released: when it was, ISO time with offset.
        record: what is in it.
    """

    key: str
    released: str
    record: Published

    @property
    def text_name(self) -> str:
        """The script that holds what was said, without its ending: other text, another name."""
        return self.record.release[:24]

    def values(self) -> dict[str, Any]:
        """The row of records.json."""
        return {
            "key": self.key,
            "title": self.record.title,
            "date": self.record.date,
            "released": self.released,
            "licence": self.record.licence,
            "release": self.record.release,
            "page": f"{self.key}/{self.record.page}",
            "files": [f"{self.key}/{name}" for name in self.record.files],
            "paragraphs": len(self.record.paragraphs),
        }


@dataclass(frozen=True, slots=True)
class Made:
    """What an index came to hold.

    Attributes:
        rows: (n_records,) the newest first.
        left_out: names of folders that look like records and are not as they were released.
    """

    rows: tuple[Row, ...]
    left_out: tuple[str, ...]


def rebuild(path: Path, *, url: str = "", title: str = "", released: Mapping[str, str] = {}) -> Made:
    """Make the index of a folder anew; each file of it is there whole, the page last.

    Args:
        path: the folder; every folder in it with a manifest is a record.
        url: where readers find it, with a slash at its end; empty if nobody knows.
        title: of the index; empty for the one that it has.
        released: when records were released, by key, ISO; of the others what the index said before.

    Raises:
        OutletError: If a page, a feed or a list of somebody else is there.
        StorageError: If the disk refuses.
    """
    check(path)
    before = _before(path)
    title = readable(title or str(before.get("title", ""))) or "會議紀錄"
    url = url or _known_url(before)
    rows, left_out = _rows(path, before, released)
    version = digest(json.dumps([[row.key, row.record.release] for row in rows]))[:16]
    search = path / "search"
    try:
        _texts(search / "t", rows)
        grams = f"g-{version}"
        _grams(search / grams, rows)
        for name in page.ASSETS:
            _put(search / name, page.asset(name))
        records = [row.values() for row in rows]
        listed = {
            "version": VERSION,
            "title": title,
            "url": url,
            "id": _known_id(before) or feed.new_id(),
            "records": records,
        }
        _put(path / "records.json", (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
        _put(path / "feed.xml", feed.serialize(str(listed["id"]), title, url, records))
        _put(path / "index.html", page.serialize(title, rows, grams, shards=SHARDS))
        _forget(search, {grams, *(f"{row.text_name}.js" for row in rows)})
        sync(path)
    except OSError as error:
        raise storage_error(path / "index.html", error) from error
    return Made(rows, left_out)


def check(path: Path) -> None:
    """Refuse a folder where something of somebody else stands in the index's place: it would be written over.

    Raises:
        OutletError: If it is so.
    """
    theirs = () if _known_id(_before(path)) else ("records.json", "feed.xml", "index.html")
    found = [name for name in theirs if os.path.lexists(path / name)]
    found += [name for name in ("search", "search/t") if (path / name).is_symlink()]
    if found:
        raise OutletError(
            f"In a folder of records stands something that is not of its index: {', '.join(found)}.",
            "Move it away, or name another folder; then run the same command again.",
        )


def no_records() -> OutletError:
    """What was named as a folder of published records is none."""
    return OutletError(
        "That folder holds recordings or drafts, or a single record.", "Name a folder of published records."
    )


@contextlib.contextmanager
def staged(folder: MeetingFolder) -> Iterator[Path]:
    """What an index would hold of a meeting's release, in a folder of its own that is gone afterwards.

    Raises:
        StorageError: If its text is not what was released, or the disk refuses.
    """
    place = folder.root / _STAGED
    row = Row("record", "", published(folder.public))
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        (place / "text.js").write_bytes(page.text_script(row.text_name, row.record))
        (place / "records.json").write_text(json.dumps(row.values(), ensure_ascii=False), "utf-8")
        (place / "index.html").write_bytes(page.serialize("", (row,), "", shards=SHARDS))
    except OSError as error:
        raise storage_error(place / "records.json", error) from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _rows(
    path: Path, before: dict[str, Any], released: Mapping[str, str]
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    known = {
        (r.get("key"), r.get("release")): r["released"]
        for r in before["records"]
        if all(isinstance(value, str) for value in (r.get("key"), r.get("release"), r.get("released")))
        and _TIME.fullmatch(r["released"])
    }
    rows, left_out = [], []
    try:
        places = sorted(p for p in path.iterdir() if (p / "manifest.json").is_file() and not p.is_symlink())
    except OSError as error:
        raise StorageError(f"{path} cannot be read.", "Check the path and its rights.") from error
    for place in places:
        try:
            place.name.encode()
            record = published(place)
        except (StorageError, UnicodeEncodeError):
            left_out.append(place.name.encode("utf-8", "replace").decode())
            continue
        said = released.get(place.name) or known.get((place.name, record.release), record.approved_at)
        rows.append(Row(place.name, said, record))
    rows.sort(key=lambda row: (row.record.date or row.released[:10], row.released, row.key), reverse=True)
    return tuple(rows), tuple(left_out)


def _before(path: Path) -> dict[str, Any]:
    """What records.json said before; nothing where it says something else."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        said = json.loads((path / "records.json").read_bytes())
        if (
            isinstance(said, dict)
            and said.get("version") == VERSION
            and isinstance(said.get("records"), list)
        ):
            return {**said, "records": [r for r in said["records"] if isinstance(r, dict)]}
    return {"records": []}


def _known_url(before: dict[str, Any]) -> str:
    said = str(before.get("url", ""))
    return said if re.fullmatch(r"https?://[^\s\x00-\x1f\x7f]+/", said) else ""


def _known_id(before: dict[str, Any]) -> str:
    said = str(before.get("id", ""))
    return said if re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", said) else ""


def _texts(place: Path, rows: tuple[Row, ...]) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for row in rows:
        _put(place / f"{row.text_name}.js", page.text_script(row.text_name, row.record))


def _forget(search: Path, kept: set[str]) -> None:
    """Remove the scripts of before, and halves of a run that was killed; what somebody else put there stays."""
    for old in (*search.parent.glob(".*.part"), *search.iterdir(), *(search / "t").iterdir()):
        if old.name in kept or not _OURS.fullmatch(old.name):
            continue
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()


def _grams(place: Path, rows: tuple[Row, ...]) -> None:
    """All scripts of a version, under their folder's name once every one is there."""
    if place.is_dir():
        return
    part = place.with_name(f".{place.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    texts = ([p.text for p in row.record.paragraphs] + [row.record.title] for row in rows)
    for number, shard in enumerate(shards(texts)):
        (part / f"{number}.js").write_bytes(shard)
    sync(part)
    part.rename(place)


def _put(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        write_atomically(path, data)
        path.chmod(0o644)
