"""A mail server on this machine, for as long as a test needs one."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from aiosmtpd.controller import Controller


@contextlib.contextmanager
def mail_server(handler: Any) -> Iterator[int]:
    """The port at which the handler takes messages."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
