"""Decoding: any audio or video file that PyAV opens, streamed to the 16 kHz mono sound that models hear.

The published sound is made from the original by `output.sound`; nothing of the original's quality is kept here.
"""

from __future__ import annotations

import os
import wave
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt

from speakers import mix, timeline
from speakers.error import RecordingError, StorageError
from speakers.record import Millis, Span, clock
from speakers.timeline import Flaw, Kind

SAMPLE_RATE_HZ = 16_000
"""What every model here hears."""

Samples = npt.NDArray[np.float32]
"""(n_samples,) mono sound at 16 kHz, -1..1."""

Progress = Callable[[str, int, int], None]
"""Called as `progress(step, completed, total)`."""

_SILENCE_DBFS = -70.0
"""No moment of a recording with speech in it is quieter than this throughout."""

_MISSING_MS = 2_000
"""A container may announce this much more than it holds before we call it cut off."""

_UNKNOWN_LENGTH = 0x7FFF0000
"""Programs that do not know how long a WAV will be promise this much, or more."""

_COPY_AGAIN = "Copy it again from the recorder, or record again."


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file says about itself before it is decoded.

    Attributes:
        path: the file.
        announced: when its sound ends according to its container, in milliseconds; None if it does not say.
    """

    path: Path
    announced: Millis | None


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", "") or type(error).__name__).rstrip(".").lower()


def look(path: Path, name: str = "") -> Recording:
    """Check that a file is a recording, without decoding it.

    Args:
        path: the file.
        name: what errors call it instead of its own name, which may be somebody's.

    Raises:
        RecordingError: If it is missing, a folder, empty, unreadable, or holds no sound.
    """
    said = name or path.name
    if path.is_dir():
        raise RecordingError(f"{said} is a folder.", "Give one audio or video file.")
    try:
        if path.stat().st_size == 0:
            raise RecordingError(f"{said} is empty.", _COPY_AGAIN)
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise RecordingError(f"There is no file {name or path}.", "Check the path.") from None
    except PermissionError:
        raise RecordingError(
            f"{said} may not be read.", f"Allow it, for example with: chmod u+r '{said}'."
        ) from None
    except OSError as error:
        raise RecordingError(f"{said} cannot be read ({_reason(error)}).", _COPY_AGAIN) from error
    try:
        with timeline.opened(path) as container:
            if not container.streams.audio:
                raise RecordingError(f"{said} has no sound track.", "Give the file that has the sound.")
            announced = timeline.announced(container)
    except av.error.FFmpegError as error:
        raise RecordingError(
            f"{said} is no audio or video file that can be opened ({_reason(error)}).",
            "Copy it again; if it plays elsewhere, save it as WAV, MP3 or MP4.",
        ) from error
    return Recording(path, _promised(path, announced))


def _promised(path: Path, announced: Millis | None) -> Millis | None:
    """What a WAV's header promises: FFmpeg says how long the rest of a cut one is, as if it were all."""
    with path.open("rb") as file:
        header = file.read(12)
    length = path.stat().st_size
    if announced is None or header[:4] != b"RIFF" or header[8:] != b"WAVE":
        return announced
    promised = int.from_bytes(header[4:8], "little") + 8
    if promised > _UNKNOWN_LENGTH or promised <= length:  # written to a pipe, or whole
        return announced
    return Millis(announced * promised // length)


def decode(
    recording: Recording,
    into: Path,
    progress: Progress,
    *,
    silence: bool = False,
    told: Callable[[Flaw], None] = lambda _: None,
    beside: tuple[mix.Beside, ...] = (),
) -> Millis:
    """Write the recording as 16 kHz mono 16-bit WAV on its own clock, one block in memory at a time.

    Args:
        recording: from `look`.
        into: the file to write; whoever calls gives it its final name when it is whole.
        progress: told `("decode", milliseconds, milliseconds announced)`.
        silence: whether a silent recording is as good as any.
        told: hears of every place where sound is missing or damaged; silence stands there.
        beside: further microphones; what is written is the mean of all.

    Returns:
        Milliseconds decoded.

    Raises:
        RecordingError: If it is cut off, damaged throughout, or silent. What was written so far is of no use then.
        StorageError: If the disk is full.
    """
    name, samples, peak = recording.path.name, 0, 0
    try:
        with into.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE_HZ)
            for block in mix.at_rate(mix.blocks(recording.path, beside, told), SAMPLE_RATE_HZ):
                file.writeframes(block.tobytes())
                samples += len(block)
                peak = max(peak, int(np.abs(block.astype(np.int32)).max(initial=0)))
                done = samples * 1000 // SAMPLE_RATE_HZ
                progress("decode", done, max(done, recording.announced or done))
    except (av.error.FFmpegError, EOFError) as error:
        raise RecordingError(
            f"{name} breaks off at {clock(samples * 1000 // SAMPLE_RATE_HZ)} ({_reason(error)}).",
            _COPY_AGAIN + " If this is all there is, repair it with a media tool first.",
        ) from error
    except OSError as error:
        raise StorageError(
            f"The sound cannot be written ({_reason(error)}).", "Free some disk space and run again."
        ) from error
    duration = Millis(samples * 1000 // SAMPLE_RATE_HZ)
    early = 0 if recording.announced is None else recording.announced - duration
    if early > _MISSING_MS and timeline.runs_on(recording.path, Millis(duration + early - _MISSING_MS)):
        told(Flaw(Kind.SHORT, duration, early))
    elif early > _MISSING_MS and recording.announced is not None:
        raise RecordingError(
            f"{name} says it is {clock(recording.announced)} long, but breaks off at {clock(duration)}.",
            _COPY_AGAIN + " If this is all there is, repair it with a media tool first.",
        )
    if not silence and (peak == 0 or 20 * np.log10(peak / 32768) < _SILENCE_DBFS):
        raise RecordingError(f"{name} holds no sound.", "Check the microphone, and record or copy it again.")
    return duration


class Sound:
    """16 kHz mono sound, read piece by piece: three hours of it take no more memory than one window.

    `sound[a:b]` gives the samples from the a-th up to the b-th, as an array's slice would. It may be read by
    several threads at once.

    Args:
        path: a file that `decode` wrote. It is held open, so it may be removed while it is being heard.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file, wave.open(file, "rb") as header:
            self._length = header.getnframes()
            self._begins = file.tell()
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)

    def __len__(self) -> int:
        """Samples, all in all."""
        return self._length

    def __getitem__(self, part: slice) -> Samples:
        """(n_samples,) of one stretch; a step is not possible."""
        start, stop, _ = part.indices(self._length)
        raw = os.pread(self._file, max(0, stop - start) * 2, self._begins + start * 2)
        return np.frombuffer(raw, dtype=np.int16).astype(np.float32) / np.float32(32768)

    @property
    def duration(self) -> Millis:
        """How long it is."""
        return Millis(self._length * 1000 // SAMPLE_RATE_HZ)

    def cut(self, span: Span) -> Samples:
        """(n_samples,) of a span of milliseconds."""
        return self[span.start * SAMPLE_RATE_HZ // 1000 : span.end * SAMPLE_RATE_HZ // 1000]

    def blocks(self, length: int) -> Iterator[Samples]:
        """All of it in order, `length` samples at a time; the last one is shorter."""
        return (self[at : at + length] for at in range(0, self._length, length))
