"""Which places will do for a store, and what is said of those that will not: never a key, never an address."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.doctor import examine
from pipeline.folder import MeetingFolder
from pipeline.store import Store
from pipeline.store_remote import objects
from speakers.error import StorageError
from tests.conftest import ROOT
from tests.object_store import READER, READER_SECRET, SECRET, BucketPlace, Server, credentials, server

ID = "0f3a9c27d1b4"


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("seaweed")) as made:
        yield made


@pytest.fixture
def bucket(s3: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], BucketPlace]:
    """Makes a bucket, and gives this process the right to it."""
    for name, value in credentials(s3.port).items():
        monkeypatch.setenv(name, value)
    return lambda name: BucketPlace(s3, name)


@contextlib.contextmanager
def through(port: int, change: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Iterator[int]:
    """A proxy before the server that does something to each request before it passes it on."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def passed(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            change(self)
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as there:
                there.request(self.command, self.path, body, dict(self.headers))
                answer = there.getresponse()
                data = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"transfer-encoding", "content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = passed  # noqa: N815 - so http.server wants them called

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so http.server calls it
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield made.server_port
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def key(tmp_path: Path) -> Path:
    return tmp_path / "store.key"


def test_a_bucket_on_a_real_server_will_do(bucket: Callable[[str], BucketPlace], tmp_path: Path) -> None:
    Store(bucket("good").url, key(tmp_path)).check()


