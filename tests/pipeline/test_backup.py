"""Backups: whole while others write, closed to everybody else, refused for one wrong bit before anything is touched."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pipeline import register, review, status
from pipeline.audit import CHAIN as AUDIT
from pipeline.audit import Audit, Deed, path_of, verify
from pipeline.digest import sha256_of
from pipeline.folder import MeetingFolder, find
from pipeline.keeping import age, archive, backups, certificates, erase, holds, plan
from pipeline.keeping.archive import Member, Seal, stream
from pipeline.keeping.backup import back_up
from pipeline.keeping.kinds import Kind
from pipeline.keeping.plan import Wanted
from pipeline.keeping.restore import restore
from pipeline.publish import publish
from pipeline.settings import settings
from redaction import ledger
from redaction.decision import Judged, Verdict
from speakers.error import BusyError, KeepingError, StorageError
from tests.conftest import ROOT, SECRETS, assert_told, one_object, write_wave
from tests.engines import scripted

Zhuzi = Callable[..., Result]


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A secret key; its public one is in force."""
    path = tmp_path / "elsewhere" / "backup.key"
    path.parent.mkdir()
    monkeypatch.setenv("ZHUZI_BACKUP_TO", age.new_key(path))
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where archives go."""
    path = tmp_path / "disk"
    path.mkdir()
    return path


@pytest.fixture
def released(approved: MeetingFolder) -> MeetingFolder:
    publish(approved, listener=scripted.ScriptedTranscriber)
    return approved


def made(data: Path, place: Path, **given: Any) -> Path:
    return back_up(settings(data), place, **given).path


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """What a restored directory has to hold: rights and bytes."""
    return {
        str(p.relative_to(root)): (p.stat().st_mode & 0o777, p.read_bytes() if p.is_file() else b"")
        for p in root.rglob("*")
        if p.suffix != ".lock" and "keeping" not in p.parts and p.suffix != ".sqlite" and "-" not in p.suffix
    }


def refused(archive_: Path, key: Path, tmp_path: Path) -> KeepingError:
    """Restoring it is refused, and leaves no trace."""
    into = tmp_path / "restored"
    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeepingError) as error:
        restore(archive_, key, into)
    assert sorted(tmp_path.iterdir()) == before
    return error.value


def test_everything_comes_back_with_its_rights_and_works(
    released: MeetingFolder,
    data: Path,
    place: Path,
    key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = made(data, place, people=True)
    done = restore(path, key, tmp_path / "restored")
    back = tmp_path / "restored"
    assert done.meetings == (released.id,)
    assert tree(back) == tree(data)
    assert tree(tmp_path / "restored-register") == tree(tmp_path / "data-register")
    assert (back / "meetings" / released.id / "public").stat().st_mode & 0o777 == 0o555
    assert [v for v in verify(back) if v.error] == []
    assert status.details(find(back, released.id), 1)["state"] == "released"
    assert register.of(back).ids == register.of(data).ids


def test_a_meeting_that_waited_can_be_released_after_a_restore(
    approved: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    restore(made(data, place, people=True), key, tmp_path / "restored")
    back = find(tmp_path / "restored", approved.id)
    assert publish(back, listener=scripted.ScriptedTranscriber).approval == review.draft_of(approved).digest
    review.decide(back, "A", ())
    assert (back.public / "manifest.json").exists()


def test_without_the_register_a_restore_says_that_it_is_missing(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    done = restore(made(data, place), key, tmp_path / "restored")
    assert any("The consent register of this data is not at" in note for note in done.notes)
    assert not (tmp_path / "restored-register").exists()
    assert not (tmp_path / "restored" / "voiceprints").exists()


def test_the_archive_is_an_age_file_with_a_tar_in_it_that_other_programs_open(
    job: MeetingFolder, data: Path, place: Path, key: Path
) -> None:
    plain = io.BytesIO()
    path = made(data, place)
    with path.open("rb") as file:
        age.decrypt(file, plain, age.secret_key(key, str), path.name)
    plain.seek(0)
    with tarfile.open(fileobj=plain) as tar:
        names = tar.getnames()
        inside = tar.extractfile(f"data/meetings/{job.id}/original/recording.wav")
        assert inside is not None
        assert inside.read() == job.original.read_bytes()
    assert names[0] == archive.FIRST
    assert names[-1] == archive.LAST


def test_no_key_and_nothing_that_is_on_its_way_is_in_an_archive(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path, keys: Path
) -> None:
    (data / "uploads" / "u").mkdir(parents=True)
    (data / "uploads" / "u" / "data").write_bytes(b"x")
    shutil.copy(keys / "register.key", data / "by mistake.txt")
    shutil.copy(key, data / "backup.txt")
    result = back_up(settings(data), place, people=True)
    assert len([n for n in result.notes if "holds a key" in n]) == 2
    restore(result.path, key, tmp_path / "restored")
    there = {p.name for p in (tmp_path / "restored").rglob("*")}
    assert not {"uploads", "by mistake.txt", "backup.txt", "worker.lock", "manifest.lock"} & there


def test_nothing_of_what_is_in_it_stands_outside(
    released: MeetingFolder, data: Path, place: Path, key: Path, zhuzi: Zhuzi
) -> None:
    result = zhuzi("backup", place, "--people")
    path = next(place.iterdir())
    outside = (
        path.read_bytes() + path.name.encode() + result.output.encode() + backups.path_of(data).read_bytes()
    )
    assert [name for name in SECRETS if name.encode() in outside] == []
    assert released.id.encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in place.iterdir()] == [path.name]


def test_one_changed_bit_anywhere_is_refused_and_nothing_is_touched(
    data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    (data / "meetings" / "0f3a9c27d1b4").mkdir(parents=True)
    (data / "meetings" / "0f3a9c27d1b4" / "x.json").write_bytes(os.urandom(200_000))
    path = made(data, place)
    whole = path.read_bytes()
    for offset in (*range(0, 260, 3), *range(260, len(whole), 9_973), len(whole) - 1):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 1 << offset % 8]) + whole[offset + 1 :])
        refused(path, key, tmp_path)
    path.write_bytes(whole)
    assert restore(path, key, tmp_path / "restored").files > 0


def test_an_archive_that_was_cut_off_or_lengthened_is_refused(
    data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    (data / "meetings" / "0f3a9c27d1b4").mkdir(parents=True)
    (data / "meetings" / "0f3a9c27d1b4" / "x.json").write_bytes(os.urandom(200_000))
    path = made(data, place)
    whole = path.read_bytes()
    head = whole.index(b"\n---") + 49 + 16  # of age's own header, and its nonce
    blocks = [head + n * (65_536 + 16) for n in range(1, 4)]  # between two blocks every byte before is right
    for length in (0, 1, 100, head, *blocks, len(whole) // 2, len(whole) - 17, len(whole) - 1):
        path.write_bytes(whole[:length])
        refused(path, key, tmp_path)
    swapped = whole[:head] + whole[blocks[0] : blocks[1]] + whole[head : blocks[0]] + whole[blocks[1] :]
    for other in (whole + b"\0", whole + whole, swapped):
        path.write_bytes(other)
        refused(path, key, tmp_path)


def test_another_keys_archive_and_what_is_none_are_refused(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    path = made(data, place, to=age.new_key(other))
    assert "not made for this key" in refused(path, key, tmp_path).what
    path.write_bytes(b"PK\3\4 something else")
    refused(path, key, tmp_path)
    path.unlink()
    refused(path, key, tmp_path)


def _sealed(place: Path, key: Path, pieces: Iterator[bytes]) -> Path:
    """An archive of somebody who has the public key."""
    path = place / "made by hand.age"
    public = key.read_text().split()[3]
    with path.open("wb") as file:
        age.encrypt(pieces, age.Written(file), age.public_keys(public))
    return path


def _tar(
    *members: tarfile.TarInfo, first: bytes = b'{"version": 1, "bytes": 1}', seal: bytes | None = None
) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, data in ((archive.FIRST, first), *((m, b"") for m in members), (archive.LAST, seal)):
            if data is None:
                continue
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if not isinstance(name, tarfile.TarInfo):
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return plain.getvalue()


def _info(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "members",
    [
        [_info("data/../../escaped")],
        [_info("/tmp/escaped")],  # noqa: S108 - it must not be written
        [_info("../escaped")],
        [_info("elsewhere/x")],
        [_info("data", tarfile.DIRTYPE), _info("data/./x")],
        [_info("data", tarfile.DIRTYPE), _info("data//x")],
        [_info("data", tarfile.SYMTYPE, "/tmp")],  # noqa: S108 - likewise
        [
            _info("data", tarfile.DIRTYPE),
            _info("data/x", tarfile.SYMTYPE, "../../y"),
            _info("data/x/escaped"),
        ],
        [_info("data", tarfile.DIRTYPE), _info("data/x", tarfile.LNKTYPE, "data/y")],
        [_info("data", tarfile.DIRTYPE), _info("data/x", tarfile.FIFOTYPE)],
        [_info("data", tarfile.DIRTYPE), _info("data/x", tarfile.CHRTYPE)],
        [_info("data", tarfile.DIRTYPE), _info("data/x"), _info("data/x")],
        [_info("data/x")],
        [],
    ],
)
def test_a_well_encrypted_archive_with_evil_names_is_refused(
    key: Path, place: Path, tmp_path: Path, members: list[tarfile.TarInfo]
) -> None:
    refused_or_disk = pytest.raises((KeepingError, StorageError))
    path = _sealed(place, key, iter([_tar(*members)]))
    before = sorted(p for p in tmp_path.parent.rglob("*"))
    with refused_or_disk:
        restore(path, key, tmp_path / "restored")
    assert sorted(p for p in tmp_path.parent.rglob("*")) == before


def test_an_archive_without_its_seal_or_with_another_is_refused(
    key: Path, place: Path, tmp_path: Path
) -> None:
    folder, seal = Member("data", 0o700, 0.0), Seal()
    whole = b"".join(stream({"bytes": 1, "made": "now"}, [folder], seal))
    restore(_sealed(place, key, iter([whole])), key, tmp_path / "right")
    for wrong in (
        _tar(_info("data", tarfile.DIRTYPE)),
        _tar(_info("data", tarfile.DIRTYPE), seal=b'{"files": 1, "bytes": 0, "sha256": ""}'),
        _tar(_info("data", tarfile.DIRTYPE), seal=b"[]"),
        _tar(_info("data", tarfile.DIRTYPE), first=b'{"version": 2, "bytes": 1}'),
        _tar(_info("data", tarfile.DIRTYPE), first=b'{"version": 1}'),
        whole + whole,
        whole[:1024],
        b"",
    ):
        refused(_sealed(place, key, iter([wrong])), key, tmp_path)


def test_nothing_is_restored_over_what_there_is(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    path, before = made(data, place), tree(data)
    for into in (data, tmp_path, path):
        with pytest.raises(KeepingError, match="already there"):
            restore(path, key, into)
    assert tree(data) == before
    (tmp_path / "empty").mkdir()
    restore(path, key, tmp_path / "empty")


def test_only_one_meeting_is_backed_up_or_restored_where_that_is_asked_for(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path, hear: Callable[..., MeetingFolder]
) -> None:
    other = hear(write_wave(tmp_path / "other.wav", seed=4))
    path = made(data, place)
    assert set(restore(path, key, None).meetings) == {job.id, other.id}
    assert restore(path, key, tmp_path / "one", meetings=(job.id[:6],)).meetings == (job.id,)
    assert [p.name for p in (tmp_path / "one" / "meetings").iterdir()] == [job.id]
    (data / "room").mkdir(exist_ok=True)
    (data / "room" / "audit.jsonl").write_text("")
    one = made(data, place / "one.age", meetings=(other.id,))
    assert restore(one, key, tmp_path / "three").meetings == (other.id,)
    assert {p.name for p in (tmp_path / "three").iterdir()} <= {"meetings", "keeping", "register.id"}
    with pytest.raises(KeepingError, match="not in this archive"):
        restore(one, key, tmp_path / "two", meetings=(job.id,))
    assert not (tmp_path / "two").exists()


def test_what_was_erased_after_the_backup_does_not_come_back(
    released: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    path = made(data, place, people=True)
    chosen, wanted = settings(data), Wanted((released.id,), (Kind.ORIGINAL, Kind.SOUND))
    erase.erase(chosen, plan.plan(chosen, wanted), wanted, "Keeper")
    holds.hold(data, released.id, "why", "Keeper")
    done = restore(path, key, tmp_path / "restored", known=data)
    back = find(tmp_path / "restored", released.id)
    assert len(done.again) == 2
    assert not list((back.root / "original").iterdir())
    assert not (back.root / "10-sound.wav").exists()
    assert status.details(back, 1)["hold"]["reason"] == "why"
    assert [e["kind"] for e in status.details(back, 1)["erased"]] == ["original", "sound"]
    assert [v for v in verify(tmp_path / "restored") if v.error] == []
    assert [bool(c.again) for c in certificates.chosen(tmp_path / "restored")] == [True, True]


def test_a_whole_meeting_that_was_erased_does_not_come_back_either(
    released: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    path = made(data, place, people=True)
    chosen, wanted = settings(data), Wanted((released.id,), (Kind.MEETING,))
    erase.erase(chosen, plan.plan(chosen, wanted), wanted, "Keeper")
    shutil.copytree(data / "keeping", tmp_path / "kept")
    restore(path, key, tmp_path / "restored", certificates=tmp_path / "kept")
    assert list((tmp_path / "restored" / "meetings").iterdir()) == []


def test_a_restore_without_certificates_warns_and_one_with_anothers_is_refused(
    released: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    path = made(data, place, people=True)
    done = restore(path, key, tmp_path / "first")
    assert any("whatever was, is back" in note for note in done.notes)
    with pytest.raises(KeepingError, match="no certificates"):
        restore(path, key, tmp_path / "second", certificates=place)
    chosen, wanted = settings(tmp_path / "first"), Wanted((released.id,), (Kind.ORIGINAL,))
    erase.erase(chosen, plan.plan(chosen, wanted), wanted, "Somebody else")
    wanted = Wanted((released.id,), (Kind.SOUND,))
    erase.erase(settings(data), plan.plan(settings(data), wanted), wanted, "Keeper")
    newer = made(data, place / "newer.age", people=True)
    with pytest.raises(KeepingError, match="another data directory"):
        restore(newer, key, tmp_path / "third", certificates=tmp_path / "first")
    assert not (tmp_path / "third").exists()


def test_a_backup_taken_while_people_decide_is_one_that_can_be_opened(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    """Ledgers, audits and databases are written without a pause; every archive of that time is whole."""
    mark = review.draft_of(job).marks[0].id
    database = data / "room" / "accounts.sqlite"
    database.parent.mkdir(exist_ok=True)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE pair (one INTEGER, two INTEGER)")
    stop, begun = threading.Event(), threading.Event()
    audit = Audit(data)

    def write() -> None:
        number = 0
        with sqlite3.connect(database) as writing:
            while not stop.is_set():
                number += 1
                ledger.append(job.ledger, "A", (Judged(mark, Verdict.MASK),))
                audit.note(Deed("A", "", "GET", "/"), 200)
                audit.begin(Deed("A", "", "POST", "/"))
                writing.execute("INSERT INTO pair VALUES (?, ?)", (number, 0))
                writing.execute("UPDATE pair SET two = one")
                writing.commit()
                job.note(busy=number)
                begun.set()
                time.sleep(0.002)

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait()
    try:
        paths = [made(data, place / f"{n}.age", people=True) for n in range(4)]
    finally:
        stop.set()
        thread.join()
    lengths = []
    for number, path in enumerate(paths):
        back = tmp_path / f"restored{number}"
        restore(path, key, back)
        assert [v for v in verify(back) if v.error] == []
        lengths.append(len(ledger.read(find(back, job.id).ledger)))
        assert find(back, job.id).manifest()["stages"]
        assert len(AUDIT.read(path_of(back))) > 0
        with sqlite3.connect(back / "room" / "accounts.sqlite") as connection:
            assert connection.execute("SELECT count(*) FROM pair WHERE one <> two").fetchone() == (0,)
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert lengths == sorted(lengths)
    assert lengths[-1] > lengths[0]


def _process(program: str, *arguments: object) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE)


BACK_UP = """
import sys, time
from pathlib import Path
from pipeline.keeping import age, backup
from pipeline.settings import settings
write, seen = age.Written.write, 0
def slow(self, block):
    global seen
    seen += 1
    if seen == int(sys.argv[3]):
        print("reached", flush=True)
        time.sleep(60)
    return write(self, block)
