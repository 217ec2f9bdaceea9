"""How a message leaves: to an address that was looked at, over TLS that was verified, without redirects or proxies."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any, Self
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP's number.
        body: the beginning of what it says, as much as was asked for.
    """

    status: int
    body: bytes


def post(url: str, body: bytes, headers: dict[str, str], *, public: bool) -> int | str:
    """Send something once; what is answered is nobody's business.

    Args:
        url: where to.
        body: what.
        headers: of the request.
        public: whether it may be an address beyond this machine and its private networks.

    Returns:
        HTTP's number of the answer, or in a few words why there was none.
    """
    outcome = request("POST", url, body, headers, public=public)
    return outcome.status if isinstance(outcome, Answer) else outcome


def request(
    method: str,
    url: str,
    body: bytes | None,
    headers: dict[str, str],
    *,
    public: bool,
    most: int = 0,
    answer_s: float = _ANSWER_S,
) -> Answer | str:
    """Ask for something once.

    The host's name is looked up once, and the address that was looked at is the one that is called: a name that means
    another address a moment later leads nowhere else.

    Args:
        method: of HTTP.
        url: where to.
        body: what is sent; None for nothing.
        headers: of the request.
        public: whether it may be an address beyond this machine and its private networks.
        most: bytes of the answer that are read.
        answer_s: seconds for which nothing may come, and in which what is read of the answer has to be there; after
            twice as many it is over, whatever comes.

    Returns:
        The answer, or in a few words why there was none.
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
    outcome: Answer | str = UNREACHED
    for address in addresses:
        shown = f"[{address}]" if ":" in address else address
        called = urlunsplit((parts.scheme, f"{shown}:{port}", parts.path or "/", parts.query, ""))
        with _client(answer_s) as client:
            made = client.build_request(
                method,
                called,
                content=body,
                headers={**headers, "host": parts.netloc},
                extensions={"sni_hostname": host},
            )
            outcome = _sent(client, made, most, answer_s)
        if outcome != UNREACHED:
            break
    return outcome


def _client(answer_s: float) -> httpx2.Client:
    return httpx2.Client(
        verify=ssl.create_default_context(),
        timeout=httpx2.Timeout(answer_s, connect=_CONNECT_S),
        follow_redirects=False,
        trust_env=False,
    )


def _sent(client: httpx2.Client, made: httpx2.Request, most: int, answer_s: float) -> Answer | str:
    with _Over(_CONNECT_S + 2 * answer_s) as over:
        made.extensions = {**made.extensions, "trace": over.traced}
        try:
            answer = client.send(made, stream=True)
            try:
                return Answer(int(answer.status_code), _beginning(answer, most, time.monotonic() + answer_s))
            finally:
                answer.close()
        except httpx2.TimeoutException:
            return LATE
        except httpx2.TransportError as error:
            if over.fired:
                return LATE
            return TLS if isinstance(_first(error), ssl.SSLError) else UNREACHED


class _Over:
    """Shuts a connection after so many seconds: whoever sends a byte now and then never runs into a timeout."""

    def __init__(self, after_s: float) -> None:
        self.fired = False
        self._line: socket.socket | None = None
        self._timer = threading.Timer(after_s, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._line is not None:
            self._line.close()

    def traced(self, event: str, told: dict[str, Any]) -> None:
        """Keep a hold of the connection, before TLS is spoken over it."""
        if event == "connection.connect_tcp.complete" and self._line is None:
            self._line = told["return_value"].get_extra_info("socket").dup()

    def _shut(self) -> None:
        self.fired = True
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


def _beginning(answer: httpx2.Response, most: int, until: float) -> bytes:
    """So many bytes of an answer at most; what comes later than `until` is not waited for."""
    if not most:
        return b""
    found = bytearray()
    for piece in answer.iter_raw():
        found += piece
        if len(found) >= most or time.monotonic() > until:
            break
    return bytes(found[:most])


def _first(error: BaseException) -> BaseException:
    """What an error came from."""
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
    return error
