"""The room under measurement: `zhuzi serve` in a process of its own, people who are in it, and its memory."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from pipeline.room.accounts import Role
from pipeline.room.emergency import make
from pipeline.settings import settings

ROOT = Path(__file__).resolve().parent.parent
_COMMAND = (sys.executable, "-c", "from pipeline.cli import main; main()")
_PASSWORD = "correct horse battery"  # noqa: S105 - of invented accounts
_WAIT_S = 60


class DiedError(Exception):
    """The server ended, or never began to listen."""


@dataclass(frozen=True)
class Session:
    """Somebody who signed in.

    Attributes:
        cookie: key of the session.
        csrf: what every change of theirs brings along.
    """

    cookie: str
    csrf: str


@dataclass(frozen=True)
class Memory:
    """What the server's process holds of the machine's memory, in megabytes.

    Attributes:
        now: at this moment.
        peak: the most since it began.
    """

    now: float
    peak: float


class Server:
    """The room of a data directory, listening at a free port of this machine.

    Args:
        data: the directory.
        log: file for what it prints.
    """

    def __init__(self, data: Path, log: Path) -> None:
        self.data = data
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        began = time.perf_counter()
        with log.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                (*_COMMAND, "serve", "--port", str(self.port), "--data", str(data)),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=said,
                stderr=said,
            )
        while not self._listens():
            if self._process.poll() is not None or time.perf_counter() - began > _WAIT_S:
                self.close()
                raise DiedError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.02)
        self.started_s = time.perf_counter() - began

    def _listens(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0

    def memory(self) -> Memory:
        """What it holds now, and held at most."""
        said = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        found = {name: int(kib) / 1000 * 1.024 for name, kib in re.findall(r"(VmHWM|VmRSS):\s+(\d+)", said)}
        return Memory(found["VmRSS"], found["VmHWM"])

    def processor_s(self) -> float:
        """Seconds of processor time that it took so far."""
        said = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")

    def enter(self, name: str) -> Session:
        """A new account for somebody who reviews, and a session of theirs, by a link as everybody gets one."""
        url = make(settings(self.data), name, [Role.REVIEWER])
        form = urlencode({"password": _PASSWORD, "again": _PASSWORD})
        headers = {"origin": self.url, "content-type": "application/x-www-form-urlencoded"}
        answer = self._ask("POST", urlsplit(url).path, form, headers)
        cookie = re.search(r"zhuzi=([^;]+)", answer.headers.get("set-cookie", ""))
        if cookie is None:
            raise DiedError(f"nobody came in by a link: HTTP {answer.status}")
        page = self._ask("GET", "/account", "", {"cookie": f"zhuzi={cookie[1]}", "accept": "text/html"})
        csrf = re.search(r'name="csrf" content="([^"]+)"', page.said)
        if csrf is None:
            raise DiedError(f"the page of the own account holds no token: HTTP {page.status}")
        return Session(cookie[1], csrf[1])

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> _Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_WAIT_S)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        said = answer.read().decode("utf-8", "replace")
        connection.close()
        return _Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, said)

    def close(self) -> None:
        """End it as Ctrl-C does."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: dict[str, str]
    said: str
