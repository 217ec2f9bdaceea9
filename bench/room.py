"""The review room, measured: pages and frames in Chromium, twenty reviewers at once, and the server's memory.

    python bench/room.py [--json] [--runs 5] [--minutes 5] [--locust PYTHON] [--statements 4500]

A meeting of five hours is made without a model (`bench/long_meeting.py`); `zhuzi serve` runs in a process of its own,
and everybody comes in by a link as people do. Chromium is the system's. "Usable" means that the first statement is
painted and the page's script is ready for keys, with nothing in the browser's cache; it counts from the beginning of
the navigation. A frame is the time between two animation frames of the page.

The load is made by locust 2.47, which is no dependency. It lives in an environment of its own:

    python -m venv FOLDER && FOLDER/bin/pip install locust==2.47.0
    python bench/room.py --locust FOLDER/bin/python

What the twenty do, and how fast, stands in `bench/room_load.py`. Chromium has the record open meanwhile, and corrects
too.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import room_browser
from bench.long_meeting import make, review
from bench.room_browser import Frames, Kind, Opened, Window
from bench.room_goals import Answer, Measured, rows
from bench.room_server import ROOT, DiedError, Server, Session
from bench.rows import show
from pipeline.review import draft_of

REVIEWERS, DECIDERS = 20, 5
_DECIDED, _CORRECTED = 300, 200
_ALONE = 40
_SAMPLED_S = 2.0


def tell(what: str) -> None:
    """Progress, on standard error."""
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def pages(meeting: str) -> dict[str, Kind]:
    """The pages that are opened: of all meetings, of one's record, and of its marks."""
    here = f"/meetings/{meeting}"
    return {
        "meetings": Kind("/", f"main a[href='{here}']"),
        "record": Kind(
            here, "#feed .said:not(.waiting) .text", "#meeting[data-ready]", "j", "#feed .said.current"
        ),
        "marks": Kind(f"{here}/marks", "#rows .row", "#rows .row.current", "j", "#rows .row.current"),
    }


