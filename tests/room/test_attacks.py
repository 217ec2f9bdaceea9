"""Attacks that anybody would try on the room, and that it refuses."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request

from pipeline.folder import MeetingFolder
from pipeline.room import asked as asked_
from pipeline.room import attempts as attempts_
from pipeline.room.accounts import Role
from pipeline.room.asked import EVERYBODY, Asked, page
from pipeline.room.headers import HEADERS
from speakers.error import RecordError
from tests.room.conftest import HOST, PASSWORD, Browser
from tests.room.test_routes import routes

Opens = Callable[[], Browser]


def application(browser: Browser) -> Starlette:
    assert isinstance(browser.app, Starlette)
    return browser.app


def filled(path: str, meeting: str = "0f3a9c27d1b4") -> str:
    """A path of a route's pattern."""
    path = path.replace("{meeting_id}", meeting)
    return re.sub(r"\{[^}]*\}", "1", path)


def test_no_page_is_shown_to_anybody_without_its_role(
    browser: Opens, reviewer: Browser, staff: Browser, admin: Browser, job: MeetingFolder
) -> None:
    nobody, others = browser(), {Role.REVIEWER: reviewer, Role.STAFF: staff, Role.ADMIN: admin}
    tried = 0
    for route in routes(application(admin)):
        roles: frozenset[Role] | None = route.roles  # type: ignore[attr-defined]
        if roles is None:
            continue
        for method in sorted(route.methods or ()):
            path = filled(route.path, job.id)
            refused = nobody.request(method, path)
            if route.scope:  # type: ignore[attr-defined]  # for programs: no session opens it, whosever it is
                assert {b.request(method, path).status_code for b in (nobody, *others.values())} == {401}
                continue
            assert (refused.status_code, method) in {(303, "GET"), (303, "HEAD"), (403, method)}, path
            assert refused.headers.get("location", "/sign-in") == "/sign-in"
            for role in set(Role) - roles:
                tried += 1
                assert others[role].request(method, path).status_code == 403, (role, method, path)
    assert tried > 10


def test_a_meeting_that_is_not_there_looks_like_a_page_that_is_not_there(
    reviewer: Browser, job: MeetingFolder
) -> None:
    @page("/tests/{meeting_id}", roles=EVERYBODY)
    def a_page(asked: Asked) -> None:
        asked.folder()

    application(reviewer).router.routes[:0] = [a_page]
    nowhere = reviewer.get("/nowhere")
    for guess in (job.id[:6], "0" * len(job.id), "%252e%252e", "*", "a%00b", job.id.upper() + "x"):
        answer = reviewer.get(f"/tests/{guess}")
        assert (answer.status_code, answer.text) == (nowhere.status_code, nowhere.text), guess


