"""Files of meetings for workers on other machines, encrypted, in a place of the office's own.

zhuzi-store                            says which key it is sealed with
meetings/NAME/index/00000017           a generation: which files there are, and which stages are finished
meetings/NAME/blobs/NAME               a file

Home (the machine with the data directory) pushes what model stages need and brings back what they made. A worker
pulls the newest generation into a folder of its own, does a stage there as always, and commits its result: a new
generation in which that stage is finished. The first result of a stage counts; one that was made from something else
than what home expects now is thrown away. Names are keyed digests: they do not tell who has a recording whether it is
here.
"""

from __future__ import annotations

import random
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline import store_generation as generations
from pipeline.folder import MeetingFolder
from pipeline.lock import alone
from pipeline.settings import Settings, within
from pipeline.store_folder import ARRIVING, adopt, at_home, is_right, wanted, with_own
from pipeline.store_generation import SOURCES, Entry, Kept
from pipeline.store_objects import Folder
from pipeline.store_remote import objects
from pipeline.store_sealed import MARK, Sealed
from pipeline.vault import STORE, DamagedError, Vault
from speakers.disk import storage_error
from speakers.error import NotFoundError, StorageError

_RACES = 200
"""So often somebody else may be sooner before nobody believes any more that it is a race."""

_DAY_S = 86_400
_CLOCK_S = 300
"""So far the clocks of store and machine may be apart, in seconds: what is collected is chosen by its age."""

_COPY = "pull.lock"
"""What tells a worker's copy from a meeting at home, and lets one pull at a time."""

_KEEP = 8
"""Generations whose files stay when a meeting is collected."""


def of(settings: Settings) -> Store | None:
    """The store in force; None where workers share the data directory.

    Raises:
        StorageError: If its address cannot be used.
    """
    return Store(settings.store, settings.store_key) if settings.store else None


