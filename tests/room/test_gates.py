"""The ways to the room: TLS before it, the trusted proxy, what `zhuzi serve` listens to, and what uvicorn is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import uvicorn

from pipeline.doors import Doors, doors
from pipeline.room import serve as serve_
from pipeline.room.accounts import Role
from pipeline.room.app import create
from pipeline.room.serve import HEADERS_BYTES, configured, serve
from pipeline.settings import Settings
from speakers.error import AccountError, RecordError, StorageError
from tests.room.conftest import PASSWORD, Browser

ROOM = "https://room.example"
PROXY = ("10.1.2.3", 4711)


@pytest.fixture
def secure(settings: Settings, cheap: None) -> Iterator[Callable[..., Browser]]:
    """Browsers of a room behind a proxy with TLS, from an address of one's own."""
    environment = {
        "ZHUZI_ROOM_URL": ROOM,
        "ZHUZI_ROOM_PROXY_HEADER": "X-Remote-User",
        "ZHUZI_ROOM_PROXY_FROM": "10.1.2.0/24, ::1",
    }
    application = create(replace(settings, doors=doors(environment)))
    accounts = application.state.room.accounts
    for name in ("林審閱", "王審閱"):
        accounts.add(name, frozenset({Role.REVIEWER}), PASSWORD)
    accounts.set_outside(1, "lin@example")
    opened: list[Browser] = []

    def browser(client: tuple[str, int] = PROXY) -> Browser:
        made = Browser(application, base_url=ROOM, follow_redirects=False, client=client)
        made.headers.update({"origin": ROOM, "accept": "text/html"})
        opened.append(made)
        return made

    yield browser
    for one in opened:
        one.close()


def test_over_tls_the_cookie_belongs_to_this_host_alone(secure: Callable[..., Browser]) -> None:
    answer = secure(("192.0.2.1", 1)).post("/sign-in", data={"name": "林審閱", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-zhuzi=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "domain" not in cookie.lower()


def test_over_tls_a_page_without_it_changes_nothing(secure: Callable[..., Browser]) -> None:
    form = {"name": "林審閱", "password": PASSWORD}
    refused = secure().post("/sign-in", data=form, headers={"origin": "http://room.example"})
    assert refused.status_code == 403


def test_the_proxy_says_who_it_is(secure: Callable[..., Browser]) -> None:
    one = secure()
    one.headers["x-remote-user"] = "lin@example"
    assert "林審閱" in one.get("/account").text
    one.headers["x-csrf"] = one.get("/").text.partition('name="csrf" content="')[2].partition('"')[0]
    assert one.post("/account/sessions").status_code == 303
    again = one.get("/account")
    assert again.status_code == 200
    assert "set-cookie" not in again.headers, "one session is enough"


@pytest.mark.parametrize(
    "headers",
    [
        [(b"x-remote-user", b"lin@example")],
        [(b"X-REMOTE-USER", b"lin@example"), (b"x-forwarded-for", b"10.1.2.3")],
        [(b"x_remote_user", b"lin@example")],
    ],
)
def test_nobody_else_says_who_they_are(
    secure: Callable[..., Browser], headers: list[tuple[bytes, bytes]]
) -> None:
    for client in (("192.0.2.1", 1), ("127.0.0.1", 1), ("10.1.3.3", 1)):
        answer = secure(client).get("/account", headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"x-remote-user", b"")],
        [(b"x-remote-user", b"nobody@example")],
        [(b"x-remote-user", b"LIN@example")],
        [(b"x_remote_user", b"lin@example")],
        [(b"x-remote-user", b"lin@example"), (b"x-remote-user", b"wang@example")],
        [(b"x-remote-user", b"\xff\xfe")],
    ],
)
def test_whom_the_proxy_does_not_name_gets_nothing(
    secure: Callable[..., Browser], headers: list[tuple[bytes, bytes]]
) -> None:
    assert secure().get("/account", headers=headers).status_code == 303


def test_a_session_ends_when_the_proxy_names_somebody_else(secure: Callable[..., Browser]) -> None:
    one = secure()
    one.get("/", headers={"x-remote-user": "lin@example"})
    assert one.get("/account").status_code == 303, "the proxy signed them out"
    accounts = one.app.state.room.accounts  # type: ignore[attr-defined]
    accounts.set_outside(2, "wang@example")
    one.get("/", headers={"x-remote-user": "lin@example"})
    assert "王審閱" in one.get("/account", headers={"x-remote-user": "wang@example"}).text
    accounts.shut(2)
    assert one.get("/account", headers={"x-remote-user": "wang@example"}).status_code == 303


def test_the_proxy_says_where_it_comes_from_by_what_it_puts_at_the_end(
    secure: Callable[..., Browser],
) -> None:
    one = secure()
    one.headers["x-remote-user"] = "lin@example"
    one.get("/account", headers={"x-forwarded-for": "203.0.113.9, 198.51.100.7"})
    audit = one.app.state.room.audit  # type: ignore[attr-defined]
    assert '"address": "198.51.100.7"' in audit.path.read_text("utf-8")
    assert "203.0.113.9" not in audit.path.read_text("utf-8")


