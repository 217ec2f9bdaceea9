"""What a participant sees of a meeting by their personal link, and what they can do there.

Only what somebody approved is shown. Where something was hidden since, what would still show it is held back until the
record was approved again.
"""

from __future__ import annotations

import datetime
import hmac
from dataclasses import dataclass, replace
from pathlib import Path

from output import sound
from pipeline import workdays
from pipeline.folder import MeetingFolder, meetings
from pipeline.held_back import held_back
from pipeline.run import SOUND
from pipeline.window import Suggestion, Window, of, replayed
from pipeline.window_acts import (
    PARTICIPANT,
    Act,
    Agreed,
    Kind,
    Line,
    Linked,
    Presented,
    Seen,
    Suggested,
    append,
)
from pipeline.window_steps import decoded, sealed, shown_name
from redaction.approval import Lapse
from redaction.draft import Draft
from redaction.released import ReleasedSound
from redaction.shown import Shown, ShownTurn, muted_of, own_digest, parse
from speakers.error import BusyError, NotFoundError, NotReleasableError, RecordError, StorageError, ZhuziError
from speakers.meeting import Participant
from speakers.record import Span, digest

LONGEST = 20_000
"""Characters of a suggestion."""

MOST = 300
"""Suggestions of one person that wait for an answer."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all participants of a meeting see parts of.

    Attributes:
        shown: the newest approved record; None while it is worked on for a reason that leaves nothing to show.
        held_back: statements in which something was hidden since.
    """

    shown: Shown | None
    held_back: frozenset[str] = frozenset()


