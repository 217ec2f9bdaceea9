"""How a message leaves: to an address that was looked at, over TLS that was verified, without redirects or proxies."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit, urlunsplit

import httpx2

from pipeline.outside.telling import near

_CONNECT_S = 5.0

_ANSWER_S = 15.0
"""Whoever is told answers within it; what is to be done about it is done later."""

BEYOND = "beyond the private networks"
UNKNOWN = "no such host"
UNREACHED = "not reached"
LATE = "no answer in time"
TLS = "its certificate is not good"


def post(url: str, body: bytes, headers: dict[str, str], *, public: bool) -> int | str:
    """Send something once.

    The host's name is looked up once, and the address that was looked at is the one that is called: a name that means
    another address a moment later leads nowhere else.

    Args:
        url: where to.
        body: what.
        headers: of the request.
        public: whether it may be an address beyond this machine and its private networks.

    Returns:
        HTTP's number of the answer, or in a few words why there was none.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return UNKNOWN
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not public and not all(map(near, addresses)):
        return BEYOND
    if parts.scheme == "http" and not all(map(near, addresses)):
        return BEYOND  # in the clear nothing goes further, whatever is allowed
    outcome: int | str = UNREACHED
    for address in addresses:
        outcome = _posted(url, address, port, body, {**headers, "host": parts.netloc})
        if outcome != UNREACHED:
            break
    return outcome


def _posted(url: str, address: str, port: int, body: bytes, headers: dict[str, str]) -> int | str:
    parts = urlsplit(url)
    shown = f"[{address}]" if ":" in address else address
    called = urlunsplit((parts.scheme, f"{shown}:{port}", parts.path or "/", parts.query, ""))
    client = httpx2.Client(
        verify=ssl.create_default_context(),
        timeout=httpx2.Timeout(_ANSWER_S, connect=_CONNECT_S),
        follow_redirects=False,
        trust_env=False,
    )
    with client:
        try:
            request = client.build_request(
                "POST", called, content=body, headers=headers, extensions={"sni_hostname": parts.hostname}
            )
            answer = client.send(request, stream=True)
            answer.close()  # what it says is nobody's business
        except httpx2.TimeoutException:
            return LATE
        except httpx2.TransportError as error:
            return TLS if isinstance(_first(error), ssl.SSLError) else UNREACHED
    return int(answer.status_code)


def _first(error: BaseException) -> BaseException:
    """What an error came from."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error
