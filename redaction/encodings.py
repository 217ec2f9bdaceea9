"""Ways of writing text as other text or as bytes, undone: what a reader's program would show."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from collections.abc import Callable

from redaction.escapes import code_points, continued, dos, metafied, octal, rtf, unfolded, zone
from redaction.folding import IDEOGRAPH
from redaction.tokens import from_bytes

BREAK = "\u2029"
"""A line break that was encoded: it ends a paragraph but does not count as a line of the file."""

CONTROLS_AT_MOST = 0.01
"""Share of control characters that text may have; a random byte is one with probability .1."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_WIDE_PLAUSIBLE = re.compile(r"[\t\n\r -~\u00a0-\u017f\u2000-\u206f\u3000-\u312f\u4e00-\u9fff\uff00-\uffef]")


def plausible(text: str) -> bool:
    """Whether this reads as text rather than as noise."""
    return bool(text) and "\0" not in text and len(_CONTROL.findall(text)) <= CONTROLS_AT_MOST * len(text)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def texts_of(data: bytes) -> tuple[tuple[str, str], ...]:
    """All ways in which these bytes are text: `(what the encoding is called, text)`; none if they are not.

    >>> texts_of("小漁".encode("utf-16")), texts_of(b"plain")
    ((('UTF-16', '小漁'),), (('', 'plain'),))
    """
    for mark, codec, name in (
        (codecs.BOM_UTF8, "utf-8-sig", ""),
        (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
        (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    ):
        text = _strict(data, codec) if data.startswith(mark) else None
        if text is not None and plausible(text):
            return ((name, text),)
    text = _strict(data, "utf-8")
    if text is not None and plausible(text):
        # Some UTF-16 text has no byte above 7F ("小漁" has); the two readings are both looked at.
        return (("", text), *_wide(data)) if len(data) < 4096 else (("", text),)
    if wide := _wide(data):
        return wide
    if b"\0" in data:
        # Arguments of a process, fields of a record: text with a NUL for a line break.
        apart = _strict(data.rstrip(b"\0").replace(b"\0", b"\n"), "utf-8")
        return (("separated by NUL", apart),) if apart and plausible(apart) else ()
    if b"\x83" in data and (typed := _strict(metafied(data), "utf-8")) and plausible(typed):
        return (("history of zsh", typed),)
    codecs_left = [("cp950", "Big5"), ("gb18030", "GB18030")]
    if sum(b > 0x7F for b in data[:4096]) * 5 < len(data[:4096]):
        codecs_left.append(("cp1252", "Windows-1252"))
    found = ((name, _strict(data, codec)) for codec, name in codecs_left)
    return tuple((name, text) for name, text in found if text is not None and plausible(text))


def _wide(data: bytes) -> tuple[tuple[str, str], ...]:
    """UTF-16 and UTF-32 without a byte order mark, where nearly every character is a usual one."""
    found = []
    for codec, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        text = _strict(data, codec) if len(data) % width == 0 else None
        if text and plausible(text) and len(_WIDE_PLAUSIBLE.findall(text)) >= 0.95 * len(text):
            found.append((codec[:6].upper(), text))
    return tuple(found)


def _read(data: bytes) -> str:
    """Bytes that were written as escapes, as text: Big5 and GB18030 both where both may be meant."""
    texts = texts_of(data)
    if texts and not texts[0][0]:
        return texts[0][1]
    return BREAK.join(text for _, text in texts) or data.decode("latin-1")


def _shown(text: str) -> str:
    return text.replace("\r\n", BREAK).replace("\n", BREAK).replace("\r", BREAK)


# Big5 and GB18030 have second bytes that are ASCII, which stay as they are among the escapes.
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}[@-~]?)+")
_PERCENT_U = re.compile(r"%u([0-9A-Fa-f]{4})")
_QUOTED = re.compile(r"(?:=(?:[0-9A-F]{2}|[0-9a-f]{2}|\r?\n)[@-~]?)+")
_ENTITY = re.compile(r"&(?:#\d{1,12}|#[xX][0-9A-Fa-f]{1,12}|[A-Za-z][A-Za-z0-9]{1,31});?")
_DECLARED = re.compile(r"<!ENTITY\s+([^\s%&;\"'<>]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_UNIT = re.compile(
    r"\\{1,8}u\{([0-9A-Fa-f]{1,6})\}|\\{1,8}u([0-9A-Fa-f]{4})|\\{1,8}U([0-9A-Fa-f]{8})"
    r"|[Uu]\+([0-9A-Fa-f]{4,6})\b[ ,]?"
)
_BYTE = re.compile(r"(?:(?:\\{1,8}x[0-9A-Fa-f]{2}|\\{1,8}[0-3][0-7]{2}|\\{1,8}'[0-9A-Fa-f]{2})[@-\[\]-~]?)+")
_CSS = re.compile(r"\\([0-9A-Fa-f]{4,6})[ \t]?")
_SIMPLE = re.compile(r"\\{1,8}([nrtbf\"/])")
_PUNYCODE = re.compile(r"xn--([a-z0-9-]{2,59})", re.IGNORECASE)
_MOJIBAKE = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{3,}"
)
_NAMED = re.compile(r"\\{1,4}N\{CJK (?:UNIFIED|COMPATIBILITY) IDEOGRAPH-([0-9A-F]{4,6})\}", re.IGNORECASE)
_TEX = re.compile(
    r"\{\\([\"'`^~=.uvHcdbrk])\s?\{?\\?([A-Za-z])\}?\}|\\([\"'`^~=.uvHcdbrk])\{\\?([A-Za-z])\}|\\([\"'`^~=.])([A-Za-z])"
)
_TEX_ACCENTS = dict(
    zip(
        "\"'`^~=.uvHcdbrk",
        "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0323\u0331\u030a\u0328",
        strict=True,
    )
)
_WORD = re.compile(r"=\?([\w-]{2,20})(?:\*[\w-]*)?\?([QqBb])\?([^?\s]{0,800})\?=(?:\s+(?==\?))?")
_OFFICE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TERMINAL = re.compile(r"(?:\x1b|\\e|\\033|\\x1b|\u241b)\[[0-9;?]{0,20}[A-Za-z]")
_TURNED = re.compile("[\u202e\u2067]([^\u202c\u2069\n]{1,400})")
_BRAILLE = re.compile("[\u2801-\u283f]{2,}")
_BRAILLE_LETTERS = dict(zip("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵", "abcdefghijklmnopqrstuvwxyz", strict=True))
_UTF7 = re.compile(r"[+&]([A-Za-z0-9+/,]{3,})-?")


