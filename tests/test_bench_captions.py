from __future__ import annotations

import pytest

from bench import captions as bench
from output.captions import Caption
from speakers.meeting import Meeting
from speakers.record import Millis, Span
from tests.redaction.test_release import approved
from tests.scenes import spoken


def caption(start: int, end: int, text: str) -> Caption:
    return Caption(Span(Millis(start), Millis(end)), "甲", text)


@pytest.mark.parametrize(
    ("shown", "broken"),
    [
        (caption(0, 2_000, "好的，謝謝。"), set()),
        (caption(0, 6_000, "一二三四五六七八九十一二三四五六七"), {"lines"}),
        (caption(0, 6_000, "一\n二\n三"), {"lines"}),
        (caption(0, 900, "一二三四五六七八九十"), {"reading speed"}),
        (caption(0, 500, "好。"), {"time"}),
        (caption(0, 7_500, "好。"), {"time"}),
        (caption(0, 3_960, "好。"), {"distance"}),
    ],
)
def test_each_rule_is_counted_for_itself(shown: Caption, broken: set[str]) -> None:
    kept = bench.kept([shown, caption(4_000, 5_000, "嗯。")] if shown.span.end < 4_000 else [shown], cut=0)
    missed = {rule for rule, share in kept.items() if share < 1}
    assert missed - {"all of these"} == broken
    assert ("all of these" in missed) == bool(broken)


def test_what_is_measured_is_what_is_written() -> None:
    draft = approved(Meeting(), spoken(("S1", "大家好今天我們談的是開放政府以及我們自己在上面的意見" * 6)))
    rows = {row.figure: row for row in bench.figures([draft])}
    assert (rows["captions that keep: distance, before"].value or 0) < 1
    assert rows["captions that keep: distance"].value == 1
    assert rows["captions that keep: all of these"].holds
    assert len(rows) == 2 * len(bench.RULES)
