"""What reviewers do with a meeting's correction window: open and move it, make personal links, close it."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable

from pipeline import workdays
from pipeline.folder import MeetingFolder, write_atomically
from pipeline.window import AFTERWARDS, Window, everybody_agreed, of, replayed, taking_part
from pipeline.window_acts import Act, Closed, Ending, Line, Linked, Moved, Opened, Presented, Unlinked, append
from redaction.draft import Draft
from redaction.release import unfit
from redaction.shown import serialize, shown
from speakers.error import BusyError, NotFoundError, NotReleasableError, RecordError
from speakers.meeting import Participant
from speakers.record import digest

LONGEST = datetime.timedelta(days=731)
"""So far away a last day may be; a slip of the pen would keep a release back, and links alive, for ever."""


def open_(
    folder: MeetingFolder,
    draft: Draft,
    who: str,
    *,
    days: int = 0,
    until: datetime.date | None = None,
    now: datetime.datetime | None = None,
) -> Window:
    """Open a window.

    Args:
        folder: the meeting.
        draft: as it is now.
        who: the reviewer.
        days: so many Taiwan working days; today does not count.
        until: its last day, in place of them.
        now: this moment.

    Raises:
        NotReleasableError: If nobody approved exactly this content, or more is missing than approvals.
        BusyError: If one is open, or suggestions of the one before are unanswered.
        RecordError: If no last day can be reckoned, or it is over.
    """
    shut = unfit(draft)
    if shut or not draft.approvals:
        what = " ".join(o.what for o in shut) or "Nobody approved exactly this content."
        raise NotReleasableError(
            f"{what} Nothing is shown to participants before a person approved it.",
            "Review and approve it first: zhuzi review ID.",
        )
    moment = now or workdays.now()
    today = moment.astimezone(workdays.TAIPEI).date()
    last = until or workdays.after(today, days)
    _still_to_come(last, moment)
    presented = _kept(folder, draft)

    def opened(lines: tuple[Line, ...]) -> tuple[Act, ...]:
        before = replayed(lines)
        if before is not None and before.takes(moment):
            raise BusyError(
                "Its correction window is open already.", "Move its last day: zhuzi window move ID."
            )
        if before is not None:
            _all_answered(before)
        return Opened(0 if until else days, last.isoformat()), presented

    return _appended(folder, who, opened)


def present(folder: MeetingFolder, draft: Draft, who: str) -> None:
    """Have the links of an open window show what was approved now; nothing happens where there is no such window."""
    window = of(folder)
    if window is None or window.closed or unfit(draft) or not draft.approvals:
        return
    if window.presented is not None and window.presented.approval == draft.digest:
        return
    presented = _kept(folder, draft)
    append(folder.window, who, lambda _: (presented,))
    for path in folder.window.parent.glob("shown-*.json"):
        if path.name != shown_name(presented):
            path.unlink(missing_ok=True)  # it may name somebody who is hidden since


def shown_name(presented: Presented) -> str:
    """What the file is called that keeps it."""
    return f"shown-{presented.file[:12]}.json"


def decoded(folder: MeetingFolder) -> str:
    """The sha256 of a meeting's decoded sound, as its manifest says."""
    return str(folder.manifest()["stages"].get("decode", {}).get("sha256", ""))


def _kept(folder: MeetingFolder, draft: Draft) -> Presented:
    data = serialize(shown(draft))
    presented = Presented(draft.digest, digest(data.decode("utf-8")), decoded(folder))
    folder.window.parent.mkdir(mode=0o700, exist_ok=True)
    write_atomically(folder.window.parent / shown_name(presented), data)
    return presented


def move(
    folder: MeetingFolder, who: str, last: datetime.date, reason: str, *, now: datetime.datetime | None = None
) -> Window:
    """Have the window end on another day.

    Raises:
        NotReleasableError: If none is open: one that is over is opened anew.
        RecordError: If that day is over, or there is no reason.
    """
    moment = now or workdays.now()
    _still_to_come(last, moment)
    if not reason.strip():
        raise RecordError("To move the last day needs a reason.", "Say why; participants read it.")

    def moved(lines: tuple[Line, ...]) -> tuple[Act, ...]:
        _takes(replayed(lines), moment)
        return (Moved(last.isoformat(), reason.strip()),)

    return _appended(folder, who, moved)


