"""Pieces into which a recognizer's or a tokenizer's own notes cut a text, put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHOWN = [*range(33, 127), *range(161, 173), *range(174, 256)]
_BYTES = {chr(byte): byte for byte in _SHOWN} | {
    chr(256 + at): byte for at, byte in enumerate(b for b in range(256) if b not in _SHOWN)
}
"""How GPT-2 and all that followed it write a byte as a visible character."""

_RUN = re.compile("[" + re.escape("".join(_BYTES)) + "]{2,}")
_MARKED = re.compile(r"[▁Ġ]|##|@@|</w>")
PIECE = 12
"""Characters of a token; what is longer is a sentence."""


def from_bytes(text: str) -> str:
    """Runs of characters that stand for bytes, as the text that these are.

    >>> from_bytes("å°ıæ¼ģ")
    '小漁'
    """

    def undone(found: re.Match[str]) -> str:
        try:
            return bytes(_BYTES[c] for c in found[0]).decode()
        except UnicodeDecodeError:
            return found[0]

    return text if text.isascii() else _RUN.sub(undone, text)


def pieced(values: list[str]) -> Iterator[tuple[str, str]]:
    """Tokens in a row, as a reader of them would put them together.

    >>> list(pieced(["▁No", "el", "le", "▁for"]))
    [('split into tokens', ' Noelle for')]
    """
    short = [v for v in values if len(v) <= PIECE]
    if len(short) < 2 or len(short) < len(values) * 0.8:
        return
    joined = "".join(short)
    if not joined.isascii() and (read := from_bytes(joined)) != joined:
        yield "split into tokens", read
    if _MARKED.search(joined):
        if "##" in joined:
            joined = " ".join(short).replace(" ##", "")
        elif "@@" in joined:
            joined = " ".join(short).replace("@@ ", "")
        yield "split into tokens", re.sub("[▁Ġ]|</w>", " ", joined)
