"""A chain that is only looked at from its end notices what was cut off there, and is whole when it is read."""

from __future__ import annotations

import errno
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from redaction.chain import Chain
from speakers.error import LedgerError
from speakers.record import digest


@dataclass(frozen=True, slots=True)
class Line:
    seq: int
    said: str
    previous: str
    hash: str


CHAIN = Chain(digest("a test"), lambda values: Line(**values), asdict, "the lines", "Restore it.")


def line(said: str) -> Line:
    return Line(0, said, "", "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    for said in ("一", "two", "三"):
        CHAIN.add(tmp_path / "a.jsonl", line(said))
    return tmp_path / "a.jsonl"


def test_lines_added_one_by_one_are_one_chain(path: Path) -> None:
    assert [one.said for one in CHAIN.read(path)] == ["一", "two", "三"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_passing_lines_follow_too_and_the_next_lasting_one_covers_them(path: Path) -> None:
    head = path.with_suffix(".head")
    before = head.read_bytes()
    CHAIN.add(path, line("seen"), lasting=False)
    assert head.read_bytes() == before
    CHAIN.add(path, line("done"))
    assert [one.said for one in CHAIN.read(path)][3:] == ["seen", "done"]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    with pytest.raises(LedgerError, match="entry 3"):
        CHAIN.read(path)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_adding_notices_what_was_cut_off(path: Path, cut: int) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-cut]))
    with pytest.raises(LedgerError, match="cut off"):
        CHAIN.add(path, line("more"))


def test_adding_notices_another_last_line_and_a_missing_head(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole.replace("三".encode(), "四".encode()))
    with pytest.raises(LedgerError, match="entry 2"):
        CHAIN.add(path, line("more"))
    path.write_bytes(whole)
    path.with_suffix(".head").unlink()
    with pytest.raises(LedgerError, match="nobody can say whether the lines"):
        CHAIN.add(path, line("more"))
    with pytest.raises(LedgerError, match="nobody can say whether the lines"):
        CHAIN.read(path)


def test_who_reads_while_the_first_line_is_written_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head was looked for before anything was there, and the line is there when the file is opened."""
    path = tmp_path / "a.jsonl"
    looked: list[bool] = []
    look = Chain._head

    def looking(self: Chain[Line], at: Path) -> object:
        found = look(self, at)
        looked.append(found is not None)
        if len(looked) == 1:
            CHAIN.note(at, line("一"))
        return found

    monkeypatch.setattr(Chain, "_head", looking)
    assert [one.said for one in CHAIN.read(path)] == ["一"]
    assert not looked[0]
    assert looked[-1]


def test_a_first_line_that_follows_nothing_needs_its_head_as_well(path: Path) -> None:
    forged = CHAIN.read(path)[0]
    other = Chain("", CHAIN.load, CHAIN.values, "the lines", "Restore it.")
    other.add(path.with_name("b.jsonl"), forged)
    path.with_name("b.head").unlink()
    with pytest.raises(LedgerError):
        CHAIN.read(path.with_name("b.jsonl"))


def test_a_torn_end_is_written_over(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b'{"seq": 3, "sai')
    CHAIN.add(path, line("四"))
    assert [one.said for one in CHAIN.read(path)] == ["一", "two", "三", "四"]


def test_it_is_read_from_its_end_in_parts_of_any_size(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        CHAIN.add(path, line("說" * number), lasting=False)
    with path.open("ab") as file:
        file.write(b'{"seq": 23, "sai')
    forth = CHAIN.read(path)
    for size in (7, 64, 1 << 16):
        for module in ("chain", "lines"):
            monkeypatch.setattr(f"redaction.{module}.AT_ONCE_BYTES", size)
        back = list(CHAIN.backwards(path))
        assert [one for _, one in back] == list(reversed(forth))
        for at, (place, _) in enumerate(back):
            assert [one for _, one in CHAIN.backwards(path, place)] == list(reversed(forth))[at + 1 :]
    path.write_bytes(path.read_bytes().replace("說".encode(), "話".encode(), 1))
    with pytest.raises(LedgerError):
        list(CHAIN.backwards(path))


def test_a_full_disk_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            CHAIN.add(path, line("四"))
    assert path.read_bytes() == before
    assert CHAIN.add(path, line("四")).seq == 3
