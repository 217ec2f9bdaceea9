"""Messages: signed, sent again until they arrive or three days are over, and only where they may go."""

from __future__ import annotations

import base64
import datetime
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.outside import posting, webhooks
from pipeline.outside.outbox import Delivery, Message, Outbox, target_of
from pipeline.outside.telling import Telling, telling
from pipeline.settings import Settings
from speakers.error import NotFoundError, RecordError, StorageError
from tests.outside.receiver import SECRET, Receiver
from tests.outside.test_notify import receiver, secret, told

__all__ = ["receiver", "secret", "told"]

MESSAGE = Message("meeting.released", "released", "approved", "0f3a9c27d1b4")


def noted(settings: Settings, *messages: Message) -> Outbox:
    outbox = Outbox(settings.data)
    outbox.note({}, (), messages or (MESSAGE,), settings.telling.webhooks)
    return outbox


def now_due(outbox: Outbox) -> None:
    with outbox._open() as database:
        database.execute("UPDATE delivery SET due = 0")


def test_a_message_is_sent_until_it_is_taken_each_time_signed_anew(
    told: Settings, receiver: Receiver
) -> None:
    receiver.answers = [500, 429, 204]
    outbox = noted(told)
    for _ in range(3):
        assert webhooks.deliver(told, outbox) == 1
        now_due(outbox)
    assert webhooks.deliver(told, outbox) == 0
    assert len(receiver.got) == 3
    assert len({h["webhook-id"] for h in receiver.headers}) == 1
    (row,) = outbox.rows()
    assert (row["state"], row["tries"], row["outcome"]) == ("delivered", 3, "204")


def test_after_a_failure_it_waits_longer_each_time(told: Settings, receiver: Receiver) -> None:
    receiver.answers = [500]
    outbox = noted(told)
    webhooks.deliver(told, outbox)
    assert webhooks.deliver(told, outbox) == 0, "it does not try again at once"
    for tries in range(12):
        least, most = webhooks.pause_s(tries), webhooks.pause_s(tries + 2)
        assert least < most


def test_after_three_days_it_is_given_up_until_somebody_has_it_sent_again(
    told: Settings, receiver: Receiver
) -> None:
    receiver.answers = [500]
    outbox = noted(told)
    with outbox._open() as database:
        database.execute("UPDATE delivery SET began = ?", (time.time() - webhooks.LASTS_S,))
    webhooks.deliver(told, outbox)
    assert outbox.counts() == {"waiting": 0, "delivered": 0, "given up": 1}
    (row,) = outbox.rows()
    assert outbox.again(row["id"]) == 1
    webhooks.deliver(told, outbox)
    assert outbox.counts()["delivered"] == 1
    assert outbox.again(row["id"]) == 1, "who wants it once more gets it"
    with pytest.raises(NotFoundError):
        outbox.again("msg_0")


def test_who_says_that_it_is_gone_is_not_asked_again(told: Settings, receiver: Receiver) -> None:
    receiver.answers = [410]
    outbox = noted(told)
    webhooks.deliver(told, outbox)
    assert outbox.counts()["given up"] == 1


def test_a_redirect_is_not_followed(told: Settings, receiver: Receiver) -> None:
    receiver.answers = [307]
    outbox = noted(told)
    webhooks.deliver(told, outbox)
    assert len(receiver.got) == 1
    assert outbox.rows()[0]["outcome"] == "307"


def test_one_address_that_fails_holds_up_no_other(told: Settings, receiver: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as shut:
        dead = f"http://127.0.0.1:{shut.getsockname()[1]}/"
    both = replace(told, telling=replace(told.telling, webhooks=(dead, receiver.url)))
    outbox = noted(both)
    webhooks.deliver(both, outbox)
    states = {row["target"]: (row["state"], row["outcome"]) for row in outbox.rows()}
    assert states == {
        target_of(dead): ("waiting", "not reached"),
        target_of(receiver.url): ("delivered", "200"),
    }


def test_nothing_goes_to_an_address_that_was_taken_out(told: Settings, receiver: Receiver) -> None:
    outbox = noted(told)
    assert webhooks.deliver(replace(told, telling=Telling()), outbox) == 0
    assert not receiver.got


def test_both_secrets_sign_while_receivers_change(told: Settings, receiver: Receiver) -> None:
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    assert told.telling.secret_file is not None
    told.telling.secret_file.write_text(f"{other}\n{SECRET}\n")
    webhooks.deliver(told, noted(told))
    assert len(receiver.headers[0]["webhook-signature"].split()) == 2
    assert not receiver.wrong


@pytest.mark.parametrize("content", ["", "whsec_", "short", "whsec_%%%", "whsec_" + "A" * 20, "祕密"])
def test_a_secret_that_is_none_is_refused(told: Settings, content: str) -> None:
    assert told.telling.secret_file is not None
    told.telling.secret_file.write_text(content, "utf-8")
    with pytest.raises((RecordError, StorageError)):
        webhooks.secrets_of(told)


def test_a_test_says_what_came_of_it(told: Settings, receiver: Receiver) -> None:
    receiver.answers = [200, 503]
    assert webhooks.test(told) == [{"target": target_of(receiver.url), "ok": True, "outcome": "200"}]
    assert not webhooks.test(told)[0]["ok"]
    assert [one["type"] for one in receiver.got] == ["webhook.test"] * 2
    assert not Outbox(told.data).rows()
    with pytest.raises(RecordError):
        webhooks.test(replace(told, telling=Telling()))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "http://user:password@127.0.0.1/",
        "https:///path",
        "http://93.184.216.34/",
        "https://93.184.216.34/",
        "http://169.254.169.254/latest/meta-data",
        "http://[2606:2800:220:1::1]/",
        "http://0.0.0.0/",
        "http://127.0.0.1:99999/",
    ],
)
def test_an_address_that_nothing_may_go_to_is_refused_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        Telling(webhooks=(url,), secret_file=tmp_path / "secret")


