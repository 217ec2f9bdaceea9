"""What is public is what was released, whatever happens in between; if not, the next command says so and mends it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from output import manifest
from pipeline import public, review
from pipeline import publish as publishing
from pipeline.folder import MeetingFolder
from pipeline.public import NEXT, Public, state_of
from redaction import ledger
from redaction.decision import Named, Released
from speakers.error import BusyError, LeakError, NotReleasableError, StorageError
from tests.conftest import one_object
from tests.engines.scripted import ScriptedTranscriber, publish

Zhuzi = Callable[..., Result]


class Killed(BaseException):
    """The process died here."""


def state(folder: MeetingFolder) -> Public:
    return state_of(folder, ledger.read(folder.ledger))


def die_at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Die in place of the rename of that number, of those that change what is public."""
    done: list[Path] = []
    rename = Path.rename

    def dying(self: Path, target: Path) -> Path:
        if "public" in {self.name, Path(target).name}:
            done.append(self)
        if done and done[-1] == self and len(done) == number:
            raise Killed
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", dying)


def test_what_went_out_is_in_the_ledger(approved: MeetingFolder) -> None:
    released = publish(approved)
    act = ledger.read(approved.ledger)[-1].act
    assert isinstance(act, Released)
    assert (act.digest, act.approvers) == (released.approval, ("Reviewer",))
    assert act.files == public.artifacts(approved.public)
    assert "manifest.json" in {file.name for file in act.files}
    assert act.rules
    assert act.scanner
    assert state(approved) is Public.WHOLE


@pytest.mark.parametrize(
    ("before", "rename", "then"),
    [(False, 1, Public.GONE), (True, 1, Public.EARLIER), (True, 2, Public.GONE)],
    ids=["the first release", "before the old one is moved", "between both renames"],
)
def test_a_kill_between_the_renames_is_told_and_mended(
    approved: MeetingFolder,
    zhuzi: Zhuzi,
    monkeypatch: pytest.MonkeyPatch,
    before: bool,
    rename: int,
    then: Public,
) -> None:
    if before:
        publish(approved)
        (approved.root / "meeting.toml").write_text(
            approved.meeting_toml.read_text("utf-8").replace("寵物", "動物"), encoding="utf-8"
        )
        review.approve(approved, "Reviewer")
    with monkeypatch.context() as patch:
        die_at(patch, rename)
        with pytest.raises(Killed):
            publish(approved)
    assert state(approved) is then
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["state"] == "release interrupted"
    assert row["next"] == [NEXT[then]]
    assert approved.id in zhuzi("status", approved.id).stdout
    publish(approved)
    assert state(approved) is Public.WHOLE
    assert review.standing(approved) == "released"
    assert not manifest.verify(approved.public)


def _changed(folder: MeetingFolder) -> None:
    path = next(folder.public.glob("*.txt"))
    path.chmod(0o600)
    path.write_text("蔡佩珊", encoding="utf-8")


def _swapped(folder: MeetingFolder) -> None:
    """A file with other bytes, and a manifest that fits them."""
    _changed(folder)
    path = folder.public / manifest.NAME
    described = manifest.parse(path.read_bytes())
    made = tuple(p for p in folder.public.iterdir() if p.name != manifest.NAME)
    files = tuple(manifest._file(p) for p in made)
    path.chmod(0o600)
    path.write_bytes(manifest.serialize(manifest.Manifest(files, *_rest(described))))
    assert not manifest.verify(folder.public)


def _rest(described: manifest.Manifest) -> tuple[Any, ...]:
    return (
        described.approval,
        described.approved_at,
        described.approvers,
        described.hidden,
        described.no_sound,
        described.made_with,
        described.licence,
    )


def _added(folder: MeetingFolder) -> None:
    folder.public.chmod(0o755)
    (folder.public / "more.txt").write_bytes(b"x")


def _linked(folder: MeetingFolder) -> None:
    elsewhere = folder.root / "elsewhere"
    folder.public.chmod(0o755)
    folder.public.rename(elsewhere)
    folder.public.symlink_to(elsewhere)


def _a_file(folder: MeetingFolder) -> None:
    publishing._remove(folder.public)
    folder.public.write_bytes(b"x")


