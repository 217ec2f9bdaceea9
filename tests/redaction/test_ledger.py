"""The ledger notices every change, survives a torn end, and loses nothing when two people write at once."""

from __future__ import annotations

import errno
import io
import json
import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redaction import ledger
from redaction.decision import (
    Absent,
    Added,
    Approved,
    Artifact,
    Corrected,
    Decided,
    Named,
    Released,
    Revoked,
    Verdict,
)
from redaction.ledger import append, append_on, read, read_on
from redaction.lines import write_whole
from speakers.error import BusyError, LedgerError, RecordError, StorageError
from speakers.record import SpeakerId

ACTS = (
    Named(SpeakerId("S1"), "p1"),
    Decided("m1", Verdict.KEEP, "x"),
    Corrected("a1", "d", "陳筱明說"),
    Added("a1", 0, 2, "", "d"),
    Decided("m2", Verdict.EDIT, replacement="某銀行"),
    Approved("d" * 64),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    append(tmp_path / "ledger.jsonl", "艾美", ACTS[:3])
    append(tmp_path / "ledger.jsonl", "bob", ACTS[3:], how="--accept proposed")
    return tmp_path / "ledger.jsonl"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("written") / "ledger.jsonl"
    append(path, "艾美", ACTS)
    return path


def test_what_was_decided_is_read_again(path: Path) -> None:
    entries = read(path)
    assert tuple(e.act for e in entries) == ACTS
    assert [e.seq for e in entries] == [0, 1, 2, 3, 4, 5]
    assert [(e.who, e.how) for e in entries[2:4]] == [("艾美", "by hand"), ("bob", "--accept proposed")]
    assert entries[0].previous == ledger.ORIGIN
    assert entries[1].previous == entries[0].hash
    assert append(path, "bob", ())[-1] == entries[-1]


def test_a_ledger_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == ()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_other_byte_is_noticed(written: Path, tmp_path: Path, data: st.DataObject) -> None:
    whole = written.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != whole[place]))
    changed = tmp_path / "changed"
    shutil.copy(written.with_suffix(".head"), changed.with_suffix(".head"))
    changed.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
    with pytest.raises(LedgerError):
        read(changed)


@pytest.mark.parametrize("end", [b" ", b"\r", b"\x00", b"x", b"}", b"\xff"])
def test_another_last_byte_is_noticed(written: Path, tmp_path: Path, end: bytes) -> None:
    shutil.copy(written.with_suffix(".head"), tmp_path / "changed.head")
    (tmp_path / "changed").write_bytes(written.read_bytes()[:-1] + end)
    with pytest.raises(LedgerError):
        read(tmp_path / "changed")


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[1:],
        lambda lines: lines[:2] + lines[3:],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [*lines[:3], lines[2], *lines[3:]],
        lambda lines: [*lines, lines[-1]],
        lambda lines: [*lines, "{}"],
        lambda lines: [*lines, ""],
        lambda lines: ["", *lines],
        lambda lines: [json.dumps(json.loads(line)) for line in lines],  # the same values, written otherwise
        lambda lines: [line.replace(", ", ",") for line in lines],
        lambda lines: [line + "\r" for line in lines],
    ],
    ids=[
        "first gone",
        "one gone",
        "swapped",
        "twice",
        "last twice",
        "added",
        "empty",
        "empty first",
        "escaped",
        "spaces",
        "CRLF",
    ],
)
def test_any_other_line_is_noticed(path: Path, change) -> None:  # type: ignore[no-untyped-def]
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    path.write_bytes("".join(f"{line}\n" for line in change(lines)).encode())
    with pytest.raises(LedgerError):
        read(path)
    with pytest.raises(LedgerError):
        append(path, "amy", (Absent("p1"),))


def test_an_entry_of_somebody_else_s_ledger_is_noticed(path: Path, tmp_path: Path) -> None:
    append(tmp_path / "other", "eve", ACTS)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[-1] = (tmp_path / "other").read_bytes().splitlines(keepends=True)[-1]
    path.write_bytes(b"".join(lines))
    with pytest.raises(LedgerError):
        read(path)


