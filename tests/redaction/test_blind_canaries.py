"""Leaks that were written without knowing the scanner: each is found, and no clean file shows a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from redaction.scan import facts_of, scan, terms_of
from tests.redaction import canaries_second, canaries_third
from tests.redaction.canaries_blind import CANARIES, CLEAN, PEOPLE, Canary
from tests.redaction.canaries_second import MISSED, SECOND, SECOND_CLEAN
from tests.redaction.canaries_third import THIRD, THIRD_CLEAN

TERMS = terms_of(PEOPLE) + facts_of(PEOPLE)
SECOND_TERMS = terms_of(canaries_second.PEOPLE) + facts_of(canaries_second.PEOPLE)
THIRD_TERMS = terms_of(canaries_third.PEOPLE) + facts_of(canaries_third.PEOPLE)


def planted(folder: Path, canary: Canary) -> Path:
    place = folder / "out"
    place.mkdir()
    canary.write(place)
    return place


@pytest.mark.parametrize("canary", CANARIES, ids=lambda c: c.name)
def test_it_is_found_and_not_shown(tmp_path: Path, canary: Canary) -> None:
    hits = scan(planted(tmp_path, canary), TERMS)
    assert [h for h in hits if h.term], f"{canary.channel}: {canary.why}"
    assert not [t for t in TERMS if t.surface in repr(hits)]


@pytest.mark.parametrize("canary", CLEAN, ids=lambda c: c.name)
def test_what_only_looks_like_it_is_none(tmp_path: Path, canary: Canary) -> None:
    assert [h for h in scan(planted(tmp_path, canary), TERMS) if h.term] == []


@pytest.mark.parametrize("canary", [c for c in SECOND if c.name not in MISSED], ids=lambda c: c.name)
def test_one_of_the_second_set_is_found_and_not_shown(tmp_path: Path, canary: Canary) -> None:
    hits = scan(planted(tmp_path, canary), SECOND_TERMS)
    assert [h for h in hits if h.term], f"{canary.channel}: {canary.why}"
    assert not [t for t in SECOND_TERMS if t.surface in repr(hits)]


@pytest.mark.parametrize("canary", [c for c in SECOND if c.name in MISSED], ids=lambda c: c.name)
def test_what_is_said_not_to_be_found_is_not(tmp_path: Path, canary: Canary) -> None:
    assert not scan(planted(tmp_path, canary), SECOND_TERMS)


@pytest.mark.parametrize("canary", SECOND_CLEAN, ids=lambda c: c.name)
def test_what_only_looks_like_one_of_the_second_set_is_none(tmp_path: Path, canary: Canary) -> None:
    assert [h for h in scan(planted(tmp_path, canary), SECOND_TERMS) if h.term] == []


@pytest.mark.parametrize("canary", THIRD, ids=lambda c: c.name)
def test_one_of_the_third_set_is_found_and_not_shown(tmp_path: Path, canary: Canary) -> None:
    hits = scan(planted(tmp_path, canary), THIRD_TERMS)
    assert [h for h in hits if h.term], f"{canary.channel}: {canary.why}"
    assert not [t for t in THIRD_TERMS if t.surface in repr(hits)]


@pytest.mark.parametrize("canary", THIRD_CLEAN, ids=lambda c: c.name)
def test_what_only_looks_like_one_of_the_third_set_is_none(tmp_path: Path, canary: Canary) -> None:
    assert [h for h in scan(planted(tmp_path, canary), THIRD_TERMS) if h.term] == []


def test_there_are_enough_of_them_over_every_channel() -> None:
    assert min(len(CANARIES), len(SECOND), len(THIRD)) >= 100
    assert len({c.name for c in SECOND}) == len(SECOND)
    assert len({c.name for c in THIRD}) == len(THIRD)
    assert len({c.channel.partition(",")[0] for c in CANARIES}) >= 30
