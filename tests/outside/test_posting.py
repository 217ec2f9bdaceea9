"""Whoever is asked cannot hold up who asks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from pipeline.outside import posting
from pipeline.outside.posting import LATE, request

_PIECES = 400
"""At most: then the test's server ends by itself, and well."""


def _slow_header(line: socket.socket, pause: Callable[[], object]) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(_PIECES):
        line.sendall(b"a")
        pause()
    line.sendall(b"\r\ncontent-length: 0\r\n\r\n")


def _never_the_answer(line: socket.socket, pause: Callable[[], object]) -> None:
    for _ in range(_PIECES):
        line.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        pause()
    line.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


@contextmanager
def _serving(answer: Callable[[socket.socket, Callable[[], object]], None]) -> Iterator[str]:
    over = threading.Event()

    def serve() -> None:
        line, _ = listening.accept()
        with line, suppress(OSError):
            line.recv(1 << 16)
            answer(line, lambda: over.wait(0.02))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize("answer", [_slow_header, _never_the_answer])
def test_who_sends_a_byte_now_and_then_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[socket.socket, Callable[[], object]], None]
) -> None:
    monkeypatch.setattr(posting, "_CONNECT_S", 0.5)
    with _serving(answer) as url:
        assert request("GET", url, None, {}, public=False, most=100, answer_s=0.5) == LATE
