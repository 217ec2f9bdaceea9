"""The signs of numbers are whole: whatever reads as a digit's sign is one."""

from __future__ import annotations

from redaction.folding import fold
from redaction.numerals import SIGNS, plain


def test_what_folding_makes_of_a_digits_sign_is_a_sign_of_that_digit() -> None:
    for value, signs in enumerate(SIGNS):
        assert set(fold(signs)) <= set(signs)
        assert plain(signs) == str(value) * len(signs)
