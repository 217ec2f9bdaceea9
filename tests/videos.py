"""Small videos with everything in them that must not be published."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, FPS, RATE_HZ = 96, 64, 10, 16_000
A_NAME = "王大明"


def pattern(at: float) -> np.ndarray:
    """(height, width, 3): bright stripes that move; never black."""
    x = np.arange(WIDTH)[None, :, None] + np.zeros((HEIGHT, 1, 3))
    stripes = 150 + 80 * np.sin(2 * np.pi * (x / 24 + at))
    return stripes.astype(np.uint8)


def film(
    path: Path,
    sound: np.ndarray,
    *,
    seconds: float | None = None,
    rate_hz: int = RATE_HZ,
    codec: str = "libx264",
    moments: list[float] | None = None,
    laden: bool = True,
) -> Path:
    """A video with a moving pattern; two sounds, captions, chapters, tags and a cover where it is laden.

    Args:
        path: `.mkv` or `.mp4`.
        sound: (n_samples, n_channels).
        seconds: of the picture; as long as the sound if not given.
        rate_hz: of the sound.
        codec: of the picture.
        moments: of the frames in seconds, instead of `FPS` a second.
        laden: with everything that must not be published.
    """
    seconds = len(sound) / rate_hz if seconds is None else seconds
    moments = [n / FPS for n in range(round(seconds * FPS))] if moments is None else moments
    written = path.with_suffix(".srt")
    written.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{A_NAME}\n", "utf-8")
    with av.open(str(path), "w") as container, av.open(str(written)) as captions:
        picture = container.add_stream(codec, rate=FPS)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.codec_context.time_base = Fraction(1, 1000)
        sounds = [container.add_stream("aac", rate=rate_hz, layout="stereo") for _ in range(1 + laden)]
        if laden:
            container.metadata["title"] = container.metadata["comment"] = A_NAME
            picture.metadata["title"] = sounds[1].metadata["title"] = A_NAME
            cover = container.add_stream("mjpeg", rate=1)
            cover.width, cover.height, cover.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
            cover.disposition = av.stream.Disposition.attached_pic
            container.set_chapters(
                [
                    {
                        "id": 1,
                        "start": 0,
                        "end": 1000,
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": A_NAME},
                    }
                ]
            )
            if path.suffix == ".mkv":  # MP4 takes other captions
                container.add_attachment("name.txt", "text/plain", A_NAME.encode())
                lines = container.add_stream_from_template(captions.streams[0])
            still = av.VideoFrame.from_ndarray(pattern(0), format="rgb24")
            container.mux(cover.encode(still))
        for number, stream in enumerate(sounds):
            for at in range(0, len(sound), rate_hz):
                piece = sound[at : at + rate_hz] if number == 0 else sound[at : at + rate_hz][:, ::-1] // 2
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(piece).reshape(1, -1), format="s16", layout="stereo"
                )
                frame.sample_rate, frame.pts = rate_hz, at
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        for at in moments:
            shown = av.VideoFrame.from_ndarray(pattern(at), format="rgb24")
            shown.pts, shown.time_base = round(at * 1000), Fraction(1, 1000)
            container.mux(picture.encode(shown))
        container.mux(picture.encode(None))
        if laden and path.suffix == ".mkv":
            for packet in captions.demux():
                if packet.size:
                    packet.stream = lines
                    container.mux(packet)
    return path


def seen(path: Path) -> list[tuple[float, float]]:
    """Of every frame: when it is shown, in seconds, and how bright its brightest point is."""
    with av.open(str(path)) as container:
        return [
            (float(frame.time), float(frame.to_ndarray(format="gray").max()))
            for frame in container.decode(container.streams.video[0])
        ]
