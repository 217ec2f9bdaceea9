"""How long each kind is kept: `retention.toml` in the data directory. Without a rule a kind is kept for ever."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline import window, workdays
from pipeline.folder import MeetingFolder
from pipeline.keeping.kinds import Kind, erased, files, paths
from pipeline.public import Public, state_of
from redaction import ledger
from redaction.decision import Released
from speakers.error import KeepingError, ZhuziError

NAME = "retention.toml"
_LONGEST = 36_500


class Event(StrEnum):
    """What days are counted from."""

    RELEASED = "released"
    TOUCHED = "touched"
    TAKEN = "taken"
    ENDED = "ended"
    EXPIRED = "expired"
    UNUSED = "unused"


EVENTS: Mapping[Kind, tuple[Event, ...]] = {
    **dict.fromkeys(Kind, (Event.RELEASED, Event.TOUCHED, Event.TAKEN)),
    Kind.LOGS: (Event.TOUCHED,),
    Kind.JOBS: (Event.ENDED,),
    Kind.VOICEPRINTS: (Event.EXPIRED,),
    Kind.REGISTER: (Event.UNUSED,),
}
"""What the days of each kind may be counted from; the first one is meant where a rule names none."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind is erased so many days after something.

    Attributes:
        kind: which.
        days: at least so many have to be over.
        after: since when.
    """

    kind: Kind
    days: int
    after: Event

    @property
    def said(self) -> str:
        """As certificates call it."""
        return f"{self.kind}: {self.days} days after {self.after}"


def rules(data: Path) -> dict[Kind, Rule]:
    """The rules of a data directory; none if nobody wrote any.

    Raises:
        KeepingError: If the file says something that nobody understands: nothing is due then.
    """
    path = data / NAME
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise KeepingError(f"{path} cannot be read.", "Write it as docs/keeping.md shows.") from error
    return {Kind(name): _rule(name, values) for name, values in given.items() if _is_kind(name)}


def _is_kind(name: str) -> bool:
    if name in tuple(Kind):
        return True
    raise KeepingError(
        f"{NAME} has a rule for something that is not kept: {name!r}.",
        f"Name one of: {', '.join(Kind)}.",
    )


def _rule(name: str, values: object) -> Rule:
    kind = Kind(name)
    match values:
        case {"days": int(days), **more} if 0 <= days <= _LONGEST and not isinstance(days, bool):
            after = more.pop("after", EVENTS[kind][0])
            if not more and after in EVENTS[kind]:
                return Rule(kind, days, Event(str(after)))
    raise KeepingError(
        f"The rule for {name} in {NAME} is none.",
        f"Write days = a whole number, and after = one of: {', '.join(EVENTS[kind])}.",
    )


@dataclass(frozen=True, slots=True)
class Life:
    """What a meeting went through, as far as it can be told.

    Attributes:
        released: when it went out last, if exactly that is public now; None if not.
        touched: when somebody last changed anything of it.
        taken: when its recording was taken in.
        open: why its correction window keeps it from being erased, as a sentence; empty if it does not.
        unclear: why nobody can tell, as a sentence; empty as a rule. Nothing is erased then.
    """

    released: datetime.datetime | None
    touched: datetime.datetime | None
    taken: datetime.datetime | None
    open: str = ""
    unclear: str = ""

    def since(self, event: Event) -> datetime.datetime | None:
        """When something happened; None if it did not, or nobody knows."""
        return {
            Event.RELEASED: self.released,
            Event.TOUCHED: self.touched,
            Event.TAKEN: self.taken,
        }.get(event)


def life_of(folder: MeetingFolder, now: datetime.datetime) -> Life:
    """What a meeting went through."""
    touched = _latest(folder)
    taken = _times(paths(folder.root, Kind.ORIGINAL)) or _times(paths(folder.root, Kind.SOUND))
    first = min(taken, default=None)
    try:
        return Life(_released(folder), touched, first, _window(folder, now))
    except ZhuziError as error:
        return Life(None, touched, first, unclear=error.what)


def _released(folder: MeetingFolder) -> datetime.datetime | None:
    was = erased(folder.manifest()).get(Kind.LEDGER)
    if was is not None and not folder.ledger.exists():
        public = folder.public.is_dir() and was.released
        return datetime.datetime.fromisoformat(was.released) if public else None
    entries = ledger.read(folder.ledger)
    if state_of(folder, entries) is not Public.WHOLE:
        return None
    last = next(e for e in reversed(entries) if isinstance(e.act, Released))
    return datetime.datetime.fromisoformat(last.at)


def _window(folder: MeetingFolder, now: datetime.datetime) -> str:
    found = window.of(folder)
    if found is None or found.closed is not None:
        return ""
    if found.unanswered:
        return f"{len(found.unanswered)} suggestions of participants are unanswered."
    last = found.last + window.AFTERWARDS
    if workdays.over(last, now):
        return ""
    return f"Its correction window is open, and what became of suggestions is shown until {last.isoformat()}."


def _latest(folder: MeetingFolder) -> datetime.datetime | None:
    """When anything changed but the manifest, which says what was erased, and what nobody decides."""
    made = (folder.ledger, folder.window, folder.meeting_toml, folder.public)
    kinds = (Kind.ORIGINAL, Kind.SOUND, Kind.DRAFT)
    times = _times((*made, *(path for kind in kinds for path in paths(folder.root, kind))))
    return max(times, default=None)


def _times(found: tuple[Path, ...]) -> list[datetime.datetime]:
    times = []
    for path in (file for one in found for file in files(one)):
        try:
            times.append(datetime.datetime.fromtimestamp(path.lstat().st_mtime, datetime.UTC))
        except OSError:
            continue
    return times
