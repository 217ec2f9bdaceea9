"""The correction window of a meeting, and how it stands to a release.

    window/                  0700, in the meeting's folder
      window.jsonl           what happened in it, hash-chained, with window.head beside it
      shown-DIGEST.json      what links show: the newest approved record, as it would be published

Between approval and publication the participants see their own turns by personal links, and suggest. Nothing is shown
that nobody approved.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from pipeline import workdays
from pipeline.folder import MeetingFolder
from pipeline.window_acts import (
    Agreed,
    Answered,
    Closed,
    Ending,
    Line,
    Linked,
    Moved,
    Opened,
    Presented,
    Seen,
    Suggested,
    Unlinked,
    read,
)
from redaction.draft import Draft
from redaction.release import Obstacle
from redaction.shown import own_digest, turns_of
from speakers.error import NotFoundError, NotReleasableError
from speakers.meeting import Participant

AFTERWARDS = datetime.timedelta(days=7)
"""So long after the last day a link still shows what became of suggestions."""


class Stage(StrEnum):
    """How a window stands to a release."""

    NONE = "not needed"
    MISSING = "not opened"
    UNANSWERED = "suggestions unanswered"
    OPEN = "open"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a participant asked for, and the answer.

    Attributes:
        number: by which people call it.
        at: when, ISO.
        asked: what.
        answer: None as long as nobody answered.
        answered_by: the reviewer; empty likewise.
    """

    number: int
    at: str
    asked: Suggested
    answer: Answered | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """The newest window of a meeting.

    Attributes:
        at: when it was opened, ISO.
        by: the reviewer who opened it.
        last: its last day.
        moved: why it ends on another day than it was opened for; empty if it does not.
        presented: what its links show.
        links: (n_people,) those that are not revoked, the newest of each person.
        seen: tokens' digests of the links that were opened.
        suggestions: (n_suggestions,) in order.
        agreements: digest of what somebody agreed to, by seal.
        closed: how it was closed; None if it was not.
    """

    at: str
    by: str
    last: datetime.date
    moved: str = ""
    presented: Presented | None = None
    links: tuple[Linked, ...] = ()
    seen: frozenset[str] = frozenset()
    suggestions: tuple[Suggestion, ...] = ()
    agreements: dict[str, str] = field(default_factory=dict)
    closed: Closed | None = None

    @property
    def unanswered(self) -> tuple[Suggestion, ...]:
        """Suggestions that nobody answered."""
        return tuple(s for s in self.suggestions if s.answer is None)

    @property
    def cancelled(self) -> bool:
        """Whether it was closed before it could do what it is for."""
        return self.closed is not None and self.closed.ending is Ending.CANCELLED

    def takes(self, moment: datetime.datetime) -> bool:
        """Whether something can be suggested."""
        return self.closed is None and not workdays.over(self.last, moment)

    def link(self, person: Participant) -> Linked | None:
        """Somebody's link, if they have one."""
        return next((link for link in self.links if link.whose in person.seals), None)

    def until(self, link: Linked) -> datetime.date:
        """The last day on which a link opens anything."""
        return max(datetime.date.fromisoformat(link.until), self.last + AFTERWARDS)

    def agreement(self, person: Participant) -> str:
        """Digest of what somebody agreed to; empty if they did not."""
        return next((own for seal, own in self.agreements.items() if seal in person.seals), "")

    def suggestion(self, number: int) -> Suggestion:
        """One of them.

        Raises:
            NotFoundError: If there is none of that number.
        """
        for one in self.suggestions:
            if one.number == number:
                return one
        raise NotFoundError(
            "There is no suggestion of that number.", "See which there are: zhuzi window list ID."
        )


def of(folder: MeetingFolder) -> Window | None:
    """The newest window of a meeting; None if there never was one.

    Raises:
        LedgerError: If what is kept of it was changed by hand.
    """
    return replayed(read(folder.window))


def replayed(lines: tuple[Line, ...]) -> Window | None:
    """The newest window of these lines; None if there is none."""
    window: Window | None = None
    for line in lines:
        if isinstance(line.act, Opened):
            window = Window(line.at, line.who, datetime.date.fromisoformat(line.act.last))
        elif window is not None:
            window = _then(window, line)
    return window


def _then(window: Window, line: Line) -> Window:  # noqa: PLR0911 - one line for each act
    match line.act:
        case Moved(last, reason):
            return replace(window, last=datetime.date.fromisoformat(last), moved=reason)
        case Presented() as presented:
            return replace(window, presented=presented)
        case Linked() as made:
            others = tuple(link for link in window.links if link.whose != made.whose)
            return replace(window, links=(*others, made))
        case Unlinked(whose):
            return replace(window, links=tuple(link for link in window.links if link.whose != whose))
        case Seen(token):
            return replace(window, seen=window.seen | {token})
        case Suggested() as asked:
            return replace(window, suggestions=(*window.suggestions, Suggestion(line.seq, line.at, asked)))
        case Answered() as answer:
            told = (
                replace(s, answer=answer, answered_by=line.who) if s.number == answer.number else s
                for s in window.suggestions
            )
            return replace(window, suggestions=tuple(told))
        case Agreed(whose, own):
            return replace(window, agreements={**window.agreements, whose: own})
        case Closed() as closed:
            return replace(window, closed=closed, links=())
    return window


