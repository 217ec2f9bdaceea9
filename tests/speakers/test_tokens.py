"""What one word is, and that nothing that is no word is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakers.record import Span
from speakers.tokens import NOTES, is_han, joins, tokens
from speakers.transcribe import Transcript, with_unheard
from tests.scenes import span


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣的開放資料", "台湾的开放资料"),
        ("Open Data", "ＯＰＥＮ　ｄａｔａ"),
        ("二〇二六，好。", "二〇二六 好"),
        ("It’s 2,000 people!", "it's 2000 people"),
        ("co-operation", "co operation"),
        ("好（聽不清）嗎？", "好嗎"),
        ("yes (inaudible) no", "Yes. No."),
    ],
)
def test_what_is_no_difference(one: str, other: str) -> None:
    assert tokens(one) == tokens(other) != ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("5G網路", ("5g", "网", "路")),
        ("3.5% of 1,234,567", ("3.5", "of", "1234567")),
        ("1,23", ("1", "23")),
        ("naïve café", ("naïve", "café")),
        ("カタㄅ", ("カ", "タ", "ㄅ")),
        ("—…！?_ 。", ()),
        ("𠮷野", ("𠮷", "野")),
    ],
)
def test_tokens(text: str, wanted: tuple[str, ...]) -> None:
    assert tokens(text) == wanted


@pytest.mark.parametrize(("one", "other"), [("十", "10"), ("他", "她"), ("dont", "don't")])
def test_what_stays_a_difference(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


@given(st.text())
def test_tokens_of_tokens_are_the_same(text: str) -> None:
    once = tokens(text)
    assert tokens(" ".join(once)) == once
    assert all(each and not each.isspace() for each in once)


@given(st.lists(st.text(alphabet="ab開放 5,.'", max_size=4), max_size=6))
def test_pieces_that_do_not_join_can_be_counted_apart(parts: list[str]) -> None:
    apart: list[str] = []
    for part in parts:
        if apart and joins(apart[-1], part):
            apart[-1] += part
        elif part:
            apart.append(part)
    assert sum((tokens(p) for p in apart), ()) == tokens("".join(apart))


def test_han_is_told_from_other_signs() -> None:
    assert [is_han(t) for t in ("開", "〇", "カ", "a", "5")] == [True, True, False, False, False]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notes_are_those_that_the_transcriber_writes(language: str) -> None:
    gap: Span = span(0, 2000)
    (note,) = with_unheard(Transcript(language, (), (gap,)))
    assert note.text in NOTES
