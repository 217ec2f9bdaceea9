"""The published sound: what must not be heard is replaced, and nothing but the sound is carried over.

The one door to pydub. The samples of a hidden span are **replaced**, never covered: an added tone is taken
out again by a notch filter (what is heard then correlates .90 with the original, after replacing .003).
"""

from __future__ import annotations

import contextlib
import io
import itertools
import warnings
import wave
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from output import licence
from output.stand_in import Reading, StandIn, bounds
from redaction.released import Released, ReleasedSound
from speakers import timeline
from speakers.error import NotReleasableError, RecordingError, StorageError
from speakers.mix import Beside, blocks, mixed
from speakers.record import Span

with warnings.catch_warnings():
    # pydub warns that Python's audioop is going and that it finds no ffmpeg program: pyproject.toml brings
    # audioop-lts, and here PyAV does all reading and writing.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

BLOCK_MS = 2000
"""How much sound is held at once, in milliseconds: memory does not grow with the length of the recording."""

_SAMPLE_BYTES = 2
_RATES_HZ = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_BITS_PER_SECOND = 64_000

_PLAIN = {"fflags": "+bitexact", "id3v2_version": "4", "write_id3v1": "0", "write_xing": "0"}
"""No tag but ours, and no Xing frame, which would name the program; at a constant bit rate no player needs it.

ID3 2.4 writes UTF-8: whatever stands in it is found by any search.

What stays is the word LAME, which that encoder puts into the padding of some frames: it tells nothing of the
meeting.
"""


def publish(
    original: Path,
    released: Released,
    into: Path,
    beside: tuple[Beside, ...] = (),
    readings: tuple[Reading, ...] = (),
) -> Path:
    """Write the sound that may be published, as `record.mp3`.

    Args:
        original: any recording; of its streams only the sound that FFmpeg calls the best is read.
        released: says whether sound may be published, and which spans are replaced: milliseconds on the
            recording's own clock, by which the models heard it (`speakers.timeline`).
        into: a folder that exists.
        beside: further microphones that the models heard; what is hidden is hidden in the sum of all.
        readings: what a synthetic voice reads in place of protected people.

    Returns:
        The file: MP3 in mono at a constant bit rate without chapters or pictures; its tags are what it is called and
        its licence. It is the sum of all channels, as the models heard it. The same input gives the same bytes.

    Raises:
        NotReleasableError: If no sound may be published.
        RecordingError: If the original holds no sound that can be read.
        StorageError: If the file cannot be written.
    """
    target = into / "record.mp3"
    sound = masked(original, released, beside, readings)
    with written(target), Mp3(target, licence.tags(released)) as mp3:
        for frame in sound:
            mp3.write(frame)
    return target


