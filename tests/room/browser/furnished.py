"""A room in which something stands on every page: the example's meeting in its correction window, and a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect
from starlette.applications import Starlette

from pipeline import inviting, mine, review, window_steps
from pipeline.folder import MeetingFolder
from pipeline.jobs.order import Release
from pipeline.room.accounts import Role
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.window_acts import Kind
from redaction.decision import Decided, Verdict
from tests.conftest import silent_report
from tests.engines import example
from tests.room.conftest import PASSWORD

MEETING = """\
title = "寵物友善運輸協作會議"
date = 2026-05-01
begins = 14:00:00
approvers = 2
correction_days = 10

[[participants]]
name = "沈立言"
role = "主持人"
heard_at = "0:05"

[[participants]]
name = "高慧敏"
role = "交通局"

[[participants]]
name = "蔡佩珊"
aliases = ["佩珊", "毛毛媽"]
wish = "anonymous"
heard_at = "0:18"

[[participants]]
name = "張育誠"
role = "附議人"
heard_at = "0:26"

[[participants]]
name = "游品妤"
aliases = ["品妤", "小妤"]
wish = "anonymous"
heard_at = "0:30"

[[brought]]
kind = "slido"
file = "slido.csv"
"""
EVERYTHING, FIRST, SECOND = "管理者", "林審閱", "王審閱"


@dataclass(frozen=True, slots=True)
class State:
    """Something that a page can show.

    Attributes:
        name: of it.
        path: of the page.
        who: opens it; empty: whoever has the address.
        opened: brings the page into that state; what it waits for is there then.
    """

    name: str
    path: str
    who: str = EVERYTHING
    opened: Callable[[Page], None] = lambda _: None


def meeting(settings: Settings, place: Path) -> MeetingFolder:
    """The meeting, with its marks undecided."""
    described = place / "meeting.toml"
    described.write_text(MEETING, encoding="utf-8")
    (place / "slido.csv").write_text(example.SLIDO, encoding="utf-8")
    recording = example.recording(place / "meeting.wav")
    return run(recording, described, settings.data, example.engines, silent_report)


def furnish(application: Starlette, folder: MeetingFolder) -> tuple[State, ...]:
    """Let three people in, and bring the meeting as far as its window; every state of every page."""
    room = application.state.room
    for name, roles in ((EVERYTHING, set(Role)), (FIRST, {Role.REVIEWER}), (SECOND, {Role.REVIEWER})):
        room.accounts.add(name, frozenset(roles), PASSWORD)
    undecided = review.draft_of(folder).undecided
    review.decide(folder, FIRST, tuple(Decided(m.id, Verdict.MASK) for m in undecided))
    review.approve(folder, FIRST)
    draft = review.draft_of(folder)
    window_steps.open_(folder, draft, FIRST, days=10)
    everybody = tuple(p.id for p in draft.meeting.participants)
    made = inviting.invite(folder, draft, FIRST, everybody, room="http://localhost")
    tokens = {one.person.name: one.link.rpartition("/")[2] for one in made}
    _, link = mine.found(room.data, tokens["張育誠"])
    view = mine.view(folder, draft, link, room.sharing.of(folder, draft))
    assert view.shared.shown
    mine.suggest(
        folder,
        view,
        view.shared.shown.approval,
        Kind.TEXT,
        statement_id="a4",
        text="我是附議的張育誠，我家有三隻貓。",
    )
    mine.suggest(
        folder, view, view.shared.shown.approval, Kind.OTHER, statement_id="", text="請更正我的職稱。"
    )
    job = room.work.submit(Release(folder.id))
    there = f"/meetings/{folder.id}"
    return (
        State("sign-in", "/sign-in", ""),
        State("welcome", room.links.make(2), ""),
        State("nothing", "/nowhere", ""),
        State("meetings", "/"),
        State("account", "/account"),
        State("accounts", "/accounts"),
        State("audit", "/audit"),
        State("audit-verified", "/audit/verify"),
        State("drop", "/drop", opened=_dropping),
        State("work", f"/work/{job.id}"),
        State("about", f"{there}/about", opened=_unfolded),
        State("reading", there, opened=_reading),
        State("editing", there, opened=_editing),
        State("voices", there, opened=_keys("j", "v", shows="dialog .card")),
        State("history", there, opened=_keys("j", "h", shows="dialog .history")),
        State("whose", there, opened=_keys("j", "r", shows="dialog select")),
        State("deciding", f"{there}/marks", FIRST, _deciding),
        State("keeping", f"{there}/marks", FIRST, _keeping),
        State("other words", f"{there}/marks", FIRST, _other),
        State("deciding blind", f"{there}/marks", SECOND, _deciding),
        State("signing off blind", f"{there}/sign-off", SECOND),
        State("beside", f"{there}/beside", FIRST, _beside),
        State("hiding", f"{there}/beside", FIRST, _hiding),
        State("sign-off", f"{there}/sign-off", FIRST, _beside),
        State("taken-down", f"{there}/taken-down", FIRST),
        State("window", f"{there}/window", FIRST, _unfolded),
        State("personal-links", f"{there}/window", FIRST, _invited),
        State("mine", f"/mine/{tokens['張育誠']}", "", _unfolded),
        State("mine of nobody", "/mine/none", ""),
    )


def _unfolded(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def _dropping(page: Page) -> None:
    _unfolded(page)
    sent = {"name": "聊天.csv", "mimeType": "text/csv", "buffer": example.CHAT.encode()}
    page.set_input_files("#choose", sent)
    expect(page.locator("#brought .row")).to_have_count(1, timeout=60_000)
    page.fill("#roster", example.ROSTER)
    page.click("#read-roster")
    page.click("#preview button:not(.quiet)")
    page.fill("#roster", example.ROSTER)
    page.click("#read-roster")
    expect(page.locator("#preview table")).to_be_visible()


def _reading(page: Page) -> None:
    page.wait_for_selector("#meeting[data-ready]")
    page.keyboard.press("j")
    expect(page.locator(".said.current .tools")).to_be_visible()


def _keys(*keys: str, shows: str) -> Callable[[Page], None]:
    def opened(page: Page) -> None:
        page.wait_for_selector("#meeting[data-ready]")
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator(shows).first).to_be_visible()

    return opened


def _editing(page: Page) -> None:
    _reading(page)
    page.keyboard.press("e")
    expect(page.locator(".editing textarea")).to_be_visible()


def _deciding(page: Page) -> None:
    expect(page.locator(".row.current")).to_be_visible()


def _keeping(page: Page) -> None:
    _deciding(page)
    page.keyboard.press("k")
    expect(page.locator("dialog#keep")).to_be_visible()


def _other(page: Page) -> None:
    _deciding(page)
    page.keyboard.press("e")
    expect(page.locator("dialog#other")).to_be_visible()


def _beside(page: Page) -> None:
    expect(page.locator(".pair").first).to_be_visible()


def _hiding(page: Page) -> None:
    _beside(page)
    select(page, "好")
    page.keyboard.press("x")
    expect(page.locator("dialog#hide")).to_be_visible()


def _invited(page: Page) -> None:
    page.check("input[name=who] >> nth=0")
    page.click("button[value=invitation]")
    expect(page.locator("textarea[id^=letter-]")).to_be_visible()


def select(page: Page, words: str) -> None:
    """Select words where they stand first in the private text."""
    page.locator(".private p", has_text=words).first.evaluate(
        """(place, words) => {
            const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const at = walker.currentNode.data.indexOf(words);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
                return;
            }
        }""",
        words,
    )
