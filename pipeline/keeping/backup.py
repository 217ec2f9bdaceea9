"""A backup: everything of a data directory in one encrypted archive, while rooms and workers go on.

What is erased or held is written first, jobs before meetings, the register last: so whatever happens meanwhile, a
restored directory knows of every erasure that it may undo, has every recording in a job or in a meeting, and everybody
whom a meeting names.
"""

from __future__ import annotations

import datetime
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pipeline import register
from pipeline.folder import find
from pipeline.keeping import age, backups, snapshot
from pipeline.keeping.archive import DATA, ENDING, REGISTER, Member, Seal, stream
from pipeline.keeping.holds import ERASING, PLACE
from pipeline.keeping.snapshot import Held
from pipeline.lock import alone
from pipeline.outlets.find import NAME as SEARCH
from pipeline.settings import Settings, password_file, register_place, within
from speakers.disk import storage_error, sync
from speakers.error import BusyError, KeepingError, StorageError
from speakers.moment import moment
from speakers.record import digest

_ASIDE = f"{PLACE}/backup"
"""Where databases are copied to before they go into the archive; its lock lets one backup at a time be made."""

_NOT = ("uploads", "models", f"{PLACE}/{ERASING}", _ASIDE, *(SEARCH + end for end in ("", "-wal", "-shm")))
"""What is left out: files that arrive again, models, what is being erased, and an index that is made anew."""

_ALWAYS = ("retention.toml", "register.id")
"""What goes along with a single meeting."""

_SMALL = 4096
"""A file with a key in it is no longer than that."""

_KEY = 32
"""A key is at least so long."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup.

    Attributes:
        path: of the archive.
        bytes: of it.
        sha256: of it.
        files: how many are in it.
        meetings: how many are in it.
        notes: what was left out, each as a sentence.
    """

    path: Path
    bytes: int
    sha256: str
    files: int
    meetings: int
    notes: tuple[str, ...]


def back_up(
    chosen: Settings, into: Path, *, meetings: tuple[str, ...] = (), people: bool = False, to: str = ""
) -> Made:
    """Write an archive.

    Args:
        chosen: the settings.
        into: a folder, in which it gets a name with the time; or its own name, which nothing has yet.
        meetings: ids of those that are wanted; empty for everything.
        people: also the consent register and the voiceprints, never their keys.
        to: public keys; empty for those of the settings.

    Raises:
        KeepingError: If there is no public key, or something in the data directory cannot be backed up.
        StorageError: If there is no room, or the disk refuses. Nothing has the archive's name then.
    """
    keys = age.public_keys(to or chosen.backup_to)
    wanted = frozenset(find(chosen.data, one).id for one in meetings)
    target = _target(chosen, into.absolute())
    snapshot.allow_many_files()
    try:
        with alone(chosen.data / _ASIDE, lambda: None, wait=False):
            return _made(chosen, target, keys, _Work(chosen, wanted, people=people))
    except BusyError:
        raise BusyError("Another backup of this data is being made.", "Wait until it is done.") from None


def _made(chosen: Settings, target: Path, keys: tuple[object, ...], work: _Work) -> Made:
    try:
        needed, free = work.estimate(), shutil.disk_usage(target.parent).free
        if free < needed:
            raise StorageError(
                f"There is no room for a backup of {needed / 1e9:.1f} GB in {target.parent}.",
                "Free some disk space, or choose another place.",
            )
        written, seal = _write(chosen.data, work, target, keys, needed)
    except OSError as error:
        raise storage_error(target, error) from error
    made = Made(target, written.bytes, written.sha256, seal.files, len(work.meetings), tuple(work.notes))
    backups.note(chosen.data, made.sha256, made.bytes, meetings=made.meetings, people=work.people)
    return made


def _target(chosen: Settings, into: Path) -> Path:
    at = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    target = into / f"zhuzi-{at}{ENDING}" if into.is_dir() else into
    if not chosen.data.is_dir():
        raise KeepingError(
            f"There is nothing to back up in {chosen.data}.", "Name the data directory: --data DIR."
        )
    if within(target, chosen.data) or within(target, register_place(chosen.data)[0]):
        raise KeepingError(
            "A backup within what it is a backup of is lost with it.", "Choose a place on another disk."
        )
    if os.path.lexists(target):
        raise KeepingError(f"{target} is already there.", "Choose another name: no archive is written over.")
    if not target.parent.is_dir():
        raise StorageError(f"{target.parent} is no folder.", "Make it, or choose another place.")
    return target


