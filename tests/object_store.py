"""Places for a store, which tests can stop and damage: a folder, and a real server for S3 (SeaweedFS)."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

KEY, SECRET = "AKZHUZITEST", "SKzhuzitest0secret"
READER, READER_SECRET = "AKREADERTEST", "SKreadertest0secret"
_PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
)
_OFF = (
    "s3.port.iceberg=0",
    "s3.port.lance=0",
    "s3.autoCreateBucket=false",
    "master.telemetry=false",
    "s3.iam=false",
)


class Place(Protocol):
    """Where a store is, as its owner sees it, without any key."""

    url: str

    def raw(self) -> dict[str, bytes]:
        """Every object."""

    def write(self, name: str, data: bytes) -> None:
        """Give an object other bytes."""

    def remove(self, name: str) -> None:
        """Take an object away."""

    def stop(self) -> None:
        """Be away, at once."""

    def start(self) -> None:
        """Be back."""


class FolderPlace:
    """A folder that can be unmounted."""

    def __init__(self, root: Path) -> None:
        self.root, self.url = root, f"file://{root}"
        self.root.mkdir()

    def raw(self) -> dict[str, bytes]:
        return {
            p.relative_to(self.root).as_posix(): p.read_bytes() for p in self.root.rglob("*") if p.is_file()
        }

    def write(self, name: str, data: bytes) -> None:
        (self.root / name).write_bytes(data)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def stop(self) -> None:
        self.root.rename(self.root.with_suffix(".away"))

    def start(self) -> None:
        self.root.with_suffix(".away").rename(self.root)


class Server:
    """A server for S3."""

    def __init__(self, place: Path) -> None:
        place.mkdir(exist_ok=True)
        self._place = place
        with contextlib.ExitStack() as stack:
            free = [
                stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(len(_PORTS) + 2)
            ]
            self.port, grpc, *others = (s.getsockname()[1] for s in free)
        rights = [
            {
                "name": "office",
                "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
                "actions": ["Admin"],
            },
            {
                "name": "reader",
                "credentials": [{"accessKey": READER, "secretKey": READER_SECRET}],
                "actions": ["Read", "List"],
            },
        ]
        (place / "rights.json").write_text(json.dumps({"identities": rights}))
        program = Path(sysconfig.get_path("scripts")) / "weed"
        assert program.exists(), "SeaweedFS is not installed: make dev"
        flags = [f"{name}={port}" for name, port in zip(_PORTS, others, strict=True)]
        flags += [f"s3.port={self.port}", f"s3.port.grpc={grpc}", f"s3.config={place / 'rights.json'}", *_OFF]
        flags += [
            f"dir={place}",
            "ip=127.0.0.1",
            "ip.bind=127.0.0.1",
            "volume.max=0",
            "master.volumeSizeLimitMB=64",
        ]
        self._command = [str(program), "server", "-filer", "-s3", *(f"-{flag}" for flag in flags)]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        if self._process is None:
            with (self._place / "log").open("ab") as log:
                self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self._place)
            for _ in range(600):
                try:
                    urllib.request.urlopen(self.endpoint, timeout=2)  # noqa: S310 - an http address of this machine
                except urllib.error.HTTPError:  # it wants to know who asks: it is up
                    return
                except OSError:
                    time.sleep(0.1)
            raise AssertionError("SeaweedFS does not start")

    def stop(self, how: int = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None


class BucketPlace:
    """A bucket of that server."""

    def __init__(self, server: Server, bucket: str) -> None:
        self._server, self._bucket, self.url = server, bucket, f"s3://{bucket}/office"
        for _ in range(100):
            try:
                self._fs.mkdir(bucket)
                break
            except (OSError, PermissionError):  # its parts find each other still
                time.sleep(0.2)

    @property
    def _fs(self) -> Any:
        import s3fs

        return s3fs.S3FileSystem(
            key=KEY,
            secret=SECRET,
            endpoint_url=self._server.endpoint,
            skip_instance_cache=True,
            use_listings_cache=False,
        )

    def raw(self) -> dict[str, bytes]:
        fs, root = self._fs, f"{self._bucket}/office"
        return {path.removeprefix(f"{root}/"): fs.cat_file(path) for path in fs.find(root) if path != root}

    def write(self, name: str, data: bytes) -> None:
        self._fs.pipe_file(f"{self._bucket}/office/{name}", data)

    def remove(self, name: str) -> None:
        self._fs.rm_file(f"{self._bucket}/office/{name}")

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server.start()
        for _ in range(600):
            with contextlib.suppress(OSError):  # it answers before its parts have found each other
                self.raw()
                return
            time.sleep(0.1)
        raise AssertionError("SeaweedFS does not find its objects again")


@contextlib.contextmanager
def server(place: Path) -> Iterator[Server]:
    """A server that does not outlive its tests."""
    made = Server(place)
    try:
        yield made
    finally:
        made.stop()


def credentials(port: int, key: str = KEY, secret: str = SECRET) -> dict[str, str]:
    """Variables by which a program reaches the server."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "2",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