@pytest.mark.parametrize(
    "environment",
    [
        {"ZHUZI_ROOM_URL": "room.example"},
        {"ZHUZI_ROOM_URL": "https://room.example/path"},
        {"ZHUZI_ROOM_URL": "ftp://room.example"},
        {"ZHUZI_ROOM_URL": "https://[room"},
        {"ZHUZI_ROOM_PROXY_HEADER": "X-Remote-User"},
        {"ZHUZI_ROOM_PROXY_HEADER": "X Remote", "ZHUZI_ROOM_PROXY_FROM": "127.0.0.1"},
        {"ZHUZI_ROOM_PROXY_FROM": "everybody"},
        {"ZHUZI_OIDC_ISSUER": "http://id.example", "ZHUZI_OIDC_CLIENT_ID": "x", "ZHUZI_ROOM_URL": ROOM},
        {"ZHUZI_OIDC_ISSUER": "https://id.example", "ZHUZI_ROOM_URL": ROOM},
        {"ZHUZI_OIDC_ISSUER": "https://id.example", "ZHUZI_OIDC_CLIENT_ID": "x"},
        {
            "ZHUZI_OIDC_ISSUER": "https://id.example",
            "ZHUZI_OIDC_CLIENT_ID": "x",
            "ZHUZI_ROOM_URL": ROOM,
            "ZHUZI_ROOM_PROXY_HEADER": "x",
            "ZHUZI_ROOM_PROXY_FROM": "::1",
        },
    ],
)
def test_settings_that_make_no_sense_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(RecordError, match=r"ZHUZI_|Both|identity provider"):
        doors(environment)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "room.example"])  # noqa: S104 - that it is refused
def test_it_listens_to_no_network_unless_that_is_meant(settings: Settings, host: str) -> None:
    plain = replace(settings, doors=Doors("http://room.example"))
    with pytest.raises(AccountError, match="--without-tls"):
        serve(plain, host, 0, print)


def test_a_port_that_is_taken_is_said(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(StorageError, match="listen"):
        serve(settings, "127.0.0.1", taken.getsockname()[1], print)


@pytest.mark.parametrize(
    ("host", "url", "called", "not_called"),
    [
        ("127.0.0.1", "", "127.0.0.1", "192.0.2.7"),
        ("0.0.0.0", "", "192.0.2.7:8377", "room.example"),  # noqa: S104 - meant
        ("0.0.0.0", "http://room.example", "room.example", "192.0.2.7"),  # noqa: S104 - meant
    ],
)
def test_it_says_where_it_is_with_the_first_link_and_answers_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, host: str, url: str, called: str, not_called: str
) -> None:
    said: list[str] = []
    asked: list[Browser] = []

    def run(self: uvicorn.Server, sockets: list[socket.socket]) -> None:
        asked.append(Browser(self.config.app, base_url="http://localhost", follow_redirects=False))  # type: ignore[arg-type]

    monkeypatch.setattr(uvicorn.Server, "run", run)
    at = serve(replace(settings, doors=Doors(url)), host, 0, said.append, without_tls=True)
    assert at in said[0]
    link = said[1].rpartition(" ")[2]
    assert link.startswith(f"{at}link/")
    path = "/" + link.removeprefix(at)
    with asked[0] as browser:
        assert browser.get(path, headers={"host": called}).status_code == 200
        assert browser.get(path, headers={"host": not_called}).status_code == 421


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """The room on a real port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(configured(create(settings)))
        started = threading.Event()
        startup = server.startup

        async def told(sockets: list[socket.socket] | None = None) -> None:
            await startup(sockets)
            started.set()

        server.startup = told  # type: ignore[method-assign]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        assert started.wait(20)
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def sent(port: int, *parts: bytes) -> bytes:
    """What the server says until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while block := connection.recv(65536):
            answer += block
        return answer


def test_a_real_server_hangs_up_on_what_is_no_request(
    settings: Settings, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve_, "HEADERS_S", 0.2)
    with served(settings) as port:
        end = b"Connection: close\r\n\r\n"
        whole = sent(port, b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n" + end)
        assert whole.startswith(b"HTTP/1.1 200")
        assert b"\r\nserver:" not in whole.lower()
        assert sent(port) == b"", "a connection that says nothing"
        assert sent(port, b"GET / HTTP/1.1\r\nHost: loc") == b"", "headers that never end"
        kept = b"GET /static/keys.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert sent(port, kept, b"GET / HT").startswith(b"HTTP/1.1 200"), "nor after a good request"
        much = b"X: " + b"x" * (HEADERS_BYTES * 2) + b"\r\n"
        assert b" 400 " in sent(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + much)[:20]
        two = b"Host: localhost\r\nHost: evil.example\r\n"
        assert b" 400 " in sent(port, b"GET / HTTP/1.1\r\n" + two + end)[:20]
        split = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n"
        assert b" 400 " in sent(port, split + end)[:20]
        assert (
            sent(port, b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n" + end)[9:12] == b"421"
        )