class Sharing:
    """What participants see of each meeting, reckoned again only when something changed."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Draft, Presented | None, Shared]] = {}

    def of(self, folder: MeetingFolder, draft: Draft) -> Shared:
        """As `shared`, of what the newest window shows."""
        window = of(folder)
        presented = window.presented if window else None
        known = self._known.get(folder.root)
        if known is None or known[0] is not draft or known[1] != presented:
            known = (draft, presented, shared(folder, draft, presented))
            if known[2].shown is not None:  # a file that is missing now may come back
                self._known[folder.root] = known
        return known[2]


@dataclass(frozen=True, slots=True)
class View:
    """What one participant sees.

    Attributes:
        window: the meeting's.
        person: who they are.
        shared: what there is to see.
        token: digest of the link's token.
        takes: whether something can be suggested.
    """

    window: Window
    person: Participant
    shared: Shared
    token: str
    takes: bool

    @property
    def own(self) -> tuple[ShownTurn, ...]:
        """Their turns."""
        return self.shared.shown.own(self.person) if self.shared.shown else ()

    @property
    def passages(self) -> tuple[tuple[ShownTurn, ...], ...]:
        """Their turns with the one before and after each: stretches of the record, in order."""
        turns = self.shared.shown.turns if self.shared.shown else ()
        own = {n for n, turn in enumerate(turns) if turn.whose in self.person.seals}
        near = sorted({n + away for n in own for away in (-1, 0, 1) if 0 <= n + away < len(turns)})
        found: list[list[ShownTurn]] = []
        for place, n in enumerate(near):
            if not place or near[place - 1] != n - 1:
                found.append([])
            found[-1].append(turns[n])
        return tuple(tuple(stretch) for stretch in found)

    def is_mine(self, turn: ShownTurn) -> bool:
        """Whether a turn is theirs."""
        return turn.whose in self.person.seals

    def turn(self, statement_id: str) -> ShownTurn:
        """One of their turns.

        Raises:
            NotFoundError: If it is none of theirs, or held back.
        """
        for turn in self.own:
            if turn.statement_id == statement_id and statement_id not in self.shared.held_back:
                return turn
        raise NotFoundError("There is no such turn of yours.", "Load the page again.")

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """Theirs, and what became of them."""
        return tuple(s for s in self.window.suggestions if s.asked.whose in self.person.seals)

    @property
    def agreed(self) -> bool:
        """Whether they agreed to what they see."""
        own = self.window.agreement(self.person)
        return (
            bool(own)
            and self.shared.shown is not None
            and own == own_digest(self.shared.shown.turns, self.person)
        )

    @property
    def muted(self) -> tuple[Span, ...] | None:
        """What they must not hear of the sound; None if that is all of it."""
        return self.shared.shown.muted_for(self.person) if self.shared.shown else None


def found(data: Path, token: str, *, now: datetime.datetime | None = None) -> tuple[MeetingFolder, Linked]:
    """The meeting and the link that a token opens.

    Raises:
        NotFoundError: If it opens nothing, any more; says neither why nor what.
        StorageError: If it opens nothing that can be read, but something is damaged.
    """
    wanted, day = sealed(token).encode(), (now or workdays.now()).astimezone(workdays.TAIPEI).date()
    hit: tuple[MeetingFolder, Linked] | None = None
    damaged: ZhuziError | None = None
    for folder in meetings(data):
        try:
            window = of(folder) if folder.window.exists() else None
        except ZhuziError as error:  # it shuts no link of other meetings
            damaged = error
            continue
        for link in window.links if window else ():
            # Every link is compared, so that the time tells nothing.
            if hmac.compare_digest(link.token.encode(), wanted) and window and day <= window.until(link):
                hit = folder, link
    if hit is None and damaged is not None:
        raise unreadable() from damaged
    if hit is None:
        raise NotFoundError("This link opens nothing (any more).", "Ask the office for a new one.")
    return hit


def unreadable() -> StorageError:
    """What participants are told of whatever is damaged."""
    return StorageError("Nothing can be shown by this link at the moment.", "Ask the office.")


def view(
    folder: MeetingFolder, draft: Draft, link: Linked, shared: Shared, *, now: datetime.datetime | None = None
) -> View:
    """What the holder of a link sees.

    Raises:
        NotFoundError: If that person is not in the meeting any more.
    """
    window = of(folder)
    person = next((p for p in draft.meeting.participants if p.sealed_as(link.whose)), None)
    if window is None or person is None:
        raise NotFoundError("This link opens nothing (any more).", "Ask the office for a new one.")
    return View(window, person, shared, link.token, window.takes(now or workdays.now()))


def shared(folder: MeetingFolder, draft: Draft, presented: Presented | None) -> Shared:
    """What participants may see now.

    Args:
        folder: the meeting.
        draft: as it is now; nothing of it is shown that nobody approved.
        presented: what links show.

    Raises:
        StorageError: If what was approved is not kept as it was.
    """
    if presented is None:
        return Shared(None)
    path = folder.window.parent / shown_name(presented)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Shared(None)  # it named somebody who is hidden since
    except OSError as error:
        raise StorageError(f"{path} cannot be read.", "Approve the record again: zhuzi review ID.") from error
    if digest(data.decode("utf-8", "replace")) != presented.file:
        raise StorageError(f"{path} was changed.", "Approve the record again: zhuzi review ID.")
    approved = parse(data)
    if approved.approval == draft.digest:
        return Shared(approved)
    if approved.people != draft.approval.people or Lapse.REVOKED in draft.lapses:
        return Shared(None)  # it may show somebody who asked not to be shown since, or what was taken down
    muted = (*approved.muted, *muted_of(draft))  # what is hidden by now is not heard either
    silent = (*approved.silent, *(p.seal for p in draft.unheard))
    return Shared(replace(approved, muted=muted, silent=silent), held_back(draft, approved))


def heard(folder: MeetingFolder, seen: View, statement_id: str) -> bytes:
    """The sound of one of their turns, as a WAV; what is protected of others is replaced in it.

    Raises:
        NotFoundError: If that is no turn of theirs, or nothing of it is published.
        NotReleasableError: If nothing may be heard, since voices of protected people are unknown or moments are others.
        StorageError: If the sound cannot be read.
    """
    turn, presented = seen.turn(statement_id), seen.window.presented
    if not turn.heard or turn.written is not None:  # what was written nobody said
        raise NotFoundError("There is no such turn of yours.", "Nothing of it is published.")
    muted = seen.muted
    if muted is None or presented is None or presented.sound != decoded(folder):
        raise NotReleasableError("The sound cannot be heard at the moment.", "Ask the office.")
    only = ReleasedSound(
        allowed=True, reason="", replaced=tuple(span for span in muted if span.overlap(turn.span))
    )
    return sound.excerpt(folder.root / SOUND, only, turn.span)


def suggest(
    folder: MeetingFolder,
    seen: View,
    approval: str,
    kind: Kind,
    *,
    statement_id: str = "",
    text: str = "",
    now: datetime.datetime | None = None,
) -> None:
    """Take a suggestion.

    Args:
        folder: the meeting.
        seen: what they see now.
        approval: digest of what they were looking at.
        kind: what they ask for.
        statement_id: which of their turns; empty for the whole meeting.
        text: the text that they want, the words that are to go, or what else they say.
        now: this moment.

    Raises:
        NotReleasableError: If the window is over.
        BusyError: If what they were looking at is not what is shown now.
        NotFoundError: If that is no turn of theirs.
        RecordError: If the suggestion says nothing, or too much.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise RecordError(f"A suggestion has {LONGEST} characters at most.", "Write less, or write twice.")
    _looked_at(seen, approval)
    turn = None
    if kind in {Kind.TEXT, Kind.LEAVE_OUT} or statement_id:
        turn = seen.turn(statement_id)
        if not turn.heard:
            raise NotFoundError("There is no such turn of yours.", "Nothing of it is published.")
    if kind is Kind.TEXT and turn is not None and text == turn.text:
        raise RecordError("That is what stands there.", "Change the text, then send it.")
    if kind is Kind.LEAVE_OUT and turn is not None and text and text not in turn.text:
        raise RecordError(
            "These words do not stand there.", "Copy them from the text, or leave the field empty."
        )
    if kind is Kind.ANONYMOUS and seen.person.protected:
        raise RecordError("You are not named in this record.", "There is nothing to change.")
    act = Suggested(
        seen.person.seal,
        kind,
        turn.statement_id if turn else "",
        turn.statement if turn else "",
        turn.text if turn else "",
        text,
    )

    def suggested(lines: tuple[Line, ...]) -> tuple[Act, ...]:
        window = _open(lines, seen, now)
        waiting = [s.asked for s in window.unanswered if s.asked.whose in seen.person.seals]
        if len(waiting) >= MOST:
            raise RecordError("So many suggestions are waiting.", "Wait for answers, or write to the office.")
        return () if act in waiting else (*_first(window, seen), act)  # sent twice is asked once

    append(folder.window, PARTICIPANT, suggested)


