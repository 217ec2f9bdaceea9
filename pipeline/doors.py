"""How the review room is reached, and who else may say who somebody is: an identity provider, or a proxy before it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from speakers.error import RecordError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names by which a browser of this machine reaches it."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Oidc:
    """An OpenID Connect provider that says who somebody is.

    Attributes:
        issuer: its address, exactly as it stands in its tokens.
        client_id: what the room is called there.
        secret_file: holds the client's secret; None for a public client.
        claim: of the token, whose value stands in one account.
    """

    issuer: str
    client_id: str
    secret_file: Path | None
    claim: str


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways into the room.

    Attributes:
        url: where people open it, without a slash at its end; empty: at the address that it listens at.
        oidc: who else says who somebody is; None: nobody.
        proxy_header: which a trusted proxy fills with who somebody is; empty: none.
        proxy_from: addresses of that proxy; only from there headers about the visitor are believed.
        other_hosts: whether it may be called by any address in numbers, as one does that listens to a network.
    """

    url: str = ""
    oidc: Oidc | None = None
    proxy_header: str = ""
    proxy_from: tuple[Network, ...] = ()
    other_hosts: bool = False

    @property
    def secure(self) -> bool:
        """Whether people open it over TLS."""
        return self.url.startswith("https://")

    def called(self, host: str) -> bool:
        """Whether the room may be called so, as the Host header has it.

        >>> Doors().called("localhost:8377"), Doors().called("evil.example")
        (True, False)
        >>> Doors("https://room.example").called("Room.Example"), Doors().called("192.0.2.7")
        (True, False)
        """
        try:
            parts = urlsplit(f"//{host}")
            name, _ = parts.hostname, parts.port
        except ValueError:
            return False
        if not name or parts.netloc != host or parts.username is not None:
            return False
        if name in LOOPBACK or (self.url and name == urlsplit(self.url).hostname):
            return True
        return self.other_hosts and _address(name) is not None

    def trusts(self, peer: str) -> bool:
        """Whether a connection from there is the proxy's."""
        address = _address(peer)
        return address is not None and any(address in network for network in self.proxy_from)


def doors(environment: Mapping[str, str]) -> Doors:
    """What the environment says.

    Raises:
        RecordError: If a variable makes no sense, or two contradict each other.
    """
    header = environment.get("ZHUZI_ROOM_PROXY_HEADER", "").lower()
    proxy_from = _networks(environment.get("ZHUZI_ROOM_PROXY_FROM", ""))
    if header and not re.fullmatch(r"[a-z0-9-]{1,64}", header):
        raise RecordError("ZHUZI_ROOM_PROXY_HEADER names no header.", "Set it to one, such as X-Remote-User.")
    if header and not proxy_from:
        raise RecordError(
            "ZHUZI_ROOM_PROXY_HEADER is set, but nobody is trusted to fill it.",
            "Name the proxy's address in ZHUZI_ROOM_PROXY_FROM.",
        )
    oidc = _oidc(environment)
    if header and oidc:
        raise RecordError(
            "Both an identity provider and a proxy are to say who somebody is.",
            "Unset ZHUZI_OIDC_ISSUER or ZHUZI_ROOM_PROXY_HEADER.",
        )
    return Doors(_url(environment.get("ZHUZI_ROOM_URL", "")), oidc, header, proxy_from)


def _url(given: str) -> str:
    """The room's address.

    >>> _url("https://room.example/")
    'https://room.example'
    """
    if not given:
        return ""
    parts = _split(given)
    if parts is None or parts[2] not in {"", "/"}:
        raise RecordError(
            "ZHUZI_ROOM_URL is no address of a host.", "Set it to one, such as https://room.example."
        )
    return f"{parts[0]}://{parts[1]}"


def _split(given: str) -> tuple[str, str, str] | None:
    """Scheme, host with port, and path of an address of the web."""
    try:
        parts = urlsplit(given)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        return None
    return parts.scheme, parts.netloc.lower(), parts.path


def _oidc(environment: Mapping[str, str]) -> Oidc | None:
    issuer = environment.get("ZHUZI_OIDC_ISSUER", "")
    if not issuer:
        return None
    parts = _split(issuer)
    name = urlsplit(issuer).hostname if parts else None
    if parts is None or (parts[0] != "https" and name not in LOOPBACK):
        raise RecordError("ZHUZI_OIDC_ISSUER is no https address.", "Set it as the provider writes it.")
    client_id = environment.get("ZHUZI_OIDC_CLIENT_ID", "")
    if not client_id or not environment.get("ZHUZI_ROOM_URL"):
        raise RecordError(
            "An identity provider needs to know the room.", "Set ZHUZI_OIDC_CLIENT_ID and ZHUZI_ROOM_URL."
        )
    secret = environment.get("ZHUZI_OIDC_CLIENT_SECRET_FILE")
    return Oidc(
        issuer,
        client_id,
        Path(secret).absolute() if secret else None,
        environment.get("ZHUZI_OIDC_CLAIM") or "sub",
    )


def _networks(given: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in given.split(",") if one.strip())
    except ValueError as error:
        raise RecordError(
            "ZHUZI_ROOM_PROXY_FROM holds something that is no address.",
            "Set it to addresses or networks with commas between, such as 127.0.0.1.",
        ) from error


def _address(given: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(given)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
