"""Runs of base85 and ascii85, many at a time: the standard library decodes them character by character in Python."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

_AT_ONCE = 1 << 20
"""Characters that are decoded together, so that memory does not grow with the text."""

_WRONG = 85
_POWERS = np.array([85**4, 85**3, 85**2, 85, 1], np.uint64)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How digits are written.

    Attributes:
        digits: the 85 of them, in order; the last one fills up what is no multiple of five.
        never: signs, all of them ASCII, that stand in no run; about any other sign the standard library is asked.
    """

    digits: bytes
    never: bytes
    _values: bytes = field(init=False)

    def __post_init__(self) -> None:
        values = bytearray([_WRONG]) * 256
        for value, sign in enumerate(self.digits):
            values[sign] = value
        object.__setattr__(self, "_values", bytes(values))

    def decoded(self, run: str) -> bytes | None:
        """One run, as the standard library decodes it; None where that refuses."""
        try:
            return base64.a85decode(run) if self is ASCII85 else base64.b85decode(run)
        except ValueError:
            return None

    def together(self, runs: list[bytes]) -> list[bytes | None]:
        """Runs that hold nothing but digits, each as `decoded` gives it."""
        fill = [-len(run) % 5 for run in runs]
        last = self.digits[-1:]
        whole = b"".join(run + last * gap for run, gap in zip(runs, fill, strict=True))
        values = np.frombuffer(whole.translate(self._values), np.uint8).reshape(-1, 5).astype(np.uint64)
        numbers = values @ _POWERS
        over = np.concatenate([[0], np.cumsum(numbers > 0xFFFFFFFF)])
        data = numbers.astype(np.uint32).astype(">u4").tobytes()
        made: list[bytes | None] = []
        at = 0
        for run, gap in zip(runs, fill, strict=True):
            end = at + (len(run) + gap) // 5
            made.append(None if over[end] > over[at] else data[at * 4 : end * 4 - gap])
            at = end
        return made


ASCII85 = Alphabet(bytes(range(0x21, 0x76)), b"vwxy{|}~")
BASE85 = Alphabet(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    b"\"',./:[\\] \t\r\n\v\f",
)


@dataclass(frozen=True, slots=True)
class Run:
    """Signs that may stand for bytes, and where they stood."""

    at: int
    signs: str
    alphabet: Alphabet


def decoded(runs: Iterable[Run]) -> Iterator[tuple[int, bytes]]:
    """What `base64.a85decode` or `base64.b85decode` makes of each run that it takes: `(at, bytes)`, in order.

    What is decoded here in one go is exactly what those two do sign by sign: five digits are a number of 32 bits, the
    last ones are filled up, and what was filled up is cut off again. They refuse a larger number, and a sign that is no
    digit; only what else they know (white space, and the `z` of ascii85) is left to them.
    `tests/redaction/test_base85.py` holds both to each other.
    """
    waiting: list[Run] = []
    left = _AT_ONCE
    for run in runs:
        waiting.append(run)
        left -= len(run.signs)
        if left < 0:
            yield from _together(waiting)
            waiting, left = [], _AT_ONCE
    yield from _together(waiting)


def _together(runs: list[Run]) -> Iterator[tuple[int, bytes]]:
    made: dict[int, bytes | None] = {}
    for alphabet in (ASCII85, BASE85):
        plain: dict[int, bytes] = {}
        for number, run in enumerate(runs):
            if run.alphabet is not alphabet:
                continue
            signs = run.signs.encode("utf-8")
            if not signs.translate(None, alphabet.digits):
                plain[number] = signs
            elif len(signs.translate(None, alphabet.never)) == len(signs):
                made[number] = alphabet.decoded(run.signs)
        made.update(zip(plain, alphabet.together(list(plain.values())), strict=True))
    for number, run in enumerate(runs):
        if (data := made.get(number)) is not None:
            yield run.at, data