def test_a_torn_end_never_counted_and_is_written_over(path: Path) -> None:
    head = path.with_suffix(".head").read_bytes()
    append(path, "amy", (Approved("e" * 64),))
    path.with_suffix(".head").write_bytes(head)  # as it is while the last line is being written
    whole = path.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    for end in range(start, len(whole)):
        path.write_bytes(whole[:end])
        assert len(read(path)) == 6
    entries = append(path, "amy", (Absent("p1"),))
    assert len(entries) == 7
    assert read(path) == entries


@pytest.mark.parametrize("cut", range(1, 7))
def test_a_ledger_that_was_cut_off_at_its_end_is_noticed(path: Path, cut: int) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-cut]))
    for attempt in (lambda: read(path), lambda: append(path, "amy", (Absent("p1"),))):
        with pytest.raises(LedgerError, match=r"was cut off.*Restore it from a backup"):
            attempt()
    path.unlink()
    with pytest.raises(LedgerError, match="was cut off"):
        read(path)


def test_a_ledger_without_its_head_or_with_another_one_is_refused(path: Path, tmp_path: Path) -> None:
    head = path.with_suffix(".head")
    whole = head.read_bytes()
    head.unlink()
    with pytest.raises(LedgerError, match="nobody can say"):
        read(path)
    for broken in (b"", b"x", b"5", b"5 " + b"0" * 64, b"\xff\xff \xff"):
        head.write_bytes(broken)
        with pytest.raises(LedgerError):
            read(path)
    head.write_bytes(whole)
    assert len(read(path)) == 6


