"""The container's clock: every sample stands where a player would play it.

Sound that starts late, stops in between or is damaged would move everything after it to an earlier moment if
samples were only counted. Here silence takes the place of what is missing, exactly as long. Whoever decodes, for
the models or for publication, decodes through here, so that a moment is the same moment everywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt

from speakers.error import RecordingError
from speakers.record import Millis, clock

UNREADABLE = av.error.FFmpegError
"""What reading a file raises where it cannot be read."""

VERSION = "clock 1"
"""Changed when a file's samples would stand at other moments than before."""

Pcm = npt.NDArray[np.int16]
"""(n_samples, n_channels)"""

_FROM_ZERO = frozenset({"mov", "matroska", "webm"})
"""Formats whose own clock says where the presentation begins; with others it begins with the first packet."""

_MAX_LEAD_S = 600.0
"""A clock that begins later than this shows the time of day, or of a broadcast, and not a late start."""

_JITTER_S = 0.1
"""Recorders write moments that are this far from where their samples are, though nothing is missing."""

_ROUNDING_S = 0.002
"""Containers round moments to milliseconds."""

_RESTART_S = 2.0
"""Going back further than this, the clock began anew; less is an overlap."""

_SQUEEZE = 0.01
"""Share by which sound is shortened where the clock is slower than the samples: nobody hears it."""

_MAX_MISSING_S = 7200.0
"""All that may be missing together; more is a damaged clock."""

_CUT_S = 2.0
"""Damage at the end that is longer is no damage, but a file that was cut off."""

_RETRIES = 8
"""How often reading goes on after an error without a packet in between."""

_TOLD = 10
"""Flaws that are told one by one."""


class Kind(StrEnum):
    """What is wrong with a stretch of a recording."""

    LATE = "late"
    MISSING = "missing"
    DAMAGED = "damaged"
    OVERLAP = "overlap"
    RESTARTED = "restarted"
    SHIFTED = "shifted"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where the file's sound and its clock do not agree.

    Attributes:
        kind: what is wrong.
        at: where it begins, on the clock that everything here uses.
        length: milliseconds that are concerned.
    """

    kind: Kind
    at: Millis
    length: int

    def __str__(self) -> str:
        """For people, as a sentence.

        >>> str(Flaw(Kind.DAMAGED, Millis(3_723_000), 340))
        '0.34 s of sound at 1:02:03 are damaged; silence stands there.'
        """
        begins = clock(self.length)
        return _SENTENCES[self.kind].format(
            long=f"{self.length / 1000:.2f} s", at=clock(self.at), begins=begins
        )


_SENTENCES = {
    Kind.LATE: "The sound begins {long} after the file does; silence stands there.",
    Kind.MISSING: "{long} of sound at {at} are missing in the file; silence stands there.",
    Kind.DAMAGED: "{long} of sound at {at} are damaged; silence stands there.",
    Kind.OVERLAP: "The file's clock is {long} behind its sound at {at}; the sound was made a little faster.",
    Kind.RESTARTED: "The file's clock goes back {long} at {at}; a player may show other moments after it.",
    Kind.SHIFTED: "The file's clock begins at {begins}; moments here count from its first sound.",
    Kind.SHORT: "The sound ends at {at}, {long} before the file does.",
}


def notes(flaws: Iterable[Flaw]) -> tuple[str, ...]:
    """What people should know about a recording, each as a sentence; many flaws are summed up.

    Corrections that nobody could notice are not told.
    """
    worth = [f for f in flaws if f.kind is Kind.DAMAGED or f.length >= _JITTER_S * 1000]
    lines = [str(flaw) for flaw in worth[:_TOLD]]
    if rest := worth[_TOLD:]:
        seconds = sum(flaw.length for flaw in rest) / 1000
        lines.append(
            f"{len(rest)} more places like these, {seconds:.1f} s together, until {clock(rest[-1].at)}."
        )
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Block:
    """Samples in a row.

    Attributes:
        samples: (n_samples, n_channels).
        rate_hz: samples a second.
        layout: which channel is which.
    """

    samples: Pcm
    rate_hz: int
    layout: av.AudioLayout


def opened(path: Path) -> av.container.InputContainer:
    """A file, opened.

    Raises:
        av.error.FFmpegError: If it is no audio or video file.
    """
    # Absolute, because FFmpeg takes what stands before a colon for a protocol: "12:30.wav" is a file here.
    return av.open(str(path.absolute()), metadata_errors="replace")


def track(container: av.container.InputContainer) -> av.AudioStream:
    """The sound track that players would choose."""
    best = container.streams.best("audio")
    if not isinstance(best, av.AudioStream):
        raise RecordingError("The file has no sound track.", "Give the file that has the sound.")
    return best


def origin(container: av.container.InputContainer) -> float:
    """The moment of the container's clock, in seconds, that a player shows as 0:00."""
    start = (container.start_time or 0) / av.time_base
    from_zero = not _FROM_ZERO.isdisjoint(container.format.name.split(","))
    return 0.0 if from_zero and 0 <= start <= _MAX_LEAD_S else start


