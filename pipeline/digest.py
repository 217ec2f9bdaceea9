"""Digests of files, and the move that leaves a whole file or none."""

import hashlib
from pathlib import Path

from pipeline.catalogue import ModelFile
from speakers.disk import sync

_verified: dict[tuple[str, int, int, int, int], str] = {}
"""Digests taken by this process, by path, inode, size, and times of change; another file has other ones."""


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_again() -> None:
    """Forget the digests this process has taken, so that the next look reads every byte."""
    _verified.clear()


def is_right(path: Path, file: ModelFile) -> bool:
    """Whether a file is there with the digest it should have; a file without a known digest is not."""
    if not file.sha256 or not path.is_file():
        return False
    seen = path.stat()
    if file.size and seen.st_size != file.size:
        return False
    key = (str(path), seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    if key not in _verified:
        _verified[key] = sha256_of(path)
    return _verified[key] == file.sha256


def put(staged: Path, final: Path) -> None:
    """Move a finished file under its final name so that even a power cut leaves the whole file or none."""
    sync(staged)
    staged.replace(final)
    sync(final.parent)
