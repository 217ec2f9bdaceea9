"""The second set of blind canaries, in sound, films and pictures."""

from __future__ import annotations

import base64
import json
import plistlib
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
from av.subtitles.subtitle import SubtitleSet

from tests.redaction.blind_media import (
    box,
    chunk,
    exif,
    film,
    id3,
    png,
    segment,
    sound,
    syncsafe,
)
from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, captions, collected, put


def riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A RIFF file of little-endian chunks."""
    held = kind
    for name, content in chunks:
        held += name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(held)) + held


FORMAT = (b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
SILENCE = (b"data", bytes(160))
STYLES = (
    b"[V4+ Styles]\nFormat: Name, Fontname, Fontsize\nStyle: Default,Arial,16\n"
    b"[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)


def form(*chunks: tuple[bytes, bytes]) -> bytes:
    """An AIFF file with 80 samples of silence and further chunks."""
    common = struct.pack(">HIH", 1, 80, 16) + b"\x40\x0b\xfa\0\0\0\0\0\0\0"
    held = b"AIFF"
    for name, content in ((b"COMM", common), *chunks, (b"SSND", bytes(168))):
        held += name + struct.pack(">I", len(content)) + content + bytes(len(content) % 2)
    return b"FORM" + struct.pack(">I", len(held)) + held


@canary("MP3, comment", NAME, "a comment as UTF-16 without a byte order mark")
def mp3_comment(folder: Path) -> None:
    frame = b"\x02chi" + b"\0\0" + "邢瑄 0511 備份".encode("utf-16-be")
    put(folder, "r.mp3", id3(b"COMM", frame))


@canary("MP3, chapters", NAME, "a frame within the frame of a chapter")
def mp3_chapter(folder: Path) -> None:
    title = b"\x03" + "二、溫沛岑說明".encode()
    inner = b"TIT2" + struct.pack(">IH", len(title), 0) + title
    put(folder, "r.mp3", id3(b"CHAP", b"ch1\0" + struct.pack(">4I", 0, 500, 2**32 - 1, 2**32 - 1) + inner))


@canary("MP3, synchronised lyrics", NAME, "each syllable with its time")
def mp3_lyrics(folder: Path) -> None:
    text = b"".join(
        char.encode() + b"\0" + struct.pack(">I", at * 240) for at, char in enumerate("請司徒允澈說")
    )
    put(folder, "r.mp3", id3(b"SYLT", b"\x03chi\x02\x01\0" + text))


@canary("MP3, user's text", NAME, "a text with a key of a player, in tag version 2.4")
def mp3_user_text(folder: Path) -> None:
    text = b"\x01" + "Composer".encode("utf-16") + b"\0\0" + "Wen Pei-tsen".encode("utf-16")
    frame = b"TXXX" + syncsafe(len(text)) + b"\0\0" + text
    put(folder, "r.mp3", b"ID3\x04\0\0" + syncsafe(len(frame)) + frame + sound())


@canary("MP3, cover's metadata", NAME, "the cover is a photo with its description")
def mp3_cover(folder: Path) -> None:
    picture = segment(0xE1, exif(0x010E, 2, "羅烏菈・瑪里岸\0".encode()))
    put(folder, "r.mp3", id3(b"APIC", b"\0image/jpeg\0\x03\0" + picture))


@canary("MP4, subtitle track", NAME, "a text track, the name over two samples")
def mp4_subtitles(folder: Path) -> None:
    with av.open(folder / "r.mp4", "w") as container:
        track = container.add_stream("mov_text")
        coder = track.codec_context
        coder.time_base = Fraction(1, 1000)
        coder.subtitle_header = STYLES
        for at, text in enumerate(("請司徒", "允澈說")):
            packet = coder.encode_subtitle(
                SubtitleSet.create(b"0,0,Default,,0,0,0,," + text.encode(), 0, 900, at * 1_000_000)
            )
            packet.stream, packet.time_base = track, coder.time_base
            packet.pts = packet.dts = at * 1000
            packet.duration = 900
            container.mux(packet)


@canary("MP4, cover", NAME, "the cover's XMP names who is in the picture")
def mp4_cover(folder: Path) -> None:
    words = "<rdf:Bag><rdf:li>溫沛岑</rdf:li></rdf:Bag>"
    picture = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + f"<x:xmpmeta>{words}</x:xmpmeta>".encode())
    data = box(b"covr", box(b"data", struct.pack(">II", 13, 0) + picture))
    meta = box(b"meta", bytes(4) + box(b"ilst", data))
    put(folder, "r.m4a", box(b"ftyp", b"M4A \0\0\2\0isom") + box(b"moov", box(b"udta", meta)))


@canary("MP4, comment", NAME, "a comment with JSON in it")
def mp4_comment(folder: Path) -> None:
    film(folder / "r.m4a", tags={"comment": json.dumps({"speakers": ["\u90a2\u7444", "host"]})})


@canary("MOV, author", NAME, "the phone's owner as author")
def mov_author(folder: Path) -> None:
    film(folder / "r.mov", tags={"artist": "iPhone of Yun-Che Szutu"})


@canary("MKV, chapters", NAME, "a chapter for each turn")
def mkv_chapters(folder: Path) -> None:
    film(folder / "r.mkv", codec="aac", chapters=("主持人", "Situ Yunche"))


@canary("MKV, subtitles", NAME, "ASS with a style for each speaker")
def mkv_subtitles(folder: Path) -> None:
    with av.open(folder / "r.mkv", "w") as container:
        container.add_attachment(
            "style.ass", "text/x-ssa", "[V4+ Styles]\nStyle: 羅烏菈_瑪里岸,Arial,20\n".encode()
        )
        stream = container.add_stream("aac", rate=16_000)
        stream.layout = "mono"
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.sample_rate = 16_000
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


@canary("Ogg, chapter", NAME, "a chapter's name among the comments")
def ogg_chapter(folder: Path) -> None:
    film(
        folder / "r.ogg",
        codec="libopus",
        tags={"CHAPTER001": "00:00:00.000", "CHAPTER001NAME": "Hsing, Hsuan"},
    )


@canary("Ogg, picture", NAME, "the picture's description, in base64 of a comment")
def ogg_picture(folder: Path) -> None:
    text = "溫沛岑於現場".encode()
    block = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">I", len(text)) + text + bytes(16)
    block += struct.pack(">I", len(png())) + png()
    film(
        folder / "r.opus", codec="libopus", tags={"METADATA_BLOCK_PICTURE": base64.b64encode(block).decode()}
    )


@canary("FLAC, performer", ALIAS, "a comment with a role behind the name")
def flac_performer(folder: Path) -> None:
    film(folder / "r.flac", codec="flac", tags={"PERFORMER": "Jocelyn (speaker)"})


@canary("WAV, broadcast extension", NAME, "the description of a field recorder, in Big5")
def wav_broadcast(folder: Path) -> None:
    description = "場次3 溫沛岑".encode("big5").ljust(256, b"\0") + b"ZOOM F3".ljust(32, b"\0") + bytes(320)
    put(folder, "r.wav", riff(b"WAVE", (b"bext", description), FORMAT, SILENCE))


@canary("WAV, labels", NAME, "labels of an editor at places of the sound")
def wav_labels(folder: Path) -> None:
    label = struct.pack("<I", 1) + b"XING_XUAN in\0"
    listed = b"adtl" + b"labl" + struct.pack("<I", len(label)) + label + bytes(len(label) % 2)
    put(folder, "r.wav", riff(b"WAVE", FORMAT, SILENCE, (b"LIST", listed)))


@canary("WAV, iXML", NUMBER, "a note for the production")
def wav_production(folder: Path) -> None:
    note = b"<BWFXML><NOTE>tel 0958 213-647</NOTE></BWFXML>"
    put(folder, "r.wav", riff(b"WAVE", FORMAT, (b"iXML", note), SILENCE))


@canary("AIFF, author", NAME, "the author's chunk")
def aiff_author(folder: Path) -> None:
    put(folder, "r.aiff", form((b"AUTH", b"SZUTU, YUN-CHE"), (b"NAME", b"take 3")))


@canary("AIFF, tag", FACT, "an ID3 tag in a chunk")
def aiff_tag(folder: Path) -> None:
    text = b"\x01" + "霧谷實驗小學 錄音".encode("utf-16")
    frame = b"TALB" + struct.pack(">IH", len(text), 0) + text
    put(folder, "r.aiff", form((b"ID3 ", b"ID3\x03\0\0" + syncsafe(len(frame)) + frame)))


@canary("JPEG, user's comment", NAME, "a comment in UTF-16, as Exif wants it")
def jpeg_comment_exif(folder: Path) -> None:
    put(folder, "p.jpg", segment(0xE1, exif(0x9286, 7, b"UNICODE\0" + "邢瑄".encode("utf-16-le"))))


@canary("JPEG, thumbnail", NAME, "a preview picture with a comment of its own, in the maker's note")
def jpeg_thumbnail(folder: Path) -> None:
    inner = segment(0xFE, "司徒 允澈 母".encode())
    put(folder, "p.jpg", segment(0xE1, exif(0x927C, 7, inner)))


@canary("PNG thumbnail", NAME, "the file manager's preview says which file it shows")
def png_thumbnail(folder: Path) -> None:
    text = b"Thumb::URI\0file:///home/u/%E9%82%A2%E7%91%84-0511.m4a"
    put(folder, ".cache/thumbnails/normal/4f0c2b.png", png(chunk(b"tEXt", text)))


@canary("WebP, XMP", NAME, "metadata of a picture on the web")
def webp_xmp(folder: Path) -> None:
    words = '<rdf:Description dc:creator="Mariyan, Lowula"/>'
    put(folder, "p.webp", riff(b"WEBP", (b"VP8X", bytes(10)), (b"XMP ", words.encode())))


@canary("SVG, title", NAME, "a title that only readers of screens hear")
def svg_title(folder: Path) -> None:
    put(
        folder,
        "d.svg",
        '<svg xmlns="http://www.w3.org/2000/svg"><title>司徒&#8203;允澈</title><rect/></svg>\n',
    )


@canary("property list", NAME, "a binary property list of a recorder's library")
def property_list(folder: Path) -> None:
    put(folder, "Recordings.plist", plistlib.dumps({"label": "邢瑄", "n": 3}, fmt=plistlib.FMT_BINARY))


@canary("caption project", NAME, "a project of an editing program, compressed XML with a clip's name")
def project(folder: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    held = packer.compress(b"<Project><Name>PeitsenWen_cam2.MXF</Name></Project>") + packer.flush()
    put(folder, "cut.prproj", held)


@canary("captions in a film's name", NAME, "the name of the file beside the film")
def sidecar(folder: Path) -> None:
    put(folder, "0511_Hsing-Hsuan_zh-TW.vtt", captions("大家好"))


CANARIES = collected(globals())