def test_without_a_secret_nobody_is_told() -> None:
    with pytest.raises(RecordError):
        telling({"ZHUZI_WEBHOOK_URL": "http://127.0.0.1/"})
    assert telling({}).webhooks == ()


def test_beyond_the_office_it_goes_only_if_somebody_said_so_and_over_tls(tmp_path: Path) -> None:
    environment = {
        "ZHUZI_WEBHOOK_URL": "https://93.184.216.34/",
        "ZHUZI_WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
        "ZHUZI_WEBHOOK_PUBLIC": "1",
    }
    assert telling(environment).public
    with pytest.raises(RecordError):
        telling({**environment, "ZHUZI_WEBHOOK_URL": "http://93.184.216.34/"})


@pytest.mark.parametrize("found", [["93.184.216.34"], ["127.0.0.1", "93.184.216.34"], ["169.254.169.254"]])
def test_a_name_that_means_an_address_beyond_is_not_called(
    monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (address, 80)) for address in found]
    )
    monkeypatch.setattr(posting, "_sent", lambda *_: pytest.fail("it was called"))
    assert posting.post("http://inner.example/", b"{}", {}, public=False) == posting.BEYOND
    assert posting.post("http://inner.example/", b"{}", {}, public=True) == posting.BEYOND


def test_a_name_is_looked_up_once_and_what_was_looked_at_is_called(
    told: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that means this machine first and something else a moment later leads nowhere else."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: Any, *given: Any, **also: Any) -> Any:
        asked.append(str(host))
        if host == "inner.example":
            return [(2, 1, 6, "", ("127.0.0.1" if asked.count(host) == 1 else "203.0.113.1", 80))]
        return real(host, *given, **also)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    port = receiver.url.rpartition(":")[2].rstrip("/")
    named = replace(told, telling=replace(told.telling, webhooks=(f"http://inner.example:{port}/hook",)))
    webhooks.deliver(named, noted(named))
    assert asked.count("inner.example") == 1
    assert receiver.headers[0]["host"] == f"inner.example:{port}"


def test_a_proxy_of_the_environment_is_not_asked(
    told: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    outbox = noted(told)
    webhooks.deliver(told, outbox)
    assert outbox.counts()["delivered"] == 1


def certificate(place: Path, name: str) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = place / f"{name}.crt", place / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@pytest.fixture
def over_tls(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A receiver over TLS that is called inner.example; its address, and its certificate."""
    cert, key = certificate(tmp_path, "inner.example")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://inner.example:{server.server_port}/", cert
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("name", "trusted", "outcome"),
    [
        ("inner.example", True, 200),
        ("inner.example", False, posting.TLS),
        ("other.example", True, posting.TLS),
    ],
)
def test_a_certificate_is_held_against_the_name_that_was_set(
    over_tls: tuple[str, Path], monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool, outcome: int | str
) -> None:
    url, cert = over_tls
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *given, **also: real(
            "127.0.0.1" if str(host).endswith(".example") else host, *given, **also
        ),
    )
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    called = url.replace("inner.example", name)
    assert posting.post(called, b"{}", {"content-type": "application/json"}, public=False) == outcome


def test_what_nobody_will_ask_for_any_more_is_forgotten(told: Settings, receiver: Receiver) -> None:
    outbox = noted(told)
    webhooks.deliver(told, outbox)
    with outbox._open() as database:
        database.execute("UPDATE message SET at = 1")
    noted(told)
    assert [row["state"] for row in outbox.rows()] == [Delivery.WAITING]