class Store:
    """One store; every method raises StorageError where it is away, full, or sealed with another key.

    Args:
        url: its address, as fsspec writes it.
        key_file: with the key, readable by its owner only.
    """

    def __init__(self, url: str, key_file: Path) -> None:
        self._objects = objects(url)
        self._sealed = Sealed(self._objects, Vault(key_file, STORE))
        if isinstance(self._objects, Folder) and within(key_file, self._objects.root):
            raise StorageError(
                "The key of the store lies in the store.",
                "Move it elsewhere, and name its place in ZHUZI_STORE_KEY.",
            )

    def push(self, folder: MeetingFolder) -> int:
        """At home: have the store know all that model stages need of a meeting as it is now.

        The first push into an empty store makes the key, unless there is one.

        Returns:
            The newest generation; the one before if nothing changed.
        """
        self._sealed.ready(make=True)
        manifest, files = at_home(folder)
        there = self._sealed.blobs(folder.id)
        for _ in _attempts():
            newest = self._sealed.newest(folder.id)
            made = generations.pushed(newest, manifest, files)
            for path in [p for p in made.files if p in files]:
                if self._sealed.blob(folder.id, files[path]) not in there:
                    self._sealed.send(folder.id, folder.root / path, files[path])
                    there.add(self._sealed.blob(folder.id, files[path]))
            if newest is not None and made.same(newest):
                return newest.number
            if self._sealed.add(folder.id, made):
                return made.number
        raise _busy()

    def pull(self, meeting_id: str, into: Path) -> MeetingFolder:
        """At a worker: bring its copy of a meeting to the newest generation.

        Args:
            meeting_id: of the meeting.
            into: the worker's own folder, which several workers of a machine may share.

        Returns:
            The copy, INTO/meetings/ID; results that were not committed yet stay in it as long as they may count.

        Raises:
            NotFoundError: If the store has no such meeting.
            DamagedError: If a file is damaged; it is not used, and not in the store any more.
        """
        self._sealed.ready()
        folder = MeetingFolder(into / "meetings" / meeting_id)
        try:
            folder.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise storage_error(folder.root, error) from error
        with alone(folder.root, name=_COPY):
            _swept(folder)
            newest = self._sealed.newest(meeting_id)
            if newest is None:
                raise NotFoundError(
                    "This meeting is not in the store.",
                    "Start its job on the machine with the data directory.",
                )
            for path, kept in newest.files.items():
                if not is_right(folder.root / path, kept):
                    self._sealed.fetch(meeting_id, kept, folder.root / path)
            with folder.changing() as manifest:
                for path in SOURCES:
                    if path not in newest.files:
                        (folder.root / path).unlink(missing_ok=True)
                stages = with_own(newest, manifest)
                manifest.clear()
                note = {"basis": newest.basis, "generation": newest.number}
                manifest.update(newest.facts, stages=stages, store=note)
        return folder

    def commit(self, folder: MeetingFolder, stage_name: str) -> bool:
        """At a worker: have a finished stage count.

        Returns:
            False if another result of it was sooner, or it was made from something that changed: it is thrown away.
            True also if this very result was committed before.
        """
        self._sealed.ready()
        manifest = folder.manifest()
        entry: Entry = manifest["stages"].get(stage_name, {})
        if not entry.get("finished"):
            return False
        basis = str(manifest.get("store", {}).get("basis", ""))
        path = folder.root / str(entry["file"])
        try:
            kept = Kept(str(entry["sha256"]), path.stat().st_size)
        except OSError:
            return (
                False  # another worker of this machine pulled a generation in which this one does not count
            )
        sent = False
        for _ in _attempts():
            newest = self._sealed.newest(folder.id)
            if newest is not None and newest.stages.get(stage_name) == entry:
                return True
            made = generations.with_result(newest, stage_name, entry, basis, kept) if newest else None
            if made is None:
                if sent and (newest is None or kept not in newest.files.values()):
                    self._objects.remove(self._sealed.blob(folder.id, kept))
                return False
            if not sent:
                if self._sealed.blob(folder.id, kept) not in self._sealed.blobs(folder.id):
                    self._sealed.send(folder.id, path, kept)
                sent = True
            if self._sealed.add(folder.id, made):
                if self._sealed.blob(folder.id, kept) not in self._sealed.blobs(folder.id):
                    self._sealed.send(
                        folder.id, path, kept
                    )  # it had lain there for long, and was collected just then
                return True
        raise _busy()

    def bring_back(self, folder: MeetingFolder) -> tuple[str, ...]:
        """At home: take over the results of stages that workers finished.

        Returns:
            Names of the stages whose results arrived.

        Raises:
            DamagedError: If one is damaged, after the others arrived; that one has to be made again.
        """
        self._sealed.ready()
        with alone(folder.root, name="store.lock"):
            _swept(folder)
            arrived, damaged = self._bring(folder)
        if damaged is not None:
            raise damaged
        return tuple(arrived)

    def forget(self, meeting_id: str) -> None:
        """Remove all of a meeting.

        Raises:
            StorageError: If something of it is still there afterwards.
        """
        if self._objects.read(MARK) is None:
            self._objects.look()
            return
        self._sealed.ready()
        place = self._sealed.place(meeting_id)
        for _ in range(5):  # a worker may be writing; what it adds after the last look it takes away itself
            found = self._objects.names(place)
            for name in sorted(found, reverse=True):
                self._objects.remove(name)
            self._objects.remove_halves(place, float("inf"))
            if not self._objects.names(place):
                return
        raise StorageError(
            "Something of this meeting is still in the store.", "Stop its job, then try again."
        )

    def collect(self, meeting_id: str, *, keep: int = _KEEP, older_s: float = _DAY_S) -> int:
        """Remove files that no generation of the last few has.

        Args:
            meeting_id: of the meeting.
            keep: how many generations.
            older_s: what is younger stays: somebody may be about to commit it.

        Returns:
            How many files were removed.
        """
        self._sealed.ready()
        place, before = self._sealed.place(meeting_id), time.time() - older_s
        found = self._objects.names(f"{place}/blobs")
        numbers = self._sealed.numbers(meeting_id)
        if not numbers:
            return 0
        recent = [self._sealed.generation(meeting_id, number) for number in numbers[-keep:]]
        used = {self._sealed.blob(meeting_id, k) for g in recent if g is not None for k in g.files.values()}
        old = [n for n, seen in found.items() if n not in used and (seen.changed or 0) < before]
        for name in old:
            self._objects.remove(name)
        for number in numbers[:-keep]:
            # Its number stays taken: a late worker must not create it again.
            self._objects.put(self._sealed.index(meeting_id, number), [])
        self._objects.remove_halves(place, before)
        return len(old)

    def clean(self, into: Path) -> tuple[str, ...]:
        """At a worker: remove its copies of meetings that the store does not have any more.

        Returns:
            Their ids.
        """
        self._sealed.ready()
        gone = [
            path
            for path in sorted((into / "meetings").glob("*"))
            if (path / _COPY).exists() and not self._sealed.numbers(path.name)
        ]
        try:
            for path in gone:
                shutil.rmtree(path)
        except OSError as error:
            raise storage_error(into, error) from error
        return tuple(path.name for path in gone)

    def check(self) -> None:
        """Try whether this machine can use the store, with an object that is gone at once.

        Raises:
            StorageError: If not: it cannot be reached or written, is sealed with another key, lets two create the same
                object, keeps what is removed, or has a clock that is far off.
        """
        self._objects.look()
        if self._objects.read(MARK) is not None:
            self._sealed.ready()
        name, data = f"probe/{secrets.token_hex(8)}", secrets.token_bytes(32)
        try:
            created = self._objects.create(name, data)
            again = self._objects.create(name, b"")
            read, seen = self._objects.read(name), self._objects.names("probe").get(name)
        finally:
            self._objects.remove(name)
        if created and again:
            raise StorageError(
                "The store lets two machines create the same object, so results could be lost.",
                "Use a server that honours If-None-Match, or a folder that they share.",
            )
        if not created or read != data or seen is None:
            raise StorageError("The store does not give back what was put there.", "Use another one.")
        if self._objects.read(name) is not None or self._objects.keeps_what_is_removed():
            raise StorageError(
                "The store keeps what is removed, so nothing in it can be erased.",
                "Switch off its versioning.",
            )
        if seen.changed is not None and abs(seen.changed - time.time()) > _CLOCK_S:
            raise StorageError(
                "The clocks of the store and of this machine differ too much.", "Set both by a time server."
            )

    def _bring(self, folder: MeetingFolder) -> tuple[list[str], DamagedError | None]:
        newest = self._sealed.newest(folder.id)
        if newest is None:
            return [], None
        _, files = at_home(folder)
        basis = generations.basis_of(generations.facts_of(folder.manifest()), files)
        arrived, damaged = [], None
        for name, entry in newest.stages.items():
            if not entry.get("finished") or not wanted(folder, name, entry, same_basis=newest.basis == basis):
                continue
            half = folder.root / f"{ARRIVING}{secrets.token_hex(8)}"
            try:
                self._sealed.fetch(folder.id, newest.files[entry["file"]], half)
                if adopt(folder, name, entry, half):
                    arrived.append(name)
            except DamagedError as error:
                self._give_up(folder.id, name, entry)
                damaged = error
            finally:
                half.unlink(missing_ok=True)
        return arrived, damaged

    def _give_up(self, meeting_id: str, name: str, entry: Entry) -> None:
        """Have a stage done again whose result is damaged."""
        for _ in _attempts():
            newest = self._sealed.newest(meeting_id)
            if newest is None or newest.stages.get(name) != entry:
                return
            if self._sealed.add(meeting_id, generations.without(newest, name)):
                return
        raise _busy()


def _attempts() -> Iterator[int]:
    """Tries in a race: each waits a little longer than the one before, by lot."""
    for number in range(_RACES):
        yield number
        time.sleep(random.uniform(0, min(1.0, 0.02 * 2 ** min(number, 6))))  # noqa: S311 - nothing secret


def _swept(folder: MeetingFolder) -> None:
    """Take away what was on its way from the store when its process was killed; call it alone."""
    for left in folder.root.rglob(f"{ARRIVING}*"):
        left.unlink(missing_ok=True)


def _busy() -> StorageError:
    return StorageError("Others change this meeting in the store all the time.", "Try again later.")