def test_a_server_that_lets_two_create_the_same_object_is_refused(
    s3: Server, bucket: Callable[[str], BucketPlace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = bucket("deaf")

    def forget(request: http.server.BaseHTTPRequestHandler) -> None:
        if request.headers.get("If-None-Match"):  # which is signed: the proxy cannot take it out
            place.remove(request.path.split("/office/")[1])

    with through(s3.port, forget) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        with pytest.raises(StorageError, match="lets two machines create the same object"):
            Store(place.url, key(tmp_path)).check()
    assert place.raw() == {}


def test_a_bucket_that_keeps_what_is_removed_is_refused(
    bucket: Callable[[str], BucketPlace], tmp_path: Path
) -> None:
    place = bucket("versioned")
    place._fs.call_s3(
        "put_bucket_versioning", Bucket="versioned", VersioningConfiguration={"Status": "Enabled"}
    )
    with pytest.raises(StorageError, match="keeps what is removed"):
        Store(place.url, key(tmp_path)).check()


def test_who_may_only_read_hears_so_without_a_key(
    s3: Server, bucket: Callable[[str], BucketPlace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = bucket("readonly")
    for secret in (READER_SECRET, "wrong"):
        for name, value in credentials(s3.port, READER, secret).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(StorageError, match="does not let this machine in") as told:
            Store(place.url, key(tmp_path)).check()
        shown = f"{told.value!r} {told.value.__cause__!r}"
        assert not [s for s in (READER, secret, SECRET, "127.0.0.1", "readonly") if s in shown]


def test_a_bucket_that_is_not_there_is_said_to_be_so(
    bucket: Callable[[str], BucketPlace], tmp_path: Path
) -> None:
    bucket("there")
    store = Store("s3://elsewhere/office", key(tmp_path))
    with pytest.raises(StorageError, match="bucket or folder is not there"):
        store.check()
    with pytest.raises(StorageError, match="bucket or folder is not there"):
        store.push(MeetingFolder(tmp_path / ID))
    with pytest.raises(StorageError, match="bucket or folder is not there"):
        Store(f"file://{tmp_path}/not/mounted", key(tmp_path)).check()
    assert not (tmp_path / "not").exists()


def test_no_server_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in credentials(9).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StorageError, match="does not answer"):
        Store("s3://bucket/office", key(tmp_path)).check()


def test_without_a_server_nothing_goes_to_a_maker_of_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in credentials(9):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    with pytest.raises(StorageError, match="Set AWS_ENDPOINT_URL"):
        Store("s3://bucket/office", key(tmp_path)).check()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("s3://AKIA:hunter2@bucket/office", "holds a password"),
        ("s3://AKIA@bucket/office", "holds a password"),
        ("sftp://user:hunter2@host/office", "holds a password"),
        ("simplecache::s3://bucket", "no address"),
        ("bucket/office", "no address"),
        ("/mnt/share", "no address"),
        ("nonsense://bucket", "not installed"),
    ],
)
def test_addresses_that_cannot_be(url: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=says) as told:
        Store(url, key(tmp_path)).check()
    assert "hunter2" not in str(told.value)


def test_the_key_lies_apart_from_what_it_opens(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="lies in the store"):
        Store(f"file://{tmp_path}", tmp_path / "keys" / "store.key")


def test_a_full_disk_here_is_not_taken_for_a_full_store(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    home = MeetingFolder(tmp_path / "data" / "meetings" / ID)
    home.root.mkdir(parents=True)
    (home.root / "10-sound.wav").write_bytes(os.urandom(3_000_000))
    from pipeline.digest import sha256_of

    sound = {
        "inputs": "i",
        "finished": True,
        "file": "10-sound.wav",
        "sha256": sha256_of(home.root / "10-sound.wav"),
    }
    home.note(stages={"decode": sound}, version=1)
    Store(f"file://{tmp_path}/share", key(tmp_path)).push(home)
    program = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from pipeline.store import Store\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"store = Store('file://{tmp_path}/share', Path('{key(tmp_path)}'))\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, {resource.RLIM_INFINITY}))\n"
        f"store.pull('{ID}', Path('{tmp_path}/worker'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "StorageError" in last
    assert f"{tmp_path}/worker/meetings/{ID} cannot be written (file too large)" in last
    assert not list((tmp_path / "worker").rglob("*.part"))


def test_a_sound_of_200_mb_is_sent_and_fetched_in_little_memory(
    bucket: Callable[[str], BucketPlace], tmp_path: Path
) -> None:
    place = bucket("large")
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from pipeline.digest import sha256_of\n"
        "from pipeline.folder import MeetingFolder\n"
        "from pipeline.store import Store\n"
        f"root = Path('{tmp_path}') / 'data' / 'meetings' / '{ID}'\n"
        "root.mkdir(parents=True)\n"
        "with (root / '10-sound.wav').open('wb') as file:\n"
        "    for n in range(200): file.write(bytes([n % 256]) * 1_000_000)\n"
        "sha = sha256_of(root / '10-sound.wav')\n"
        "entry = {'inputs': 'i', 'finished': True, 'file': '10-sound.wav', 'sha256': sha}\n"
        "MeetingFolder(root).note(stages={'decode': entry}, version=1)\n"
        f"store = Store('{place.url}', Path('{key(tmp_path)}'))\n"
        "store.check()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "store.push(MeetingFolder(root))\n"
        f"copy = store.pull('{ID}', Path('{tmp_path}') / 'worker')\n"
        "assert sha256_of(copy.root / '10-sound.wav') == sha\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 120_000, "kilobytes"


def test_a_folder_writes_whole_objects_or_none(tmp_path: Path) -> None:
    made = objects(f"file://{tmp_path}")

    def torn() -> Iterator[bytes]:
        yield b"begun"
        raise StorageError("It went away.", "Come back.")

    made.put("a/b", [b"before"])
    with pytest.raises(StorageError, match="went away"):
        made.put("a/b", torn())
    assert made.read("a/b") == b"before"
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b"]
    assert [made.create("c", b"1"), made.create("c", b"2"), made.read("c")] == [True, False, b"1"]


def test_an_upload_that_breaks_off_is_not_an_object(bucket: Callable[[str], BucketPlace]) -> None:
    place = bucket("torn")
    made = objects(place.url)

    def torn() -> Iterator[bytes]:
        yield from (bytes(5_000_000) for _ in range(5))
        raise StorageError("It went away.", "Come back.")

    with pytest.raises(StorageError, match="went away"):
        made.put("meetings/a/b", torn())
    assert place.raw() == {}
    assert not place._fs.list_multipart_uploads("torn")
    half = place._fs.open("torn/office/meetings/a/c", "wb", block_size=5 << 20, autocommit=False)
    half.write(bytes(11 << 20))  # and then its process was killed
    assert place._fs.list_multipart_uploads("torn")
    made.remove_halves("meetings/a", float("inf"))
    assert not place._fs.list_multipart_uploads("torn")
    half.discard()
    half.closed = True


def test_the_doctor_says_how_the_store_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> tuple[bool, bool, str, str]:
        (found,) = [f for f in examine(tmp_path / "data", tmp_path / "models") if f.name == "store"]
        return found.ok, found.optional, found.says, found.cure

    monkeypatch.setenv("ZHUZI_STORE_KEY", str(key(tmp_path)))
    monkeypatch.delenv("ZHUZI_STORE", raising=False)
    assert said()[:2] == (True, True)
    monkeypatch.setenv("ZHUZI_STORE", f"file://{tmp_path}/share")
    assert said() == (
        False,
        False,
        "The store's bucket or folder is not there.",
        "Make or mount it, or correct ZHUZI_STORE.",
    )
    (tmp_path / "share").mkdir()
    ok, optional, says, _ = said()
    assert (ok, optional) == (True, False)
    assert "can be written" in says
    assert list((tmp_path / "share").rglob("*")) in ([], [tmp_path / "share" / "probe"])


def test_the_benchmark_measures_both_places() -> None:
    done = subprocess.run(
        [sys.executable, "bench/store.py", "--mb", "2", "--runs", "1", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
    )
    rows = json.loads(done.stdout)
    assert [r["figure"] for r in rows if r["figure"].endswith("MB/s")] == [
        f"{place}: {verb}, MB/s" for place in ("file", "s3") for verb in ("push", "pull")
    ]
    assert all(r["value"] is not None for r in rows)
