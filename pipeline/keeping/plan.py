"""What would be erased, and why; and what would not although somebody named it. Nothing is changed here."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import uses
from pipeline.folder import MeetingFolder, find, meetings
from pipeline.jobs.spool import Jobs
from pipeline.keeping import apart, holds
from pipeline.keeping.kinds import OF_MEETINGS, Kind, erased, files, paths
from pipeline.keeping.retention import Event, Life, Rule, life_of, rules
from pipeline.settings import Settings
from speakers.error import KeepingError

BY_HAND = "named by hand"
"""The rule of what no rule of retention.toml asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to have erased.

    Attributes:
        meetings: ids, or beginnings of them; empty for all that rules make due.
        kinds: which; empty for all that rules make due.
        person: id of an entry of the consent register: only meetings whose file names it; empty for all.
        even_unreleased: also of meetings that are not public, if they and the kinds are named.
    """

    meetings: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    person: str = ""
    even_unreleased: bool = False

    @property
    def by_hand(self) -> bool:
        """Whether it is erased without a rule."""
        return bool((self.meetings or self.person) and self.kinds)


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of a meeting, or of the data directory.

    Attributes:
        meeting: id of the meeting; empty where it is of none.
        kind: which.
        count: how many files.
        bytes: of all of them.
        rule: under which it goes.
        why: since when it is due, as a sentence.
        refused: why it is not erased nevertheless, as a sentence; empty if it is.
        which: ids of what goes, where it is of no meeting.
    """

    meeting: str
    kind: Kind
    count: int
    bytes: int
    rule: str
    why: str
    refused: str = ""
    which: tuple[str, ...] = ()


def plan(chosen: Settings, wanted: Wanted, now: datetime.datetime | None = None) -> tuple[Item, ...]:
    """What would be erased.

    Args:
        chosen: the settings.
        wanted: by whoever asks.
        now: this moment.

    Raises:
        NotFoundError: If there is no such meeting.
        KeepingError: If retention.toml makes no sense, or what is asked for is of no kind that it can be of.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    if wanted.meetings and any(k not in OF_MEETINGS for k in wanted.kinds):
        raise KeepingError(
            "Jobs, voiceprints and entries of the register belong to no one meeting.",
            "Name their kind without a meeting's ID.",
        )
    return tuple(_items(chosen, wanted, now))


def chosen_meetings(data: Path, wanted: Wanted) -> tuple[MeetingFolder, ...]:
    """The meetings that are asked about, newest last."""
    named = {find(data, one).id for one in wanted.meetings}
    return tuple(
        folder
        for folder in meetings(data)
        if (not named or folder.id in named)
        and (not wanted.person or wanted.person in uses.people_of(folder))
    )


def _items(chosen: Settings, wanted: Wanted, now: datetime.datetime) -> Iterator[Item]:
    known, held = rules(chosen.data), holds.held(chosen.data)
    at_work = {job.meeting_id for job in Jobs(chosen).jobs() if job.open}
    for folder in chosen_meetings(chosen.data, wanted):
        life = life_of(folder, now)
        kinds = [k for k in OF_MEETINGS if not wanted.kinds or k in wanted.kinds]  # a draft before its ledger
        going = [
            (kind, *reason)
            for kind in kinds
            if (reason := _reason(kind, known.get(kind), life, wanted, now)) is not None
        ]
        for kind, rule, why in going:
            also = {k for k, *_ in going}
            refused = refusal(folder, kind, life, wanted, held=held, at_work=at_work, also=also)
            count, size = measured(folder, kind)
            if count:
                yield Item(folder.id, kind, count, size, rule, why, refused)
    if not wanted.meetings and not wanted.person:
        for kind in (Kind.JOBS, Kind.VOICEPRINTS, Kind.REGISTER):
            rule_of = known.get(kind)
            if (wanted.kinds and kind not in wanted.kinds) or (rule_of is None and kind not in wanted.kinds):
                continue
            yield from _apart(chosen, kind, rule_of, held, now)


def _apart(
    chosen: Settings, kind: Kind, rule: Rule | None, held: dict[str, holds.Line], now: datetime.datetime
) -> Iterator[Item]:
    days = rule.days if rule else 0
    found = apart.due(chosen, kind, now - datetime.timedelta(days=days), held=frozenset(held))
    if found:
        why = _apart_since(kind, len(found), days)
        yield Item(
            "",
            kind,
            sum(one.count for one in found),
            sum(one.bytes for one in found),
            rule.said if rule else BY_HAND,
            why,
            which=tuple(one.id for one in found),
        )


def _reason(
    kind: Kind, rule: Rule | None, life: Life, wanted: Wanted, now: datetime.datetime
) -> tuple[str, str] | None:
    """Under which rule a kind goes, and why; None if nobody wants that."""
    if wanted.by_hand:
        return BY_HAND, "Somebody named it."
    since = life.since(rule.after) if rule else None
    if rule is None or since is None or since + datetime.timedelta(days=rule.days) > now:
        return None
    return rule.said, _since(rule.after, since.date().isoformat())


def _since(event: Event, day: str) -> str:
    """Since when a kind of a meeting is due."""
    if event is Event.RELEASED:
        return f"It was released on {day}."
    return (
        f"Its recording was taken in on {day}."
        if event is Event.TAKEN
        else f"Nothing of it changed since {day}."
    )


def _apart_since(kind: Kind, count: int, days: int) -> str:
    """The same for what is of no meeting."""
    if kind is Kind.JOBS:
        return f"{count} jobs (done, failed or cancelled) ended {days} days ago or earlier."
    if kind is Kind.VOICEPRINTS:
        return f"{count} voiceprints expired {days} days ago or earlier."
    return f"{count} entries of the register are needed by no meeting, and were not changed for {days} days."


def refusal(
    folder: MeetingFolder,
    kind: Kind,
    life: Life,
    wanted: Wanted,
    *,
    held: dict[str, holds.Line],
    at_work: set[str],
    also: set[Kind],
) -> str:
    """Why a kind of a meeting is not erased, as a sentence; empty if it may be.

    Args:
        folder: the meeting.
        kind: which.
        life: what it went through.
        wanted: by whoever asks.
        held: the holds in force.
        at_work: ids of meetings for which a job waits or runs.
        also: what else goes with it.
    """
    gone = {*erased(folder.manifest()), *also}
    undecided = kind is Kind.LEDGER and Kind.DRAFT not in gone and bool(paths(folder.root, Kind.DRAFT))
    unreleased = life.released is None and not (wanted.even_unreleased and wanted.by_hand)
    reasons = (
        "It is under hold." if folder.id in held else "",
        "A job is waiting for it, or at work on it." if folder.id in at_work else "",
        life.unclear,
        life.open,
        "It is not released, or what is public is not what was released." if unreleased else "",
        "Its draft is still there, and would be without its decisions." if undecided else "",
    )
    return next(filter(None, reasons), "")


def measured(folder: MeetingFolder, kind: Kind) -> tuple[int, int]:
    """How many files a kind has, and their bytes."""
    sizes = [file.lstat().st_size for path in paths(folder.root, kind) for file in files(path)]
    return len(sizes), sum(sizes)
