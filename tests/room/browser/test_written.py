"""In a browser: what was written during a meeting is dropped with its recording, added later, and taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from pipeline.folder import MeetingFolder, find
from pipeline.review import draft_of
from pipeline.room.accounts import Role
from pipeline.settings import Settings
from tests.engines import example
from tests.room.browser.conftest import Enter, room, sign_in
from tests.room.conftest import PASSWORD

WORK_MS = 60_000
WHO = "陳承辦"


@pytest.fixture
def served(settings: Settings, cheap: None) -> Iterator[str]:
    with room(settings, module="tests.engines.example") as (url, application):
        application.state.room.accounts.add(WHO, frozenset({Role.STAFF, Role.REVIEWER}), PASSWORD)
        yield url


def payload(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def handed_over(page: Page) -> str:
    """Hand the form over, wait until it is done; the address of the meeting."""
    page.click("#hand-over")
    expect(page).to_have_url(re.compile("/work/"), timeout=WORK_MS)
    link = page.get_by_text("看這場會議")
    expect(link).to_be_visible(timeout=WORK_MS)
    link.click()
    page.wait_for_selector("#meeting[data-ready]")
    return page.url


def written(folder: MeetingFolder) -> list[str]:
    return [s.text for s in draft_of(folder).record.statements if s.written]


def test_an_export_is_dropped_with_its_recording_and_a_chat_is_added_and_removed_again(
    served: str, settings: Settings, enter: Enter, tmp_path: Path
) -> None:
    page = enter()
    sign_in(page, served, WHO)
    page.goto(f"{served}/drop")
    page.set_input_files("#choose", [payload("提問 蔡佩珊.csv", example.SLIDO), payload("x.txt", "不是紀錄")])
    refused = page.locator(".file", has_text="x.txt")
    expect(refused.locator(".state")).to_contain_text(
        "沒有 Slido 的提問、聊天室的留言，也沒有寫出發言者的逐字稿", timeout=WORK_MS
    )
    expect(page.locator(".file input[type=radio]")).to_have_count(0)
    page.click("#hand-over")
    expect(page.locator("#said")).to_contain_text("先放入錄音")
    page.set_input_files("#choose", example.recording(tmp_path / "會議.wav"))
    expect(page.locator(".file .state", has_text="已收到")).to_have_count(2, timeout=WORK_MS)
    expect(page.locator(".file input[type=radio]")).to_be_checked()
    page.click("#hand-over")
    expect(page.locator("#said")).to_contain_text("移除它")
    refused.get_by_role("button", name="移除").click()
    expect(page.locator("#brought .row select")).to_have_value("slido")
    for name, value in (("title", "會議"), ("date", "2026-05-01"), ("begins", example.BEGINS)):
        page.fill(f"#{name}", value)
    meeting = handed_over(page)
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    expect(page.locator(".said", has_text=example.QUESTION)).to_be_visible()

    folder = find(settings.data, meeting.rpartition("/")[2])
    page.goto(f"{meeting}/about")
    expect(page.locator("#brought .row")).to_contain_text("2 則")
    page.set_input_files("#choose", payload("留言.csv", example.CHAT))
    row = page.locator("#brought .row").nth(1)
    expect(row.locator("select")).to_have_value("", timeout=WORK_MS)
    page.click("#hand-over")
    expect(row.locator(".problem")).to_contain_text("還沒有選", timeout=WORK_MS)
    row.locator("select").select_option("chat")
    handed_over(page)
    assert "我可以補充數字。" in written(folder)
    assert len(written(folder)) == 3

    page.goto(f"{meeting}/about")
    page.locator("#brought .row").first.get_by_role("checkbox").check()
    handed_over(page)
    assert written(folder) == ["我可以補充數字。"]
    assert not list((settings.data / "uploads").glob("*"))
