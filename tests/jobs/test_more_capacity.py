"""The plan for a backlog is arithmetic that somebody can redo."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from bench.capacity import Inputs, plan, table, with_values


def test_the_time_of_one_gpu_is_what_its_stages_take_together() -> None:
    given = Inputs(
        hours=100, length=2, transcribing=50, heard_twice=1, diarizing=100, overhead=0.36, stages=4
    )
    hours = 100 / 50 + 100 / 100 + 50 * 4 * 0.36 / 3600
    one = plan(given, 1)
    assert math.isclose(one.days * 24, hours)
    assert math.isclose(one.cost, hours / given.used * given.price)
    assert one.slowest == "GPUs (transcription)"


def test_more_gpus_cost_the_same_until_something_else_is_slowest() -> None:
    given = Inputs()
    two, eight, many = plan(given, 2), plan(given, 8), plan(given, 1000)
    assert math.isclose(two.cost, eight.cost)
    assert math.isclose(two.days, 4 * eight.days)
    assert many.slowest == "store"
    assert many.cost > eight.cost


@pytest.mark.parametrize(
    ("changes", "slowest"),
    [
        ({"transcribing": 1_000}, "GPUs (diarization)"),
        ({"store": 1}, "store"),
        ({"server": 0.1}, "PostgreSQL"),
        ({"other": 10}, "processor cores"),
    ],
)
def test_the_bottleneck_is_where_the_figures_put_it(changes: dict[str, float], slowest: str) -> None:
    assert plan(replace(Inputs(), **changes), 8).slowest == slowest


def test_people_are_slower_than_one_gpu() -> None:
    one = plan(Inputs(), 1)
    assert one.review_days > one.days
    assert one.keeping > Inputs().reviewers


def test_any_input_can_be_another_one_and_nothing_else() -> None:
    assert with_values(Inputs(), ["price=2", "store=44"]) == replace(Inputs(), price=2, store=44)
    for wrong in ("prise=2", "price=0", "price=much"):
        with pytest.raises(ValueError, match=r"."):
            with_values(Inputs(), [wrong])
    assert table(Inputs(), [1, 2]).count("\n") == 3
