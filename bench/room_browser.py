"""The room in Chromium: when a page can be used, and how long its frames take while somebody works in it."""

from __future__ import annotations

import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.room_server import Session

_WATCH = Path(__file__).with_name("room_watch.js").read_text(encoding="utf-8")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)
_TRACED = ("toplevel", "disabled-by-default-devtools.timeline")
_SIZE = (1280, 800)
_PATIENCE_S, _LOOKED_MS = 60, 50


@dataclass(frozen=True)
class Kind:
    """A kind of page, and what it is like once it can be used.

    Attributes:
        path: below the room's address.
        text: selector of what somebody came to read; one of it has to be on the screen, and hold more than a sign.
        ready: selector that matches once the page's own script has attached what it does; empty without a script.
        key: pressed to see whether it reacts; empty without a script.
        reacts: selector of what keys act on; the key makes it another element. Empty without a script.
    """

    path: str
    text: str
    ready: str = ""
    key: str = ""
    reacts: str = ""


@dataclass(frozen=True)
class Opened:
    """How long a page took, in milliseconds from the beginning of the navigation.

    Attributes:
        usable: until what somebody came to read is painted and the script is ready.
        reacts: from a key to the frame that shows what it did; None on a page without a script.
    """

    usable: float
    reacts: float | None


@dataclass(frozen=True)
class Frames:
    """The frames of a while.

    Attributes:
        took: milliseconds between each and the one before.
        task: the longest that the page's main thread computed at a stretch, in milliseconds of processor time.
        nodes: elements in the document, at most.
        seeks: milliseconds from a click to the sound at that place.
    """

    took: tuple[float, ...]
    task: float
    nodes: int
    seeks: tuple[float, ...] = ()

    @property
    def longest(self) -> float:
        """The longest frame."""
        return max(self.took)

    def over(self, most: float) -> int:
        """How many took longer."""
        return sum(ms > most for ms in self.took)


def chromium() -> str:
    """The system's Chromium; empty if there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), "")


class Window:
    """Chromium, with somebody signed in.

    Args:
        browser: running.
        url: of the room.
        session: whose.
    """

    def __init__(self, browser: Browser, url: str, session: Session) -> None:
        self._browser, self.url, self._session = browser, url, session

    @contextmanager
    def page(self, kind: Kind) -> Iterator[Page]:
        """A page that was just opened, with nothing in the cache, and can be used."""
        context = self._browser.new_context(viewport={"width": _SIZE[0], "height": _SIZE[1]})
        context.add_cookies([{"name": "zhuzi", "value": self._session.cookie, "url": self.url}])
        wanted = {"text": kind.text, "ready": kind.ready, "reacts": kind.reacts or "html"}
        context.add_init_script(f"{_WATCH};window.roomWatch.wanted = {json.dumps(wanted)};")
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(self.url + kind.path, wait_until="commit")
        _until(page, "roomWatch.usable > 0")
        try:
            yield page
        finally:
            context.close()

    def open(self, kind: Kind) -> Opened:
        """Open a page and let it react."""
        with self.page(kind) as page:
            if kind.key:
                page.keyboard.press(kind.key)
                _until(page, "roomWatch.reacted > 0")
            found = page.evaluate("roomWatch")
        return Opened(found["usable"], found["reacted"] if kind.key else None)

    def empty(self, seconds: float) -> Frames:
        """The frames of an empty page: what this machine adds by itself."""
        context = self._browser.new_context()
        context.add_init_script(_WATCH)
        page = context.new_page()
        page.goto("about:blank")
        made = self.watched(page, lambda: page.wait_for_timeout(seconds * 1000))
        context.close()
        return made

    def watched(self, page: Page, work: Callable[[], None]) -> Frames:
        """The frames while something is done in a page, traced to tell computing from waiting for a processor."""
        page.wait_for_timeout(1000)
        with tempfile.TemporaryDirectory() as folder:
            trace = Path(folder) / "trace.json"
            self._browser.start_tracing(page=page, path=trace, categories=list(_TRACED))
            page.evaluate("roomWatch.begin()")
            work()
            found = page.evaluate("(roomWatch.counting = false, roomWatch)")
            self._browser.stop_tracing()
            task = longest_task(json.loads(trace.read_text(encoding="utf-8")))
        return Frames(tuple(found["frames"]), task, found["nodes"], tuple(found["seeks"]))


def longest_task(trace: Any) -> float:
    """Milliseconds of processor time of the longest task on the page's main thread.

    Args:
        trace: Chromium's, with the categories "toplevel" and "disabled-by-default-devtools.timeline".
    """
    events = trace["traceEvents"]
    pages = [(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"]
    tasks = [e for e in events if e.get("ph") == "X" and str(e.get("name", "")).endswith("RunTask")]
    return max((e.get("tdur", 0) / 1000 for e in tasks if (e["pid"], e["tid"]) in pages), default=0.0)


@contextmanager
def window(url: str, session: Session) -> Iterator[Window]:
    """Chromium, for as long as it is needed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(_FLAGS))
        try:
            yield Window(browser, url, session)
        finally:
            browser.close()


