"""Reading, listening and correcting in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from pipeline import review
from pipeline.folder import MeetingFolder
from redaction.decision import Corrected

Visit = Callable[..., Page]


@pytest.fixture
def read(visit: Visit) -> Callable[..., Page]:
    """The page of a meeting, once its text can be used."""

    def read_(folder: MeetingFolder, who: str = "林審閱", **options: object) -> Page:
        page = visit(f"/meetings/{folder.id}", who, **options)
        page.wait_for_selector("#meeting[data-ready]")
        return page

    return read_


def text(page: Page, statement: str) -> Locator:
    return page.locator(f'[id="{statement}"] .text')


def begin(page: Page, statement: str) -> Locator:
    """Choose a statement by its time, stop the sound, and open its text."""
    page.locator(f'[id="{statement}"] .at').click()
    page.evaluate("document.getElementById('audio').pause()")
    page.keyboard.press("e")
    return page.locator(f'[id="{statement}"] textarea')


def click_character(page: Page, statement: str, offset: int) -> None:
    """Click in the middle of one character of a statement."""
    place = page.evaluate(
        """([id, offset]) => {
            for (const piece of document.querySelectorAll(`[id="${id}"] .text [data-start]`)) {
                const at = offset - Number(piece.dataset.start);
                if (at < 0 || at >= piece.firstChild.length) continue;
                piece.scrollIntoView({block: "center", behavior: "instant"});
                const range = document.createRange();
                range.setStart(piece.firstChild, at);
                range.setEnd(piece.firstChild, at + 1);
                const box = range.getBoundingClientRect();
                return [box.x + box.width / 2 - 2, box.y + box.height / 2];
            }
        }""",
        [statement, offset],
    )
    page.mouse.click(*place)


def until(page: Page, condition: str) -> None:
    """Wait until a condition holds in the page; its policy forbids what `wait_for_function` does."""
    held = page.evaluate(
        f"""async () => {{
            for (let frame = 0; frame < 600; frame++) {{
                if ({condition}) return true;
                await new Promise(requestAnimationFrame);
            }}
            return false;
        }}"""
    )
    assert held, condition


def lit(text: str) -> str:
    """That this is the word that is lit."""
    return f"[...(CSS.highlights.get('spoken') ?? [])].map(String).join('') === '{text}'"


def test_a_click_on_a_word_plays_from_there_and_lights_it(
    read: Callable[..., Page], job: MeetingFolder
) -> None:
    page = read(job)
    page.evaluate("document.getElementById('audio').playbackRate = 0.5")
    second = review.draft_of(job).record.statements[1]
    word = second.words[3]
    start = sum(len(w.text) for w in second.words[:3])
    click_character(page, second.id, start)
    until(page, "!document.getElementById('audio').paused")
    page.evaluate("document.getElementById('audio').pause()")
    now = page.evaluate("document.getElementById('audio').currentTime * 1000")
    assert now >= word.span.start
    page.evaluate(f"document.getElementById('audio').currentTime = {(word.span.start + 20) / 1000}")
    until(page, lit(word.text))
    after = second.words[4]
    page.evaluate(f"document.getElementById('audio').currentTime = {(after.span.start + 20) / 1000}")
    until(page, lit(after.text))
    expect(page.locator(f'[id="{second.id}"]')).to_contain_class("spoken")


def test_a_corrected_text_is_saved_undone_and_brought_back(
    read: Callable[..., Page], job: MeetingFolder
) -> None:
    page = read(job)
    before = text(page, "a1").inner_text()
    area = begin(page, "a1")
    area.fill("大家好，我是主持人。")
    area.press("Control+Enter")
    expect(text(page, "a1")).to_have_text("大家好，我是主持人。")
    expect(page.locator("#said")).to_contain_text("已儲存")
    assert review.draft_of(job).record.statements[0].text == "大家好，我是主持人。"
    page.keyboard.press("Control+z")
    expect(text(page, "a1")).to_have_text(before)
    page.keyboard.press("Control+Shift+Z")
    expect(text(page, "a1")).to_have_text("大家好，我是主持人。")
    page.click("#undo")
    expect(text(page, "a1")).to_have_text(before)
    page.locator('[id="a1"]').press("h")
    expect(page.locator("dialog .history")).to_contain_text("林審閱")
    expect(page.locator("dialog .history .machine")).to_contain_text(before)


def test_two_at_once_see_both_texts_and_lose_neither(read: Callable[..., Page], job: MeetingFolder) -> None:
    one, other = read(job), read(job, "王審閱")
    mine = begin(one, "a2")
    mine.fill("我是乙，要說這個。")
    theirs = begin(other, "a2")
    theirs.fill("我是甲，要說那個。")
    theirs.press("Control+Enter")
    expect(text(other, "a2")).to_have_text("我是甲，要說那個。")
    mine.press("Control+Enter")
    conflict = one.locator(".conflict")
    expect(conflict.locator(".theirs")).to_have_text("我是甲，要說那個。")
    expect(conflict.locator(".mine")).to_have_text("我是乙，要說這個。")
    expect(conflict).to_contain_text("王審閱")
    assert review.draft_of(job).record.statements[1].text == "我是甲，要說那個。"
    conflict.get_by_role("button", name="用我的").click()
    expect(text(one, "a2")).to_have_text("我是乙，要說這個。")
    assert review.draft_of(job).record.statements[1].text == "我是乙，要說這個。"


def test_what_others_change_arrives_by_itself(read: Callable[..., Page], job: MeetingFolder) -> None:
    page = read(job)
    statement = review.draft_of(job).record.statements[3]
    review.decide(job, "王審閱", (Corrected(statement.id, statement.digest, "謝謝大家，散會。"),))
    expect(text(page, statement.id)).to_have_text("謝謝大家，散會。", timeout=15_000)


def test_a_statement_is_split_at_the_caret_and_given_to_a_new_voice(
    read: Callable[..., Page], job: MeetingFolder
) -> None:
    page = read(job)
    area = begin(page, "a4")
    area.fill("謝謝  佩珊， 散會。")
    area.evaluate("area => area.setSelectionRange(8, 8)")
    page.get_by_role("button", name="在游標處分開").click()
    expect(text(page, "a4")).to_have_text("謝謝 佩珊，")
    second = review.draft_of(job).record.statements[-1]
    expect(text(page, second.id)).to_have_text("散會。")
    page.locator(f'[id="{second.id}"] .at').click()
    page.evaluate("document.getElementById('audio').pause()")
    page.keyboard.press("r")
    page.select_option("#whose-voice", "new")
    page.get_by_role("button", name="就是他").click()
    expect(page.locator(f'[id="{second.id}"] .who')).to_contain_text("S4")
    page.click("#undo")
    expect(page.locator(f'[id="{second.id}"] .who')).to_contain_text("沈立言")
    page.locator(f'[id="{second.id}"]').press("J")
    expect(text(page, "a4")).to_have_text("謝謝 佩珊， 散會。")


def test_searching_folds_and_counts(read: Callable[..., Page], job: MeetingFolder) -> None:
    page = read(job)
    page.keyboard.press("/")
    page.keyboard.type("我是")
    page.keyboard.press("Enter")
    expect(page.locator("#search .count")).to_have_text("1 / 2")
    page.keyboard.press("Enter")
    expect(page.locator("#search .count")).to_have_text("2 / 2")
    assert page.evaluate("[...CSS.highlights.get('found-now')].map(String)") == ["我是"]
    assert "我是" not in page.url
    area = begin(page, "a1")
    area.fill("大家好。")
    area.press("Control+Enter")
    expect(page.locator("#search .count")).to_have_text("1 / 1")


def test_a_voice_is_named_with_what_speaks_for_it_in_view(
    read: Callable[..., Page], job: MeetingFolder
) -> None:
    page = read(job)
    page.keyboard.press("v")
    card = page.locator("dialog section", has=page.locator("#name-S1"))
    expect(card.locator(".reasons")).to_contain_text("會議資料寫了這個人說話的時間點")
    page.select_option("#name-S1", "")
    card.get_by_role("button", name="指認").click()
    expect(page.locator("dialog .notice")).to_contain_text("已指認")
    page.keyboard.press("Escape")
    expect(page.locator('[id="a1"] .who')).to_have_text("S1（不在名單上 nobody listed）")


def test_the_picture_is_a_slider_that_keys_move(read: Callable[..., Page], job: MeetingFolder) -> None:
    page = read(job)
    slider = page.get_by_role("slider", name="播放位置")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuenow", "5")
    expect(slider).to_have_attribute("aria-valuetext", "0:05 / 0:09，林志明")
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")


def test_a_loop_stays_in_its_statement(read: Callable[..., Page], job: MeetingFolder) -> None:
    page = read(job)
    page.locator('[id="a3"] .at').click()
    page.keyboard.press("l")
    expect(page.locator("#loop")).to_have_attribute("aria-pressed", "true")
    last = review.draft_of(job).record.statements[2].span
    page.evaluate(f"document.getElementById('audio').currentTime = {(last.end - 100) / 1000}")
    until(page, f"document.getElementById('audio').currentTime * 1000 < {last.start + 700}")
    assert page.evaluate("document.getElementById('audio').currentTime * 1000") >= last.start - 1


def test_it_works_by_keys_alone(read: Callable[..., Page], job: MeetingFolder) -> None:
    page = read(job)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(":focus")).to_have_attribute("data-id", "a2")
    page.keyboard.press("m")
    expect(page.locator(":focus .mark").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_contain_text("下一個標記")


def chosen(page: Page) -> Locator:
    return page.locator(".said.current")


def test_suggestions_are_answered_by_keys_and_the_next_one_follows(
    read: Callable[..., Page], misheard: MeetingFolder
) -> None:
    page = read(misheard)
    every = review.draft_of(misheard).suggestions
    expect(page.locator("#suggested")).to_have_text(str(len(every)))
    page.keyboard.press("c")
    expect(chosen(page)).to_have_attribute("data-id", "a2")
    page.keyboard.press("y")
    expect(text(page, "a2")).to_contain_text("我要附議")
    expect(chosen(page)).to_have_attribute("data-id", "a3")
    heard = chosen(page).locator(".suggestion del")
    first = heard.first.inner_text()
    before = text(page, "a3").inner_text()
    page.keyboard.press("x")
    expect(page.locator("#suggested")).to_have_text(str(len(every) - 2))
    expect(chosen(page)).to_have_attribute("data-id", "a3")
    expect(text(page, "a3")).to_have_text(before)
    while page.locator("#suggested").inner_text() != "0":
        left = page.locator("#suggested").inner_text()
        page.keyboard.press("Y")
        expect(page.locator("#suggested")).not_to_have_text(left)
    expect(page.locator("#said")).to_contain_text("後面沒有建議")
    draft = review.draft_of(misheard)
    assert not draft.suggestions
    assert first in draft.record.statements[2].text
    assert draft.record.statements[3].text == "謝謝佩珊，附議，散會。"
    page.keyboard.press("x")
    expect(page.locator("#said")).to_contain_text("這一段沒有建議")
    page.keyboard.press("?")
    for said in ("接受這個建議", "不要這個建議", "接受所有一樣的建議", "不要所有一樣的建議"):
        expect(page.locator("dialog.keys")).to_contain_text(said)


def test_on_a_phone_nothing_is_wider_than_the_screen(read: Callable[..., Page], job: MeetingFolder) -> None:
    page = read(job, viewport={"width": 320, "height": 640})
    begin(page, "a1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    play = page.locator("#play").bounding_box()
    assert play
    assert play["height"] >= 44
    assert play["y"] > 320


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing(read: Callable[..., Page], job: MeetingFolder, scheme: str, width: int) -> None:
    page = read(job, color_scheme=scheme, viewport={"width": width, "height": 800})

    def found() -> list[str]:
        return [v["id"] for v in Axe().run(page).response["violations"]]

    page.keyboard.press("j")
    assert found() == []
    page.keyboard.press("e")
    assert found() == []
    page.keyboard.press("Escape")
    for key, heading in (("v", "#voices-title"), ("h", "#history-title"), ("r", "#whose")):
        page.keyboard.press(key)
        page.wait_for_selector(heading)
        assert found() == []
        page.keyboard.press("Escape")


def test_without_a_script_the_text_can_be_read(visit: Visit, job: MeetingFolder) -> None:
    page = visit(f"/meetings/{job.id}", java_script_enabled=False)
    expect(text(page, "a1")).to_have_text("大家好，我是沈立言。")
    expect(page.locator("noscript p").first).to_contain_text("JavaScript")
