"""What of the statements that deserve a full read somebody ticked off as read: ids and digests, no name, no word."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redaction.draft import Draft
from redaction.risk import Passage
from speakers.error import StorageError


def read(passages: Iterable[Passage], draft: Draft, ticked: frozenset[tuple[str, str]]) -> frozenset[str]:
    """Which of the statements that deserve a full read somebody ticked off as they are now.

    Args:
        passages: of the draft.
        draft: as it is now.
        ticked: what somebody ticked off, as `ReadOff.ticked` has it.

    Returns:
        Ids of statements.
    """
    found = (draft.statement(p.statement_id) for p in passages)
    return frozenset(s.id for s in found if s is not None and (s.id, s.digest) in ticked)


_SCHEMA = """
CREATE TABLE IF NOT EXISTS read_off (
    meeting TEXT NOT NULL, account INTEGER NOT NULL, statement TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (meeting, account, statement)
);
"""


class ReadOff:
    """The ticks of one data directory.

    Args:
        path: of the SQLite file; made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._path, timeout=10)) as database, database:
                database.executescript(_SCHEMA)
                yield database
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"{self._path} cannot be used.", "Free some disk space, and allow writing there."
            ) from error

    def tick(self, meeting: str, account: int, statement: str, digest: str, *, read: bool) -> None:
        """Note that somebody read a statement as it is now, or that they did not.

        Args:
            meeting: its id.
            account: number of whoever read it.
            statement: its id.
            digest: of the statement; once it is another one, the tick is gone.
            read: whether they did.
        """
        with self._database() as database:
            if read:
                row = (meeting, account, statement, digest)
                database.execute("INSERT OR REPLACE INTO read_off VALUES (?, ?, ?, ?)", row)
            else:
                database.execute(
                    "DELETE FROM read_off WHERE meeting = ? AND account = ? AND statement = ?",
                    (meeting, account, statement),
                )

    def ticked(self, meeting: str, account: int) -> frozenset[tuple[str, str]]:
        """What somebody ticked off: (statement id, digest)."""
        with self._database() as database:
            found = database.execute(
                "SELECT statement, digest FROM read_off WHERE meeting = ? AND account = ?", (meeting, account)
            )
            return frozenset((statement, digest) for statement, digest in found)
