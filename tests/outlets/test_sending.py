"""What was released goes where an office says: exactly that, once, and out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import public, review, revoke, window_steps
from pipeline.folder import MeetingFolder
from pipeline.outlets import answered, sending, sent
from pipeline.outlets.listed import Archive, Git, Outlet, Shelf
from pipeline.outlets.sending import Became, send, withdraw
from pipeline.outlets.sent import standing
from speakers.error import (
    LeakError,
    NotReleasableError,
    OutletError,
    StorageError,
    ZhuziError,
)
from tests import archive_server
from tests.conftest import SECRETS, write_wave
from tests.engines.scripted import publish
from tests.outlets.conftest import git

SLUG = "2024-05-01-寵物友善運輸協作會議"


def _names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def _became(data: Path, folder: MeetingFolder, *outlets: Outlet) -> list[Became]:
    results = send(data, folder, outlets, "Clerk")
    assert all((r.became is Became.FAILED) == (r.failure is not None) for r in results)
    return [r.became for r in results]


def _failure(data: Path, folder: MeetingFolder, outlet: Outlet) -> ZhuziError:
    (result,) = send(data, folder, (outlet,), "Clerk")
    assert result.failure is not None
    return result.failure


def _md(folder: MeetingFolder) -> str:
    return (folder.public / f"{SLUG}.md").read_text("utf-8")


def test_the_archive_gets_exactly_the_markdown_that_was_released_as_a_change(
    data: Path, released: MeetingFolder, archive: Archive, server: archive_server.Archive
) -> None:
    assert _became(data, released, archive) == [Became.SENT]
    assert server.asked == [("PATCH", "/api/upload_markdown", {"filename": SLUG, "markdown": _md(released)})]
    assert _became(data, released, archive) == [Became.THERE]
    assert len(server.asked) == 1, "the same bytes are not sent twice"


def test_a_new_release_is_a_change_and_paragraphs_keep_their_addresses(
    data: Path, released: MeetingFolder, archive: Archive, server: archive_server.Archive
) -> None:
    send(data, released, (archive,))
    before = dict(server.records[SLUG].paragraphs)
    text = released.meeting_toml.read_text("utf-8")
    released.meeting_toml.write_text(
        f'{text}\n[[links]]\nlabel = "Slides"\nurl = "https://example.org/s"\n', "utf-8"
    )
    review.approve(released, "Second")
    publish(released)
    assert _became(data, released, archive) == [Became.SENT]
    assert [method for method, *_ in server.asked] == ["PATCH", "PATCH"]
    assert before.items() <= dict(server.records[SLUG].paragraphs).items()


def test_a_record_with_another_title_leaves_nothing_under_the_old_one(
    data: Path,
    released: MeetingFolder,
    archive: Archive,
    clone: Git,
    site: Shelf,
    server: archive_server.Archive,
    release_again: Callable[[str], None],
) -> None:
    everywhere = (archive, clone, site)
    send(data, released, everywhere)
    release_again("另一場會議")
    assert _became(data, released, *everywhere) == [Became.SENT] * 3
    assert list(server.records) == ["2024-05-01-另一場會議"]
    for place in (clone.repository / "records", site.path):
        assert [p.name for p in place.iterdir() if p.name.startswith("2024")] == ["2024-05-01-另一場會議"]
    assert _became(data, released, *everywhere) == [Became.THERE] * 3


def test_the_key_that_the_archive_answers_is_the_one_that_counts(
    data: Path, released: MeetingFolder, archive: Archive, server: archive_server.Archive
) -> None:
    server.store(SLUG, "# Somebody else's\n\ntext", keep_ids=False)
    (result,) = send(data, released, (archive,))
    assert result.key != SLUG
    assert server.records[result.key].title.startswith("# 2024-05-01")
    withdraw(data, released, (archive,))
    assert list(server.records) == [SLUG], "what is somebody else's stays"


def test_two_meetings_of_one_title_do_not_overwrite_each_other(
    data: Path,
    released: MeetingFolder,
    archive: Archive,
    site: Shelf,
    server: archive_server.Archive,
    hear: Callable[..., MeetingFolder],
    tmp_path: Path,
) -> None:
    send(data, released, (archive, site))
    other = tmp_path / "other"
    other.mkdir()
    toml = (tmp_path / "dropped" / "meeting.toml").read_text("utf-8")
    (other / "meeting.toml").write_text(toml, "utf-8")
    second = hear(write_wave(other / "meeting.wav", seed=2))
    review.accept_proposed(second, "Reviewer")
    publish(second)
    assert [r.key for r in send(data, second, (archive, site))] == [f"{SLUG}-2"] * 2
    assert set(server.records) == {SLUG, f"{SLUG}-2"}
    assert {p.name for p in site.path.iterdir() if p.name.startswith("2024")} == {SLUG, f"{SLUG}-2"}


@pytest.mark.parametrize("answers", [[500, 502, 200], [-503, 200], [429, 200]])
def test_what_passes_by_itself_is_tried_again(
    data: Path,
    released: MeetingFolder,
    archive: Archive,
    server: archive_server.Archive,
    answers: list[int],
) -> None:
    server.answers = list(answers)
    assert _became(data, released, archive) == [Became.SENT]
    assert len(server.asked) == len(answers)
    assert len(server.records) == 1


def test_an_archive_that_only_keeps_old_pages_has_the_record(
    data: Path, released: MeetingFolder, archive: Archive, server: archive_server.Archive
) -> None:
    server.answers = [-503] * 5
    (result,) = send(data, released, (archive,))
    assert result.became is Became.SENT
    assert "old pages" in result.notes[0]


def test_after_five_tries_it_says_so_and_the_next_run_sends_it(
    data: Path, released: MeetingFolder, archive: Archive, server: archive_server.Archive
) -> None:
    server.answers = [500] * 5
    failure = _failure(data, released, archive)
    assert isinstance(failure, OutletError)
    assert "HTTP 500" in failure.what
    assert len(server.asked) == 5
    assert _became(data, released, archive) == [Became.SENT]


def test_a_token_that_is_not_accepted_has_its_own_cure_and_is_shown_nowhere(
    data: Path, released: MeetingFolder, archive: Archive
) -> None:
    archive.token_file.write_text("another-token")
    failure = _failure(data, released, archive)
    assert "token file" in failure.cure
    assert "another-token" not in str(failure) + (released.root / sent.NAME).read_text("utf-8")
    assert standing(sent.read(released)) == (), "nothing stands there"
    archive.token_file.chmod(0o644)
    assert "chmod 600" in _failure(data, released, archive).cure


def test_a_redirect_is_not_followed(
    data: Path, released: MeetingFolder, archive: Archive, server: archive_server.Archive
) -> None:
    server.answers = [307]
    assert "HTTP 307" in _failure(data, released, archive).what
    assert len(server.asked) == 1


def test_a_release_is_one_commit_by_the_office_and_pushed(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path
) -> None:
    assert _became(data, released, clone) == [Became.SENT]
    assert _became(data, released, clone) == [Became.THERE]
    bare = tmp_path / "records.git"
    log = git(bare, "log", "--format=%an <%ae> %cn %s", "main").splitlines()
    assert len(log) == 2
    assert log[0].startswith("Records office <r@example.org> Records office Publish a record (release ")
    for ending in ("md", "an.xml"):
        shown = git(bare, "-c", "core.quotePath=false", "show", f"main:records/{SLUG}/{SLUG}.{ending}")
        assert shown.encode() == (released.public / f"{SLUG}.{ending}").read_bytes()
    assert not any(secret in "".join(log) for secret in SECRETS)


def test_nobody_elses_changes_are_committed(data: Path, released: MeetingFolder, clone: Git) -> None:
    (clone.repository / "README").write_text("half a sentence")
    failure = _failure(data, released, clone)
    assert "not committed" in failure.what
    assert "records" not in _names(clone.repository)
    git(clone.repository, "checkout", "README")
    git(clone.repository, "checkout", "-q", "-b", "other")
    assert "another branch" in _failure(data, released, clone).what


def test_what_somebody_else_pushed_is_not_overwritten(
    data: Path, released: MeetingFolder, clone: Git, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    git(tmp_path, "clone", "-q", str(tmp_path / "records.git"), str(theirs))
    (theirs / "NEWS").write_text("New.\n")
    git(theirs, "add", "NEWS")
    git(theirs, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "News")
    git(theirs, "push", "-q")
    failure = _failure(data, released, clone)
    assert "Somebody else pushed" in failure.what
    git(clone.repository, "-c", "user.name=T", "-c", "user.email=t@example.org", "pull", "-q", "--rebase")
    assert _became(data, released, clone) == [Became.SENT]
    assert git(tmp_path / "records.git", "log", "--format=%s", "main").count("Publish a record") == 1


def test_the_folder_holds_every_file_that_was_released(
    data: Path, released: MeetingFolder, site: Shelf
) -> None:
    assert _became(data, released, site) == [Became.SENT]
    assert public.artifacts(site.path / SLUG) == public.artifacts(released.public)
    assert _became(data, released, site) == [Became.THERE]
    (site.path / SLUG / f"{SLUG}.txt").unlink()
    assert _became(data, released, site) == [Became.SENT], "what is gone there is put there again"
    assert public.artifacts(site.path / SLUG) == public.artifacts(released.public)


def test_a_folder_that_is_not_mounted_is_no_empty_one(
    data: Path, released: MeetingFolder, site: Shelf
) -> None:
    away = replace(site, path=site.path / "share")
    assert "Mount it" in _failure(data, released, away).cure
    assert not away.path.exists()


def test_one_outlet_that_fails_holds_up_no_other(
    data: Path, released: MeetingFolder, archive: Archive, site: Shelf, server: archive_server.Archive
) -> None:
    server.answers = [404]
    assert _became(data, released, archive, site) == [Became.FAILED, Became.SENT]


def test_a_dry_run_sends_nothing(
    data: Path,
    released: MeetingFolder,
    archive: Archive,
    clone: Git,
    site: Shelf,
    server: archive_server.Archive,
) -> None:
    results = send(data, released, (archive, clone, site), dry_run=True)
    assert [(r.became, r.key) for r in results] == [(Became.WOULD, SLUG)] * 3
    assert (server.asked, _names(site.path)) == ([], [])
    assert not (released.root / sent.NAME).exists()


def _revoked(folder: MeetingFolder) -> None:
    revoke.revoke(folder, "R", "asked for")


def _changed(folder: MeetingFolder) -> None:
    path = folder.public / f"{SLUG}.md"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.mark.parametrize("what", [_revoked, _changed])
def test_only_what_was_released_last_and_is_whole_is_sent(
    data: Path, released: MeetingFolder, site: Shelf, what: Callable[[MeetingFolder], None]
) -> None:
    what(released)
    with pytest.raises(NotReleasableError):
        send(data, released, (site,))
    assert _names(site.path) == []


def test_nothing_is_sent_before_a_release(data: Path, approved: MeetingFolder, site: Shelf) -> None:
    with pytest.raises(NotReleasableError):
        send(data, approved, (site,))


def test_bytes_that_change_while_they_are_read_do_not_arrive(
    data: Path, released: MeetingFolder, site: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_clean", lambda _: _changed(released))
    assert isinstance(_failure(data, released, site), StorageError)
    assert not (site.path / SLUG / f"{SLUG}.md").exists()


def test_who_is_hidden_since_the_release_is_not_sent(
    data: Path, released: MeetingFolder, site: Shelf, zhuzi: Callable[..., object]
) -> None:
    text = released.meeting_toml.read_text("utf-8")
    released.meeting_toml.write_text(
        text.replace('name = "沈立言"', 'name = "沈立言"\nwish = "anonymous"'), "utf-8"
    )
    with pytest.raises(LeakError) as leak:
        send(data, released, (site,))
    assert not any(secret in str(leak.value) for secret in SECRETS)
    assert _names(site.path) == []
    assert not (released.root / ".index.part").exists()


def test_a_record_that_is_another_one_by_now_is_not_sent_and_where_it_stands_it_stays(
    data: Path, released: MeetingFolder, site: Shelf, tmp_path: Path
) -> None:
    assert _became(data, released, site) == [Became.SENT]
    text = released.meeting_toml.read_text("utf-8")
    released.meeting_toml.write_text(
        f'{text}\n[[links]]\nlabel = "Slides"\nurl = "https://example.org/s"\n', "utf-8"
    )
    assert _became(data, released, site) == [Became.THERE]
    other = replace(site, name="other", path=tmp_path / "other")
    other.path.mkdir()
    with pytest.raises(NotReleasableError, match="changed since it was released"):
        send(data, released, (site, other))
    assert not _names(other.path)
    review.approve(released, "Second")
    publish(released)
    assert _became(data, released, site, other) == [Became.SENT, Became.SENT]


def test_an_index_is_made_of_a_folder_of_records_and_of_no_meeting_or_single_record(
    data: Path, released: MeetingFolder, site: Shelf
) -> None:
    send(data, released, (site,))
    (record,) = (path for path in site.path.iterdir() if path.is_dir() and path.name != "search")
    for wrong in (data, released.root, released.public, record):
        before = _names(wrong)
        with pytest.raises(OutletError, match="or a single record"):
            answered.indexed(data, wrong, "", "")
        assert _names(wrong) == before
    assert answered.indexed(data, site.path, "", "")["records"] == 1


def test_nothing_is_sent_while_participants_are_asked(
    data: Path, released: MeetingFolder, site: Shelf
) -> None:

    window_steps.open_(released, review.draft_of(released), "Reviewer", days=10)
    with pytest.raises(NotReleasableError, match="correction window"):
        send(data, released, (site,))


def test_it_is_taken_down_wherever_it_stands_and_only_what_is_ours(
    data: Path,
    released: MeetingFolder,
    archive: Archive,
    clone: Git,
    site: Shelf,
    server: archive_server.Archive,
    tmp_path: Path,
) -> None:
    everywhere = (archive, clone, site)
    send(data, released, everywhere)
    (site.path / SLUG / "notes.txt").write_text("of the office")
    taken = revoke.revoke(released, "R", "asked for")
    said = "\n".join(revoke.lines(taken))
    assert all(f"outlet {name}" in said for name in ("archive", "git", "site"))
    assert "zhuzi publish --withdraw" in said
    results = withdraw(data, released, everywhere)
    assert [r.became for r in results] == [Became.WITHDRAWN] * 3
    assert "history" in " ".join(results[1].notes)
    assert server.records == {}
    assert git(tmp_path / "records.git", "ls-tree", "-r", "--name-only", "main").split() == ["README"]
    assert _names(site.path / SLUG) == ["notes.txt"]
    assert withdraw(data, released, everywhere) == ()
    assert revoke.listed(released).standing == ()


def test_what_was_changed_there_stays_and_is_named(data: Path, released: MeetingFolder, site: Shelf) -> None:
    send(data, released, (site,))
    (site.path / SLUG / f"{SLUG}.txt").write_text("somebody's own")
    (result,) = withdraw(data, released, (site,))
    assert f"{SLUG}.txt" in result.notes[0]
    assert _names(site.path / SLUG) == [f"{SLUG}.txt"]


def test_what_cannot_be_taken_down_is_said_to_stand_there(
    data: Path, released: MeetingFolder, archive: Archive, site: Shelf, server: archive_server.Archive
) -> None:
    send(data, released, (archive, site))
    server.answers = [500] * 5
    results = withdraw(data, released, (archive, site))
    assert [r.became for r in results] == [Became.FAILED, Became.WITHDRAWN]
    assert [one.begun.outlet for one in revoke.listed(released).standing] == ["archive"]
    assert [r.became for r in withdraw(data, released, (archive,))] == [Became.WITHDRAWN]


def test_an_outlet_that_moved_is_another_one_and_the_old_place_is_not_forgotten(
    data: Path, released: MeetingFolder, site: Shelf, tmp_path: Path
) -> None:
    send(data, released, (site,))
    moved = replace(site, path=tmp_path / "elsewhere")
    moved.path.mkdir()
    assert _became(data, released, moved) == [Became.SENT]
    results = withdraw(data, released, (moved,))
    assert [r.became for r in results] == [Became.FAILED, Became.WITHDRAWN]
    assert "not in outlets.toml any more" in str(results[0].failure)
    assert (site.path / SLUG).is_dir()


def test_what_was_withdrawn_goes_there_again_only_if_somebody_asks_for_it(
    data: Path, released: MeetingFolder, site: Shelf
) -> None:
    send(data, released, (site,))
    withdraw(data, released, (site,))
    assert send(data, released, (site,), unasked=True) == ()
    assert _became(data, released, site) == [Became.SENT]