def unpadded(run: str) -> bytes:
    """Base64 of either alphabet, decoded as far as it goes.

    >>> unpadded("5bCP5ryB").decode()
    '小漁'
    """
    run = run.rstrip("=").replace("-", "+").replace("_", "/")
    run = run[: len(run) - (len(run) % 4 == 1)]
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4))
    except binascii.Error:
        return b""


def _mixed(sign: str, run: str) -> bytes:
    """Bytes of a run of escapes with single letters in between."""
    pieces = re.findall(sign + "([0-9A-Fa-f]{2})|(.)", run, re.DOTALL)
    return b"".join(bytes.fromhex(digits) if digits else letter.encode() for digits, letter in pieces)


def _percent(text: str) -> str:
    decoded = _PERCENT.sub(lambda m: _shown(_read(_mixed("%", m[0]))), text)
    return _PERCENT_U.sub(lambda m: chr(int(m[1], 16)), decoded)


def _quoted(text: str) -> str:
    def undone(found: re.Match[str]) -> str:
        return _shown(_read(_mixed("=", re.sub(r"=\r?\n", "", found[0]))))

    return _QUOTED.sub(undone, text)


def _entities(text: str) -> str:
    declared = {m[1]: m[2] or m[3] or "" for m in _DECLARED.finditer(text)}

    def undone(found: re.Match[str]) -> str:
        inner = found[0].strip("&;")
        return declared[inner] if inner in declared else _shown(html.unescape(found[0]))

    pattern = re.compile(_ENTITY.pattern + r"|&[^\s;&<>]{1,40};") if declared else _ENTITY
    return pattern.sub(undone, text)


def _unit(found: re.Match[str]) -> str:
    value = int(next(g for g in found.groups() if g), 16)
    return _shown(chr(value)) if value < 0x110000 else found[0]


