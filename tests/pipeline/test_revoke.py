"""Taking down is never in the way of anything, and what is taken down does not come back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from pipeline import public, register, review
from pipeline.folder import MeetingFolder
from pipeline.lock import alone
from pipeline.public import REVOKED, Public, state_of
from pipeline.revoke import Outing, Takedown, lines, revoke
from pipeline.run import RECORD
from redaction import ledger
from redaction.decision import Revoked
from speakers.error import LedgerError, NotReleasableError, RecordError, StorageError
from tests.conftest import one_object
from tests.engines.scripted import publish

Zhuzi = Callable[..., Result]


def _titled(folder: MeetingFolder, title: str) -> None:
    text = folder.meeting_toml.read_text("utf-8")
    link = '\n[[links]]\nlabel = "錄影"\nurl = "https://example.org/video"\n'
    folder.meeting_toml.write_text(text.replace("寵物友善運輸協作會議", title) + link, encoding="utf-8")
    review.approve(folder, "Second")


def test_what_is_revoked_is_public_no_more_and_needs_a_new_approval(approved: MeetingFolder) -> None:
    publish(approved)
    taken = revoke(approved, "Reviewer", "蔡小姐不願意了")
    assert not approved.public.exists()
    assert taken.withdrawn is not None
    assert list(taken.withdrawn.glob("*.txt"))
    assert ledger.read(approved.ledger)[-1].act == Revoked("蔡小姐不願意了")
    assert review.standing(approved) == "revoked"
    with pytest.raises(NotReleasableError, match="revoked since it was approved"):
        publish(approved)
    review.approve(approved, "Reviewer")
    assert review.standing(approved) == "approved"
    publish(approved)
    assert review.standing(approved) == "released"


def test_every_file_that_ever_went_out_is_listed_with_who_approved_it(approved: MeetingFolder) -> None:
    publish(approved)
    first = public.artifacts(approved.public)
    _titled(approved, "另一個名稱")
    publish(approved)
    second = public.artifacts(approved.public)
    taken = revoke(approved, "Reviewer", "asked for")
    assert [outing.files for outing in taken.outings] == [first, second]
    assert [outing.approvers for outing in taken.outings] == [("Reviewer",), ("Second",)]
    assert all(outing.at for outing in taken.outings)
    assert [link.url for link in taken.links] == ["https://example.org/video"]
    said = "\n".join(lines(taken))
    for file in (*first, *second):
        assert file.name in said
        assert file.sha256 in said
    again = revoke(approved, "Reviewer", "once more")
    assert again.withdrawn is None
    assert again.outings == taken.outings


@pytest.mark.parametrize("name", [RECORD, "meeting.toml", "manifest.json"])
@pytest.mark.parametrize("content", [b"\xff{", None])
def test_damage_elsewhere_does_not_keep_files_public(
    approved: MeetingFolder, zhuzi: Zhuzi, name: str, content: bytes | None
) -> None:
    publish(approved)
    out = len(public.artifacts(approved.public))
    if content is None:
        (approved.root / name).unlink()
    else:
        (approved.root / name).write_bytes(content)
    result = zhuzi("revoke", approved.id, "--reviewer", "R", "--reason", "x", "--json")
    assert result.exit_code == 0, result.output
    answer = one_object(result.stdout)
    assert answer["withdrawn"]
    assert len(answer["releases"][0]["files"]) == out
    assert bool(answer["notes"]) == (name == "meeting.toml" and content is not None)
    assert not approved.public.exists()


def test_without_the_consent_register_it_is_taken_down(approved: MeetingFolder, zhuzi: Zhuzi) -> None:
    publish(approved)
    people = register.of(approved.root.parent.parent)
    for path in (people.place / "people").iterdir():
        path.write_bytes(b"{")
    assert zhuzi("release", approved.id).exit_code != 0
    result = zhuzi("revoke", approved.id, "--reviewer", "R", "--reason", "x", "--json")
    assert result.exit_code == 0, result.output
    assert any("links" in note for note in one_object(result.stdout)["notes"])
    assert not approved.public.exists()


def test_without_its_ledger_it_is_taken_down_and_stays_down(approved: MeetingFolder, zhuzi: Zhuzi) -> None:
    publish(approved)
    files = public.artifacts(approved.public)
    whole = approved.ledger.read_bytes()
    approved.ledger.write_bytes(whole[10:])
    result = zhuzi("revoke", approved.id, "--reviewer", "R", "--reason", "x")
    assert result.exit_code == LedgerError.exit_code
    assert not approved.public.exists()
    assert files[0].sha256 in result.stdout
    approved.ledger.write_bytes(whole)  # from a backup, which knows nothing of it
    assert (approved.root / REVOKED).exists()
    with pytest.raises(NotReleasableError, match="revoke it again"):
        publish(approved)
    assert review.standing(approved) != "released"
    assert revoke(approved, "R", "x").failures == ()
    assert not (approved.root / REVOKED).exists()
    with pytest.raises(NotReleasableError, match="revoked since"):
        publish(approved)


def test_it_does_not_wait_for_whoever_works_on_the_meeting(approved: MeetingFolder) -> None:
    publish(approved)
    with alone(approved.root, lambda: None), alone(approved.root.parent.parent, lambda: None):
        revoke(approved, "R", "x")
    assert not approved.public.exists()


def test_a_release_that_listens_meanwhile_does_not_come_after_it(approved: MeetingFolder) -> None:
    from pipeline import publish as publishing
    from tests.engines.scripted import ScriptedTranscriber

    class WhileItListens(ScriptedTranscriber):
        def __call__(self, *given):  # type: ignore[no-untyped-def]
            revoke(approved, "R", "x")
            return ScriptedTranscriber()(*given)

    with pytest.raises(NotReleasableError):
        publishing.publish(approved, listener=WhileItListens)
    assert not approved.public.exists()


def test_a_kill_before_the_files_are_moved_is_told_and_mended(
    approved: MeetingFolder, zhuzi: Zhuzi, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(approved)
    out = len(public.artifacts(approved.public))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", full)
        result = zhuzi("revoke", approved.id, "--reviewer", "R", "--reason", "x", "--json")
        answer = one_object(result.stdout)
    assert result.exit_code == StorageError.exit_code
    assert answer["withdrawn"] is None
    assert len(answer["failures"]) == 1
    assert len(answer["releases"][0]["files"]) == out
    assert state_of(approved, ledger.read(approved.ledger)) is Public.STILL
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["state"] == "revoked, still public"
    assert "zhuzi revoke" in row["next"][0]
    revoke(approved, "R", "x")
    assert not approved.public.exists()


@pytest.mark.parametrize(("who", "reason", "error"), [(" ", "x", LedgerError), ("R", " ", RecordError)])
def test_somebody_has_to_say_who_they_are_and_why(
    approved: MeetingFolder, who: str, reason: str, error: type[Exception]
) -> None:
    publish(approved)
    with pytest.raises(error):
        revoke(approved, who, reason)
    assert approved.public.exists()


def test_revoking_what_was_never_released_voids_its_approval(approved: MeetingFolder) -> None:
    taken = revoke(approved, "R", "x")
    assert (taken.withdrawn, taken.outings) == (None, ())
    with pytest.raises(NotReleasableError, match="revoked since"):
        publish(approved)


def test_what_an_older_version_released_is_listed_from_its_files(approved: MeetingFolder) -> None:
    old = approved.root / "withdrawn" / "20240101T000000.0"
    old.mkdir(parents=True)
    (old / "old.txt").write_bytes(b"x")
    (approved.root / "withdrawn" / "sealed").write_bytes(b"")
    taken = revoke(approved, "R", "x")
    assert [[f.name for f in o.files] for o in taken.outings] == [["old.txt"]]
    assert any("look into it yourself" in note for note in taken.notes)


def test_a_wish_that_changed_after_the_release_is_told_with_what_to_do(
    approved: MeetingFolder, zhuzi: Zhuzi
) -> None:
    publish(approved)
    people = register.of(approved.root.parent.parent)
    (entry_id,) = people.ids
    people.change(entry_id, lambda e: replace(e, aliases=("毛毛媽",)))
    (row,) = one_object(zhuzi("status", "--json").stdout)["meetings"]
    assert row["state"] == "released, changed since"
    assert entry_id in row["why"]
    assert "zhuzi revoke ID" in row["next"][0]
    assert any("What somebody asked for changed" in step for step in row["next"])
    assert "蔡佩珊" not in str(row)


def test_a_name_that_was_typed_with_a_space_is_listed_without_it() -> None:
    out = Outing("2026-05-01", ("王小明 ", "Chen Mei"), ())
    assert "  released 2026-05-01, approved by 王小明, Chen Mei" in lines(Takedown(None, (out,), (), (), ()))
