"""Making personal links for several people at once, each with its message: sent, or to be copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import mail, workdays
from pipeline.folder import MeetingFolder
from pipeline.invitation import Invited, Letter, address, invitation, reminder
from pipeline.window_steps import link, participant_of
from redaction.draft import Draft
from speakers.error import RecordError, ZhuziError
from speakers.meeting import Participant


@dataclass(frozen=True, slots=True)
class Made:
    """A link that was made, shown this once.

    Attributes:
        person: whose.
        link: all of it.
        letter: the message that holds it.
        sent: whether it was sent by e-mail.
        trouble: why it was not, although it was to be; None otherwise.
    """

    person: Participant
    link: str
    letter: Letter
    sent: bool
    trouble: ZhuziError | None = None


def invite(
    folder: MeetingFolder,
    draft: Draft,
    who: str,
    people: Sequence[str],
    *,
    room: str,
    again: bool = False,
    to: Mapping[str, str] | None = None,
    through: mail.Server | None = None,
) -> tuple[Made, ...]:
    """Make links, and send those for whom an address was typed.

    Args:
        folder: the meeting.
        draft: as it is now.
        who: the reviewer.
        people: ids of participants.
        room: where participants reach the room.
        again: whether the message reminds.
        to: addresses by participant, typed for this and kept nowhere.
        through: the mail server; None if there is none.

    Raises:
        RecordError: If it is for nobody.
        ZhuziError: If a link cannot be made; those before it are good.
    """
    if not people:
        raise RecordError("Nobody was chosen.", "Choose who is to get a link.")
    chosen = [participant_of(draft, one) for one in dict.fromkeys(people)]
    return tuple(
        _made(folder, draft, who, one, room, again=again, to=to or {}, through=through) for one in chosen
    )


def _made(
    folder: MeetingFolder,
    draft: Draft,
    who: str,
    person: Participant,
    room: str,
    *,
    again: bool,
    to: Mapping[str, str],
    through: mail.Server | None,
) -> Made:
    token, window = link(folder, who, person)
    invited = Invited(draft.meeting.title, draft.meeting.date, address(room, token), window.last)
    left = workdays.left(workdays.now().date(), window.last)
    letter = reminder(invited, left) if again else invitation(invited)
    typed = to.get(person.id, "").strip()
    if not typed or through is None:
        return Made(person, invited.link, letter, sent=False)
    try:
        mail.send(through, typed, letter.subject, letter.text)
    except ZhuziError as error:
        return Made(person, invited.link, letter, sent=False, trouble=error)
    return Made(person, invited.link, letter, sent=True)
