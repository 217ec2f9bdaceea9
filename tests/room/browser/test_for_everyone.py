"""Every page for everyone: by axe, by the keyboard alone, on small screens, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pipeline.settings import Settings
from tests.room.browser.conftest import Enter, room, sign_in
from tests.room.browser.furnished import State, furnish, meeting

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
RULES = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}


@pytest.fixture
def states(
    enter: Enter, settings: Settings, tmp_path: Path, cheap: None
) -> Iterator[Iterator[tuple[State, Page]]]:
    """Every state of every page, each brought about when it is its turn."""
    folder = meeting(settings, tmp_path)
    with room(settings, module="tests.engines.work_child") as (url, application):

        def one_by_one() -> Iterator[tuple[State, Page]]:
            pages: dict[str, Page] = {}
            for state in furnish(application, folder):
                if state.who not in pages:
                    pages[state.who] = enter(viewport=WIDE)
                    if state.who:
                        sign_in(pages[state.who], url, state.who)
                page = pages[state.who]
                page.set_viewport_size(WIDE)
                page.goto(url + state.path)
                state.opened(page)
                page.wait_for_load_state("load")
                yield state, page

        yield one_by_one()


def violations(page: Page) -> Iterator[str]:
    """What axe finds."""
    for found in Axe().run(page, options=RULES).response["violations"]:
        for node in found["nodes"]:
            yield f"{found['impact']} {found['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"


def test_axe_finds_nothing_in_light_and_dark_wide_and_narrow(states: Iterator[tuple[State, Page]]) -> None:
    wrong: list[str] = []
    for state, page in states:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size in (WIDE, NARROW):
                page.set_viewport_size(size)
                wrong += [f"{state.name}, {scheme}, {size['width']}: {found}" for found in violations(page)]
        if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW["width"]:
            wrong.append(f"{state.name}: {width} px wide")
    assert not wrong, "\n".join(wrong)


NAMED = """const named = (element) => {
    if (element.id) return element.id;
    const words = element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent || "";
    return [element.tagName, element.name ?? "", element.getAttribute("href") ?? "",
        words.trim().slice(0, 40)].join("|");
};"""
TABBABLE = (
    """() => {"""
    + NAMED
    + """
    const place = document.querySelector("dialog[open]") ?? document, found = new Set();
    const kinds = "a[href], button, input, select, textarea, summary, audio[controls], [tabindex]";
    for (const one of place.querySelectorAll(kinds)) {
        if (one.tabIndex < 0 || one.disabled || !one.checkVisibility({visibilityProperty: true})) continue;
        if (one.type !== "radio" || one.checked) found.add(named(one));
    }
    return [...found];
}"""
)
"""What Tab should come to; of radio buttons, the one that is chosen."""
FOCUSED = (
    """() => {"""
    + NAMED
    + """
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const inside = ["AUDIO"].includes(element.tagName) || element.type === "date";
    const shown = [element, element.firstElementChild, document.querySelector(".zone:focus-within .button"),
        document.querySelector("#sheet:focus-visible")?.labels[0]];
    const outlined = (one) => {
        const {outlineStyle, outlineWidth} = getComputedStyle(one);
        return outlineStyle !== "none" && outlineWidth !== "0px";
    };
    return [named(element), inside || shown.some((one) => one && outlined(one))];
}"""
)
"""What has the focus, and whether that is seen; the browser itself shows it within players and dates."""
MOST_TABS = 400


DRAWN = "() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))"
"""A list that draws only what is on the screen has drawn what comes next."""


def tabbed(page: Page, *, patiently: bool = False) -> Iterator[tuple[str, bool]]:
    """What Tab comes to, once around: from the top of the page, or through a dialog and the browser's own keys."""
    left = 2 if page.locator("dialog[open]").count() else 1
    if left == 1:
        page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if patiently:
            page.evaluate(DRAWN)
        now = page.evaluate(FOCUSED)
        if now is None:
            left -= 1
        else:
            yield now[0], now[1]
        if not left:
            return
    raise AssertionError(f"Tab comes to no end on {page.title()}")


def test_tab_comes_to_everything_and_on_and_is_seen(states: Iterator[tuple[State, Page]]) -> None:
    wrong: list[str] = []
    for state, page in states:
        found = dict(tabbed(page))
        if not found.keys() >= set(page.evaluate(TABBABLE)):  # no person is quicker than the page draws
            found |= dict(tabbed(page, patiently=True))
        wrong += [f"{state.name}: focus is not seen: {one}" for one, seen in found.items() if not seen]
        missing = set(page.evaluate(TABBABLE)) - set(found)
        wrong += [f"{state.name}: not reached: {one}" for one in sorted(missing)]
    assert not wrong, "\n".join(wrong)


ENGLISH = r"""() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const {data, parentElement: around} = walker.currentNode;
        if (!/[A-Za-z]{2,} [A-Za-z]{2,}/.test(data)) continue;
        if (around.closest("[lang=en], .zh, code, kbd, option, script, style, textarea, noscript")) continue;
        found.push(data.trim().slice(0, 80));
    }
    return found;
}"""
COMMANDS = ("zhuzi ", "meeting.toml", "ZHUZI_")


def test_pages_have_titles_of_their_own_mark_english_as_english_and_name_no_command(
    states: Iterator[tuple[State, Page]],
) -> None:
    wrong: list[str] = []
    titles: dict[str, str] = {}
    for state, page in states:
        page.emulate_media(reduced_motion="reduce")
        if titles.setdefault(page.title(), state.path) != state.path and state.name not in SAME:
            wrong.append(f"{state.name}: titled as {titles[page.title()]}")
        wrong += [f"{state.name}: not marked as English: {found}" for found in page.evaluate(ENGLISH)]
        shown = page.inner_text("body")
        wrong += [f"{state.name}: tells {one}" for one in COMMANDS if one in shown]
        if page.evaluate("document.getAnimations().length"):
            wrong.append(f"{state.name}: moves")
        if page.locator("h1").count() != 1:
            wrong.append(f"{state.name}: {page.locator('h1').count()} first headings")
    assert not wrong, "\n".join(wrong)


SAME = {"mine of nobody"}


def test_every_page_shows_its_keys(states: Iterator[tuple[State, Page]]) -> None:
    for state, page in states:
        for _ in range(2):
            page.keyboard.press("Escape")
        page.evaluate("document.activeElement?.blur()")
        if page.locator("dialog[open]").count():
            continue
        page.keyboard.press("?")
        assert page.locator("dialog.keys th").count(), state.name
        page.keyboard.press("Escape")
        assert not page.locator("dialog[open]").count(), state.name
