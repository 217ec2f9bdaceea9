"""Each encoding, undone."""

from __future__ import annotations

import pytest

from redaction.blobs import blobs
from redaction.encodings import IN_PLACE, plausible, texts_of

UNDO = {name: undo for name, _, undo in IN_PLACE}


@pytest.mark.parametrize(
    ("name", "text", "plain"),
    [
        ("percent-encoded", "a%E5%B0%8Fb", "a小b"),
        ("percent-encoded", "%u5C0F", "小"),
        ("percent-encoded", "100% sure", "100% sure"),
        ("XML entity", "&#23567;&#x5c0f;&amp;", "小小&"),
        ("XML entity", "&nosuch;", "&nosuch;"),
        ("\\u escape", "\\u5c0f\\\\u5c0f", "小小"),
        ("\\u escape", "\\ud842\\udfb7", "𠮷"),
        ("\\u escape", "\\U00020bb7\\u{5c0f}", "𠮷小"),
        ("\\u escape", "\\xe5\\xb0\\x8f", "小"),
        ("\\u escape", "\\345\\260\\217", "小"),
        ("\\u escape", "\\Uffffffff", "\\Uffffffff"),
        ("CSS escape", "\\5c0f  x", "小 x"),
        ("RTF escape", "{\\rtf1\\u23567?}", "{\\rtf1小}"),
        ("quoted-printable", "=E5=B0=8F", "小"),
        ("quoted-printable", "=E5=\n=B0=8F", "小"),
        ("quoted-printable", "a=b", "a=b"),
        ("punycode", "xn--yhq", b"yhq".decode("punycode")),
        ("UTF-7", "+XA8-", "小"),
        ("mojibake", "å°\u008f", "小"),
    ],
)
def test_in_place(name: str, text: str, plain: str) -> None:
    assert UNDO[name](text) == plain


@pytest.mark.parametrize("name", UNDO)
def test_plain_text_stays(name: str) -> None:
    plain = "主席：謝謝。 Planning, and a café."
    assert UNDO[name](plain) == plain


@pytest.mark.parametrize(
    "codec",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp950", "gb18030"],
)
def test_text_is_read_in_each_encoding(codec: str) -> None:
    text = "主席：謝謝大家，今天的會議開始。"
    assert text in [t for _, t in texts_of(text.encode(codec))]


@pytest.mark.parametrize("data", [b"", b"\0" * 40, bytes(range(256)), b"\xff\xfb\x90\x00" * 9])
def test_what_is_no_text(data: bytes) -> None:
    assert texts_of(data) == ()


def test_noise_is_not_plausible() -> None:
    assert not plausible("\1\2\3abc")
    assert plausible("abc\tdef\r\n")


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("5bCP5ryB", "base64"),
        ("x=5bCP5ryB;", "base64"),
        ("4WYI7ZV4QE======", "base32"),
        ("e5b08fe6bc81", "hex"),
        ("E5 B0 8F E6 BC 81", "hex"),
        ("0xe5, 0xb0, 0x8f, 0xe6, 0xbc, 0x81", "hex"),
        ("[229, 176, 143, 230, 188, 129]", "numbers"),
        ("23567,28417", "numbers"),
    ],
)
def test_runs_that_hold_bytes(text: str, how: str) -> None:
    assert ("小漁".encode(), how) in {(b.data, b.how) for b in blobs(text, 4)}


def test_short_runs_hold_none() -> None:
    assert not list(blobs("5bCP and 小", 4))
