"""The room in a test: its application, a client for each role, and accounts that are there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import argon2
import pytest
from starlette.testclient import TestClient

from pipeline.doors import Doors
from pipeline.room.accounts import Role
from pipeline.room.app import create
from pipeline.settings import Settings

PASSWORD = "correct horse battery"  # noqa: S105 - of invented accounts
HOST = "http://room.test"


@pytest.fixture
def settings(data: Path, tmp_path: Path) -> Settings:
    """The settings of the tests' data directory."""
    return Settings(data, tmp_path / "models", doors=Doors(HOST))


class Browser(TestClient):
    """A client that keeps cookies, says where a request came from, and brings the CSRF token as the pages do."""

    def sign_in(self, name: str, password: str = PASSWORD) -> Browser:
        answer = self.post("/sign-in", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        page = self.get("/").text
        found = re.search(r'name="csrf" content="([^"]+)"', page)
        assert found
        self.headers["x-csrf"] = found[1]
        return self


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost next to nothing."""
    monkeypatch.setattr(
        argon2, "PasswordHasher", partial(argon2.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    )


@pytest.fixture
def browser(settings: Settings, cheap: None) -> Iterator[Callable[[], Browser]]:
    """Make a browser of somebody who has not signed in; all are in one room."""
    application = create(settings)
    application.state.room.beside.module = "tests.engines.work_child"
    opened: list[Browser] = []

    def browser_() -> Browser:
        made = Browser(application, base_url=HOST, follow_redirects=False, raise_server_exceptions=False)
        made.headers.update({"origin": HOST, "accept": "text/html"})
        opened.append(made)
        return made

    application.state.room.accounts.add("林審閱", frozenset({Role.REVIEWER}), PASSWORD)
    application.state.room.accounts.add("王審閱", frozenset({Role.REVIEWER}), PASSWORD)
    application.state.room.accounts.add("陳職員", frozenset({Role.STAFF}), PASSWORD)
    application.state.room.accounts.add("管理者", frozenset({Role.ADMIN}), PASSWORD)
    yield browser_
    for one in opened:
        one.close()
    application.state.room.beside.close()


@pytest.fixture
def reviewer(browser: Callable[[], Browser]) -> Browser:
    """Somebody who may review."""
    return browser().sign_in("林審閱")


@pytest.fixture
def second(browser: Callable[[], Browser]) -> Browser:
    """Somebody else who may review."""
    return browser().sign_in("王審閱")


@pytest.fixture
def staff(browser: Callable[[], Browser]) -> Browser:
    """Somebody who drops recordings."""
    return browser().sign_in("陳職員")


@pytest.fixture
def admin(browser: Callable[[], Browser]) -> Browser:
    """Somebody who looks after accounts."""
    return browser().sign_in("管理者")