def _paired(text: str) -> str:
    """Surrogate pairs as the character that they stand for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escapes(text: str) -> str:
    decoded = _paired(_UNIT.sub(_unit, text)) if _UNIT.search(text) else text

    def undone(found: re.Match[str]) -> str:
        pieces = re.findall(r"\\x([0-9A-Fa-f]{2})|\\([0-3][0-7]{2})|\\'([0-9A-Fa-f]{2})|([^\\])", found[0])
        return _shown(
            _read(bytes(ord(c) if c else int(o, 8) if o else int(x or q, 16) for x, o, q, c in pieces))
        )

    decoded = _BYTE.sub(undone, decoded)
    return _SIMPLE.sub(lambda m: m[1] if m[1] in '"/' else BREAK if m[1] in "nr" else " ", decoded)


def _css(text: str) -> str:
    return _CSS.sub(lambda m: chr(int(m[1], 16)) if int(m[1], 16) < 0xD800 else m[0], text)


def _rtf(text: str) -> str:
    return _paired(decoded) if (decoded := rtf(text)) != text else text


def _punycode(text: str) -> str:
    def undone(found: re.Match[str]) -> str:
        try:
            return found[1].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError, IndexError, OverflowError):
            return found[0]

    return _PUNYCODE.sub(undone, text)


def _mojibake(text: str) -> str:
    def undone(found: re.Match[str]) -> str:
        # Python's cp1252 refuses the five bytes that browsers let through, so those go by Latin-1.
        data = b"".join(
            c.encode("latin-1") if ord(c) < 256 else c.encode("cp1252", "replace") for c in found[0]
        )
        decoded = data.decode("utf-8", "replace")
        if IDEOGRAPH.search(decoded):
            return decoded
        legacy = [t for t in (_strict(data, codec) for codec in ("cp950", "gb18030")) if t]
        return BREAK.join([found[0], *(t for t in legacy if len(IDEOGRAPH.findall(t)) == len(t))])

    return _MOJIBAKE.sub(undone, text)


def _utf7(text: str) -> str:
    def undone(found: re.Match[str]) -> str:
        data = unpadded(found[1].replace(",", "/"))
        decoded = _strict(data[: len(data) // 2 * 2], "utf-16-be")
        usual = decoded and len(_WIDE_PLAUSIBLE.findall(decoded)) == len(decoded)
        return decoded if decoded and usual else found[0]

    return _UTF7.sub(undone, text)


def _tex(text: str) -> str:
    def undone(found: re.Match[str]) -> str:
        accent, letter = (g for g in found.groups() if g)
        return letter + _TEX_ACCENTS[accent]

    return _TEX.sub(undone, text)


def _mail(text: str) -> str:
    """Encoded words of a mail's header, in the encoding that they name."""

    def undone(found: re.Match[str]) -> str:
        codec, kind, body = found.groups()
        data = unpadded(body) if kind in "Bb" else _mixed("=", body.replace("_", " "))
        try:
            return _shown(data.decode(codec, "replace"))
        except LookupError:
            return _shown(_read(data))

    return _WORD.sub(undone, text)


def _doubled(text: str) -> str:
    return text.replace("%%", "%")


def _named(text: str) -> str:
    return _NAMED.sub(lambda m: chr(int(m[1], 16)), text)


def _office(text: str) -> str:
    return _paired(_OFFICE.sub(lambda m: chr(int(m[1], 16)), text))


def _terminal(text: str) -> str:
    return _TERMINAL.sub("", text)


def _turned(text: str) -> str:
    """What is written to be shown from right to left, as it is read."""
    return _TURNED.sub(lambda m: m[1][::-1], text)


def _braille(text: str) -> str:
    return _BRAILLE.sub(lambda m: "".join(_BRAILLE_LETTERS.get(c, c) for c in m[0]), text)


ASIDE: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("TeX accent", "\\", _tex),
    ("CSS escape", "\\", _css),
    ("encoded word", "=?", _mail),
    ("byte-level tokens", "", from_bytes),
    ("folded line", "BEGIN:V", unfolded),
    ("machine-readable zone", "<<", zone),
)
"""Likewise, where what comes of it would be in the way of the others: looked at, and put aside."""

IN_PLACE: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("continued parameter", "*1", continued),
    ("percent doubled", "%%", _doubled),
    ("percent-encoded", "%", _percent),
    ("XML entity", "&", _entities),
    ("RTF escape", "{\\rtf", _rtf),  # before the next: RTF counts in decimal, everybody else in hexadecimal
    ("\\u escape", "", _escapes),
    ("CSS escape", "\\", _css),
    ("quoted-printable", "=", _quoted),
    ("punycode", "-", _punycode),
    ("UTF-7", "-", _utf7),
    ("mojibake", "", _mojibake),
    ("name of a character", "IDEOGRAPH-", _named),
    ("escape of Excel", "_x", _office),
    ("colours of a terminal", "[", _terminal),
    ("right to left", "", _turned),
    ("Braille", "", _braille),
    ("octal escape", "#", octal),
    ("code point", "#", code_points),
    ("code page of DOS", "", dos),
)
"""`(name, what text must hold for it to apply, how it is undone)`: each keeps everything else in place."""
