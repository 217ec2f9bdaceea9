"""What pictures carry beside what is seen: text chunks, EXIF, XMP, comments, whatever follows their end."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from redaction.media import CannotLookError, Part, inflated


def png(data: bytes) -> Iterator[Part]:
    """Text chunks of a PNG, the deflated ones opened, and whatever follows its end."""
    at = 8
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        label = f" chunk {kind.decode('latin-1')}"
        if kind in {b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf"}:
            key, _, rest = body.partition(b"\0")
            yield Part(label, key)
            if kind == b"iTXt":
                language, _, translated = rest[2:].partition(b"\0")
                title, _, value = translated.partition(b"\0")
                yield from (Part(label, p) for p in (language, title))
                yield Part(label, inflated(value) if rest[:1] == b"\1" else value)
            elif kind in {b"zTXt", b"iCCP"}:
                yield Part(label, inflated(rest[1:]))
            else:
                yield Part(label, rest)
        at += 12 + size
        if kind == b"IEND":
            break
    if data[at:]:
        yield Part(" after its end", data[at:])


def jpeg(data: bytes) -> Iterator[Part]:
    """Every segment before the picture itself (EXIF, XMP, IPTC, comments), and whatever follows its end."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            end = data.rfind(b"\xff\xd9")
            if end >= 0 and data[end + 2 :]:
                yield Part(" after its end", data[end + 2 :])
            return
        body = data[at + 4 : at + 2 + size]
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            for codec in ("utf-8", "cp950", "utf-16-le", "utf-16-be"):
                yield Part(f" segment {marker:02X}", body.decode(codec, "replace"))
        at += 2 + size


def gif(data: bytes) -> Iterator[Part]:
    """Comments and other extensions of a GIF, and whatever follows its end.

    Raises:
        CannotLookError: If it breaks off.
    """
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while at < len(data) and data[at] != 0x3B:
        if data[at] == 0x21:
            label, body, at = data[at + 1], *_blocks(data, at + 2)
            for codec in ("utf-8", "cp950"):
                yield Part(f" extension {label:02X}", body.decode(codec, "replace"))
        elif data[at] == 0x2C:
            table = 3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0
            _, at = _blocks(data, at + 11 + table)
        else:
            raise CannotLookError
    if at >= len(data):
        raise CannotLookError
    if data[at + 1 :]:
        yield Part(" after its end", data[at + 1 :])


def _blocks(data: bytes, at: int) -> tuple[bytes, int]:
    """What blocks of up to 255 bytes hold together, and where they end."""
    body = b""
    while size := data[at]:
        body += data[at + 1 : at + 1 + size]
        at += 1 + size
    return body, at + 1
