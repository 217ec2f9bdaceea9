"""What the room notes: every change, refusal and opening, and no word; and what happens when it cannot."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.responses import HTMLResponse, JSONResponse, Response

from pipeline import audit
from pipeline.audit import Audit, Deed, path_of, shown, verify
from pipeline.cli import main
from pipeline.folder import MeetingFolder
from pipeline.room import emergency
from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.settings import Settings
from redaction import ledger
from redaction.decision import Absent
from speakers.error import LedgerError, RecordError, StorageError
from tests.conftest import SECRETS
from tests.room.conftest import PASSWORD, Browser

WORDS = "秘密的話"


@page("/tests/{meeting_id}/page", roles=EVERYBODY)
def a_page(asked: Asked) -> Response:
    return HTMLResponse("<p>one</p>")


@page("/tests/{meeting_id}/sound", roles=EVERYBODY)
def a_sound(asked: Asked) -> Response:
    return Response(b"sound", media_type="audio/wav")


@page("/tests/{meeting_id}/change", roles=EVERYBODY, methods=("POST",))
def a_change(asked: Asked) -> Response:
    if asked.one("fail"):
        raise KeyError(WORDS)
    DONE.append(asked.one("what"))
    return JSONResponse({})


DONE: list[str] = []
MEETING = "0f3a9c27d1b4"


@pytest.fixture
def of_tests(reviewer: Browser) -> Browser:
    reviewer.app.router.routes[:0] = [a_page, a_sound, a_change]  # type: ignore[attr-defined]
    DONE.clear()
    return reviewer


def lines(settings: Settings, **which: Any) -> list[tuple[str, str, str, str, int]]:
    """Who, method, route, meeting, status; the oldest first."""
    found = shown(settings.data, **which).lines
    return [(one.who, one.method, one.route, one.meeting, one.status) for one in reversed(found)]


def test_every_opening_of_a_page_is_a_line_and_sound_one_an_hour(
    of_tests: Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(lines(settings))
    for _ in range(3):
        of_tests.get(f"/tests/{MEETING}/page?word={WORDS}")
        of_tests.get(f"/tests/{MEETING}/sound", headers={"range": "bytes=0-1"})
    now = audit.time.monotonic()
    monkeypatch.setattr(audit.time, "monotonic", lambda: now + audit.HOUR_S)
    of_tests.get(f"/tests/{MEETING}/sound")
    found = lines(settings)[before:]
    one = ("林審閱", "GET", "/tests/{meeting_id}/page", MEETING, 200)
    sound = ("林審閱", "GET", "/tests/{meeting_id}/sound", MEETING, 200)
    assert found == [one, sound, one, one, sound]


def test_a_change_and_a_refusal_are_lines_without_what_was_sent(
    of_tests: Browser, settings: Settings, browser: Callable[[], Browser]
) -> None:
    before = len(lines(settings))
    path = f"/tests/{MEETING}/change"
    assert of_tests.post(f"{path}?q={WORDS}", data={"what": WORDS}).status_code == 200
    assert of_tests.post(path, data={"fail": WORDS}).status_code == 500
    assert of_tests.post(path, headers={"x-csrf": "wrong"}).status_code == 403
    assert browser().post(path, data={"what": WORDS}).status_code == 403
    assert browser().get(f"/tests/{WORDS}/page").status_code == 303
    who, route = "林審閱", "/tests/{meeting_id}/change"
    assert lines(settings)[before:] == [
        (who, "POST", route, MEETING, 200),
        (who, "POST", route, MEETING, 500),
        (who, "POST", route, MEETING, 403),
        ("", "POST", route, "", 403),
        ("", "GET", "/tests/{meeting_id}/page", "", 401),
    ]
    assert DONE == [WORDS]
    kept = path_of(settings.data).read_text("utf-8")
    assert WORDS not in kept
    assert of_tests.headers["x-csrf"] not in kept
    assert of_tests.cookies["zhuzi"] not in kept


def test_sign_ins_are_lines_and_a_name_that_nobody_has_is_not_written_down(
    browser: Callable[[], Browser], settings: Settings
) -> None:
    one = browser()
    one.post("/sign-in", data={"name": "林審閱", "password": "wrong"})
    one.post("/sign-in", data={"name": PASSWORD, "password": ""})  # typed into the wrong field
    one.sign_in("林審閱")
    one.post("/sign-out")
    found = [line for line in shown(settings.data).lines if line.route.startswith("/sign")]
    assert [(line.who, line.about, line.route, line.status) for line in reversed(found)] == [
        ("", "林審閱", "/sign-in", 403),
        ("", "", "/sign-in", 403),
        ("林審閱", "", "/sign-in", 303),
        ("林審閱", "", "/sign-out", 303),
    ]
    assert PASSWORD not in path_of(settings.data).read_text("utf-8")


def test_what_an_admin_does_says_about_whom(admin: Browser, settings: Settings) -> None:
    number = admin.app.state.room.accounts.named("林審閱").number  # type: ignore[attr-defined]
    admin.post(f"/accounts/{number}/shut")
    line = shown(settings.data, who="林審閱").lines[0]
    assert (line.who, line.about, line.route) == ("管理者", "林審閱", "/accounts/{account_id:int}/shut")
    assert "管理者 → 林審閱" in " ".join(admin.get("/audit?who=林審閱").text.split())


def test_nothing_changes_and_nothing_opens_that_cannot_be_noted(
    of_tests: Browser, settings: Settings, browser: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    path_of(settings.data).with_suffix(".head").unlink()
    assert of_tests.post(f"/tests/{MEETING}/change", data={"what": "x"}).status_code == 507
    assert DONE == []
    assert of_tests.get(f"/tests/{MEETING}/page").status_code == 507
    assert of_tests.get(f"/tests/{MEETING}/sound").status_code == 507
    late = browser()
    assert late.post("/sign-in", data={"name": "王審閱", "password": PASSWORD}).status_code == 507
    assert "zhuzi" not in late.cookies
    assert browser().get(f"/tests/{MEETING}/page").status_code == 303, "a refusal stays one"


def test_nobody_from_outside_fills_the_disk(browser: Callable[[], Browser], settings: Settings) -> None:
    one = browser()
    one.get("/")
    one.get("/link/none")
    one.post("/link/none", data={"password": "x"})
    before = len(path_of(settings.data).read_bytes())
    for number in range(30):
        one.get("/")
        one.get(f"/link/{number}")
        one.post(f"/link/{number}", data={"password": "x"})
    assert len(path_of(settings.data).read_bytes()) == before


def test_a_change_that_was_killed_shows_as_not_finished(tmp_path: Path) -> None:
    noted = Audit(tmp_path)
    first = noted.begin(Deed("amy", "", "POST", "/a"))
    noted.begin(Deed("bob", "", "POST", "/b"))
    noted.note(Deed("amy", "", "POST", "/a"), 200, of=first)
    assert [(line.who, line.status) for line in shown(tmp_path).lines] == [("amy", 200), ("bob", 0)]
    one = shown(tmp_path, most=1)
    assert [(line.who, line.status) for line in shown(tmp_path, before=one.earlier).lines] == [("bob", 0)]


def test_pages_of_the_audit_follow_each_other(tmp_path: Path, admin: Browser) -> None:
    noted = Audit(tmp_path)
    for number in range(25):
        noted.note(Deed(f"who {number % 2}", "", "GET", "/a", MEETING if number % 5 else ""), 200)
    seen, before = [], None
    while True:
        found = shown(tmp_path, most=7, before=before, who="who 0")
        seen += [line.seq for line in found.lines]
        before = found.earlier
        if before is None:
            break
    assert seen == list(range(24, -1, -2))
    assert {line.seq % 5 for line in shown(tmp_path, meeting=MEETING[:4]).lines} == {1, 2, 3, 4}
    with pytest.raises(RecordError):
        shown(tmp_path, before=5)
    for wrong in ("x", "-1", "9" * 30, "７", "5"):
        assert admin.get(f"/audit?before={wrong}").status_code == 400


def test_the_audit_page_shows_what_is_earlier(admin: Browser, settings: Settings) -> None:
    noted = Audit(settings.data)
    for number in range(120):
        noted.note(Deed("<script>x", f"10.0.0.{number}", "GET", "/a"), 200)
    page = admin.get("/audit").text
    assert "<script>x" not in page
    assert "10.0.0.119" in page
    assert "10.0.0.7<" not in page
    place = page.partition('name="before" value="')[2].partition('"')[0]
    assert "10.0.0.7<" in admin.get(f"/audit?before={place}").text


def test_verifying_finds_a_changed_line_a_cut_end_and_a_changed_ledger(
    settings: Settings, job: MeetingFolder
) -> None:
    noted = Audit(settings.data)
    for name in ("amy", "bob", "eve"):
        noted.begin(Deed(name, "", "POST", "/a"))
    ledger.append(job.ledger, "amy", (Absent("p1"),))
    assert all(one.error is None for one in verify(settings.data))
    file = path_of(settings.data)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"eve", b"amy"))
    assert "entry 2" in str(verify(settings.data)[0].error)
    file.write_bytes(whole.rsplit(b"\n", 2)[0] + b"\n")
    assert "cut off" in str(verify(settings.data)[0].error)
    with pytest.raises(StorageError):
        noted.begin(Deed("amy", "", "POST", "/a"))
    file.write_bytes(whole)
    job.ledger.write_bytes(job.ledger.read_bytes().replace(b"amy", b"bob"))
    wrong = {one.place: one.error for one in verify(settings.data)}
    assert wrong["audit"] is None
    assert isinstance(wrong[job.id], LedgerError)


def test_a_correction_window_that_was_changed_is_found_too(settings: Settings, job: MeetingFolder) -> None:
    assert {one.place for one in verify(settings.data)} == {"audit", job.id}
    job.window.parent.mkdir()
    job.window.write_text('{"seq": 0}\n')
    assert isinstance(
        {one.place: one.error for one in verify(settings.data)}[f"{job.id} window"], LedgerError
    )


def test_the_commands_show_and_verify(settings: Settings, job: MeetingFolder) -> None:
    def zhuzi(*arguments: str) -> tuple[int, dict[str, Any]]:
        answer = CliRunner().invoke(main, [*arguments, "--data", str(settings.data), "--json"])
        return answer.exit_code, json.loads(answer.output)

    Audit(settings.data).begin(Deed("amy", "127.0.0.1", "POST", "/a", job.id))
    code, said = zhuzi("audit", "verify")
    assert (code, said["ok"], [one["place"] for one in said["chains"]]) == (0, True, ["audit", job.id])
    code, said = zhuzi("audit", "show", "--who", "amy")
    assert (code, [line["status"] for line in said["lines"]]) == (0, [0])
    path_of(settings.data).with_suffix(".head").unlink()
    code, said = zhuzi("audit", "verify")
    assert (code, said["ok"]) == (10, False)
    assert not any(secret in str(said) for secret in SECRETS)


def test_the_page_says_whether_everything_is_whole(admin: Browser, settings: Settings) -> None:
    assert "完整" in admin.get("/audit/verify").text
    path = path_of(settings.data)
    path.write_bytes(path.read_bytes().replace("管理者".encode(), "林審閱".encode(), 1))
    assert "changed by hand" in admin.get("/audit/verify").text


def rows(page: str) -> list[str]:
    """The rows of the page's table as they are read, from the first."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in body.split("<tr>")[1:]]


