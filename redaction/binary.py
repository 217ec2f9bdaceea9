"""Names in bytes that are no text: searched raw, and by the runs of text in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from redaction.hit import Hit
from redaction.media import Bytes
from redaction.needles import Needles, Sighting

CHUNK = 8 << 20
OVERLAP = 4096
LARGE = 1 << 20
"""Above so many bytes, what is short enough to come up by chance must stand among text."""
SHORT, RUN_LEAST, RUN_LEAST_LARGE = 6, 6, 16
_TEXTY = frozenset([*range(0x20, 0x7F), 0, 9, 10, 13])


def in_bytes(
    data: Bytes, needles: Needles, where: str, look: Callable[[str], Iterator[Hit]]
) -> Iterator[Hit]:
    """Every encoding of every term, and whatever a reader of text finds in printable runs.

    Args:
        data: of any size; taken in overlapping chunks.
        needles: what is looked for.
        where: for the hits.
        look: reads text and says what it holds.
    """
    large = len(data) > LARGE
    for start in range(0, len(data), CHUNK):
        chunk = data[start : start + CHUNK + OVERLAP]
        for found in needles.find_bytes(chunk):
            if not large or found.end - found.start >= SHORT or _among_text(chunk, found):
                yield Hit(where, found.how, found.term)
        if runs := _runs(chunk, RUN_LEAST_LARGE if large else RUN_LEAST):
            yield from look(runs)


def _among_text(chunk: bytes, found: Sighting) -> bool:
    """Whether the bytes on both sides could be text; by chance they are so once in a few hundred times."""
    if found.how.startswith("UTF-16"):
        before, after = chunk[max(0, found.start - 4) : found.start], chunk[found.end : found.end + 4]
        odd = 1 if found.how == "UTF-16" else 0
        highs = [*before[odd::2], *after[odd::2]], [*before[1 - odd :: 2], *after[1 - odd :: 2]]
        return any(all(b in {0, 0x30, 0xFE, 0xFF} or 0x4E <= b <= 0x9F for b in side) for side in highs)
    around = chunk[max(0, found.start - 3) : found.start] + chunk[found.end : found.end + 3]
    return all(b in _TEXTY for b in around)


def _runs(chunk: bytes, least: int) -> str:
    """Stretches of ASCII and three-byte UTF-8 of at least so many bytes, each as a paragraph."""
    values = np.frombuffer(chunk, np.uint8)
    tail = (values & 0xC0) == 0x80
    lead = np.zeros(len(values), bool)
    lead[:-2] = ((values[:-2] & 0xF0) == 0xE0) & tail[1:-1] & tail[2:]
    mask: npt.NDArray[np.bool_] = ((values >= 0x20) & (values < 0x7F)) | (values == 9) | (values == 10) | lead
    mask[1:] |= lead[:-1]
    mask[2:] |= lead[:-2]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    wide = ends - starts >= least
    pieces = (chunk[s:e] for s, e in zip(starts[wide].tolist(), ends[wide].tolist(), strict=True))
    return "\n\n".join(p.decode("utf-8", "replace").replace("\n", "\u2029") for p in pieces)
