"""What has to survive a power cut: bytes under a name, and the name itself."""

from __future__ import annotations

import os
from pathlib import Path


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