@pytest.mark.parametrize(
    "headers",
    [
        {"x-csrf": ""},
        {"x-csrf": "x" * 32},
        {"x-csrf": "é"},
        {"origin": "http://elsewhere.test"},
        {"origin": "null"},
        {"origin": "https://room.test"},
        {"origin": "http://room.test:8377"},
        {"origin": "http://room.test.elsewhere.test"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_forged_request_changes_nothing(reviewer: Browser, headers: dict[str, str]) -> None:
    raw = {name: value.encode("utf-8") for name, value in headers.items()}
    assert reviewer.post("/sign-out", headers=raw).status_code == 403  # type: ignore[arg-type]
    assert reviewer.get("/").status_code == 200


def test_the_token_of_another_session_is_none(reviewer: Browser, second: Browser, browser: Opens) -> None:
    again = browser().sign_in("林審閱")
    for other in (second, again):
        answer = reviewer.post("/sign-out", headers={"x-csrf": other.headers["x-csrf"]})
        assert answer.status_code == 403
    del reviewer.headers["x-csrf"]
    assert reviewer.post("/sign-out?csrf=" + again.headers["x-csrf"]).status_code == 403
    assert reviewer.get("/").status_code == 200


def test_no_get_changes_anything(admin: Browser) -> None:
    accounts = application(admin).state.room.accounts
    before = accounts.everybody()
    for route in routes(application(admin)):
        if "GET" not in (route.methods or ()):
            for method in ("GET", "HEAD"):
                assert admin.request(method, filled(route.path)).status_code in {200, 401, 403, 404, 405}
    for header in ("x-http-method-override", "x-method-override"):
        assert admin.get("/account", headers={header: "POST"}).status_code == 200
    admin.get("/accounts?_method=POST&name=eve")
    assert accounts.everybody() == before


def test_a_planted_cookie_is_never_a_session(browser: Opens) -> None:
    victim = browser()
    victim.cookies.set("zhuzi", "planted", domain="room.test", path="/")
    victim.sign_in("林審閱")
    attacker = browser()
    attacker.cookies.set("zhuzi", "planted")
    assert attacker.get("/").status_code == 303


def test_signing_in_again_ends_the_session_before(browser: Opens, reviewer: Browser) -> None:
    copied = reviewer.cookies["zhuzi"]
    reviewer.sign_in("王審閱")
    thief = browser()
    thief.cookies.set("zhuzi", copied)
    assert thief.get("/").status_code == 303


def test_the_cookie_can_be_neither_read_nor_sent_from_elsewhere(browser: Opens) -> None:
    answer = browser().post("/sign-in", data={"name": "林審閱", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "domain" not in cookie


def test_a_wrong_password_and_a_wrong_name_get_one_answer(browser: Opens) -> None:
    def answered(name: str) -> tuple[int, str, list[str]]:
        answer = browser().post("/sign-in", data={"name": name, "password": "wrong wrong wrong"})
        return answer.status_code, answer.text, sorted(answer.headers)

    assert answered("林審閱") == answered("nobody at all") == answered("<script>") == answered("x" * 500)


def test_whoever_guesses_passwords_is_told_to_wait_and_keeps_nobody_else_out(
    browser: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = browser()
    tried = [
        one.post("/sign-in", data={"name": n, "password": "wrong"}).status_code
        for n in ["林審閱", "ＬＩＮ", "林 審閱"] * 9
    ]
    assert tried[:6] == [403] * 6
    refused = one.post("/sign-in", data={"name": "林審閱", "password": PASSWORD})
    assert refused.status_code == 429, "the right one does not help now"
    assert 1 <= int(refused.headers["retry-after"]) <= 600
    assert "Too many tries" in refused.text
    assert browser().post("/sign-in", data={"name": "王審閱", "password": PASSWORD}).status_code == 303
    now = attempts_.time.time()
    monkeypatch.setattr("time.time", lambda: now + 601)
    assert one.post("/sign-in", data={"name": "林審閱", "password": PASSWORD}).status_code == 303


def test_a_password_is_never_taken_from_an_address(browser: Opens) -> None:
    one = browser()
    assert one.post(f"/sign-in?name=林審閱&password={PASSWORD}").status_code == 403


def test_somebody_who_tries_from_everywhere_keeps_the_owner_out_of_no_place_they_were_in() -> None:
    attempts = attempts_.Attempts()
    attempts.succeeded("lin", "192.0.2.1")
    waits = [attempts.wait_s("lin", f"198.51.100.{n}") for n in range(50)]
    assert waits[:40] == [0] * 40
    assert all(0 < wait <= 301 for wait in waits[40:])
    assert attempts.wait_s("lin", "192.0.2.1") == 0
    assert attempts.wait_s("lin", "192.0.2.2") > 0
    assert attempts.wait_s("wang", "192.0.2.2") == 0
    assert all(attempts.wait_s(str(n), f"2001:db8::{n}") == 0 for n in range(60))
    assert attempts.wait_s("x", "2001:db8::ffff") > 0, "one household has a whole network"


def test_own_passwords_are_not_guessed_either(reviewer: Browser) -> None:
    form = {"now": "wrong", "password": "x" * 11 + "yzab", "again": "x" * 11 + "yzab"}
    for _ in range(9):
        answer = reviewer.post("/account/password", data=form)
    assert "too often" in answer.text
    assert reviewer.post("/account/password", data={**form, "now": PASSWORD}).status_code == 400


SCRIPT = "\"'><script>alert(1)</script>{{7*7}}"


def test_a_script_in_a_name_is_text(admin: Browser, browser: Opens) -> None:
    application(admin).state.room.accounts.add(SCRIPT, frozenset(Role), PASSWORD)
    mallory = browser().sign_in(SCRIPT)
    for path in ("/", "/account", "/accounts", "/audit", "/audit?meeting=" + SCRIPT):
        for who in (mallory, admin):
            text = who.get(path).text
            assert "<script>alert" not in text
            if who is mallory:
                assert "&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in text


@pytest.mark.parametrize(
    "host",
    ["evil.example", "room.test.evil.example", "room.test@evil.example", "", "192.0.2.1", "room.test:x", "["],
)
def test_the_room_answers_to_no_other_name(browser: Opens, host: str) -> None:
    answer = browser().get("/sign-in", headers={"host": host})
    assert answer.status_code == 421
    assert "evil" not in answer.text
    assert "<form" not in answer.text


@pytest.mark.parametrize("host", ["room.test", "ROOM.test:80", "localhost:8377", "127.0.0.1", "[::1]:8377"])
def test_it_answers_to_its_own(browser: Opens, host: str) -> None:
    assert browser().get("/sign-in", headers={"host": host}).status_code == 200


def test_a_header_that_says_where_a_request_came_from_is_not_believed(browser: Opens) -> None:
    one = browser()
    for number in range(20):
        answer = one.post(
            "/sign-in",
            data={"name": "林審閱", "password": "wrong"},
            headers={"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"},
        )
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"a":' * 40 + b"1" + b"}" * 40),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"a": NaN}'),
        ("application/json", b'{"a": "\\ud800"}'),
        ("application/json", b'{"\\ud800": 1}'),
        ("application/json", b'{"a": ' + b"9" * 10_000 + b"}"),
        ("application/json", b"[]"),
        ("application/json", b'"csrf"'),
        ("application/json", b"\xff\xfe"),
        ("application/x-www-form-urlencoded", b"\xff"),
        ("application/x-www-form-urlencoded", b"a=1&" * 20_000),
        ("application/x-www-form-urlencoded", b"a" * (asked_.LARGEST + 1)),
        ("application/xml", b"<!DOCTYPE x>"),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("", b"x"),
    ],
)
def test_a_body_that_no_page_sends_is_refused_without_a_word_of_it(
    reviewer: Browser, kind: str, body: bytes
) -> None:
    answer = reviewer.post("/account/sessions", content=body, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "DOCTYPE" not in answer.text
    assert reviewer.get("/").status_code == 200


def test_a_body_that_never_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked_, "BODY_S", 0.01)

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    request = Request({"type": "http", "method": "POST", "headers": []}, never)  # type: ignore[arg-type]
    with ThreadPoolExecutor() as pool, pytest.raises(RecordError, match="too long"):
        pool.submit(
            lambda: asyncio.run(asked_._body(request))
        ).result()  # a browser's test may have a loop here


def test_static_files_are_those_that_are_there(browser: Opens) -> None:
    one = browser()
    css = one.get("/static/room.css")
    assert css.headers["content-type"].startswith("text/css")
    assert css.headers["cache-control"] == "no-cache"
    assert one.get("/static/room.css", headers={"if-none-match": css.headers["etag"]}).status_code == 304
    assert one.get("/static/keys.js").headers["content-type"].startswith("text/javascript")
    for path in (
        "",
        "..%2fapp.py",
        "%252e%252e/app.py",
        "x/..%2f..%2fapp.py",
        "%5c..%5capp.py",
        "a%00b",
        "/etc/passwd",
    ):
        assert one.get(f"/static/{path}").status_code == 404, path
    assert one.post("/static/room.css").status_code == 405


WORDS_ = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)
PATHS = st.one_of(
    st.sampled_from(
        ["/", "/sign-in", "/account", "/accounts", "/audit", "/sign-in/oidc", "/sign-in/oidc/return"]
    ),
    st.builds(
        lambda a, b: f"/accounts/{a}/{b}", st.integers(), st.sampled_from(["shut", "link", "roles", "x"])
    ),
    st.builds(lambda a: f"/link/{a}", WORDS_),
    st.builds(lambda a, b: f"/meetings/{a}/{b}", WORDS_, WORDS_),
    st.builds(lambda a: f"/static/{a}", WORDS_),
    st.builds(lambda a: f"/{a}", WORDS_),
)
NAMES = st.sampled_from(
    [
        "accept",
        "accept-encoding",
        "authorization",
        "content-type",
        "cookie",
        "host",
        "if-none-match",
        "origin",
        "range",
        "referer",
        "sec-fetch-site",
        "transfer-encoding",
        "x-csrf",
        "x-forwarded-for",
        "x-forwarded-host",
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        ["application/json", "application/x-www-form-urlencoded", "text/html", "*/*", HOST, "null"]
    ),
    st.text(
        alphabet=st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60
    ),
)
FIELDS = st.one_of(
    st.sampled_from(
        [
            *("name", "role", "password", "again", "now", "outside", "who", "meeting", "before", "acts"),
            *("after", "seen", "digest", "version", "reason", "text", "marks", "mark", "ids", "statement"),
            *("statements", "span", "start", "end", "verdict", "kind", "words", "q", "offset", "limit"),
            *("at", "id", "ticked", "until", "to", "days"),
        ]
    ),
    st.text(max_size=5),
)
"""Names that some page asks for."""

BODIES = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=9,
    ).map(lambda value: json.dumps(value).encode()),
    st.dictionaries(st.sampled_from(["name", "password", "role", "csrf", "before"]), WORDS_).map(
        lambda form: "&".join(f"{k}={v}" for k, v in form.items()).encode()
    ),
)


