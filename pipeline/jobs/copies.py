"""Copies of a recording and of what belongs to it: verified, looked into, and under names that tell nothing.

They lie in DATA/work/.arriving until a job has them. Of a file's name only the ending goes there.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline import aside, intake, meeting_toml, microphones, register
from pipeline import brought as along
from pipeline.digest import sha256_of
from pipeline.folder import find
from pipeline.lock import alone
from pipeline.uploads import LOOK_S, ROOM, ending_of
from speakers.disk import storage_error, sync
from speakers.error import NotFoundError, RecordError, RecordingError, StorageError
from speakers.meeting import Source

_BLOCK = 1 << 20

Copied = Callable[[int, int], None]
"""Called as `copied(bytes_done, bytes_total)` of all files together."""


class ChangedError(RecordingError):
    """A file changed while it was copied: it was not complete."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A recording with what belongs to it, copied and verified.

    Attributes:
        recording: the copy.
        sha256: of the recording.
        microphones: copies of further microphones, in the order in which `text` names them, each with its sha256.
        text: what is known about it, as TOML that calls the files as their copies are called; None for nothing.
        along: copies of what was written during the meeting, in the order of `text`, each with its sha256.
    """

    recording: Path
    sha256: str
    microphones: tuple[tuple[Path, str], ...] = ()
    text: str | None = None
    along: tuple[tuple[Path, str], ...] = ()

    @property
    def meeting_id(self) -> str:
        """Of the meeting that it is."""
        return self.sha256[:12]


@contextmanager
def bring(
    data: Path,
    recording: Path,
    meeting_file: Path | None,
    more: tuple[Path, ...] = (),
    *,
    inside: Path | None = None,
    copied: Copied = lambda *_: None,
) -> Iterator[Brought]:
    """Copies of a recording and of what belongs to it, verified and looked into; they are gone afterwards.

    Args:
        data: where meetings live.
        recording: as for `hand_in`, like the others.
        meeting_file: likewise.
        more: likewise.
        inside: likewise.
        copied: likewise.

    Raises:
        ZhuziError: As `hand_in`.
    """
    text, named, written = None, tuple[Path, ...](), dict[Path, Source]()
    if meeting_file is not None:
        with _opened(meeting_file, "The meeting's file", inside) as source:
            text = meeting_toml.text_of(Path(f"/proc/self/fd/{source}"), "The meeting's file")
        described = meeting_toml.parse(text, register.of(data).seen_from("", "before a run"))
        named = microphones.named_by(described, meeting_file)
        paths = along.named_by(described, meeting_file)
        written = {path: a.kind for path, a in zip(paths, described.brought, strict=True)}
        if len(written) != len(paths):
            raise _twice()
    files = {recording: "The file"}
    files |= {path: f"Microphone {number}" for number, path in enumerate((*named, *more), start=1)}
    heard = 1 + len(named) + len(more)
    files |= {path: f"Brought file {number}" for number, path in enumerate(written, start=1)}
    if len(files) != heard + len(written):
        raise _twice()
    with ExitStack() as opened:
        into = opened.enter_context(_place(data))
        sources = {p: opened.enter_context(_opened(p, said, inside)) for p, said in files.items()}
        total = sum(os.fstat(source).st_size for source in sources.values())
        if shutil.disk_usage(into).free < ROOM * total:
            raise StorageError(
                f"There is no room for a file of {total / 1e9:.1f} GB: {ROOM} times as much has to be free.",
                "Free some disk space.",
            )
        done, copies = 0, list[tuple[Path, str]]()
        for number, (path, source) in enumerate(sources.items()):
            ending = ending_of(path.name)
            name = microphone(number, ending) if number else f"recording{ending}"
            if path in written:
                name = intake.neutral(number - heard + 1, path.name)
            target = into / name
            sha256 = _copy(source, target, files[path], partial(_beyond, copied, done, total))
            done += target.stat().st_size
            if path in written:
                along.look(target, written[path], number - heard + 1)
            else:
                _look(data, target, files[path])
            copies.append((target, sha256))
        if len({sha256 for _, sha256 in copies}) != len(copies):
            raise _twice()
        beside, came = tuple(copies[1:heard]), tuple(copies[heard:])
        known = (
            None if text is None else _renamed(text, [p.name for p, _ in beside], [p.name for p, _ in came])
        )
        yield Brought(*copies[0], beside, known, came)


def _twice() -> RecordError:
    return RecordError("The same file is named twice.", "Name every file once.")


def microphone(number: int, ending: str) -> str:
    """What the file of a further microphone is called while it waits.

    >>> microphone(1, ".wav")
    'microphone-01.wav'
    """
    return f"microphone-{number:02}{ending}"


def has_verified_copies(
    data: Path, meeting_id: str, digests: frozenset[str], *, described: bool = False
) -> bool:
    """Whether a meeting's folder holds files of all these digests; every byte of them is read.

    Args:
        data: where meetings live.
        meeting_id: of the meeting.
        digests: sha256 of each file.
        described: whether what is known about it has to be there too.

    Raises:
        ZhuziError: If what is kept of the meeting cannot be read.
    """
    try:
        folder = find(data, meeting_id)
    except NotFoundError:
        return False
    if described and not folder.meeting_toml.is_file():
        return False
    manifest = folder.manifest()
    listed = {
        str(m["sha256"]): folder.root / "original" / str(m["file"]) for m in manifest.get("microphones", ())
    }
    listed |= {
        str(b["sha256"]): folder.root / "original" / str(b["file"]) for b in manifest.get("brought", ())
    }
    if "recording" in manifest:
        listed[str(manifest["recording"]["sha256"])] = folder.original
    try:
        return digests <= set(listed) and all(sha256_of(listed[digest]) == digest for digest in digests)
    except OSError:
        return False


def _renamed(text: str, names: list[str], came: list[str]) -> str:
    """A meeting's file that calls its files as their copies are called, microphones that it does not name included."""
    table = meeting_toml.table_of(text)
    for block, name in zip(table.get("brought", []), came, strict=True):
        block["file"] = name
    blocks = table.get("microphones", [])
    files = [block for block in blocks if block.get("file")]
    files += [{} for _ in names[len(files) :]]
    for block, name in zip(files, names, strict=True):
        block["file"] = name
    if files:
        table["microphones"] = [*(b for b in blocks if not b.get("file")), *files]
    return intake.canonical(table).decode()


