"""Acts refuse nonsense, and survive being written down."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction.decision import (
    Absent,
    Accepted,
    Act,
    Added,
    Approved,
    Corrected,
    Decided,
    Hidden,
    Joined,
    Judged,
    Merged,
    Named,
    Reassigned,
    Rejected,
    Split,
    Undone,
    Verdict,
    from_json,
    to_json,
)
from speakers.error import LedgerError, RecordError

some = st.text(max_size=8)
hidden = st.lists(st.builds(Hidden, some, st.integers(), st.integers(), some, some, some)).map(tuple)
acts = st.one_of(
    st.builds(Decided, some, st.just(Verdict.MASK), some, some),
    st.builds(Decided, some, st.just(Verdict.KEEP), some.map(lambda t: f"r{t}"), some),
    st.builds(Decided, some, st.just(Verdict.EDIT), some, some.map(lambda t: f"r{t}")),
    st.builds(Added, some, st.integers(), st.integers(), some, some),
    st.builds(Named, some, some),
    st.builds(Merged, some, some),
    st.builds(Corrected, some, some, some),
    st.builds(Accepted, some, some, st.integers(), st.integers(), some, some.map(lambda t: f"r{t}"), some),
    st.builds(Rejected, some, some, st.integers(), st.integers(), some, some, some),
    st.builds(Absent, some),
    st.builds(Split, some, some, st.integers(), some, hidden),
    st.builds(Joined, some, some, some, some, hidden),
    st.builds(Reassigned, some, some, some, hidden),
    st.builds(Undone, st.integers()),
    st.builds(Judged, some, st.sampled_from(Verdict)),
    st.builds(Approved, some),
)


@given(acts)
def test_an_act_is_read_as_it_was_written(act: Act) -> None:
    read = from_json(json.loads(json.dumps(to_json(act))))
    assert read == act
    assert asdict(read) == asdict(act), "what is filled in later too"


@pytest.mark.parametrize("reason", ["", " ", "\u3000\n"])
def test_keeping_needs_a_reason(reason: str) -> None:
    with pytest.raises(RecordError):
        Decided("m1", Verdict.KEEP, reason)


@pytest.mark.parametrize("text", ["", " ", "\u3000"])
def test_an_edit_needs_a_text(text: str) -> None:
    with pytest.raises(RecordError):
        Decided("m1", Verdict.EDIT, replacement=text)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"act": "erased"},
        {"act": None},
        {"act": "absent"},
        {"act": "absent", "participant_id": "p1", "more": 1},
        {"participant_id": "p1"},
        {"act": "Absent", "participant_id": "p1"},
    ],
)
def test_an_act_that_nobody_knows_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(LedgerError):
        from_json(values)
