"""Names are looked for in what readers will see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from output.paragraph import readable
from redaction.visible import original, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("陳\u200b筱\u2060明", "陳筱明"),
        ("陳\x00筱\x1b明", "陳筱明"),
        ("陳\ufe00筱\U000e0100明", "陳筱明"),
        ("\uf9e1大華", "李大華"),  # a compatibility character becomes the usual one when written
        ("Ｓｈｅｉｌａ", "Sheila"),
        ("㈱", "㈱"),  # what would become several characters stays, so that places stay
        ("陳 筱\n明", "陳 筱\n明"),
    ],
)
def test_what_is_seen(text: str, seen: str) -> None:
    assert visible(text)[0] == seen


@given(st.text())
def test_every_character_knows_where_it_came_from(text: str) -> None:
    seen, places = visible(text)
    assert len(seen) == len(places)
    assert list(places) == sorted(set(places))
    for start in range(len(seen)):
        assert original(places, start, start + 1) == (places[start], places[start] + 1)


@given(st.text(alphabet="陳筱明\u200b\x00\u202e\ufeff\u00ad\uf9e1 ａ", max_size=12))
def test_what_is_written_is_never_less_than_what_is_seen(text: str) -> None:
    assert [c for c in readable(text) if c.isalnum()] == [
        c if c != "a" else "ａ" for c in visible(text)[0] if c.isalnum()
    ]