age.Written.write = slow
backup.back_up(settings(Path(sys.argv[1])), Path(sys.argv[2]), people=True)
"""

RESTORE = """
import sys, time
from pathlib import Path
from pipeline.keeping import restore
take, seen = restore._Reading._take, 0
def slow(self, *given):
    global seen
    seen += 1
    if seen == int(sys.argv[4]):
        print("reached", flush=True)
        time.sleep(60)
    return take(self, *given)
restore._Reading._take = slow
if sys.argv[4] == "last":
    def stop(*given):
        print("reached", flush=True)
        time.sleep(60)
    restore._Reading.settle = stop
restore.restore(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
""".replace("int(sys.argv[4])", '(int(sys.argv[4]) if sys.argv[4] != "last" else 0)')


FULL = """
import resource, signal, sys
from pathlib import Path
from pipeline.keeping import backup, restore
from pipeline.settings import settings
from speakers.error import ZhuziError
what, data, into, path, key, back = sys.argv[1:]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    if what == "backup":
        backup.back_up(settings(Path(data)), Path(into))
    else:
        restore.restore(Path(path), Path(key), Path(back))
except ZhuziError as error:
    print(type(error).__name__, error)
"""
"""A disk that takes no file longer than that."""


def killed(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"reached\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("at", [1, 3, 8])
def test_a_backup_that_was_killed_leaves_no_archive_and_the_next_one_no_trace_of_it(
    released: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path, at: int
) -> None:
    killed(_process(BACK_UP, data, place, at))
    assert not list(place.glob("zhuzi-*"))
    path = made(data, place, people=True)
    assert [p.name for p in place.iterdir()] == [path.name]
    restore(path, key, tmp_path / "restored")
    assert tree(tmp_path / "restored") == tree(data)


@pytest.mark.parametrize("at", ["1", "12", "last"])
def test_a_restore_that_was_killed_leaves_no_directory_of_that_name_and_can_be_done_again(
    released: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path, at: str
) -> None:
    path, into = made(data, place, people=True), tmp_path / "restored"
    killed(_process(RESTORE, path, key, into, at))
    assert not into.exists()
    restore(path, key, into)
    assert tree(into) == tree(data)
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_leaves_no_archive_and_no_half_restored_directory(
    released: MeetingFolder,
    data: Path,
    place: Path,
    key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = made(data, place, people=True)

    for what in ("backup", "restore"):
        process = _process(FULL, what, data, place / "second.age", path, key, tmp_path / "restored")
        told, _ = process.communicate()
        assert told.decode().startswith("StorageError"), told
        assert [p for p in place.iterdir() if not p.name.startswith(".")] == [path]
        assert not (tmp_path / "restored").exists()
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]  # what it gives
        with pytest.raises(StorageError, match="no room"):
            restore(path, key, tmp_path / "restored")
        with pytest.raises(StorageError, match="no room"):
            made(data, place / "third.age")
    assert not (tmp_path / "restored").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_link_in_the_data_directory_is_told_and_not_followed(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path
) -> None:
    (job.root / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(KeepingError, match="lies a link"):
        made(data, place)
    assert list(place.iterdir()) == []


def test_two_backups_at_once_are_one_and_a_refusal(
    job: MeetingFolder, data: Path, place: Path, key: Path
) -> None:
    process = _process(BACK_UP, data, place, 2)
    assert process.stdout is not None
    assert process.stdout.readline() == b"reached\n"
    with pytest.raises(BusyError):
        made(data, place)
    process.kill()
    process.communicate()


def test_a_backup_is_not_put_where_it_would_be_lost_with_what_it_saves(
    job: MeetingFolder, data: Path, key: Path, place: Path
) -> None:
    for wrong in (data, data / "backup.age", job.root):
        with pytest.raises(KeepingError, match="lost with it"):
            made(data, wrong)
    path = made(data, place)
    with pytest.raises(KeepingError, match="already there"):
        made(data, path)
    with pytest.raises(StorageError):
        made(data, place / "no" / "such" / "folder.age")


@pytest.mark.parametrize("given", ["", "age1", "age1qqqq", "AGE-SECRET-KEY-1", "age1x, age1y"])
def test_without_a_public_key_nothing_is_written(
    job: MeetingFolder, data: Path, place: Path, given: str
) -> None:
    with pytest.raises(KeepingError):
        made(data, place, to=given)
    assert list(place.iterdir()) == []


def test_a_key_is_never_written_over_and_a_passphrase_locks_it(
    job: MeetingFolder, data: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "locked.key"
    public = age.new_key(file, "a long passphrase")
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"AGE-SECRET" not in file.read_bytes()
    with pytest.raises(KeepingError, match="already there"):
        age.new_key(file)
    path = made(data, place, to=public)
    assert restore(path, file, None, passphrase=lambda: "a long passphrase").files
    with pytest.raises(KeepingError, match="another passphrase"):
        restore(path, file, None, passphrase=lambda: "another")


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is not installed")
def test_the_program_age_opens_our_archives(job: MeetingFolder, data: Path, place: Path, key: Path) -> None:
    path = made(data, place)
    plain = subprocess.run(["age", "-d", "-i", str(key), str(path)], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert f"data/meetings/{job.id}/manifest.json" in tar.getnames()


def test_a_register_elsewhere_is_no_obstacle_to_a_restore(
    job: MeetingFolder, data: Path, place: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHUZI_REGISTER", str(tmp_path / "data-register"))
    done = restore(made(data, place, people=True), key, tmp_path / "restored")
    assert done.register == tmp_path / "restored-register"
    (tmp_path / "again-register").mkdir()
    (tmp_path / "again-register" / "something").touch()
    with pytest.raises(KeepingError, match="already there"):
        restore(made(data, place / "b.age", people=True), key, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_the_commands_say_what_they_did(
    released: MeetingFolder,
    data: Path,
    place: Path,
    tmp_path: Path,
    zhuzi: Zhuzi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "my.key"
    public = one_object(zhuzi("backup-key", file, "--json").stdout)["public"]
    assert_told(zhuzi("backup", place), KeepingError, "for which key")
    monkeypatch.setenv("ZHUZI_BACKUP_TO", public)
    told = one_object(zhuzi("backup", place, "--people", "--json").stdout)
    assert told["sha256"] == sha256_of(Path(told["archive"])) == backups.last(data).sha256  # type: ignore[union-attr]  # one was made
    whole = zhuzi("restore", told["archive"], "--key", file, "--verify-only")
    assert "whole" in whole.stdout
    into = tmp_path / "restored"
    done = zhuzi("restore", told["archive"], "--key", file, "--into", into, "--json")
    assert done.exit_code == 0, done.output
    assert one_object(done.stdout)["meetings"] == [released.id]
    assert zhuzi("restore", told["archive"], "--key", file).exit_code == 2
    assert zhuzi("audit", "verify").exit_code == 0
    assert "erased" not in json.dumps(one_object(done.stdout)["again"])
