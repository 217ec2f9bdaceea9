"""A suggestion about the public text, brought over to the private one: what is hidden there stays what it is."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

Hidden = Sequence[tuple[int, int, str]]
"""(n_spans,) sorted, disjoint: from which character to which of the private text something else is published."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """The private text with a suggestion made.

    Attributes:
        text: all of it.
        whole: everything that is hidden is still there, and stays hidden by the same words.
    """

    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A character of the public text, or all of what stands in place of something, without spaces.

    Attributes:
        seen: as participants read it.
        private: what it stands for.
        start: where that begins in the private text.
        end: where it ends.
        spaced: whether a space stands before it there.
    """

    seen: str
    private: str
    start: int
    end: int
    spaced: bool

    @property
    def hides(self) -> bool:
        """Whether something else stands there in private."""
        return self.seen != self.private


def transferred(private: str, hidden: Hidden, wanted: str) -> Transferred:
    """Make in the private text what somebody changed in the public one.

    Args:
        private: text of the statement.
        hidden: what is hidden in it.
        wanted: the public text as they want it.

    >>> transferred("謝謝佩珊的說明", [(2, 4, "參與者 1")], "謝謝參與者 1 的詳細說明")
    Transferred(text='謝謝佩珊的詳細說明', whole=True)
    >>> transferred("謝謝佩珊的說明", [(2, 4, "參與者 1")], "謝謝她的說明").whole
    False
    """
    before = _pieces(private, hidden)
    now = _wanted(wanted, [piece.seen for piece in before if piece.hides])
    matcher = difflib.SequenceMatcher(None, [p.seen for p in before], [p.seen for p in now], autojunk=False)
    made: list[_Piece] = []
    whole = True
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            made += before[i1:i2]
            continue
        whole = whole and not any(p.hides for p in before[i1:i2])
        made += now[j1:j2]
    parts = [(" " if n and piece.spaced else "") + piece.private for n, piece in enumerate(made)]
    return Transferred("".join(parts), whole)


def places(private: str, hidden: Hidden, words: str) -> tuple[tuple[int, int], ...]:
    """Where words of the public text stand in the private one: `(char_start, char_end)`, in order.

    >>> places("謝謝佩珊的說明", [(2, 4, "參與者 1")], "參與者 1 的")
    ((2, 5),)
    """
    pieces = _pieces(private, hidden)
    text, owners = "", []
    for piece in pieces:
        text += piece.seen
        owners += [piece] * len(piece.seen)
    wanted = "".join(words.split())
    found, at = [], text.find(wanted) if wanted else -1
    while at >= 0:
        found.append((owners[at].start, owners[at + len(wanted) - 1].end))
        at = text.find(wanted, at + len(wanted))
    return tuple(found)


def _pieces(private: str, hidden: Hidden) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    for start, end, label in (*hidden, (len(private), len(private), "")):
        pieces += _plain(private, at, start)
        if label:
            seen = "".join(label.split())
            pieces.append(_Piece(seen, private[start:end], start, end, _space_before(private, start)))
        at = max(at, end)
    return pieces


def _plain(text: str, start: int, end: int) -> list[_Piece]:
    return [
        _Piece(text[n], text[n], n, n + 1, _space_before(text, n))
        for n in range(start, end)
        if not text[n].isspace()
    ]


def _space_before(text: str, place: int) -> bool:
    return place > 0 and text[place - 1].isspace()


def _wanted(text: str, labels: list[str]) -> list[_Piece]:
    """The pieces of the text that somebody wants; what reads like something hidden is that, whole."""
    characters = _plain(text, 0, len(text))
    joined = "".join(piece.seen for piece in characters)
    pieces: list[_Piece] = []
    at = 0
    while at < len(characters):
        label = max((one for one in labels if joined.startswith(one, at)), key=len, default="")
        if label:
            first, last = characters[at], characters[at + len(label) - 1]
            pieces.append(_Piece(label, text[first.start : last.end], first.start, last.end, first.spaced))
        else:
            pieces.append(characters[at])
        at += len(label) or 1
    return pieces
