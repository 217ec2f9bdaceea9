"""Files that hold other files or text: what is in them, or that nobody can look."""

from __future__ import annotations

import bz2
import contextlib
import io
import lzma
import pickletools
import re
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from redaction.databases import INDEX, LOG, log, sqlite
from redaction.encodings import texts_of
from redaction.media import INFLATED_AT_MOST, Bytes, CannotLookError, Part, is_sound, sound
from redaction.pdf import pdf
from redaction.pictures import gif, jpeg, png

MEMBERS_AT_MOST = 10_000
_FED_AT_MOST = 1 << 20
LINK = "link that leaves the folder"


def kind_of(data: Bytes) -> str:
    r"""What the first bytes say this is; "" where they say nothing.

    >>> kind_of(b"PK\x03\x04...."), kind_of("小漁".encode())
    ('zip', '')
    """
    head = data[:512]
    for magic, kind in (
        (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"), (b"]\0\0", "xz"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"),
        (b"%PDF-", "pdf"),
        (b"SQLite format 3\0", "sqlite"), (b"GIF8", "gif"), (b"x\x9c", "zlib"), (b"x\xda", "zlib"), (b"x\1", "zlib"),
        (b"\x93NUMPY", "array"), *((magic, "log") for magic in (*LOG, *INDEX)),
    ):  # fmt: skip
        if head.startswith(magic):
            return kind
    if head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5" and data[-1:] == b".":
        return "pickle"
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
        "zip": _zip, "gzip": _gzip, "bzip2": _bzip2, "xz": _xz, "tar": _tar, "png": png, "jpeg": jpeg,
        "pdf": pdf, "sqlite": sqlite, "log": log, "gif": gif, "pickle": _pickle, "zlib": _deflated, "array": _array,
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
        known: list[tuple[int, int]] = []
        if len(members) > MEMBERS_AT_MOST:
            raise CannotLookError
        yield Part(" comment", archive.comment)
        left = INFLATED_AT_MOST
        for member in members:
            yield Part(f"!{member.filename}", member.filename, name=True)
            if not member.flag_bits & 0x800 and not member.filename.isascii():
                raw = member.orig_filename.encode("cp437", "replace")  # what a name without a flag is read as
                yield from (Part(" name", text) for _, text in texts_of(raw))
            yield Part(f"!{member.filename} comment", member.comment)
            yield Part(f"!{member.filename} extra field", _text_only(member.extra))
            known.append((member.header_offset, member.header_offset + 30 + member.compress_size))
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
        yield from _removed(data, known, left)


def _removed(data: bytes, known: list[tuple[int, int]], left: int) -> Iterator[Part]:
    """Members that the list at the end no longer has, and whose bytes are still there."""
    for found in re.finditer(rb"PK\x03\x04", data):
        at = found.start()
        if any(start <= at < end for start, end in known):
            continue
        method = int.from_bytes(data[at + 8 : at + 10], "little")
        name, extra = (int.from_bytes(data[at + n : at + n + 2], "little") for n in (26, 28))
        body = at + 30 + name + extra
        size = int.from_bytes(data[at + 18 : at + 22], "little")
        yield Part(" removed", _text_only(data[at + 30 : at + 30 + name]))
        if method == zipfile.ZIP_DEFLATED:
            with contextlib.suppress(zlib.error):
                yield Part(" removed", zlib.decompressobj(-15).decompress(data[body:], left))
        else:
            yield Part(" removed", data[body : body + size])


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


def _pickle(data: bytes) -> Iterator[Part]:
    """Strings, bytes and numbers of a pickle, read without running it."""
    texts = []
    for _, value, _ in pickletools.genops(data):
        if isinstance(value, bytes | bytearray):
            yield Part(" value", bytes(value))
        elif isinstance(value, str | int):
            texts.append(str(value))
    yield Part(" values", "\n".join(texts))


def begun(data: bytes) -> bytes | None:
    """What of a gzip or zlib stream comes out before it breaks off; None if it is none, is whole, or is too large.

    Two bytes are all that tells such a stream: one digest in 16,384 begins like one, and breaks off at once.
    """
    kind = kind_of(data)
    if kind not in {"gzip", "zlib"} or len(data) > _FED_AT_MOST:
        return None
    opener, opened = zlib.decompressobj(31 if kind == "gzip" else 15), bytearray()
    with contextlib.suppress(zlib.error):
        for at in range(len(data)):  # in one go nothing at all would come out of a broken one
            opened += opener.decompress(data[at : at + 1])
            if opener.eof or len(opened) > INFLATED_AT_MOST:
                return None
    return bytes(opened)


def _deflated(data: bytes) -> Iterator[Part]:
    opener = zlib.decompressobj()
    opened = opener.decompress(data, INFLATED_AT_MOST)
    if not opener.eof:
        raise CannotLookError
    yield Part(" inflated", opened)
    if opener.unused_data:
        yield Part(" after its end", opener.unused_data)


def _array(data: bytes) -> Iterator[Part]:
    """The header of a NumPy array of numbers; one of texts or objects is not read."""
    head = data[:4096].partition(b"\n")[0]
    if not re.search(rb"'descr': '[<>|=]?[fiubc]\d+'", head):
        raise CannotLookError
    yield Part(" header", head[10:])


__all__ = ["LINK", "CannotLookError", "Part", "begun", "kind_of", "parts"]
