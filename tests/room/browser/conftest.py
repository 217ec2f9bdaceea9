"""A real Chromium before a real server on this machine; whatever asks another host fails its test."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, Request, sync_playwright

from pipeline.room.accounts import Role
from pipeline.room.app import create
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
]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """The system's Chromium."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: sh requirements/browser.sh")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def server(settings: Settings) -> Iterator[str]:
    """Where the room of the tests' data directory is served, on a free port."""
    application = create(settings)
    for name, role in (("林審閱", Role.REVIEWER), ("王審閱", Role.REVIEWER), ("陳職員", Role.STAFF)):
        application.state.room.accounts.add(name, frozenset({role}), PASSWORD)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, log_level="error", access_log=False, lifespan="on")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture
def visit(chromium: Chromium, server: str) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody, in a browser of their own; options as `Browser.new_context` has them."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((server, "data:", "blob:")):
            wrong.append(f"asked another host: {request.url}")

    def visit_(path: str, who: str = "林審閱", **options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", asked)
        page.on("pageerror", lambda error: wrong.append(f"script failed: {error}"))
        page.goto(f"{server}/sign-in")
        page.fill("#name", who)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(f"{server}/")
        page.goto(f"{server}{path}")
        return page

    yield visit_
    for context in contexts:
        context.close()
    assert not wrong
