"""Many runs of base85 at a time are decoded exactly as the standard library decodes each."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction import base85
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
