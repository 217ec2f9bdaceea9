"""Where the files of a drop go: to taken/ or failed/, or out of the inbox."""

from __future__ import annotations

from pipeline.digest import sha256_of
from pipeline.inbox import drops
from pipeline.inbox.journal import Entry
from pipeline.inbox.place import Inbox


def moved(inbox: Inbox, entry: Entry, where: str) -> dict[str, str]:
    """Move the files of an entry that are as they were.

    Args:
        inbox: in which they lie.
        entry: whose.
        where: `names.TAKEN` or `names.FAILED`.

    Returns:
        Where each is now, the recording first, by where it was; paths from the inbox.

    Raises:
        StorageError: If one cannot be moved; those before it were.
        OSError: If the inbox cannot be looked into.
    """
    if entry.folder:
        if not (inbox.root / entry.key).is_dir():
            return {}
        moved = inbox.move(entry.key, where)
        return {path: f"{moved}/{path.rpartition('/')[2]}" for path in entry.files}
    unchanged = [f.path for f in drops.look(inbox.root).files if entry.holds(f)]
    now = {path: inbox.move(path, where) for path in sorted(unchanged, key=lambda p: p != entry.recording)}
    return {path: to for path, to in now.items() if not _put_back(inbox, entry, path, to)}


def _put_back(inbox: Inbox, entry: Entry, path: str, to: str) -> bool:
    """Whether a file was another one by the time that it was moved; it is where it was then, and is taken."""
    seen = (inbox.root / to).lstat()
    if (seen.st_size, seen.st_mtime_ns) == entry.files[path] or (inbox.root / path).exists():
        return False
    (inbox.root / to).rename(inbox.root / path)
    return True


def removed(inbox: Inbox, entry: Entry, now: dict[str, str]) -> bool:
    """Delete what is byte for byte what was copied, and what was said about it; whether nothing of it is left.

    Args:
        inbox: in which it lies.
        entry: of which a meeting's folder has verified copies.
        now: from `moved`: nobody else writes there.
    """
    everything = True
    for path, to in now.items():
        file = inbox.root / to
        try:
            seen = file.lstat()
            same = (seen.st_size, seen.st_mtime_ns) == entry.files[path]
            if same and (path == entry.described or sha256_of(file) in entry.digests):
                file.unlink()
            else:
                everything = False
        except OSError:
            everything = False
    if entry.folder and now and everything:
        try:
            (inbox.root / next(iter(now.values()))).parent.rmdir()
        except OSError:  # something lies in it of which nothing was copied
            return False
    return everything


def place(entry: Entry, now: dict[str, str], where: str) -> str:
    """Where an entry is now: its folder, or its first file."""
    first = next(iter(now.values()), f"{where}/{entry.key}")
    return first.rpartition("/")[0] if entry.folder and now else first
