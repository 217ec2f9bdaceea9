"""From a dropped file and a filled-in form to a meeting; nothing typed is lost, and no name lies around."""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest

from pipeline import register
from pipeline.folder import MeetingFolder, find
from pipeline.form import Field, fields_of, text_of
from pipeline.jobs.order import Job, State
from pipeline.jobs.spool import Jobs
from pipeline.meeting_toml import table_of
from pipeline.review import accept_proposed, draft_of
from pipeline.room.accounts import Role
from pipeline.run import meeting_of
from speakers.meeting import Wish
from tests import working
from tests.conftest import MEETING, SECRETS
from tests.room.conftest import PASSWORD, Browser
from tests.room.test_uploading import sent

JSON = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}

PEOPLE: tuple[Field, ...] = tuple(
    (f"person-{key}", value)
    for row in (
        ("沈立言", "", "主持人", "", "named", "", "0:01", "", ""),
        ("蔡佩珊", "", "飼主", "佩珊、毛毛媽", "anonymous", "飼主甲", "0:03", "", ""),
        ("林志明", "", "", "", "not recorded", "", "0:06", "", ""),
    )
    for key, value in zip(
        ("name", "person", "role", "aliases", "wish", "label", "heard_at", "facts", "voiceprint"),
        row,
        strict=True,
    )
)
TYPED: tuple[Field, ...] = (
    ("title", "寵物友善運輸協作會議"),
    ("date", "2024-05-01"),
    ("glossary", "附議"),
    *PEOPLE,
)


def hand_over(browser: Browser, *fields: Field, path: str = "/drop", **headers: str) -> Any:
    return browser.post(path, content=urlencode(fields), headers={**JSON, **headers})


def work_of(browser: Browser) -> Jobs:
    work: Jobs = browser.app.state.room.work  # type: ignore[attr-defined]
    return work


def ended(browser: Browser, job_id: str) -> Job:
    browser.app.state.room.beside.start()  # type: ignore[attr-defined]
    return working.ended(work_of(browser), job_id)


def job_id(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["go_to"]).rpartition("/")[2]


@pytest.fixture
def dropped(staff: Browser, recording: Path, data: Path) -> MeetingFolder:
    """A meeting that came by the form."""
    (recording.parent / "meeting.toml").unlink()
    answer = hand_over(staff, ("recording", sent(staff, recording)), *TYPED)
    done = ended(staff, job_id(answer))
    assert done.state is State.DONE, done
    return find(data, done.meeting_id)


def test_a_dropped_recording_becomes_a_meeting_with_what_was_typed(
    dropped: MeetingFolder, staff: Browser, data: Path
) -> None:
    meeting = meeting_of(dropped)
    assert meeting.title == "寵物友善運輸協作會議"
    assert [p.wish for p in meeting.participants] == [Wish.NAMED, Wish.ANONYMOUS, Wish.NOT_RECORDED]
    assert meeting.participants[1].aliases == ("佩珊", "毛毛媽")
    assert meeting.participants[1].label == "飼主甲"
    assert draft_of(dropped).marks
    assert not list((data / "uploads").glob("*"))


def test_nobody_hidden_is_named_anywhere_but_in_the_register(dropped: MeetingFolder, data: Path) -> None:
    kept = [p for p in data.rglob("*") if p.is_file() and p.suffix in {".toml", ".json", ".jsonl", ".log"}]
    texts = {p: p.read_text("utf-8") for p in kept if p.name not in {"20-words.json", "40-record.json"}}
    assert dropped.meeting_toml in texts
    assert not [(p, name) for p, text in texts.items() for name in ("蔡佩珊", "毛毛媽") if name in text]


def test_the_same_content_again_is_told_which_meeting_it_is(
    dropped: MeetingFolder, staff: Browser, recording: Path
) -> None:
    again = sent(staff, recording)
    looked = staff.post(f"/uploads/{again}/look", headers={"accept": "application/json"}).json()
    assert (looked["meeting"], looked["title"]) == (dropped.id, "寵物友善運輸協作會議")
    answer = hand_over(staff, ("recording", again), ("title", "別的"))
    assert answer.status_code == 409
    assert meeting_of(dropped).title == "寵物友善運輸協作會議"


