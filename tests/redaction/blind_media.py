"""Blind canaries in sound, films and pictures: tags, tracks, chapters, attachments, left-over boxes."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

from tests.redaction.blind_people import (
    ALIAS,
    CHENG,
    CHUKO,
    DARCY,
    FACT,
    NAME,
    NUMBER,
    canary,
    captions,
    collected,
    put,
)

RATE_HZ = 16_000


def film(
    path: Path,
    codec: str = "aac",
    tags: dict[str, str] | None = None,
    track: dict[str, str] | None = None,
    chapters: tuple[str, ...] = (),
    attachment: tuple[str, bytes] | None = None,
) -> None:
    """Write a container with half a second of a tone; its format is the path's suffix."""
    with av.open(path, "w") as container:
        container.metadata.update(tags or {})
        rate_hz = 48_000 if codec == "libopus" else RATE_HZ
        stream = container.add_stream(codec, rate=rate_hz)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        stream.metadata.update(track or {})
        if attachment:
            container.add_attachment(attachment[0], "text/plain", attachment[1])
        if chapters:
            container.set_chapters(
                [
                    {
                        "id": at,
                        "start": at * 200,
                        "end": at * 200 + 200,
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": title},
                    }
                    for at, title in enumerate(chapters)
                ]
            )
        tone = (np.sin(np.arange(rate_hz // 2) / 9) * 9000).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(tone, "s16", "mono")
        frame.sample_rate = rate_hz
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


@cache
def sound() -> bytes:
    """An MP3 of half a second, without tags of its own."""
    held = io.BytesIO()
    with av.open(held, "w", "mp3", options={"id3v2_version": "0", "write_xing": "0"}) as container:
        stream = container.add_stream("libmp3lame", rate=RATE_HZ)
        stream.layout = "mono"
        tone = (np.sin(np.arange(RATE_HZ // 2) / 9) * 9000).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(tone, "s16p", "mono")
        frame.sample_rate = RATE_HZ
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return held.getvalue()


def syncsafe(number: int) -> bytes:
    """28 bits in four bytes whose highest bit is 0."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def id3(frame: bytes, payload: bytes, flags: int = 0) -> bytes:
    """An ID3v2.3 tag of one frame, before half a second of sound."""
    held = frame + struct.pack(">IH", len(payload), 0) + payload
    if flags & 0x80:
        held = held.replace(b"\xff\x00", b"\xff\x00\x00").replace(b"\xff\xfe", b"\xff\x00\xfe")
    return b"ID3\x03\x00" + bytes([flags]) + syncsafe(len(held)) + held + sound()


def box(kind: bytes, content: bytes) -> bytes:
    """A box of an MP4 file."""
    return struct.pack(">I", len(content) + 8) + kind + content


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG picture."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*chunks: bytes) -> bytes:
    """A picture of one pixel with the given chunks."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body + chunk(b"IEND", b"")


@cache
def jpeg() -> bytes:
    """A picture of 16 by 16 grey pixels."""
    held = io.BytesIO()
    with av.open(held, "w", "mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=1)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuvj420p"
        frame = av.VideoFrame.from_ndarray(np.full((24, 16), 128, np.uint8), "yuv420p").reformat(
            format="yuvj420p"
        )
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return held.getvalue()


def segment(marker: int, content: bytes) -> bytes:
    """A JPEG picture with one more segment behind its start."""
    return jpeg()[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content + jpeg()[2:]


def exif(tag: int, kind: int, value: bytes) -> bytes:
    """Exif data, little-endian, with one entry; `kind` 1 is bytes, 2 is ASCII."""
    entry = struct.pack("<HHII", tag, kind, len(value), 26)
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + bytes(4) + value


@canary("MP3, ID3v2 artist", NAME, "UTF-16 with a byte order mark")
def id3_artist(folder: Path) -> None:
    put(folder, "record.mp3", id3(b"TPE1", b"\x01" + CHENG.name.encode("utf-16") + b"\0\0"))


@canary("MP3, ID3v2 unsynchronised", NAME, "bytes that look like sound are broken up")
def id3_unsynchronised(folder: Path) -> None:
    text = "\ufeff\u00ff".encode("utf-16-le") + CHUKO.name.encode("utf-16-le")
    put(folder, "record.mp3", id3(b"TIT2", b"\x01" + text + b"\0\0", flags=0x80))


@canary("MP3, ID3v2 lyrics", NAME, "the words as lyrics, Latin-1")
def id3_lyrics(folder: Path) -> None:
    put(folder, "record.mp3", id3(b"USLT", b"\0eng\0" + f"Thank you, {DARCY.name}.".encode("latin-1")))


@canary("MP3, ID3v2 picture", ALIAS, "the description of a cover")
def id3_picture(folder: Path) -> None:
    head = b"\x01image/png\0\x03" + "小葛老師".encode("utf-16") + b"\0\0"
    put(folder, "record.mp3", id3(b"APIC", head + png()))


@canary("MP3, picture's metadata", NAME, "text compressed in the cover picture in the tag")
def id3_picture_text(folder: Path) -> None:
    cover = png(chunk(b"zTXt", b"Author\0\0" + zlib.compress(b"Cheng Yung-Chieh")))
    put(folder, "record.mp3", id3(b"APIC", b"\0image/png\0\x03\0" + cover))


@canary("MP3, ID3v2 private frame", NAME, "a frame of some program, with JSON in base64")
def id3_private(folder: Path) -> None:
    coded = base64.b64encode(f'{{"spk":"{CHENG.name}"}}'.encode())
    put(folder, "record.mp3", id3(b"PRIV", b"zz.example\0" + coded))


@canary("MP3, ID3v2 compressed frame", NAME, "the frame's compression flag is set")
def id3_compressed(folder: Path) -> None:
    plain = b"\x03" + CHUKO.name.encode()
    payload = struct.pack(">I", len(plain)) + zlib.compress(plain)
    frame = b"TPE1" + struct.pack(">IH", len(payload), 0x0080) + payload
    put(folder, "record.mp3", b"ID3\x03\x00\x00" + syncsafe(len(frame)) + frame + sound())


@canary("MP3, ID3v1", NAME, "30 bytes at the end, Big5")
def id3_old(folder: Path) -> None:
    fields = (b"", CHENG.name.encode("cp950"), b"", b"2026", b"")
    sizes = (30, 30, 30, 4, 30)
    tag = b"".join(field.ljust(size, b"\0") for field, size in zip(fields, sizes, strict=True))
    put(folder, "record.mp3", sound() + b"TAG" + tag + b"\xff")


@canary("MP3, APEv2", NAME, "another kind of tag at the end")
def ape_tag(folder: Path) -> None:
    value = DARCY.name.encode()
    item = struct.pack("<II", len(value), 0) + b"Artist\0" + value
    foot = b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, 0) + bytes(8)
    put(folder, "record.mp3", sound() + item + foot)


@canary("MP4, title", NAME, "the usual metadata")
def mp4_title(folder: Path) -> None:
    film(folder / "record.mp4", tags={"title": f"河岸步道 {CHUKO.name}"})


@canary("MP4, handler", NAME, "the name of the sound track")
def mp4_handler(folder: Path) -> None:
    film(folder / "record.mp4", track={"handler_name": "Noelle D'Arcy-Finch mic"})


@canary("MP4, chapters", NAME, "each turn as a chapter, titles romanised")
def mp4_chapters(folder: Path) -> None:
    film(folder / "record.mp4", chapters=("Opening", "Zheng Yongjie"))


@canary("MP4, free box", NAME, "a box marked as free still holds the old tags")
def mp4_free(folder: Path) -> None:
    film(folder / "record.mp4")
    name = CHENG.name.encode("utf-16-be")
    with (folder / "record.mp4").open("ab") as out:
        out.write(box(b"free", box(b"auth", bytes(6) + b"\xfe\xff" + name + b"\0\0")))


@canary("MP4, XMP box", FACT, "metadata of an editing program")
def mp4_xmp(folder: Path) -> None:
    film(folder / "record.mp4")
    number = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r p="{DARCY.facts[0].text.upper()}"/></x:xmpmeta>'
    with (folder / "record.mp4").open("ab") as out:
        out.write(box(b"uuid", number + xmp.encode()))


@canary("MP4, user data", NAME, "a 3GPP text of the film, under moov in udta, packed language and UTF-16")
def mp4_user_data(folder: Path) -> None:
    film(folder / "record.mp4")
    held = (folder / "record.mp4").read_bytes()
    start = held.index(b"moov") - 4
    text = box(b"perf", bytes(4) + b"\x15\xc7" + ("\ufeff" + CHUKO.name).encode("utf-16-be") + b"\0\0")
    put(folder, "record.mp4", held[:start] + box(b"moov", held[start + 8 :] + box(b"udta", text)))


@canary("MKV, attachment", NAME, "the attached file's name and content")
def mkv_attachment(folder: Path) -> None:
    film(folder / "record.mkv", attachment=("zhuge-yingtong.txt", b"seat 2\n"))


@canary("MKV, track's name", NAME, "the title of a track")
def mkv_track(folder: Path) -> None:
    film(folder / "record.mkv", track={"title": f"麥克風 3 {CHENG.name}"})


@canary("MKV, tag", NUMBER, "a tag with an unusual key")
def mkv_tag(folder: Path) -> None:
    film(folder / "record.mkv", tags={"CONTACT": "+886 923 456 781"})


@canary("MKV, subtitles", NAME, "a subtitle track with one character for each packet")
def mkv_subtitles(folder: Path) -> None:
    text = captions("請", *CHENG.name, "說明").encode()
    with (
        av.open(io.BytesIO(text), "r", format="webvtt") as source,
        av.open(folder / "record.mkv", "w") as out,
    ):
        stream = out.add_stream_from_template(source.streams.subtitles[0])
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)


@canary("FLAC, comment", NAME, "a Vorbis comment")
def flac_comment(folder: Path) -> None:
    film(folder / "record.flac", codec="flac", tags={"artist": CHUKO.name})


@canary("Opus, comment", NAME, "a Vorbis comment in an Ogg page")
def opus_comment(folder: Path) -> None:
    film(folder / "record.opus", codec="libopus", tags={"comment": "mic: Noelle Darcy-Finch"})


@canary("WAV, list", NAME, "the artist in RIFF's list, Big5")
def wav_list(folder: Path) -> None:
    name = CHENG.name.encode("cp950")
    listed = b"INFOIART" + struct.pack("<I", len(name)) + name + bytes(len(name) % 2)
    form = struct.pack("<HHIIHH", 1, 1, RATE_HZ, RATE_HZ * 2, 2, 16)
    chunks = b"".join(
        kind + struct.pack("<I", len(content)) + content
        for kind, content in ((b"fmt ", form), (b"data", bytes(3200)), (b"LIST", listed))
    )
    put(folder, "record.wav", b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)


@canary("PNG, compressed international text", NAME, "a chunk that most viewers never show")
def png_text(folder: Path) -> None:
    text = b"Description\0\1\0zh-TW\0\0" + zlib.compress(f"{CHENG.name}的簡報".encode())
    put(folder, "slide.png", png(chunk(b"iTXt", text)))


@canary("PNG, Exif", NAME, "Exif's artist as ASCII in a chunk")
def png_exif(folder: Path) -> None:
    put(folder, "slide.png", png(chunk(b"eXIf", exif(0x013B, 2, b"CHUKO YING-TUNG\0")[6:])))


@canary("JPEG, Exif", NAME, "Windows' author, UTF-16 little-endian")
def jpeg_exif(folder: Path) -> None:
    put(folder, "photo.jpg", segment(0xE1, exif(0x9C9D, 1, CHUKO.name.encode("utf-16-le") + b"\0\0")))


@canary("JPEG, XMP", NAME, "an attribute with character references")
def jpeg_xmp(folder: Path) -> None:
    xmp = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><d:D a:Owner="&#x912D;&#x8A60;&#x6F54;"/></x:xmpmeta>'
    put(folder, "photo.jpg", segment(0xE1, xmp))


@canary("JPEG, IPTC", NAME, "the by-line of a press photo")
def jpeg_iptc(folder: Path) -> None:
    line = b"Cheng Yung-Chieh"
    iptc = b"\x1c\x02\x50" + struct.pack(">H", len(line)) + line
    put(
        folder,
        "photo.jpg",
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc),
    )


@canary("JPEG, comment", ALIAS, "a comment in GB18030")
def jpeg_comment(folder: Path) -> None:
    put(folder, "photo.jpg", segment(0xFE, "拍攝：蓝鲸奶茶".encode("gb18030")))


@canary("GIF, comment", ALIAS, "a comment in blocks, the handle broken between two")
def gif_comment(folder: Path) -> None:
    start = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///w==")
    blocks = b"".join(bytes([len(part)]) + part for part in (b"made by nono_", b"finch for slide 3"))
    picture = b"!\xfe" + blocks + b"\0," + bytes(4) + b"\1\0\1\0\0\2\2D\1\0;"
    put(folder, "cover.gif", start + picture)


CANARIES = collected(globals())
