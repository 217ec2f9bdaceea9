"""Somebody who is told: a server on this machine that verifies what it gets by an implementation of somebody else's."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@dataclass
class Receiver:
    """What came, and how it is answered.

    Attributes:
        answers: HTTP's numbers, one for each message; 200 when there are no more. 0: none at all, for a minute.
        got: what came, verified, in its order.
    """

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    wrong: list[Exception] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def wait(self, count: int, timeout_s: float = 30.0) -> list[dict[str, Any]]:
        """What came, once there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.got) >= count, timeout_s), self.got
            return list(self.got)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            given = {name.lower(): value for name, value in self.headers.items()}
            try:
                Webhook(SECRET).verify(body, given)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the test says it
                receiver.wrong.append(error)
            with receiver.came:
                receiver.got.append(json.loads(body))
                receiver.headers.append(given)
                answer = receiver.answers.pop(0) if receiver.answers else 200
                receiver.came.notify_all()
            if not answer:
                receiver.over.wait(60)
                return
            self.send_response(answer)
            if 300 <= answer < 400:
                self.send_header("location", f"{receiver.url}elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
