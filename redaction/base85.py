"""Runs of base85 and ascii85, many at a time: the standard library decodes them sign by sign in Python."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

_AT_ONCE = 1 << 20
"""Signs that are decoded together, so that memory does not grow with the text."""

_POWERS = np.array([85**4, 85**3, 85**2, 85, 1], np.uint64)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """How digits are written.

    Attributes:
        digits: the 85 of them, in order; the last one fills up what is no multiple of five.
        values: the value of every byte that is a digit.
        possible: every sign that a run may hold: digits, and what only the standard library knows.
        one: how the standard library decodes one run.
    """

    digits: bytes
    values: bytes
    possible: str
    one: Callable[[str], bytes]

    def begins(self, run: str) -> int:
        """Where what can be decoded begins, up to the run's end: after the last sign that cannot be.

        >>> ASCII85.begins("href=xy12"), BASE85.begins('id="p12"')
        (7, 8)
        """
        return len(run.rstrip(self.possible))

    def decoded(self, run: str) -> bytes | None:
        """One run, as the standard library decodes it; None where that refuses."""
        try:
            return self.one(run)
        except ValueError:
            return None

    def together(self, runs: list[bytes]) -> list[bytes | None]:
        """Runs that hold nothing but digits, each as `decoded` gives it."""
        last = self.digits[-1:]
        gaps = [-len(run) % 5 for run in runs]
        whole = b"".join([run + last * gap if gap else run for run, gap in zip(runs, gaps, strict=True)])
        values = np.frombuffer(whole.translate(self.values), np.uint8).reshape(-1, 5).astype(np.uint64)
        numbers = values @ _POWERS
        over = np.concatenate([[0], np.cumsum(numbers > 0xFFFFFFFF)]).tolist()
        data = numbers.astype(np.uint32).astype(">u4").tobytes()
        made: list[bytes | None] = []
        at = 0
        for run, gap in zip(runs, gaps, strict=True):
            end = at + (len(run) + gap) // 5
            made.append(None if over[end] > over[at] else data[at * 4 : end * 4 - gap])
            at = end
        return made


def _alphabet(digits: bytes, more: bytes, one: Callable[[str], bytes]) -> Alphabet:
    values = bytearray(256)
    for value, sign in enumerate(digits):
        values[sign] = value
    return Alphabet(digits, bytes(values), (digits + more).decode("ascii"), one)


ASCII85 = _alphabet(bytes(range(0x21, 0x76)), b"z \t\n\r\v", base64.a85decode)
BASE85 = _alphabet(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    b"",
    base64.b85decode,
)


def decoded(runs: Iterable[tuple[int, str, Alphabet]]) -> Iterator[tuple[int, bytes]]:
    """What the standard library makes of each run that it takes: `(at, bytes)`, in order.

    What is decoded here in one go is exactly what `base64.a85decode` and `b85decode` do sign by sign: five digits are
    a number of 32 bits, the last ones are filled up, and what was filled up is cut off again. They refuse a larger
    number, and a sign that is no digit; only what else they know (white space, and the `z` of ascii85) is left to them.
    `tests/redaction/test_base85.py` holds both to each other.

    Args:
        runs: `(at, signs, alphabet)`, where each stood, and what of it.
    """
    waiting: list[tuple[int, str, Alphabet]] = []
    left = _AT_ONCE
    for run in runs:
        waiting.append(run)
        left -= len(run[1])
        if left < 0:
            yield from _together(waiting)
            waiting, left = [], _AT_ONCE
    yield from _together(waiting)


def _together(runs: list[tuple[int, str, Alphabet]]) -> Iterator[tuple[int, bytes]]:
    made: list[bytes | None] = [None] * len(runs)
    for alphabet in (ASCII85, BASE85):
        places: list[int] = []
        plain: list[bytes] = []
        for place, (_, run, its) in enumerate(runs):
            if its is alphabet:
                signs = run.encode("utf-8")
                if signs.translate(None, alphabet.digits):
                    made[place] = alphabet.decoded(run)
                else:
                    places.append(place)
                    plain.append(signs)
        for place, data in zip(places, alphabet.together(plain), strict=True):
            made[place] = data
    yield from ((run[0], data) for run, data in zip(runs, made, strict=True) if data is not None)
