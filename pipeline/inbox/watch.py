"""Watching an inbox: what is complete is handed in, and what became of it decides where its files go.

Everything is found out by looking again and again: no event can be lost, and network shares have none.
Files are copied by threads of their own, so that a large one over a slow share holds up nobody else.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from pipeline import log
from pipeline.inbox import away, drops, journal, names
from pipeline.inbox.drops import Drop, Seen
from pipeline.inbox.events import Event, Happened
from pipeline.inbox.journal import Entry
from pipeline.inbox.place import Inbox
from pipeline.jobs.copies import ChangedError, bring, has_verified_copies
from pipeline.jobs.hand_in import AlreadyHereError, enter
from pipeline.jobs.order import Failure, Job, State
from pipeline.jobs.spool import Jobs
from pipeline.settings import Settings
from speakers.error import MeetingError, RecordError, RecordingError, StageError, StorageError, ZhuziError

AT_ONCE = 4
"""Files that are copied at the same time."""

PATIENCE_S = 60.0
"""So long a file may be empty or closed to us before that counts as its fault."""

LONGEST_WAIT_S = 3600.0
"""So long what a meeting's file names may be missing, since anything of it changed last."""

_SAY_EVERY_S = 30.0
_AGAIN_S = (5.0, 15.0, 60.0, 300.0)
"""After so many seconds what the machine refused is tried again; the last one holds from then on."""

_TRIES = 3
"""So often looking into a file may end without a word before that counts as its fault."""


_CANCELLED = Failure("Somebody cancelled it.", "Ask who did, before you try again.", StageError.exit_code)
_REMOVED = Failure("Somebody removed the job.", "Ask who did, before you try again.", StageError.exit_code)
_DAMAGED = Failure(
    "The meeting's folder has no whole copy of this recording.",
    "Restore the meeting from a backup, or drop the recording again.",
    StorageError.exit_code,
)


@dataclass(frozen=True, slots=True)
class How:
    """How an inbox is watched.

    Attributes:
        settle_s: seconds for which a file has to stay as it is before it is taken.
        remove: whether what a meeting's folder has a verified copy of is deleted, instead of moved to taken/.
        office: whose recordings these are.
        backlog: whether they may wait until nothing else does.
    """

    settle_s: float = 10.0
    remove: bool = False
    office: str = ""
    backlog: bool = False


