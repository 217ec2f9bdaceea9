"""The published sound: what must not be heard is replaced, and nothing but the sound is carried over.

The one door to pydub. The samples of a hidden span are **replaced**, never covered: an added tone is taken
out again by a notch filter (what is heard then correlates .90 with the original, after replacing .003).
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from redaction.released import Released
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

TONE_HZ = 440
TONE_DBFS = -30.0
FADE_MS = 10

_SAMPLE_BYTES = 2
_MP3_RATES_HZ = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_BITS_PER_SECOND = 64_000

_NO_TAGS = {"id3v2_version": "0", "write_id3v1": "0", "write_xing": "0"}
"""No ID3, and no Xing frame, which would name the program; at a constant bit rate no player needs it.

What stays is the word LAME, which that encoder puts into the padding of some frames: it tells nothing of the
meeting.
"""


def publish(original: Path, released: Released, into: Path, beside: tuple[Beside, ...] = ()) -> Path:
    """Write the sound that may be published, as `record.mp3`.

    Args:
        original: any recording; of its streams only the sound that FFmpeg calls the best is read.
        released: says whether sound may be published, and which spans are replaced: milliseconds on the
            recording's own clock, by which the models heard it (`speakers.timeline`).
        into: a folder that exists.
        beside: further microphones that the models heard; what is hidden is hidden in the sum of all.

    Returns:
        The file: MP3 in mono at a constant bit rate without tags, chapters or pictures. It is the sum of all
        channels, as the models heard it. The same input gives the same bytes.

    Raises:
        NotReleasableError: If no sound may be published.
        RecordingError: If the original holds no sound that can be read.
        StorageError: If the file cannot be written.
    """
    if not released.sound.allowed:
        raise NotReleasableError(
            "The sound of this meeting may not be published.", "Publish the text formats without it."
        )
    target = into / "record.mp3"
    sound = _replaced(_decoded(original, beside), released.sound.replaced)
    try:
        _encode(sound, target)
    except (OSError, av.error.FFmpegError) as error:
        target.unlink(missing_ok=True)
        raise StorageError(
            "The published sound cannot be written.",
            "Look at the disk's space and rights, then release again.",
        ) from error
    except BaseException:
        target.unlink(missing_ok=True)  # half a file could be taken for a whole one
        raise
    return target


def _decoded(original: Path, beside: tuple[Beside, ...]) -> Iterator[AudioSegment]:
    """The recording in blocks of about `BLOCK_MS`, at its own rate, every channel; at least one."""
    unreadable = RecordingError(
        f"{original.name} holds no sound that can be read.", "Record or copy it again."
    )
    n_blocks = n_held = rate_hz = channels = 0
    held: list[npt.NDArray[np.int16]] = []
    try:
        for samples, rate_hz, channels in _samples(blocks(original, beside)):
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


def _replaced(blocks: Iterator[AudioSegment], spans: tuple[Span, ...]) -> Iterator[AudioSegment]:
    """The blocks, with a tone in the place of every span."""
    block_start = 0
    for block in blocks:
        rate_hz, n_samples = block.frame_rate, int(block.frame_count())
        published = block
        for span in spans:
            # Rounded outwards: a sample that belongs to the span in part is replaced.
            start, end = span.start * rate_hz // 1000, -(-span.end * rate_hz // 1000)
            here, there = max(0, start - block_start), min(n_samples, end - block_start)
            if here < there:
                tone = _tone(
                    np.arange(block_start + here, block_start + there) - start,
                    end - start,
                    rate_hz,
                    block.channels,
                )
                published = published.get_sample_slice(0, here) + tone + published.get_sample_slice(there)
        block_start += n_samples
        yield published


def _tone(at: npt.NDArray[np.int64], length: int, rate_hz: int, channels: int) -> AudioSegment:
    """A quiet tone that knows nothing of the original.

    Args:
        at: (n_samples,) which samples of the span, from 0.
        length: of the span, in samples; the tone fades in and out at its ends.
        rate_hz: samples a second.
        channels: the same tone is on each.
    """
    fade = max(1, FADE_MS * rate_hz // 1000)
    envelope = np.clip(np.minimum(at + 1, length - at) / fade, 0.0, 1.0)
    peak = (2**15 - 1) * 10 ** (TONE_DBFS / 20)
    wave = np.rint(peak * envelope * np.sin(2 * math.pi * TONE_HZ * at / rate_hz)).astype(np.int16)
    return _segment(np.repeat(wave[:, None], channels, axis=1), rate_hz, channels)


def _encode(sound: Iterator[AudioSegment], target: Path) -> None:
    """Write MP3 in mono: every channel was masked, and what is published is what the models heard of them."""
    first = next(sound)
    rate_hz = next((rate for rate in _MP3_RATES_HZ if rate >= first.frame_rate), _MP3_RATES_HZ[-1])
    with av.open(str(target), mode="w", format="mp3", options=_NO_TAGS) as container:
        stream = container.add_stream("libmp3lame", rate=rate_hz)
        stream.codec_context.layout = "mono"
        stream.codec_context.format = "s16p"
        stream.codec_context.bit_rate = _BITS_PER_SECOND
        resampler = AudioResampler(format="s16p", layout="mono", rate=rate_hz)
        for block in itertools.chain([first], sound):
            for frame in resampler.resample(_frame(block)):
                container.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _frame(block: AudioSegment) -> av.AudioFrame:
    """A block as PyAV takes it, all its channels in one."""
    samples = np.frombuffer(block.raw_data, dtype=np.int16).reshape(-1, block.channels)
    frame = av.AudioFrame.from_ndarray(mixed(samples).reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = block.frame_rate
    return frame
