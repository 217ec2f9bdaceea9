"""A meeting that several people work on at once: what they decide is recorded at once, and its marks follow.

What is known of the meeting is kept between requests. A decision is checked, written to the ledger and done to the
record in milliseconds; the marks of the new record are looked for by a thread of their own, once for all decisions that
came meanwhile. Who needs them waits for them: `LiveMeeting.draft`.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import register, review, window_steps
from pipeline.folder import MeetingFolder
from pipeline.material import Material, material_of
from pipeline.stamps import Stamp, stamps
from pipeline.validity import Standing, valid
from redaction import ledger
from redaction.chain import Known
from redaction.decision import Act, Approved, Rediarized, Undone, Verdict
from redaction.draft import Draft
from redaction.ledger import Entry
from redaction.reviewed import Reviewed
from speakers.error import BusyError, ZhuziError
from speakers.record import Record

_TRIES = 5
"""How often another program may be quicker before a decision is refused."""

_LOOK_AGAIN_S = 0.2
"""Files other than the ledger are looked at so often while people decide; whoever asks for the draft has it exactly."""

_RESTS, _REST_S = 10.0, 2.0
"""After a search for marks the next one rests so many times as long, and so long at most: decisions come first."""


@dataclass(frozen=True, slots=True)
class _Now:
    """What is known of a meeting."""

    material: Material
    reviewed: Reviewed
    known: Known[Entry]


class LiveMeeting:
    """One meeting, for as long as a program that serves it runs; any thread may ask it anything.

    Args:
        folder: the meeting's.
    """

    def __init__(self, folder: MeetingFolder) -> None:
        self.folder = folder
        self._knowing = threading.Lock()  # of what is below; never held while marks are looked for
        self._deciding = threading.Lock()
        self._searching = threading.Lock()
        self._presenting = threading.Lock()
        data = folder.root.parent.parent
        self._places = (folder.root, *register.of(data).places, data / "voiceprints")
        self._stamps: tuple[Stamp, ...] = ()
        self._looked = 0.0
        self._material: Material | None = None
        self._known: Known[Entry] | None = None
        self._reviewed: Reviewed | None = None
        self._draft: tuple[Material, int, Draft] | None = None
        self._searcher: threading.Thread | None = None

    @property
    def version(self) -> int:
        """How many entries the ledger has; grows with everything that anybody decides."""
        return len(self.entries())

    def entries(self) -> tuple[Entry, ...]:
        """The whole ledger, in order."""
        with self._knowing:
            return self._now().known.links

    def record(self) -> Record:
        """The record with everything done to it; its marks may not have been looked for yet."""
        with self._knowing:
            return self._now().reviewed.record

    def heard(self) -> Reviewed:
        """The record as it was heard, with no act done to it; whoever asks may do some."""
        with self._knowing:
            return self._now().reviewed.anew()

    @property
    def settled(self) -> bool:
        """Whether the marks of the record as it is now are known."""
        with self._knowing:
            now = self._now(exactly=True)
            return self._drafted(now.material, len(now.known.links)) is not None

    def draft(self) -> Draft:
        """The draft as it stands now, with whatever other programs changed; waits until its marks are known.

        Raises:
            NotReleasableError: If the meeting has not been heard yet.
            ZhuziError: If an artifact, `meeting.toml` or the ledger is damaged.
        """
        with self._knowing:
            now = self._now(exactly=True)
            wanted = len(now.known.links)
            draft = self._drafted(now.material, wanted)
        while draft is None:
            self._search()
            with self._knowing:
                draft = self._drafted(self._now().material, wanted)
        return draft

    def latest(self) -> Draft:
        """The newest draft that is there, perhaps of before the last decisions; waits only for the first one."""
        with self._knowing:
            draft = self._drafted(self._now().material, 0)
            if draft is not None:
                self._search_soon()
        return draft or self.draft()

    def decide(
        self,
        who: str,
        acts: tuple[Act, ...],
        *,
        how: str = "in the room",
        seen: Draft | None = None,
        expected: Mapping[str, Verdict | None] | None = None,
        after: int | None = None,
    ) -> tuple[Entry, ...]:
        """Record what somebody decided; arguments and errors as `pipeline.review.decide`.

        Returns:
            What was recorded, with the ids of new statements and voices. The marks follow: `draft` waits for them.
        """
        self.latest()
        with self._deciding:
            for tries in range(_TRIES):
                standing, known, material = self._standing()
                if after is not None and after != len(known.links):
                    raise ledger.grown()
                whole, done = valid(standing, who, acts, seen=seen, expected=expected)
                try:
                    written = ledger.append_on(
                        self.folder.ledger, who, whole, known, how=how, after=len(known.links)
                    )
                    break
                except BusyError:  # another program was quicker; what it decided may be nothing to this
                    if tries == _TRIES - 1:
                        raise
            with self._knowing:
                if self._known is known and self._material is material:
                    self._reviewed, self._known = done, written
                else:
                    self._follow(written)
                self._search_soon()
        if any(isinstance(act, Approved) for act in whole):
            self.presented()
        return written.links[len(known.links) :]

    def presented(self) -> Draft:
        """The draft, with personal links showing it if it is approved, whatever kept that from being done then.

        One at a time, so that nothing older comes after what is newer. Whoever holds the window's file must not ask.

        Raises:
            ZhuziError: As `draft`, and if the window cannot be written.
        """
        with self._presenting:
            draft = self.draft()
            if draft.approvals:
                window_steps.present(self.folder, draft, draft.approvals[-1].who)
            return draft

    def _standing(self) -> tuple[Standing, Known[Entry], Material]:
        """Where the review stands, for acts to be checked against, and of what."""
        with self._knowing:
            now = self._now()
            latest = self._drafted(now.material, 0)
            reviewed, known = now.reviewed.copy(), now.known
        return Standing(reviewed, known.links, latest or self.draft(), self.draft), known, now.material

    def approve(
        self, who: str, *, how: str = "in the room", seen: str | None = None, after: int | None = None
    ) -> tuple[Entry, ...]:
        """Approve exactly what is there now; arguments and errors as `pipeline.review.approve`."""
        draft = self.draft()
        review.approvable(draft)
        return self.decide(who, (Approved(seen or draft.digest),), how=how, after=after)

    def _now(self, *, exactly: bool = False) -> _Now:
        """What is known, after looking whether anybody changed a file.

        Args:
            exactly: look at every file, and not at the ledger alone if the others were looked at a moment ago.
        """
        if exactly or self._material is None or time.monotonic() - self._looked > _LOOK_AGAIN_S:
            seen = tuple(stamps(self._places, _makes_drafts))
            if self._material is None or seen != self._stamps:
                self._material, self._reviewed = material_of(self.folder), None
                self._stamps = seen
            self._looked = time.monotonic()
        if exactly or self._reviewed is None or not ledger.is_as_known(self.folder.ledger, self._known):
            self._follow(ledger.read_on(self.folder.ledger, self._known))
        assert self._reviewed is not None  # noqa: S101 - just made
        assert self._known is not None  # noqa: S101 - likewise
        return _Now(self._material, self._reviewed, self._known)

    def _follow(self, known: Known[Entry]) -> None:
        """Do to the record what the ledger says beyond what was done already."""
        if known is self._known and self._reviewed is not None:
            return
        before = self._known.links if self._known is not None else ()
        grown = len(known.links) >= len(before) and known.links[: len(before)][-1:] == before[-1:]
        new = known.links[len(before) :]
        if self._reviewed is None or not grown or any(isinstance(e.act, Undone | Rediarized) for e in new):
            assert self._material is not None  # noqa: S101 - the caller has it
            self._reviewed = self._material.reviewed(known.links)
        else:
            for entry in new:
                self._reviewed.take(entry)
        self._known = known

    def _drafted(self, material: Material, least: int) -> Draft | None:
        """The draft that is there, if it is of this material and of so many entries at least."""
        if self._draft is None or self._draft[0] is not material or self._draft[1] < least:
            return None
        return self._draft[2]

    def _search(self) -> None:
        """Look for the marks of the record as it is now."""
        with self._searching:
            with self._knowing:
                now = self._now(exactly=True)
                if self._drafted(now.material, len(now.known.links)) is not None:
                    return
                first = self._drafted(now.material, 0) is None
                reviewed = now.reviewed.copy()
            draft = now.material.draft(reviewed, now.known.links)
            with self._knowing:
                self._draft = now.material, len(now.known.links), draft
            if first:  # what stays for hours need not be looked through for garbage again and again
                gc.collect()
                gc.freeze()

    def _search_soon(self) -> None:
        """The same by a thread of its own, which goes on until it has caught up."""
        if self._searcher is None and not self._is_caught_up():
            self._searcher = threading.Thread(target=self._catch_up, name="marks", daemon=True)
            self._searcher.start()

    def _is_caught_up(self) -> bool:
        assert self._material is not None  # noqa: S101 - the callers have it
        assert self._known is not None  # noqa: S101 - likewise
        return self._drafted(self._material, len(self._known.links)) is not None

    def _catch_up(self) -> None:
        """Search until nothing is left to do, and rest between, so that those who decide come first."""
        try:
            while not self._rested():
                began = time.monotonic()
                self._search()
                time.sleep(min(_REST_S, _RESTS * (time.monotonic() - began)))
        except ZhuziError:
            pass  # whoever asks for the draft is told
        finally:
            with self._knowing:
                if self._searcher is threading.current_thread():
                    self._searcher = None

    def _rested(self) -> bool:
        """Whether nothing is left to do; then the thread is no longer there for anybody."""
        with self._knowing:
            done = self._is_caught_up()
            if done:
                self._searcher = None
            return done


def _makes_drafts(entry: os.DirEntry[str]) -> bool:
    """Whether a draft is made of a file: not what is only half written, nor the ledger, which is followed by itself."""
    return entry.is_file() and not entry.name.startswith("ledger.") and not entry.name.endswith(".part")
