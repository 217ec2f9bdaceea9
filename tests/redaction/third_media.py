"""The third set of blind canaries, in sound, video and pictures."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

from tests.redaction.blind_media import film
from tests.redaction.blind_people import ALIAS, FACT, NAME, NUMBER, canary, collected, put
from tests.redaction.canaries import id3, mp3, png, sound


@canary("MP3, title", NAME, "a title in UTF-16 with a mark")
def sound_title(folder: Path) -> None:
    mp3(folder / "r.mp3", before=id3(b"TIT2", b"\1" + "訪談 柯采蘋".encode("utf-16")))


@canary("MP3, old tag", NAME, "Big5 in the old tag at the end")
def sound_old(folder: Path) -> None:
    tag = b"TAG" + "皇甫祐辰".encode("big5").ljust(30, b"\0") + bytes(94) + b"\xff"
    mp3(folder / "r.mp3", after=tag)


@canary("MP3, comment", NAME, "a user's field, romanised with its tones")
def sound_comment(folder: Path) -> None:
    mp3(folder / "r.mp3", before=id3(b"TXXX", b"\0speaker\0" + b"Ke1-Cai3-ping2"))


@canary("MP3, lyrics", FACT, "lyrics synchronised to the sound, one piece a syllable")
def sound_lyrics(folder: Path) -> None:
    pieces = b"".join(
        part.encode() + b"\0" + struct.pack(">I", at * 300) for at, part in enumerate(("暮光", "療養", "院"))
    )
    mp3(folder / "r.mp3", before=id3(b"SYLT", b"\3zho\2\1\0" + pieces))


@canary("MP3, private", NAME, "XMP in a private frame, escaped")
def sound_private(folder: Path) -> None:
    mp3(folder / "r.mp3", before=id3(b"PRIV", b"XMP\0<rdf:li>&#x9F94;&#x65CE;</rdf:li>"))


@canary("MP4, artist", NAME, "the artist of the file")
def film_artist(folder: Path) -> None:
    film(folder / "r.mp4", tags={"artist": "龔旎"})


@canary("MP4, chapters", NAME, "the second chapter's title, reversed")
def film_chapters(folder: Path) -> None:
    film(folder / "r.mp4", chapters=("Opening", "Caiping Ke"))


@canary("MP4, XMP", NAME, "a box of its own with UTF-16")
def film_box(folder: Path) -> None:
    film(folder / "r.mp4")
    path = folder / "r.mp4"
    inner = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac" + "皇甫祐辰".encode(
        "utf-16-le"
    )
    put(folder, "r.mp4", path.read_bytes() + struct.pack(">I", 8 + len(inner)) + b"uuid" + inner)


@canary("Matroska, track", ALIAS, "the name of the track")
def film_track(folder: Path) -> None:
    film(folder / "r.mkv", track={"title": "mic2 (Cassidy)"})


@canary("Ogg, comment", NUMBER, "a comment with a telephone number")
def ogg_comment(folder: Path) -> None:
    sound(folder / "r.ogg", form="ogg", codec="libopus", tags={"comment": "+886-937-448-162"})


@canary("FLAC, comment", NAME, "the artist, passport spelling")
def flac_comment(folder: Path) -> None:
    sound(folder / "r.flac", form="flac", codec="flac", tags={"artist": "HUANGFU YU-CHEN"})


@canary("PNG, text", NAME, "compressed international text")
def picture_text(folder: Path) -> None:
    put(folder, "a.png", png((b"iTXt", b"Author\0\1\0\0\0" + zlib.compress("柯采蘋".encode()))))


@canary("PNG, profile", NAME, "an ImageMagick profile: hexadecimal in lines, compressed")
def picture_profile(folder: Path) -> None:
    raw = ("Caption: 龔旎說明坡道").encode().hex()
    lines = "\n".join(raw[i : i + 10] for i in range(0, len(raw), 10))
    put(
        folder,
        "a.png",
        png(
            (
                b"zTXt",
                b"Raw profile type iptc\0\0" + zlib.compress(f"\niptc\n{len(raw) // 2}\n{lines}\n".encode()),
            )
        ),
    )


@canary("JPEG, XP", NAME, "Windows' author field, UTF-16")
def picture_windows(folder: Path) -> None:
    raw = "皇甫祐辰".encode("utf-16-le") + b"\0\0"
    tiff = b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 0x9C9D, 1, len(raw), 26) + bytes(4) + raw
    body = b"Exif\0\0" + tiff
    put(folder, "a.jpg", b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + b"\xff\xd9")


@canary("SVG, text", NAME, "every character placed by itself")
def picture_vector(folder: Path) -> None:
    parts = "".join(f'<tspan x="{i}0" y="{i}">{one}</tspan>' for i, one in enumerate("柯采蘋"))
    put(folder, "a.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><text>{parts}</text></svg>\n')


@canary("SVG, link", NAME, "a vector drawing in a data address, percent-encoded base64")
def picture_data(folder: Path) -> None:
    inner = base64.b64encode("<svg><title>龔旎</title></svg>".encode()).decode().replace("=", "%3D")
    put(folder, "r.css", f"body {{ background: url(data:image/svg+xml;base64,{inner}) }}\n")


CANARIES = collected(globals())
