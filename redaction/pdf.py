"""What a PDF says: its strings, and the text of its pages, whatever filters and fonts stand between."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from redaction.media import INFLATED_AT_MOST, CannotLookError, Part

MAPS_AT_MOST = 256

_STREAM = re.compile(rb">>\s*stream\r?\n")
_FILTERS = re.compile(rb"/(?:Filter|F)\s*(\[[^\]]*\]|/\w+)")
_NAME = re.compile(rb"/(\w+)")
_FONT = re.compile(rb"/(?:Identity-[HV]|Subtype\s*/Type3)\b")
_STRING = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.|\([^()]*\))*\))*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
_SHOWN = re.compile(
    rb"(?P<string>"
    + _STRING.pattern
    + rb")|(?P<gap>-?\d+\.?\d*)(?=[\s(<\]])|(?P<move>\b(?:Td|TD|Tm|BT|ET)\b|T\*|['\"])",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(\r?\n|[0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_ONE = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGE = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_HEX = rb"<([0-9A-Fa-f\s]*)>"
_PICTURES = frozenset((b"DCTDecode", b"DCT", b"JPXDecode", b"CCITTFaxDecode", b"CCF", b"JBIG2Decode"))
_WORD_GAP = -200
"""Thousandths of the font's size by which a kerned text moves where a word ends."""


def pdf(data: bytes) -> Iterator[Part]:
    """Every string of the document and of its streams, the text of its pages, and the files in it.

    Raises:
        CannotLookError: If it is encrypted, if a stream has a filter that nobody here undoes, or if a font numbers its
            glyphs without saying which characters they are.
    """
    if re.search(rb"/Encrypt\b", data):
        raise CannotLookError
    streams = list(_streams(data))
    bodies = [_without_streams(data), *(body for _, body in streams)]
    if any(_unmapped(body) for body in bodies):
        raise CannotLookError
    maps = [found for body in bodies if b"begincmap" in body or b"beginbf" in body for found in [_map(body)]]
    if len(maps) > MAPS_AT_MOST:
        raise CannotLookError
    for number, body in enumerate(bodies):
        label = f" stream {number}" if number else ""
        yield Part(f"{label} strings", "\n".join(_text(raw) for raw in _strings(body)))
        if number and b"/EmbeddedFile" in streams[number - 1][0]:
            yield Part(" attachment", body)
        elif number:
            yield Part(label, body)
        if re.search(rb"\bT[jJ]\b|['\"]", body):
            for table in [{}, *maps]:
                yield Part(f"{label} text", _page(body, table))