def scroll(page: Page, step: int = 800) -> None:
    """Turn the wheel from the top of a page to its end, one step after the other."""
    page.mouse.move(_SIZE[0] / 2, _SIZE[1] * 0.75)
    there = -1
    while (now := page.evaluate("Math.round(scrollY)")) != there:
        there = now
        for _ in range(10):
            page.mouse.wheel(0, step)
        page.wait_for_timeout(50)


def leap(page: Page, times: int) -> None:
    """Draw the scroll bar to places all over the page."""
    chance = random.Random(5)  # noqa: S311 - repeatable by intent
    for _ in range(times):
        page.evaluate("share => scrollTo(0, share * document.documentElement.scrollHeight)", chance.random())
        page.wait_for_timeout(250)


def press(page: Page, keys: Sequence[str], times: int) -> None:
    """Press keys in turn, as somebody does who goes from place to place."""
    for number in range(times):
        page.keyboard.press(keys[number % len(keys)])
        page.wait_for_timeout(200)


def seek(page: Page, times: int) -> None:
    """Click into the picture of the sound while it plays."""
    chance = random.Random(6)  # noqa: S311 - repeatable by intent
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press(" ")
    for _ in range(times):
        box = page.locator("#picture .slider").bounding_box()
        if box is None:
            raise LookupError("The page shows no picture of the sound.")
        page.mouse.click(box["x"] + chance.random() * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_timeout(700)
    page.keyboard.press(" ")


def correct(page: Page, times: int, pause_s: float) -> list[float]:
    """Correct statements by keys; milliseconds from Ctrl+Enter until the page says that it is saved.

    Where somebody else was faster, the page shows both, and theirs is kept; that is not counted.
    """
    took = []
    for number in range(times):
        press(page, ["j"], 2)
        page.keyboard.press("e")
        area = page.locator(".said form.editing textarea")
        area.wait_for()
        area.press("End")
        area.press_sequentially(f"（{number + 1}）")
        page.evaluate("roomWatch.saved = 0")
        area.press("Control+Enter")
        _until(page, "roomWatch.saved > 0 || document.querySelector('.conflict') !== null")
        if page.locator(".conflict").count():
            page.locator(".conflict button").nth(1).click()
        else:
            took.append(page.evaluate("roomWatch.saved"))
        page.wait_for_timeout(pause_s * 1000)
    return took


def _until(page: Page, holds: str) -> None:
    """Wait until something holds in a page; its policy forbids Playwright's own way of waiting.

    Raises:
        TimeoutError: If it does not within a minute.
    """
    until = time.monotonic() + _PATIENCE_S
    while not page.evaluate(holds):
        if time.monotonic() > until:
            raise TimeoutError(f"{page.url.rpartition('/')[2]}: {holds}")
        page.wait_for_timeout(_LOOKED_MS)


def middle(values: Sequence[float]) -> float | None:
    """The median; None of nothing."""
    return statistics.median(values) if values else None
