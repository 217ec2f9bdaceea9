"""The whole way of a recording in a real browser, by everybody who has a part in it."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Download, Page, expect

from pipeline import review
from pipeline.folder import MeetingFolder, find
from pipeline.settings import Settings
from tests.engines import example
from tests.room.browser.conftest import Enter, Shoot, room, sign_in
from tests.room.browser.furnished import select
from tests.room.conftest import PASSWORD

ADMIN, STAFF, FIRST, SECOND = "管理員", "陳承辦", "林審閱", "王審閱"
TITLE = "寵物友善運輸協作會議"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WORK_MS = 60_000


def chosen(page: Page, link: str, name: str = "") -> None:
    """Choose a password by a one-time link."""
    page.goto(link)
    if name:
        page.fill("#name", name)
    for field in ("#password", "#again"):
        page.fill(field, PASSWORD)
    page.click("main button")
    expect(page).to_have_url(re.compile(r"/$"))


def added(page: Page, url: str, name: str, role: str) -> str:
    """Make an account; its one-time link."""
    page.goto(f"{url}/accounts")
    page.fill("form.narrow #name", name)
    page.check(f"form.narrow input[value={role}]")
    page.click("form.narrow button")
    return page.input_value("#link")


def dropped(page: Page, url: str, recording: Path, shoot: Shoot, gate: Path) -> None:
    """Drop a recording with what is known about it, see it being worked on, and wait until it is done."""
    page.goto(url)
    page.get_by_role("link", name="放入錄音").first.click()
    written = recording.with_name("slido 提問.csv")
    written.write_text(example.SLIDO, "utf-8")
    page.set_input_files("#choose", [recording, written])
    expect(page.locator(".file .state", has_text="已收到")).to_have_count(2, timeout=WORK_MS)
    page.fill("#title", TITLE)
    page.fill("#date", "2026-05-01")
    page.fill("#begins", example.BEGINS)
    page.fill("#approvers", "2")
    page.fill("#roster", example.ROSTER)
    page.click("#read-roster")
    expect(page.locator("#preview")).to_contain_text("蔡佩珊")
    page.click("#preview button:not(.quiet)")
    expect(page.locator("#people .row")).to_have_count(5)
    expect(page.locator("#brought .row select")).to_have_value("slido")
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "drop")
    page.click("#hand-over")
    expect(page).to_have_url(re.compile("/work/"), timeout=WORK_MS)
    expect(page.locator(".steps .now")).to_contain_text("50%", timeout=WORK_MS)
    page.evaluate(
        "for (const told of document.querySelectorAll('main .card')) told.remove()"
    )  # paths of this machine
    shoot(page, "work")
    gate.write_bytes(b"")
    expect(page.get_by_text("看這場會議")).to_be_visible(timeout=WORK_MS)


def corrected(page: Page, url: str, shoot: Shoot) -> None:
    """Correct a statement, and name the voice that nobody was heard as."""
    page.goto(url)
    page.wait_for_selector("#meeting[data-ready]")
    page.keyboard.press("j")
    for _ in range(8):
        page.keyboard.press("j")
    page.keyboard.press("e")
    area = page.locator(".editing textarea")
    expect(area).to_have_value(re.compile("三百件裡面"))
    area.press("ControlOrMeta+a")
    page.keyboard.type("三百件裡面有多少是咬傷？我看過資料，好像大部分是氣味跟噪音。")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("已儲存")
    expect(page.get_by_text("標記搜尋中")).to_have_count(0)
    shoot(page, "reading")
    page.keyboard.press("v")
    card = page.locator("dialog .card", has_text="S2 ·")
    card.get_by_label("這個聲音是").select_option("p2")
    card.get_by_role("button", name="指認").click()
    expect(page.locator("dialog .notice")).to_contain_text("已指認")
    shoot(page, "voices")
    page.keyboard.press("Escape")
    expect(page.locator(".said .who", has_text="高慧敏").first).to_be_visible()


def described(page: Page, url: str, shoot: Shoot) -> None:
    """Look at what is known about the meeting, down to what was written during it."""
    page.goto(f"{url}/about")
    shoot(page, "about")
    page.locator("#brought-title").evaluate("one => one.scrollIntoView({behavior: 'instant'})")
    expect(page.locator("#brought .row")).to_have_count(1)
    shoot(page, "about-written")


SETTLED = """async () => {
    const now = () => [document.getElementById("counts").textContent, document.querySelectorAll("dialog[open]").length,
        document.querySelector(".row.current")?.textContent].join();
    const before = now();
    for (let frame = 0; frame < 40 && now() === before; frame++) await new Promise(requestAnimationFrame);
}"""
"""Wait until the queue shows something else, or shows that it does not."""


def left(page: Page) -> int:
    """How many marks the page says are left."""
    done, of = re.findall(r"\d+", page.inner_text("#counts"))[:2]
    return int(of) - int(done)


def decided(page: Page, url: str, shoot: Shoot | None = None, *, keeps: str = "") -> None:
    """Decide every mark without touching the mouse: mask, but keep those that read so; settle where two differ."""
    page.goto(f"{url}/marks")
    expect(page.locator(".row.current")).to_be_visible()
    if shoot:
        shoot(page, "deciding")
        shoot(page, "deciding-dark", dark=True)
    for _ in range(150):
        now = page.locator(".row.current")
        if page.locator("dialog[open]").count():
            page.keyboard.press("Escape")
        elif not left(page):
            return
        elif now.locator("strong", has_text="您判斷").count():
            page.keyboard.press("g")
        elif not now.filter(has=page.locator(".open, h2")).count() and "open" not in str(
            now.get_attribute("class")
        ):
            page.keyboard.press("n")
        elif keeps and now.locator("mark", has_text=keeps).count():
            page.keyboard.press("k")
            page.keyboard.type("只是應了一聲")
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("m")
        page.evaluate(SETTLED)
    raise AssertionError(f"{left(page)} marks are left")


def marked(page: Page, url: str, words: str, shoot: Shoot) -> None:
    """Hide words that no rule found, by selecting them."""
    page.goto(f"{url}/beside")
    select(page, words)
    page.keyboard.press("x")
    dialog = page.locator("dialog#hide")
    expect(dialog.locator("[data-words]")).to_have_text(words)
    dialog.locator("select").select_option("p3")
    dialog.get_by_role("button", name="只有這裡").click()
    expect(page.locator(".private mark", has_text=words)).to_be_visible()
    expect(page.locator(".public p", has_text=words)).to_have_count(0)
    shoot(page, "beside")


ACKNOWLEDGED = """() => {
    const [read, every] = document.getElementById("read-count").textContent.match(/\\d+/g).map(Number);
    return read >= Math.min(3, every) && document.getElementById("unread").value === String(every - read);
}"""
"""What was ticked off has arrived, and the approval asks about exactly the rest."""


def approved(page: Page, url: str, shoot: Shoot | None = None) -> None:
    """Read what deserves it, and approve what is shown."""
    page.goto(f"{url}/sign-off")
    expect(page.locator(".pair").first).to_be_visible()
    button = page.locator("form[action$=approve] button")
    for _ in range(3):
        page.keyboard.press("n")
        page.keyboard.press("r")
    if shoot:
        page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        shoot(page, "sign-off")
    tick = page.locator("#unread")
    page.wait_for_function(ACKNOWLEDGED)
    if tick.is_visible():
        # What was read may arrive in between: then the question is another one, and the page takes the tick back.
        tick.click()
        if not tick.is_checked():
            page.wait_for_function(ACKNOWLEDGED)
            tick.check()
    button.click()
    expect(page.get_by_text("您已經核可過這份內容")).to_be_visible()


def links_of(page: Page) -> dict[str, str]:
    """The personal links that are shown this once, by name."""
    articles = page.locator("main article").all()
    return {
        article.locator("h2").inner_text().split()[0]: article.locator("input[id^=link-]").input_value()
        for article in articles
    }


def opened(page: Page, url: str, shoot: Shoot) -> dict[str, str]:
    """Open the correction window; the links."""
    page.goto(f"{url}/window")
    page.get_by_role("button", name="開始，並產生連結").click()
    expect(page.get_by_role("heading", name="個人連結：只顯示這一次")).to_be_visible()
    shoot(page, "personal-links")
    return links_of(page)


def agreed(page: Page, link: str) -> None:
    """Somebody agrees to how they stand there."""
    page.goto(link)
    page.get_by_role("button", name="我同意").click()
    expect(page.locator(".good").first).to_contain_text("已經記下您同意")


def answered(page: Page, url: str, shoot: Shoot) -> None:
    """Accept every suggestion."""
    page.goto(f"{url}/window")
    shoot(page, "window")
    while waiting := page.locator(".suggestion").count():
        page.locator(".suggestion").first.get_by_role("button", name="採納").first.click()
        expect(page.locator(".suggestion")).to_have_count(waiting - 1)


def released(page: Page, url: str, folder: MeetingFolder, shoot: Shoot) -> None:
    """Release; what is downloaded is what lies in public/."""
    page.goto(f"{url}/sign-off")
    page.locator("form[action$=release] button").click()
    files = page.locator("a[download]")
    expect(files.first).to_be_visible(timeout=WORK_MS)
    public = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder.root / "public").iterdir()}
    with page.expect_download(timeout=WORK_MS) as arriving:
        files.first.click()
    download: Download = arriving.value
    assert hashlib.sha256(download.path().read_bytes()).hexdigest() == public[download.suggested_filename]
    for link in files.all():  # after ten clicks the browser asks whether so many files are wanted
        got = page.request.get(f"{page.url.partition('/meetings/')[0]}{link.get_attribute('href')}")
        name = unquote(got.headers["content-disposition"].removeprefix("attachment; filename*=utf-8''"))
        assert hashlib.sha256(got.body()).hexdigest() == public.pop(name)
    assert set(public) <= {"manifest.json"}
    shoot(page, "released")


def admitted(enter: Enter, url: str, first: str, shoot: Shoot) -> list[Page]:
    """An admin by the very first link, who lets in staff and two reviewers; a page of each."""
    admin = enter()
    chosen(admin, url + first, ADMIN)
    accounts = ((STAFF, "staff"), (FIRST, "reviewer"), (SECOND, "reviewer"))
    links = [added(admin, url, name, role) for name, role in accounts]
    shoot(admin, "accounts", at=f"{url}/accounts")
    pages = [admin]
    for link in links:
        pages.append(enter(viewport={"width": 1280, "height": 900}))
        shoot(pages[-1], "welcome", at=link)
        chosen(pages[-1], link)
    staff = pages[1]
    staff.get_by_role("button", name="登出").click()
    shoot(staff, "sign-in")
    sign_in(staff, url, STAFF)
    shoot(staff, "account", at=f"{url}/account")
    return pages


def suggested(enter: Enter, links: dict[str, str], shoot: Shoot) -> Page:
    """Two participants look at their turns on a phone, without an account: one corrects, one wants no name."""
    phone = enter(**PHONE)
    phone.goto(links["張育誠"])
    own = phone.locator(".own").first
    expect(own).to_contain_text("我家有兩隻貓")
    expect(phone.locator("body")).not_to_contain_text("蔡佩珊")
    shoot(phone, "mine-phone-dark", dark=True)
    own.scroll_into_view_if_needed()
    shoot(phone, "mine-phone")
    wide = enter(viewport={"width": 1280, "height": 900})
    shoot(wide, "mine", at=links["張育誠"])
    own.get_by_text("更正文字").click()
    own.locator("textarea").fill("我是附議的張育誠，我家有三隻貓。")
    own.get_by_role("button", name="送出更正").click()
    expect(phone.locator(".good").first).to_contain_text("已經收到您的意見")
    other = enter(**PHONE)
    other.goto(links["高慧敏"])
    other.get_by_text("我想改為匿名").click()
    other.get_by_role("button", name="請讓我匿名").click()
    expect(other.locator(".good").first).to_contain_text("已經收到您的意見")
    assert not phone.context.cookies()
    return phone


def on_a_phone(enter: Enter, url: str, meeting: str, shoot: Shoot) -> None:
    """A reviewer reads on a phone."""
    page = enter(**PHONE)
    sign_in(page, url, SECOND)
    page.goto(meeting)
    page.wait_for_selector("#meeting[data-ready]")
    expect(page.locator(".said").first).to_be_visible()
    shoot(page, "reading-phone")


def taken_down(page: Page, shoot: Shoot) -> None:
    """Take the public files down."""
    page.fill("#reason", "參與者撤回同意")
    page.get_by_role("button", name="撤下").click()
    expect(page.get_by_text("這裡現在沒有公開的檔案")).to_be_visible()
    shoot(page, "taken-down")


def verified(page: Page, url: str, shoot: Shoot) -> None:
    """The audit is whole, the meeting's ledger and its correction window."""
    shoot(page, "audit", at=f"{url}/audit")
    page.goto(f"{url}/audit")
    page.get_by_role("link", name="檢查是否完整").click()
    expect(page.locator("main li")).to_have_count(3)
    expect(page.locator("main .problem")).to_have_count(0)
    shoot(page, "audit-verified")