@pytest.mark.parametrize("meddle", [_changed, _swapped, _added, _linked, _a_file])
def test_files_that_were_not_released_so_are_told_and_put_right(
    approved: MeetingFolder, meddle: Callable[[MeetingFolder], None]
) -> None:
    publish(approved)
    files = public.artifacts(approved.public)
    meddle(approved)
    assert state(approved) is Public.ALTERED
    assert review.standing(approved) == "public files altered"
    publish(approved)
    assert not approved.public.is_symlink()
    assert public.artifacts(approved.public) == files
    assert state(approved) is Public.WHOLE


def test_what_a_link_points_to_is_left_alone(approved: MeetingFolder, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    (private / "note.txt").write_bytes(b"x")
    for name in (".public.part", "public"):
        (approved.root / name).symlink_to(private)
    publish(approved)
    assert [p.name for p in private.iterdir()] == ["note.txt"]
    assert private.stat().st_mode & 0o777 == 0o700
    assert state(approved) is Public.WHOLE


@pytest.mark.parametrize("make", [lambda p, q: p.write_bytes(b""), lambda p, q: p.symlink_to(q)])
def test_where_the_old_one_cannot_be_put_it_stays(
    approved: MeetingFolder, tmp_path: Path, make: Callable[[Path, Path], object]
) -> None:
    publish(approved)
    make(approved.root / "withdrawn", tmp_path)
    before = public.artifacts(approved.public)
    with pytest.raises(StorageError, match="withdrawn is no folder"):
        publish(approved)
    assert public.artifacts(approved.public) == before


def test_a_clock_that_goes_back_overwrites_no_earlier_release(
    approved: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(public.datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr(public.datetime, "datetime", Stopped)
    for _ in range(3):
        publish(approved)
    assert len(list((approved.root / "withdrawn").iterdir())) == 2
    assert state(approved) is Public.WHOLE


def test_two_releases_at_once_are_one(approved: MeetingFolder) -> None:
    class WhileItListens(ScriptedTranscriber):
        def __call__(self, *given: Any) -> Any:
            with pytest.raises(BusyError):
                publish(approved)
            return ScriptedTranscriber()(*given)

    publishing.publish(approved, listener=WhileItListens)
    assert sum(isinstance(e.act, Released) for e in ledger.read(approved.ledger)) == 1


def test_files_that_change_after_the_scan_do_not_go_out(
    approved: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = publishing._clean

    def then_change(staging: Path, *more: Any) -> None:
        clean(staging, *more)
        next(staging.glob("*.txt")).write_text("蔡佩珊", encoding="utf-8")

    monkeypatch.setattr(publishing, "_clean", then_change)
    with pytest.raises(StorageError, match="changed while they were scanned"):
        publish(approved)
    assert not approved.public.exists()


def test_what_cannot_be_looked_into_does_not_go_out(
    approved: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redaction.hit import Hit

    monkeypatch.setattr(publishing, "scan", lambda *_, **__: (Hit("a.txt", "cannot be looked into", ""),))
    with pytest.raises(LeakError, match="could not be looked into"):
        publish(approved)
    assert not approved.public.exists()


def test_an_approval_that_is_voided_while_it_listens_does_not_count(approved: MeetingFolder) -> None:
    class WhileItListens(ScriptedTranscriber):
        def __call__(self, *given: Any) -> Any:
            review.decide(approved, "R", (Named(review.voice("S3"), "p3"),))
            return ScriptedTranscriber()(*given)

    with pytest.raises(NotReleasableError, match="changed while it was being released"):
        publishing.publish(approved, listener=WhileItListens)
    assert not approved.public.exists()


def test_a_cut_ledger_releases_nothing(approved: MeetingFolder, zhuzi: Zhuzi) -> None:
    review.decide(approved, "R", (Named(review.voice("S3"), "p3"),))
    lines = approved.ledger.read_bytes().splitlines(keepends=True)
    approved.ledger.write_bytes(b"".join(lines[:-1]))  # the approval before it would count again
    result = zhuzi("release", approved.id)
    assert result.exit_code == 10
    assert "was cut off" in result.stderr
    assert not approved.public.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_stays_as_it_is(approved: MeetingFolder) -> None:
    approved.root.chmod(0o500)
    try:
        with pytest.raises(StorageError):
            publish(approved)
    finally:
        approved.root.chmod(0o700)
    assert not approved.public.exists()
