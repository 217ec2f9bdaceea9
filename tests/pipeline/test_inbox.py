"""What is dropped into an inbox is taken once, when it is complete, and nothing of it is lost or named."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import register
from pipeline.digest import sha256_of
from pipeline.folder import find, meetings
from pipeline.inbox import away, drops
from pipeline.inbox.drops import Drop
from pipeline.inbox.events import Event, Happened
from pipeline.inbox.journal import Entry
from pipeline.inbox.place import Inbox
from pipeline.inbox.watch import How, Watch
from pipeline.jobs.order import State
from pipeline.settings import Settings
from speakers.error import BusyError, NotFoundError, RecordingError, RegisterError, StorageError
from tests.conftest import MEETING, SECRETS, write_wave
from tests.working import Working

WAITS_S = 300


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "inbox"
    made.mkdir()
    return made


class Office:
    """An inbox with its watcher, which looks whenever the test does."""

    def __init__(self, place: Path, settings: Settings, how: How | None = None) -> None:
        self.place, self.settings = place, settings
        self.jobs = Working(settings)
        self.inbox = Inbox(place, settings)
        self._alone = self.inbox.alone()
        self._alone.__enter__()
        self.events: list[Event] = []
        self.watch = Watch(self.inbox, self.jobs, settings, how or How(settle_s=0), self.events.append)

    def close(self) -> None:
        self.jobs.close()
        self._alone.__exit__(None, None, None)

    def until(self, *wanted: Happened, times: int = 1) -> list[Event]:
        """Look until so many of these happened."""
        end = time.monotonic() + WAITS_S
        while time.monotonic() < end:
            self.watch.look()
            found = [e for e in list(self.events) if e.event in wanted]
            if len(found) >= times:
                return found
            time.sleep(0.02)
        raise AssertionError(self.events)

    def quiet(self) -> None:
        """Look until nothing is under way."""
        end = time.monotonic() + WAITS_S
        while self.watch.look() and time.monotonic() < end:
            time.sleep(0.02)
        while self.watch.busy() and time.monotonic() < end:
            self.watch.look()
            time.sleep(0.02)
        assert not self.watch.busy(), self.events

    def lies(self, where: str = "") -> list[str]:
        root = self.place / where
        found = (str(p.relative_to(root)) for p in root.rglob("*")) if root.exists() else ()
        return sorted(
            p
            for p in found
            if not p.startswith(".zhuzi") and (where or not p.startswith(("taken", "failed")))
        )


@pytest.fixture
def settings(data: Path, tmp_path: Path) -> Settings:
    return Settings(data, tmp_path / "models", voiceprint_key=tmp_path / "keys" / "voiceprints.key")


@pytest.fixture
def offices(place: Path, settings: Settings) -> Iterator[Callable[..., Office]]:
    made: list[Office] = []

    def open_(**how: object) -> Office:
        made.append(Office(place, settings, How(**{"settle_s": 0.0, **how})))  # type: ignore[arg-type]  # of its fields
        return made[-1]

    yield open_
    for office in made:
        office.close()


@pytest.fixture
def office(offices: Callable[..., Office]) -> Office:
    return offices()


def describe(path: Path, more: str = "") -> Path:
    path.write_text(MEETING + more, "utf-8")
    return path


def test_a_recording_with_what_is_known_about_it_comes_as_far_as_its_review(office: Office) -> None:
    describe(office.place / "蔡佩珊.toml")
    content = sha256_of(write_wave(office.place / "蔡佩珊.wav"))
    office.until(Happened.DONE)
    (folder,) = meetings(office.settings.data)
    assert sha256_of(folder.original) == content
    assert folder.manifest()["stages"]["attribute"]["finished"]
    assert register.of(office.settings.data).ids
    assert office.lies() == []
    assert office.lies("taken") == ["蔡佩珊.toml", "蔡佩珊.wav"]
    assert sha256_of(office.place / "taken" / "蔡佩珊.wav") == content
    assert not office.lies("failed")


def test_no_name_goes_into_events_data_or_spool(
    office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    folder = office.place / "毛毛媽的會議"
    folder.mkdir()
    describe(folder / "meeting.toml", '\n[[microphones]]\nfile = "林志明的麥克風.wav"\n')
    write_wave(folder / "蔡佩珊.wav")
    write_wave(folder / "林志明的麥克風.wav", seed=4)
    (office.place / "蔡佩珊.pdf").write_text("slides")
    (office.place / "蔡佩珊的聲音.mp3").write_text("no sound")
    office.until(Happened.HANDED_IN, Happened.REFUSED, times=2)
    said = "\n".join(str(event.row()) for event in office.events)
    for path in (
        p for p in (*settings.data.rglob("*"), *settings.data.with_name("data-register").rglob("*"))
    ):
        said += str(path.relative_to(settings.data.parent))
        if path.is_file() and path.suffix != ".wav":
            said += path.read_bytes().decode("utf-8", "replace")
    assert not [name for name in ("蔡佩珊", "毛毛媽", "的麥克風", "的聲音") if name in said]


def test_a_folder_is_one_meeting_with_its_microphones(office: Office) -> None:
    folder = office.place / "五月一日"
    folder.mkdir()
    write_wave(folder / "room.wav")
    write_wave(folder / "a.wav", seed=4)
    (folder / "slides.pdf").write_text("slides")
    describe(folder / "meeting.toml", '\n[[microphones]]\nfile = "a.wav"\nparticipant = "沈立言"\n')
    office.until(Happened.TAKEN)
    (meeting,) = meetings(office.settings.data)
    assert [m["sha256"] for m in meeting.manifest()["microphones"]] == [
        sha256_of(office.place / "taken" / "五月一日" / "a.wav")
    ]
    assert office.lies() == []
    assert "五月一日/slides.pdf" in office.lies("taken")


def test_a_folder_brings_along_what_was_written_during_the_meeting(office: Office) -> None:
    folder = office.place / "五月一日"
    folder.mkdir()
    write_wave(folder / "room.wav")
    (folder / "chat.txt").write_text("00:00:01\tMay\thello\n", "utf-8")
    describe(folder / "meeting.toml", '\n[[brought]]\nkind = "chat"\nfile = "chat.txt"\n')
    office.until(Happened.TAKEN)
    (meeting,) = meetings(office.settings.data)
    taken = office.place / "taken" / "五月一日" / "chat.txt"
    assert [b["sha256"] for b in meeting.manifest()["brought"]] == [sha256_of(taken)]
    assert office.lies() == []


def test_a_chat_that_has_not_arrived_is_waited_for(office: Office) -> None:
    write_wave(office.place / "a.wav")
    describe(office.place / "a.toml", '\n[[brought]]\nkind = "chat"\nfile = "chat.txt"\n')
    (waits,) = office.until(Happened.WAITING)
    assert "1 of its files" in waits.what
    (office.place / "chat.txt").write_text("00:00:01\tMay\thello\n", "utf-8")
    office.until(Happened.TAKEN)
    assert office.lies("taken") == ["a.toml", "a.wav", "chat.txt"]
    assert Happened.LEFT_ALONE not in {event.event for event in office.events}


@pytest.mark.parametrize(
    "name",
    ["a.wav.part", "a.wav.crdownload", "a.tmp", ".a.wav", "~$a.wav", ".~lock.a.wav#", ".a.wav.X1y2Z3", "a.wav~",
     ".syncthing.a.wav.tmp", "Thumbs.db", ".DS_Store", "desktop.ini", "@eaDir/a.wav", "#recycle/a.wav",
     ".stfolder/a.wav", "taken/a.wav", "failed/a.wav"],
)  # fmt: skip
def test_what_is_unfinished_or_clutter_is_not_looked_at(office: Office, name: str) -> None:
    (office.place / name).parent.mkdir(exist_ok=True)
    write_wave(office.place / name)
    for _ in range(3):
        assert not office.watch.look()
    assert office.events == []
    assert office.jobs.jobs() == ()


def test_a_file_that_grows_is_taken_once_it_does_not(offices: Callable[..., Office], tmp_path: Path) -> None:
    office = offices(settle_s=0.4)
    whole = write_wave(tmp_path / "whole.wav").read_bytes()
    growing = office.place / "a.wav"
    end = time.monotonic() + 1.5
    with growing.open("wb") as file:
        while time.monotonic() < end:
            file.write(whole[:1000])
            file.flush()
            office.watch.look()
            time.sleep(0.05)
        assert office.jobs.jobs() == ()
        file.truncate(0)
        file.seek(0)
        file.write(whole)
    office.until(Happened.HANDED_IN)
    assert office.jobs.jobs()[0].meeting_id == sha256_of(tmp_path / "whole.wav")[:12]


def test_a_file_beside_its_unfinished_twin_waits(office: Office) -> None:
    write_wave(office.place / "a.wav")
    (office.place / "a.wav.part").touch()
    office.until(Happened.WAITING)
    assert office.jobs.jobs() == ()
    (office.place / "a.wav.part").unlink()
    office.until(Happened.HANDED_IN)


def test_an_empty_file_is_waited_for_and_then_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office.place / "a.wav").touch()
    office.until(Happened.WAITING)
    monkeypatch.setattr("pipeline.inbox.watch.PATIENCE_S", 0.0)
    (refused,) = office.until(Happened.REFUSED)
    assert refused.exit_code == RecordingError.exit_code
    assert office.lies("failed") == ["a.wav", "a.wav.txt"]


def test_microphones_that_have_not_arrived_are_waited_for(office: Office) -> None:
    write_wave(office.place / "a.wav")
    describe(office.place / "a.toml", '\n[[microphones]]\nfile = "b.wav"\n')
    (waits,) = office.until(Happened.WAITING)
    assert "1 of its files" in waits.what
    write_wave(office.place / "b.wav", seed=4)
    office.until(Happened.TAKEN)
    assert office.lies("taken") == ["a.toml", "a.wav", "b.wav"]
    assert len(meetings(office.settings.data)) == 1


def test_microphones_that_never_arrive_are_a_failure_after_an_hour(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inbox.watch.LONGEST_WAIT_S", -1.0)
    write_wave(office.place / "a.wav")
    describe(office.place / "a.toml", '\n[[microphones]]\nfile = "b.wav"\n')
    (refused,) = office.until(Happened.REFUSED)
    assert refused.what == "The file of microphone 1 is not there."
    assert office.lies("failed") == ["a.toml", "a.wav", "a.wav.txt"]


def test_the_only_recording_and_the_only_meeting_toml_belong_together(office: Office) -> None:
    describe(office.place / "meeting.toml")
    office.watch.look()
    write_wave(office.place / "a.wav")
    office.until(Happened.TAKEN)
    assert office.lies("taken") == ["a.wav", "meeting.toml"]
    assert find(office.settings.data, office.events[-1].meeting or "").meeting_toml.exists()


def test_a_meeting_toml_that_could_be_of_two_recordings_stops_both(office: Office) -> None:
    describe(office.place / "meeting.toml")
    write_wave(office.place / "a.wav")
    write_wave(office.place / "b.wav", seed=4)
    office.until(Happened.REFUSED)
    assert office.jobs.jobs() == ()
    assert office.lies("failed") == ["a.wav", "a.wav.txt", "b.wav", "meeting.toml"]


def test_what_is_known_may_come_after_the_recording(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    monkeypatch.setattr("pipeline.inbox.watch.has_verified_copies", lambda *_, **__: False)
    write_wave(office.place / "a.wav")
    office.until(Happened.HANDED_IN)
    assert not register.of(office.settings.data).ids
    describe(office.place / "a.toml")
    first, second = office.until(Happened.HANDED_IN, times=2)
    assert first.meeting == second.meeting
    assert first.job != second.job
    assert register.of(office.settings.data).ids


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (("a.wav", "b.wav"), "several recordings"),
        (("a.wav", "b.toml"), "does not belong to its recording"),
        (("a.wav", "c/d.wav"), "holds another folder"),
    ],
)
def test_a_folder_of_which_nobody_can_tell_what_it_is_fails_as_a_whole(
    office: Office, files: tuple[str, ...], says: str
) -> None:
    for number, name in enumerate(files):
        path = office.place / "meeting" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        describe(path) if name.endswith(".toml") else write_wave(path, seed=number)
    (refused,) = office.until(Happened.REFUSED)
    assert says in refused.what
    assert office.lies() == []
    assert (office.place / "failed" / "meeting" / files[0]).is_file()
    assert (office.place / "failed" / "meeting.txt").is_file()
    assert office.jobs.jobs() == ()


def test_a_failing_file_says_why_in_both_languages_and_stops_no_other(office: Office) -> None:
    (office.place / "蔡佩珊.mp3").write_text("no sound")
    write_wave(office.place / "b.wav").with_suffix(".toml").write_text("= 蔡佩珊", "utf-8")
    content = sha256_of(write_wave(office.place / "c.wav", seed=4))
    office.until(Happened.REFUSED, times=2)
    office.until(Happened.DONE)
    assert [m.id for m in meetings(office.settings.data)] == [content[:12]]
    assert office.lies("failed") == ["b.toml", "b.wav", "b.wav.txt", "蔡佩珊.mp3", "蔡佩珊.mp3.txt"]
    for note in (office.place / "failed").glob("*.txt"):
        text = note.read_text("utf-8")
        assert not [name for name in SECRETS if name in text]
        assert "This was not done: " in text
        chinese = text.split("沒有處理完成：")[1].split("\n")[0]
        assert len(chinese) > 10
        assert not chinese.isascii()


def test_a_job_that_fails_later_is_reported_and_its_file_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble = office.place.with_name("trouble")
    trouble.write_text("die")
    monkeypatch.setenv("SCRIPTED_STAGE", str(trouble))
    content = sha256_of(write_wave(office.place / "a.wav"))
    (failed,) = office.until(Happened.FAILED)
    assert "SIGSEGV" in failed.what
    note = (office.place / "failed" / "a.wav.txt").read_text("utf-8")
    kept = [p for p in office.place.rglob("a.wav") if sha256_of(p) == content]
    assert len(kept) == 1
    assert str(kept[0].relative_to(office.place)) in note or kept[0].parent.name == "failed"
    assert office.watch.worst
    trouble.write_text("")
    kept[0].rename(office.place / "a.wav")  # moved back, it is tried again, as the same job
    office.until(Happened.DONE)
    assert [j.id for j in office.jobs.jobs()] == [failed.job]


def test_the_same_content_twice_is_one_job(office: Office) -> None:
    write_wave(office.place / "a.wav")
    shutil.copy(office.place / "a.wav", office.place / "b.wav")
    office.until(Happened.DONE, times=2)
    shutil.copy(office.place / "taken" / "a.wav", office.place / "a.wav")
    office.until(Happened.DONE, times=3)
    assert len(office.jobs.jobs()) == 1
    assert office.lies("taken") == ["a (2).wav", "a.wav", "b.wav"]


def test_nothing_is_removed_before_a_verified_copy_exists(
    offices: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = offices(remove=True)
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    folder = office.place / "meeting"
    folder.mkdir()
    write_wave(folder / "a.wav")
    describe(folder / "meeting.toml")
    office.until(Happened.HANDED_IN)
    office.until(Happened.REMOVED)
    content = sha256_of(find(office.settings.data, office.events[-1].meeting).original)
    assert content.startswith(office.events[-1].meeting)
    assert office.lies("taken") == []
    assert office.lies() == []


def test_what_was_put_beside_a_recording_is_never_removed(offices: Callable[..., Office]) -> None:
    office = offices(remove=True)
    folder = office.place / "meeting"
    folder.mkdir()
    write_wave(folder / "a.wav")
    (folder / "minutes.pdf").write_text("by hand")
    office.until(Happened.DONE)
    assert office.lies("taken") == ["meeting", "meeting/minutes.pdf"]


def test_a_damaged_copy_keeps_the_original(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.inbox.watch.has_verified_copies", lambda *_, **__: False)
    write_wave(office.place / "a.wav")
    (failed,) = office.until(Happened.FAILED)
    assert "no whole copy" in failed.what
    assert office.lies("failed") == ["a.wav", "a.wav.txt"]


def test_slides_are_left_alone_and_mentioned_once(offices: Callable[..., Office]) -> None:
    first = offices()
    (first.place / "slides.pdf").write_text("slides")
    for _ in range(3):
        first.watch.look()
    assert [e.event for e in first.events] == [Happened.LEFT_ALONE]
    first.close()
    second = offices()
    second.watch.look()
    assert second.events == []
    assert second.lies() == ["slides.pdf"]


def test_links_and_pipes_are_refused_and_not_followed(office: Office, tmp_path: Path) -> None:
    secret = write_wave(tmp_path / "secret.wav")
    (office.place / "a.wav").symlink_to(secret)
    (office.place / "b").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(office.place / "c.wav")
    (office.place / "d").mkdir()
    (office.place / "d" / "e.wav").symlink_to(secret)
    office.until(Happened.REFUSED, times=4)
    assert office.jobs.jobs() == ()
    assert secret.exists()
    assert sorted(p.name for p in (office.place / "failed").iterdir() if p.suffix != ".txt") == [
        "a.wav", "b", "c.wav", "d",
    ]  # fmt: skip


def test_a_microphone_is_not_taken_from_outside_the_inbox(office: Office, tmp_path: Path) -> None:
    write_wave(tmp_path / "secret.wav", seed=5)
    write_wave(office.place / "a.wav")
    describe(office.place / "a.toml", '\n[[microphones]]\nfile = "../secret.wav"\n')
    (refused,) = office.until(Happened.REFUSED)
    assert "another folder" in refused.what
    assert office.jobs.jobs() == ()


@pytest.mark.parametrize(
    "where", ["data", "data/work/inbox", "data-register", "data-register/in", ".", "models/in"]
)
def test_an_inbox_that_is_not_apart_from_the_data_is_refused(
    settings: Settings, tmp_path: Path, where: str
) -> None:
    settings.data.mkdir(exist_ok=True)
    (tmp_path / where).mkdir(parents=True, exist_ok=True)
    with pytest.raises((StorageError, RegisterError)):
        Inbox(tmp_path / where, settings)
    link = tmp_path.with_name(f"{tmp_path.name}-link")
    link.symlink_to(tmp_path / where)
    with pytest.raises((StorageError, RegisterError)):
        Inbox(link, settings)


def test_an_inbox_that_is_a_link_is_resolved_once(settings: Settings, place: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(place)
    assert Inbox(tmp_path / "link", settings).root == place
    with pytest.raises(NotFoundError):
        Inbox(tmp_path / "nowhere", settings)


def test_a_second_watcher_says_so_and_ends(office: Office, tmp_path: Path) -> None:
    elsewhere = Settings(tmp_path / "other", tmp_path / "models", voiceprint_key=tmp_path / "k" / "v")
    for settings in (office.settings, elsewhere):
        with pytest.raises(BusyError, match="Another watcher"), Inbox(office.place, settings).alone():
            pass


def test_an_inbox_that_vanishes_and_comes_back_is_gone_on_with(office: Office) -> None:
    away = office.place.with_name("away")
    office.watch.look()
    office.place.rename(away)
    office.watch.look()
    office.place.mkdir()  # the folder under a share that is not mounted
    office.watch.look()
    assert [e.event for e in office.events] == [Happened.GONE]
    assert list(office.place.iterdir()) == []
    office.place.rmdir()
    away.rename(office.place)
    write_wave(office.place / "a.wav")
    office.until(Happened.DONE)
    assert [e.event for e in office.events[:2]] == [Happened.GONE, Happened.BACK]


def test_a_full_disk_is_no_fault_of_the_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.inbox.watch._AGAIN_S", (0.2,))
    with monkeypatch.context() as full:
        full.setattr("pipeline.jobs.copies.ROOM", 1 << 40)
        write_wave(office.place / "a.wav")
        (held_up,) = office.until(Happened.HELD_UP)
        assert held_up.exit_code == StorageError.exit_code
        assert office.lies() == ["a.wav"]
    office.until(Happened.DONE)


def test_a_large_file_holds_up_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.inbox import watch

    monkeypatch.setattr(watch, "_SAY_EVERY_S", 0.0)
    original = watch.bring
    slow = office.place / "slow.wav"

    def bring(*arguments: Path, **options: object) -> object:
        if arguments[1] == slow:
            while not any(e.event is Happened.DONE for e in office.events):
                time.sleep(0.01)
        return original(*arguments, **options)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(watch, "bring", bring)
    write_wave(slow, seed=6)
    write_wave(office.place / "quick.wav", seed=7)
    office.until(Happened.DONE, times=2)
    assert [e.done == e.total for e in office.events if e.event is Happened.COPYING]


def test_a_job_that_somebody_removed_is_not_begun_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    monkeypatch.setattr("pipeline.inbox.watch.has_verified_copies", lambda *_, **__: False)
    write_wave(office.place / "a.wav")
    (handed,) = office.until(Happened.HANDED_IN)
    office.jobs.cancel(handed.job)
    office.jobs.discard(handed.job)
    (failed,) = office.until(Happened.FAILED)
    assert failed.what == "Somebody removed the job."
    assert office.jobs.jobs() == ()
    assert office.lies("failed") == ["a.wav", "a.wav.txt"]


def test_a_name_in_no_encoding_or_of_full_length_is_taken_like_any_other(office: Office) -> None:
    odd = os.fsdecode(os.fsencode(office.place) + b"/\xff\xfe.wav")
    write_wave(Path(odd))
    (office.place / f"{'長' * 83}.mp3").write_text("no sound")
    office.until(Happened.REFUSED)
    office.until(Happened.DONE)
    assert any(p.suffix == ".txt" for p in (office.place / "failed").iterdir())
    assert b"\xff\xfe.wav" in os.listdir(os.fsencode(office.place / "taken"))  # noqa: PTH208 - as bytes


def test_a_lost_journal_loses_and_doubles_nothing(
    offices: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.inbox.watch.has_verified_copies", lambda *_, **__: False)
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    first = offices()
    write_wave(first.place / "a.wav")
    (before,) = first.until(Happened.HANDED_IN)
    first.close()
    (first.place / ".zhuzi" / "journal.json").write_text("{")
    second = offices()
    (after,) = second.until(Happened.HANDED_IN)
    assert before.job == after.job
    assert [j.state for j in second.jobs.jobs()] in ([State.WAITING], [State.RUNNING])


def test_a_file_that_is_replaced_at_the_last_moment_is_not_taken_for_the_one_that_was_copied(
    place: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = place / "a.wav"
    recording.write_bytes(b"one")
    (seen,) = drops.look(place).files
    entry = Entry.of(Drop("a.wav", (seen,), recording="a.wav"), (), "", "0" * 12)
    inbox, move = Inbox(place, settings), Inbox.move

    def replaced(self: Inbox, path: str, where: str) -> str:
        recording.write_bytes(b"another one")
        return move(self, path, where)

    monkeypatch.setattr(Inbox, "move", replaced)
    assert away.moved(inbox, entry, "taken") == {}
    assert recording.read_bytes() == b"another one"
