"""The reviewers' side of the correction window: opening it, links, and answers that two people never give at once."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from aiosmtpd.handlers import Message

from pipeline import review
from pipeline import window as windows
from pipeline.doors import Doors
from pipeline.folder import MeetingFolder
from pipeline.review import draft_of
from pipeline.window import Window
from pipeline.window_acts import Kind
from redaction import ledger
from redaction.decision import Corrected
from tests.mail_server import mail_server
from tests.pipeline.test_window import HIDDEN, HOST, at, link_of, look, opened, suggest
from tests.room.conftest import Browser

__all__ = ["at", "opened"]


def now(folder: MeetingFolder) -> Window:
    window = windows.of(folder)
    assert window is not None
    return window


def answer(browser: Browser, folder: MeetingFolder, **values: object) -> int:
    data = {name: str(value) for name, value in values.items()}
    return browser.post(f"/meetings/{folder.id}/window/answer", data=data).status_code


def test_only_reviewers_see_it(
    opened: MeetingFolder, staff: Browser, admin: Browser, browser: Callable[[], Browser]
) -> None:
    path = f"/meetings/{opened.id}/window"
    before = opened.window.read_bytes()
    for one in (staff, admin):
        assert one.get(path).status_code == 403
        for change in ("open", "links", "unlink", "move", "close", "answer"):
            assert one.post(f"{path}/{change}", data={"who": HOST, "person": HOST}).status_code == 403
    assert browser().get(path).status_code == 303
    assert opened.window.read_bytes() == before


def test_it_is_not_opened_before_an_approval(undecided: MeetingFolder, reviewer: Browser) -> None:
    path = f"/meetings/{undecided.id}/window"
    assert "還不能開始" in reviewer.get(path).text
    assert reviewer.post(f"{path}/open", data={"days": "10"}).status_code == 409


def test_it_is_opened_and_links_are_shown_once(
    approved: MeetingFolder, reviewer: Browser, at: Callable[..., None]
) -> None:
    path = f"/meetings/{approved.id}/window"
    data = {"days": "10", "until": "", "who": [HOST, HIDDEN]}
    page = reviewer.post(f"{path}/open", data=data).text
    links = re.findall(r'value="(http://room\.test/mine/[\w-]{43})"', page)
    assert len(set(links)) == 2
    assert "2026 年 12 月 7 日（週一）" in page
    assert not [link for link in links if link in reviewer.get(path).text]
    assert reviewer.get(links[0].removeprefix("http://room.test")).status_code == 200
    assert now(approved).by == "林審閱"
    assert "這個網址只有這臺電腦打得開" not in page


def test_links_that_open_on_this_machine_only_are_said_to(
    approved: MeetingFolder, reviewer: Browser, at: Callable[..., None]
) -> None:
    home = "http://127.0.0.1:8377"
    room = cast("Any", reviewer.app).state.room
    room.settings = dataclasses.replace(room.settings, doors=Doors(home))
    data = {"days": "10", "until": "", "who": [HOST]}
    page = reviewer.post(f"/meetings/{approved.id}/window/open", data=data).text
    assert f"{home}/mine/" in page
    assert "這個網址只有這臺電腦打得開" in page


def test_what_is_typed_wrong_is_told(
    approved: MeetingFolder, reviewer: Browser, at: Callable[..., None]
) -> None:
    path = f"/meetings/{approved.id}/window"
    for data in ({"days": "0"}, {"days": "ten"}, {"days": "１０"}, {"days": "1", "until": "soon"}):
        assert reviewer.post(f"{path}/open", data=data).status_code == 400
    assert windows.of(approved) is None
    assert reviewer.post(f"{path}/links", data={}).status_code == 400


def test_an_accepted_text_is_a_correction_in_which_hidden_words_stay_hidden(
    opened: MeetingFolder, reviewer: Browser
) -> None:
    token = link_of(opened, HOST)
    last = look(opened, token).own[-1]
    assert last.text == "謝謝參與者 1，散會。"
    number = suggest(opened, token, Kind.TEXT, last.statement_id, "謝謝參與者 1，今天散會。")
    page = reviewer.get(f"/meetings/{opened.id}/window").text
    assert "謝謝佩珊，今天散會。" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    assert answer(reviewer, opened, number=number, answer="accept", seen=seen[1], text="") == 303
    statement = draft_of(opened).record.statement(last.statement_id)
    assert statement is not None
    assert statement.text == "謝謝佩珊，今天散會。"
    entry = ledger.read(opened.ledger)[-1]
    assert isinstance(entry.act, Corrected)
    assert (entry.who, entry.how) == ("林審閱", "suggested by the participant")
    assert not draft_of(opened).approvals
    assert "還沒有人核可" not in page
    assert "還沒有人核可" in reviewer.get(f"/meetings/{opened.id}/window").text


def test_a_correction_meanwhile_is_a_conflict_and_nothing_is_lost(
    opened: MeetingFolder, reviewer: Browser, second: Browser
) -> None:
    token = link_of(opened, HOST)
    first = look(opened, token).own[0]
    number = suggest(opened, token, Kind.TEXT, first.statement_id, "大家早，我是沈立言。")
    old = first.statement
    statement = draft_of(opened).record.statement(first.statement_id)
    assert statement is not None
    review.decide(
        opened, "王審閱", (Corrected(statement.id, statement.digest, "大家好，我是主持人沈立言。"),)
    )
    assert answer(reviewer, opened, number=number, answer="accept", seen=old, text="") == 409
    assert now(opened).unanswered
    page = reviewer.get(f"/meetings/{opened.id}/window").text
    assert "之後改過了" in page
    assert (
        "大家早，我是主持人沈立言。" not in page or "大家早" in page
    )  # the proposal is made of what stands there now
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    text = "大家早，我是主持人沈立言。"
    assert answer(second, opened, number=number, answer="accept", seen=seen[1], text=text) == 303
    assert answer(reviewer, opened, number=number, answer="refuse", reason="no") == 409  # answered already
    told = now(opened).suggestion(number).answer
    assert told is not None
    assert told.accepted


def test_leaving_out_hides_all_of_a_turn_or_the_words_that_were_named(
    opened: MeetingFolder, reviewer: Browser
) -> None:
    token = link_of(opened, HOST)
    first, last = look(opened, token).own
    one = suggest(opened, token, Kind.LEAVE_OUT, first.statement_id)
    two = suggest(opened, token, Kind.LEAVE_OUT, last.statement_id, "，散會")
    for number, turn in ((one, first), (two, last)):
        assert answer(reviewer, opened, number=number, answer="accept", seen=turn.statement) == 303
    review.approve(opened, "林審閱")
    assert [turn.text for turn in look(opened, token).own] == ["（隱去）", "謝謝參與者 1（隱去）。"]


def test_refusing_needs_a_reason_and_done_by_hand_too(opened: MeetingFolder, reviewer: Browser) -> None:
    number = suggest(opened, link_of(opened, HOST), Kind.OTHER, text="職稱改為主任")
    for kind in ("refuse", "done"):
        assert answer(reviewer, opened, number=number, answer=kind, reason=" ") == 400
    assert answer(reviewer, opened, number=number, answer="maybe") == 400
    assert answer(reviewer, opened, number=number, answer="done", reason="已改") == 303
    assert answer(reviewer, opened, number=number + 100, answer="done", reason="已改") == 404


class Inbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.letters: list[str] = []
        self.to: list[str] = []

    def handle_message(self, message) -> None:  # type: ignore[no-untyped-def]
        self.letters.append(message.get_payload(decode=True).decode())
        self.to.append(message["To"])


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server on this machine, named in the settings."""
    box = Inbox()
    with mail_server(box) as port:
        monkeypatch.setenv("ZHUZI_SMTP_URL", f"smtp://127.0.0.1:{port}")
        monkeypatch.setenv("ZHUZI_SMTP_FROM", "office@example.org")
        yield box


