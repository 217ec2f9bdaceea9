"""Mail: in the clear only to this machine, and no address in any error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, Envelope, Session

from pipeline import mail
from speakers.error import RecordError, StorageError, ZhuziError
from tests.mail_server import mail_server

TO = "somebody.private@example.org"


class Picky(Sink):
    """Takes nothing."""

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        return f"550 no such user {address}"


@pytest.fixture
def picky() -> Iterator[int]:
    with mail_server(Picky()) as port:
        yield port


def server(url: str, **more: str) -> mail.Server:
    found = mail.server({"ZHUZI_SMTP_URL": url, "ZHUZI_SMTP_FROM": "office@example.org", **more})
    assert found is not None
    return found


def assert_says_nothing(told: pytest.ExceptionInfo[ZhuziError]) -> None:
    error: BaseException | None = told.value
    while error is not None:
        assert "private" not in f"{error} {error!r}"
        error = error.__cause__


def test_without_a_setting_there_is_none() -> None:
    assert mail.server({}) is None


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://u:secret@h", "smtp://h:port", "smtp://"]
)
def test_a_setting_that_is_no_server_is_told_without_its_password(url: str) -> None:
    with pytest.raises(RecordError) as told:
        server(url)
    assert "secret" not in str(told.value)


def test_a_sender_is_needed_and_the_password_comes_from_a_file(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="ZHUZI_SMTP_FROM"):
        mail.server({"ZHUZI_SMTP_URL": "smtp://h"})
    file = tmp_path / "password"
    with pytest.raises(StorageError):
        server("smtps://me@h", ZHUZI_SMTP_PASSWORD_FILE=str(file))
    file.write_text("open sesame\n", encoding="utf-8")
    found = server("smtps://me%40h@h", ZHUZI_SMTP_PASSWORD_FILE=str(file))
    assert (found.user, found.password, found.port, found.at_once) == ("me@h", "open sesame", 465, True)
    assert "sesame" not in repr(found)


def test_a_refused_address_is_in_no_error(picky: int) -> None:
    with pytest.raises(RecordError) as told:
        mail.send(server(f"smtp://127.0.0.1:{picky}"), TO, "x", "y")
    assert_says_nothing(told)


def test_a_server_elsewhere_that_does_not_encrypt_gets_nothing(
    picky: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail.Server, "here", property(lambda _: False))
    with pytest.raises(StorageError, match="not sent") as told:
        mail.send(server(f"smtp://127.0.0.1:{picky}"), TO, "x", "y")
    assert "TLS" in told.value.cure
    assert_says_nothing(told)


def test_only_this_machine_is_this_machine() -> None:
    assert server("smtp://localhost").here
    assert server("smtp://127.8.8.8").here
    assert not server("smtp://mail.example.org").here
    assert not server("smtp://127.0.0.1.example.org").here


@pytest.mark.parametrize("to", ["", "x", "a@b@c", "a b@c", "a@b\nBcc: c@d", "a@b,c@d", "<a@b>"])
def test_one_address_and_nothing_else_is_taken(to: str) -> None:
    with pytest.raises(RecordError):
        mail.send(server("smtp://127.0.0.1:9"), to, "x", "y")


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError) as told:
        mail.send(server("smtp://127.0.0.1:9"), TO, "x", "y")
    assert_says_nothing(told)
