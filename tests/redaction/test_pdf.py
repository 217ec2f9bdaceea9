"""What a PDF says, through each filter and font, and what is refused."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

import pytest

from redaction.media import CannotLookError
from redaction.pdf import pdf
from redaction.scan import Term, scan


def document(dictionary: bytes, body: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<<" + dictionary + b">>\nstream\n" + body + b"\nendstream\nendobj\n%%EOF\n"


def said(data: bytes) -> str:
    return "\n".join(str(p.content) for p in pdf(data))


ROWS = b"\2Tsai" + b"\2" + bytes((b - a) % 256 for a, b in zip(b"Tsai", b" Pei", strict=True))


@pytest.mark.parametrize(
    ("dictionary", "body", "shown"),
    [
        (b"/Filter /LZWDecode", b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", "-----A---B"),
        (b"/Filter /ASCIIHexDecode", b"5473 6169>", "Tsai"),
        (b"/Filter /ASCII85Decode", base64.a85encode(b"Tsai Pei") + b"~>", "Tsai Pei"),
        (b"/Filter [/ASCII85Decode /FlateDecode]", base64.a85encode(zlib.compress(b"Tsai")) + b"~>", "Tsai"),
        (b"/Filter /RunLengthDecode", b"\x03Tsai\xfe-\x80", "Tsai---"),
        (b"/Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 4>>", zlib.compress(ROWS), "Tsai Pei"),
        (b"", b"[(Ts) -20 (a\\151) -300 (Pei)] TJ", "Tsai Pei"),
        (b"", b"(a\\(b\\)c) Tj", "a(b)c"),
        (b"", b"<FEFF8521\n4F69> Tj", "蔡佩"),
    ],
)
def test_text_is_read_through_a_filter(dictionary: bytes, body: bytes, shown: str) -> None:
    assert shown in said(document(dictionary, body))


def test_glyphs_are_read_by_the_table_of_their_font() -> None:
    table = b"1 beginbfrange <0003> <0004> <4F69> endbfrange 1 beginbfchar <0005> <73CA> endbfchar"
    font = b"<</Subtype /Type0 /Encoding /Identity-H /ToUnicode 3 0 R>>"
    data = document(b"", b"<00030005> Tj") + b"2 0 obj\n" + font + b"\nendobj\n" + document(b"", table)
    assert "佩珊" in said(data)


@pytest.mark.parametrize(
    "data",
    [
        document(b"/Filter /Crypt", b"x"),
        document(b"/Filter /FlateDecode", zlib.compress(b"/Encoding /Identity-H")),
        document(b"/Encrypt 5 0 R", b"x"),
        document(b"", b"x").replace(b"endstream", b""),
    ],
)
def test_what_nobody_here_can_read_is_refused(data: bytes) -> None:
    with pytest.raises(CannotLookError):
        said(data)


def test_a_line_full_of_arrows_is_no_trap(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("--> " * 20_000 + "\n" * 20_000, encoding="utf-8")
    assert scan(tmp_path, (Term("p1/0", "蔡佩珊"),)) == ()