def taking_part(draft: Draft) -> tuple[Participant, ...]:
    """Those whom a window is for: every participant of whom nobody said that they do not speak."""
    return tuple(p for p in draft.meeting.participants if p.id not in draft.absent)


def agreed(window: Window | None, draft: Draft) -> frozenset[str]:
    """Ids of those who agreed to what would be published of them now."""
    if window is None or not window.agreements:
        return frozenset()
    turns = turns_of(draft)
    return frozenset(p.id for p in taking_part(draft) if window.agreement(p) == own_digest(turns, p))


def everybody_agreed(window: Window | None, draft: Draft) -> bool:
    """Whether everybody agreed; nobody can be everybody."""
    people = taking_part(draft)
    return bool(people) and len(agreed(window, draft)) == len(people)


def days_of(draft: Draft, days: int) -> int:
    """How many working days a meeting's window has: what its file says, or the settings."""
    return days if draft.meeting.correction_days is None else draft.meeting.correction_days


def stage(window: Window | None, draft: Draft, days: int, *, now: datetime.datetime | None = None) -> Stage:
    """How the window stands to a release.

    Args:
        window: the newest one.
        draft: as it is now.
        days: what the settings ask for.
        now: this moment.
    """
    if window is not None and window.unanswered:
        return Stage.UNANSWERED
    if window is None or window.cancelled:
        return Stage.MISSING if days_of(draft, days) else Stage.NONE
    over = workdays.over(window.last, now or workdays.now())
    if window.closed is not None:
        over = window.closed.ending is Ending.OVER
    if over or everybody_agreed(window, draft):
        return Stage.PASSED
    return Stage.MISSING if window.closed else Stage.OPEN


def reasons(
    window: Window | None, draft: Draft, days: int, *, now: datetime.datetime | None = None
) -> tuple[Obstacle, ...]:
    """Why a meeting may not be released on account of its window; none if it may. Arguments as `stage`."""
    return tuple(_reasons(window, draft, days, now))


def refuse(window: Window | None, draft: Draft, days: int) -> None:
    """Refuse a release on account of its window; arguments as `stage`.

    Raises:
        NotReleasableError: If there is a reason.
    """
    shut = reasons(window, draft, days)
    if shut:
        raise NotReleasableError(" ".join(o.what for o in shut), " ".join(o.cure for o in shut))


def _reasons(
    window: Window | None, draft: Draft, days: int, now: datetime.datetime | None
) -> Iterator[Obstacle]:
    match stage(window, draft, days, now=now):
        case Stage.MISSING if window is not None and not window.cancelled:
            what = "Its correction window was closed, and what somebody agreed to was changed since."
            yield Obstacle(what, "Open it again: zhuzi window open ID.")
        case Stage.MISSING:
            what = f"Participants have had no {days_of(draft, days)} working days to suggest corrections."
            yield Obstacle(what, "Open it: zhuzi window open ID.")
        case Stage.UNANSWERED if window is not None:
            what = f"{len(window.unanswered)} suggestions of participants are unanswered."
            yield Obstacle(what, "Answer them: zhuzi window list ID.")
        case Stage.OPEN if window is not None:
            have, people = len(agreed(window, draft)), len(taking_part(draft))
            yield Obstacle(
                f"Its correction window is open until {window.last.isoformat()}; {have} of {people} participants "
                "agreed to what would be published of them.",
                "Wait until it is over, or until everybody agreed.",
            )


def row(
    window: Window | None, draft: Draft, days: int, *, now: datetime.datetime | None = None
) -> dict[str, Any]:
    """How a window stands, for programs; ids and numbers only. Arguments as `stage`."""
    moment = now or workdays.now()
    today = moment.astimezone(workdays.TAIPEI).date()
    return {
        "stage": str(stage(window, draft, days, now=moment)),
        "days": days_of(draft, days),
        "last_day": window.last.isoformat() if window else None,
        "days_left": workdays.left(today, window.last) if window and window.takes(moment) else 0,
        "open_suggestions": len(window.unanswered) if window else 0,
        "agreed": len(agreed(window, draft)),
        "people": len(taking_part(draft)),
    }


def told(values: dict[str, Any]) -> str:
    """A `row` of a window that there is, for people."""
    days = f", {values['days_left']} working days left" if values["days_left"] else ""
    return (
        f"correction window: {values['stage']}, until {values['last_day']}{days}; "
        f"{values['agreed']} of {values['people']} agreed, {values['open_suggestions']} suggestions unanswered"
    )
