"""A recording's waveform for a picture: the loudest sample of every twentieth of a second, computed once."""

from __future__ import annotations

import struct
import threading

import numpy as np
import numpy.typing as npt

from pipeline.folder import MeetingFolder, write_atomically
from pipeline.run import SOUND
from speakers.disk import storage_error
from speakers.error import NotFoundError
from speakers.sound import SAMPLE_RATE_HZ, Sound

STEP_MS = 50
"""Milliseconds that one peak stands for."""

_STEP = SAMPLE_RATE_HZ * STEP_MS // 1000
_BLOCK = 1200 * _STEP
"""Samples read at once: a minute."""

_HEAD = struct.Struct("<4sHI64s")
"""What a kept waveform begins with: its format, milliseconds of a step, peaks, sha256 of the sound."""

_FORMAT = b"ZWF1"
_LOCK = threading.Lock()

Peaks = npt.NDArray[np.uint8]
"""(n_steps,) the loudest sample of each step, 0 to 255; the last step may be shorter."""


def peaks(sound: Sound) -> Peaks:
    """The peaks of a sound; no more than a minute of it is in memory at once."""
    found = []
    for block in sound.blocks(_BLOCK):
        missing = -len(block) % _STEP
        steps = np.abs(np.pad(block, (0, missing))).reshape(-1, _STEP)
        found.append(np.ceil(steps.max(axis=1) * 255).clip(0, 255).astype(np.uint8))
    return np.concatenate(found) if found else np.zeros(0, np.uint8)


def waveform(folder: MeetingFolder) -> bytes:
    """The peaks of a meeting's sound, one byte each.

    They are kept in the meeting's folder with the digest of the sound, and made anew for another sound.

    Raises:
        NotFoundError: If the meeting has no sound yet.
        StorageError: If what was made cannot be kept.
    """
    stage = folder.manifest()["stages"].get("decode", {})
    if not stage.get("finished") or not (folder.root / SOUND).is_file():
        raise NotFoundError("This meeting has no sound yet.", "Wait until it is decoded.")
    path = folder.root / "room" / "waveform.bin"
    sha256 = str(stage["sha256"]).encode("ascii")
    with _LOCK:
        kept = path.read_bytes() if path.is_file() else b""
        if (made := _of(kept, sha256)) is not None:
            return made
        made = peaks(Sound(folder.root / SOUND)).tobytes()
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error(path, error) from error
        write_atomically(path, _HEAD.pack(_FORMAT, STEP_MS, len(made), sha256) + made)
        return made


def _of(kept: bytes, sha256: bytes) -> bytes | None:
    """What was kept of exactly this sound; None if it was not."""
    if len(kept) < _HEAD.size:
        return None
    form, step, length, of = _HEAD.unpack_from(kept)
    made = kept[_HEAD.size :]
    return made if (form, step, length, of) == (_FORMAT, STEP_MS, len(made), sha256) else None
