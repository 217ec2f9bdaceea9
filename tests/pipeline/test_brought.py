"""What was written during a meeting is in its record where it came, and protected like what was spoken."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import brought, drop, review, show
from pipeline.folder import MeetingFolder
from pipeline.jobs.spool import Jobs
from pipeline.keeping.kinds import Kind, called, paths
from pipeline.settings import Settings
from pipeline.uploads import Uploads
from redaction import ledger
from redaction.decision import Absent, Merged, Named, Reassigned, Rediarized
from redaction.release import labels, obstacles
from speakers.error import MeetingError, NotReleasableError, RecordError
from speakers.record import SpeakerId
from tests.conftest import MEETING, finishes
from tests.engines import scripted
from tests.engines.scripted import publish

Hear = Callable[..., MeetingFolder]

NET_NAME = "阿橘不想被看見"
"""What somebody typed as their name who is not on the list: it is nobody's business."""

QUESTIONS = (
    ("2024-05-01 14:00:02", "毛毛媽", "我家的狗可以上車嗎？", "12", "true"),
    ("2024-05-01 14:00:05", NET_NAME, "佩珊說的辦法，什麼時候開始？", "7", "false"),
    ("2024-05-01 14:00:06", "Anonymous", "誰來付錢？", "0", ""),
    ("2024-05-01 14:00:07", "林志明", "這個問題不要公開。", "3", ""),
    ("2024-05-01 13:55:00", "沈立言", "會議前先問一題。", "1", ""),
)


