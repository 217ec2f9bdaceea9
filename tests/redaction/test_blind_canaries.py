"""Leaks that were written without knowing the scanner: each is found, and no clean file shows a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from redaction.scan import facts_of, scan, terms_of
from tests.redaction.canaries_blind import CANARIES, CLEAN, PEOPLE, Canary

TERMS = terms_of(PEOPLE) + facts_of(PEOPLE)


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


def test_there_are_enough_of_them_over_every_channel() -> None:
    assert len(CANARIES) >= 100
    assert len({c.channel.partition(",")[0] for c in CANARIES}) >= 30
