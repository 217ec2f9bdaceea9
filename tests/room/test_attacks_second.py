"""A second round of attacks on the room: whatever is damaged, sent at once, or written into a name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.folder import MeetingFolder
from tests.pipeline.test_window import HOST, at, link_of, opened
from tests.room.conftest import Browser

__all__ = ["at", "opened"]
Opens = Callable[[], Browser]

_OF_TODAY = frozenset({"accounts.sqlite", "accounts.sqlite-wal", "accounts.sqlite-shm", "calls.txt"})
"""Files that are open in the room, and one of the tests."""

DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "noise": lambda path: path.write_bytes(b"\xff\xfe\x00\x80" * 64),
    "object": lambda path: path.write_bytes(b"{}\n"),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "gone": lambda path: path.unlink(),
    "folder": lambda path: (path.unlink(), path.mkdir()),
}
"""What a disk, a half restored backup or a curious hand leaves of a file."""


def _swap(path: Path, damage: str, keep: Path) -> Callable[[], None]:
    """Damage a file; what is given back mends it."""
    shutil.copy2(path, keep)
    path.chmod(0o600)
    DAMAGES[damage](path)

    def mend() -> None:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.copy2(keep, path)

    return mend


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_of_one_meeting_the_first_page_opens_and_says_so(
    reviewer: Browser, staff: Browser, opened: MeetingFolder, tmp_path: Path, damage: str
) -> None:
    token = link_of(opened, HOST)
    assert reviewer.get(f"/mine/{token}").status_code == 200
    wrong = []
    for path in sorted(p for p in opened.root.rglob("*") if p.is_file()):
        mend = _swap(path, damage, tmp_path / "kept")
        for who in (reviewer, staff):
            for page in ("", "/sign-off", "/marks", "/about", "/window", "/outline", "/history"):
                answer = who.get(f"/meetings/{opened.id}{page}")
                if "Something unforeseen" in answer.text:
                    wrong.append((path.name, page, answer.status_code))
            if who.get("/").status_code != 200:
                wrong.append((path.name, "the first page", 500))
        if "Something unforeseen" in reviewer.get(f"/mine/{token}").text:
            wrong.append((path.name, "a personal link", 500))
        mend()
    assert not wrong
    assert "damaged" not in reviewer.get("/").text


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_beside_the_meetings_is_said_and_nothing_unforeseen(
    reviewer: Browser, staff: Browser, opened: MeetingFolder, data: Path, tmp_path: Path, damage: str
) -> None:
    staff.post("/uploads", headers={"tus-resumable": "1.0.0", "upload-length": "9"})
    beside = [p for p in data.parent.rglob("*") if p.is_file() and data / "meetings" not in p.parents]
    wrong, shut = set(), set()
    for path in sorted(p for p in beside if "dropped" not in p.parts and p.name not in _OF_TODAY):
        mend = _swap(path, damage, tmp_path / "kept")
        for who in (reviewer, staff):
            for page in ("/", f"/meetings/{opened.id}", f"/meetings/{opened.id}/sign-off", "/drop"):
                answer = who.get(page)
                if "Something unforeseen" in answer.text:
                    wrong.add((path.name, page))
            if who.get("/").status_code != 200:
                shut.add(path.name)
        mend()
    assert not wrong
    assert shut <= {"audit.jsonl", "audit.head"}, "nobody sees anything that nobody could know of later"