def test_a_head_that_is_behind_was_killed_in_between_and_is_mended(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = path.with_suffix(".head")
    before = head.read_bytes()
    append(path, "amy", (Absent("p1"), Absent("p2")))
    now = head.read_bytes()
    head.write_bytes(before)
    assert len(read(path)) == 8
    assert len(append(path, "amy", (Absent("p3"),))) == 9
    assert head.read_bytes() not in {before, now}
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(LedgerError, match="was cut off"):
        read(path)


def test_what_could_not_be_noted_in_the_head_was_not_recorded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(StorageError, match="was not recorded"):
            append(path, "amy", (Absent("p1"),))
    assert path.read_bytes() == before
    assert len(append(path, "amy", (Absent("p1"),))) == 7


def test_a_first_entry_that_lost_its_head_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.jsonl"
    append(path, "amy", ())
    assert read(path) == ()
    append(path, "amy", (Absent("p1"),))
    path.write_bytes(b"")
    with pytest.raises(LedgerError, match="was cut off"):
        read(path)


def test_who_acts_on_what_they_saw_is_told_of_what_came_between(path: Path) -> None:
    append(path, "amy", (Absent("p1"),), after=6)
    with pytest.raises(BusyError, match="at the same time"):
        append(path, "bob", (Absent("p2"),), after=6)
    assert len(read(path)) == 7


def test_a_release_and_its_revocation_are_read_as_they_were_written(path: Path) -> None:
    files = (Artifact("a.txt", "0" * 64), Artifact("manifest.json", "1" * 64))
    acts = (Released("d" * 64, ("艾美", "bob"), files, "4", "mentions 3", "4"), Revoked("她要求的"))
    append(path, "zhuzi", acts)
    assert tuple(e.act for e in read(path)[-2:]) == acts


def test_a_revocation_voids_approvals_and_nothing_else(path: Path) -> None:
    append(path, "amy", (Revoked("x"), Approved("e" * 64)))
    acts = [e.act for e in ledger.in_force(read(path))]
    assert acts == [*ACTS[:-1], Revoked("x"), Approved("e" * 64)]


def test_an_error_names_no_words(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace("筱明".encode(), "小明".encode()))
    with pytest.raises(LedgerError) as refused:
        read(path)
    assert "陳" not in str(refused.value)
    assert "entry 2" in str(refused.value)


@pytest.mark.parametrize("who", ["", " ", "\n"])
def test_nobody_decides_nothing(tmp_path: Path, who: str) -> None:
    with pytest.raises(LedgerError):
        append(tmp_path / "ledger", who, ACTS)
    assert not (tmp_path / "ledger").exists()


def test_half_a_character_is_refused_whole(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(RecordError):
        append(path, "amy", (Absent("p1"), Corrected("a1", "d", "\ud800")))
    assert path.read_bytes() == before


def test_a_full_disk_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError):
        append(path, "amy", (Absent("p1"), Absent("p2")))
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert len(append(path, "amy", (Absent("p1"),))) == 7


def test_a_short_write_goes_on(path: Path) -> None:
    class Slow(io.FileIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            return super().write(bytes(data[:7]))

    with Slow(path.with_name("slow"), "a+b") as file:
        write_whole(file, b"0123456789" * 5, 0)
    assert path.with_name("slow").read_bytes() == b"0123456789" * 5


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        read(tmp_path)
    with pytest.raises(StorageError):
        append(tmp_path, "amy", ACTS)


def _write_some(path: Path, who: str) -> None:
    for number in range(15):
        append(path, who, (Absent(f"{who}{number}a"), Absent(f"{who}{number}b")))


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_some, args=(path, who)) for who in ("amy", "bob")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    entries = read(path)
    said = [e.act.participant_id for e in entries if isinstance(e.act, Absent)]
    assert sorted(said) == sorted(f"{w}{n}{h}" for w in ("amy", "bob") for n in range(15) for h in "ab")
    assert [said[i + 1] for i in range(0, 60, 2)] == [s[:-1] + "b" for s in said[::2]], "acts stay together"


def test_a_ledger_from_before_there_were_heads_is_read_and_gets_its_head_with_the_next_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.jsonl"
    with monkeypatch.context() as before:
        before.setattr(ledger, "ORIGIN", "0" * 64)
        append(path, "amy", ACTS[:2])
    path.with_suffix(".head").unlink()
    assert len(read(path)) == 2
    append(path, "amy", ACTS[2:3])
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(LedgerError, match="cut off"):
        read(path)


def test_who_read_a_ledger_before_checks_only_what_was_added(path: Path) -> None:
    before = read_on(path, None)
    assert before.links == read(path)
    assert read_on(path, before) is before
    append(path, "bob", (Absent("p8"),))
    after = read_on(path, before)
    assert after.links == read(path)
    assert after.links[0] is before.links[0], "what was checked is not read again"
    mine = append_on(path, "amy", (Absent("p9"),), before)
    assert mine == read_on(path, None), "bob's entry was taken in"
    assert read_on(path, mine) is mine


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.replace(b"bob", b"eve", 1),
        lambda data: data[: data.rindex(b"\n", 0, -1) + 1],
        lambda data: data.replace(b"bob", b"eve", 1) + b"{}\n",
        lambda data: data + b"{}\n",
        lambda data: b"",
    ],
)
def test_who_read_a_ledger_before_notices_what_was_changed(
    path: Path, damage: Callable[[bytes], bytes]
) -> None:
    known = read_on(path, None)
    os.utime(path, ns=(0, 0))
    assert read_on(path, known).links == known.links
    known = read_on(path, known)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(LedgerError):
        read_on(path, known)


def test_a_ledger_in_the_place_of_another_is_read_from_its_beginning(path: Path, tmp_path: Path) -> None:
    known = read_on(path, None)
    other = tmp_path / "other" / path.name
    other.parent.mkdir()
    append(other, "eve", tuple(Absent(f"p{n}") for n in range(20)))
    for name in (path.name, path.with_suffix(".head").name):
        (other.parent / name).replace(path.parent / name)
    assert [e.who for e in read_on(path, known).links] == ["eve"] * 20
