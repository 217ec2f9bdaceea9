"""Slido exports and chat logs come by the room: with a recording, or later; nothing is lost, no name lies around."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from output.paragraph import paragraphs
from pipeline import brought, window_steps
from pipeline.folder import MeetingFolder, find
from pipeline.form import Field, fields_of
from pipeline.jobs.order import State
from pipeline.keeping import holds
from pipeline.review import accept_proposed, draft_of
from pipeline.run import meeting_of
from redaction.release import release
from speakers.meeting import Source
from tests.room.conftest import Browser
from tests.room.test_dropping import TYPED, ended, hand_over, job_id, typed_again, work_of
from tests.room.test_uploading import begin, sent

QUESTION, MESSAGE = "誰來負擔籠子的錢？", "捷運上看得到標示嗎？"
JSON = {"accept": "application/json"}
TIMED: tuple[Field, ...] = (*TYPED, ("begins", "14:00:00"))


@pytest.fixture
def slido(tmp_path: Path) -> Path:
    """An export whose name, and one of whose authors, is somebody who is to be hidden."""
    path = tmp_path / "蔡佩珊的提問.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Question", "Author name", "Upvotes", "Date created", "Answered"])
    sheet.append([QUESTION, "蔡佩珊", 12, "2024-05-01 14:00:04", "yes"])
    sheet.append(["路人也能問嗎？", "某路人", 3, "2024-05-01 14:00:05", "no"])
    book.save(path)
    return path


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    path = tmp_path / "林志明 chat.txt"
    path.write_text(f"14:00:05\t毛毛媽:\t{MESSAGE}\n14:00:06\t某甲:\t聽得到\n", "utf-8")
    return path


def look(browser: Browser, upload: str) -> Any:
    return browser.post(f"/uploads/{upload}/look", headers=JSON)


def row(file: str, kind: str = "slido", begins: str = "") -> tuple[Field, ...]:
    return ("brought-file", file), ("brought-kind", kind), ("brought-begins", begins)


@pytest.fixture
def dropped(staff: Browser, recording: Path, slido: Path, data: Path) -> MeetingFolder:
    """A meeting that came by the form with an export."""
    (recording.parent / "meeting.toml").unlink()
    answer = hand_over(staff, ("recording", sent(staff, recording)), *TIMED, *row(sent(staff, slido)))
    done = ended(staff, job_id(answer))
    assert done.state is State.DONE, done
    return find(data, done.meeting_id)


def about(folder: MeetingFolder) -> str:
    return f"/meetings/{folder.id}/about"


def changed(staff: Browser, folder: MeetingFolder, *more: Field) -> None:
    fields = [f for f in typed_again(folder) if not f[0].startswith("brought-")]
    done = ended(staff, job_id(hand_over(staff, *fields, *more, path=about(folder))))
    assert done.state is State.DONE, done


def written(folder: MeetingFolder) -> list[str]:
    return [s.text for s in draft_of(folder).record.statements if s.written]


def test_an_export_is_dropped_with_the_recording_and_its_questions_stand_where_they_came(
    dropped: MeetingFolder, data: Path
) -> None:
    statements = draft_of(dropped).record.statements
    assert written(dropped) == [QUESTION, "路人也能問嗎？"]
    at = [s.text for s in statements].index(QUESTION)
    assert 0 < at < len(statements) - 1
    assert [a.kind for a in meeting_of(dropped).brought] == [Source.SLIDO]
    assert not list((data / "uploads").glob("*"))


def test_who_is_to_be_hidden_and_what_the_file_was_called_stand_in_no_log_and_no_table(
    dropped: MeetingFolder, staff: Browser, data: Path
) -> None:
    names = ("蔡佩珊", "毛毛媽", "某路人", "提問.xlsx")
    kept = [p for p in data.rglob("*") if p.is_file() and "register" not in p.name]
    assert not [p for p in kept if any(name in p.name for name in names)]
    private = {"46-brought.json", "20-words.json", "40-record.json", "brought-01.xlsx"}
    texts = {p: p.read_bytes() for p in kept if p.name not in private}
    assert dropped.meeting_toml in texts
    found = [(p, n) for p, text in texts.items() for n in names if n.encode() in text]
    assert not found
    page = staff.get(about(dropped)).text
    assert not [n for n in ("蔡佩珊", "某路人", "提問.xlsx") if n in page]


def test_a_chat_is_added_later_and_what_was_there_stays(
    dropped: MeetingFolder, staff: Browser, chat: Path
) -> None:
    accept_proposed(dropped, "Reviewer")
    assert draft_of(dropped).approvals
    upload = sent(staff, chat)
    assert look(staff, upload).json()["written"] == {"chat": 2}
    changed(staff, dropped, *row(upload, "chat"))
    assert set(written(dropped)) == {QUESTION, "路人也能問嗎？", MESSAGE, "聽得到"}
    assert [a.kind for a in meeting_of(dropped).brought] == [Source.SLIDO, Source.CHAT]
    assert [p.name for p in brought.originals(dropped)] == ["brought-01.xlsx", "brought-02.txt"]
    assert not draft_of(dropped).approvals
    person = next(s for s in draft_of(dropped).record.statements if s.text == MESSAGE).speaker
    assert draft_of(dropped).namings.person(person) == "p2"


def test_one_is_removed_and_the_other_keeps_its_place_and_its_authors(
    dropped: MeetingFolder, staff: Browser, chat: Path
) -> None:
    changed(staff, dropped, *row(sent(staff, chat), "chat"))
    voices = {s.text: s.speaker for s in draft_of(dropped).record.statements}
    (export, _) = brought.kept(dropped)
    changed(staff, dropped, ("brought-removed", export.sha256))
    assert written(dropped) == [MESSAGE, "聽得到"]
    assert [p.name for p in brought.originals(dropped)] == ["brought-01.txt"]
    assert [p.name for p in (dropped.root / "original").glob("brought-*")] == ["brought-01.txt"]
    assert {s.text: s.speaker for s in draft_of(dropped).record.statements if s.written} == {
        text: voices[text] for text in (MESSAGE, "聽得到")
    }
    (last,) = brought.kept(dropped)
    changed(staff, dropped, ("brought-removed", last.sha256))
    assert written(dropped) == []
    assert "brought" not in dropped.meeting_toml.read_text("utf-8")


def test_a_personal_link_shows_what_was_asked_in_writing_as_it_is_published(
    dropped: MeetingFolder, browser: Callable[[], Browser]
) -> None:
    accept_proposed(dropped, "Reviewer")
    draft = draft_of(dropped)
    window_steps.open_(dropped, draft, "Reviewer", days=10)
    token, _ = window_steps.link(dropped, "Reviewer", window_steps.participant_of(draft, "p2"))
    anybody = browser()
    page = anybody.get(f"/mine/{token}").text
    (own,) = re.findall(r'<article class="turn own" id="q1">.*?</article>', page, re.DOTALL)
    shown = re.search(r'<p class="words">(.*?)</p>', own)
    assert shown is not None
    assert shown[1] == f"（Slido 提問，12 票，已回答）{QUESTION}"
    assert "<audio" not in own
    assert anybody.get(f"/mine/{token}/sound/q1").status_code == 404
    assert f">{QUESTION}</textarea>" in own  # what is corrected is the text alone
    published = [p.text for p in paragraphs(release(draft))]
    assert html.unescape(shown[1]) in published
    assert "某路人" not in page


def test_a_form_that_names_no_file_takes_none_away_and_one_of_before_is_refused(
    dropped: MeetingFolder, staff: Browser
) -> None:
    changed(staff, dropped, ("title", "新的標題"))
    assert QUESTION in written(dropped)
    fields = [*typed_again(dropped), *row("0" * 64)]
    fields = [f for f in fields if f[0] != "brought-file" or f[1] == "0" * 64]
    answer = hand_over(staff, *fields, path=about(dropped))
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.json()["error"]


def test_a_file_has_a_clock_of_its_own_and_what_is_wrong_is_told_by_its_number(
    dropped: MeetingFolder, staff: Browser, chat: Path
) -> None:
    (kept,) = brought.kept(dropped)
    assert kept.entries == 2
    changed(staff, dropped, *row(kept.sha256, "slido", "13:59:50"))
    (block,) = meeting_of(dropped).brought
    assert block.begins == "13:59:50"
    fields = [f for f in typed_again(dropped) if not f[0].startswith("brought-")]
    wrong = hand_over(staff, *fields, *row(kept.sha256, "slido", "soon"), path=about(dropped))
    assert (wrong.status_code, wrong.json()["field"]) == (400, "brought-begins 1")
    rows = (*row(kept.sha256), *row(sent(staff, chat), "slido"))
    other = hand_over(staff, *fields, *rows, path=about(dropped))
    assert (other.status_code, other.json()["field"]) == (400, "brought-kind 2")
    assert meeting_of(dropped).brought == (block,)


def test_where_nobody_but_a_person_can_tell_it_is_asked(
    staff: Browser, recording: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("時間,姓名,內容\n14:00:04,某甲,什麼時候開始？\n", "utf-8")
    upload = sent(staff, path)
    assert look(staff, upload).json()["written"] == {"slido": 1, "chat": 1}
    answer = hand_over(staff, ("recording", sent(staff, recording)), *TIMED, *row(upload, ""))
    assert (answer.status_code, answer.json()["field"]) == (400, "brought-kind 1")
    assert work_of(staff).jobs() == ()
    done = ended(
        staff,
        job_id(hand_over(staff, ("recording", sent(staff, recording)), *TIMED, *row(upload, "chat"))),
    )
    assert done.state is State.DONE


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.csv", "甲,乙\n丙,丁\n".encode(), "Neither questions of Slido, nor messages"),
        ("x.txt", "今天天氣很好。\n".encode(), "Neither questions of Slido, nor messages"),
        ("x.xlsx", b"PK\x03\x04 broken", "no spreadsheet"),
        ("x.csv", b"\x80\xff\xfe", "neither UTF-8 nor Big5"),
        ("x.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "Neither questions of Slido, nor messages"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_cure_and_deleted(
    staff: Browser, data: Path, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    upload = sent(staff, path)
    answer = look(staff, upload)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert answer.json()["cure"]
    assert re.search("[一-鿿]", answer.json()["error_zh"])
    assert not (data / "uploads" / upload).exists()


def test_one_that_is_too_large_is_refused_before_it_is_sent(staff: Browser) -> None:
    answer = begin(staff, brought.MOST_BYTES + 1, ".xlsx")
    assert answer.status_code == 400
    assert "16 MB at most" in answer.json()["error"]
    assert begin(staff, brought.MOST_BYTES, ".xlsx").status_code == 201
    assert begin(staff, brought.MOST_BYTES + 1, ".wav").status_code == 201


def test_what_was_written_is_no_recording_and_no_microphone(
    staff: Browser, recording: Path, slido: Path
) -> None:
    upload, heard = sent(staff, slido), sent(staff, recording)
    assert hand_over(staff, ("recording", upload), *TIMED).status_code == 400
    mixed = (("recording", heard), ("microphone-file", upload), ("microphone-participant", ""))
    assert hand_over(staff, *TIMED, *mixed).status_code == 400
    assert hand_over(staff, *TIMED, ("recording", heard), *row(heard)).status_code == 400
    twice = hand_over(staff, *TIMED, ("recording", heard), *row(upload), *row(sent(staff, slido)))
    assert "dropped twice" in twice.json()["error"]
    assert work_of(staff).jobs() == ()


def test_somebody_elses_file_is_not_taken(
    dropped: MeetingFolder, staff: Browser, admin: Browser, chat: Path
) -> None:
    answer = hand_over(staff, *typed_again(dropped)[:1], *row(sent(admin, chat), "chat"), path=about(dropped))
    assert answer.status_code == 404
    for other in ("../../../etc/passwd", "x" * 32):
        assert hand_over(staff, *row(other, "chat"), path=about(dropped)).status_code == 404


def test_two_who_add_files_at_once_lose_neither(
    dropped: MeetingFolder, staff: Browser, chat: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.app.state.room.beside.close()  # type: ignore[attr-defined]
    fields = [f for f in typed_again(dropped) if not f[0].startswith("brought-")]
    first = hand_over(staff, *fields, *row(sent(staff, chat), "chat"), path=about(dropped))
    other = tmp_path / "other.txt"
    other.write_text("14:00:07\t某乙:\t還有一件事\n", "utf-8")
    upload = sent(staff, other)
    second = hand_over(staff, *fields, *row(upload, "chat"), path=about(dropped))
    assert second.status_code == 409
    assert "being changed already" in second.json()["error"]
    assert ended(staff, job_id(first)).state is State.DONE
    changed(staff, dropped, *row(upload, "chat"))
    assert {MESSAGE, "還有一件事", QUESTION} <= set(written(dropped))


def test_nothing_is_taken_from_a_meeting_under_hold(
    dropped: MeetingFolder, staff: Browser, chat: Path, data: Path
) -> None:
    holds.hold(data, dropped.id, "complaint", "Keeper")
    (kept,) = brought.kept(dropped)
    fields = [f for f in typed_again(dropped) if not f[0].startswith("brought-")]
    answer = hand_over(staff, *fields, ("brought-removed", kept.sha256), path=about(dropped))
    assert answer.status_code >= 400
    assert "under hold" in answer.json()["error"]
    assert brought.kept(dropped) == (kept,)
    changed(staff, dropped, *row(sent(staff, chat), "chat"))
    assert len(brought.kept(dropped)) == 2


def test_the_form_shows_what_there_is_and_without_a_script_a_tick_removes_it(
    dropped: MeetingFolder, staff: Browser
) -> None:
    (kept,) = brought.kept(dropped)
    page = staff.get(about(dropped)).text
    assert f'value="{kept.sha256}"' in page
    assert "2 則" in re.sub("<[^>]+>", "", page)
    fields = [f for f in fields_of({}) if f] + [("brought-removed", kept.sha256), ("date", "民國")]
    again = hand_over(staff, *fields, *row(kept.sha256), path=about(dropped), accept="text/html")
    assert again.status_code == 400
    assert re.search(r'name="brought-removed"[^>]*checked', again.text)


def test_a_transcript_that_people_wrote_gives_the_record_its_words(
    dropped: MeetingFolder, staff: Browser, tmp_path: Path, data: Path
) -> None:
    path = tmp_path / "逐字稿 蔡佩珊.docx"
    document = docx.Document()
    said = ("大家好！我是沈立言。", "我是蔡佩珊，住在台北。", "這一句請不要記。", "謝謝佩珊，散會。")
    for who, text in zip(("沈立言", "毛毛媽", "林志明", "沈立言"), said, strict=True):
        document.add_paragraph(f"{who}：{text}")
    document.save(str(path))
    upload = sent(staff, path)
    assert look(staff, upload).json()["written"] == {"transcript": 4}
    changed(staff, dropped, *row(upload, "transcript"))
    assert tuple(s.text for s in draft_of(dropped).record.spoken.statements) == said
    assert written(dropped) == [QUESTION, "路人也能問嗎？"]
    assert [(k.kind, k.entries) for k in brought.kept(dropped)] == [(Source.SLIDO, 2), (Source.TRANSCRIPT, 4)]
    page = staff.get(about(dropped)).text
    assert "4 " in page
    assert not [n for n in ("逐字稿 蔡佩珊",) if n in page]
    changed(staff, dropped, ("brought-removed", brought.kept(dropped)[1].sha256))
    assert tuple(s.text for s in draft_of(dropped).record.spoken.statements) != said
