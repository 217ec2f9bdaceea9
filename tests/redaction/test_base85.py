"""Many runs of base85 at a time are decoded exactly as the standard library decodes each."""

from __future__ import annotations

import base64
import contextlib
import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction import base85, blobs
from redaction.base85 import ASCII85, BASE85, decoded

_ALPHABETS = st.sampled_from([ASCII85, BASE85])
_SIGNS = st.characters(max_codepoint=0x7F) | st.sampled_from("z~uvs8W-!\u3000é")
_ENCODED = st.binary(max_size=60).flatmap(
    lambda data: st.sampled_from([base64.a85encode(data).decode(), base64.b85encode(data).decode()])
)
_RUNS = st.lists(
    st.tuples(
        st.one_of(st.text(_SIGNS, max_size=40), st.text("!stuz~|8W-", max_size=24), _ENCODED), _ALPHABETS
    )
)


def _one_by_one(runs: list[tuple[str, base85.Alphabet]]) -> list[tuple[int, bytes]]:
    found = []
    for at, (signs, alphabet) in enumerate(runs):
        try:
            found.append((at, (base64.a85decode if alphabet is ASCII85 else base64.b85decode)(signs)))
        except ValueError:
            continue
    return found


@given(runs=_RUNS, at_once=st.sampled_from([0, 1, 30, 1 << 20]))
def test_together_they_give_what_each_gives_alone(
    runs: list[tuple[str, base85.Alphabet]], at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base85, "_AT_ONCE", at_once)
        together = list(decoded((at, *run) for at, run in enumerate(runs)))
    assert together == _one_by_one(runs)


@pytest.mark.parametrize("alphabet", [ASCII85, BASE85])
def test_the_largest_number_is_one_and_the_next_is_none(alphabet: base85.Alphabet) -> None:
    largest = {True: "s8W-!", False: "|NsC0"}[alphabet is ASCII85]
    after = {True: 's8W-"', False: "|NsC1"}[alphabet is ASCII85]
    assert list(decoded([(7, largest, alphabet), (8, after, alphabet)])) == [(7, b"\xff" * 4)]


_MARKUP = st.lists(
    st.one_of(
        _ENCODED,
        st.sampled_from(
            ['id="p12"', '"#p12">0:01</a>', "<~", "~>", "data-cues='", "=(", "zz", " ", "\n", "蔡", "~x"]
        ),
        st.text("!-~az09<>=:", max_size=12),
    ),
    max_size=12,
).map("".join)


@given(text=_MARKUP, least=st.integers(1, 9))
def test_a_text_holds_what_it_held_when_every_piece_was_tried(text: str, least: int) -> None:
    found = [(blob.at, blob.data) for blob in blobs._base85(text, least) if len(blob.data) >= least]
    assert found == [(at, data) for at, data in _every_piece(text, least) if len(data) >= least]


def _every_piece(text: str, least: int) -> Iterator[tuple[int, bytes]]:
    """As the scanner's version 7 was written first: each piece by itself, by the standard library."""
    for found in blobs._DENSE.finditer(text):
        whole = found[0]
        letters = blobs._SIGNS.search(whole) and blobs._LETTER.search(whole)
        if len(whole) < least * 5 / 4 or not letters or len(set(whole)) < 6:
            continue
        run = whole.strip("\"'")
        starts = [0, *(m.end() for m in itertools.islice(re.finditer("[=:<(\"'~]", run[:40]), 8))]
        for start in starts:
            for ascii85 in (True, False):
                for end in dict.fromkeys((len(run), blobs._ended(run))):
                    piece = run[start:end]
                    with contextlib.suppress(ValueError):
                        yield (
                            found.start(),
                            base64.a85decode(piece.removesuffix("~>"))
                            if ascii85
                            else base64.b85decode(piece),
                        )
