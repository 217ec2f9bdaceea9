"""What was handed in of an inbox and lies there still: INBOX/.zhuzi/journal.json.

It is kept where the names are anyway, and nowhere else. Without it nothing is lost: what lies there is copied again,
and its content says that it is here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.folder import write_atomically
from pipeline.inbox.drops import Drop, Seen


@dataclass(frozen=True, slots=True)
class Entry:
    """One drop that was handed in.

    Attributes:
        key: of the drop.
        folder: whether it is a folder.
        files: path from the inbox with size and time of change of each file that was there.
        recording: path of the recording.
        described: path of what is known about it; empty for nothing.
        digests: sha256 of the recording and of its microphones.
        job: that it is; empty if the meeting is older than every job that is known.
        meeting: that it is.
        place: path from the inbox of where its first file, or its folder, went; empty while it lies where it was.
    """

    key: str
    folder: bool
    files: dict[str, tuple[int, int]]
    recording: str
    described: str
    digests: tuple[str, ...]
    job: str
    meeting: str
    place: str = ""

    @classmethod
    def of(cls, drop: Drop, digests: tuple[str, ...], job: str, meeting: str) -> Entry:
        """What is noted of a drop."""
        files = {f.path: (f.size, f.mtime_ns) for f in drop.files}
        return cls(drop.key, drop.folder, files, drop.recording, drop.described, digests, job, meeting)

    def holds(self, seen: Seen) -> bool:
        """Whether a file is one of it, unchanged."""
        return self.files.get(seen.path) == (seen.size, seen.mtime_ns)


@dataclass(slots=True)
class Journal:
    """What is remembered of an inbox.

    Attributes:
        entries: by their keys.
        mentioned: paths of files that were said to be left alone.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)

    def holds(self, seen: Seen) -> bool:
        """Whether a file was handed in as it is now."""
        return any(not e.place and e.holds(seen) for e in self.entries.values())


def read(path: Path) -> Journal:
    """What was noted; nothing if it cannot be read."""
    try:
        values = json.loads(path.read_bytes())
        entries = [_entry(one) for one in values["entries"]]
        return Journal({e.key: e for e in entries}, {str(p) for p in values["mentioned"]})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Journal()


def write(path: Path, journal: Journal) -> None:
    """Note it.

    Raises:
        StorageError: If the inbox cannot be written.
    """
    entries = [asdict(entry) for entry in journal.entries.values()]
    values = {"version": 1, "entries": entries, "mentioned": sorted(journal.mentioned)}
    write_atomically(path, json.dumps(values, indent=1).encode())


def _entry(values: dict[str, object]) -> Entry:
    files, digests = values.pop("files"), values.pop("digests")
    if not isinstance(files, dict) or not isinstance(digests, list):
        raise TypeError(values)
    sizes = {str(path): (int(size), int(mtime)) for path, (size, mtime) in files.items()}
    folder = bool(values.pop("folder"))
    rest = {str(name): str(value) for name, value in values.items()}
    return Entry(folder=folder, files=sizes, digests=tuple(map(str, digests)), **rest)