def test_a_link_is_sent_and_its_address_is_kept_nowhere(
    opened: MeetingFolder, reviewer: Browser, inbox: Inbox
) -> None:
    path = f"/meetings/{opened.id}/window"
    typed = "somebody.typed@example.org"
    data = {"who": [HIDDEN, HOST], f"to-{HIDDEN}": typed, f"to-{HOST}": "", "letter": "reminder"}
    page = reviewer.post(f"{path}/links", data=data).text
    assert "已經寄出" in page
    assert inbox.to == [typed]
    link = re.search(r"/mine/([\w-]{43})", inbox.letters[0])
    assert link
    assert look(opened, link[1]).person.id == HIDDEN
    assert "工作天" in inbox.letters[0]
    assert not [name for name in ("蔡佩珊", "佩珊", "毛毛媽") if name in inbox.letters[0]]
    for file in opened.root.parent.parent.rglob("*"):
        if file.is_file():
            data_ = file.read_bytes()
            assert typed.encode() not in data_, file
            assert link[1].encode() not in data_, file


def test_a_wrong_address_is_told_and_the_link_can_be_copied(
    opened: MeetingFolder, reviewer: Browser, inbox: Inbox
) -> None:
    data = {"who": HOST, f"to-{HOST}": "no address"}
    page = reviewer.post(f"/meetings/{opened.id}/window/links", data=data).text
    assert "沒有寄出" in page
    assert "/mine/" in page
    assert inbox.to == []
