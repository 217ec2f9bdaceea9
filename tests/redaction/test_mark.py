"""A mark's id is about exactly one place, person and text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from redaction.mark import Evidence, Kind, Mark, Tier
from speakers.error import RecordError

MARK = Mark("a1", 2, 5, "p1", Kind.NAME, Tier.A, Evidence("mentions", "1", "exact"), 0.9, "g", "d" * 64)


@pytest.mark.parametrize(
    "changed",
    [
        {"statement_id": "a2"},
        {"char_start": 1},
        {"char_end": 6},
        {"subject": "p2"},
        {"kind": Kind.ALIAS},
        {"text_digest": "e" * 64},
    ],
)
def test_another_mark_has_another_id(changed: dict[str, object]) -> None:
    assert replace(MARK, **changed).id != MARK.id  # type: ignore[arg-type]


def test_how_it_was_found_changes_nothing_about_what_is_decided() -> None:
    assert replace(MARK, tier=Tier.B, confidence=0.1, evidence=Evidence("x", "2", "near-sound")).id == MARK.id


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2), (-1, 2)])
def test_a_mark_covers_something(start: int, end: int) -> None:
    with pytest.raises(RecordError):
        replace(MARK, char_start=start, char_end=end)
