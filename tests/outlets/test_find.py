"""`zhuzi search`: whatever is public here, and nothing that is public no more."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import revoke
from pipeline.folder import MeetingFolder
from pipeline.keeping import age
from pipeline.keeping.kinds import OF_MEETINGS, Kind, paths
from pipeline.keeping.restore import restore
from pipeline.outlets import find, record, sent
from pipeline.outlets.find import search
from pipeline.outlets.listed import Shelf
from pipeline.outlets.sending import send
from pipeline.public import REVOKED
from speakers.error import RecordError
from tests.conftest import ROOT, SECRETS, assert_told, one_object
from tests.engines.scripted import publish


@pytest.fixture
def public(approved: MeetingFolder) -> MeetingFolder:
    publish(approved)
    return approved


@pytest.mark.parametrize("words", ["會", "議題", "大家好", "大家好 沈立言", "ＤＡＴＡ"])
def test_the_paragraph_is_found_with_who_said_it_and_its_place(
    data: Path, public: MeetingFolder, words: str
) -> None:
    text = (public.public / f"{next(public.public.glob('*.md')).name}").read_text("utf-8")
    for hit in search(data, words):
        assert hit.meeting == public.id
        assert hit.snippet in text
        assert [hit.snippet[a:b] for a, b in hit.places]
    found = search(data, "大家好")
    assert [(hit.label, hit.number, hit.date) for hit in found] == [("沈立言", 1, "2024-05-01")]


def test_one_character_and_the_inside_of_a_word_are_found(data: Path, public: MeetingFolder) -> None:
    whole = search(data, "好")
    assert whole
    (hit, *_) = whole
    (start, end), *_ = hit.places
    assert hit.snippet[start:end] == "好"
    assert search(data, "好大家") == ()


def test_no_protected_name_can_be_found_nor_is_in_the_file(data: Path, public: MeetingFolder) -> None:
    search(data, "好")
    for secret in ("蔡佩珊", "佩珊", "毛毛媽"):
        assert search(data, secret) == ()
        assert secret in SECRETS
        assert secret.encode() not in (data / find.NAME).read_bytes()


def test_what_is_revoked_is_out_at_once_and_out_of_the_file(data: Path, public: MeetingFolder) -> None:
    assert search(data, "大家好")
    revoke.revoke(public, "R", "asked for")
    with sqlite3.connect(data / find.NAME) as database:
        assert database.execute("SELECT count(*) FROM paragraph").fetchone() == (0,)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "大家好".encode() not in (data / find.NAME).read_bytes()
    assert search(data, "大家好") == ()


def _noted(folder: MeetingFolder) -> None:
    (folder.root / REVOKED).write_text("{}")


def _erased(folder: MeetingFolder) -> None:
    folder.public.chmod(0o700)
    shutil.rmtree(folder.root)


def _altered(folder: MeetingFolder) -> None:
    for path in (folder.public / "manifest.json", next(folder.public.glob("*.md"))):
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace("大家好".encode(), "大家早".encode()) + b"\n")


@pytest.mark.parametrize("what", [_noted, _erased, _altered])
def test_only_what_was_released_last_is_found(
    data: Path, public: MeetingFolder, what: Callable[[MeetingFolder], None]
) -> None:
    assert search(data, "大家")
    what(public)
    assert search(data, "大家") == ()


def test_a_damaged_index_is_made_anew(data: Path, public: MeetingFolder) -> None:
    search(data, "好")
    for left in data.glob(f"{find.NAME}*"):
        left.write_bytes(b"no database" * 500)
    assert search(data, "大家好")


def test_the_command_shows_where_it_stands(
    zhuzi: Callable[..., Result], data: Path, public: MeetingFolder
) -> None:
    shown = zhuzi("search", "大家好")
    assert "[大家好]" in shown.stdout
    page = shown.stdout.splitlines()[2].strip().partition("#")[0]
    assert Path(page).is_file()
    assert public.id in page
    (hit,) = one_object(zhuzi("search", "大家好", "--json").stdout)["hits"]
    assert hit["number"] == 1
    assert "Nothing was found." in zhuzi("search", "龘龘").stdout
    assert_told(zhuzi("search", "，"), RecordError)


def test_an_erased_meeting_leaves_no_text_in_the_index_and_a_backup_brings_none_back(
    zhuzi: Callable[..., Result],
    data: Path,
    public: MeetingFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search(data, "大家好")
    key = tmp_path / "backup.key"
    monkeypatch.setenv("ZHUZI_BACKUP_TO", age.new_key(key))
    made = one_object(zhuzi("backup", tmp_path, "--json").stdout)
    restored = tmp_path / "again"
    restore(Path(made["archive"]), key, restored)
    assert not (restored / find.NAME).exists()
    assert (restored / "meetings" / public.id / "public").is_dir()
    erased = zhuzi("purge", public.id, "--kind", "meeting", "--erase", "--yes", "--json")
    assert erased.exit_code == 0, erased.output
    with sqlite3.connect(data / find.NAME) as database:
        assert database.execute("SELECT count(*) FROM paragraph").fetchone() == (0,)


def test_what_was_sent_comes_back_with_a_backup_and_goes_with_the_meeting(
    zhuzi: Callable[..., Result],
    data: Path,
    public: MeetingFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    send(data, public, (Shelf("site", site),), "Clerk")
    key = tmp_path / "backup.key"
    monkeypatch.setenv("ZHUZI_BACKUP_TO", age.new_key(key))
    made = one_object(zhuzi("backup", tmp_path, "--json").stdout)
    restored = tmp_path / "again"
    restore(Path(made["archive"]), key, restored)
    there = sent.read(MeetingFolder(restored / "meetings" / public.id))
    assert there == sent.read(public)
    path = public.root / sent.NAME
    assert [k for k in OF_MEETINGS if path in paths(public.root, k)] == [Kind.MEETING]


def test_two_searches_at_once_make_one_index(data: Path, public: MeetingFolder, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\n"
        "from pipeline.outlets.find import search\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "print(len(search(pathlib.Path(sys.argv[1]), '大家好')))\n"
    )
    for _ in range(3):
        find.forget_all(data)
        children = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(data)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for _ in range(4)
        ]
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for child in children:
            assert child.stdin is not None
            child.stdin.write("\n")
            child.stdin.flush()
        assert [child.communicate()[0] for child in children] == ["1\n"] * 4


def test_no_word_of_what_is_withdrawn_stays_in_the_pieces_of_the_index(
    data: Path, public: MeetingFolder
) -> None:
    search(data, "大家好")
    other = record.published(public.public)
    with contextlib.closing(find.opened(data)) as database, database:
        find.add(database, "m-2", "1 2", replace(other, paragraphs=(record.Paragraph(1, "甲", "Xylophone"),)))
    assert b"xylophone" in (data / find.NAME).read_bytes()
    search(data, "大家好")  # nothing of that meeting is public
    assert b"xylophone" not in (data / find.NAME).read_bytes().lower()


def test_a_title_that_begins_with_no_day_is_found_all_the_same(
    data: Path, released: MeetingFolder, release_again: Callable[[str], None]
) -> None:
    text = released.meeting_toml.read_text("utf-8")
    released.meeting_toml.write_text(re.sub(r"(?m)^date = .*$", "", text), "utf-8")
    release_again("2024-13-45 x")
    assert [hit.date for hit in search(data, "大家好")] == [""]