def test_the_page_says_in_words_what_was_done_and_what_came_of_it(admin: Browser, settings: Settings) -> None:
    noted = Audit(settings.data)
    marks = Deed("林審閱", "", "POST", "/meetings/{meeting_id}/marks", MEETING)
    for status in (303, 409, 507):
        noted.note(marks, status)
    noted.begin(marks)
    noted.note(Deed("", "", "GET", "/drop"), 401)
    noted.note(Deed("", "", "POST", "/sign-in"), 403)
    noted.note(Deed("", "", "OPTIONS", "/uploads"), 200)
    noted.note(Deed("", "", "GET", "/no-more/{account_id:int}"), 200)
    page = admin.get("/audit").text
    no_more, options, refused, visit, begun, failed, late, done = rows(page)[:8]
    said = f"林審閱 決定標記 decide marks {MEETING}"
    assert done.endswith(f"{said} 做了 done 303")
    assert late.endswith(f"{said} 拒絕 refused 409")
    assert failed.endswith(f"{said} 失敗 failed 507")
    assert begun.endswith(f"{said} 沒做完 not finished")
    assert visit.endswith("打開交錄音的頁面 open the page for dropping a recording 未登入 not signed in 401")
    assert refused.endswith("登入 sign in 拒絕 refused 403")
    assert options.endswith("查詢能怎麼上傳 ask how files are sent 做了 done 200")
    assert no_more.endswith("GET /no-more/{account_id} 做了 done 200")
    assert "/meetings/{meeting_id}/marks" not in page
    warned = page.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:9]
    assert ["warn" in row for row in warned] == [False, False, True, False, True, True, True, False]


def test_a_visit_that_becomes_the_sign_in_page_is_no_refusal(
    admin: Browser, settings: Settings, browser: Callable[[], Browser]
) -> None:
    assert browser().get("/drop").status_code == 303
    assert "未登入" in rows(admin.get("/audit").text)[0]


def test_the_command_says_it_in_words_beside_the_route_and_in_taiwans_time(
    settings: Settings,
) -> None:
    line = audit.Noted(
        *(0, "2026-05-01T18:38:07+00:00", "amy", "10.0.0.1", "POST", "/accounts/{account_id:int}/shut"),
        *("", "bob", 303, -1, "", ""),
    )
    assert audit.said(line) == (
        "2026-05-02 02:38:07+08:00  amy → bob: shut an account "
        "(POST /accounts/{account_id}/shut): done (303) from 10.0.0.1"
    )
    emergency.make(settings, "Amy Chen", ("staff",))
    noted = shown(settings.data).lines[0]
    assert "add an account from the command line (zhuzi account add): done" in audit.said(noted)
