"""Work in a process of its own: what crashes, leaks or eats memory there does not take the server down.

Both sides of the talk stand here. The parent writes one JSON object to the child's standard input, and reads JSON
objects, a line each, from its standard output: reports, sentences, and at the end what came of it or the error.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from speakers.error import BusyError, StageError, StorageError, ZhuziError

MODULE = "pipeline.work_child"
"""What the child runs."""

_places = threading.BoundedSemaphore(4)

_WAIT_S = 10.0

_ROOT = Path(__file__).resolve().parents[1]
_PR_SET_PDEATHSIG = 1


def error_of(said: Mapping[str, Any]) -> ZhuziError:
    """The error that a child said, of its own kind."""
    kinds = {kind.exit_code: kind for kind in ZhuziError.__subclasses__()}
    return kinds.get(int(said["exit_code"]), ZhuziError)(str(said["what"]), str(said["cure"]))


def start(
    task: Mapping[str, Any], module: str = MODULE, *, more: bool = False, heard: bool = False
) -> subprocess.Popen[bytes]:
    """A child that does a task; it dies with the thread that started it.

    Args:
        task: JSON values; it goes through a pipe, so that no list of processes shows it.
        module: what runs there.
        more: whether it gets further tasks, by `tell`.
        heard: whether its standard error is this process's: only of one that runs no engine, and logs there.

    Raises:
        StorageError: If the system starts no process.
    """
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        child = subprocess.Popen(  # noqa: S603 - this Python, a module of ours
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if heard else subprocess.DEVNULL,  # engines and codecs print there whatever they like
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
        )
    except OSError as error:
        raise StorageError(
            f"No process can be started ({os.strerror(error.errno or 0).lower()}).",
            "Close other programs, then try again.",
        ) from error
    tell(child, {**task, "parent": os.getpid()})
    if not more and child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    return child


def tell(child: subprocess.Popen[bytes], task: Mapping[str, Any]) -> None:
    """Give a child a task; if it died meanwhile, its end says so."""
    assert child.stdin is not None  # noqa: S101 - asked for in `start`
    with contextlib.suppress(OSError):
        child.stdin.write(json.dumps(task).encode() + b"\n")
        child.stdin.flush()


def said_by(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """What a child says, until it ends; what is no object is passed over."""
    assert child.stdout is not None  # noqa: S101 - asked for in `start`
    with child.stdout as lines:
        yield from filter(None, map(object_of, lines))


def object_of(line: bytes) -> dict[str, Any]:
    """What a child said in one line; empty for what is no object."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def let_go(child: subprocess.Popen[bytes]) -> None:
    """End a child that nobody listens to any more."""
    stop(child)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def ended(code: int) -> ZhuziError:
    """What it means that a child ended without a word."""
    if code == -signal.SIGKILL:
        return StageError(
            "The system ended the work, probably for lack of memory.",
            "Close other programs, or choose a smaller model, then try again.",
        )
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return StageError(
        f"The work ended unexpectedly ({how}).",
        "Try again; if it happens again, report it with error.log.",
    )


def unforeseen(error: Exception) -> ZhuziError:
    """What it means that something was thrown that nobody throws; its own message may hold words."""
    return StageError(
        f"Something unforeseen happened ({type(error).__name__}).",
        "Try again; if it happens again, report it with error.log.",
    )


def ask(task: Mapping[str, Any], timeout_s: float, module: str = MODULE) -> dict[str, Any]:
    """Have a child do something short, and wait for it.

    Args:
        task: as for `start`.
        timeout_s: it is ended after so long.
        module: what runs there.

    Returns:
        What it said came of it.

    Raises:
        BusyError: If many children are waited for already: each may take a gigabyte.
        ZhuziError: What it said, or that it ended without a word.
    """
    with _place():
        return _asked(start(task, module), timeout_s)


@contextlib.contextmanager
def _place() -> Iterator[None]:
    """One of the few places for children that are waited for."""
    if not _places.acquire(timeout=_WAIT_S):
        raise BusyError("Many files are being looked into at this moment.", "Try again in a minute.")
    try:
        yield
    finally:
        _places.release()


def _asked(child: subprocess.Popen[bytes], timeout_s: float) -> dict[str, Any]:
    late = threading.Timer(timeout_s, stop, [child])
    late.start()
    try:
        for said in said_by(child):
            if "error" in said:
                raise error_of(said["error"])
            if "done" in said:
                return dict(said["done"])
    finally:
        in_time = late.is_alive()
        late.cancel()
        stop(child)
    if in_time:
        raise ended(child.returncode)
    raise StageError(
        f"Looking into the file took longer than {timeout_s:.0f} s.", "Save it anew, then try again."
    )


class Pipe:
    """The child's side: takes the task, and says how it goes."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # whatever libraries print is not part of the talk
        self.task: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
        _die_with(int(self.task["parent"]))

    def tasks(self) -> Iterator[dict[str, Any]]:
        """The tasks that come after the first one, until nobody has any more."""
        for line in sys.stdin.buffer:
            self.task = json.loads(line)
            yield self.task

    def say(self, **values: object) -> None:
        """One object."""
        self._out.write(json.dumps(values, ensure_ascii=False) + "\n")
        self._out.flush()


def _die_with(parent: int) -> None:
    """Be ended by the system as soon as the parent is; Linux knows how."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
