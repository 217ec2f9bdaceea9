"""A PostgreSQL server on this machine, for as long as a test needs one: stopped at once, begun again, paused.

Its programs come from the system's packages (`sh requirements/servers.sh`).
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PLACES = Path("/usr/lib/postgresql")


def missing() -> str:
    """Why there can be no server here; empty if there can."""
    if _programs() is None:
        return "PostgreSQL is not installed; on Debian or Ubuntu run: sh requirements/servers.sh"
    if os.geteuid() == 0 and _user() is None:
        return "PostgreSQL refuses to run as root, and there is no user postgres"
    return ""


def _programs() -> Path | None:
    return next((p.parent for p in sorted(_PLACES.glob("*/bin/postgres"), reverse=True)), None)


def _user() -> pwd.struct_passwd | None:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres")
    return None


class Postgres:
    """A server with one empty database.

    Its files lie in a temporary folder that belongs to its user: he may not look into those of whoever tests.
    """

    def __init__(self) -> None:
        self._place = Path(tempfile.mkdtemp(prefix="zhuzi-postgres-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = int(free.getsockname()[1])
        self.url = f"postgresql://postgres@127.0.0.1:{self._port}/zhuzi"
        """What ZHUZI_JOBS is set to."""
        self._process: subprocess.Popen[bytes] | None = None
        if user := _user() if os.geteuid() == 0 else None:
            os.chown(self._place, user.pw_uid, user.pw_gid)
        made = ["initdb", "--pgdata", ".", "--username", "postgres", "--auth", "trust", "--no-sync"]
        subprocess.run(self._command(*made), cwd=self._place, check=True, capture_output=True)
        self.start()
        self._client("--command", "CREATE DATABASE zhuzi", "postgres")

    def start(self) -> None:
        """Begin, and wait until it answers."""
        # What it wrote is with the system, which does not stop here: to wait for the disk would prove nothing more.
        given = ["-c", "unix_socket_directories=", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        self._process = subprocess.Popen(
            self._command("postgres", "-D", ".", "-p", str(self._port), *given),
            cwd=self._place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        late = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < late, "PostgreSQL does not begin"
            assert self._process.poll() is None, "PostgreSQL ended"
            time.sleep(0.05)

    def stop(self) -> None:
        """End at once, in the middle of whatever it does: what `pg_ctl stop -m immediate` does."""
        process, self._process = self._process, None
        if process is not None:
            self._signal(process, signal.SIGCONT)
            process.send_signal(signal.SIGQUIT)
            process.wait()

    def close(self) -> None:
        """End, and leave nothing."""
        self.stop()
        shutil.rmtree(self._place)

    def pause(self) -> None:
        """Have it answer nothing, and close nothing."""
        assert self._process is not None
        self._signal(self._process, signal.SIGSTOP)

    def go_on(self) -> None:
        """Have it go on after a pause."""
        assert self._process is not None
        self._signal(self._process, signal.SIGCONT)

    def ask(self, question: str) -> str:
        """What it answers, without headings."""
        return self._client("--tuples-only", "--no-align", "--command", question, "zhuzi")

    def _signal(self, process: subprocess.Popen[bytes], number: int) -> None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        for pid in (process.pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _answers(self) -> bool:
        with contextlib.suppress(subprocess.CalledProcessError):
            self._client("--command", "SELECT 1", "postgres")
            return True
        return False

    def _client(self, *given: str) -> str:
        where = ["--no-psqlrc", "--quiet", "--host", "127.0.0.1", "--port", str(self._port)]
        command = self._command("psql", *where, "--username", "postgres", *given)
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout.strip()

    def _command(self, program: str, *given: str) -> list[str]:
        """As the user that may run it, and ended with this process."""
        programs = _programs()
        assert programs is not None, missing()
        user = _user() if os.geteuid() == 0 else None
        as_user = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
        return ["setpriv", "--pdeathsig", "QUIT", *as_user, "--", str(programs / program), *given]


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A server that is gone afterwards, with its files."""
    server = Postgres()
    try:
        yield server
    finally:
        server.close()