class Watch:
    """One inbox, watched.

    Args:
        inbox: which; whoever calls is alone at it.
        jobs: do the work.
        settings: in force.
        how: it is watched.
        tell: told what happens, by several threads, one at a time.
    """

    def __init__(
        self, inbox: Inbox, jobs: Jobs, settings: Settings, how: How, tell: Callable[[Event], None]
    ) -> None:
        self._inbox, self._jobs, self._settings, self._how = inbox, jobs, settings, how
        self._say = threading.Lock()
        self._tell_ = tell
        self._journal = journal.read(inbox.journal)
        self._since: dict[str, tuple[tuple[int, ...], float]] = {}
        self._named: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, "inbox")
        self._checks = ThreadPoolExecutor(1, "inbox-check")
        self._taking: dict[str, tuple[Drop, Future[Entry]]] = {}
        self._checking: dict[str, tuple[bool, Future[bool]]] = {}
        self._again: dict[str, tuple[int, float]] = {}
        self._stuck: dict[str, tuple[tuple[int, ...], ...]] = {}
        self._told: dict[str, str] = {}
        self._items: dict[str, int] = {}
        self._settling: set[str] = set()
        self._here = True
        self.worst = 0
        """Exit code of the first failure; 0 while there is none."""

    def look(self, *, among: frozenset[str] | None = None) -> frozenset[str]:
        """Look once: take what is complete, and see what became of what was handed in.

        Args:
            among: keys of drops beside which none is begun; None for all.

        Returns:
            Keys of the drops that are here and may still be taken.

        Raises:
            BusyError: If the inbox came back, and another watcher is at it.
        """
        here = self._inbox.there()
        if here != self._here:
            self._here = here
            self._tell(Event(Happened.BACK if here else Happened.GONE))
            self._since.clear()
        self._finish_taking()
        if not here:
            return frozenset()
        try:
            found = self._found()
            self._settling = {drop.key for drop in found} | set(self._taking)
            for drop in found:
                if drop.key not in self._taking and (among is None or drop.key in among):
                    self._consider(drop)
            self._follow({drop.key for drop in found})
        except OSError:
            return frozenset()  # it went away, or back, while it was looked at
        return frozenset(self._settling)

    def busy(self) -> bool:
        """Whether something is being copied, or a job of this inbox has not ended."""
        return bool(self._taking or self._journal.entries)

    def _found(self) -> list[Drop]:
        """What lies there and was not handed in."""
        root, held = self._inbox.root, self._journal.holds
        top = drops.look(root)
        inside = [drops.look(root, folder) for folder in top.folders]
        now = time.monotonic()
        before, self._since = self._since, {}
        for seen in (f for lies in (top, *inside) for f in lies.files):
            mark, since = before.get(seen.path, (seen.mark, now))
            self._since[seen.path] = (seen.mark, since if mark == seen.mark else now)
        folders = (drops.in_folder(lies, self._named_in) for lies in inside if not all(map(held, lies.files)))
        for stranger in drops.strangers(top, self._named_in):
            self._mention(stranger.path)
        return [*drops.loose(top, held, self._named_in), *folders]

    def _named_in(self, toml: Seen) -> tuple[str, ...]:
        known = self._named.get(toml.path)
        if known is None or known[0] != toml.mark:
            try:
                text = (self._inbox.root / toml.path).read_text("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                text = ""
            known = self._named[toml.path] = (toml.mark, drops.named_in(text))
        return known[1]

    def _consider(self, drop: Drop) -> None:
        """Take a drop if it is complete, or say what it waits for."""
        marks = tuple(f.mark for f in drop.files)
        if self._stuck.get(drop.key) == marks or self._again.get(drop.key, (0, 0.0))[1] > time.monotonic():
            self._settling.discard(drop.key)
            return
        still_s = min((time.monotonic() - self._since[f.path][1] for f in drop.files), default=0.0)
        if still_s < self._how.settle_s:
            return
        if drop.problem is not None:
            self._refuse(drop, drop.problem)
            return
        if not drop.recording:
            self._mention(drop.key)
            self._settling.discard(drop.key)
            return
        late = time.time() - max(f.mark[2] / 1e9 for f in drop.files) > LONGEST_WAIT_S
        if drop.missing and not late:
            self._wait(drop, f"{drop.missing} of its files are named and not there yet.", "Copy them too.")
        elif drop.arriving and not late:
            self._wait(drop, "Another program is still writing it.", "Wait until it is complete.")
        elif still_s < PATIENCE_S and not all(self._complete(f) for f in drop.files):
            self._wait(drop, "It is empty, or cannot be opened yet.", "Wait until it is complete.")
        else:
            self._taking[drop.key] = (drop, self._pool.submit(self._take, drop, self._item(drop.key)))

    def _complete(self, seen: Seen) -> bool:
        try:
            with (self._inbox.root / seen.path).open("rb") as file:
                return seen.size > 0 and bool(file.read(1))
        except OSError:
            return False

    def _take(self, drop: Drop, item: int) -> Entry:
        """Hand a drop in; a thread of its own does this."""
        root, described = self._inbox.root, drop.described
        begun = said = time.monotonic()

        def copied(done: int, total: int) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= _SAY_EVERY_S:
                said = now
                left = round((now - begun) * (total - done) / done) if done else None
                self._tell(Event(Happened.COPYING, item, done=done, total=total, left_s=left))

        with bring(
            self._settings.data,
            root / drop.recording,
            root / described if described else None,
            inside=root,
            copied=copied,
        ) as brought:
            digests = (brought.sha256, *(sha256 for _, sha256 in (*brought.microphones, *brought.along)))
            try:
                job = enter(
                    self._jobs,
                    self._settings.data,
                    brought,
                    office=self._how.office,
                    backlog=self._how.backlog,
                ).id
            except AlreadyHereError:
                job = ""
            return Entry.of(drop, digests, job, brought.meeting_id)

    def _finish_taking(self) -> None:
        for key, (drop, future) in list(self._taking.items()):
            if not future.done():
                continue
            del self._taking[key]
            try:
                entry = future.result()
            except ZhuziError as error:
                self._not_taken(drop, error)
            except Exception as error:  # noqa: BLE001 - whatever one file does, the others are taken
                log.write(self._settings.data / "error.log", "watch", error)
                what = f"Something unforeseen happened ({type(error).__name__})."
                self._not_taken(
                    drop, StageError(what, "Try again; if it happens again, report it with error.log.")
                )
            else:
                self._again.pop(key, None)
                self._journal.entries[key] = entry
                self._save()
                self._tell(Event(Happened.HANDED_IN, self._item(key), entry.job, entry.meeting))

    def _not_taken(self, drop: Drop, error: ZhuziError) -> None:
        """It is the file's fault, or the machine's, which goes on trying."""
        if not self._inbox.there() or not os.path.lexists(self._inbox.root / drop.recording):
            return  # it was taken back
        tries = self._again.get(drop.key, (0, 0.0))[0] + 1
        ours = not isinstance(error, (RecordingError, MeetingError, RecordError))
        if isinstance(error, ChangedError):
            self._since.pop(drop.recording, None)
            return
        if ours and not (isinstance(error, StageError) and tries >= _TRIES):
            self._again[drop.key] = (tries, time.monotonic() + _AGAIN_S[min(tries, len(_AGAIN_S)) - 1])
            self._worse(error.exit_code)
            self._tell_of(Happened.HELD_UP, drop.key, error)
            return
        self._refuse(drop, error)

    def _refuse(self, drop: Drop, error: ZhuziError) -> None:
        self._worse(error.exit_code)
        self._settling.discard(drop.key)
        try:
            paths = [drop.key] if drop.folder else [f.path for f in drop.files]
            first, *_ = [self._inbox.move(path, names.FAILED) for path in paths]
            self._inbox.note(first.rpartition("/")[2], error, "")
        except StorageError as cannot:
            self._stuck[drop.key] = tuple(f.mark for f in drop.files)
            self._tell_of(Happened.HELD_UP, drop.key, cannot)
        self._tell_of(Happened.REFUSED, drop.key, error)

    def _follow(self, here: set[str]) -> None:
        """See what became of what was handed in."""
        jobs = {job.id: job for job in self._jobs.jobs()}
        for key, entry in list(self._journal.entries.items()):
            try:
                self._follow_one(entry, jobs.get(entry.job), new=key in here or key in self._taking)
            except StorageError as error:
                self._tell_of(Happened.HELD_UP, key, error)

    def _follow_one(self, entry: Entry, job: Job | None, *, new: bool) -> None:
        if job is not None and job.state in {State.FAILED, State.CANCELLED}:
            failure = job.failure or _CANCELLED
            self._failed(entry, ZhuziError(failure.what, failure.cure), failure.exit_code)
            return
        ended = job is None or job.state is State.DONE
        if not entry.place and not new:  # what lies beside it since has to be looked at first
            verified = self._verified(entry, ended=ended)
            if verified:
                entry = self._put_away(entry)
            elif verified is False and ended:
                failure = _REMOVED if entry.job and job is None else _DAMAGED
                self._failed(entry, ZhuziError(failure.what, failure.cure), failure.exit_code)
                return
        if entry.place and ended:
            self._drop(entry.key)
            self._tell(Event(Happened.DONE, self._item(entry.key), entry.job, entry.meeting))

    def _verified(self, entry: Entry, *, ended: bool) -> bool | None:
        """Whether the meeting's folder has everything; None while that is not known for good."""
        check = self._checking.get(entry.key)
        if check is None:
            future = self._checks.submit(
                has_verified_copies,
                self._settings.data,
                entry.meeting,
                frozenset(entry.digests),
                described=bool(entry.described),
            )
            self._checking[entry.key] = (ended, future)
            return None
        if not check[1].done():
            return None
        del self._checking[entry.key]
        try:
            return check[1].result() or (False if check[0] else None)
        except (ZhuziError, OSError):
            return None

    def _put_away(self, entry: Entry) -> Entry:
        """Move what has a verified copy to taken/, or remove it."""
        moved = away.moved(self._inbox, entry, names.TAKEN)
        self._tell(Event(Happened.TAKEN, self._item(entry.key), entry.job, entry.meeting))
        if self._how.remove and away.removed(self._inbox, entry, moved):
            self._tell(Event(Happened.REMOVED, self._item(entry.key), entry.job, entry.meeting))
        put = replace(entry, place=away.place(entry, moved, names.TAKEN))
        self._journal.entries[entry.key] = put
        self._save()
        return put

    def _failed(self, entry: Entry, error: ZhuziError, exit_code: int) -> None:
        """It failed after it was handed in: say so where people look, and keep the file."""
        where = entry.place or away.place(entry, away.moved(self._inbox, entry, names.FAILED), names.FAILED)
        self._inbox.note(where.rpartition("/")[2], error, where if entry.place else "")
        self._drop(entry.key)
        self._worse(exit_code)
        event = Event(Happened.FAILED, self._item(entry.key), entry.job, entry.meeting)
        self._tell(replace(event, what=error.what, cure=error.cure, exit_code=exit_code))

    def _drop(self, key: str) -> None:
        self._journal.entries.pop(key, None)
        self._checking.pop(key, None)
        self._save()

    def _mention(self, path: str) -> None:
        if path not in self._journal.mentioned:
            self._journal.mentioned.add(path)
            self._save()
            self._tell(Event(Happened.LEFT_ALONE, self._item(path)))

    def _wait(self, drop: Drop, what: str, cure: str) -> None:
        self._settling.discard(drop.key)
        if self._told.get(drop.key) != what:
            self._told[drop.key] = what
            self._tell(Event(Happened.WAITING, self._item(drop.key), what=what, cure=cure))

    def _save(self) -> None:
        try:
            journal.write(self._inbox.journal, self._journal)
        except StorageError as error:  # it is known in memory; after a restart the content tells
            self._tell_of(Happened.HELD_UP, "", error)

    def _worse(self, exit_code: int) -> None:
        self.worst = self.worst or exit_code

    def _item(self, key: str) -> int:
        return self._items.setdefault(key, len(self._items) + 1) if key else 0

    def _tell_of(self, what: Happened, key: str, error: ZhuziError) -> None:
        """Say what is wrong; the machine's faults once, until something else is."""
        said = f"{what} {error}"
        if what is Happened.HELD_UP and self._told.get(key) == said:
            return
        self._told[key] = said
        self._tell(Event(what, self._item(key), what=error.what, cure=error.cure, exit_code=error.exit_code))

    def _tell(self, event: Event) -> None:
        with self._say:
            self._tell_(event)