def _write(
    data: Path, work: _Work, target: Path, keys: tuple[object, ...], needed: int
) -> tuple[age.Written, Seal]:
    part = target.with_name(f".zhuzi-{digest(str(data))[:12]}.part")
    seal = Seal()
    first: dict[str, object] = {
        "made": moment(),
        "program": metadata.version("zhuzi"),
        "bytes": needed,
        "meetings": sorted(work.wanted) or None,
        "people": work.people,
    }
    try:
        part.unlink(missing_ok=True)  # of a backup that was killed
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            written = age.Written(file)
            age.encrypt(stream(first, work.members(), seal), written, keys)
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # unlike a rename, this is never over another file
        part.unlink()
        sync(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return written, seal


class _Work:
    """What goes into an archive.

    Args:
        chosen: the settings.
        wanted: ids of meetings; empty for everything.
        people: whether the register and the voiceprints go along.
    """

    def __init__(self, chosen: Settings, wanted: frozenset[str], *, people: bool) -> None:
        self._data, self.wanted, self.people = chosen.data, wanted, people
        self.meetings: list[str] = []
        self.notes: list[str] = []
        out = {self._data / name for name in _NOT} | {chosen.models}
        if not people:
            out.add(self._data / "voiceprints")
        self._out = frozenset(out)
        place, register_key = register_place(self._data)
        self._register = place
        oidc = chosen.doors.oidc
        keys = (chosen.voiceprint_key, register_key, chosen.store_key)
        passwords = (oidc.secret_file if oidc else None, password_file())
        files = [path for path in (*keys, *passwords) if path is not None and path.is_file()]
        self._secret = frozenset(path.resolve() for path in files)
        self._keys = [path.read_bytes().strip() for path in files if path in keys]

    def estimate(self) -> int:
        """About how many bytes it will take."""
        size = 0
        for root in (self._data, *([self._register] if self.people else [])):
            for folder, names, files in os.walk(root):
                names[:] = [
                    n for n in names if Path(folder, n) not in self._out and self._goes(Path(folder, n))
                ]
                size += sum(1536 + Path(folder, f).lstat().st_size for f in files if _there(Path(folder, f)))
        return size + size // 1000 + (1 << 16)

    def _goes(self, folder: Path) -> bool:
        return not self.wanted or folder.parent.name != "meetings" or folder.name in self.wanted

    def members(self) -> Iterator[Member]:
        """All of it, in the order that the module's first lines tell."""
        yield self._folder(self._data)
        yield from self._all(self._data / PLACE)
        databases = [*self._data.glob("*.sqlite"), *self._data.glob("*/*.sqlite")]
        databases = [path for path in databases if path not in self._out]
        rest = [p for p in sorted(self._data.iterdir()) if p.name not in {PLACE, "work", "meetings"}]
        if self.wanted:  # an archive of one meeting is not one of the room and of everybody else
            databases, rest = [], [p for p in rest if p.name in _ALWAYS]
        if not self.wanted:
            yield from self._each(self._data / "work")
        for path in rest:
            if path not in databases and path not in self._out and not snapshot.passing(path):
                yield from self._all(path, frozenset(databases))
        for path in sorted(databases):
            yield from self._database(path)
        yield from self._each(self._data / "meetings")
        if self.people and self._register.is_dir():
            yield from self._all(self._register, top=REGISTER)

    def _each(self, place: Path) -> Iterator[Member]:
        """Folders of a folder, each as it is when its turn comes."""
        if not place.is_dir():
            return
        yield self._folder(place)
        for path in sorted(place.iterdir()):
            if snapshot.passing(path) or (path.is_dir() and not self._goes(path)):
                continue
            if place.name == "meetings":
                self.meetings.append(path.name)
            yield from self._all(path)

    def _folder(self, path: Path) -> Member:
        """A folder without what is in it; the data directory itself, or its meetings, may lie on another disk."""
        seen = path.stat()
        return Member(self._name(path), stat.S_IMODE(seen.st_mode), seen.st_mtime)

    def _all(self, root: Path, also_out: frozenset[Path] = frozenset(), top: str = "") -> Iterator[Member]:
        with ExitStack() as opened:
            for held in snapshot.hold(root, opened, self._out | also_out):
                inside = held.path.relative_to(root)
                name = str(Path(top) / inside) if top else self._name(held.path)
                if held.descriptor < 0:
                    yield Member(name, held.mode, held.modified)
                elif self._is_key(held):
                    self.notes.append("A file that holds a key was left out: keep keys apart from backups.")
                else:
                    yield Member(name, held.mode, held.modified, held.length, held.blocks())

    def _name(self, path: Path) -> str:
        return str(Path(DATA) / path.relative_to(self._data))

    def _database(self, path: Path) -> Iterator[Member]:
        copy = self._data / _ASIDE / path.name
        try:
            copy.unlink(missing_ok=True)
            snapshot.copy_database(path, copy)
            with ExitStack() as opened:
                for held in snapshot.hold(copy, opened):
                    yield Member(self._name(path), 0o600, held.modified, held.length, held.blocks())
        except OSError:
            if path.name != "jobs.sqlite":  # what is finished is known from the manifests
                raise
            self.notes.append(
                "jobs.sqlite cannot be read and was left out: what is finished is known without it."
            )
        finally:
            copy.unlink(missing_ok=True)

    def _is_key(self, held: Held) -> bool:
        if held.length > _SMALL:
            return False
        data = b"".join(held.blocks())
        copied = any(len(key) >= _KEY and key in data for key in self._keys)
        return copied or age.SECRET in data or held.path.resolve() in self._secret


def _there(path: Path) -> bool:
    return path.exists() and not path.is_symlink()


def register_note(data: Path, *, people: bool) -> str:
    """What a backup lacks of who is to be hidden, as a sentence; empty if nothing."""
    if people:
        return (
            "The consent register and voiceprints are in it, encrypted, and their keys are not: without register.key "
            "nobody knows who is to be hidden. Keep those keys apart from this archive."
        )
    if register.of(data).made:
        return "The consent register is not in it: back it up apart (--people), or what is restored cannot be opened."
    return ""