def test_the_same_file_twice_at_once_is_one_meeting(
    staff: Browser, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPTED_STAGE", "wait")
    one, two = sent(staff, recording), sent(staff, recording)
    assert hand_over(staff, ("recording", one), *TYPED).status_code == 200
    assert hand_over(staff, ("recording", two), *TYPED).status_code == 409
    assert len(work_of(staff).jobs()) == 1
    looked = staff.post(f"/uploads/{two}/look", headers={"accept": "application/json"}).json()
    assert looked["job"] == work_of(staff).jobs()[0].id


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (("date", "民國113年"), "date"),
        (("speakers_min", "many"), "speakers_min"),
        (("approvers", "two"), "approvers"),
        (("correction_days", "ten"), "correction_days"),
        (("title", "蔡佩珊的會議"), "title"),
        (("place", "佩珊家"), "place"),
        (("case", "毛毛媽案"), "case"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept_of_it(
    staff: Browser, recording: Path, data: Path, wrong: Field, field: str
) -> None:
    upload = sent(staff, recording)
    answer = hand_over(staff, *(f for f in TYPED if f[0] != wrong[0]), wrong, ("recording", upload))
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert not register.of(data).ids
    assert work_of(staff).jobs() == ()
    assert (data / "uploads" / upload / "data").exists()


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("wish", "?", "person-wish 2"),
        ("wish", "hidden", "person-wish 2"),
        ("heard_at", "later", "person-heard_at 2"),
        ("name", "沈立言", "person-name 2"),
        ("aliases", "沈立言", "person-name 1"),
        ("facts", "", "person-label 2"),
    ],
)
def test_a_wrong_row_is_told_by_its_number(
    staff: Browser, recording: Path, key: str, value: str, field: str
) -> None:
    rows = list(PEOPLE)
    at = [n for n, (name, _) in enumerate(rows) if name == f"person-{key}"][1]
    rows[at] = (f"person-{key}", value)
    if key == "facts":
        rows = [(n, "named" if v == "anonymous" else v) for n, v in rows]
    answer = hand_over(staff, ("recording", sent(staff, recording)), *rows)
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"].split()[-1] == field.rsplit(maxsplit=1)[-1], answer.json()
    assert answer.json()["field"].partition("-")[0] == "person"


def test_without_a_script_everything_typed_comes_back_with_the_sentence(
    staff: Browser, recording: Path
) -> None:
    fields = (*(f for f in TYPED if f[0] != "date"), ("date", "never"), ("recording", sent(staff, recording)))
    answer = hand_over(staff, *fields, accept="text/html")
    assert answer.status_code == 400
    page = html.unescape(answer.text)
    for said in (
        "寵物友善運輸協作會議",
        "never",
        "沈立言",
        "佩珊、毛毛媽",
        "0:03",
        "飼主甲",
        "The date is none.",
    ):
        assert said in page
    assert re.search(r'id="date"[^>]*aria-invalid="true"', page)


def test_without_a_script_a_list_and_further_rows_come_by_the_server(staff: Browser) -> None:
    answer = hand_over(
        staff,
        ("act", "roster"),
        ("roster", "姓名\t職稱\n沈立言\t主持人"),
        ("title", "會議"),
        accept="text/html",
    )
    assert 'value="沈立言"' in answer.text
    assert 'value="會議"' in answer.text
    more = hand_over(staff, ("act", "more-person"), ("title", "會議"), *PEOPLE, accept="text/html")
    assert more.text.count('name="person-name"') == 5  # three, a new one, and the template


def test_only_an_admin_is_told_where_the_register_and_its_key_lie(
    staff: Browser, admin: Browser, recording: Path
) -> None:
    done = ended(staff, job_id(hand_over(staff, ("recording", sent(staff, recording)), *TYPED)))
    assert any("back them up" in told for told in done.told)
    for path in (f"/work/{done.id}", f"/work/{done.id}?part=1"):
        page, whole = staff.get(path).text, admin.get(path).text
        assert "第一次有人要保護：請通知管理這臺電腦的人備份金鑰（見文件）" in page
        assert "register.key" not in page
        assert str(recording.parent) not in page
        assert "請分開備份" in whole
        assert "register.key" in whole


def test_names_and_titles_are_text_on_every_page(staff: Browser, recording: Path, data: Path) -> None:
    evil = "<script>alert(1)</script>"
    rows = [(n, evil if v == "沈立言" else v) for n, v in TYPED if n != "title"]
    done = ended(
        staff, job_id(hand_over(staff, ("recording", sent(staff, recording)), ("title", evil), *rows))
    )
    for path in ("/", f"/work/{done.id}", f"/meetings/{done.meeting_id}/about"):
        page = staff.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_further_files_are_microphones_of_whom_they_are_said_to_be(
    staff: Browser, recording: Path, tmp_path: Path, data: Path
) -> None:
    second = tmp_path / "佩珊的麥克風.wav"
    second.write_bytes(recording.read_bytes())
    with second.open("ab") as file:
        file.write(bytes(2))
    microphone = sent(staff, second)
    answer = hand_over(
        staff,
        ("recording", sent(staff, recording)),
        *TYPED,
        ("microphone-file", microphone),
        ("microphone-channel", ""),
        ("microphone-participant", "蔡佩珊"),
        ("microphone-people", ""),
    )
    done = ended(staff, job_id(answer))
    folder = find(data, done.meeting_id)
    assert len(folder.manifest()["microphones"]) == 1
    assert meeting_of(folder).microphones[0].participant_id == "p2"
    assert "佩珊" not in folder.meeting_toml.read_text("utf-8")


