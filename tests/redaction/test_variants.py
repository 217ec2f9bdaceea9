"""What reads alike is one: the families of variants are those of OpenCC, and what shows nothing is gone."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from redaction import variants
from redaction.folding import fold, without_invisible


def test_the_families_that_are_shipped_are_those_of_opencc() -> None:
    """If OpenCC was exchanged for a newer one: `python -m redaction.variants` writes them anew."""
    shipped = Path(variants.__file__).with_name("variants.txt").read_text("utf-8")
    assert shipped.splitlines() == list(variants.families())


def test_a_family_has_one_head_and_nobody_is_in_two() -> None:
    heads = variants.heads()
    assert not set(map(chr, heads)) & set(heads.values())
    assert sum(len(family) - 1 for family in variants.families()) == len(heads) > 4_000


@pytest.mark.parametrize("family", ["发發発", "历歷曆歴", "体體", "台臺"])
def test_variants_are_one(family: str) -> None:
    assert len({fold(character) for character in family}) == 1


def test_digits_of_every_script_are_those_that_everybody_reads() -> None:
    digits = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) == "Nd"]
    assert len(digits) > 600
    assert {fold(digit) for digit in digits} == set("0123456789")


@pytest.mark.parametrize(
    "nothing", ["\u200b", "\u00ad", "\u202e", "\u0301", "\ufe0f", "\U0001e2ec", "\U000e0041"]
)
def test_what_shows_nothing_parts_no_name(nothing: str) -> None:
    assert without_invisible(f"林{nothing}小明") == "林小明"
    assert fold(f"林{nothing}小明") == fold("林小明")
