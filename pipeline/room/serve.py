"""uvicorn's one door: the room on an address of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.doors import LOOPBACK
from pipeline.outside import events
from pipeline.room.app import create
from pipeline.settings import Settings
from speakers.error import AccountError, StorageError

HEADERS_BYTES = 32 * 1024
"""Of one request, its first line included."""

HEADERS_S = 15.0
"""Within which they have to arrive."""

AT_ONCE = 250
"""Connections; who comes later is told to try again."""

TURN_S = 0.0005
"""So long one thread computes before another one may: a decision waits for several turns of the search for marks."""

_ARENA_MAX = -8
"""Of glibc's mallopt: so many places to take memory from."""

IDLE_S = 15
"""How long a connection stays open between two requests."""


class _Patient(H11Protocol):
    """HTTP, with an end to waiting for headers that never come."""

    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._answered()

    def _answered(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None

    def _wait(self) -> None:
        """Begin to wait for the headers of a request, unless one is being answered."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._answered()
        elif self._ends is None:
            self._ends = self.loop.call_later(HEADERS_S, self.transport.close)


def serve(
    settings: Settings,
    host: str,
    port: int,
    say: Callable[[str], None],
    *,
    without_tls: bool = False,
    metrics_port: int | None = None,
) -> str:
    """Serve the room until it is stopped.

    Args:
        settings: in force.
        host: address to listen at.
        port: likewise.
        say: told where it is, and the link to the first account if there is none.
        without_tls: whether it is meant that passwords and recordings go over a network for everybody to read.
        metrics_port: where a scraper on this machine is answered as well; None for nowhere.

    Returns:
        Where it was.

    Raises:
        AccountError: If it would listen to a network without TLS.
        ZhuziError: If the data or the address cannot be used.
    """
    beyond = host not in LOOPBACK and not host.startswith("127.")
    if beyond and not settings.doors.secure and not without_tls:
        raise AccountError(
            f"At {host} everybody on the network could read along.",
            "Put a proxy with TLS before it and set ZHUZI_ROOM_URL to its https address, or say --without-tls.",
        )
    settings = replace(settings, doors=replace(settings.doors, other_hosts=beyond and not settings.doors.url))
    application = create(settings)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise StorageError(
            f"Nothing can listen at {host}, port {port}.", "Choose another one: --port NUMBER."
        ) from error
    shown = f"[{host}]" if ":" in host else host
    url = settings.doors.url or f"http://{shown}:{listening.getsockname()[1]}"
    say(f"逐字 Zhuzi: {url}/ (Ctrl-C stops it)")
    if first := application.state.room.links.first():
        say(f"Nobody has an account yet. The first admin chooses a password within an hour at {url}{first}")
        say("還沒有人有帳號：第一位管理者請在一小時內打開上面的連結，選密碼。")
    sys.setswitchinterval(TURN_S)
    _share_memory()
    with listening, contextlib.ExitStack() as ending:
        if metrics_port:
            ending.callback(application.state.room.metrics.serve(metrics_port))
        ending.callback(events.begin(settings.telling, settings.data, "serve"))
        events.event(events.Event.STARTED, where="serve", version=metadata.version("zhuzi"))
        uvicorn.Server(configured(application)).run(sockets=[listening])
        events.event(events.Event.STOPPED, where="serve")
    return f"{url}/"


def _share_memory() -> None:
    """Have all threads take memory from one place, where glibc would give each its own and leave holes in all."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def configured(application: object) -> uvicorn.Config:
    """How uvicorn serves an application: what it may be sent, and nothing believed that a header says of the sender."""
    return uvicorn.Config(
        application,  # type: ignore[arg-type]  # Starlette, or what stands around it
        http=_Patient,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        log_config=None,  # what it would print of an error may hold words: `pipeline.outside.events` takes it
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=HEADERS_BYTES,
        limit_concurrency=AT_ONCE,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=5,
    )
