"""Outlets of each kind: an archive on this machine, a clone of a bare repository, a folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import review
from pipeline.folder import MeetingFolder
from pipeline.outlets import archive as door
from pipeline.outlets import git as git_door
from pipeline.outlets.listed import Archive, Git, Shelf
from tests import archive_server
from tests.engines.scripted import publish

CONFIG = """\
[[outlet]]
name = "archive"
kind = "archive"
url = "{url}"
token_file = "token"

[[outlet]]
name = "git"
kind = "git"
repository = "{clone}"
folder = "records"
branch = "main"
push = true
author = "Records office"
email = "records@example.org"

[[outlet]]
name = "site"
kind = "folder"
path = "{site}"
url = "https://records.example.org/"
"""


def git(place: Path, *arguments: str) -> str:
    """What git says in a folder."""
    done = subprocess.run(["git", "-C", str(place), *arguments], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PAUSE_S", 0.0)
    monkeypatch.setattr(git_door, "PAUSE_S", 0.0)
    monkeypatch.delenv("ZHUZI_OUTLETS", raising=False)


@pytest.fixture
def server() -> Iterator[archive_server.Archive]:
    with archive_server.serving() as archive:
        yield archive


@pytest.fixture
def archive(server: archive_server.Archive, tmp_path: Path) -> Archive:
    token = tmp_path / "token"
    token.write_text(f"{archive_server.TOKEN}\n")
    token.chmod(0o600)
    return Archive("archive", server.url, token)


@pytest.fixture
def clone(tmp_path: Path) -> Git:
    """A clone whose remote is a bare repository."""
    bare, place = tmp_path / "records.git", tmp_path / "clone"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    subprocess.run(["git", "clone", "-q", str(bare), str(place)], check=True, capture_output=True)
    git(place, "symbolic-ref", "HEAD", "refs/heads/main")
    (place / "README").write_text("Records.\n")
    git(place, "add", "README")
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    git(place, *who, "commit", "-q", "-m", "Begin")
    git(place, "push", "-q", "origin", "main")
    return Git(
        "git", place, "records", ("md", "an.xml"), True, "main", "origin", "Records office", "r@example.org"
    )


@pytest.fixture
def site(tmp_path: Path) -> Shelf:
    place = tmp_path / "site"
    place.mkdir()
    return Shelf("site", place, "https://records.example.org/")


@pytest.fixture
def released(approved: MeetingFolder) -> MeetingFolder:
    """A meeting that was released."""
    publish(approved)
    return approved


@pytest.fixture
def release_again(released: MeetingFolder) -> Callable[[str], None]:
    """Give it another title, and release it again."""

    def again(title: str) -> None:
        text = released.meeting_toml.read_text("utf-8")
        (line,) = [one for one in text.splitlines() if one.startswith("title = ")]
        released.meeting_toml.write_text(text.replace(line, f'title = "{title}"'), "utf-8")
        review.approve(released, "Second")
        publish(released)

    return again
