"""What twenty reviewers ask of the room at once, for locust: it runs in locust's environment, not in ours.

The file that ROOM_LOAD names says which meeting, and whose sessions: `{"meeting": ID, "sessions": [[cookie, csrf], …],
"deciders": N, "into": PATH, "seed": N}`. Every request becomes a line of JSON in `into`: what, milliseconds, HTTP
status, seconds since the epoch.

Three of four correct, the others decide marks. Whoever corrects thinks for 1 to 5 s between two acts and corrects a
statement about every 20 s; whoever decides thinks for 2 to 6 s and decides a mark about every 7 s. That is a busy hour:
people who listen are slower. The pages ask for changes by themselves as often as their scripts do, and fetch what
those scripts fetch after a change.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import time
from pathlib import Path
from typing import Any

import gevent
from locust import HttpUser, between, events, task

PLAN: dict[str, Any] = json.loads(Path(os.environ["ROOM_LOAD"]).read_text(encoding="utf-8"))
HERE = f"/meetings/{PLAN['meeting']}"
CONFLICT = 409
_READS_EVERY_S, _DECIDES_EVERY_S = 4, 8
"""How often the scripts of the pages ask for changes: `read-store.js`, `marks.js`."""

_NAMES = ("品妤", "佩珊", "陳筱明")
_SHARED = 60
"""Statements that everybody corrects now and then, so that two are at one sometimes."""

_people = itertools.count()
_into = Path(PLAN["into"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - until the process ends


@events.request.add_listener
def _noted(name: str, response_time: float, response: Any, exception: Any, **_: object) -> None:
    status = getattr(response, "status_code", 0) or 0
    failed = exception is not None and status != CONFLICT
    _into.write(json.dumps([name, response_time, status, time.time(), failed]) + "\n")


@events.user_error.add_listener
def _stopped(exception: Exception, **_: object) -> None:
    """What this file did not expect counts as an error too."""
    _into.write(json.dumps([type(exception).__name__, 0.0, 0, time.time(), True]) + "\n")


class _Reviewer(HttpUser):
    """Somebody who is signed in, with a page that asks for changes."""

    abstract = True

    def on_start(self) -> None:
        number = next(_people)
        cookie, csrf = PLAN["sessions"][number % len(PLAN["sessions"])]
        self.chance = random.Random(f"{PLAN['seed']} {number}")  # noqa: S311 - repeatable by intent
        self.client.cookies.set("zhuzi", cookie)
        self.client.headers.update({"x-csrf": csrf, "origin": self.host or "", "accept": "application/json"})
        self.open()
        self.watching = gevent.spawn(self.watch)

    def on_stop(self) -> None:
        self.watching.kill()

    def open(self) -> None:
        """What the page loads."""

    def watch(self) -> None:
        """What the page asks by itself."""

    def said(self, path: str, name: str) -> Any:
        """A GET; what was answered, or None."""
        with self.client.get(HERE + path, name=name, catch_response=True) as answer:
            return answer.json() if answer.status_code == 200 else None

    def change(self, path: str, name: str, values: dict[str, Any]) -> tuple[int, Any]:
        """A POST; its status, and what was answered. A conflict that is shown is no failure."""
        with self.client.post(HERE + path, json=values, name=name, catch_response=True) as answer:
            if answer.status_code == CONFLICT:
                answer.success()
            try:
                return answer.status_code, answer.json()
            except ValueError:
                return answer.status_code, {}

    def sound(self, path: str, name: str, **headers: str) -> None:
        """Some sound, of which nothing is kept."""
        self.client.get(HERE + path, name=name, headers=headers).close()


class Reader(_Reviewer):
    """Somebody who listens, reads and corrects."""

    fixed_count = len(PLAN["sessions"]) - PLAN["deciders"]
    wait_time = between(1, 5)

    def open(self) -> None:
        """As `meeting.js` does."""
        self.client.get(HERE, name="open the record", headers={"accept": "text/html"})
        outline = self.said("/outline", "outline")
        self.version = outline["version"]
        self.order = [column[0] for column in outline["columns"]]
        self.rows: dict[str, Any] = {}
        self.at = self.chance.randrange(len(self.order))
        self.said("/picture", "picture")
        self.have, self.drafted = "", outline["drafted"]
        self.suggested()
        self.client.get(f"{HERE}/waveform", name="waveform")
        self.fetch()

    def watch(self) -> None:
        """As `read-store.js` does."""
        while True:
            gevent.sleep(_READS_EVERY_S)
            self.take(self.said(f"/changes?since={self.version}", "changes"))

    def take(self, said: Any) -> None:
        """Take over what changed, as the page does."""
        if not said or said["version"] == self.version:
            return
        self.version = said["version"]
        searched = said.get("drafted", self.drafted) != self.drafted
        self.drafted = said.get("drafted", self.drafted)
        self.rows.update({row["id"]: row for row in said.get("rows", ())})
        self.order = said.get("order", self.order)
        for gone in said.get("stale", ()):
            self.rows.pop(gone, None)
        if searched:
            gevent.spawn_later(0.3, self.suggested)

    def suggested(self) -> None:
        """Corrections that are suggested, unless they are known."""
        said = self.said(f"/suggestions?have={self.have}", "suggestions")
        self.have = said["version"] if said else self.have

    def fetch(self) -> None:
        """The rows of about here, unless they are known."""
        first = self.order[self.at // 100 * 100]
        if first not in self.rows:
            said = self.said(f"/statements?from={first}&count=100", "statements")
            self.rows.update({row["id"]: row for row in said["rows"]} if said else {})

    @task(6)
    def read_on(self) -> None:
        """Some statements further."""
        self.at = (self.at + self.chance.randrange(1, 8)) % len(self.order)
        self.fetch()

    @task(8)
    def listen(self) -> None:
        """Eight seconds of the sound."""
        begin = 44 + self.at * 128_000
        self.sound("/sound", "sound, 256 KiB", Range=f"bytes={begin}-{begin + 262_143}")

    @task(2)
    def jump(self) -> None:
        """Somewhere else, and listen there."""
        self.at = self.chance.randrange(len(self.order))
        self.fetch()
        self.listen()

    @task(1)
    def search(self) -> None:
        """Look for a word."""
        self.change("/search", "search", {"text": self.chance.choice(("附議", "停車", "公園", *_NAMES))})

    @task(3)
    def correct(self) -> None:
        """Correct the statement that is being read."""
        if self.chance.random() < 0.1:
            self.at = self.chance.randrange(_SHARED)
        self.fetch()
        row = self.rows.get(self.order[self.at])
        if row is None:
            return
        text = re.sub("（[0-9]+）", "", row["text"]) + f"（{self.chance.randrange(100)}）"
        if self.chance.random() < 0.1:
            text = self.chance.choice(_NAMES) + "說，" + text
        act = {"act": "correct", "statement": row["id"], "digest": row["digest"], "text": text}
        status, said = self.change("/acts", "correct", {"acts": [act], "since": self.version})
        self.take(said if status == 200 else self.said(f"/changes?since={self.version}", "changes"))


class Decider(_Reviewer):
    """Somebody who goes through the queue of marks."""

    fixed_count = PLAN["deciders"]
    wait_time = between(2, 6)

    def open(self) -> None:
        """As `marks.js` does."""
        self.client.get(f"{HERE}/marks", name="open the queue", headers={"accept": "text/html"})
        self.version = ""
        self.rows: dict[str, Any] = {}
        self.load()

    def load(self) -> None:
        """The whole queue, unless it is known."""
        said = self.said(f"/marks.json?have={self.version}", "queue of marks")
        if said and not said.get("same"):
            self.version = said["version"]
            self.rows = {row["id"]: row for row in said["rows"]}

    def watch(self) -> None:
        """As it does."""
        while True:
            gevent.sleep(_DECIDES_EVERY_S)
            self.load()

    def pick(self) -> Any:
        """The next that nobody decided; everybody begins at the top."""
        left = [row for row in self.rows.values() if not row["verdict"]] or list(self.rows.values())
        return left[min(self.chance.randrange(12), len(left) - 1)]

    @task(6)
    def decide(self) -> None:
        """Mask or keep a mark."""
        row = self.pick()
        answer = {"mark": row["id"], "verdict": "mask", "seen": row["seq"]}
        if self.chance.random() < 0.2:
            answer |= {"verdict": "keep", "reason": "公開的職務"}
        status, said = self.change("/marks", "decide a mark", {"answers": [answer]})
        if status == CONFLICT:
            self.rows.update({one["id"]: one for one in said.get("overtaken", ())})
            for gone in said.get("gone", ()):
                self.rows.pop(gone, None)
        elif status == 200 and said["was"] == self.version:
            self.version = said["version"]
            self.rows.update({one["id"]: one for one in said["rows"]})
        else:
            self.load()

    @task(3)
    def listen(self) -> None:
        """The sound at a mark."""
        row = self.pick()
        self.sound(f"/excerpt.wav?from={row['start_ms']}&to={row['end_ms']}", "sound at a mark")

    @task(1)
    def listen_masked(self) -> None:
        """A mark's sound as it would be published."""
        row = self.pick()
        self.sound(f"/masked.wav?from={row['start_ms']}&to={row['end_ms']}", "masked sound at a mark")