def slido(path: Path, rows: tuple[tuple[str, ...], ...] = QUESTIONS, encoding: str = "utf-8-sig") -> Path:
    """An export with columns in an order that a person may have changed."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["Created at", "Author name", "Question", "Upvotes", "Is answered"])
    table.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def described(recording: Path, blocks: str, header: str = "begins = 14:00:00\n") -> None:
    """The meeting with more in its file."""
    (recording.parent / "meeting.toml").write_text(f"{header}{MEETING}\n{blocks}", encoding="utf-8")


SLIDO = '[[brought]]\nkind = "slido"\nfile = "slido 毛毛媽.csv"\n'


@pytest.fixture
def asked(recording: Path, hear: Hear) -> MeetingFolder:
    """The meeting, with questions of its audience."""
    slido(recording.parent / "slido 毛毛媽.csv")
    described(recording, SLIDO)
    return hear()


def told(folder: MeetingFolder) -> list[tuple[str, str]]:
    """Every public paragraph: (label, text)."""
    from output import markdown

    (path,) = folder.public.glob("*.md")
    return list(markdown.parse(path.read_bytes()))


def test_questions_stand_where_they_were_asked_and_speech_keeps_its_ids(asked: MeetingFolder) -> None:
    record = review.draft_of(asked).record
    assert [s.id for s in record.statements] == ["q1", "a1", "q2", "a2", "a3", "q3", "q4", "a4", "q5"]
    texts = [s.text for s in record.statements if s.written]
    assert texts == [
        QUESTIONS[n][2] for n in (4, 0, 1, 2, 3)
    ]  # the first was asked before the recording began
    assert {s.speaker for s in record.statements if s.written} == {"Q0", "Q1", "Q2", "Q3", "Q4"}


def test_an_export_that_comes_later_transcribes_nothing_anew(
    job: MeetingFolder, recording: Path, hear: Hear, calls: Path
) -> None:
    review.accept_proposed(job, "Reviewer")
    before, heard = review.draft_of(job), calls.read_text()
    assert not obstacles(before)
    slido(recording.parent / "slido 毛毛媽.csv")
    described(recording, SLIDO)
    folder = hear()
    now = review.draft_of(folder)
    assert calls.read_text() == heard
    assert now.record.spoken == before.record
    assert now.record.spoken.digest == before.record.digest
    assert not now.approvals  # what was approved is not what is there
    (recording.parent / "slido 毛毛媽.csv").write_bytes(b"Question\nIs anybody there?\n")
    hear()
    assert [s.text for s in review.draft_of(folder).record.statements if s.written] == ["Is anybody there?"]
    described(recording, "")
    hear()
    assert review.draft_of(folder).record == before.record
    assert not list((folder.root / "original").glob("brought-*"))


def test_authors_are_protected_like_everybody_and_what_they_typed_is_nowhere(
    asked: MeetingFolder, data: Path
) -> None:
    draft = review.draft_of(asked)
    shown = labels(draft)
    by_text = {s.text: s.speaker for s in draft.record.statements}
    assert shown[by_text["我家的狗可以上車嗎？"]] == "參與者 1"
    assert shown[by_text["誰來付錢？"]] == "匿名提問者"
    assert shown[by_text["會議前先問一題。"]] == "提問者 1"  # a name that anybody may type is only proposed
    assert draft.namings.of(by_text["會議前先問一題。"]) is not None
    review.accept_proposed(asked, "Reviewer")
    publish(asked)
    paragraphs = told(asked)
    assert ("參與者 1", "（Slido 提問，12 票，已回答）我家的狗可以上車嗎？") in paragraphs
    assert ("沈立言", "（Slido 提問，1 票）會議前先問一題。") in paragraphs
    assert ("匿名提問者", "（Slido 提問，0 票）誰來付錢？") in paragraphs
    assert ("提問者 1", "（Slido 提問，7 票）參與者 1 說的辦法，什麼時候開始？") in paragraphs
    assert ("林志明", "（Slido 提問）（不列入紀錄）") in paragraphs
    for path in [p for p in asked.public.iterdir() if p.suffix != ".mp3"] + [
        p for p in data.rglob("*") if p.suffix in {".log", ".sqlite"}
    ]:
        for hidden in (NET_NAME, "毛毛媽", "佩珊", "不要公開"):
            assert hidden.encode() not in path.read_bytes(), path.name
    (captions,) = asked.public.glob("*.vtt")
    assert "上車" not in captions.read_text("utf-8")


def test_a_question_of_somebody_protected_changes_no_sound(
    job: MeetingFolder, recording: Path, hear: Hear
) -> None:
    review.accept_proposed(job, "Reviewer")
    before = publish(job).sound
    (mp3,) = job.public.glob("*.mp3")
    heard = hashlib.sha256(mp3.read_bytes()).digest()
    slido(recording.parent / "slido 毛毛媽.csv")
    described(recording, SLIDO)
    hear()
    review.accept_proposed(job, "Reviewer")
    assert publish(job).sound == before
    (mp3,) = job.public.glob("*.mp3")
    assert hashlib.sha256(mp3.read_bytes()).digest() == heard


def test_whoever_only_wrote_may_still_be_one_of_the_voices(recording: Path, hear: Hear) -> None:
    slido(recording.parent / "slido 毛毛媽.csv")
    described(recording, SLIDO)
    path = recording.parent / "meeting.toml"
    path.write_text(path.read_text("utf-8").replace('heard_at = "0:03"\n', ""), "utf-8")
    folder = hear()
    draft = review.draft_of(folder)
    assert draft.namings.voices("p2")  # by what they wrote
    assert "p2" in {p.id for p in draft.unheard}
    assert any("p2" in question for question in review.questions(draft))
    review.decide(folder, "Reviewer", (Absent("p2"),))
    assert "p2" not in {p.id for p in review.draft_of(folder).unheard}
    with pytest.raises(RecordError):
        review.decide(folder, "Reviewer", (Absent("p1"),))  # who is heard does speak


def test_a_reviewer_says_whose_a_question_is(asked: MeetingFolder) -> None:
    draft = review.draft_of(asked)
    mine = next(s for s in draft.record.statements if s.written and s.written.author == NET_NAME)
    turns = draft.record.diarization
    review.decide(asked, "Reviewer", (Named(mine.speaker, "p1"),))
    assert labels(review.draft_of(asked))[mine.speaker] == "沈立言"
    review.decide(asked, "Reviewer", (Reassigned(mine.id, mine.digest, SpeakerId("")),))
    now = review.draft_of(asked)
    moved = now.statement(mine.id)
    assert moved is not None
    assert moved.written == mine.written
    assert labels(now)[moved.speaker].startswith("提問者")
    assert now.record.diarization == turns
    review.decide(asked, "Reviewer", (Merged(moved.speaker, SpeakerId("S1")),))
    assert review.draft_of(asked).record.diarization == turns


def test_authors_keep_their_numbers_whatever_comes_and_goes(
    asked: MeetingFolder, recording: Path, hear: Hear
) -> None:
    def voices() -> dict[str, str]:
        return {
            s.written.author: s.speaker
            for s in review.draft_of(asked).record.statements
            if s.written and s.written.author
        }

    before = voices()
    review.decide(asked, "Reviewer", (Named(SpeakerId(before[NET_NAME]), "p1"),))
    path = recording.parent / "slido 毛毛媽.csv"
    slido(path, (("2024-05-01 14:00:01", "某甲", "我先問？", "1", ""), QUESTIONS[2]))
    hear()
    assert voices()["某甲"] not in before.values()
    slido(path, (("2024-05-01 14:00:01", "某乙", "換我問？", "1", ""), QUESTIONS[1]))
    hear()
    assert voices()[NET_NAME] == before[NET_NAME]
    assert labels(review.draft_of(asked))[SpeakerId(before[NET_NAME])] == "沈立言"
    assert len({*before.values(), voices()["某乙"]}) == len(before) + 1


def test_what_was_said_of_authors_ends_where_nobody_knows_their_numbers(
    asked: MeetingFolder, hear: Hear
) -> None:
    review.decide(asked, "Reviewer", (Named(SpeakerId("Q1"), "p1"),))
    (asked.root / brought.FILE).unlink()
    hear()
    assert isinstance(ledger.read(asked.ledger)[-1].act, Rediarized)
    assert labels(review.draft_of(asked))[SpeakerId("Q1")] != "沈立言"


def test_no_draft_is_without_what_was_brought_but_not_read(asked: MeetingFolder, hear: Hear) -> None:
    manifest = asked.manifest()
    asked.note(stages={**manifest["stages"], brought.STAGE: {"finished": False}})
    with pytest.raises(NotReleasableError, match="has not been read"):
        review.draft_of(asked)
    hear()
    assert [s for s in review.draft_of(asked).record.statements if s.written]
    assert finishes(asked)["transcribe"] == 1


def test_files_get_names_that_tell_nothing_and_go_with_the_recording(
    asked: MeetingFolder, data: Path
) -> None:
    (kept,) = (asked.root / "original").glob("brought-*")
    assert kept.name == "brought-01.csv"
    assert kept in paths(asked.root, Kind.ORIGINAL)
    assert called(kept) == "brought-01.csv"
    assert asked.root / brought.FILE in paths(asked.root, Kind.DRAFT)
    assert "毛毛媽" not in asked.meeting_toml.read_text("utf-8")
    assert not [p for p in data.rglob("*") if "毛毛媽" in p.name]


def test_a_chat_is_merged_by_time_and_private_messages_are_left_out(recording: Path, hear: Hear) -> None:
    (recording.parent / "chat.txt").write_text(
        "00:00:03\tMay:\t請看 open data 的網址\n"
        "00:00:05 From 沈立言 (主持人) to Everyone:\n\t兩分鐘後\n\t休息\n"
        "00:00:06 From May to 沈立言 (Direct Message):\n\t她就是毛毛媽\n"
        '00:00:07 From May to Everyone:\n\tReacted to "兩分鐘後" with 👍\n',
        "utf-8",
    )
    described(recording, '[[brought]]\nkind = "chat"\nfile = "chat.txt"\n', header="")
    folder = hear()
    draft = review.draft_of(folder)
    written = [(s.id, s.speaker, s.text) for s in draft.record.statements if s.written]
    assert written == [("m1", "M1", "請看 open data 的網址"), ("m2", "M2", "兩分鐘後 休息")]
    assert [s.id for s in draft.record.statements] == ["a1", "a2", "m1", "a3", "m2", "a4"]
    link = draft.namings.of(SpeakerId("M2"))
    assert link is not None
    assert (link.participant_id, link.confirmed) == ("p1", False)
    assert "left out, of brought file 1: 1." in "".join(note for _, note in folder.notes())
    review.accept_proposed(folder, "Reviewer")
    publish(folder)
    assert ("留言者 1", "（聊天室留言）請看 open data 的網址") in told(folder)
    assert ("沈立言", "（聊天室留言）兩分鐘後 休息") in told(folder)


def test_without_a_beginning_times_of_day_go_to_the_end_and_that_is_told(recording: Path, hear: Hear) -> None:
    slido(recording.parent / "slido 毛毛媽.csv")
    described(recording, SLIDO, header="")
    draft = review.draft_of(hear())
    assert [s.id for s in draft.record.statements] == ["a1", "a2", "a3", "a4", "q1", "q2", "q3", "q4", "q5"]
    assert [s.text for s in draft.record.statements][4:] == [row[2] for row in QUESTIONS]
    assert any("begins" in notice for notice in draft.notices)


def test_what_cannot_be_read_is_refused_before_anything_is_taken(
    recording: Path, hear: Hear, data: Path
) -> None:
    described(recording, SLIDO)
    with pytest.raises(MeetingError, match="not there"):
        hear()
    (recording.parent / "slido 毛毛媽.csv").write_bytes(b"")
    with pytest.raises(MeetingError, match="no column of questions"):
        hear()
    assert not (data / "meetings").exists()


def test_a_question_between_the_halves_of_a_name_hides_no_mention(recording: Path, hear: Hear) -> None:
    said = (*scripted.SAID[:3], ("S1", 6_800, 7_600, "接下來請蔡佩"), ("S3", 7_600, 8_600, "珊來說明。"))
    engines = scripted.engines(
        transcriber=scripted.ScriptedTranscriber(said=said), diarizer=scripted.ScriptedDiarizer(said=said)
    )
    folder = hear(engines=engines)
    before = {(m.statement_id, m.char_start) for m in review.draft_of(folder).marks}
    slido(recording.parent / "slido 毛毛媽.csv", (("2024-05-01 14:00:07", "", "好嗎？", "1", ""),))
    described(recording, SLIDO)
    now = review.draft_of(hear(engines=engines))
    assert [s.id for s in now.record.statements][-2:] == ["q1", now.record.spoken.statements[-1].id]
    assert before <= {(m.statement_id, m.char_start) for m in now.marks}


def test_a_name_beside_something_else_hides_who_is_not_to_be_recorded(recording: Path, hear: Hear) -> None:
    rows = (
        ("2024-05-01 14:00:02", "林志明（飼主）", "不要記我？", "1", ""),
        ("2024-05-01 14:00:03", "佩珊 與 沈立言", "我們問？", "1", ""),
    )
    slido(recording.parent / "slido 毛毛媽.csv", rows)
    described(recording, SLIDO)
    folder = hear()
    draft = review.draft_of(folder)
    assert draft.namings.person(SpeakerId("Q1")) == "p3"
    assert draft.namings.of(SpeakerId("Q2")) is None
    assert "Q2" in draft.namings.conflicts
    review.accept_proposed(folder, "Reviewer")
    publish(folder)
    assert ("林志明", "（Slido 提問）（不列入紀錄）") in told(folder)
    assert "不要記我" not in "".join(text for _, text in told(folder))


def test_a_chat_cannot_speak_to_a_terminal(recording: Path, hear: Hear) -> None:
    (recording.parent / "chat.txt").write_text("00:00:03\tMa\x1b[2Jy\tcl\x1b[2Jear\n", "utf-8")
    described(recording, '[[brought]]\nkind = "chat"\nfile = "chat.txt"\n')
    assert "\x1b" not in "\n".join(show.lines(review.draft_of(hear())))


def test_a_change_of_the_details_in_the_room_keeps_what_was_brought(asked: MeetingFolder, data: Path) -> None:
    jobs = Jobs(Settings(data, data / "models"))
    made = drop.change(jobs, Uploads(data), asked, 0, 'title = "新的名稱"\nbegins = 14:00:00\n')
    spool = jobs.folder(made.id)
    (kept,) = brought.originals(asked)
    assert (spool / kept.name).read_bytes() == kept.read_bytes()
    assert f'file = "{kept.name}"' in (spool / "meeting.toml").read_text("utf-8")
