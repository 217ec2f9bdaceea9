"""Killed in between: the next run goes on, nothing stands anywhere twice, and nothing is forgotten."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import public, revoke
from pipeline.folder import MeetingFolder
from pipeline.outlets import listed, sent
from pipeline.outlets.listed import Archive, Git, Shelf
from pipeline.outlets.sending import Became, send, withdraw
from tests import archive_server
from tests.conftest import ROOT
from tests.outlets.conftest import CONFIG, git
from tests.outlets.test_sending import SLUG


@pytest.fixture
def listed_(data: Path, released: MeetingFolder, archive: Archive, clone: Git, site: Shelf) -> Path:
    text = CONFIG.format(url=archive.url, clone=clone.repository, site=site.path)
    text = text.replace('"token"', f'"{archive.token_file}"')
    (data / listed.NAME).write_text(text, "utf-8")
    return data


def _killed(data: Path, folder: MeetingFolder, name: str, place: str, where: Path) -> None:
    """Start sending, and kill it with -9 once it is where it should be."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.outlets.publisher", str(data), folder.id, name, place],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "reached\n"
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("archive", "begun"),
        ("archive", "unnoted"),
        ("git", "begun"),
        ("git", "uncommitted"),
        ("git", "unpushed"),
        ("git", "unnoted"),
        ("site", "half"),
        ("site", "in-a-file"),
        ("site", "unindexed"),
        ("site", "unnoted"),
    ],
)
def test_the_next_run_goes_on_and_doubles_nothing(
    listed_: Path,
    released: MeetingFolder,
    clone: Git,
    site: Shelf,
    server: archive_server.Archive,
    tmp_path: Path,
    name: str,
    place: str,
) -> None:
    _killed(listed_, released, name, place, tmp_path)
    (may,) = revoke.listed(released).standing
    assert (may.sure, may.begun.outlet, may.key) == (False, name, SLUG)
    outlet = listed.chosen(listed.outlets(listed_), (name,))
    (result,) = send(listed_, released, outlet)
    assert (result.became, result.key) == (Became.SENT, SLUG)
    (stands,) = revoke.listed(released).standing
    assert (stands.sure, stands.key) == (True, SLUG)
    if name == "archive":
        assert [(key, r.paragraphs[0][0]) for key, r in server.records.items()] == [(SLUG, 1)]
    elif name == "git":
        assert git(tmp_path / "records.git", "log", "--format=%s", "main").count("Publish a record") == 1
        assert git(clone.repository, "status", "--porcelain") == ""
    else:
        assert public.artifacts(site.path / SLUG) == public.artifacts(released.public)
        assert not list(site.path.rglob("*.part*"))
    assert [r.became for r in send(listed_, released, outlet)] == [Became.THERE]


@pytest.mark.parametrize("name", ["archive", "git", "site"])
def test_what_was_begun_and_revoked_is_taken_down_all_the_same(
    listed_: Path,
    released: MeetingFolder,
    site: Shelf,
    server: archive_server.Archive,
    tmp_path: Path,
    name: str,
) -> None:
    _killed(listed_, released, name, "unnoted", tmp_path)
    revoke.revoke(released, "R", "asked for")
    (result,) = withdraw(listed_, released, listed.outlets(listed_))
    assert result.became is Became.WITHDRAWN, result.failure
    assert server.records == {}
    assert not (site.path / SLUG).exists()
    assert SLUG not in git(tmp_path / "records.git", "-c", "core.quotePath=false", "ls-tree", "-r", "main")


def test_a_record_of_somebody_else_under_the_key_that_was_asked_for_is_left_alone(
    listed_: Path, released: MeetingFolder, server: archive_server.Archive, tmp_path: Path
) -> None:
    server.store(SLUG, "# Somebody else's\n\ntext", keep_ids=False)
    _killed(listed_, released, "archive", "unnoted", tmp_path)
    (result,) = withdraw(listed_, released, listed.outlets(listed_))
    assert result.became is Became.FAILED
    assert "another key" in str(result.failure)
    assert SLUG in server.records


@pytest.mark.parametrize("name", ["archive", "git", "site"])
def test_taking_down_goes_on_too(listed_: Path, released: MeetingFolder, tmp_path: Path, name: str) -> None:
    known = listed.outlets(listed_)
    send(listed_, released, listed.chosen(known, (name,)))
    _killed(listed_, released, name, "withdrawing", tmp_path)
    assert [one.sure for one in sent.standing(sent.read(released))] == [False]
    assert [r.became for r in withdraw(listed_, released, known)] == [Became.WITHDRAWN]
    assert sent.standing(sent.read(released)) == ()
