"""A real Chromium before a real server on this machine, cut off from every other: who asks one fails its test."""

from __future__ import annotations

import io
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, sync_playwright
from starlette.applications import Starlette

from pipeline.doors import Doors, Oidc
from pipeline.room.accounts import Role
from pipeline.room.app import create
from pipeline.room.serve import configured
from pipeline.settings import Settings
from tests.room.conftest import PASSWORD

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
_ELSEWHERE = re.compile(r"^(?!http://(localhost|127\.0\.0\.1):|data:|blob:)")

Room = Callable[..., AbstractContextManager[tuple[str, Starlette]]]
Enter = Callable[..., Page]
Shoot = Callable[..., None]


@pytest.fixture(scope="module")  # while it is open, no other test of this process can run a loop of its own
def chromium() -> Iterator[Chromium]:
    """The system's Chromium, for which no other machine has a name."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: sh requirements/browser.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def room(
    settings: Settings, oidc: Oidc | None = None, *, module: str = "tests.engines.work_child"
) -> Iterator[tuple[str, Starlette]]:
    """The room on a free port, called localhost: another site than 127.0.0.1, to a browser."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://localhost:{listening.getsockname()[1]}"
        application = create(replace(settings, doors=Doors(url, oidc)))
        application.state.room.beside.module = module
        server = uvicorn.Server(configured(application))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield url, application
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def server(settings: Settings) -> Iterator[str]:
    """Where the room of the tests' data directory is served, with four people."""
    with room(settings) as (url, application):
        for name, role in (
            ("林審閱", Role.REVIEWER),
            ("王審閱", Role.REVIEWER),
            ("陳職員", Role.STAFF),
            ("管理者", Role.ADMIN),
        ):
            application.state.room.accounts.add(name, frozenset({role}), PASSWORD)
        yield url


@pytest.fixture
def enter(chromium: Chromium) -> Iterator[Enter]:
    """A page in a browser of somebody's own; options as `Browser.new_context` has them.

    What asks another host is refused and fails the test, as does what the page's policy forbids and a script that
    fails.
    """
    wrong: list[str] = []
    with ExitStack() as stack:

        def elsewhere(route: Route) -> None:
            wrong.append(f"asked another host: {route.request.url}")
            route.abort()

        def said(message: ConsoleMessage) -> None:
            if message.type == "error" and not message.text.startswith("Failed to load resource"):
                wrong.append(f"the browser says: {message.text}")

        def enter_(**options: Any) -> Page:
            context: BrowserContext = stack.enter_context(chromium.new_context(**options))
            context.route(_ELSEWHERE, elsewhere)
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(f"script failed: {error}"))
            page.on("console", said)
            return page

        yield enter_
    assert not wrong


def sign_in(page: Page, url: str, who: str) -> None:
    """Come in by name and password."""
    page.goto(f"{url}/sign-in")
    page.fill("#name", who)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{url}/")


@pytest.fixture
def shoot(request: pytest.FixtureRequest) -> Shoot:
    """Keep a picture of a page where `--screenshots` says, in 256 colours; nothing without it."""
    place = request.config.getoption("--screenshots")

    def shoot_(page: Page, name: str, *, at: str = "", dark: bool = False) -> None:
        if not place:
            return
        if at:
            page.goto(at)
        page.wait_for_load_state("load")
        page.emulate_media(color_scheme="dark" if dark else "light")
        image = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
            Path(place) / f"{name}.png", optimize=True
        )
        page.emulate_media(color_scheme="light")

    return shoot_


@pytest.fixture
def visit(enter: Enter, server: str) -> Callable[..., Page]:
    """Open a page as somebody, in a browser of their own."""

    def visit_(path: str, who: str = "林審閱", **options: Any) -> Page:
        page = enter(**options)
        sign_in(page, server, who)
        page.goto(f"{server}{path}")
        return page

    return visit_
