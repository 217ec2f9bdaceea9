"""The published video: the picture black wherever its sound is replaced, and nothing but these two carried over.

Every frame is encoded anew. A hidden one never reaches the encoder: a black one goes there in its place, so that no
frame beside it can hold anything of it.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler
from av.bitstream import BitStreamFilterContext
from av.codec.context import Flags
from av.stream import Disposition

from output import licence
from output.sound import Mp3, masked, rate_for, written
from output.stand_in import Reading
from output.subtitle_track import Text, track_of
from output.words import ISO_639, chosen
from redaction.released import Released
from speakers import timeline
from speakers.error import NotReleasableError, RecordingError
from speakers.mix import Beside
from speakers.record import Span

_TICKS = 90_000
"""Ticks a second of the picture's clock."""

_FASTEST = 30
"""Frames a second at most; nobody needs more of people at a table."""

_WIDEST, _HIGHEST = 1920, 1080

_RESTART_S = 0.5
"""A picture's clock that goes back further than this cannot be trusted any more."""

_ENCODER = {"preset": "veryfast", "crf": "24", "threads": "4", "mbtree": "0"}
"""The number of threads is fixed, because another one gives other bytes.

Without x264's macroblock tree: on a busy machine one video in forty came out with other bytes because of it.
"""

_PLAIN = {"fflags": "+bitexact", "movflags": "+faststart"}
"""No tag but ours: none names a program or a time."""

_LOOKS = b"""[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""How captions look where a player does not choose: what FFmpeg's encoder makes the track's header from."""

_BITS_PER_SECOND = 96_000
"""Of the sound."""

_WITHOUT_NOTES = "filter_units=remove_types=6"
"""H.264's notes to the decoder, in which the encoder names itself and its settings."""

_UNTRUSTED = frozenset({timeline.Kind.OVERLAP, timeline.Kind.RESTARTED})
"""Flaws after which picture and sound are no longer known to belong together."""

Plane = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Frame:
    """A picture, and when it is shown: seconds on the recording's clock."""

    at: float
    picture: av.VideoFrame
    sound: bool


def pictured(original: Path) -> bool:
    """Whether a recording has a picture that moves; a cover is none."""
    try:
        with timeline.opened(original) as container:
            return _track(container) is not None
    except (OSError, av.error.FFmpegError):
        return False


def publish(
    original: Path,
    released: Released,
    into: Path,
    beside: tuple[Beside, ...] = (),
    readings: tuple[Reading, ...] = (),
) -> tuple[Path, Path]:
    """Write the video that may be published, as `record.mp4`, and from the same samples its sound, as `record.mp3`.

    Args:
        original: a recording with a picture; of its streams only the picture and the sound that FFmpeg calls the best.
        released: says whether the picture may be published, what is replaced, and when the picture is black.
        into: a folder that exists.
        beside: see `output.sound.publish`, likewise the next.
        readings: what a synthetic voice reads.

    Returns:
        The video (H.264 and AAC in MP4, with the captions as a track that can be switched on where there are any,
        without chapters or further streams), and the MP3; their tags are what it is called
        and its licence. The same input gives the same bytes. A picture that
        goes on after the sound ends there.

    Raises:
        NotReleasableError: If no picture or no sound may be published.
        RecordingError: If there is no picture, or picture and sound cannot be trusted to belong together.
        StorageError: If a file cannot be written.
    """
    if not released.picture.allowed:
        raise NotReleasableError(
            "The picture of this meeting may not be published.", "Publish its sound alone."
        )
    video, mp3 = into / "record.mp4", into / "record.mp3"
    with timeline.opened(original) as container, written(video, mp3):
        track = _track(container)
        if track is None:
            raise _none(original)
        shown = _shown(_frames(container, track), released.blanked)
        language = chosen(ISO_639, released.language) if released.statements else ""
        sound = masked(original, released, beside, readings, _trusted)
        first, ahead = next(sound), next(shown, None)
        if ahead is None:
            raise _none(original)
        texts, tags = deque(track_of(released)), licence.tags(released)
        with (
            Mp3(mp3, tags) as alone,
            _Mp4(video, tags, first.sample_rate, ahead.picture, language) as together,
        ):
            at = 0.0
            for block in itertools.chain([first], sound):
                alone.write(block)
                together.write_sound(block)
                at += block.samples / block.sample_rate
                while texts and texts[0].span.start < at * 1000:
                    together.write_text(texts.popleft())
                while ahead is not None and ahead.at < at:
                    together.write_picture(ahead)
                    ahead = next(shown, None)
    return video, mp3


def _none(original: Path) -> RecordingError:
    return RecordingError(f"{original.name} has no picture.", 'Write publish = "sound" into meeting.toml.')


def _trusted(flaw: timeline.Flaw) -> None:
    if flaw.kind in _UNTRUSTED:
        raise _apart()


def _apart() -> RecordingError:
    return RecordingError(
        "The recording's clock goes back, so its picture and its sound may not belong together.",
        'Write publish = "sound" into meeting.toml, or save the recording anew with a media tool.',
    )


def _track(container: av.container.InputContainer) -> av.VideoStream | None:
    """The picture that players would choose."""
    moving = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    best = container.streams.best("video")
    return best if best in moving else next(iter(moving), None)


