"""An archive on this machine that behaves as the API of sayit.archive.tw is documented, and can be told to fail."""

from __future__ import annotations

import difflib
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "a-token-that-lets-us-write"  # noqa: S105 - of this server only
LONGEST = 50


@dataclass
class Record:
    """What stands under a key: its first line, and its paragraphs with the ids that permalinks are made of."""

    title: str
    paragraphs: list[tuple[int, str]]


@dataclass
class Archive:
    """The server.

    Attributes:
        answers: what it does instead of its work, one for each request: HTTP's numbers; 0: the work, and then no
            answer; -503: the work, and then 503 with success.
        asked: (method, path, body) of each request.
    """

    url: str = ""
    records: dict[str, Record] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    next_id: int = 1
    over: threading.Event = field(default_factory=threading.Event)

    def key_for(self, filename: str, title: str) -> str:
        """As the server normalises it."""
        key = filename.lower().removesuffix(".md").replace("：", "-")
        while len(key.encode("utf-16-le")) > 2 * LONGEST:
            key = key[:-1]
        if key in self.records and self.records[key].title != title:
            return f"{key[:42]}-{hashlib.sha256(title.encode()).hexdigest()[:7]}"
        return key

    def store(self, filename: str, markdown: str, *, keep_ids: bool) -> str:
        """Take a record in."""
        title, *said = markdown.strip("\n").split("\n\n")
        key = self.key_for(filename, title)
        before = self.records[key].paragraphs if keep_ids and key in self.records else []
        ids: dict[int, int] = {}
        match = difflib.SequenceMatcher(None, [text for _, text in before], said, autojunk=False)
        for block in match.get_matching_blocks():
            ids |= {block.b + i: before[block.a + i][0] for i in range(block.size)}
        paragraphs = []
        for number, text in enumerate(said):
            if number not in ids:
                ids[number], self.next_id = self.next_id, self.next_id + 1
            paragraphs.append((ids[number], text))
        self.records[key] = Record(title, paragraphs)
        return key


def _handler(archive: Archive) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PATCH(self) -> None:
            self._take(keep_ids=True)

        def do_POST(self) -> None:
            self._take(keep_ids=False)

        def _take(self, *, keep_ids: bool) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told = self._told(body)
            if told is None or self._shut():
                return
            if not isinstance(body.get("filename"), str) or not isinstance(body.get("markdown"), str):
                self._say(400, {"error": "Missing fields"})
                return
            key = archive.store(body["filename"], body["markdown"], keep_ids=keep_ids)
            if told == 0:
                archive.over.wait(60)
            else:
                self._say(abs(told), {"success": True, "filename": key, "inserted": 1})

        def do_DELETE(self) -> None:
            told = self._told(None)
            if told is None or self._shut():
                return
            (key,) = parse_qs(urlsplit(self.path).query)["filename"]
            there = archive.records.pop(key, None)
            self._say(200 if there else 404, {"success": there is not None})

        def do_GET(self) -> None:
            if self._told(None) is None:
                return
            key = unquote(urlsplit(self.path).path).removeprefix("/api/md/").removesuffix(".md")
            there = archive.records.get(key)
            self._say(200 if there else 404, there.title + "\n\nmade from its AN\n" if there else "Not found")

        def _told(self, body: Any) -> int | None:
            """What a test told it to do; None if it is done."""
            archive.asked.append((self.command, self.path, body))
            told = archive.answers.pop(0) if archive.answers else 200
            if told in {200, 0, -503}:
                return told
            self._say(told, {"error": "so it was told"}, location=f"{archive.url}/elsewhere")
            return None

        def _shut(self) -> bool:
            if self.headers["authorization"] == f"Bearer {TOKEN}":
                return False
            self._say(400, "Forbidden")
            return True

        def _say(self, status: int, said: Any, **headers: str) -> None:
            data = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Handler


@contextmanager
def serving() -> Iterator[Archive]:
    """An archive on a free port of this machine."""
    archive = Archive()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(archive))
    server.daemon_threads = True
    archive.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield archive
    finally:
        archive.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