def _look(data: Path, path: Path, said: str) -> None:
    """Check in a process of its own that a file is a recording: what it holds comes from anywhere."""
    task = {"task": "look", "path": str(path), "name": said, "settings": {"data": str(data)}}
    aside.ask(task, LOOK_S)


def _beyond(copied: Copied, before: int, total: int, here: int) -> None:
    copied(before + here, total)


@contextmanager
def _opened(path: Path, said: str, inside: Path | None) -> Iterator[int]:
    """A file's descriptor.

    Raises:
        RecordingError: If it is none, cannot be read, or lies elsewhere than its path says.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | (os.O_NOFOLLOW if inside else 0)
    try:
        source = os.open(path, flags)
    except OSError as error:
        reason = (os.strerror(error.errno) if error.errno else type(error).__name__).lower()
        raise RecordingError(f"{said} cannot be read ({reason}).", "Copy it again.") from error
    try:
        if not stat.S_ISREG(os.fstat(source).st_mode):
            raise RecordingError(f"{said} is no file.", "Copy the file itself.")
        if inside and not Path(f"/proc/self/fd/{source}").readlink().is_relative_to(inside):
            raise RecordingError(f"{said} is a link to somewhere else.", "Copy the file itself.")
        yield source
    finally:
        os.close(source)


def _copy(source: int, target: Path, said: str, copied: Callable[[int], None]) -> str:
    """Copy a file, read once, and verify what was written.

    Returns:
        Its sha256.
    """
    digest, done, before = hashlib.sha256(), 0, os.fstat(source)
    try:
        with target.open("xb") as copy:
            while done <= before.st_size and (block := _read(source, said)):
                digest.update(block)
                copy.write(block)
                done += len(block)
                copied(done)
            copy.flush()
            os.fsync(copy.fileno())
        target.chmod(0o600)
        after = os.fstat(source)
        changed = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)
        if changed or done != before.st_size or sha256_of(target) != digest.hexdigest():
            raise ChangedError(
                f"{said} changed while it was copied.", "Wait until it is complete, then run again."
            )
        sync(target.parent)
    except OSError as error:
        raise storage_error(target, error) from error
    return digest.hexdigest()


def _read(source: int, said: str) -> bytes:
    try:
        return os.read(source, _BLOCK)
    except OSError as error:
        reason = (os.strerror(error.errno) if error.errno else type(error).__name__).lower()
        raise RecordingError(f"{said} cannot be read ({reason}).", "Copy it again.") from error


@contextmanager
def _place(data: Path) -> Iterator[Path]:
    """A new folder for copies; those that a killed process left are removed."""
    place = data / "work" / ".arriving"
    with ExitStack() as held:
        try:
            with alone(place):
                for left in place.glob("in-*"):
                    with ExitStack() as other:
                        if _lock(left, other):
                            shutil.rmtree(left, ignore_errors=True)
                made = Path(tempfile.mkdtemp(prefix="in-", dir=place))
                _lock(made, held)
        except OSError as error:
            raise storage_error(place / "in", error) from error
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _lock(folder: Path, held: ExitStack) -> bool:
    """Whether nobody else works in a folder; nobody else does then."""
    descriptor = os.open(folder, os.O_RDONLY)
    held.callback(os.close, descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
