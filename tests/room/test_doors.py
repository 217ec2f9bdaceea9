"""Who gets in, and who does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.folder import MeetingFolder
from pipeline.room.entrance import COOKIE
from tests.room.conftest import HOST, Browser


def test_nobody_sees_a_page_without_signing_in(browser: Callable[[], Browser]) -> None:
    answer = browser().get("/")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in"


def test_a_wrong_password_opens_nothing(browser: Callable[[], Browser]) -> None:
    one = browser()
    answer = one.post("/sign-in", data={"name": "林審閱", "password": "wrong"})
    assert answer.status_code == 403
    assert COOKIE not in one.cookies


def test_signing_in_makes_a_new_session_whatever_cookie_was_brought(browser: Callable[[], Browser]) -> None:
    one = browser()
    one.cookies.set(COOKIE, "planted", domain="room.test", path="/")
    one.sign_in("林審閱")
    assert one.cookies[COOKIE] != "planted"


def test_a_session_ends_with_signing_out_even_for_a_copied_cookie(
    browser: Callable[[], Browser], reviewer: Browser
) -> None:
    copied = reviewer.cookies[COOKIE]
    assert reviewer.post("/sign-out").status_code == 303
    other = browser()
    other.cookies.set(COOKIE, copied)
    assert other.get("/").status_code == 303


def test_a_change_needs_the_token_of_the_session(reviewer: Browser) -> None:
    del reviewer.headers["x-csrf"]
    assert reviewer.post("/sign-out").status_code == 403
    assert reviewer.get("/").status_code == 200


def test_a_change_from_another_site_is_refused(reviewer: Browser) -> None:
    answer = reviewer.post("/sign-out", headers={"origin": "http://elsewhere.test"})
    assert answer.status_code == 403
    assert reviewer.get("/").status_code == 200


def test_every_answer_forbids_what_is_not_from_here(reviewer: Browser, job: MeetingFolder) -> None:
    for path in ("/", "/static/room.css", "/nowhere"):
        policy = reviewer.get(path, headers={"origin": HOST}).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_the_first_page_opens_whatever_is_wrong_with_a_meeting(
    reviewer: Browser, job: MeetingFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job.root / "manifest.json").write_text("{")
    answer = reviewer.get("/")
    assert answer.status_code == 200
    assert job.id in answer.text
    monkeypatch.setenv("ZHUZI_REGISTER_KEY", str(job.root.parent.parent.parent / "gone.key"))
    assert reviewer.get("/").status_code == 200
