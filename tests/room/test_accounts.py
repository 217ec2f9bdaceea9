"""Accounts: the first one, links, roles that end sessions, the last admin, and passwords that are sealed anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import argon2
import pytest
from click.testing import CliRunner

from pipeline.audit import shown
from pipeline.cli import main
from pipeline.doors import Doors
from pipeline.room import links as links_
from pipeline.room import sessions as sessions_
from pipeline.room.accounts import Accounts, Role
from pipeline.room.app import create
from pipeline.room.emergency import link, make, rows
from pipeline.room.links import Links
from pipeline.room.sessions import Sessions
from pipeline.room.store import Store
from pipeline.settings import Settings
from speakers.error import AccountError, NotFoundError
from tests.room.conftest import HOST, PASSWORD, Browser

ADMIN = frozenset({Role.ADMIN})
NEW = "another battery staple"


@pytest.fixture
def store(tmp_path: Path, cheap: None) -> Store:
    return Store(tmp_path / "room" / "accounts.sqlite")


@pytest.fixture
def empty(settings: Settings, cheap: None) -> Iterator[tuple[Browser, Links]]:
    """A room in which nobody has an account."""
    application = create(settings)
    with Browser(application, base_url=HOST, follow_redirects=False) as browser:
        browser.headers.update({"origin": HOST, "accept": "text/html"})
        yield browser, application.state.room.links


def numbered(admin: Browser, name: str) -> int:
    return next(a.number for a in admin.app.state.room.accounts.everybody() if a.name == name)  # type: ignore[attr-defined]


def chosen(browser: Browser, path: str, password: str = NEW, **more: str) -> int:
    return browser.post(path, data={"password": password, "again": password, **more}).status_code


def test_the_first_link_makes_the_first_admin_once(empty: tuple[Browser, Links]) -> None:
    browser, links = empty
    path = links.first()
    assert browser.get(path).status_code == 200
    assert browser.get(path).status_code == 200, "looking does not use it up"
    assert chosen(browser, path, name="管理員甲") == 303
    assert browser.get("/accounts").status_code == 200
    assert chosen(browser, path, name="eve") == 403
    assert links.first() == "", "there is somebody who can make accounts"


def test_a_room_without_accounts_says_where_the_first_link_stands(empty: tuple[Browser, Links]) -> None:
    browser, links = empty
    assert "還沒有人有帳號" in browser.get("/sign-in").text
    assert chosen(browser, links.first(), name="管理員甲") == 303
    browser.cookies.clear()
    assert "還沒有人有帳號" not in browser.get("/sign-in").text


def test_a_first_link_ends_with_a_restart_with_time_and_with_the_first_account(
    empty: tuple[Browser, Links], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, links = empty
    before = links.first()
    after = links.first()
    assert before != after
    assert browser.get(before).status_code == 403
    assert browser.get(after).status_code == 200
    now = links_.time.time()
    with monkeypatch.context() as patch:
        patch.setattr(links_.time, "time", lambda: now + links_.FIRST_S + 1)
        assert browser.get(after).status_code == 403
    browser.app.state.room.accounts.add("somebody", ADMIN, PASSWORD)  # type: ignore[attr-defined]
    assert chosen(browser, after, name="eve") == 403


def test_a_link_is_kept_as_a_hash_only(empty: tuple[Browser, Links], settings: Settings) -> None:
    token = empty[1].first().removeprefix(links_.PATH).encode()
    kept = b"".join(p.read_bytes() for p in (settings.data / "room").iterdir())
    assert kept
    assert token not in kept


def test_a_bad_password_leaves_the_link_good(empty: tuple[Browser, Links]) -> None:
    browser, links = empty
    path = links.first()
    assert chosen(browser, path, "short", name="管理員甲") == 400
    assert chosen(browser, path, "aaaaaaaaaaaaaaaa", name="管理員甲") == 400
    assert chosen(browser, path, "管理員甲管理員甲", name="管理員甲管理員甲") == 400
    assert chosen(browser, path, name=" ") == 400
    assert browser.post(path, data={"name": "a", "password": NEW, "again": PASSWORD}).status_code == 400
    assert chosen(browser, path, name="管理員甲") == 303


def test_an_admin_makes_an_account_whose_owner_chooses_the_password(
    admin: Browser, browser: Callable[[], Browser]
) -> None:
    page = admin.post("/accounts", data={"name": "周新人", "role": ["reviewer"]}).text
    found = re.search(rf'value="{HOST}(/link/[^"]+)"', page)
    assert found
    new = browser()
    assert "周新人" in new.get(found[1]).text
    assert chosen(new, found[1]) == 303
    assert new.get("/account").status_code == 200
    assert new.get("/accounts").status_code == 403
    assert browser().sign_in("周新人", NEW).get("/").status_code == 200


def test_an_account_without_a_password_opens_to_none(admin: Browser, browser: Callable[[], Browser]) -> None:
    admin.post("/accounts", data={"name": "周新人"})
    for password in ("", PASSWORD, " "):
        refused = browser().post("/sign-in", data={"name": "周新人", "password": password})
        assert refused.status_code == 403


def test_a_reset_ends_sessions_and_the_old_password_and_the_link_before_it(
    admin: Browser, reviewer: Browser, browser: Callable[[], Browser]
) -> None:
    number = numbered(admin, "林審閱")
    first, second = (
        re.search(r'value="http://room.test(/link/[^"]+)"', admin.post(f"/accounts/{number}/link").text)
        for _ in range(2)
    )
    assert first
    assert second
    assert reviewer.get("/").status_code == 200, "nothing ends before it is used"
    assert chosen(browser(), first[1]) == 403
    assert chosen(browser(), second[1]) == 303
    assert reviewer.get("/").status_code == 303
    assert browser().post("/sign-in", data={"name": "林審閱", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("path", "form"),
    [("roles", {"role": ["staff"]}), ("shut", {}), ("sessions", {}), ("outside", {"outside": "lin"})],
)
def test_what_an_admin_changes_ends_the_sessions(
    admin: Browser, reviewer: Browser, path: str, form: dict[str, list[str]]
) -> None:
    number = numbered(admin, "林審閱")
    assert admin.post(f"/accounts/{number}/{path}", data=form).status_code == 303
    assert reviewer.get("/").status_code == 303


def test_who_is_shut_out_comes_in_again_only_when_let(admin: Browser, browser: Callable[[], Browser]) -> None:
    number = numbered(admin, "林審閱")
    link = re.search(r'value="http://room.test(/link/[^"]+)"', admin.post(f"/accounts/{number}/link").text)
    assert link
    admin.post(f"/accounts/{number}/shut")
    assert browser().post("/sign-in", data={"name": "林審閱", "password": PASSWORD}).status_code == 403
    assert chosen(browser(), link[1]) == 403
    admin.post(f"/accounts/{number}/open")
    browser().sign_in("林審閱")


@pytest.mark.parametrize(("path", "form"), [("shut", {}), ("roles", {"role": ["staff", "reviewer"]})])
def test_the_last_admin_stays(admin: Browser, path: str, form: dict[str, list[str]]) -> None:
    number = numbered(admin, "管理者")
    admin.post("/accounts", data={"name": "沒有密碼", "role": ["admin"]})
    answer = admin.post(f"/accounts/{number}/{path}", data=form)
    assert answer.status_code == 400
    assert "the last admin" in answer.text
    assert admin.get("/accounts").status_code == 200
    accounts = admin.app.state.room.accounts  # type: ignore[attr-defined]
    accounts.add("第二位", ADMIN, PASSWORD)
    assert admin.post(f"/accounts/{number}/{path}", data=form).status_code == 303


def test_people_change_their_own_password_and_all_other_sessions_end(
    reviewer: Browser, browser: Callable[[], Browser]
) -> None:
    other = browser().sign_in("林審閱")
    new = {"password": NEW, "again": NEW}
    assert reviewer.post("/account/password", data={"now": "wrong", **new}).status_code == 400
    assert other.get("/").status_code == 200
    before = reviewer.cookies["zhuzi"]
    assert reviewer.post("/account/password", data={"now": PASSWORD, **new}).status_code == 303
    assert reviewer.cookies["zhuzi"] != before
    assert reviewer.get("/").status_code == 200
    assert other.get("/").status_code == 303
    browser().sign_in("林審閱", NEW)


def test_people_end_their_sessions_elsewhere(reviewer: Browser, browser: Callable[[], Browser]) -> None:
    other = browser().sign_in("林審閱")
    assert reviewer.post("/account/sessions").status_code == 303
    assert other.get("/").status_code == 303
    assert reviewer.get("/").status_code == 200


def test_two_people_never_have_one_name(store: Store) -> None:
    accounts = Accounts(store)
    accounts.add("Amy Chen", ADMIN, PASSWORD)
    for same in ("amy chen", "CHEN, Amy", "Ａｍｙ　Ｃｈｅｎ"):
        with pytest.raises(AccountError, match="of this name"):
            accounts.add(same, ADMIN)


def test_a_hash_of_earlier_parameters_is_renewed_at_the_next_sign_in(store: Store) -> None:
    before = Accounts(store, argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    number = before.add("amy", ADMIN, PASSWORD)

    def kept() -> str:
        with store.reading() as database:
            return str(database.execute("SELECT hash FROM account").fetchone()[0])

    first = kept()
    assert before.check("amy", PASSWORD) == number
    assert kept() == first
    after = Accounts(store, argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert after.check("amy", "wrong") is None
    assert kept() == first
    assert after.check("amy", PASSWORD) == number
    assert "t=2" in kept()
    assert after.check("amy", PASSWORD) == number


def test_passwords_are_sealed_as_the_library_advises(tmp_path: Path) -> None:
    accounts = Accounts(Store(tmp_path / "a.sqlite"))
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", accounts.hashed(PASSWORD))


@pytest.mark.parametrize("seconds", [sessions_.IDLE_S + 1, sessions_.SESSION_S + 1])
def test_a_session_ends_by_itself(store: Store, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts, sessions = Accounts(store), Sessions(store)
    token = sessions.enter(accounts.add("amy", ADMIN, PASSWORD))
    now = sessions_.time.time()
    step = 3600 if seconds > sessions_.IDLE_S + 1 else seconds
    for later in range(step, seconds - 1, step):  # somebody is there all the time
        monkeypatch.setattr(sessions_.time, "time", lambda later=later: now + later)
        assert sessions.visitor(token) is not None
    monkeypatch.setattr(sessions_.time, "time", lambda: now + seconds)
    assert sessions.visitor(token) is None


def test_accounts_of_the_command_line(settings: Settings, cheap: None, tmp_path: Path) -> None:
    url = make(settings, "管理員甲", ["admin"])
    assert url.startswith(f"{HOST}/link/")
    assert make(Settings(tmp_path / "other", tmp_path, doors=Doors()), "b", []).startswith(
        "http://127.0.0.1:"
    )
    with pytest.raises(AccountError):
        make(settings, "管理員甲", [])
    with pytest.raises(NotFoundError):
        link(settings, "nobody")
    accounts = Accounts(Store(settings.data / "room" / "accounts.sqlite"))
    accounts.add("second", ADMIN, PASSWORD)
    accounts.shut(accounts.named("管理員甲").number)
    assert link(settings, "管理員甲") != url
    assert [(row["name"], row["shut"], row["password"]) for row in rows(settings)] == [
        ("管理員甲", False, False),
        ("second", False, True),
    ]


def test_the_commands_for_an_emergency(settings: Settings, cheap: None) -> None:
    def zhuzi(*arguments: str) -> tuple[int, dict[str, Any]]:
        answer = CliRunner().invoke(main, ["account", *arguments, "--data", str(settings.data), "--json"])
        return answer.exit_code, json.loads(answer.stdout)

    assert zhuzi("list") == (0, {"accounts": []})
    code, said = zhuzi("add", "管理員甲", "--role", "admin", "--role", "staff")
    assert code == 0
    assert "/link/" in said["link"]
    assert zhuzi("add", "管理員甲")[0] == 17
    assert zhuzi("link", "nobody")[0] == 8
    assert zhuzi("link", "管理員甲")[1]["link"] != said["link"]
    [row] = zhuzi("list")[1]["accounts"]
    assert (row["name"], row["roles"], row["password"]) == ("管理員甲", ["admin", "staff"], False)
    lines = [(line.route, line.about, line.status) for line in shown(settings.data).lines]
    assert lines[0] == ("account link", "管理員甲", 200)
    assert [line[::2] for line in lines[::-1][:2]] == [("account add", 200), ("account add", 403)]
