"""What lies in an inbox, and what of it belongs together: a recording, what is known about it, its microphones.

A folder in the inbox is one meeting. Files that lie in the inbox itself belong together by their names (`a.wav` and
`a.toml`), because a `.toml` names them, or because they are the only recording and the only `meeting.toml`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.inbox import names
from speakers.error import MeetingError, RecordingError, ZhuziError

_WHOSE = "Put each recording with its meeting.toml into a folder of its own, or give both the same name."


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was seen.

    Attributes:
        path: from the inbox.
        size: bytes.
        mtime_ns: when it was changed last, by its own clock.
        mark: other than before as soon as anything of it is.
        plain: whether it is a file, and no link, device or pipe.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    mark: tuple[int, ...] = ()
    plain: bool = True

    @property
    def name(self) -> str:
        """Without the folder."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Lies:
    """What one folder holds.

    Attributes:
        path: of the folder, from the inbox; empty for the inbox itself.
        files: in it.
        folders: in it; of a folder in the inbox only their names are looked at.
        arriving: names of files that other programs are still writing there.
    """

    path: str
    files: tuple[Seen, ...] = ()
    folders: tuple[str, ...] = ()
    arriving: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drop:
    """What was dropped as one.

    Attributes:
        key: path of its folder, or of its first file, from the inbox.
        files: all that moves together.
        recording: path from the inbox; empty if it has none (yet).
        described: path of what is known about it; empty for nothing.
        folder: whether it is one.
        missing: how many files are named that are not there.
        arriving: whether other programs are still writing something of it.
        problem: why it cannot be taken.
    """

    key: str
    files: tuple[Seen, ...]
    recording: str = ""
    described: str = ""
    folder: bool = False
    missing: int = 0
    arriving: bool = False
    problem: ZhuziError | None = None


Named = Callable[[Seen], tuple[str, ...]]
"""Gives the names of files that a meeting's file names."""


def look(root: Path, path: str = "") -> Lies:
    """What lies in an inbox, or in a folder of it.

    Raises:
        OSError: If it cannot be looked into.
    """
    files, folders, arriving = [], [], set()
    with os.scandir(root / path) as entries:
        for entry in entries:
            arriving.add(names.arriving(entry.name))
            ours = not path and entry.name in {names.TAKEN, names.FAILED}
            if ours or names.passed_over(entry.name):
                continue
            here = f"{path}/{entry.name}" if path else entry.name
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(seen.st_mode):
                folders.append(here)
                continue
            mark = (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_blocks)
            plain = stat.S_ISREG(seen.st_mode)
            files.append(Seen(here, seen.st_size, seen.st_mtime_ns, mark, plain))
    by_path = sorted(files, key=lambda f: f.path)
    return Lies(path, tuple(by_path), tuple(sorted(folders)), frozenset(arriving - {""}))


def named_in(text: str) -> tuple[str, ...]:
    r"""Names of the files that the text of a meeting's file names; none if it cannot be read.

    >>> named_in('[[microphones]]\nfile = "mic-2.wav"'), named_in("= no toml")
    (('mic-2.wav',), ())
    """
    from pipeline.meeting_toml import table_of

    try:
        table = table_of(text)
        blocks = (*table.get("microphones", []), *table.get("brought", []))
        return tuple(str(block["file"]) for block in blocks if block.get("file"))
    except (MeetingError, AttributeError, TypeError, KeyError):
        return ()


def in_folder(lies: Lies, named: Named) -> Drop:
    """What a folder of the inbox is."""
    files = {f.name: f for f in lies.files}
    drop = Drop(lies.path, lies.files, folder=True, arriving=bool(lies.arriving))
    if any(not f.plain for f in lies.files):
        return replace(drop, problem=_link())
    recordings, tomls = (
        _recordings(lies.files),
        [f for f in lies.files if names.ending(f.name) == names.MEETING],
    )
    beside = {name for toml in tomls for name in named(toml)}
    own = [f for f in recordings if f.name not in beside]
    if lies.folders:
        return replace(drop, problem=_nested()) if recordings or not lies.files else drop
    if not own:
        return drop
    if len(own) > 1:
        return replace(drop, recording=own[0].path, problem=_several())
    described = files.get(f"{names.stem(own[0].name)}{names.MEETING}") or files.get("meeting.toml")
    if described is None and tomls:
        return replace(drop, recording=own[0].path, problem=_stranger())
    drop = replace(drop, recording=own[0].path, described=described.path if described else "")
    return _with_named(drop, files, named(described) if described else ())


