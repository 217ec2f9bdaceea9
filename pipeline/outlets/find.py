"""Searching everything that is public on this machine: an index in SQLite (FTS5), brought up to date before each look.

Every Chinese character is a token of its own and every question a phrase, so that one character is found as well as
ten. Words as jieba cuts them find less: it cuts a question otherwise than the sentence that it stands in. What was
withdrawn or erased is out of the index before anything is looked for.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.folder import MeetingFolder
from pipeline.outlets.record import Published, published
from pipeline.public import REVOKED
from pipeline.search import LONGEST
from redaction import ledger
from redaction.decision import Released, Revoked
from redaction.folding import fold
from speakers.error import RecordError, StorageError, ZhuziError

NAME = "search.sqlite"
FORMAT = 1
"""Of the index; one of another format is made anew."""

AROUND = 30
"""Characters of a snippet before the first hit; three times as many after it."""

WAIT_S = 30.0
"""For another one that writes into it."""

_CHINESE = re.compile(r"([\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
_WORD = re.compile(r"[^\W_]+")
_PARAGRAPHS = 20
_RECORDS = 20
"""Bits of a paragraph's number, and of its record's: rows lie by date, the newest last."""

_TABLES = """
CREATE TABLE record (number INTEGER PRIMARY KEY, meeting TEXT UNIQUE, stamp TEXT, slug TEXT, title TEXT, date TEXT,
  page TEXT, first INTEGER, last INTEGER);
