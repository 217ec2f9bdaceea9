"""smtplib's one door: one message to one address that was typed for it and is kept nowhere."""

from __future__ import annotations

import ipaddress
import os
import re
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from speakers.error import RecordError, StorageError

_TIMEOUT_S = 20
_ADDRESS = re.compile(r"[^\s@<>\"'(),:;\[\]\\]{1,64}@[^\s@<>\"'(),:;\[\]\\/]{1,255}")
_NOT_SENT = "The message was not sent."


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server.

    Attributes:
        host: its name.
        port: likewise.
        at_once: encrypted from the first byte (`smtps`); otherwise by STARTTLS.
        user: to sign in as; empty for nobody.
        password: of that user; never shown.
        sender: the address that messages come from.
    """

    host: str
    port: int
    at_once: bool
    user: str
    sender: str
    password: str = field(default="", repr=False)

    @property
    def here(self) -> bool:
        """Whether it is this machine: only there may a message travel in the clear."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def server(environment: Mapping[str, str] = os.environ) -> Server | None:
    """The mail server of the settings; None if there is none.

    Raises:
        RecordError: If the settings say something that cannot be.
        StorageError: If the password's file cannot be read.
    """
    url = environment.get("ZHUZI_SMTP_URL") or ""
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.password or port == -1:
        raise RecordError(
            "ZHUZI_SMTP_URL is no mail server.",
            "Write it as smtps://USER@HOST:465 or smtp://USER@HOST:587, without a password.",
        )
    sender = environment.get("ZHUZI_SMTP_FROM") or ""
    if not _ADDRESS.fullmatch(sender):
        raise RecordError("ZHUZI_SMTP_FROM is no address.", "Write it as office@example.org.")
    at_once = parts.scheme == "smtps"
    file = environment.get("ZHUZI_SMTP_PASSWORD_FILE") or ""
    try:
        password = Path(file).read_text(encoding="utf-8").strip() if file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"The password file {file} cannot be read.", "Check its path and rights."
        ) from error
    return Server(
        parts.hostname,
        port or (465 if at_once else 587),
        at_once,
        unquote(parts.username or ""),
        sender,
        password,
    )


def send(through: Server, to: str, subject: str, text: str, *, context: ssl.SSLContext | None = None) -> None:
    """Send a message; its address gets into no file and no error.

    Args:
        through: the server.
        to: one address.
        subject: of the message.
        text: of it.
        context: how certificates are looked at; None for the system's way.

    Raises:
        RecordError: If that is no address, or the server does not take it.
        StorageError: If the server cannot be reached, or does not encrypt. Nothing was sent then.
    """
    if not _ADDRESS.fullmatch(to):
        raise RecordError("That is no e-mail address.", "Write it as name@example.org.")
    message = EmailMessage()
    user, _, domain = to.rpartition("@")
    message["From"], message["Subject"] = through.sender, subject
    message["To"] = Address(username=user, domain=domain)
    message.set_content(text, charset="utf-8")
    trust = context or ssl.create_default_context()
    try:
        with _connected(through, trust) as connection:
            if not through.at_once and (not through.here or connection.has_extn("starttls")):
                connection.starttls(context=trust)
                connection.ehlo()
            if through.user:
                connection.login(through.user, through.password)
            connection.send_message(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
        raise RecordError(_NOT_SENT, "The server does not take that address: check it.") from None
    except (smtplib.SMTPException, OSError, UnicodeError):  # what they say may hold the address
        raise StorageError(
            _NOT_SENT, "Check ZHUZI_SMTP_URL and whether that server offers TLS; or copy the text."
        ) from None


def _connected(through: Server, trust: ssl.SSLContext) -> smtplib.SMTP:
    if through.at_once:
        return smtplib.SMTP_SSL(through.host, through.port, timeout=_TIMEOUT_S, context=trust)
    connection = smtplib.SMTP(through.host, through.port, timeout=_TIMEOUT_S)
    connection.ehlo()
    return connection
