"""The arithmetic of `bench/room.py` on known numbers, and its server, accounts and Chromium on a short meeting."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bench import long_meeting, room_browser, room_goals, room_server, rows
from bench.room import Bench, pages
from bench.room_browser import Frames, Opened, longest_task
from bench.room_goals import Answer, Measured

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "pipeline" / "room" / "static"


def answers(what: str, ms: Sequence[float], status: int = 200) -> list[Answer]:
    return [Answer(what, one, status, 1000.0 + n, failed=status >= 500) for n, one in enumerate(ms)]


QUIET = Frames((16.0, 17.0, 16.0), 5.0, 400)
MEASURED = Measured(
    meeting="3 statements",
    reviewers=20,
    opened={"record": [Opened(800.0, 30.0), Opened(900.0, 40.0), Opened(1100.0, 50.0)]},
    frames={"scrolling": QUIET},
    empty=QUIET,
    alone=answers("correct", [10.0] * 100),
    together=answers("correct", [20.0] * 95 + [200.0] * 5),
    seen=[100.0],
    memory={"at the end": 200.0},
    grew=3.0,
    busy=0.5,
    crowd=(0.2, 2),
    tool="locust",
)


def by_name(found: Measured) -> dict[str, rows.Row]:
    return {row.figure: row for row in room_goals.rows(found)}


def test_a_page_is_held_against_its_median_and_against_the_slowest() -> None:
    found = by_name(MEASURED)
    assert (found["usable after ms: record"].value, found["usable after ms: record"].holds) == (900.0, True)
    slowest = found["the slowest of these: record"]
    assert (slowest.value, slowest.goal, slowest.holds) == (1100.0, "≤ 1000", False)
    assert found["a key shows after ms: record"].value == 40.0


def test_one_long_frame_misses_the_goal() -> None:
    found = by_name(replace(MEASURED, frames={"scrolling": replace(QUIET, took=(16.0,) * 999 + (51.0,))}))
    row = found["longest frame ms: scrolling"]
    assert (row.value, row.holds) == (51.0, False)
    assert "1 over 50" in row.how


def test_corrections_are_held_against_what_one_in_twenty_exceeds() -> None:
    found = by_name(MEASURED)
    row = found["correction saved, p95 ms: 20 reviewers at once"]
    assert (row.value, row.goal, row.holds) == (20.0, "≤ 150", True)
    slower = replace(MEASURED, together=answers("correct", [20.0] * 94 + [200.0] * 6))
    assert not by_name(slower)["correction saved, p95 ms: 20 reviewers at once"].holds


def test_a_conflict_is_counted_and_is_no_failure_and_no_time_of_a_correction() -> None:
    asked = answers("correct", [20.0]) + answers("correct", [999.0], 409) + answers("search", [5.0], 500)
    found = by_name(replace(MEASURED, together=asked))
    assert found["correction saved, p95 ms: 20 reviewers at once"].value == 20.0
    assert (found["conflicts that were shown"].value, found["conflicts that were shown"].how) == (
        1.0,
        "1 correct",
    )
    assert (found["requests that failed"].value, found["requests that failed"].holds) == (1.0, False)


def test_without_a_load_tool_the_goals_stay_open() -> None:
    found = by_name(replace(MEASURED, together=(), seen=(), grew=None, busy=None, tool="no --locust"))
    for figure in ("correction saved, p95 ms: 20 reviewers at once", "requests that failed"):
        assert (found[figure].value, found[figure].holds) == (None, False)
        assert "no --locust" in found[figure].how


def test_memory_is_held_at_every_moment() -> None:
    found = by_name(replace(MEASURED, memory={"started": 100.0, "most since it started": 301.0}))
    assert [found[f"server memory MB: {m}"].holds for m in ("started", "most since it started")] == [
        True,
        False,
    ]


def test_the_longest_task_is_of_the_pages_main_thread_alone() -> None:
    def task(tid: int, microseconds: int) -> dict[str, object]:
        return {
            "ph": "X",
            "name": "ThreadControllerImpl::RunTask",
            "pid": 7,
            "tid": tid,
            "tdur": microseconds,
        }

    named = {"ph": "M", "name": "thread_name", "pid": 7, "tid": 1, "args": {"name": "CrRendererMain"}}
    assert longest_task({"traceEvents": [task(2, 90_000), task(1, 4_000), named, task(1, 12_500)]}) == 12.5


def test_the_load_asks_as_often_as_the_pages_do() -> None:
    """The load is a copy of what the scripts do, since locust runs no scripts."""
    tree = ast.parse((ROOT / "bench" / "room_load.py").read_text(encoding="utf-8"))
    found = next(
        n.value for n in tree.body if isinstance(n, ast.Assign) and "_READS_EVERY_S" in ast.unparse(n)
    )
    reads_s, decides_s = ast.literal_eval(found)
    store, marks = ((STATIC / name).read_text(encoding="utf-8") for name in ("read-store.js", "marks.js"))
    assert f"POLL_MS = {reads_s * 1000};" in store
    assert re.search(rf"setInterval\(follow, {decides_s * 1000}\)", marks)


def test_help_is_given() -> None:
    command = [sys.executable, str(ROOT / "bench" / "room.py"), "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0
    assert "--locust" in told.stdout


@pytest.fixture
def short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.delenv("ZHUZI_REGISTER", raising=False)
    monkeypatch.delenv("ZHUZI_REGISTER_KEY", raising=False)
    folder = long_meeting.make(tmp_path / "data", statements=60)
    return Bench(tmp_path / "data", folder.id, tmp_path)


def test_somebody_comes_in_and_corrects(short: Bench) -> None:
    with short.server() as server:
        made = short.alone(server, server.enter("林審閱"), 2, pause_s=0)
        memory = server.memory()
    assert [(one.what, one.status, one.failed) for one in made] == [("correct", 200, False)] * 2
    assert 0 < memory.now <= memory.peak


def test_a_server_that_does_not_begin_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(room_server.DiedError, match="Error"):
        room_server.Server(tmp_path / "data", tmp_path / "log")


@pytest.mark.skipif(not room_browser.chromium(), reason="no Chromium on this machine")
def test_pages_are_usable_and_frames_are_seen_in_chromium(short: Bench) -> None:
    kinds = pages(short.meeting)
    with short.server() as server, room_browser.window(server.url, server.enter("林審閱")) as window:
        opened = {name: window.open(kind) for name, kind in kinds.items()}
        assert all(one.usable > 0 for one in opened.values())
        assert [one.reacts is None for one in opened.values()] == [True, False, False]
        with window.page(kinds["record"]) as page:
            frames = window.watched(page, lambda: room_browser.scroll(page))
            assert page.evaluate("scrollY > 0")
            assert (len(room_browser.correct(page, 1, 0)), frames.nodes > 0, frames.task > 0) == (
                1,
                True,
                True,
            )
