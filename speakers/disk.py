"""What has to survive a power cut: bytes under a name, and the name itself."""

from __future__ import annotations

import os
from pathlib import Path

from speakers.error import StorageError


def sync(path: Path) -> None:
    """Wait until a file's bytes, or the list of names in a folder, are on the disk.

    Raises:
        OSError: If the disk refuses.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage_error(path: Path, error: OSError) -> StorageError:
    """What a failed write means for people."""
    reason = (os.strerror(error.errno) if error.errno else type(error).__name__).lower()
    return StorageError(
        f"{path.parent} cannot be written ({reason}).",
        "Free some disk space, or allow writing there, then run again: what is finished stays.",
    )
