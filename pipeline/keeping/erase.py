"""Erasing: what goes is on the disk before the first file goes, and what was killed in between is finished.

A certificate's first line, the note in the meeting's manifest, the files, the second line: in this order. A kill after
the first leaves everything, one after the second leaves a meeting that says what it lacks.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline import store
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder
from pipeline.jobs.spool import Jobs
from pipeline.keeping import apart, certificates, holds
from pipeline.keeping.certificates import Certificate, File, Step
from pipeline.keeping.kinds import DIGESTED, GUESSABLE, Erased, Kind, called, erased, files, noted, paths
from pipeline.keeping.plan import Item, Wanted, refusal
from pipeline.keeping.retention import life_of
from pipeline.lock import alone
from pipeline.outlets import find
from pipeline.register_log import account
from pipeline.settings import Settings
from speakers.disk import storage_error, sync
from speakers.error import BusyError, KeepingError, NotFoundError, RecordError, StorageError, ZhuziError

_IN_STORE = frozenset({Kind.SOUND, Kind.DRAFT, Kind.LEDGER, Kind.MEETING})
"""Kinds of which the store for workers elsewhere may hold copies."""

_SAME_S = 2
"""A file that was changed so long after an erasure began is another one than was to go."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of something that was to be erased.

    Attributes:
        item: what.
        certificates: numbers of what was erased.
        refused: why it was not erased, as a sentence; empty if it was.
    """

    item: Item
    certificates: tuple[int, ...] = ()
    refused: str = ""


def unfinished(data: Path) -> tuple[Certificate, ...]:
    """Erasures that began and did not end."""
    return tuple(c for c in certificates.certificates(certificates.read(data)) if c.ended is None)


def erase(chosen: Settings, items: Iterable[Item], wanted: Wanted, by: str = "") -> tuple[Outcome, ...]:
    """Erase what was planned, as far as it still may be; what was killed before is finished first.

    Args:
        chosen: the settings.
        items: from `plan`.
        wanted: what the plan was made of.
        by: who erases; empty for the account that runs the program.

    Raises:
        LedgerError: If the holds or the certificates were changed by hand: nothing is erased then.
        StorageError: If the disk refuses; what is not certified then is still there, or finished next time.
    """
    by = by.strip() or account()
    finish(chosen.data, by)
    return tuple(_one(chosen, item, wanted, by) for item in items)


def _one(chosen: Settings, item: Item, wanted: Wanted, by: str) -> Outcome:
    if item.refused:
        return Outcome(item, refused=item.refused)
    try:
        if not item.meeting:
            return Outcome(item, _erase_apart(chosen, item, by))
        return Outcome(item, (_erase_of_meeting(chosen, item, wanted, by),))
    except (BusyError, KeepingError, NotFoundError, RecordError) as error:
        return Outcome(item, refused=error.what)


def _erase_of_meeting(chosen: Settings, item: Item, wanted: Wanted, by: str) -> int:
    folder = MeetingFolder(chosen.data / "meetings" / item.meeting)
    with holds.undisturbed(chosen.data), ExitStack() as locks:
        if not folder.root.is_dir():
            raise KeepingError("It is not there any more.", "See: zhuzi status.")
        if item.kind is Kind.MEETING:  # whoever waits for the folder's lock would wait for one that is gone
            locks.enter_context(alone(chosen.data, lambda: None, wait=False))
        locks.enter_context(alone(chosen.data, name="taking.lock"))
        locks.enter_context(alone(folder.root, lambda: None, wait=False))
        at_work = {job.meeting_id for job in Jobs(chosen).jobs() if job.open}
        life = life_of(folder, datetime.datetime.now(datetime.UTC))
        held = holds.held(chosen.data)
        refused = refusal(folder, item.kind, life, wanted, held=held, at_work=at_work, also=set())
        if refused:  # something happened since it was planned
            raise KeepingError(refused, "Look again: zhuzi purge.")
        if item.kind in _IN_STORE and (shared := store.of(chosen)) is not None:
            try:  # first: nothing may bring back what is gone here
                shared.forget(folder.id)
            except StorageError as error:
                raise KeepingError(error.what, error.cure) from error
        try:
            going = _listed(folder.root, item.kind)
        except OSError as error:
            raise storage_error(folder.root, error) from error
        begun = certificates.add(
            chosen.data, certificates.beginning(by, item.rule, going, kind=item.kind, meeting=folder.id)
        )[0]
        released = life.released.isoformat(timespec="seconds") if life.released else ""
        _note(folder, Erased(item.kind, begun.at, item.rule, begun.seq, released))
        _unlink(chosen.data, folder, item.kind, begun)
        certificates.add(chosen.data, certificates.ending(by, begun, Step.ERASED))
        if item.kind is Kind.MEETING:
            with suppress(StorageError):  # the next search does it, before it looks
                find.update(chosen.data)
        return begun.seq


def _listed(root: Path, kind: Kind) -> tuple[File, ...]:
    found = []
    for file in (f for path in paths(root, kind) for f in files(path)):
        if file.suffix == ".lock":
            continue
        plain = kind in DIGESTED and file.is_file() and not file.is_symlink()
        guessable = GUESSABLE.fullmatch(file.name) or (kind is Kind.MEETING and file.parent.name == "window")
        found.append(
            File(called(file), file.lstat().st_size, sha256_of(file) if plain and not guessable else "")
        )
    return tuple(found)


def _note(folder: MeetingFolder, made: Erased) -> None:
    folder.note(erased=noted(folder.manifest(), (made,)))


def _unlink(data: Path, folder: MeetingFolder, kind: Kind, begun: certificates.Line) -> None:
    try:
        if kind is Kind.MEETING:
            aside = data / holds.PLACE / holds.ERASING
            aside.mkdir(mode=0o700, exist_ok=True)
            for path in (folder.public, *folder.root.glob("withdrawn/*")):
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o700)
            folder.root.rename(aside / f"{folder.id}-{begun.seq}")
            sync(folder.root.parent)
            sync(aside)
            remove(aside / f"{folder.id}-{begun.seq}")
            sync(aside)
            return
        for path in paths(folder.root, kind):
            remove(path)
            sync(path.parent)
        sync(folder.root)
    except OSError as error:
        raise storage_error(folder.root, error) from error


def remove(path: Path) -> None:
    """Unlink a file, or a folder with everything in it; a link goes, and what it points to stays."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for folder in (path, *(p for p in path.rglob("*") if p.is_dir() and not p.is_symlink())):
        folder.chmod(0o700)
    shutil.rmtree(path)


