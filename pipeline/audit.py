"""Who did what in the review room, and when: a hash-chained file apart from the words, which holds none of them."""

from __future__ import annotations

import datetime
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from pipeline import window_acts, words
from pipeline.folder import meetings
from pipeline.keeping import shown as keeping
from pipeline.workdays import TAIPEI
from redaction import ledger
from redaction.chain import Chain
from speakers.error import LedgerError, RecordError, StorageError, ZhuziError
from speakers.moment import moment
from speakers.record import digest

HOUR_S = 3600
"""Openings that one page makes over and over (sound, progress) are one line within so long."""

_REMEMBERED = 20_000
"""Openings that are remembered as noted; beyond, they are noted again."""

BEGUN = 0
"""Status of a change that has begun: a line with its outcome follows, unless the program was killed in it."""

NO_SESSION = 401
"""Status of an opening by nobody who signed in: the sign-in page was shown instead."""

_CALLED = {"HEAD": "GET", "other": "OPTIONS"}
"""Methods as they are noted, and the one that the route has; only for uploads there is one beside the usual."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One line: never a word, a query, a token, or a participant's name.

    Attributes:
        seq: 0, 1, 2, …
        at: ISO time with offset.
        who: name of the account, empty for nobody who signed in.
        address: that the request came from.
        method: HTTP's.
        route: the page's pattern, without what stands in its places.
        meeting: id of the meeting; empty if it is about none.
        about: name of the account that it is about, if that is another thing than `who`.
        status: HTTP's number of the outcome, or BEGUN.
        of: `seq` of the line that says that this began; -1 if none does.
        previous: hash of the line before.
        hash: of everything above.
    """

    seq: int
    at: str
    who: str
    address: str
    method: str
    route: str
    meeting: str
    about: str
    status: int
    of: int
    previous: str
    hash: str


CHAIN = Chain(
    digest("an audit of the room"),
    lambda values: Noted(**values),  # a wrong type gives another hash
    asdict,
    "the last lines",
    "Restore it from a backup, with audit.head of the same day, or put both away and keep them as evidence.",
)


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does: see `Noted`."""

    who: str
    address: str
    method: str
    route: str
    meeting: str = ""


class Audit:
    """The file of one data directory.

    Args:
        data: the directory.
    """

    def __init__(self, data: Path) -> None:
        self.path = path_of(data)
        self._lock = threading.Lock()
        self._noted: dict[tuple[Deed, int], float] = {}

    def begin(self, deed: Deed) -> int:
        """Note that a change is about to be made, and have it on the disk.

        Returns:
            The number to give to `note`.

        Raises:
            StorageError: If that cannot be; nothing is to be changed then.
        """
        return self._add(deed, BEGUN, -1, "", lasting=True)

    def note(self, deed: Deed, status: int, *, of: int = -1, about: str = "", hourly: bool = False) -> None:
        """Note what came of it.

        Args:
            deed: what was done.
            status: HTTP's number.
            of: what `begin` gave.
            about: see `Noted`.
            hourly: once within an hour is enough.

        Raises:
            StorageError: If that cannot be.
        """
        if hourly:
            with self._lock:
                now, key = time.monotonic(), (deed, status)
                if now - self._noted.get(key, -HOUR_S) < HOUR_S:
                    return
                if len(self._noted) >= _REMEMBERED:
                    self._noted.clear()
                self._noted[key] = now
        self._add(deed, status, of, about, lasting=False)

    def _add(self, deed: Deed, status: int, of: int, about: str, *, lasting: bool) -> int:
        at = moment()
        line = Noted(0, at, **asdict(deed), about=about, status=status, of=of, previous="", hash="")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return CHAIN.add(self.path, line, lasting=lasting).seq
        except (OSError, LedgerError) as error:
            raise StorageError(
                "The audit of the room cannot be written, so nothing is done.",
                "Free disk space or allow writing; `zhuzi audit verify` says whether the file is whole.",
            ) from error


def path_of(data: Path) -> Path:
    """The file of a data directory."""
    return data / "room" / "audit.jsonl"


@dataclass(frozen=True, slots=True)
class Shown:
    """Some lines, the newest first.

    Attributes:
        lines: as they were noted; a change that ended is one line.
        earlier: where to go on; None at the beginning.
    """

    lines: tuple[Noted, ...]
    earlier: int | None


def shown(
    data: Path, *, who: str = "", meeting: str = "", most: int = 100, before: int | None = None
) -> Shown:
    """The newest lines.

    Args:
        data: the data directory.
        who: only what this account did, or what was done about it.
        meeting: only what is about the meeting whose id begins so.
        most: so many.
        before: where an earlier answer ended (`Shown.earlier`).

    Raises:
        LedgerError: If the file is broken where it was looked at.
        RecordError: If no answer ended there.
    """
    if before is not None and not CHAIN.begins(path_of(data), before):
        raise RecordError("There is no such page of the audit.", "Begin with its first page.")
    lines: list[Noted] = []
    place: int | None = None
    holding = [*([_json(who)] if who else []), *([_json(meeting)[:-1]] if meeting else [])]
    for place, line in _merged(data, before, holding):
        if who not in {"", line.who, line.about} or not line.meeting.startswith(meeting):
            continue
        lines.append(line)
        if len(lines) == most:
            return Shown(tuple(lines), place or None)
    return Shown(tuple(lines), None)


def _json(value: str) -> bytes:
    """As it stands in a line."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _merged(data: Path, before: int | None, holding: Sequence[bytes]) -> Iterator[tuple[int, Noted]]:
    """Lines from the last one back, without those that only say that a change began which ended."""
    ended = {line.of for line in CHAIN.forwards(path_of(data), before)} if before is not None else set()
    for place, line in CHAIN.backwards(path_of(data), before, holding):
        if line.of >= 0:
            ended.add(line.of)
        if line.seq not in ended:
            yield place, line


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one chain is like.

    Attributes:
        place: "audit", "holds", "erasures", "backups", a meeting's id for its ledger, or that with " window" or
            " erased" after it.
        entries: how many there are; 0 if it is broken.
        error: what is wrong; None if nothing is.
    """

    place: str
    entries: int
    error: ZhuziError | None


def verify(data: Path) -> tuple[Verdict, ...]:
    """Read the audit, every meeting's ledger and every correction window from end to end."""
    found = [_verdict("audit", path_of(data), CHAIN.read)]
    for folder in meetings(data):
        found.append(_verdict(folder.id, folder.ledger, ledger.read))
        if os.path.lexists(folder.window.parent):
            found.append(_verdict(f"{folder.id} window", folder.window, window_acts.CHAIN.read))
        found += [Verdict(f"{folder.id} erased", 0, error) for error in keeping.unfounded(folder)]
    found += [_verdict(name, path, read) for name, path, read in keeping.chains(data) if path.exists()]
    return tuple(found)


