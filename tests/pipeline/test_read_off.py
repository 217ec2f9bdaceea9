"""What somebody ticked off as read holds for them and for that text, and no name is kept."""

from __future__ import annotations

from pathlib import Path

from pipeline.read_off import ReadOff


def test_a_tick_is_of_one_reader_one_meeting_and_one_text(tmp_path: Path) -> None:
    ticks = ReadOff(tmp_path / "room" / "read.sqlite")
    ticks.tick("m1", 1, "a7", "d1", read=True)
    assert ticks.ticked("m1", 1) == {("a7", "d1")}
    assert not ticks.ticked("m1", 2)
    assert not ticks.ticked("m2", 1)
    ticks.tick("m1", 1, "a7", "d2", read=True)
    assert ticks.ticked("m1", 1) == {("a7", "d2")}
    ticks.tick("m1", 1, "a7", "d2", read=False)
    assert not ticks.ticked("m1", 1)