def test_an_upload_that_is_not_ones_own_cannot_be_handed_over(
    staff: Browser, admin: Browser, recording: Path
) -> None:
    upload = sent(staff, recording)
    assert hand_over(admin, ("recording", upload), *TYPED).status_code == 404
    for other in ("", "../../../etc/passwd", "x" * 32, "0" * 32):
        answer = hand_over(staff, ("recording", other), *TYPED)
        assert answer.status_code in {400, 404}
        wrong = hand_over(staff, ("recording", upload), *TYPED, ("microphone-file", other or "x"))
        assert wrong.status_code in {400, 404}


def test_a_failure_shows_the_sentence_its_cure_and_a_way_to_try_again(
    staff: Browser, recording: Path, trouble: Path
) -> None:
    trouble.write_text("raise")
    failed = ended(staff, job_id(hand_over(staff, ("recording", sent(staff, recording)), *TYPED)))
    assert failed.failure is not None
    page = html.unescape(staff.get(f"/work/{failed.id}").text)
    assert failed.failure.what in page
    assert failed.failure.cure in page
    assert not [name for name in SECRETS if name in page]
    assert failed.failure.what in html.unescape(staff.get("/").text)
    trouble.write_text("")
    assert staff.post(f"/work/{failed.id}/retry").status_code == 303
    assert ended(staff, failed.id).state is State.DONE
    assert f"/meetings/{failed.meeting_id}" in staff.get(f"/work/{failed.id}").text


def test_a_reviewer_looks_at_progress_but_does_not_steer_it(
    dropped: MeetingFolder, staff: Browser, reviewer: Browser
) -> None:
    (job,) = work_of(staff).jobs()
    assert reviewer.get(f"/work/{job.id}").status_code == 200
    for act in ("retry", "cancel", "discard"):
        assert reviewer.post(f"/work/{job.id}/{act}").status_code == 403
    assert reviewer.get(f"/meetings/{dropped.id}/about").status_code == 403
    assert reviewer.get("/drop").status_code == 403
    assert staff.post(f"/work/{job.id}/other").status_code == 404


def test_a_page_is_live_by_a_part_of_it(dropped: MeetingFolder, staff: Browser) -> None:
    (job,) = work_of(staff).jobs()
    part = staff.get(f"/work/{job.id}?part=1").text
    assert "<html" not in part
    assert "完成" in part
    assert "<html" not in staff.get("/?part=1").text


def test_the_form_of_a_meeting_shows_no_name_of_anybody_hidden_but_to_reviewers(
    dropped: MeetingFolder, staff: Browser, browser: Any
) -> None:
    (hidden,) = register.of(dropped.root.parent.parent).ids
    page = staff.get(f"/meetings/{dropped.id}/about").text
    assert "沈立言" in page
    assert hidden in page
    assert "飼主甲" in page
    assert "蔡佩珊" not in page
    assert "毛毛媽" not in page
    staff.app.state.room.accounts.add(  # type: ignore[attr-defined]
        "兩職", frozenset({Role.STAFF, Role.REVIEWER}), PASSWORD
    )
    assert "蔡佩珊" in browser().sign_in("兩職").get(f"/meetings/{dropped.id}/about").text


def typed_again(folder: MeetingFolder) -> list[Field]:
    return fields_of(table_of(folder.meeting_toml.read_text("utf-8")))


def test_a_change_is_processed_again_and_voids_approvals(dropped: MeetingFolder, staff: Browser) -> None:
    accept_proposed(dropped, "Reviewer")
    assert draft_of(dropped).approvals
    fields = [(n, "新的標題" if n == "title" else v) for n, v in typed_again(dropped)]
    done = ended(staff, job_id(hand_over(staff, *fields, path=f"/meetings/{dropped.id}/about")))
    assert done.state is State.DONE, done
    assert meeting_of(dropped).title == "新的標題"
    assert not draft_of(dropped).approvals
    people = meeting_of(dropped).participants
    assert [p.wish for p in people] == [Wish.NAMED, Wish.ANONYMOUS, Wish.NOT_RECORDED]
    assert people[1].label == "飼主甲"


