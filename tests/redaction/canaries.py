"""Files with a planted leak, and clean ones: each a function that writes one file into a folder."""

from __future__ import annotations

import io
import sqlite3
import tarfile
import wave
import zipfile
from contextlib import closing
from pathlib import Path

import av
import numpy as np

from redaction.scan import Term

TERMS = (
    Term("p1/0", "陳筱明"),
    Term("p1/1", "小漁"),
    Term("p2/0", "歐陽小漁"),
    Term("p2/1", "毛毛媽"),
    Term("p3/0", "Sheila O'Neil"),
    Term("p3/1", "Ann"),
    Term("p4/0", "單于呂"),
)


def sound(path: Path, *, form: str, codec: str, tags: dict[str, str] | None = None, title: str = "") -> None:
    """Half a second of a quiet tone, with tags of the file and a title of the stream."""
    with av.open(str(path), "w", format=form) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=16_000)
        if title:
            stream.metadata["title"] = title
        stream.codec_context.layout = "mono"
        samples = (np.sin(np.arange(8_000) / 9) * 900).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = 16_000
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=16_000)
        for resampled in resampler.resample(frame):
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))


def mp3(path: Path, before: bytes = b"", after: bytes = b"") -> None:
    """Sound without any tag of its own, with raw bytes around it."""
    buffer = path.with_name("plain.mp3")
    sound(buffer, form="mp3", codec="libmp3lame")
    data = buffer.read_bytes()
    buffer.unlink()
    if data[:3] == b"ID3":
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        data = data[10 + size :]
    path.write_bytes(before + data + after)


def id3(frame: bytes, body: bytes) -> bytes:
    """An ID3v2.3 tag with one frame."""
    inner = frame + len(body).to_bytes(4, "big") + b"\0\0" + body
    size = len(inner)
    return b"ID3\3\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + inner


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A picture of one pixel with more chunks; nobody checks their sums."""
    pixel = (b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0"), *chunks, (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(len(b).to_bytes(4, "big") + k + b + b"\0\0\0\0" for k, b in pixel)


def zipped(**members: bytes) -> bytes:
    """An archive; a member's name writes "." as "_"."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def tarred(name: str, content: bytes, mode: str = "w") -> bytes:
    """An archive with one member; mode "w:gz" packs it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]  # mode is a str here
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def database(path: Path, value: object) -> None:
    """A table with one cell."""
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE cue (text)")
        base.execute("INSERT INTO cue VALUES (?)", (value,))
        base.commit()


def pdf(stream: bytes, filters: bytes = b"/Filter /FlateDecode ") -> bytes:
    """A page's content stream with just enough around it."""
    head = b"%PDF-1.4\n1 0 obj\n<< " + filters + b"/Length " + str(len(stream)).encode() + b" >>\nstream\n"
    return head + stream + b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def wav(path: Path) -> None:
    """Sound without tags."""
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        out.writeframes((np.sin(np.arange(8_000) / 9) * 900).astype("<i2").tobytes())