def masked(
    original: Path,
    released: Released,
    beside: tuple[Beside, ...],
    readings: tuple[Reading, ...],
    told: Callable[[timeline.Flaw], None] = lambda _: None,
) -> Iterator[av.AudioFrame]:
    """The sound that may be heard, the mean of all channels, in frames of about `BLOCK_MS`; at least one.

    Args:
        original: see `publish`, likewise the others.
        released: as it is.
        beside: as they are.
        readings: as they are.
        told: hears of what is wrong with the recording's clock.

    Raises:
        NotReleasableError: If no sound may be published.
        RecordingError: If the original holds no sound that can be read.
    """
    if not released.sound.allowed:
        raise NotReleasableError(
            "The sound of this meeting may not be published.", "Publish the text formats without it."
        )
    for block in _replaced(_decoded(original, beside, told), released.sound, readings):
        samples = np.frombuffer(block.raw_data, dtype=np.int16).reshape(-1, block.channels)
        frame = av.AudioFrame.from_ndarray(mixed(samples).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = block.frame_rate
        yield frame


def excerpt(wav: Path, sound: ReleasedSound, span: Span) -> bytes:
    """A stretch of a decoded recording with what must not be heard replaced, exactly as a release replaces it.

    Args:
        wav: 16 bits, one channel or several, on the clock that the spans are on.
        sound: which spans are replaced; none, and it is heard as it was.
        span: which stretch; what lies behind the end of the recording is left out.

    Returns:
        A WAV of its own, without any tag; empty of samples if all of the stretch lies behind the end.

    Raises:
        NotReleasableError: If no sound may be published.
        StorageError: If the file cannot be read.
    """
    if not sound.allowed:
        raise NotReleasableError(sound.reason, "What is missing for it stands on the page of the sign-off.")
    try:
        with wave.open(str(wav), "rb") as file:
            rate_hz, channels = file.getframerate(), file.getnchannels()
            first, last = (min(file.getnframes(), moment) for moment in bounds(span, rate_hz))
            file.setpos(first)
            data = file.readframes(last - first)
    except (OSError, EOFError, wave.Error) as error:
        raise StorageError(
            "The decoded sound cannot be read.", "Run the recording again: decisions stay."
        ) from error
    samples = np.frombuffer(data, np.int16).reshape(-1, channels)
    heard = next(_replaced(iter([_segment(samples, rate_hz, channels)]), sound, (), first=first))
    into = io.BytesIO()
    with wave.open(into, "wb") as made:
        made.setnchannels(channels)
        made.setsampwidth(_SAMPLE_BYTES)
        made.setframerate(rate_hz)
        made.writeframes(heard.raw_data)
    return into.getvalue()


def rate_of(original: Path, beside: tuple[Beside, ...] = ()) -> int:
    """Samples a second of a recording's sound.

    Raises:
        RecordingError: If it holds no sound that can be read.
    """
    return int(next(_decoded(original, beside)).frame_rate)


@contextlib.contextmanager
def written(*targets: Path) -> Iterator[None]:
    """Files that are whole or not there.

    Raises:
        StorageError: If they cannot be written.
    """
    try:
        yield
    except (OSError, av.error.FFmpegError) as error:
        for target in targets:
            target.unlink(missing_ok=True)
        raise StorageError(
            "The published sound cannot be written.",
            "Look at the disk's space and rights, then release again.",
        ) from error
    except BaseException:
        for target in targets:
            target.unlink(missing_ok=True)  # half a file could be taken for a whole one
        raise


def _decoded(
    original: Path,
    beside: tuple[Beside, ...],
    told: Callable[[timeline.Flaw], None] = lambda _: None,
) -> Iterator[AudioSegment]:
    """The recording in blocks of about `BLOCK_MS`, at its own rate, every channel; at least one."""
    unreadable = RecordingError(
        f"{original.name} holds no sound that can be read.", "Record or copy it again."
    )
    n_blocks = n_held = rate_hz = channels = 0
    held: list[npt.NDArray[np.int16]] = []
    try:
        for samples, rate_hz, channels in _samples(blocks(original, beside, told)):
            held.append(samples)
            n_held += len(samples)
            if n_held >= BLOCK_MS * rate_hz // 1000:
                yield _segment(np.concatenate(held), rate_hz, channels)
                held, n_held, n_blocks = [], 0, n_blocks + 1
    except (OSError, av.error.FFmpegError) as error:
        raise unreadable from error
    if n_held:
        yield _segment(np.concatenate(held), rate_hz, channels)
    elif not n_blocks:
        raise unreadable


def _samples(sound: Iterator[timeline.Block]) -> Iterator[tuple[npt.NDArray[np.int16], int, int]]:
    """Samples on the clock that the models heard by, (n, channels), with the rate and channels of the first block.

    A stream may change its form midway; what comes later is brought to the form of the beginning, so that
    samples still count milliseconds.
    """
    first: timeline.Block | None = None
    alike = itertools.groupby(sound, key=lambda b: (b.rate_hz, b.layout.name))
    for form, group in alike:
        resampler: AudioResampler | None = None
        for block in itertools.chain(group, [None]):
            first = first or block
            if first is None:
                return
            rate_hz, channels = first.rate_hz, first.samples.shape[1]
            if block is not None and form == (rate_hz, first.layout.name):
                yield block.samples, rate_hz, channels
                continue
            if block is None and resampler is None:
                continue
            resampler = resampler or AudioResampler(format="s16", layout=first.layout, rate=rate_hz)
            for brought in resampler.resample(None if block is None else _whole(block)):
                yield brought.to_ndarray().reshape(-1, channels).astype(np.int16), rate_hz, channels


def _whole(block: timeline.Block) -> av.AudioFrame:
    """A block with all its channels, as PyAV takes it."""
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(block.samples).reshape(1, -1), format="s16", layout=block.layout.name
    )
    frame.sample_rate = block.rate_hz
    return frame