def link(
    folder: MeetingFolder, who: str, person: Participant, *, now: datetime.datetime | None = None
) -> tuple[str, Window]:
    """Make a personal link; the one before is dead.

    Returns:
        Its token, which is kept nowhere and shown this once; and the window.

    Raises:
        NotReleasableError: If no window is open.
    """
    moment, token = now or workdays.now(), secrets.token_urlsafe(32)

    def linked(lines: tuple[Line, ...]) -> tuple[Act, ...]:
        window = _takes(replayed(lines), moment)
        before = window.link(person)
        gone = (Unlinked(before.whose),) if before and before.whose != person.seal else ()
        return (*gone, Linked(person.seal, sealed(token), (window.last + AFTERWARDS).isoformat()))

    return token, _appended(folder, who, linked)


def unlink(folder: MeetingFolder, who: str, person: Participant) -> None:
    """Revoke somebody's link.

    Raises:
        NotFoundError: If they have none.
    """

    def unlinked(lines: tuple[Line, ...]) -> tuple[Act, ...]:
        window = replayed(lines)
        before = window.link(person) if window else None
        if before is None:
            raise NotFoundError(f"{person.id} has no link.", "See who has one: zhuzi window list ID.")
        return (Unlinked(before.whose),)

    _appended(folder, who, unlinked)


def close(
    folder: MeetingFolder, draft: Draft, who: str, reason: str, *, now: datetime.datetime | None = None
) -> Ending:
    """Close the window: its links are dead. Before it is over that cancels it, and another one has to be opened.

    Raises:
        NotReleasableError: If none is open, or suggestions are unanswered.
    """
    moment = now or workdays.now()
    agreed_ = everybody_agreed(of(folder), draft)
    endings = []

    def closed(lines: tuple[Line, ...]) -> tuple[Act, ...]:
        window = replayed(lines)
        if window is None or window.closed:
            raise NotReleasableError("No correction window is open.", "Open one: zhuzi window open ID.")
        _all_answered(window)
        early = Ending.AGREED if agreed_ else Ending.CANCELLED
        endings.append(Ending.OVER if workdays.over(window.last, moment) else early)
        if endings[-1] is Ending.CANCELLED and not reason.strip():
            raise RecordError("To close a window early needs a reason.", "Say why: --reason TEXT.")
        return (Closed(endings[-1], reason.strip()),)

    _appended(folder, who, closed)
    return endings[-1]


def participant_of(draft: Draft, participant_id: str) -> Participant:
    """Somebody for whom there may be a link.

    Raises:
        NotFoundError: If there is nobody of that id, or they do not speak.
    """
    for person in taking_part(draft):
        if person.id == participant_id:
            return person
    raise NotFoundError(
        "There is no such participant in this meeting.", "See who there is: zhuzi window list ID."
    )


def sealed(token: str) -> str:
    """What of a link's token is kept: whoever copies the file cannot open it."""
    return digest("personal link", token)


def _takes(window: Window | None, moment: datetime.datetime) -> Window:
    if window is None or not window.takes(moment):
        raise NotReleasableError("No correction window is open.", "Open one: zhuzi window open ID.")
    return window


def _all_answered(window: Window) -> None:
    if window.unanswered:
        raise NotReleasableError(
            f"{len(window.unanswered)} suggestions of participants are unanswered.",
            "Answer them first: zhuzi window list ID.",
        )


def _still_to_come(last: datetime.date, moment: datetime.datetime) -> None:
    if workdays.over(last, moment):
        raise RecordError("That last day is over.", "Give today's date or a later one.")
    if last - moment.astimezone(workdays.TAIPEI).date() > LONGEST:
        raise RecordError("That last day is more than two years away.", "Give an earlier date.")


def _appended(folder: MeetingFolder, who: str, make: Callable[[tuple[Line, ...]], tuple[Act, ...]]) -> Window:
    window = replayed(append(folder.window, who, make))
    assert window is not None  # noqa: S101 - every act that is added here needs one, or opens it
    return window
