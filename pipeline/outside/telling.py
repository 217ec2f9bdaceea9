"""Whom the program tells what it does: its log, and whoever is told of changes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from speakers.error import RecordError

LEVELS = ("debug", "info", "warning", "error")

FORMS = ("json", "text")


@dataclass(frozen=True, slots=True)
class Telling:
    """What the settings say of it.

    Attributes:
        log: "json" or "text": lines on standard error; empty: JSON in DATA/log.
        level: the least that is logged.
        webhooks: addresses that are told of changes; none: nothing leaves the machine.
        secret_file: holds the secret that messages are signed with.
        public: whether they may go beyond this machine and its private networks.
    """

    log: str = ""
    level: str = "info"
    webhooks: tuple[str, ...] = ()
    secret_file: Path | None = None
    public: bool = False

    def __post_init__(self) -> None:
        if self.log not in {"", *FORMS}:
            raise RecordError(
                "ZHUZI_LOG names no form of a log.", "Set it to json or text, or unset it for a file."
            )
        if self.level not in LEVELS:
            raise RecordError(
                "ZHUZI_LOG_LEVEL names no level.", "Set it to debug, info, warning or error, or unset it."
            )
        for url in self.webhooks:
            _refuse(url, public=self.public)
        if self.webhooks and self.secret_file is None:
            raise RecordError(
                "ZHUZI_WEBHOOK_URL is set, but nothing to sign messages with.",
                "Name a file with a secret in ZHUZI_WEBHOOK_SECRET_FILE (docs/monitoring.md).",
            )


def telling(environment: Mapping[str, str]) -> Telling:
    """What the environment says.

    Raises:
        RecordError: If a variable makes no sense.
    """
    secret = environment.get("ZHUZI_WEBHOOK_SECRET_FILE")
    return Telling(
        environment.get("ZHUZI_LOG", "").lower(),
        (environment.get("ZHUZI_LOG_LEVEL") or "info").lower(),
        tuple(dict.fromkeys(environment.get("ZHUZI_WEBHOOK_URL", "").split())),
        Path(secret).absolute() if secret else None,
        environment.get("ZHUZI_WEBHOOK_PUBLIC", "") == "1",
    )


def near(address: str) -> bool:
    """Whether an address in numbers is this machine or one of its private networks.

    >>> near("127.0.0.1"), near("192.168.4.7"), near("fd00::7"), near("93.184.216.34"), near("169.254.169.254")
    (True, True, True, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_link_local or found.is_unspecified or found.is_multicast or found.is_reserved:
        return found.is_loopback
    return found.is_loopback or any(
        found in network for network in _PRIVATE if network.version == found.version
    )


_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)
"""What offices have within; an address that clouds keep their credentials at (169.254.…) is none of them."""


def _refuse(url: str, *, public: bool) -> None:
    """Refuse what nothing may be sent to.

    Raises:
        RecordError: If it is no address of the web, holds a password, or messages would leave unasked or in the clear.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or parts.username or parts.fragment:
        raise RecordError(
            "ZHUZI_WEBHOOK_URL holds something that is no address of a host.",
            "Write each as https://HOST/PATH, without a password, with spaces between.",
        )
    if public and parts.scheme != "https" and not _here(host):
        raise RecordError(
            "ZHUZI_WEBHOOK_PUBLIC is set, and an address of ZHUZI_WEBHOOK_URL is without TLS.",
            "Write it with https.",
        )
    try:
        away = not near(host)
    except ValueError:
        return  # a name: what it stands for is looked at when it is called
    if away and not public:
        raise RecordError(
            "An address of ZHUZI_WEBHOOK_URL is beyond this machine and its private networks.",
            "Choose another, or set ZHUZI_WEBHOOK_PUBLIC=1 if ids and states may go there.",
        )


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
