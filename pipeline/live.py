"""A meeting that several people work on at once: what they decide is recorded at once, and its marks follow.

What is known of the meeting is kept between requests. A decision is checked, written to the ledger and done to the
record in milliseconds; the marks of the new record are looked for by a thread of their own, once for all decisions that
came meanwhile. Who needs them waits for them: `LiveMeeting.draft`.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline import register, review
from pipeline.folder import MeetingFolder
from pipeline.material import Material, material_of
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

_OTHERS = frozenset({"ledger.jsonl", "ledger.head", "job.log"})
"""Files in a meeting's folder that nothing is made of, or that are followed line by line."""

_Stamps = tuple[tuple[str, int, int, int], ...]


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
        self._stamps: _Stamps = ()
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
            return self._now()[2].links

    def record(self) -> Record:
        """The record with everything done to it; its marks may not have been looked for yet."""
        with self._knowing:
            return self._now()[1].record

    @property
    def settled(self) -> bool:
        """Whether the marks of the record as it is now are known."""
        with self._knowing:
            material, _, known = self._now()
            return self._drafted(material, len(known.links)) is not None

    def draft(self) -> Draft:
        """The draft as it stands now, with whatever other programs changed; waits until its marks are known.

        Raises:
            NotReleasableError: If the meeting has not been heard yet.
            ZhuziError: If an artifact, `meeting.toml` or the ledger is damaged.
        """
        with self._knowing:
            wanted = len(self._now()[2].links)
        while True:
            with self._knowing:
                draft = self._drafted(self._now()[0], wanted)
            if draft is not None:
                return draft
            self._search()

    def latest(self) -> Draft:
        """The newest draft that is there, perhaps of before the last decisions; waits only for the first one."""
        with self._knowing:
            draft = self._drafted(self._now()[0], 0)
        if draft is None:
            return self.draft()
        self._search_soon()
        return draft

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
        with self._deciding:
            for tries in range(_TRIES):
                latest = self.latest()
                with self._knowing:
                    _, reviewed, known = self._now()
                    reviewed = reviewed.copy()
                if after is not None and after != len(known.links):
                    raise ledger.grown()
                standing = Standing(reviewed, known.links, latest, self.draft)
                whole = valid(standing, who, acts, seen=seen, expected=expected)
                try:
                    written = ledger.append_on(
                        self.folder.ledger, who, whole, known, how=how, after=len(known.links)
                    )
                    break
                except BusyError:  # another program was quicker; what it decided may be nothing to this
                    if tries == _TRIES - 1:
                        raise
            with self._knowing:
                self._follow(written)
        self._search_soon()
        return written.links[len(known.links) :]

    def approve(
        self, who: str, *, how: str = "in the room", seen: str | None = None, after: int | None = None
    ) -> tuple[Entry, ...]:
        """Approve exactly what is there now; arguments and errors as `pipeline.review.approve`."""
        draft = self.draft()
        review.approvable(draft)
        return self.decide(who, (Approved(seen or draft.digest),), how=how, after=after)

    def _now(self) -> tuple[Material, Reviewed, Known[Entry]]:
        """What is known, after looking whether anybody changed a file."""
        stamps = tuple(_stamps(self.folder))
        if self._material is None or stamps != self._stamps:
            self._material, self._reviewed = material_of(self.folder), None
            self._stamps = stamps
        self._follow(ledger.read_on(self.folder.ledger, self._known))
        assert self._reviewed is not None  # noqa: S101 - just made
        assert self._known is not None  # noqa: S101 - likewise
        return self._material, self._reviewed, self._known

    def _follow(self, known: Known[Entry]) -> None:
        """Do to the record what the ledger says beyond what was done already."""
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
                material, reviewed, known = self._now()
                if self._drafted(material, len(known.links)) is not None:
                    return
                reviewed = reviewed.copy()
            draft = material.draft(reviewed, known.links)
            with self._knowing:
                self._draft = material, len(known.links), draft

    def _search_soon(self) -> None:
        """The same by a thread of its own, which goes on until it has caught up."""
        with self._knowing:
            material, _, known = self._now()
            if self._searcher is None and self._drafted(material, len(known.links)) is None:
                self._searcher = threading.Thread(target=self._catch_up, name="marks", daemon=True)
                self._searcher.start()

    def _catch_up(self) -> None:
        try:
            while not self._caught_up():
                self._search()
        except ZhuziError:
            pass  # whoever asks for the draft is told
        finally:
            with self._knowing:
                if self._searcher is threading.current_thread():
                    self._searcher = None

    def _caught_up(self) -> bool:
        """Whether nothing is left to do; then the thread is no longer there for anybody."""
        with self._knowing:
            material, _, known = self._now()
            if self._drafted(material, len(known.links)) is None:
                return False
            self._searcher = None
            return True


def _stamps(folder: MeetingFolder) -> Iterator[tuple[str, int, int, int]]:
    """What the files are like that a draft is made of, but for the ledger."""
    data = folder.root.parent.parent
    place = register.of(data).place
    for inside in (folder.root, place, place / "people", data / "voiceprints"):
        with contextlib.suppress(FileNotFoundError), os.scandir(inside) as found:
            names = sorted((e.name, e.path) for e in found if e.is_file(follow_symlinks=False))
            yield from (
                (name, *_like(Path(path)))
                for name, path in names
                if name not in _OTHERS and not name.startswith(".") and name != "log.jsonl"
            )


def _like(path: Path) -> tuple[int, int, int]:
    try:
        seen = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)
