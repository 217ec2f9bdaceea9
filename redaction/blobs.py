"""Runs of letters and digits in text that stand for bytes: base64, ascii85, uuencode, hexadecimal and others."""

from __future__ import annotations

import base64
import binascii
import contextlib
import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from redaction.base85 import ASCII85, BASE85, Alphabet, decoded
from redaction.encodings import unpadded


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that stood in text as a run of letters or digits."""

    how: str
    at: int
    data: bytes


_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}={0,2}")
_BASE32 = re.compile(r"\b(?:[A-Z2-7]{8,}|[a-z2-7]{8,})={0,6}")
_HEX = re.compile(r"(?:(?:0[xX]|\\x)?[0-9A-Fa-f]{2}(?:, |[ :,\r\n-])?){4,}")
_DUMP_LINE = re.compile(
    r"^[0-9A-Fa-f]{4,16}:?[ \t]+((?:[0-9A-Fa-f]{2}){1,8}(?:[ \t]{1,2}(?:[0-9A-Fa-f]{2}){1,8}){0,31})(?![^\s|>])[^\n]*$",
    re.MULTILINE,
)
_DUMP = re.compile(rf"(?:{_DUMP_LINE.pattern}\n?)+", re.MULTILINE)
_NUMBERS = re.compile(r"\d{1,7}(?:\s{0,3}[,; ]\s{0,8}\d{1,7})+")
_DENSE = re.compile(r"(?:<~[!-~\s]{5,20000}?~>|[!-~]{5,20000})")
_LETTER = re.compile("[A-Za-z]")
_SIGNS = re.compile(r"[^A-Za-z0-9+/=_.-]")
_UU_LINE = re.compile(r"^[!-M][ -`]{4,61}$", re.MULTILINE)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_RUN = re.compile(rf"(?<![A-Za-z0-9])[{_BASE58}]{{6,120}}(?![A-Za-z0-9])")
_BITS_RUN = re.compile(r"(?<![0-9])[01]{8}(?:[\s,]{0,3}(?:0b)?[01]{8}){3,}(?![0-9])")
INFLATED_AT_MOST = 1 << 20
_WRAPPED = re.compile(r"(?<=[A-Za-z0-9+/]{56})(?:\r?\n|\u2029)\s{0,8}(?=[A-Za-z0-9+/])")


def _base64(text: str, least: int) -> Iterator[Blob]:
    for found in _BASE64.finditer(text):
        run, at = found[0], found.start()
        if len(run) < least * 4 / 3:
            continue
        yield Blob("base64", at, unpadded(run))
        # "/files/" or "sha256-" before it would shift the alphabet by a few bits.
        for cut in itertools.islice(re.finditer("[/_-]", run[:200]), 3 if len(run) > 4096 else None):
            if len(run) - cut.end() >= least * 4 / 3:
                yield Blob("base64", at, unpadded(run[cut.end() :]))


def _base32(text: str) -> Iterator[Blob]:
    for found in _BASE32.finditer(text):
        run = found[0].rstrip("=").upper()
        for cut in range(3):
            if (len(run) - cut) % 8 in {0, 2, 4, 5, 7}:
                yield Blob(
                    "base32",
                    found.start(),
                    base64.b32decode(run[: len(run) - cut] + "=" * (-(len(run) - cut) % 8)),
                )
                break


def _hex(text: str) -> Iterator[Blob]:
    for found in _HEX.finditer(text):
        digits = re.sub(r"0[xX](?=[0-9A-Fa-f]{2})|[^0-9A-Fa-f]", "", found[0])
        yield Blob("hex", found.start(), bytes.fromhex(digits[: len(digits) // 2 * 2]))
        before = text[found.start() - 1 : found.start()]
        if before and before in "0123456789abcdefABCDEF":  # an odd digit before it shifts every pair
            odd = before + digits
            yield Blob("hex", found.start(), bytes.fromhex(odd[: len(odd) // 2 * 2]))


def _numbers(text: str) -> Iterator[Blob]:
    for found in _NUMBERS.finditer(text):
        values = [int(n) for n in re.findall(r"\d+", found[0])]
        if all(v < 256 for v in values):
            yield Blob("numbers", found.start(), bytes(values))
        elif any(v > 0x2E80 for v in values):
            letters = (chr(v) if v < 0xD800 or 0xE000 <= v < 0x110000 else " " for v in values)
            yield Blob("numbers", found.start(), "".join(letters).encode())


def _base85(text: str, least: int) -> Iterator[Blob]:
    """Of both alphabets: what stands between spaces or quotes, with or without its <~ ~>."""
    yield from (Blob("base85", at, data) for at, data in decoded(_dense(text, least)))


def _dense(text: str, least: int) -> Iterator[tuple[int, str, Alphabet]]:
    """Whatever may be a run of base85: from every sign at which one may begin, to both ends that it may have.

    Left out is what decodes to nothing: what holds a sign that cannot stand in a run, and what is too short.
    """
    for found in _DENSE.finditer(text):
        # A run without any of the signs is a word, or base64; one that is all signs is a ruler.
        if (
            len(found[0]) < least * 5 / 4
            or not _SIGNS.search(found[0])
            or len(set(found[0])) < 6
            or not _LETTER.search(found[0])
        ):
            continue
        run = found[0].strip("\"'")
        starts = [0, *(m.end() for m in itertools.islice(re.finditer("[=:<(\"'~]", run[:40]), 8))]
        ends = dict.fromkeys((len(run), _ended(run)))
        wholes = [(run[:end].removesuffix("~>"), ASCII85) for end in ends] + [
            (run[:end], BASE85) for end in ends
        ]
        rows = [(whole, alphabet.begins(whole), alphabet) for whole, alphabet in wholes]
        for start in starts:
            for whole, first, alphabet in rows:
                if start >= first and ((len(whole) - start) * 4 // 5 >= least or "z" in whole):
                    yield found.start(), whole[start:], alphabet


def _ended(run: str) -> int:
    """Where a run ends without what closes a string or a call."""
    return len(run.rstrip("\"')]};,.>~"))


def _uuencoded(text: str) -> Iterator[Blob]:
    """Lines that begin with their own length: of uuencode, and of xxencode after its table."""
    lines: list[bytes] = []
    start = 0
    for found in _UU_LINE.finditer(text):
        line = found[0]
        count = (ord(line[0]) - 32) & 63
        if 4 * ((count + 2) // 3) not in {len(line) - 1, len(line) - 2}:
            continue
        with contextlib.suppress(binascii.Error):
            lines.append(binascii.a2b_uu(line))
            start = start if len(lines) > 1 else found.start()
    if lines:
        yield Blob("uuencode", start, b"".join(lines))


def _base58(text: str, least: int) -> Iterator[Blob]:
    for found in _BASE58_RUN.finditer(text):
        if len(found[0]) < least * 1.3:
            continue
        value = 0
        for sign in found[0]:
            value = value * 58 + _BASE58.index(sign)
        yield Blob("base58", found.start(), value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _dumped(text: str) -> Iterator[Blob]:
    """Bytes as hexdump, xxd and od show them: every line begins with where it stands."""
    for found in _DUMP.finditer(text):
        digits = "".join(re.sub(r"\s", "", m[1]) for m in _DUMP_LINE.finditer(found[0]))
        yield Blob("hex dump", found.start(), bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _inflated(blob: Blob) -> Iterator[Blob]:
    """A deflated stream without a head, as some addresses and diagrams have it: it ends where the bytes end."""
    opener = zlib.decompressobj(-15)
    with contextlib.suppress(zlib.error):
        opened = opener.decompress(blob.data, INFLATED_AT_MOST)
        if opener.eof and not opener.unused_data:
            yield Blob(f"{blob.how}, deflated", blob.at, opened)


def _bits(text: str) -> Iterator[Blob]:
    for found in _BITS_RUN.finditer(text):
        octets = re.findall("[01]{8}", found[0])
        yield Blob("bits", found.start(), bytes(int(o, 2) for o in octets))


def blobs(text: str, least: int) -> Iterator[Blob]:
    """Runs in the text that hold bytes: base64, base32, base85, uuencode, hexadecimal, lists of numbers.

    Args:
        text: where they stand.
        least: bytes that the shortest term has; a shorter run holds none.
    """
    unwrapped = _WRAPPED.sub("", text)
    in_base64 = tuple(_base64(unwrapped, least))
    found = (
        *in_base64,
        *(inner for blob in in_base64 for inner in _inflated(blob)),
        *_base32(text),
        *_base85(text, least),
        *_base58(text, least),
        *_uuencoded(text),
        *_hex(text),
        *_dumped(text),
        *_numbers(text),
        *_bits(text),
    )
    yield from (b for b in found if len(b.data) >= least)