def loose(lies: Lies, held: Callable[[Seen], bool], named: Named) -> Iterator[Drop]:
    """What the files in the inbox itself are.

    Args:
        lies: there.
        held: whether a file was handed in already.
        named: gives what a meeting's file names.
    """
    plain = [f for f in lies.files if f.plain]
    files = {f.name: f for f in plain}
    yield from (Drop(f.path, (f,), recording=f.path, problem=_link()) for f in lies.files if not f.plain)
    tomls = [f for f in plain if names.ending(f.name) == names.MEETING]
    beside = {name for toml in tomls for name in named(toml)}
    free = {f.name: f for f in _recordings(plain) if f.name not in beside}
    paired: set[str] = set()
    for toml in (t for t in tomls if not held(t)):
        mine = [f for f in free.values() if names.stem(f.name) == names.stem(toml.name)]
        if not mine and toml.name == "meeting.toml":
            owned = {names.stem(t.name) for t in tomls}
            mine = [f for f in free.values() if not held(f) and names.stem(f.name) not in owned]
        paired |= {f.name for f in mine}
        if len(mine) > 1:
            key = mine[0].path
            yield Drop(key, (*mine, toml), recording=key, described=toml.path, problem=_shared())
        elif mine:
            drop = Drop(mine[0].path, (mine[0], toml), mine[0].path, toml.path)
            yield _arriving(_with_named(drop, files, named(toml)), lies.arriving)
        else:
            yield Drop(toml.path, (toml,), described=toml.path)
    for alone in (f for f in free.values() if f.name not in paired and not held(f)):
        yield _arriving(Drop(alone.path, (alone,), recording=alone.path), lies.arriving)


def strangers(lies: Lies, named: Named) -> Iterator[Seen]:
    """Files in the inbox itself that nobody here does anything with: slides, minutes, pictures."""
    known = names.RECORDINGS | {names.MEETING}
    tomls = [f for f in lies.files if f.plain and names.ending(f.name) == names.MEETING]
    beside = {name for toml in tomls for name in named(toml)}
    yield from (
        f for f in lies.files if f.plain and names.ending(f.name) not in known and f.name not in beside
    )


def _recordings(files: Iterable[Seen]) -> list[Seen]:
    return [f for f in files if f.plain and names.ending(f.name) in names.RECORDINGS]


def _with_named(drop: Drop, files: dict[str, Seen], beside: tuple[str, ...]) -> Drop:
    """A drop with the files that its meeting's file names."""
    if any("/" in name or name in {"", ".", ".."} for name in beside):
        return replace(drop, problem=_elsewhere())
    there = [files[name] for name in beside if name in files]
    moved = {f.path: f for f in (*drop.files, *there)}
    return replace(drop, files=tuple(moved.values()), missing=len(set(beside)) - len({f.name for f in there}))


def _arriving(drop: Drop, arriving: frozenset[str]) -> Drop:
    return replace(drop, arriving=any(f.name in arriving for f in drop.files))


def _link() -> ZhuziError:
    return RecordingError("This is a link, or no file at all.", "Copy the file itself into the inbox.")


def _nested() -> ZhuziError:
    return RecordingError(
        "A folder in the inbox is one meeting, and this one holds another folder.",
        "Put the recording and what belongs to it directly into one folder.",
    )


def _several() -> ZhuziError:
    return RecordingError(
        "This folder holds several recordings, and no meeting.toml says which of them are microphones of one meeting.",
        "Put each meeting into a folder of its own, or name the microphones in its meeting.toml.",
    )


def _stranger() -> ZhuziError:
    return MeetingError("The .toml in this folder does not belong to its recording.", "Call it meeting.toml.")


def _shared() -> ZhuziError:
    return MeetingError(
        "One .toml could belong to several recordings, so nobody can tell who is protected.", _WHOSE
    )


def _elsewhere() -> ZhuziError:
    return MeetingError(
        "A file is named in another folder.",
        "Put it beside meeting.toml, and write its name alone.",
    )