def announced(container: av.container.InputContainer) -> Millis | None:
    """When the sound ends according to the container, on the clock used here; None if it does not say."""
    stream, begins, form = track(container), origin(container), container.format.name
    if form == "mpegts":  # it promises nothing: FFmpeg looks for the last moment in it
        return None
    if stream.duration is not None and stream.time_base is not None:
        length = float(stream.duration * stream.time_base)
        late = 0.0 if form == "ogg" else float((stream.start_time or 0) * stream.time_base)
    elif container.duration is not None:
        length = container.duration / av.time_base
        late = 0.0 if "matroska" in form else begins
    else:
        return None
    # Ogg and Matroska say when the sound ends, others how long it is.
    return Millis(max(0, int((length + late - begins) * 1000)))


def blocks(path: Path, told: Callable[[Flaw], None] = lambda _: None) -> Iterator[Block]:
    """The sound of a file on its own clock.

    Args:
        path: any recording.
        told: hears of every flaw, when it is come by.

    Raises:
        RecordingError: If more is missing or damaged than a recording can lack.
        av.error.FFmpegError: If it cannot be opened, or not be read on.
    """
    with opened(path) as container:
        stream, begins = track(container), origin(container)
        if begins > _MAX_LEAD_S and not _FROM_ZERO.isdisjoint(container.format.name.split(",")):
            told(Flaw(Kind.SHIFTED, Millis(0), int(begins * 1000)))
        placing = _Placing(path.name, begins, told)
        yield from placing.placed(_pieces(container, stream))


@dataclass(frozen=True, slots=True)
class _Heard:
    """A decoded frame, and when it is played in seconds, if its container says so."""

    at: float | None
    block: Block


@dataclass(frozen=True, slots=True)
class _Lost:
    """Something that could not be decoded, and when the sound in it would end, if that is known."""

    ends: float | None