def _segment(samples: npt.NDArray[np.int16], rate_hz: int, channels: int) -> AudioSegment:
    return AudioSegment(
        data=samples.tobytes(), sample_width=_SAMPLE_BYTES, frame_rate=rate_hz, channels=channels
    )


def _replaced(
    blocks: Iterator[AudioSegment], sound: ReleasedSound, readings: tuple[Reading, ...], *, first: int = 0
) -> Iterator[AudioSegment]:
    """The blocks, the first of which begins at that sample, with something else in the place of every span."""
    block_start, ahead, stand_in = first, deque(sound.replaced), None
    for block in blocks:
        rate_hz, n_samples = block.frame_rate, int(block.frame_count())
        stand_in = stand_in or StandIn(sound, readings, rate_hz)
        published = block
        while ahead and bounds(ahead[0], rate_hz)[1] <= block_start:
            ahead.popleft()
        for span in ahead:
            start, end = bounds(span, rate_hz)
            if start >= block_start + n_samples:
                break
            here, there = max(0, start - block_start), min(n_samples, end - block_start)
            instead = stand_in.samples(span, block_start + here, block_start + there)
            every = _segment(np.repeat(instead[:, None], block.channels, axis=1), rate_hz, block.channels)
            published = published.get_sample_slice(0, here) + every + published.get_sample_slice(there)
        block_start += n_samples
        yield published


class Mp3:
    """An MP3 in mono that is being written: every channel was masked, and the models heard their sum.

    Args:
        target: the file.
        tags: what it says of itself, as FFmpeg calls it.
    """

    def __init__(self, target: Path, tags: Mapping[str, str]) -> None:
        self._target = target
        self._tags = tags

    def __enter__(self) -> Mp3:
        self._container = av.open(str(self._target), mode="w", format="mp3", container_options=_PLAIN)
        self._container.metadata.update(self._tags)
        self._stream: av.AudioStream | None = None
        return self

    def write(self, frame: av.AudioFrame) -> None:
        """Add what was masked; all are of one rate."""
        if self._stream is None:
            rate_hz = rate_for(frame.sample_rate)
            self._stream = self._container.add_stream("libmp3lame", rate=rate_hz)
            self._stream.codec_context.layout = "mono"
            self._stream.codec_context.format = "s16p"
            self._stream.codec_context.bit_rate = _BITS_PER_SECOND
            self._resampler = AudioResampler(format="s16p", layout="mono", rate=rate_hz)
        self._encode(frame)

    def _encode(self, frame: av.AudioFrame | None) -> None:
        assert self._stream is not None  # noqa: S101 - a stream is added with the first block
        for ready in self._resampler.resample(frame):
            self._container.mux(self._stream.encode(ready))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._container as container:
            if kind is None and self._stream is not None:
                self._encode(None)
                container.mux(self._stream.encode(None))


def rate_for(rate_hz: int) -> int:
    """Samples a second in which sound of this rate is published."""
    return next((rate for rate in _RATES_HZ if rate >= rate_hz), _RATES_HZ[-1])
