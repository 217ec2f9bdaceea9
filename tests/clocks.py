"""Recordings whose containers have a clock of their own: sound that starts late, stops, or is damaged."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

RATE_HZ = 48_000

Mover = Callable[[float, av.Packet], av.Packet | None]
"""What becomes of a packet that begins so many seconds after the first."""

TONE_HZ = 1_000
LENGTH_MS = 500


def bursts(seconds: float, *at: float, rate_hz: int = RATE_HZ) -> npt.NDArray[np.int16]:
    """(n_samples,) of very quiet noise with half a second of a tone at each of these moments."""
    moments = np.arange(round(seconds * rate_hz)) / rate_hz
    samples = np.random.default_rng(1).normal(0, 0.002, len(moments))
    for begins in at:
        during = (moments >= begins) & (moments < begins + LENGTH_MS / 1000)
        samples[during] += 0.5 * np.sin(2 * np.pi * TONE_HZ * moments[during])
    return (samples * 32767).astype(np.int16)


def later(by: float, *, after: float = -1.0) -> Mover:
    """Everything after a moment stands so many seconds later."""

    def move(at: float, packet: av.Packet) -> av.Packet:
        if at >= after and packet.pts is not None and packet.dts is not None:
            ticks = round(by / float(packet.time_base))
            packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
        return packet

    return move


def without(begins: float, ends: float) -> Mover:
    """What lies between is not in the file."""
    return lambda at, packet: None if begins <= at < ends else packet


def broken(begins: float, ends: float, fill: bytes = b"\xff") -> Mover:
    """What lies between cannot be decoded."""

    def move(at: float, packet: av.Packet) -> av.Packet:
        if not begins <= at < ends:
            return packet
        bad: Any = av.Packet(fill * packet.size)
        bad.pts, bad.dts, bad.duration = packet.pts, packet.dts, packet.duration
        bad.time_base, bad.stream = packet.time_base, packet.stream
        return bad  # type: ignore[no-any-return]

    return move


def container(
    path: Path,
    codec: str,
    samples: npt.NDArray[np.int16],
    move: Mover = lambda _, packet: packet,
    *,
    picture_s: float = 0.0,
    rate_hz: int = RATE_HZ,
) -> Path:
    """Write a recording whose packets were moved, taken out or broken, with a picture for so many seconds."""
    with av.open(str(path), "w") as file:
        video: Any = file.add_stream("mpeg4", rate=5) if picture_s else None
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        stream: Any = file.add_stream(codec, rate=rate_hz)
        stream.layout = "mono"
        for number in range(round(picture_s * 5)):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            picture.pts, picture.time_base = number, Fraction(1, 5)
            file.mux(video.encode(picture))
        if video is not None:
            file.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            moved = move(float(packet.pts * packet.time_base), packet)
            if moved is not None:
                file.mux(moved)
    return path


def onsets(samples: npt.NDArray[np.float32], rate_hz: int) -> list[int]:
    """Milliseconds at which something loud begins."""
    width = rate_hz // 100
    level = np.convolve(np.abs(samples), np.ones(width) / width, "same")
    return [int(at * 1000 // rate_hz) for at in np.flatnonzero(np.diff((level > 0.1).astype(int)) == 1)]