def _streams(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each stream with its dictionary, all filters undone but those of pictures."""
    left = INFLATED_AT_MOST
    at = 0
    while found := _STREAM.search(data, at):
        header = data[max(data.rfind(b"obj", 0, found.start()), 0) : found.end()]
        end = data.find(b"endstream", found.end())
        if end < 0:
            raise CannotLookError
        body = data[found.end() : end]
        at = end
        names = [n for f in _FILTERS.finditer(header) for n in _NAME.findall(f[1])]
        for name in names:
            if name in _PICTURES:
                break
            body = _undone(name, body, left)
        if b"/Predictor" in header:
            body = _unpredicted(header, body)
        left -= len(body)
        if left < 0:
            raise CannotLookError
        yield header, body


def _without_streams(data: bytes) -> bytes:
    return re.sub(rb"stream\r?\n.*?endstream", b" ", data, flags=re.DOTALL)


def _undone(name: bytes, body: bytes, most: int) -> bytes:
    if name in {b"FlateDecode", b"Fl"}:
        return zlib.decompressobj().decompress(body, most + 1)
    if name in {b"ASCII85Decode", b"A85"}:
        return base64.a85decode(body.strip().removeprefix(b"<~").removesuffix(b"~>"))
    if name in {b"ASCIIHexDecode", b"AHx"}:
        return _hexed(body.partition(b">")[0])
    if name in {b"RunLengthDecode", b"RL"}:
        return _run_lengths(body)
    if name in {b"LZWDecode", b"LZW"}:
        return _lzw(body, most)
    raise CannotLookError


def _hexed(digits: bytes) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", digits)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _run_lengths(body: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(body) and body[at] != 128:
        size = body[at]
        if size < 128:
            out += body[at + 1 : at + 2 + size]
            at += 2 + size
        else:
            out += body[at + 1 : at + 2] * (257 - size)
            at += 2
    return bytes(out)


def _lzw(body: bytes, most: int) -> bytes:
    """LZW with codes that grow one early, as PDF has it."""
    out, bits, held, width = bytearray(), 0, 0, 9
    table: list[bytes] = []
    before = b""
    for byte in body:
        bits, held = (bits << 8 | byte) & 0xFFFFFF, held + 8
        if held < width:
            continue
        held -= width
        code = bits >> held & (1 << width) - 1
        if code == 257:
            break
        if code == 256:
            table, before, width = [bytes([n]) for n in range(256)] + [b"", b""], b"", 9
            continue
        if code > len(table) or (code == len(table) and not before):
            raise CannotLookError
        piece = table[code] if code < len(table) else before + before[:1]
        out += piece
        if before:
            table.append(before + piece[:1])
        before = piece
        width = min(12, max(9, (len(table) + 1).bit_length()))
        if len(out) > most:
            raise CannotLookError
    return bytes(out)


def _unpredicted(header: bytes, body: bytes) -> bytes:
    """Rows of a table, each of which was written as the difference to the one before (PNG's predictors)."""
    given = {name: int(value) for name, value in re.findall(rb"/(Predictor|Columns|Colors)\s+(\d+)", header)}
    if given.get(b"Predictor", 1) < 10:
        return body
    wide, step = given.get(b"Columns", 1) * given.get(b"Colors", 1), given.get(b"Colors", 1)
    rows, above = [], bytes(wide)
    for at in range(0, len(body), wide + 1):
        kind, row = body[at], bytearray(body[at + 1 : at + 1 + wide])
        for n in range(len(row)):
            left, up = row[n - step] if n >= step else 0, above[n]
            corner = above[n - step] if n >= step else 0
            near = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            row[n] = (row[n] + (0, left, up, (left + up) // 2, near)[kind if kind < 5 else 0]) & 255
        above = bytes(row).ljust(wide, b"\0")
        rows.append(bytes(row))
    return b"".join(rows)


def _unmapped(body: bytes) -> bool:
    """Whether a font shows glyphs by number and nothing says which characters they are."""
    for found in _FONT.finditer(body):
        start = max(body.rfind(b"obj", 0, found.start()), body.rfind(b"/Type /Font", 0, found.start()), 0)
        end = body.find(b"endobj", found.end())
        if b"/ToUnicode" not in body[start : end if end >= 0 else None]:
            return True
    return False


def _strings(body: bytes) -> Iterator[bytes]:
    for found in _STRING.finditer(body):
        yield _bytes(found[0])


def _bytes(string: bytes) -> bytes:
    if string[:1] == b"<":
        return _hexed(string)

    def undone(found: re.Match[bytes]) -> bytes:
        sign = found[1]
        if sign[:1].isdigit() and sign[0] < 0x38:
            return bytes([int(sign, 8) & 255])
        return b"" if sign[-1:] == b"\n" else _NAMED.get(sign, sign)

    return _ESCAPE.sub(undone, string[1:-1])


def _text(raw: bytes) -> str:
    """A string as text: UTF-16 or UTF-8 where it says so, or else what it could be."""
    if raw[:2] in {b"\xfe\xff", b"\xff\xfe"}:
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _map(body: bytes) -> dict[bytes, str]:
    """Which characters a font's codes are."""
    table: dict[bytes, str] = {}
    for block in _ONE.findall(body):
        for code, character in re.findall(_HEX + rb"\s*" + _HEX, block):
            table[_hexed(code)] = _hexed(character).decode("utf-16-be", "replace")
    for block in _RANGE.findall(body):
        for low, high, first, listed in re.findall(
            _HEX + rb"\s*" + _HEX + rb"\s*(?:" + _HEX + rb"|\[([^\]]*)\])", block
        ):
            start, end = _hexed(low), _hexed(high)
            several = [_hexed(h).decode("utf-16-be", "replace") for h in re.findall(_HEX, listed)]
            base = _hexed(first).decode("utf-16-be", "replace")
            for n in range(min(int.from_bytes(end, "big") - int.from_bytes(start, "big") + 1, 1 << 16)):
                code = (int.from_bytes(start, "big") + n).to_bytes(len(start), "big")
                if listed:
                    table[code] = several[n] if n < len(several) else ""
                elif base:
                    table[code] = base[:-1] + chr(min(ord(base[-1]) + n, 0x10FFFF))
    return table


def _page(body: bytes, table: dict[bytes, str]) -> str:
    """What a content stream shows: strings joined, a line where the pen moves, a blank where a kerning is wide."""
    wide = max(map(len, table), default=1)
    parts: list[str] = []
    for found in _SHOWN.finditer(body):
        if found["string"] is not None:
            raw = _bytes(found["string"])
            if table:
                parts += [table.get(raw[n : n + wide], "") for n in range(0, len(raw), wide)]
            else:
                parts.append(_text(raw))
        elif found["gap"] is not None:
            parts.append(" " if float(found["gap"]) < _WORD_GAP else "")
        else:
            parts.append("\n")
    return re.sub(r"\n{2,}", "\n", "".join(parts))
