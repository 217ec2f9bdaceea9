"""What is hostile or broken where records go: it is told with a cure, nothing of somebody else is lost or sent."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Browser as Chromium

from pipeline import revoke
from pipeline.folder import MeetingFolder
from pipeline.outlets import answered, feed, index
from pipeline.outlets import archive as door
from pipeline.outlets.listed import Archive, Git, Shelf
from pipeline.outlets.sending import Became, send, withdraw
from pipeline.outside.posting import Answer
from speakers.error import OutletError
from tests.outlets.conftest import git
from tests.outlets.test_index import SAID, chromium, written
from tests.outlets.test_sending import SLUG

__all__ = ["chromium"]

AT = "2024-06-01T10:00:00+08:00"
GOOD = "2025-01-02 good"


def _manifest(place: Path, change: Callable[[dict[str, object]], None]) -> None:
    path = place / "manifest.json"
    said = json.loads(path.read_bytes())
    change(said)
    path.write_text(json.dumps(said), "utf-8")


def _not_utf_8(place: Path) -> None:
    data = b"# \xff\xfe"
    (place / "bad.md").write_bytes(data)
    known = {"bad.md": hashlib.sha256(data).hexdigest()}

    def change(said: dict[str, object]) -> None:
        files = said["files"]
        assert isinstance(files, list)
        for file in files:
            file["sha256"] = known.get(file["name"], file["sha256"])
            file["size"] = len(data) if file["name"] in known else file["size"]

    _manifest(place, change)


def _no_time(place: Path) -> None:
    _manifest(place, lambda said: said.update(approved_at="2024-06-01<\x00>"))


def _a_pipe(place: Path) -> None:
    (place / "bad.md").unlink()
    os.mkfifo(place / "bad.md")


def _a_link(place: Path) -> None:
    (place / "bad.md").rename(place.parent / "elsewhere.md")
    (place / "bad.md").symlink_to(place.parent / "elsewhere.md")


def _page_changed(place: Path) -> None:
    (place / "bad.html").write_text("<script>alert(1)</script>", "utf-8")


def _page_gone(place: Path) -> None:
    (place / "bad.html").unlink()


@pytest.mark.parametrize("what", [_not_utf_8, _no_time, _a_pipe, _a_link, _page_changed, _page_gone])
def test_one_broken_record_is_left_out_and_holds_up_no_other(
    tmp_path: Path, what: Callable[[Path], None]
) -> None:
    written(tmp_path, "good", GOOD, SAID, AT)
    what(written(tmp_path, "bad", "2024-05-01 bad", SAID, AT))
    made = index.rebuild(tmp_path)
    assert ([row.key for row in made.rows], made.left_out) == (["good"], ("bad",))


def test_a_folder_with_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, "good", GOOD, SAID, AT)
    odd = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.rename(os.fsencode(written(tmp_path, "bad", GOOD, SAID, AT)), odd)  # noqa: PTH104 - a name that no Path shows
    made = index.rebuild(tmp_path)
    assert ([row.key for row in made.rows], made.left_out) == (["good"], ("??",))


HOSTILE = "</script><img src=x onerror=\"document.title='hit'\"> \x01\x1b[2J\u202e..\ufffe \U0001f408 & "


def test_no_title_label_or_text_is_markup_in_the_index_or_breaks_the_feed(
    chromium: Chromium, tmp_path: Path
) -> None:
    written(tmp_path, "r", f"2024-05-01 {HOSTILE}", ((f"甲{HOSTILE.strip()}", f"貓{HOSTILE}"),), AT)
    index.rebuild(tmp_path, title=HOSTILE, url="https://records.example.org/")
    entries = etree.fromstring((tmp_path / "feed.xml").read_bytes()).findall(f"{{{feed.ATOM}}}entry")
    assert len(entries) == 1
    opened = chromium.new_page()
    opened.goto((tmp_path / "index.html").as_uri())
    opened.fill("#words", "貓")
    opened.wait_for_selector("#hits > li")
    assert opened.locator("img").count() == 0
    assert opened.title() != "hit"
    assert "<img src=x" in opened.locator("#hits > li").inner_text()
    isolated = "e => getComputedStyle(e).unicodeBidi"
    assert opened.locator("#records a.page").evaluate(isolated) == "isolate"
    opened.close()


def test_what_a_list_was_made_to_say_reaches_neither_feed_nor_page(tmp_path: Path) -> None:
    written(tmp_path, "r", GOOD, SAID, AT)
    index.rebuild(tmp_path)
    path = tmp_path / "records.json"
    said = json.loads(path.read_bytes())
    said |= {"url": "javascript:alert(1)//", "title": "a\x01"}
    said["records"][0]["released"] = "x\x01"
    path.write_text(json.dumps(said), "utf-8")
    (script,) = (tmp_path / "search" / "t").iterdir()
    was = script.read_bytes()
    script.write_text("alert(1)", "utf-8")
    index.rebuild(tmp_path)
    text = (tmp_path / "feed.xml").read_text("utf-8")
    assert "javascript" not in text
    assert AT in text
    assert script.read_bytes() == was


@pytest.mark.parametrize("name", ["index.html", "feed.xml", "records.json"])
def test_a_page_of_the_office_is_not_written_over(
    data: Path, released: MeetingFolder, site: Shelf, name: str
) -> None:
    (site.path / name).write_text("the office's own", "utf-8")
    (result,) = send(data, released, (site,))
    assert name in str(result.failure)
    assert [p.name for p in site.path.iterdir()] == [name]
    with pytest.raises(OutletError):
        answered.indexed(data, site.path, "", "")
    assert (site.path / name).read_text("utf-8") == "the office's own"


def test_scripts_of_somebody_else_stay_and_no_link_is_followed_out(tmp_path: Path) -> None:
    place, out = tmp_path / "site", tmp_path / "out"
    written(place, "r", GOOD, SAID, AT)
    for theirs in (place / "search" / "t" / "theirs.js", place / "search" / "g-theirs" / "0.js"):
        theirs.parent.mkdir(parents=True)
        theirs.write_text("theirs", "utf-8")
    index.rebuild(place)
    index.rebuild(place)
    assert len(list(place.rglob("*theirs*"))) == 2
    (place / "search").rename(out)
    (place / "search").symlink_to(out)
    before = sorted(out.rglob("*"))
    written(place, "r2", GOOD, SAID, AT)
    with pytest.raises(OutletError, match="search"):
        index.rebuild(place)
    assert sorted(out.rglob("*")) == before


def test_halves_of_a_run_that_was_killed_go_with_the_next_one(tmp_path: Path) -> None:
    written(tmp_path, "r", GOOD, SAID, AT)
    index.rebuild(tmp_path)
    (script,) = (tmp_path / "search" / "t").iterdir()
    theirs = tmp_path / ".theirs.part"
    halves = [p.with_name(f".{p.name}.123.part") for p in (script, tmp_path / "records.json")]
    for half in (theirs, *halves):
        half.write_text("text of what was withdrawn", "utf-8")
    index.rebuild(tmp_path)
    assert sorted(tmp_path.rglob("*.part")) == [theirs]


def test_a_record_that_was_moved_behind_a_link_is_not_said_to_be_taken_down(
    data: Path, released: MeetingFolder, site: Shelf, tmp_path: Path
) -> None:
    send(data, released, (site,))
    (site.path / SLUG).rename(tmp_path / "moved")
    (site.path / SLUG).symlink_to(tmp_path / "moved")
    (result,) = withdraw(data, released, (site,))
    assert result.became is Became.FAILED
    assert revoke.listed(released).standing


@pytest.mark.parametrize("where", [".", "meetings", "meetings/{id}/public"])
def test_nothing_is_published_among_the_drafts(data: Path, released: MeetingFolder, where: str) -> None:
    path = data / where.format(id=released.id)
    before = sorted(path.iterdir())
    (result,) = send(data, released, (Shelf("site", path),))
    assert "drafts" in str(result.failure)
    assert sorted(set(path.iterdir()) - {data / "sending.lock"}) == before


@pytest.mark.parametrize(
    "body", [b'{"success": false}', b'{"error": "locked"}', b"<html>Log in</html>", b"[]", b""]
)
def test_an_answer_that_only_looks_well_is_no_taking_down(
    data: Path, released: MeetingFolder, archive: Archive, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    send(data, released, (archive,))
    monkeypatch.setattr(door, "request", lambda *_, **__: Answer(200, body))
    (result,) = withdraw(data, released, (archive,))
    assert result.became is Became.FAILED
    assert revoke.listed(released).standing


@pytest.mark.parametrize("key", ["a\x1b[2Jb", "\ud800", "x\ny", "\u202e"])
def test_a_key_that_nobody_can_read_is_refused_and_what_was_sent_is_known(
    data: Path, released: MeetingFolder, archive: Archive, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    said = json.dumps({"success": True, "filename": key}).encode()
    monkeypatch.setattr(door, "request", lambda *_, **__: Answer(200, said))
    results = send(data, released, (archive,))
    assert [r.became for r in results] == [Became.FAILED]
    assert "\n".join(answered.lines(results)).replace("\n", "").isprintable()
    assert revoke.listed(released).standing


def test_an_outlet_that_takes_other_files_by_now_holds_up_no_other(
    data: Path, released: MeetingFolder, clone: Git, site: Shelf
) -> None:
    send(data, released, (clone,))
    results = send(data, released, (replace(clone, files=("xyz",)), site))
    assert [r.became for r in results] == [Became.FAILED, Became.SENT]


def _unpushable(bare: Path, *, shut: bool) -> None:
    """Have a repository take no push, or take them again."""
    hook = bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n" if shut else "#!/bin/sh\n", "utf-8")
    hook.chmod(0o755)


def _pushed(bare: Path) -> str:
    """Every path that any pushed commit names."""
    return git(bare, "-c", "core.quotePath=false", "log", "--all", "--name-only", "--format=%s")


def test_what_was_revoked_before_it_could_be_pushed_never_is(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path
) -> None:
    bare = tmp_path / "records.git"
    _unpushable(bare, shut=True)
    (result,) = send(data, released, (clone,))
    assert "could not be pushed" in str(result.failure)
    revoke.revoke(released, "R", "asked for")
    _unpushable(bare, shut=False)
    (result,) = withdraw(data, released, (clone,))
    assert result.became is Became.WITHDRAWN
    assert SLUG not in _pushed(bare)
    assert not (clone.repository / "records" / SLUG).exists()


def test_a_release_that_was_replaced_before_it_could_be_pushed_never_is(
    data: Path,
    released: MeetingFolder,
    clone: Git,
    tmp_path: Path,
    release_again: Callable[[str], None],
) -> None:
    bare = tmp_path / "records.git"
    _unpushable(bare, shut=True)
    send(data, released, (clone,))
    release_again("另一場會議")
    _unpushable(bare, shut=False)
    (result,) = send(data, released, (clone,))
    assert result.became is Became.SENT
    assert "2024-05-01-另一場會議" in _pushed(bare)
    assert SLUG not in _pushed(bare)


def test_commits_of_somebody_else_are_not_pushed_along(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path
) -> None:
    (clone.repository / "draft.txt").write_text("a draft", "utf-8")
    git(clone.repository, "add", "draft.txt")
    git(
        clone.repository, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Draft"
    )
    (result,) = send(data, released, (clone,))
    assert "not pushed" in str(result.failure)
    assert "draft.txt" not in _pushed(tmp_path / "records.git")


def test_a_branch_that_is_not_there_yet_begins_with_what_the_office_committed(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path
) -> None:
    bare = tmp_path / "new.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    git(clone.repository, "remote", "set-url", "origin", str(bare))
    _unpushable(bare, shut=True)
    send(data, released, (clone,))
    _unpushable(bare, shut=False)
    assert [r.became for r in send(data, released, (clone,))] == [Became.SENT]
    assert git(bare, "log", "--format=%s", "main").count("Publish a record") == 1
    assert "README" in _pushed(bare)


def test_a_remote_that_is_away_leaves_nothing_in_the_clone(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path
) -> None:
    (tmp_path / "records.git").rename(tmp_path / "away")
    (result,) = send(data, released, (clone,))
    assert "could not be reached" in str(result.failure)
    assert git(clone.repository, "log", "--format=%s").split() == ["Begin"]


def test_a_branch_that_was_forced_is_told_and_nothing_is_forced_back(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    git(tmp_path, "clone", "-q", str(tmp_path / "records.git"), str(theirs))
    who = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    git(theirs, *who, "commit", "-q", "--amend", "-m", "Begun anew")
    git(theirs, "push", "-q", "--force")
    (result,) = send(data, released, (clone,))
    assert "Somebody else pushed" in str(result.failure)
    assert git(tmp_path / "records.git", "log", "--format=%s", "main").strip() == "Begun anew"


@pytest.mark.parametrize("where", [".git", "..", "other"])
def test_a_folder_of_the_clone_that_is_a_link_is_not_written_into(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path, where: str
) -> None:
    (clone.repository / "other").mkdir()
    (clone.repository / "records").symlink_to(where)
    git(clone.repository, "add", "records")
    git(clone.repository, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "Link")
    git(clone.repository, "push", "-q")
    before = sorted((clone.repository / "records").iterdir())
    (result,) = send(data, released, (clone,))
    assert "leads out of its clone" in str(result.failure)
    assert sorted((clone.repository / "records").iterdir()) == before