def _verdict(place: str, path: Path, read: Callable[[Path], Sequence[object]]) -> Verdict:
    try:
        return Verdict(place, len(read(path)), None)
    except ZhuziError as error:
        return Verdict(place, 0, error)


class Outcome(StrEnum):
    """What came of it; the values are those of words.toml."""

    DONE = "done"
    REFUSED = "refused"
    NOT_FINISHED = "not finished"
    FAILED = "failed"
    NOT_SIGNED_IN = "not signed in"


def outcome_of(line: Noted) -> Outcome:
    """What came of a line: whoever only came by without a session was not refused anything."""
    if line.status == BEGUN:
        return Outcome.NOT_FINISHED
    if line.status == NO_SESSION and not line.who and line.method in {"GET", "HEAD"}:
        return Outcome.NOT_SIGNED_IN
    if line.status < 400:
        return Outcome.DONE
    return Outcome.REFUSED if line.status < 500 else Outcome.FAILED


def deed_of(line: Noted) -> words.Words:
    """What was done, in words; the route where there are none for it, as of a page that is no more."""
    method = _CALLED.get(line.method, line.method)
    return words.table()["deed"].get(f"{method} {line.route}") or words.Words("", route_of(line))


def route_of(line: Noted) -> str:
    """The method and the pattern of the page, as documents write it."""
    return f"{line.method} {line.route.replace(':int}', '}').replace(':str}', '}')}"


def said(line: Noted) -> str:
    """A line for people; its time is Taiwan's, with its offset."""
    at = datetime.datetime.fromisoformat(line.at).astimezone(TAIPEI)
    who = line.who or "nobody signed in"
    outcome = outcome_of(line).value + (f" ({line.status})" if line.status != BEGUN else "")
    about = f" → {line.about}" if line.about not in {"", line.who} else ""
    meeting = f" [{line.meeting}]" if line.meeting else ""
    source = f" from {line.address}" if line.address else ""
    deed = deed_of(line)
    done = f"{deed.en} ({route_of(line)})" if deed.zh else deed.en
    return f"{at.isoformat(' ', 'seconds')}  {who}{about}: {done}{meeting}: {outcome}{source}"


def table(line: Noted) -> dict[str, object]:
    """A line for programs."""
    return {
        "seq": line.seq,
        "at": line.at,
        "who": line.who,
        "address": line.address,
        "method": line.method,
        "route": line.route,
        "meeting": line.meeting,
        "about": line.about,
        "status": line.status,
    }
