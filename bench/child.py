"""A child process with one engine in it: its time and memory are its own.

Parent and child speak JSON, one line each way, over the child's standard input and output. What libraries print goes to
standard error, into a log that is shown only if the child dies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.contenders import Setup, loaded
from bench.work import Counter, Work

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answered:
    """What a child says to a task.

    Attributes:
        said: see `bench.contenders`.
        wall_s: seconds that it took.
        cpu_s: seconds of all its threads together.
        peak_mb: the most memory that the process has held so far.
        work: arithmetic that was done.
    """

    said: Mapping[str, Any]
    wall_s: float
    cpu_s: float
    peak_mb: float
    work: Work


class DiedError(Exception):
    """A child process ended before it answered."""


class Child:
    """One engine in a process of its own, loaded and waiting.

    Args:
        engine: see `bench.contenders.ENGINES`.
        setup: what it is given.
        log: file for what it prints.
        python: an interpreter of another environment, for an engine that lives there.
    """

    def __init__(self, engine: str, setup: Setup, log: Path, python: str = sys.executable) -> None:
        self.engine, self._log = engine, log
        with log.open("w") as said:
            self._process = subprocess.Popen(  # noqa: S603 - our own file, or the interpreter that the user names
                [python, str(Path(__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                cwd=ROOT,
                env={**os.environ, "OMP_NUM_THREADS": str(setup.threads)},
            )
        started = time.perf_counter()
        self._ask({"engine": engine, "setup": asdict(setup)})
        self.loading_s = time.perf_counter() - started

    def _ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it died; what it printed says why
        line = self._process.stdout.readline()
        if not line:
            self.close()
            last = self._log.read_text(errors="replace").strip().splitlines()[-8:]
            raise DiedError(f"{self.engine} ended.\n" + "\n".join(last))
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, do: str, sound: Path, **more: Any) -> Answered:
        """Give it a task about a file that `speakers.sound.decode` wrote."""
        answer = self._ask({"do": do, "sound": str(sound), **more})
        return Answered(
            answer["said"], answer["wall_s"], answer["cpu_s"], answer["peak_mb"], Work(**answer["work"])
        )

    def close(self) -> None:
        """End it, and wait until its memory is free."""
        self._process.communicate()


def peak_mb() -> float:
    """The most memory that this process has held.

    Not `ru_maxrss`: that one starts with what the parent held when it made the child.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6


def serve() -> None:
    """Load an engine and answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    asked = json.loads(sys.stdin.readline())
    counter = Counter()
    engine = loaded(asked["engine"], Setup(**asked["setup"]), counter)
    print(json.dumps({}), file=answers, flush=True)

    from speakers.sound import Sound

    for line in sys.stdin:
        task = json.loads(line)
        sound = Sound(Path(task["sound"]))
        counter.taken()
        cpu, wall = time.process_time(), time.perf_counter()
        said = getattr(engine, task["do"])(sound, task)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        work = asdict(counter.taken())
        answer = {"said": said, "wall_s": wall, "cpu_s": cpu, "peak_mb": peak_mb(), "work": work}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve()
