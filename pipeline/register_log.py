"""Who used the consent register when, for which meeting and what for: ids, never names."""

from __future__ import annotations

import getpass
import json
import os
import time
from pathlib import Path

from speakers.disk import storage_error
from speakers.error import RegisterError
from speakers.moment import moment

_AGAIN_S = 60
"""Reads of an entry for one purpose of one meeting within so many seconds are one row."""

_noted: dict[tuple[str, ...], float] = {}


class Log:
    """The rows of a register, each a line of JSON; rows are only ever added.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, entry_id: str = "") -> tuple[dict[str, str], ...]:
        """The rows, oldest first; of the entry whose id begins so, or of all.

        Raises:
            RegisterError: If they cannot be read.
        """
        if not self._path.is_file():
            return ()
        try:
            # A last line without its end (a power cut) does not count.
            lines = self._path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
            rows = [json.loads(line) for line in lines]
        except (OSError, ValueError, RecursionError) as error:
            raise RegisterError(
                "The log of the consent register cannot be read.", "Restore it from a backup."
            ) from error
        return tuple(row for row in rows if row["entry"].startswith(entry_id))

    def note(self, entry_id: str, purpose: str, meeting: str, *, always: bool = False) -> None:
        """Write down a use.

        Raises:
            StorageError: If that cannot be; nothing is to be used then.
        """
        row = (str(self._path), entry_id, purpose, meeting)
        now = time.monotonic()
        if not always and now - _noted.get(row, -_AGAIN_S) < _AGAIN_S:
            return
        said = {
            "at": moment(),
            "entry": entry_id,
            "meeting": meeting,
            "purpose": purpose,
            "who": account(),
        }
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(said, ensure_ascii=False) + "\n")
            self._path.chmod(0o600)
        except OSError as error:
            raise storage_error(self._path, error) from error
        _noted[row] = now


def account() -> str:
    """The account that runs the program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