def agree(folder: MeetingFolder, seen: View, approval: str, *, now: datetime.datetime | None = None) -> None:
    """Take somebody's agreement to their own turns as they are shown; arguments and errors as `suggest`."""
    approved = _looked_at(seen, approval)
    if seen.shared.held_back & {turn.statement_id for turn in seen.own}:
        raise BusyError("Some of your turns are being worked on.", "Come back when they are shown again.")
    act = Agreed(seen.person.seal, own_digest(approved.turns, seen.person))
    append(folder.window, PARTICIPANT, lambda lines: (*_first(_open(lines, seen, now), seen), act))


def opened(folder: MeetingFolder, seen: View) -> None:
    """Note that a link was opened, the first time; when, and nothing else."""
    if seen.token not in seen.window.seen:
        append(folder.window, PARTICIPANT, lambda lines: _first(replayed(lines), seen))


def _first(window: Window | None, seen: View) -> tuple[Act, ...]:
    return (Seen(seen.token),) if window is not None and seen.token not in window.seen else ()


def _looked_at(seen: View, approval: str) -> Shown:
    if not seen.takes:
        raise NotReleasableError("The correction window is over.", "Write to the office.")
    if seen.shared.shown is None or seen.shared.shown.approval != approval:
        raise BusyError("The text was changed meanwhile.", "Look at it again, then send it.")
    return seen.shared.shown


def _open(lines: tuple[Line, ...], seen: View, now: datetime.datetime | None) -> Window:
    """The window, if it still takes something from this link."""
    window = replayed(lines)
    if window is None or not window.takes(now or workdays.now()):
        raise NotReleasableError("The correction window is over.", "Write to the office.")
    if not any(link.token == seen.token for link in window.links):
        raise NotFoundError("This link opens nothing (any more).", "Ask the office for a new one.")
    return window
