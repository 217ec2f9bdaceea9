"""Which stages of a plan may begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.folder import Stage
from pipeline.stages import before, ready


def stage(name: str, after: tuple[str, ...] | None = None) -> Stage:
    def never(into: Path) -> None:
        raise AssertionError(into)

    return Stage(name, f"{name}.json", lambda: name, never, after=after)


PLAN = (
    stage("decode", ()),
    stage("cut", ("decode",)),
    stage("read-1", ("cut",)),
    stage("read-2", ("cut",)),
    stage("words", ("read-1", "read-2")),
    stage("turns", ("decode",)),
    stage("record"),
)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ("", "decode"),
        ("decode", "cut turns"),
        ("decode cut", "read-1 read-2 turns"),
        ("decode cut read-2", "read-1 turns"),
        ("decode cut read-1 read-2 turns", "words"),
        ("decode cut read-1 read-2 words", "turns"),
        ("decode cut read-1 read-2 words turns", "record"),
        ("decode cut read-1 read-2 words turns record", ""),
    ],
)
def test_a_stage_may_begin_as_soon_as_all_that_it_waits_for_is_done(done: str, expected: str) -> None:
    assert [s.name for s in ready(PLAN, frozenset(done.split()))] == expected.split()


def test_what_was_made_of_a_result_that_has_to_be_made_again_lets_nothing_begin() -> None:
    left = frozenset({"cut", "read-1", "turns"})  # decode has to be done again
    assert [s.name for s in ready(PLAN, left)] == ["decode"]


def test_a_stage_that_waits_for_one_that_is_not_planned_yet_does_not_begin() -> None:
    plan = (stage("decode", ()), stage("words", ("read-1",)), stage("record", ("words",)))
    assert ready(plan, frozenset({"decode", "words"})) == ()


def test_without_a_word_about_it_a_stage_waits_for_all_those_before_it() -> None:
    assert before(PLAN, PLAN[-1]) == ("decode", "cut", "read-1", "read-2", "words", "turns")
    plan = (stage("a"), stage("b"), stage("c"))
    assert [s.name for s in ready(plan, frozenset({"a"}))] == ["b"]
    assert [s.name for s in ready(plan, frozenset({"b"}))] == ["a"]
