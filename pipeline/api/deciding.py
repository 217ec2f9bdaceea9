"""Meetings: where they stand, what is decided of them, and what goes out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pipeline import answered, leaks, review, revoke, risk_note, scripted, show, suggestions
from pipeline.api.common import Answer, Common, Report
from pipeline.folder import MeetingFolder, meetings
from pipeline.glances import beside_jobs
from pipeline.intake import settle
from pipeline.jobs.order import Release
from pipeline.status import details
from speakers.error import NotReleasableError


class Deciding(Common):
    """Meetings, as the commands of the same names."""

    def meetings(self) -> Answer:
        """Where every meeting stands, as `zhuzi status`; what waits or runs is in `jobs`."""
        return {"meetings": self._rows(meetings(self.data))}

    def meeting(self, meeting_id: str) -> Answer:
        """Where one stands: one of these rows."""
        return self._rows((self._folder(meeting_id),))[0]

    def _rows(self, folders: Iterable[MeetingFolder]) -> list[Answer]:
        chosen = self.settings
        rows = (
            details(folder, chosen.approvers, chosen.correction_days, partial(self._draft, folder))
            for folder in folders
        )
        return list(beside_jobs(rows, self._jobs.jobs()))

    def show(self, meeting_id: str) -> Answer:
        """The private draft with its marks, as `zhuzi show`."""
        return show.table(self._draft(self._folder(meeting_id)))

    def risk(self, meeting_id: str) -> Answer:
        """What is probably still unmarked, as `zhuzi risk`."""
        return risk_note.table(self._draft(self._folder(meeting_id)))

    def suggestions(
        self,
        meeting_id: str,
        reviewer: str = "",
        *,
        accept: Iterable[str] = (),
        reject: Iterable[str] = (),
        alike: bool = False,
    ) -> Answer:
        """Suggested corrections; some answered before, as `zhuzi suggestions`."""
        folder = self._folder(meeting_id)
        draft = self._draft(folder)
        acts = suggestions.answers(
            draft,
            suggestions.chosen(draft, accept, alike=alike),
            suggestions.chosen(draft, reject, alike=alike),
        )
        if acts:
            draft = review.decide(folder, reviewer, acts, how=self._how)
        return suggestions.table(draft)

    def review(
        self,
        meeting_id: str,
        reviewer: str,
        *,
        digest: str | None = None,
        names: Iterable[str] = (),
        mergers: Iterable[str] = (),
        absent: Iterable[str] = (),
        correct: Iterable[tuple[str, str]] = (),
        hide: Iterable[tuple[str, str]] = (),
        mask: Iterable[str] = (),
        keep: Iterable[tuple[str, str]] = (),
    ) -> Answer:
        """Decide, as the options of `zhuzi review` do.

        Args:
            meeting_id: which.
            reviewer: who decides; it goes into the ledger.
            digest: of the content that they were shown; None to decide whatever is there.
            names: "S1=p2".
            mergers: "S3=S1".
            absent: "p3".
            correct: (statement, text).
            hide: (statement, words).
            mask: ids of marks.
            keep: (mark, reason).
        """
        folder = self._folder(meeting_id)
        settle(folder, self._register)
        draft = self._draft(folder)
        if digest is not None and digest != draft.digest:
            raise NotReleasableError(
                "Something was decided since this was shown.", "Look at it again, then decide."
            )
        acts = scripted.acts_of(
            draft,
            names=names,
            mergers=mergers,
            absent=absent,
            correct=correct,
            hide=hide,
            mask=mask,
            keep=keep,
        )
        if acts:
            draft = review.decide(folder, reviewer, acts, how=self._how, seen=draft)
        return answered.reviewed(folder, draft, self.settings)

    def approve(self, meeting_id: str, reviewer: str, digest: str) -> Answer:
        """Approve exactly the content of this digest, in the name of a person who read it."""
        folder = self._folder(meeting_id)
        draft = review.approve(folder, reviewer, how=self._how, seen=digest)
        return answered.reviewed(folder, draft, self.settings)

    def release(self, meeting_id: str, report: Report = lambda *_: None) -> Answer:
        """Write the public files, here and now, as `zhuzi release`."""
        from pipeline.engines import engines, reader
        from pipeline.publish import publish

        folder, chosen = self._folder(meeting_id), self.settings
        out = publish(
            folder,
            approvers=chosen.approvers,
            correction_days=chosen.correction_days,
            listener=lambda: engines(chosen).transcriber(),
            reader=lambda: reader(chosen),
            report=report,
        )
        return answered.released(folder, out)

    def release_later(self, meeting_id: str, owner: int = 0) -> Answer:
        """Have them written in the background: a job."""
        return answered.job(self._jobs.submit(Release(self._folder(meeting_id).id), by=owner))

    def revoke(self, meeting_id: str, reviewer: str, reason: str) -> Answer:
        """Take down what is public, as `zhuzi revoke`; look at `failures` in the answer."""
        folder = self._folder(meeting_id)
        return answered.taken_down(folder, revoke.revoke(folder, reviewer, reason))

    def scan(
        self,
        paths: Iterable[Path | str],
        meetings: Iterable[str] = (),
        *,
        register: bool = False,
        numbers: bool = False,
    ) -> Answer:
        """Look for people who asked for anonymity, as `zhuzi scan`."""
        people = leaks.sought(tuple(meetings), lambda: self.data, register=register)
        return leaks.table(leaks.look(map(Path, paths), people, numbers=numbers))

    def scan_public(self, meeting_id: str) -> Answer:
        """Look through what is public of a meeting for those whom it protects."""
        folder = self._folder(meeting_id)
        return self.scan((folder.public,), (folder.id,), numbers=True)