def _pieces(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[_Heard | _Lost]:
    packets, retries = container.demux(stream), 0
    convert, form = av.AudioResampler("s16"), ("", "", 0)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError:
            retries += 1
            if retries > _RETRIES:
                raise
            packets = container.demux(stream)
            yield _Lost(None)
            continue
        try:
            frames = [f for f in packet.decode() if isinstance(f, av.AudioFrame) and f.samples]
        except EOFError:
            return
        except av.error.FFmpegError:
            at = _seconds(packet.pts, packet.time_base)
            yield _Lost(None if at is None else at + (_seconds(packet.duration, packet.time_base) or 0.0))
            continue
        retries = 0
        for frame in frames:
            at, rate_hz = _seconds(frame.pts, frame.time_base), frame.sample_rate
            if form != (frame.format.name, frame.layout.name, rate_hz):
                convert = av.AudioResampler("s16", frame.layout, rate_hz)
                form = (frame.format.name, frame.layout.name, rate_hz)
            frame.pts = None
            for block in convert.resample(frame):
                samples = (
                    block.to_ndarray().reshape(-1, block.layout.nb_channels).astype(np.int16, copy=False)
                )
                yield _Heard(at, Block(samples, rate_hz, block.layout))
                at = None if at is None else at + len(samples) / rate_hz


def _seconds(ticks: int | None, base: Fraction | None) -> float | None:
    return None if ticks is None or base is None else float(ticks * base)


class _Placing:
    """Puts pieces on the clock; `_at` is how many seconds of sound there are already."""

    def __init__(self, name: str, begins: float, told: Callable[[Flaw], None]) -> None:
        self._name, self._base, self._told = name, begins, told
        self._at = self._missing = self._damaged = 0.0
        self._hurt: float | None = None
        self._squeezing = False
        self._begun = False

    def placed(self, pieces: Iterable[_Heard | _Lost]) -> Iterator[Block]:
        """Every piece's samples, with silence where something is missing."""
        waiting, last = None, None
        for piece in itertools.chain(pieces, [None]):
            if waiting is not None:
                yield from self._before(waiting, piece)
                yield self._squeezed(waiting)
                last = waiting.block
            waiting = piece if isinstance(piece, _Heard) else None
            if isinstance(piece, _Lost):
                self._hurt = max(self._hurt or 0.0, piece.ends or 0.0)
        if last is not None:
            yield from self._end(last)

    def _drift(self, piece: _Heard) -> float:
        """Seconds by which a piece is later than the end of what is there."""
        return 0.0 if piece.at is None else piece.at - self._base - self._at

    def _before(self, piece: _Heard, after: _Heard | _Lost | None) -> Iterator[Block]:
        """Silence before a piece, if the clock asks for it."""
        drift = self._drift(piece)
        if not self._begun:
            self._begun = True
            if drift < 0:
                self._base += drift
            elif drift > _ROUNDING_S and not self._as_before(piece, after):
                yield from self._silence(drift, Kind.LATE, piece.block)
        elif self._hurt is not None and drift > _ROUNDING_S:
            yield from self._silence(drift, Kind.DAMAGED, piece.block)
        elif abs(drift) > _JITTER_S and not self._as_before(piece, after):
            if drift > 0:
                yield from self._silence(drift, Kind.MISSING, piece.block)
            elif drift < -_RESTART_S:
                self._flaw(Kind.RESTARTED, -drift)
                self._base += drift
            elif not self._squeezing:
                self._flaw(Kind.OVERLAP, -drift)
                self._squeezing = True
        self._hurt = None

    def _as_before(self, piece: _Heard, after: _Heard | _Lost | None) -> bool:
        """Whether what comes next goes on as if nothing had happened: then only this one moment is wrong."""
        if not isinstance(after, _Heard) or after.at is None:
            return False
        length = len(piece.block.samples) / piece.block.rate_hz
        return abs(self._drift(after) - length) <= _JITTER_S

    def _squeezed(self, piece: _Heard) -> Block:
        """A piece, a little shorter while the clock is behind."""
        block, n_samples = piece.block, len(piece.block.samples)
        if self._squeezing:
            behind = round(-self._drift(piece) * block.rate_hz)
            shorter = min(behind, max(1, int(n_samples * _SQUEEZE)), n_samples - 1)
            self._squeezing = behind > 0
            if shorter > 0:
                at = np.linspace(0, n_samples - 1, n_samples - shorter)
                channels = [np.interp(at, np.arange(n_samples), c) for c in block.samples.T]
                squeezed = np.rint(np.stack(channels, axis=1)).astype(np.int16)
                block = Block(squeezed, block.rate_hz, block.layout)
        self._at += len(block.samples) / block.rate_hz
        return block

    def _end(self, last: Block) -> Iterator[Block]:
        lost = 0.0 if self._hurt is None else self._hurt - self._base - self._at
        if lost > _CUT_S:
            raise RecordingError(
                f"{self._name} breaks off at {clock(int(self._at * 1000))} (the rest cannot be decoded).",
                "Copy it again from the recorder. If this is all there is, repair it with a media tool first.",
            )
        if lost > _ROUNDING_S:
            yield from self._silence(lost, Kind.DAMAGED, last)
        if self._damaged * 2 > self._at:
            raise RecordingError(
                f"More than half of {self._name} is damaged.",
                "Copy it again from the recorder. If this is all there is, repair it with a media tool first.",
            )

    def _flaw(self, kind: Kind, seconds: float) -> None:
        self._told(Flaw(kind, Millis(round(self._at * 1000)), round(seconds * 1000)))

    def _silence(self, seconds: float, kind: Kind, beside: Block) -> Iterator[Block]:
        """So much silence, in the form of the sound beside it."""
        self._missing += seconds
        if self._missing > _MAX_MISSING_S:
            raise RecordingError(
                f"{self._name} has a gap of {clock(int(seconds * 1000))} at {clock(int(self._at * 1000))}: "
                "its clock is damaged.",
                "Save it again with a media tool that writes new moments, for example as WAV.",
            )
        if kind is Kind.DAMAGED:
            self._damaged += seconds
        self._flaw(kind, seconds)
        left = round(seconds * beside.rate_hz)
        self._at += left / beside.rate_hz
        while left > 0:
            n_samples = min(left, beside.rate_hz)
            silence = np.zeros((n_samples, beside.samples.shape[1]), np.int16)
            yield Block(silence, beside.rate_hz, beside.layout)
            left -= n_samples


def runs_on(path: Path, until: Millis) -> bool:
    """Whether anything else than sound, a picture say, is in the file as late as this."""
    with opened(path) as container:
        begins, sound = origin(container), track(container)
        others = [s for s in container.streams if s.index != sound.index and s.type in {"video", "audio"}]
        if not others:
            return False
        try:
            for packet in container.demux(others):
                at = _seconds(packet.pts, packet.time_base)
                if at is not None and (at - begins) * 1000 >= until:
                    return True
        except av.error.FFmpegError:
            pass
    return False
