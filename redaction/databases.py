"""What databases hold: rows, schema, full-text indexes, and the pages of logs that were not merged yet."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

from redaction.media import Part

LOG = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83", b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
"""What a write-ahead log and a rollback journal begin with."""
INDEX = (b"\x18\xe2\x2d\x00", b"\x00\x2d\xe2\x18")
"""A write-ahead log's index: page numbers and nothing else."""
_SEARCHED = re.compile(r"USING\s+fts([345])", re.IGNORECASE)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def sqlite(data: bytes) -> Iterator[Part]:
    """Every row of a database; what was deleted and not yet overwritten is found by the search through raw bytes."""
    # A database in write-ahead mode cannot be opened from memory; the two version bytes say which mode it is.
    plain = data[:18] + b"\1\1" + data[20:] if data[18:20] == b"\2\2" else data
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(plain)
        base.text_factory = _text
        schema = base.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        for _, name, sql in schema:
            if found := _SEARCHED.search(sql or ""):
                yield from _words(base, name, int(found[1]))
        base.execute("PRAGMA query_only = ON")
        base.execute("PRAGMA trusted_schema = OFF")
        for kind, name, sql in schema:
            yield Part(f" {kind} {name}", sql or name)
        for _, name, sql in (row for row in schema if row[0] == "table"):
            with suppress(sqlite3.Error) if _SEARCHED.search(sql or "") else closing(_Nothing()):
                yield from _rows(base, name)


class _Nothing:
    def close(self) -> None:
        """Nothing to close."""


def _rows(base: sqlite3.Connection, name: str) -> Iterator[Part]:
    columns: dict[int, list[str]] = {}
    for row in base.execute(f'SELECT * FROM "{_quoted(name)}"'):  # noqa: S608 (quoted; a name cannot be a parameter)
        for at, value in enumerate(row):
            if isinstance(value, bytes):
                yield Part(f" table {name}", value)
            elif value is not None:
                columns.setdefault(at, []).append(str(value))
    for values in columns.values():
        yield Part(f" table {name}", "\n".join(values))


def _words(base: sqlite3.Connection, name: str, version: int) -> Iterator[Part]:
    """What a full-text index lists, where a word is stored only as far as it differs from the one before it."""
    kind = (
        f"fts5vocab('main', '{_quoted(name)}', 'row')"
        if version == 5
        else f'fts4aux(main, "{_quoted(name)}")'
    )
    base.execute(f"CREATE VIRTUAL TABLE temp.listed USING {kind}")
    listed = [str(row[0]) for row in base.execute("SELECT term FROM temp.listed")]
    base.execute("DROP TABLE temp.listed")
    yield Part(f" index {name}", "\n。\n".join(listed))


def _quoted(name: str) -> str:
    return name.replace('"', '""').replace("'", "''")


def log(_data: bytes) -> Iterator[Part]:
    """Nothing more: the pages of a log are plain, and the search through raw bytes has read them."""
    yield from ()
