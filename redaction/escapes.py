"""Ways of writing a character or a line that belong to one program each, undone."""

from __future__ import annotations

import re

from redaction.folding import IDEOGRAPH

_CONTINUED = re.compile(r"\"?;\s{0,8}[\w-]{1,40}\*\d{1,3}\*?=\"?")
_FOLDED = re.compile(r"\r?\n[ \t]")
_OCTAL = re.compile(r"(?:#[0-3][0-7]{2}){3,}")
_CODE_POINT = re.compile(r"#U([0-9A-Fa-f]{4})|#L([0-9A-Fa-f]{6})|(?<![&#\w])#(\d{4,6});")
_ZONE = re.compile(r"\bP[A-Z<]([A-Z]{3}|[A-Z]<<)([A-Z]{2,39}(?:<{1,2}[A-Z]{1,39}){1,8})<")
_DOS = "".join(bytes([byte]).decode("cp437") for byte in range(0x80, 0x100))
_DOS_RUN = re.compile(rf"(?:[{re.escape(_DOS)}][@-~]?){{2,}}")
_RTF = re.compile(r"\\uc(\d)[ ]?|\\u(-?\d{1,5})[ ]?((?:\\'[0-9A-Fa-f]{2}|\?)*)")
_FALLBACK = re.compile(r"\\'[0-9A-Fa-f]{2}|\?")


def continued(text: str) -> str:
    r"""A parameter of a mail's header that goes on in the next one (RFC 2231), in one piece.

    >>> continued("filename*0*=UTF-8''%E5;\n filename*1*=%B0.txt")
    "filename*0*=UTF-8''%E5%B0.txt"
    """
    return _CONTINUED.sub("", text)


def unfolded(text: str) -> str:
    """Folded lines of a calendar or an address card (RFC 5545, 6350) as one."""
    return _FOLDED.sub("", text)


def octal(text: str) -> str:
    """Bytes as a system log writes them.

    >>> octal("#345#260#217")
    '小'
    """

    def undone(found: re.Match[str]) -> str:
        decoded = bytes(int(o, 8) for o in found[0].split("#")[1:]).decode("utf-8", "replace")
        return decoded if IDEOGRAPH.search(decoded) else found[0]

    return _OCTAL.sub(undone, text)


def code_points(text: str) -> str:
    """Characters by number, as an unpacker of archives writes them into file names, and diagrams in Markdown.

    >>> code_points("#U5c0f#L006f01 #23567;")
    '小漁 小'
    """

    def undone(found: re.Match[str]) -> str:
        value = int(found[3]) if found[3] else int(found[1] or found[2], 16)
        decoded = chr(value) if value < 0x110000 else ""
        return decoded if IDEOGRAPH.match(decoded) else found[0]

    return _CODE_POINT.sub(undone, text)


def zone(text: str) -> str:
    """The first line of a passport's machine-readable zone, as names between blanks.

    >>> zone("P<TWNLIN<<HSIAO<YU<<<<")
    ' LIN  HSIAO YU <<<'
    """
    return _ZONE.sub(lambda m: f" {m[2].replace('<', ' ')} ", text)


def dos(text: str) -> str:
    """UTF-8 or Big5 that an unpacker read in the code page of DOS.

    >>> dos("小漁".encode().decode("cp437"))
    '小漁'
    """

    def undone(found: re.Match[str]) -> str:
        data = found[0].encode("cp437")
        for codec in ("utf-8", "cp950"):
            try:
                decoded = data.decode(codec)
            except UnicodeDecodeError:
                continue
            if len(IDEOGRAPH.findall(decoded)) > 1:
                return decoded
        return found[0]

    return _DOS_RUN.sub(undone, text)


def rtf(text: str) -> str:
    r"""Characters by number in RTF, without the bytes beside each that older programs show instead.

    >>> rtf(r"{\rtf1\uc2\u23567\'a4\'70\u28417\'ba\'ae!}")
    '{\\rtf1小漁!}'
    """
    skipped = 1

    def undone(found: re.Match[str]) -> str:
        nonlocal skipped
        if found[1]:
            skipped = int(found[1])
            return ""
        beside = _FALLBACK.findall(found[3])
        return chr(int(found[2]) % 65536) + "".join(beside[skipped:])

    return _RTF.sub(undone, text)


def metafied(data: bytes) -> bytes:
    r"""A history of zsh as the bytes that were typed: some of them stand behind a mark, with one bit turned.

    >>> metafied(b"\xe5\xb2\x83\xb1").decode()
    '岑'
    """
    return re.sub(rb"\x83(.)", lambda m: bytes([m[1][0] ^ 0x20]), data, flags=re.DOTALL)