def _frames(container: av.container.InputContainer, track: av.VideoStream) -> Iterator[_Frame]:
    """Frames as they are shown, `_FASTEST` at most; one that may be damaged is not sound."""
    begins, last = timeline.origin(container), -1.0
    hurt, quarters = False, None
    track.thread_type = "AUTO"
    size = _size(track)
    for packet in container.demux(track):
        try:
            decoded = packet.decode()
        except av.error.FFmpegError:
            hurt = True
            continue
        for frame in decoded:
            if frame.pts is None or frame.time_base is None:
                continue
            hurt = hurt and not frame.key_frame
            at = float(frame.pts * frame.time_base) - begins
            if at < last - _RESTART_S:
                raise _apart()
            if at < 0 or (last >= 0 and at - last < 0.99 / _FASTEST):
                continue
            last = at
            quarters = frame.rotation // 90 if quarters is None else quarters
            yield _Frame(at, _upright(frame, size, quarters), not hurt and not frame.is_corrupt)


def _size(track: av.VideoStream) -> tuple[int, int]:
    """Width and height in square pixels, even, and no more than is worth publishing."""
    aspect = float(track.sample_aspect_ratio or 1)
    width, height = track.width * (aspect if aspect > 0 else 1.0), float(track.height)
    factor = min(1.0, _WIDEST / max(width, height), _HIGHEST / min(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def _upright(frame: av.VideoFrame, size: tuple[int, int], quarters: int) -> av.VideoFrame:
    """A frame as it is looked at, without anything that came along with it."""
    width, height = size
    flat = (
        frame.reformat(width=width, height=height, format="yuv420p").to_ndarray().astype(np.uint8, copy=False)
    )
    return _of(_turned(flat, width, height, quarters))


def _turned(flat: Plane, width: int, height: int, quarters: int) -> Plane:
    """The three planes of a picture below each other, turned against the clock."""
    if quarters % 4 == 0:
        return flat
    area = width * height
    flat = flat.reshape(-1)
    planes = (
        flat[:area].reshape(height, width),
        flat[area : area + area // 4].reshape(height // 2, width // 2),
        flat[area + area // 4 :].reshape(height // 2, width // 2),
    )
    turned = [np.rot90(plane, quarters) for plane in planes]
    return np.concatenate([p.reshape(-1) for p in turned]).reshape(-1, turned[0].shape[1])


def _of(flat: Plane) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(flat), format="yuv420p")


def _black(like: av.VideoFrame) -> av.VideoFrame:
    flat = np.full((like.height * 3 // 2, like.width), 128, np.uint8)
    flat[: like.height] = 16
    return _of(flat)


def _shown(frames: Iterator[_Frame], blanked: tuple[Span, ...]) -> Iterator[_Frame]:
    """The frames, black where they would be seen during a span: until the next one comes, a frame stays."""
    ahead, waiting = deque(blanked), next(frames, None)
    while waiting is not None:
        after = next(frames, None)
        until = float("inf") if after is None else after.at * 1000
        while ahead and ahead[0].end <= waiting.at * 1000:
            ahead.popleft()
        hidden = bool(ahead) and ahead[0].start < until
        seen = waiting.sound and not hidden
        yield _Frame(waiting.at, waiting.picture if seen else _black(waiting.picture), waiting.sound)
        waiting = after


class _Mp4:
    """A video that is being written, one block of sound and then the captions and the pictures of its time.

    Args:
        target: the file.
        tags: what it says of itself, as FFmpeg calls it; of the licence MP4 has one line.
        rate_hz: samples a second of the sound that comes.
        like: a picture of the size of all that come.
        language: of the captions, as MP4 knows it; empty if there are none.
    """

    def __init__(
        self, target: Path, tags: Mapping[str, str], rate_hz: int, like: av.VideoFrame, language: str
    ) -> None:
        self._container = av.open(str(target), mode="w", format="mp4", container_options=_PLAIN)
        self._container.metadata.update(tags)
        self._video = self._container.add_stream("libx264", rate=_FASTEST, options=_ENCODER)
        self._video.width, self._video.height, self._video.pix_fmt = like.width, like.height, "yuv420p"
        self._video.codec_context.time_base = Fraction(1, _TICKS)
        rate_hz = rate_for(rate_hz)
        self._audio = self._container.add_stream("aac", rate=rate_hz)
        self._audio.codec_context.layout = "mono"
        self._audio.codec_context.bit_rate = _BITS_PER_SECOND
        for stream in (self._video, self._audio):
            stream.codec_context.flags |= Flags.bitexact
        if language:
            self._texts = self._container.add_stream("mov_text", options={"bitexact": "1"})
            self._texts.codec_context.subtitle_header = _LOOKS
            self._texts.codec_context.time_base = self._texts.time_base = Fraction(1, 1000)
            self._texts.metadata["language"] = language
        self._convert = AudioResampler(format="fltp", layout="mono", rate=rate_hz)
        self._without_notes = BitStreamFilterContext(_WITHOUT_NOTES, self._video)

    def __enter__(self) -> _Mp4:
        return self

    def write_sound(self, block: av.AudioFrame | None) -> None:
        """Add a block, or what is left at the end."""
        for frame in self._convert.resample(block):
            self._container.mux(self._audio.encode(frame))
        if block is None:
            self._container.mux(self._audio.encode(None))

    def write_picture(self, frame: _Frame | None) -> None:
        """Add a picture, or what is left at the end."""
        if frame is not None:
            frame.picture.pts = round(frame.at * _TICKS)
            frame.picture.time_base = Fraction(1, _TICKS)
        for packet in self._video.encode(None if frame is None else frame.picture):
            self._container.mux(self._without_notes.filter(packet))
        if frame is None:
            self._container.mux(self._without_notes.filter(None))

    def write_text(self, text: Text) -> None:
        """Add what is shown of the captions for a while: nothing, in between."""
        packet = av.Packet(text.sample)
        packet.stream = self._texts
        packet.time_base = Fraction(1, 1000)
        packet.pts = packet.dts = int(text.span.start)
        packet.duration = text.span.length
        packet.is_keyframe = True
        self._container.mux(packet)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._container:
            if kind is None:
                self.write_sound(None)
                self.write_picture(None)
