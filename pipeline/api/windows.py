"""Correction windows, as the commands `zhuzi window …`."""

from __future__ import annotations

import datetime
from typing import Literal

from pipeline import answers, review, window, window_list, window_steps
from pipeline.api.common import Answer, Common
from pipeline.invitation import HERE, Invited, address, invitation
from speakers.meeting import Wish


class Windows(Common):
    """Between approval and release."""

    def window(self, meeting_id: str) -> Answer:
        """How it stands, who has a link, and what was suggested, as `zhuzi window list`."""
        folder = self._folder(meeting_id)
        return window_list.table(folder, self._draft(folder), self.settings.correction_days)

    def open_window(
        self,
        meeting_id: str,
        reviewer: str,
        *,
        days: int | None = None,
        until: datetime.date | None = None,
    ) -> Answer:
        """Open it, once somebody approved the meeting."""
        folder = self._folder(meeting_id)
        draft = self._draft(folder)
        given = days or window.days_of(draft, self.settings.correction_days)
        now = window_steps.open_(folder, draft, reviewer, days=given, until=until)
        return {"id": folder.id, "window": window.row(now, draft, self.settings.correction_days)}

    def move_window(self, meeting_id: str, reviewer: str, until: datetime.date, reason: str) -> Answer:
        """Have it end on another day."""
        folder = self._folder(meeting_id)
        now = window_steps.move(folder, reviewer, until, reason)
        values = window.row(now, self._draft(folder), self.settings.correction_days)
        return {"id": folder.id, "window": values}

    def close_window(self, meeting_id: str, reviewer: str, reason: str = "") -> Answer:
        """Close it; before it is over, that cancels it."""
        folder = self._folder(meeting_id)
        ending = window_steps.close(folder, self._draft(folder), reviewer, reason)
        return {"id": folder.id, "ending": str(ending)}

    def link(self, meeting_id: str, reviewer: str, participant: str) -> Answer:
        """Make somebody's personal link; it is shown this once."""
        folder = self._folder(meeting_id)
        draft = self._draft(folder)
        token, now = window_steps.link(folder, reviewer, window_steps.participant_of(draft, participant))
        made = address(self.settings.doors.url or HERE, token)
        letter = invitation(Invited(draft.meeting.title, draft.meeting.date, made, now.last))
        return {
            "id": folder.id,
            "participant": participant,
            "link": made,
            "subject": letter.subject,
            "letter": letter.text,
        }

    def unlink(self, meeting_id: str, reviewer: str, participant: str) -> Answer:
        """Revoke it."""
        folder = self._folder(meeting_id)
        person = window_steps.participant_of(self._draft(folder), participant)
        window_steps.unlink(folder, reviewer, person)
        return {"id": folder.id, "participant": participant}

    def answer(
        self,
        meeting_id: str,
        number: int,
        reviewer: str,
        how: Literal["accept", "done", "refuse"],
        *,
        text: str = "",
        reason: str = "",
        wish: Wish = Wish.ANONYMOUS,
    ) -> Answer:
        """Answer a participant's suggestion, as `zhuzi window answer`.

        Args:
            meeting_id: which.
            number: of the suggestion.
            reviewer: who answers.
            how: do what it asks for; say that it was done by hand; refuse it.
            text: with "accept": the text that is right, where it is another one.
            reason: with the others, what the participant reads.
            wish: with "accept", of somebody who asks for anonymity: how they are hidden.
        """
        folder = self._folder(meeting_id)
        told: tuple[str, ...] = ()
        if how == "accept":
            told = answers.accept(
                folder,
                self._draft(folder),
                number,
                reviewer,
                decide=lambda acts, how: review.decide(folder, reviewer, acts, how=how),
                register=self._register,
                text=text,
                wish=wish,
            )
        elif how == "done":
            answers.noted(folder, number, reviewer, reason=reason)
        else:
            answers.refuse(folder, number, reviewer, reason=reason)
        return {"id": folder.id, "number": number, "accepted": how != "refuse", "notes": list(told)}
