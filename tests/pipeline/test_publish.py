"""Nothing is public that was not approved exactly as it is, and nothing is public by halves."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from output import files, manifest
from pipeline import public, register, review
from pipeline import publish as publishing
from pipeline.folder import MeetingFolder
from redaction.decision import Corrected, Decided, Named, Verdict
from speakers.error import LeakError, NotReleasableError, StorageError, ZhuziError
from speakers.meeting import Wish
from speakers.record import Millis, Span
from speakers.transcribe import Transcript
from tests.conftest import MEETING, SECRETS
from tests.engines.scripted import SAID, ScriptedTranscriber, publish

PROTECTED = ("蔡佩珊", "佩珊", "毛毛媽", "Tsai Pei-shan")


def state(folder: MeetingFolder) -> dict[str, bytes]:
    """Every public byte."""
    return {p.name: p.read_bytes() for p in folder.public.iterdir()} if folder.public.exists() else {}


def assert_untouched(folder: MeetingFolder, before: dict[str, bytes]) -> None:
    assert state(folder) == before
    assert not (folder.root / ".public.part").exists()
    assert not (folder.root / "withdrawn").exists()


def test_an_approved_meeting_is_published_whole_and_write_protected(
    approved: MeetingFolder, data: Path
) -> None:
    released = publish(approved)
    assert released.sound.allowed
    endings = sorted(p.name.partition(".")[2] for p in approved.public.iterdir())
    assert endings == ["an.xml", "docx", "html", "json", "md", "mp3", "odt", "srt", "svg", "txt", "vtt"]
    assert not manifest.verify(approved.public)
    assert approved.public.stat().st_mode & 0o777 == 0o555
    assert {p.stat().st_mode & 0o777 for p in approved.public.iterdir()} == {0o444}
    assert not (approved.root / ".public.part").exists()
    for path in approved.public.iterdir():
        assert not [name for name in PROTECTED if name.encode() in path.read_bytes()], path.name
    assert review.standing(approved) == "released"
    assert approved.manifest()["released"]["approval"] == released.approval


def test_releasing_twice_moves_the_old_one_aside_whole(approved: MeetingFolder, data: Path) -> None:
    publish(approved)
    before = state(approved)
    publish(approved)
    assert state(approved) == before
    (old,) = (approved.root / "withdrawn").iterdir()
    assert {p.name: p.read_bytes() for p in old.iterdir()} == before
    assert not manifest.verify(old)


def test_an_undecided_meeting_is_not_released(undecided: MeetingFolder, data: Path) -> None:
    with pytest.raises(NotReleasableError, match="undecided"):
        publish(undecided)
    assert_untouched(undecided, {})


def test_a_decided_meeting_is_not_released_before_its_approval(undecided: MeetingFolder, data: Path) -> None:
    draft = review.draft_of(undecided)
    review.decide(undecided, "R", tuple(Decided(m.id, Verdict.MASK) for m in draft.undecided))
    with pytest.raises(NotReleasableError, match="0 of 1 approvals"):
        publish(undecided)
    assert_untouched(undecided, {})


def _correct(folder: MeetingFolder) -> None:
    statement = review.draft_of(folder).record.statements[0]
    review.decide(folder, "R", (Corrected(statement.id, statement.digest, "大家早，我是沈立言。"),))


def _toml(folder: MeetingFolder, old: str, new: str) -> None:
    text = folder.meeting_toml.read_text("utf-8")
    assert old in text
    folder.meeting_toml.write_text(text.replace(old, new), encoding="utf-8")


def _registered(folder: MeetingFolder, **changed: object) -> None:
    people = register.of(folder.root.parent.parent)
    (entry_id,) = people.ids
    people.change(entry_id, lambda entry: replace(entry, **changed))  # type: ignore[arg-type]


EDITS: dict[str, Callable[[MeetingFolder], object]] = {
    "a name is withdrawn": lambda f: review.decide(f, "R", (Named(review.voice("S1"), ""),)),
    "a statement is corrected": _correct,
    "another title": lambda f: _toml(f, "寵物", "動物"),
    "another wish": lambda f: _registered(f, wish=Wish.NAMED, parts=()),
    "another alias": lambda f: _registered(f, aliases=("毛毛媽",)),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
@pytest.mark.parametrize("released_before", [False, True])
def test_any_later_edit_voids_the_approval(
    approved: MeetingFolder, data: Path, edit: Callable[[MeetingFolder], object], released_before: bool
) -> None:
    if released_before:
        publish(approved)
    before = state(approved)
    edit(approved)
    with pytest.raises(NotReleasableError, match="voids an approval"):
        publish(approved)
    assert_untouched(approved, before)
    assert review.standing(approved) == ("released, changed since" if released_before else "awaiting review")


@pytest.mark.parametrize("edit", [EDITS["another title"], _correct], ids=["meeting.toml", "a correction"])
def test_what_changes_during_the_release_voids_it(
    approved: MeetingFolder, data: Path, edit: Callable[[MeetingFolder], object]
) -> None:
    edited: list[object] = []

    class WhileItListens(ScriptedTranscriber):
        def __call__(self, *given: Any) -> Transcript:
            if not edited:
                edited.append(edit(approved))
            return ScriptedTranscriber()(*given)

    with pytest.raises(NotReleasableError, match="changed while it was being released"):
        publishing.publish(approved, listener=WhileItListens)
    assert_untouched(approved, {})


def test_keeping_one_mention_lets_no_other_be_heard_there(undecided: MeetingFolder, data: Path) -> None:
    statement = review.draft_of(undecided).record.statements[3]
    # Nothing of it stays, so every word of it has the time of the whole statement.
    corrected = Corrected(statement.id, statement.digest, "感恩佩珊幫忙今天辛苦結束")
    (mark,) = (m for m in review.decide(undecided, "R", (corrected,)).marks if m.statement_id == statement.id)
    review.decide(undecided, "R", (Decided(mark.id, Verdict.KEEP, "a word"),))
    review.accept_proposed(undecided, "R")
    said = (*SAID[:3], (*SAID[3][:3], "感恩毛毛媽幫忙結束"))
    released = publishing.publish(undecided, listener=lambda: ScriptedTranscriber(said=said))
    assert any(span.overlap(Span(Millis(7_400), Millis(7_600))) for span in released.sound.replaced)
    said = (*SAID[:3], (*SAID[3][:3], "感恩沛珊幫忙結束"))
    released = publishing.publish(undecided, listener=lambda: ScriptedTranscriber(said=said))
    assert not any(span.overlap(Span(Millis(7_200), Millis(8_600))) for span in released.sound.replaced)


def test_nothing_but_models_is_told_of_how_it_was_made(approved: MeetingFolder, data: Path) -> None:
    for made_with in ([["王大明的住址", "臺北市"]], [["a", "b", "c"]], [1]):
        approved.note(made_with=made_with)
        with pytest.raises(StorageError, match="names no models"):
            publish(approved)
        assert_untouched(approved, {})


def test_two_approvers_are_two_people(approved: MeetingFolder, data: Path) -> None:
    for same in ("Reviewer", "reviewer ", "ＲＥＶＩＥＷＥＲ"):
        review.approve(approved, same)
    with pytest.raises(NotReleasableError, match="1 of 2 approvals"):
        publish(approved, approvers=2)
    review.approve(approved, "Somebody else")
    assert publish(approved, approvers=2).approvers == 2


@pytest.mark.parametrize("released_before", [False, True])
def test_a_leak_stops_the_release_and_says_where_and_not_what(
    approved: MeetingFolder, data: Path, released_before: bool
) -> None:
    if released_before:
        publish(approved)
    before = state(approved)
    _toml(approved, "寵物友善運輸協作會議", "陳情案 6JSh5L2p54+K")
    review.approve(
        approved, "Reviewer"
    )  # the name is in the title in base64: the gate reads, the scanner decodes
    with pytest.raises(LeakError) as caught:
        publish(approved)
    assert caught.value.exit_code == 7
    assert "p2/0" in str(caught.value)
    assert not [name for name in SECRETS if name in str(caught.value)]
    assert_untouched(approved, before)


def test_a_recording_that_is_not_the_one_heard_is_not_masked_and_published(
    approved: MeetingFolder, data: Path
) -> None:
    content = approved.original.read_bytes()
    approved.original.chmod(0o600)
    approved.original.write_bytes(content[:-1] + b"\0")
    with pytest.raises(StorageError, match="is not what was transcribed"):
        publish(approved)
    assert_untouched(approved, {})
    approved.original.write_bytes(content)
    publish(approved)
    approved.original.unlink()
    before = state(approved)
    with pytest.raises(StorageError, match=r"original of meeting \w+ is gone"):
        publish(approved)
    assert_untouched(approved, before)


def test_a_full_disk_stops_the_release(
    approved: MeetingFolder, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    places = [
        (files, "sync"),
        (manifest, "sync"),
        (public, "sync"),
        (Path, "mkdir"),
        (Path, "rename"),
    ]
    for owner, name in places:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, full)
            with pytest.raises(ZhuziError) as caught:
                publish(approved)
        assert caught.value.exit_code == StorageError.exit_code, name
        assert "\n" not in str(caught.value)
        assert not approved.public.exists() or not manifest.verify(approved.public)
        assert not (approved.root / ".public.part").exists()
    monkeypatch.undo()
    publish(approved)
    assert not manifest.verify(approved.public)


def test_what_an_earlier_release_left_behind_is_no_part_of_this_one(
    approved: MeetingFolder, data: Path
) -> None:
    left = approved.root / ".public.part"
    left.mkdir()
    (left / "old.txt").write_text("蔡佩珊", encoding="utf-8")
    left.chmod(0o555)
    publish(approved)
    assert "old.txt" not in state(approved)
    assert not left.exists()


def test_a_person_whose_voice_nobody_knows_keeps_the_sound_private(
    hear: Callable[..., MeetingFolder], recording: Path, data: Path
) -> None:
    toml = MEETING.replace('heard_at = "0:03"\n', "").replace('"佩珊"', '"小明"')
    recording.with_name("meeting.toml").write_text(toml.replace("蔡佩珊", "王小明"), encoding="utf-8")
    folder = hear()
    review.accept_proposed(folder, "R")
    released = publish(folder)
    assert not released.sound.allowed
    assert not list(folder.public.glob("*.mp3"))


def test_sound_that_was_heard_by_another_clock_is_not_published(
    approved: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speakers.timeline.VERSION", "clock of tomorrow")
    with pytest.raises(NotReleasableError, match=r"counted moments in another way.*Run the recording again"):
        publish(approved)
    assert_untouched(approved, {})
