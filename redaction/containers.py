"""Files that hold other files or text: what is in them, or that nobody can look."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing

from redaction.media import INFLATED_AT_MOST, Bytes, CannotLookError, Part, inflated, is_sound, png, sound

MEMBERS_AT_MOST = 10_000
LINK = "link that leaves the folder"

_STREAM = re.compile(rb"<<((?:[^<>]|<<[^<>]*>>|<[^<>]*>){0,4000})>>\s*stream\r?\n", re.DOTALL)
_UNREAD_FILTERS = re.compile(rb"/(?:LZWDecode|Crypt|LZW|JBIG2Decode)\b")
_GLYPHS = re.compile(rb"/Identity-[HV]\b|/Encrypt\b|/Subtype\s*/Type3\b")


def kind_of(data: Bytes) -> str:
    r"""What the first bytes say this is; "" where they say nothing.

    >>> kind_of(b"PK\x03\x04...."), kind_of("小漁".encode())
    ('zip', '')
    """
    head = data[:512]
    for magic, kind in (
        (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"%PDF-", "pdf"),
        (b"SQLite format 3\0", "sqlite"),
    ):  # fmt: skip
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    return "sound" if is_sound(head) else ""


def parts(kind: str, data: Bytes) -> Iterator[Part]:
    """What is inside.

    Raises:
        CannotLookError: If it is locked, broken, too large, or of an unknown kind.
    """
    if kind == "sound":
        yield from sound(data)
        return
    opener = {
        "zip": _zip, "gzip": _gzip, "bzip2": _bzip2, "xz": _xz, "tar": _tar, "png": png, "jpeg": _jpeg,
        "pdf": _pdf, "sqlite": _sqlite,
    }.get(kind)  # fmt: skip
    if opener is None:
        raise CannotLookError
    try:
        yield from opener(data[:])
    except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, LookupError) as error:
        raise CannotLookError from error
    except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, sqlite3.Error, zlib.error) as error:
        raise CannotLookError from error


def _zip(data: bytes) -> Iterator[Part]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS_AT_MOST:
            raise CannotLookError
        yield Part(" comment", archive.comment)
        left = INFLATED_AT_MOST
        for member in members:
            yield Part(f"!{member.filename}", member.filename, name=True)
            yield Part(f"!{member.filename} comment", member.comment)
            yield Part(f"!{member.filename} extra field", _text_only(member.extra))
            if member.flag_bits & 1:
                raise CannotLookError
            if member.is_dir():
                continue
            with archive.open(member) as source:
                content = source.read(left + 1)
            left -= len(content)
            if left < 0:
                raise CannotLookError
            if member.external_attr >> 28 == 0xA:
                yield Part(f"!{member.filename} {LINK}", content.decode("utf-8", "replace"))
            else:
                yield Part(f"!{member.filename}", content)


def _text_only(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _gzip(data: bytes) -> Iterator[Part]:
    yield Part(" header", _text_only(data[:1024]))
    opened = b""
    while data[:2] == b"\x1f\x8b":
        opener = zlib.decompressobj(31)
        opened += opener.decompress(data, INFLATED_AT_MOST - len(opened) + 1)
        if len(opened) > INFLATED_AT_MOST or not opener.eof:
            raise CannotLookError
        data = opener.unused_data.lstrip(b"\0")
    yield Part("!", opened)
    if data:
        yield Part(" after its end", data)


def _bzip2(data: bytes) -> Iterator[Part]:
    yield from _whole(bz2.BZ2Decompressor(), data)


def _xz(data: bytes) -> Iterator[Part]:
    yield from _whole(lzma.LZMADecompressor(), data)


def _whole(opener: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: bytes) -> Iterator[Part]:
    opened = opener.decompress(data, INFLATED_AT_MOST)
    if not opener.eof:
        raise CannotLookError
    yield Part("!", opened)
    if opener.unused_data:
        yield Part(" after its end", opener.unused_data)


def _tar(data: bytes) -> Iterator[Part]:
    left = INFLATED_AT_MOST
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:", errorlevel=2) as archive:
        for number, member in enumerate(archive):
            if number >= MEMBERS_AT_MOST:
                raise CannotLookError
            yield Part(f"!{member.name}", member.name, name=True)
            for told in (member.linkname, member.uname, member.gname, *member.pax_headers.values()):
                yield Part(f"!{member.name} header", str(told))
            if member.issym() or member.islnk():
                yield Part(f"!{member.name} {LINK}", member.linkname)
            left -= member.size
            if left < 0:
                raise CannotLookError
            source = archive.extractfile(member) if member.isfile() else None
            if source:
                with source:
                    yield Part(f"!{member.name}", source.read())


def _jpeg(data: bytes) -> Iterator[Part]:
    """Every segment before the picture itself: EXIF, XMP, IPTC, comments."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            return
        body = data[at + 4 : at + 2 + size]
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            for codec in ("utf-8", "cp950", "utf-16-le", "utf-16-be"):
                yield Part(f" segment {marker:02X}", body.decode(codec, "replace"))
        at += 2 + size


def _pdf(data: bytes) -> Iterator[Part]:
    """Every stream that is deflated; text shown by glyph number, locked files and old filters are refused."""
    seen = [data]
    for found in _STREAM.finditer(data):
        header = found[1]
        end = data.find(b"endstream", found.end())
        body = data[found.end() : end if end >= 0 else None]
        if _UNREAD_FILTERS.search(header):
            raise CannotLookError
        if b"/ASCII85Decode" in header or b"/ASCIIHexDecode" in header or b"/RunLengthDecode" in header:
            raise CannotLookError
        if b"FlateDecode" in header:
            opened = zlib.decompressobj().decompress(body, INFLATED_AT_MOST)
            seen.append(opened)
            yield Part(" stream", _pdf_text(opened) if b"/Image" not in header else "")
    if len(_STREAM.findall(data)) < data.count(b"endstream"):
        raise CannotLookError
    if any(_GLYPHS.search(s) for s in seen):
        raise CannotLookError


def _pdf_text(opened: bytes) -> str:
    """A content stream as text; the strings of a kerned TJ array joined."""
    texts = re.sub(rb"\)[\s\d.-]{0,20}\(", b"", opened)
    return opened.decode("utf-8", "replace") + "\n" + texts.decode("utf-8", "replace")


def _sqlite(data: bytes) -> Iterator[Part]:
    # A database in write-ahead mode cannot be opened from memory; the two version bytes say which mode it is.
    plain = data[:18] + b"\1\1" + data[20:] if data[18:20] == b"\2\2" else data
    with closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(plain)
        base.execute("PRAGMA query_only = ON")
        base.execute("PRAGMA trusted_schema = OFF")
        base.text_factory = _text_only
        schema = base.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        for kind, name, sql in schema:
            yield Part(f" {kind} {name}", sql or name)
        for _, name, _ in (row for row in schema if row[0] == "table"):
            quoted = name.replace('"', '""')
            columns: dict[int, list[str]] = {}
            for row in base.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 (quoted; a table's name cannot be a parameter)
                for at, value in enumerate(row):
                    if isinstance(value, bytes):
                        yield Part(f" table {name}", value)
                    elif value is not None:
                        columns.setdefault(at, []).append(str(value))
            for values in columns.values():
                yield Part(f" table {name}", "\n".join(values))


__all__ = ["LINK", "CannotLookError", "Part", "inflated", "kind_of", "parts"]