def finish(data: Path, by: str) -> tuple[int, ...]:
    """Finish every erasure that was killed; what was put there again since stays.

    Returns:
        Numbers of their certificates.
    """
    left = unfinished(data)
    for one in left:
        with holds.undisturbed(data):
            if one.number not in {c.number for c in unfinished(data)} or one.begun.meeting in holds.held(
                data
            ):
                continue  # somebody else finished it; or it is held by now, and what is left of it stays
            certificates.add(data, certificates.ending(by, one.begun, _finish(data, one)))
    return tuple(one.number for one in left)


def _finish(data: Path, one: Certificate) -> Step:
    kind, folder = Kind(one.begun.kind), MeetingFolder(data / "meetings" / one.begun.meeting)
    moved = data / holds.PLACE / holds.ERASING / f"{folder.id}-{one.number}"
    if kind is Kind.MEETING and moved.exists():
        remove(moved)
        return Step.ERASED
    if not one.begun.meeting:  # of no meeting: what is left of it is due again
        return Step.ABANDONED
    begun = datetime.datetime.fromisoformat(one.begun.at).timestamp()
    if kind is Kind.MEETING and all(t > begun for t in _times(folder)):
        return Step.ERASED  # it was gone, and perhaps the same recording was dropped again
    if kind is Kind.MEETING or not folder.root.is_dir():
        _forget(folder, kind, one.number)
        return Step.ABANDONED
    with alone(folder.root, lambda: None):
        was = erased(folder.manifest()).get(kind)
        if was is None or was.certificate != one.number:
            _forget(folder, kind, one.number)
            return Step.ABANDONED
        until = begun + _SAME_S
        for path in paths(folder.root, kind):
            for file in [f for f in files(path) if f.lstat().st_mtime <= until]:
                if file.parent.stat().st_mode & 0o200 == 0:
                    file.parent.chmod(0o700)
                file.unlink()
            if path.is_dir() and not path.is_symlink() and not any(files(path)):
                remove(path)
        sync(folder.root)
    return Step.ERASED


def _times(folder: MeetingFolder) -> Iterator[float]:
    """When each file of a meeting was changed, but for those that say what happens to it."""
    for path in paths(folder.root, Kind.MEETING):
        for file in files(path):
            if file.name != "manifest.json" and file.suffix != ".lock":
                yield file.lstat().st_mtime


def _forget(folder: MeetingFolder, kind: Kind, number: int) -> None:
    """Take the note of an erasure that did not happen out of the manifest."""
    if not folder.root.is_dir():
        return
    known = erased(folder.manifest())
    if kind in known and known[kind].certificate == number and paths(folder.root, kind):
        folder.note(erased={k: v for k, v in folder.manifest()["erased"].items() if k != kind})


def _erase_apart(chosen: Settings, item: Item, by: str) -> tuple[int, ...]:
    numbers = []
    for piece in item.which:
        with holds.undisturbed(chosen.data):
            listed = apart.listed(chosen, item.kind, piece)
            made = certificates.beginning(by, item.rule, listed, kind=item.kind, piece=piece)
            begun = certificates.add(chosen.data, made)[0]
            try:
                apart.erase(chosen, item.kind, piece)
            except ZhuziError:
                certificates.add(chosen.data, certificates.ending(by, begun, Step.ABANDONED))
                raise
            certificates.add(chosen.data, certificates.ending(by, begun, Step.ERASED))
            numbers.append(begun.seq)
    return tuple(numbers)