@hypothesis_settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=PATHS,
    query=WORDS_,
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]),
    headers=st.dictionaries(NAMES, VALUES, max_size=4),
    body=BODIES,
    signed_in=st.booleans(),
)
def test_whatever_is_sent_is_answered_calmly(
    browser: Opens,
    admin: Browser,
    path: str,
    query: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    signed_in: bool,
) -> None:
    """Never a fault, never a page for nobody, and the headers always."""
    one = admin if signed_in else browser()
    raw = {name: value.encode("latin-1", "replace") for name, value in headers.items()}
    answer = one.request(method, httpx_path(path, query), headers=raw, content=body)  # type: ignore[arg-type]
    assert answer.status_code < 500, (method, path)
    assert all(answer.headers[name] for name in HEADERS)
    if not signed_in and answer.status_code == 200 and not path.startswith("/static/"):
        assert path == "/sign-in"
    assert "Traceback" not in answer.text


def httpx_path(path: str, query: str) -> str:
    """An address of any characters."""
    return quote(path) + "?" + quote(query)


PLACES = st.one_of(
    st.text(max_size=20), st.integers().map(str), st.sampled_from(["a1", "S1", "p1", "0", "m1"])
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(FIELDS, inner, max_size=4)),
    max_leaves=12,
)


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_page_answers_whatever_is_sent_to_it_calmly(
    reviewer: Browser, staff: Browser, admin: Browser, job: MeetingFolder, data: st.DataObject
) -> None:
    """With the role, the token and a meeting that is there: never a fault."""
    pages = [r for r in routes(application(reviewer)) if r.path not in {"/sign-out", "/readyz"}]
    route = data.draw(st.sampled_from(pages))
    roles: frozenset[Role] | None = route.roles  # type: ignore[attr-defined]
    by_role = {Role.REVIEWER: reviewer, Role.STAFF: staff, Role.ADMIN: admin}
    one = by_role[data.draw(st.sampled_from(sorted(roles or Role)))]
    path = route.path.replace("{meeting_id}", data.draw(st.sampled_from([job.id, job.id, "0" * 12])))
    path = re.sub(r"\{[^}]*\}", lambda _: quote(data.draw(PLACES), safe="") or "x", path)
    query = data.draw(st.dictionaries(FIELDS, PLACES, max_size=3))
    ranges = data.draw(
        st.sampled_from([{}, {}, {"range": "bytes=5-2"}, {"range": "bytes=-1,3-"}, {"range": "x"}])
    )
    method = data.draw(st.sampled_from(sorted(route.methods or ())))
    address = f"{path}?{urlencode(query, errors='replace')}"
    if method in {"GET", "HEAD"}:
        answer = one.request(method, address, headers=ranges)
    elif data.draw(st.booleans()):
        said = data.draw(st.dictionaries(FIELDS, JSON, max_size=5))
        body = json.dumps(said).encode()
        answer = one.request(method, address, content=body, headers={"content-type": "application/json"})
    else:
        answer = one.request(method, address, data=data.draw(st.dictionaries(FIELDS, WORDS_, max_size=5)))
    assert answer.status_code < 500, (method, route.path, answer.text[-300:])