CREATE TABLE paragraph (id INTEGER PRIMARY KEY, label TEXT, text TEXT);
CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='unicode61 remove_diacritics 0');
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that holds what was looked for.

    Attributes:
        meeting: id of its meeting.
        title: of the record.
        date: ISO; empty if it has none.
        label: of who said it.
        number: of the paragraph in its record.
        link: from the folder of records to the paragraph.
        snippet: the text around the first hit.
        places: (n_places,) first character and one past the last, in the snippet.
    """

    meeting: str
    title: str
    date: str
    label: str
    number: int
    link: str
    snippet: str
    places: tuple[tuple[int, int], ...]


def search(data: Path, wanted: str, most: int = 20) -> tuple[Hit, ...]:
    """Paragraphs of public records that hold all of some words, the newest record first.

    Args:
        data: the data directory.
        wanted: words with spaces between; each is found inside longer ones, whatever its width, case and variants.
        most: so many at most.

    Raises:
        RecordError: If there is nothing to look for, or too much.
        StorageError: If the index cannot be written.
    """
    with contextlib.closing(opened(data)) as database:
        refresh(database, data)
        return look(database, wanted, most)


def look(database: sqlite3.Connection, wanted: str, most: int) -> tuple[Hit, ...]:
    """The same, in an index that is up to date."""
    runs = _WORD.findall(fold(wanted))
    if not runs or len(wanted) > LONGEST:
        raise RecordError(f"A search needs 1 to {LONGEST} characters.", "Type some of the words.")
    asked = " AND ".join(f'"{_tokens(run)}"{"" if _CHINESE.fullmatch(run[-1]) else "*"}' for run in runs)
    rows = database.execute(
        "SELECT words.rowid, label, paragraph.text FROM words JOIN paragraph ON paragraph.id = words.rowid"
        " WHERE words MATCH ? ORDER BY words.rowid DESC LIMIT ?",
        (asked, most),
    )
    return tuple(_hit(database, runs, *row) for row in rows)


def refresh(database: sqlite3.Connection, data: Path) -> None:
    """Bring an index up to date: out with what is public no more, in with what is new.

    A meeting is read again only if its ledger, its public folder or a note of its revocation changed.

    Raises:
        StorageError: If the index cannot be written.
    """
    there = dict(_stamps(data / "meetings"))
    try:
        if dict(database.execute("SELECT meeting, stamp FROM record")) == there:
            return
        with database:
            database.execute("BEGIN IMMEDIATE")  # somebody else may have brought it up to date meanwhile
            known = dict(database.execute("SELECT meeting, stamp FROM record"))
            changed = [meeting for meeting, seen in there.items() if known.get(meeting) != seen]
            out = {*known} - {*there} | {*changed} & {*known}
            for meeting in out:
                _forget(database, meeting)
            if out:  # FTS5 only marks words as deleted: merged into one, its pieces hold them no more
                database.execute("INSERT INTO words (words) VALUES ('optimize')")
            for meeting in changed:
                folder = MeetingFolder(data / "meetings" / meeting)
                record = _released(folder)
                if record is not None:
                    add(database, meeting, there[meeting], record)
    except sqlite3.Error as error:
        raise _broken() from error


def _stamps(meetings: Path) -> Iterator[tuple[str, str]]:
    try:
        folders = [entry.path for entry in os.scandir(meetings) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    yield from ((os.path.basename(f), seen) for f in folders if (seen := stamp(f)))  # noqa: PTH119 - see below


def stamp(folder: str) -> str:
    """What would change if another release of a meeting were public, or none; empty if nothing is.

    Its path is no `Path`: a search looks at a thousand of them first.
    """
    seen: list[str] = []
    for name in ("public/manifest.json", "ledger.jsonl", REVOKED):
        try:
            found = os.lstat(f"{folder}/{name}")
        except OSError:
            if not seen:
                return ""
            seen.append("")
        else:
            seen.append(f"{found.st_ino}.{found.st_size}.{found.st_mtime_ns}")
    return " ".join(seen)


def _released(folder: MeetingFolder) -> Published | None:
    """What is public of a meeting, if its text is what was released last and nobody revoked that."""
    try:
        acts = [e.act for e in ledger.read(folder.ledger) if isinstance(e.act, Released | Revoked)]
        last = acts[-1] if acts else None
        if not isinstance(last, Released) or (folder.root / REVOKED).exists():
            return None
        record = published(folder.public)
    except ZhuziError:
        return None
    digests = {f.name: f.sha256 for f in last.files}
    text = hashlib.sha256((folder.public / f"{record.slug}.md").read_bytes()).hexdigest()
    same = digests.get("manifest.json") == record.release and digests.get(f"{record.slug}.md") == text
    return record if same else None


def add(database: sqlite3.Connection, meeting: str, seen: str, record: Published) -> None:
    """Put a record into an index that has none of its meeting; the caller commits."""
    day = datetime.date.fromisoformat(record.date or record.approved_at[:10]).toordinal()
    numbers = database.execute("SELECT number FROM record WHERE number >> ? = ?", (_RECORDS, day)).fetchall()
    number = max((n for (n,) in numbers), default=(day << _RECORDS) - 1) + 1
    first = number << _PARAGRAPHS
    said = [(first + p.number, p.label, p.text) for p in record.paragraphs]
    last = said[-1][0] if said else first
    row = (number, meeting, seen, record.slug, record.title, record.date, record.page, first, last)
    database.execute("INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?)", row)
    database.executemany("INSERT INTO paragraph VALUES (?,?,?)", said)
    database.executemany(
        "INSERT INTO words (rowid, text) VALUES (?,?)", ((at, _tokens(fold(text))) for at, _, text in said)
    )


def _forget(database: sqlite3.Connection, meeting: str) -> None:
    ((first, last),) = database.execute("SELECT first, last FROM record WHERE meeting = ?", (meeting,))
    rows = database.execute(
        "SELECT id, text FROM paragraph WHERE id BETWEEN ? AND ?", (first, last)
    ).fetchall()
    database.executemany(
        "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)",
        ((at, _tokens(fold(text))) for at, text in rows),
    )
    database.execute("DELETE FROM paragraph WHERE id BETWEEN ? AND ?", (first, last))
    database.execute("DELETE FROM record WHERE meeting = ?", (meeting,))


def _tokens(folded: str) -> str:
    """Characters of Chinese apart from each other, words of other scripts whole.

    >>> _tokens("寵物open data")
    ' 寵  物 open data'
    """
    return _CHINESE.sub(r" \1 ", folded)


def _hit(database: sqlite3.Connection, runs: list[str], at: int, label: str, text: str) -> Hit:
    number, paragraph = at >> _PARAGRAPHS, at & ((1 << _PARAGRAPHS) - 1)
    ((meeting, slug, title, date, page),) = database.execute(
        "SELECT meeting, slug, title, date, page FROM record WHERE number = ?", (number,)
    )
    found = sorted(place for run in runs for place in _places(text, run))
    begin = max(0, found[0][0] - AROUND) if found else 0
    end = min(len(text), begin + 4 * AROUND)
    places = tuple((s - begin, e - begin) for s, e in found if e <= end)
    anchor = f"#p{paragraph}" if page.endswith(".html") else ""
    return Hit(meeting, title, date, label, paragraph, f"{slug}/{page}{anchor}", text[begin:end], places)


def _places(text: str, run: str) -> Iterator[tuple[int, int]]:
    pieces = [fold(character) for character in text]
    line, whose = "".join(pieces), [i for i, piece in enumerate(pieces) for _ in piece]
    at = line.find(run)
    while at >= 0:
        yield whose[at], whose[at + len(run) - 1] + 1
        at = line.find(run, at + len(run))


def opened(data: Path) -> sqlite3.Connection:
    """The index of a data directory; made anew if it is damaged, or of another format."""
    path = data / NAME
    for again in (False, True):
        try:
            database = sqlite3.connect(path, timeout=WAIT_S)
            _log_ahead(database)
            database.execute("PRAGMA secure_delete = ON")
            if _version(database) == 0:
                path.chmod(0o600)
                _furnish(database)
        except sqlite3.DatabaseError as error:
            with contextlib.suppress(sqlite3.Error, UnboundLocalError):
                database.close()
            if again or isinstance(error, sqlite3.OperationalError):
                raise _broken() from error
            forget_all(data)
        else:
            return database
    raise _broken()


def _version(database: sqlite3.Connection) -> int:
    """Its format, 0 for a new one; another is refused, like one that is damaged."""
    ((version,),) = database.execute("PRAGMA user_version")
    if version not in {0, FORMAT}:
        raise sqlite3.DatabaseError
    return int(version)


def _log_ahead(database: sqlite3.Connection) -> None:
    """Have it written beside itself (WAL); SQLite does not wait by itself while another one changes that."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _furnish(database: sqlite3.Connection) -> None:
    """Make the tables, unless somebody else makes them at the same moment."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        if _version(database) == 0:
            for statement in (*_TABLES.strip().split(";\n"), f"PRAGMA user_version = {FORMAT}"):
                database.execute(statement)


def forget_all(data: Path) -> None:
    """Remove the index; the next search makes it anew."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            (data / f"{NAME}{suffix}").unlink()


def _broken() -> StorageError:
    return StorageError(
        "The index of published records cannot be written.",
        f"Look at the data directory's space and rights; remove {NAME} in it, and search again.",
    )


def update(data: Path) -> None:
    """Bring the index of a data directory up to date, if it has one.

    Raises:
        StorageError: If it cannot be written.
    """
    if (data / NAME).exists():
        with contextlib.closing(opened(data)) as database:
            refresh(database, data)