def test_a_hidden_person_gets_another_name_to_look_for_by_their_id(
    dropped: MeetingFolder, staff: Browser
) -> None:
    fields = typed_again(dropped)
    ids = [n for n, (name, value) in enumerate(fields) if name == "person-aliases"]
    fields[ids[1]] = ("person-aliases", "小珊")
    done = ended(staff, job_id(hand_over(staff, *fields, path=f"/meetings/{dropped.id}/about")))
    assert done.state is State.DONE, done
    assert meeting_of(dropped).participants[1].aliases == ("佩珊", "毛毛媽", "小珊")
    assert "小珊" not in dropped.meeting_toml.read_text("utf-8")


def test_nobody_hidden_is_shown_by_taking_their_row_for_another_wish(
    dropped: MeetingFolder, staff: Browser
) -> None:
    fields = typed_again(dropped)
    at = [n for n, (name, _) in enumerate(fields) if name == "person-wish"][1]
    fields[at] = ("person-wish", "named")
    answer = hand_over(staff, *fields, path=f"/meetings/{dropped.id}/about")
    assert answer.status_code == 400
    assert meeting_of(dropped).participants[1].wish is Wish.ANONYMOUS


def test_what_stands_in_a_file_comes_through_the_form_as_it_was() -> None:
    table = table_of(
        MEETING
        + "\n[speakers]\nmin = 2\nmax = 5\n"
        + '[[links]]\nlabel = "錄影"\nurl = "https://example.org/v"\n'
        + "[[microphones]]\nchannel = 2\npeople = 3\n"
    )
    again = table_of(text_of(fields_of(table)))
    assert again["participants"][1]["aliases"] == ["佩珊", "毛毛媽", "Tsai Pei-shan"]
    assert again["speakers"] == {"min": 2, "max": 5}
    assert again["links"] == table["links"]
    assert again["microphones"] == table["microphones"]
    assert again["date"] == table["date"]


def read(browser: Browser, **said: str) -> Any:
    return browser.post("/drop/roster", json=said, headers={"accept": "application/json"})


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_a_spreadsheet_is_read_by_its_headings(staff: Browser) -> None:
    sheet = workbook(
        [["出席名單"], ["單位職稱", "姓名", "意願"], ["科長", "林志明", "具名"], ["", "蔡佩珊", "匿名"]]
    )
    people = read(staff, sheet=encoded(sheet)).json()["people"]
    assert [(p["name"], p["role"], p["wish"]) for p in people] == [
        ("林志明", "科長", "named"),
        ("蔡佩珊", "", "anonymous"),
    ]


def test_a_list_of_libreoffice_and_one_in_big5_are_read(staff: Browser) -> None:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = "".join(
        f"<table:table-row>{''.join(cell.format(c) for c in row)}</table:table-row>"
        for row in (("姓名", "職稱"), ("沈立言", "主持人"))
    )
    xml = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table>{rows}<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", xml)
    for sheet in (file.getvalue(), "姓名,職稱\n沈立言,主持人".encode("big5")):
        (person,) = read(staff, sheet=encoded(sheet)).json()["people"]
        assert (person["name"], person["role"]) == ("沈立言", "主持人")


def bomb(content: bytes, name: str = "xl/sharedStrings.xml") -> bytes:
    file = io.BytesIO()
    plain = zipfile.ZipFile(io.BytesIO(workbook([["姓名"], ["沈立言"]])))
    with plain, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in plain.infolist():
            if part.filename != name:
                archive.writestr(part.filename, plain.read(part))
        archive.writestr(name, content)
    return file.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><sst>&j;</sst>"
)


@pytest.mark.parametrize(
    "sheet",
    [
        bomb(b" " * (200 << 20)),
        bomb(LAUGHS),
        bomb(LAUGHS.decode().encode("utf-16")),
        bomb(b"<sst><si><t>" + b"x" * 1000, "xl/worksheets/sheet1.xml"),
        workbook([["姓名"], *([f"某{n}"] for n in range(600))]),
        b"PK\x03\x04" + bytes(100),
        b"\x89PNG\r\n\x1a\n\0\0",
        workbook([["姓名"]]),
        b"\xff\xfe\xfd",
    ],
    ids=[
        "zip of death",
        "laughs",
        "laughs in utf-16",
        "cut",
        "600 people",
        "no zip",
        "picture",
        "nobody",
        "bytes",
    ],
)
def test_a_spreadsheet_that_is_none_or_too_much_is_refused(staff: Browser, sheet: bytes) -> None:
    answer = read(staff, sheet=encoded(sheet))
    assert answer.status_code == 400
    assert answer.json()["exit_code"] == 4
    assert answer.json()["cure"]


def test_what_is_no_base64_or_empty_is_refused(staff: Browser) -> None:
    assert read(staff, sheet="###").status_code == 400
    assert read(staff, text="").status_code == 400
    assert read(staff, text="\0\n\t").status_code == 400
