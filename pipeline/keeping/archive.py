"""An archive: one tar inside one age file, so that the programs `age` and `tar` of any system open it as well.

zhuzi-backup.json    first: when it was made, of how many bytes
data/…               the data directory; register/… the consent register, where it was asked for
zhuzi-sealed.json    last: how many files there were, and a digest of their names, sizes and digests in this order

The encryption shows every bit that was changed and every byte that is missing; the seal shows that all of it was
written by one backup that came to its end.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FIRST, LAST = "zhuzi-backup.json", "zhuzi-sealed.json"
VERSION = 1
DATA, REGISTER = "data", "register"
ENDING = ".tar.age"
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Member:
    """A file or a folder on its way into an archive.

    Attributes:
        name: in the archive.
        mode: its rights.
        modified: seconds since 1970.
        size: in bytes; None for a folder.
        blocks: what it holds.
    """

    name: str
    mode: int
    modified: float
    size: int | None = None
    blocks: Iterable[bytes] = ()


class Seal:
    """Digests what goes by: every name, size and content in their order."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.files = 0
        self.bytes = 0

    def folder(self, name: str) -> None:
        """A folder went by."""
        self._add(name, "folder", "")

    def file(self, name: str, size: int, sha256: str) -> None:
        """A file went by."""
        self.files += 1
        self.bytes += size
        self._add(name, str(size), sha256)

    def _add(self, *values: str) -> None:
        self._digest.update((json.dumps(values) + "\n").encode())

    @property
    def values(self) -> dict[str, object]:
        """What the last file of an archive says."""
        return {"files": self.files, "bytes": self.bytes, "sha256": self._digest.hexdigest()}


def stream(first: dict[str, object], members: Iterable[Member], seal: Seal) -> Iterator[bytes]:
    """The bytes of the tar.

    Args:
        first: what its first file says besides the version.
        members: folders before what is in them; each is taken when its turn comes.
        seal: counts them.
    """
    yield from _json(FIRST, {"version": VERSION, **first})
    for member in members:
        yield _head(member)
        if member.size is None:
            seal.folder(member.name)
            continue
        digest = hashlib.sha256()
        for block in member.blocks:
            digest.update(block)
            yield block
        yield bytes(-member.size % _BLOCK)
        seal.file(member.name, member.size, digest.hexdigest())
    yield from _json(LAST, seal.values)
    yield bytes(2 * _BLOCK)


def _json(name: str, values: dict[str, object]) -> Iterator[bytes]:
    data = (json.dumps(values) + "\n").encode()
    yield _head(Member(name, 0o600, 0.0, len(data)))
    yield data + bytes(-len(data) % _BLOCK)


def _head(member: Member) -> bytes:
    info = tarfile.TarInfo(member.name)
    info.mode, info.mtime = member.mode, member.modified
    if member.size is None:
        info.type = tarfile.DIRTYPE
    else:
        info.size = member.size
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