@dataclass
class Bench:
    """A meeting, and what was measured of it so far.

    Attributes:
        data: data directory.
        meeting: its id.
        scratch: folder for plans and logs.
        opened: as in `Measured`.
        frames: likewise.
        memory: likewise.
    """

    data: Path
    meeting: str
    scratch: Path
    opened: dict[str, list[Opened]] = field(default_factory=dict)
    frames: dict[str, Frames] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def server(self) -> Iterator[Server]:
        """The room, just started."""
        server = Server(self.data, self.scratch / "server.log")
        try:
            yield server
        finally:
            server.close()

    def first(self) -> None:
        """Each page as the first that anybody opens since the server started."""
        for number, (name, kind) in enumerate(pages(self.meeting).items()):
            with self.server() as server:
                session = server.enter(f"第一位{'一二三'[number]}")
                with room_browser.window(server.url, session) as window:
                    self.opened[f"{name}, first since the server started"] = [window.open(kind)]

    def browse(self, window: Window, runs: int) -> Frames:
        """Pages that others opened before, and what is done in them; the frames of an empty page."""
        for name, kind in pages(self.meeting).items():
            window.open(kind)
            self.opened[name] = [window.open(kind) for _ in range(runs)]
        kinds = pages(self.meeting)
        with window.page(kinds["record"]) as page:
            tell("scrolling the record")
            self.frames["scrolling the record"] = window.watched(page, lambda: room_browser.scroll(page))
        with window.page(kinds["record"]) as page:
            tell("jumping and seeking")
            self.frames["leaping in the record"] = window.watched(page, lambda: room_browser.leap(page, 40))
            keys = ["m", "o", "m", "j", "k", "M"]
            self.frames["keys in the record"] = window.watched(
                page, lambda: room_browser.press(page, keys, 60)
            )
            self.frames["seeking in the sound"] = window.watched(page, lambda: room_browser.seek(page, 25))
        with window.page(kinds["marks"]) as page:
            tell("scrolling the marks")
            self.frames["scrolling the marks"] = window.watched(page, lambda: room_browser.scroll(page))
            self.frames["leaping in the marks"] = window.watched(page, lambda: room_browser.leap(page, 40))
            keys = ["j", "j", "n", "h"]
            self.frames["keys in the marks"] = window.watched(
                page, lambda: room_browser.press(page, keys, 60)
            )
        return window.empty(10)

    def alone(self, server: Server, session: Session, times: int, pause_s: float = 1.0) -> list[Answer]:
        """Corrections by one reviewer, nobody else there."""
        asks = Asks(server, session, f"/meetings/{self.meeting}")
        chance = random.Random(7)  # noqa: S311 - repeatable by intent
        order = [column[0] for column in asks.get("/outline")["columns"]]
        made = []
        for number in range(times):
            first = chance.choice(order)
            said = asks.get(f"/statements?from={first}&count=1")
            row = said["rows"][0]
            act = {"act": "correct", "statement": first, "digest": row["digest"]}
            made.append(
                asks.post(
                    "/acts",
                    {"acts": [act | {"text": f"{row['text']}（{number}）"}], "since": said["version"]},
                )
            )
            time.sleep(pause_s)
        asks.close()
        return made

    def together(
        self, server: Server, window: Window, sessions: Sequence[Session], python: str, minutes: float
    ) -> tuple[list[Answer], list[float], list[float]]:
        """Everybody at once: what was answered, corrections in Chromium, and the memory every two seconds."""
        plan, into = self.scratch / "plan.json", self.scratch / "answers.jsonl"
        keys = [[s.cookie, s.csrf] for s in sessions]
        values = {
            "meeting": self.meeting,
            "sessions": keys,
            "deciders": DECIDERS,
            "into": str(into),
            "seed": 5,
        }
        plan.write_text(json.dumps(values), encoding="utf-8")
        command = (
            python,
            "-m",
            "locust",
            "-f",
            str(ROOT / "bench/room_load.py"),
            "--headless",
            "--only-summary",
        )
        command += ("--users", str(len(sessions)), "--spawn-rate", "2", "--run-time", f"{minutes * 60:.0f}s")
        environment = {**os.environ, "ROOM_LOAD": str(plan)}
        held: list[float] = []
        seen: list[float] = []
        with (self.scratch / "locust.log").open("wb") as said:
            tool = subprocess.Popen(  # noqa: S603 - the interpreter that was given
                (*command, "--host", server.url), env=environment, cwd=self.scratch, stdout=said, stderr=said
            )
            watcher = threading.Thread(target=_watch, args=(server, tool, held))
            watcher.start()
            try:
                with window.page(pages(self.meeting)["record"]) as page:

                    def work() -> None:
                        until = time.monotonic() + minutes * 60 - 5
                        while time.monotonic() < until and tool.poll() is None:
                            seen.extend(room_browser.correct(page, 3, 2.0))
                            room_browser.leap(page, 8)

                    self.frames["working while others do"] = window.watched(page, work)
                tool.wait(minutes * 60 + 60)
            finally:
                tool.terminate()
                watcher.join()
        if not into.exists():
            raise DiedError((self.scratch / "locust.log").read_text(encoding="utf-8")[-2000:])
        lines = into.read_text(encoding="utf-8").splitlines()
        return [Answer(*json.loads(line)) for line in lines], seen, held