def test_from_the_first_link_to_a_record_that_is_public_and_taken_down(
    enter: Enter,
    settings: Settings,
    tmp_path: Path,
    cheap: None,
    shoot: Shoot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = replace(settings, correction_days=10)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    monkeypatch.setenv("EXAMPLE_GATE", str(gate))
    with room(waits, module="tests.engines.example") as (url, application):
        admin, staff, first, second = admitted(enter, url, application.state.room.links.first(), shoot)
        dropped(staff, url, example.recording(tmp_path / "協作會議.wav"), shoot, gate)
        staff.get_by_text("看這場會議").click()
        expect(staff.get_by_text("逐字稿只有審閱者能讀")).to_be_visible()
        meeting = staff.url
        folder = find(waits.data, meeting.rpartition("/")[2])
        shoot(staff, "status")
        described(staff, meeting, shoot)

        corrected(first, meeting, shoot)
        decided(first, meeting, shoot, keeps="好，")
        marked(first, meeting, "十八公斤", shoot)
        first.goto(f"{meeting}/marks?state=kept&tier=A")
        expect(first.locator("#f-tier")).to_have_value("A")
        expect(first.locator("#f-state")).to_have_value("kept")
        approved(first, meeting, shoot)
        second.goto(f"{meeting}/sign-off")
        expect(second.get_by_text("您是第二位審閱者")).to_be_visible()
        expect(second.locator("body")).not_to_contain_text("只是應了一聲")
        decided(second, meeting)
        approved(second, meeting)
        assert len(review.draft_of(folder).approvals) == 2

        links = opened(first, meeting, shoot)
        assert len(links) == 5
        phone = suggested(enter, links, shoot)
        shoot(first, "meetings", at=url)
        on_a_phone(enter, url, meeting, shoot)
        answered(first, meeting, shoot)
        phone.goto(links["張育誠"])
        expect(phone.locator("body")).to_contain_text("內容正在重新審閱")
        for reviewer in (first, second):
            decided(reviewer, meeting)
            approved(reviewer, meeting)
        phone.goto(links["高慧敏"])
        expect(phone.locator(".own").first).not_to_contain_text("高慧敏")
        for link in links.values():
            agreed(phone, link)

        released(first, meeting, folder, shoot)
        text = "".join(p.read_text("utf-8") for p in (folder.root / "public").glob("*.txt"))
        assert "三隻貓" in text
        assert "咬傷" in text
        assert f"（Slido 提問，12 票，已回答）{example.QUESTION}" in text
        for hidden in ("蔡佩珊", "毛毛媽", "游品妤", "高慧敏", "十八公斤", "零九八七"):
            assert hidden not in text
        taken_down(first, shoot)
        assert not (folder.root / "public").exists()
        verified(admin, url, shoot)