class Asks:
    """Requests of one person over one connection, timed.

    Args:
        server: asked.
        session: whose.
        base: path of the meeting.
    """

    def __init__(self, server: Server, session: Session, base: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._base = base
        self._headers = {
            "cookie": f"zhuzi={session.cookie}",
            "x-csrf": session.csrf,
            "origin": server.url,
            "accept": "application/json",
            "content-type": "application/json",
        }

    def get(self, path: str) -> dict[str, list[dict[str, str]]]:
        """What is answered to a GET."""
        self._connection.request("GET", self._base + path, headers=self._headers)
        found: dict[str, list[dict[str, str]]] = json.loads(self._connection.getresponse().read())
        return found

    def post(self, path: str, values: object) -> Answer:
        """How a correction went."""
        began = time.perf_counter()
        self._connection.request("POST", self._base + path, json.dumps(values), self._headers)
        answer = self._connection.getresponse()
        answer.read()
        took = (time.perf_counter() - began) * 1000
        return Answer("correct", took, answer.status, time.time(), answer.status != 200)

    def close(self) -> None:
        """No more requests."""
        self._connection.close()


def _watch(server: Server, tool: subprocess.Popen[bytes], held: list[float]) -> None:
    while tool.poll() is None:
        held.append(server.memory().now)
        time.sleep(_SAMPLED_S)


def measure(data: Path, scratch: Path, options: argparse.Namespace) -> Measured:
    """Everything, of a meeting that is made now."""
    crowd = (os.getloadavg()[0], len(os.sched_getaffinity(0)))
    tell("making the meeting")
    folder = make(data, statements=options.statements)
    review(folder, decided=_DECIDED, corrected=_CORRECTED)
    draft = draft_of(folder)
    said, words = draft.record.statements, sum(len(s.words) for s in draft.record.statements)
    bench = Bench(data, folder.id, scratch)
    tell("first pages since the server started")
    bench.first()
    together, seen, held, busy = list[Answer](), list[float](), list[float](), None
    with bench.server() as server:
        bench.memory["started"] = server.memory().now
        sessions = [server.enter(f"審閱者{number:02}") for number in range(1, REVIEWERS + 2)]
        with room_browser.window(server.url, sessions[-1]) as window:
            tell("pages that were opened before")
            empty = bench.browse(window, options.runs)
            tell("one reviewer corrects")
            alone = bench.alone(server, sessions[0], _ALONE)
            bench.memory["one reviewer"] = server.memory().peak
            tool = "no --locust"
            if options.locust and options.minutes > 0:
                tell(f"{REVIEWERS} reviewers for {options.minutes:g} minutes")
                tool = _version(options.locust)
                spent, began = server.processor_s(), time.monotonic()
                together, seen, held = bench.together(
                    server, window, sessions[:-1], options.locust, options.minutes
                )
                busy = (server.processor_s() - spent) / (time.monotonic() - began)
        bench.memory["at the end"] = server.memory().now
        bench.memory["most since it started"] = server.memory().peak
    return Measured(
        meeting=f"{len(said)} statements, {words} words, {len(draft.marks)} marks",
        reviewers=REVIEWERS,
        opened=bench.opened,
        frames=bench.frames,
        empty=empty,
        alone=alone,
        together=together,
        seen=seen,
        memory=bench.memory,
        grew=held[-1] - held[len(held) // 4] if len(held) > 3 else None,
        busy=busy,
        crowd=crowd,
        tool=tool,
    )


def _version(python: str) -> str:
    command = [python, "-m", "locust", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as above
    if said.returncode:
        raise DiedError(f"{python} has no locust: {said.stderr.strip()[-200:]}")
    return " ".join(said.stdout.split()[:2])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=5, help="how often each page is opened")
    parser.add_argument("--minutes", type=float, default=5.0, help="of load")
    parser.add_argument("--locust", default="", help="interpreter of an environment with locust in it")
    parser.add_argument("--statements", type=int, default=4_500)
    options = parser.parse_args()
    if not room_browser.chromium():
        parser.error("There is no Chromium on this machine. Install it: sh requirements/browser.sh.")
    try:
        if options.locust:
            _version(options.locust)
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            found = measure(scratch / "data", scratch, options)
    except DiedError as error:
        sys.exit(f"Error: {error}")
    print(show(rows(found), as_json=options.json))


if __name__ == "__main__":
    main()
