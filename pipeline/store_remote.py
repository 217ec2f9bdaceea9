"""fsspec's one door: the objects of a store, wherever its address says that they are."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.store_objects import Folder, Objects, Seen, Told, code_of, told
from pipeline.vault import Readable
from speakers.error import StorageError

_BLOCK = 8 << 20
"""Bytes that travel at once; what is not longer is sent with one request."""


def objects(url: str) -> Objects:
    """The objects at an address.

    Raises:
        StorageError: If the address cannot be used.
    """
    import fsspec

    scheme = urlsplit(url).scheme
    if not scheme or "::" in url or not fsspec.utils.get_protocol(url):
        raise StorageError(
            "ZHUZI_STORE is no address of a store.", "Write it as s3://BUCKET/FOLDER or file:///FOLDER."
        )
    if urlsplit(url).password is not None or (scheme in {"s3", "s3a"} and "@" in urlsplit(url).netloc):
        raise StorageError(
            "ZHUZI_STORE holds a password.",
            "Take it out of the address, and name a file with it in AWS_SHARED_CREDENTIALS_FILE.",
        )
    if scheme in {"file", "local"}:
        return Folder(Path(fsspec.core.strip_protocol(url)))
    return Remote(url)


class Remote:
    """Objects in whatever else fsspec opens."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opened: tuple[int, Any, str] | None = None

    @property
    def _fs(self) -> Any:
        """The file system, connected by this process: a connection does not survive a fork."""
        if self._opened is None or self._opened[0] != os.getpid():
            import fsspec

            # Credentials come from files and variables; no service of a cloud is asked for them.
            os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
            try:
                fs, root = fsspec.core.url_to_fs(
                    self._url, skip_instance_cache=True, use_listings_cache=False
                )
            except (ImportError, ValueError):  # it knows of it, or it does not
                raise StorageError(
                    f"What opens addresses that begin with {urlsplit(self._url).scheme} is not installed.",
                    "Install it: for s3 it is zhuzi[s3].",
                ) from None
            _not_by_chance(fs)
            self._opened = (os.getpid(), fs, root.rstrip("/"))
        return self._opened[1]

    def _at(self, name: str) -> str:
        _ = self._fs
        assert self._opened  # noqa: S101 - the line above opened it
        return f"{self._opened[2]}/{name}".rstrip("/")

    def look(self) -> None:
        """As `Objects.look`."""
        with told():
            self._fs.ls(self._at("").split("/", 1)[0], detail=False)

    def create(self, name: str, data: bytes) -> bool:
        """As `Objects.create`."""
        with told():
            try:
                self._fs.pipe_file(self._at(name), data, mode="create")
            except Exception as error:
                if _was_there(error):
                    return False
                raise
            return True

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """As `Objects.put`."""
        begun, rest = _as_far_as(iter(pieces), _BLOCK)
        if rest is None:
            with told():
                self._fs.pipe_file(self._at(name), begun)
            return
        with told():
            # Without autocommit: leaving a `with` after an error would finish the upload of half a file.
            file = self._fs.open(self._at(name), "wb", block_size=_BLOCK, autocommit=False)
            try:
                for piece in itertools.chain([begun], rest):
                    file.write(piece)
                file.close()
                file.commit()
            except BaseException:
                with contextlib.suppress(
                    Exception
                ):  # the server forgets it by itself, or `remove_halves` tells it to
                    file.discard()
                file.closed = True  # nothing is sent when Python takes it away
                raise

    def read(self, name: str) -> bytes | None:
        """As `Objects.read`."""
        with told():
            try:
                return bytes(self._fs.cat_file(self._at(name)))
            except FileNotFoundError:
                return None

    @contextlib.contextmanager
    def stream(self, name: str) -> Iterator[Readable | None]:
        """As `Objects.stream`."""
        with contextlib.ExitStack() as opened:
            found: Readable | None = None
            with told(), contextlib.suppress(FileNotFoundError):
                file = self._fs.open(self._at(name), "rb", block_size=_BLOCK, cache_type="readahead")
                found = Told(opened.enter_context(file))
            yield found

    def names(self, prefix: str) -> dict[str, Seen]:
        """As `Objects.names`."""
        with told():
            self._fs.invalidate_cache()
            above, root = self._at(prefix) + "/", len(self._at("")) + 1
            found = self._fs.find(above, withdirs=False, detail=True)
            return {
                path[root:]: Seen(int(seen["size"] or 0), _changed(seen))
                for path, seen in found.items()
                if path.startswith(above)
                and seen["type"] == "file"  # of a folder without any, S3 says itself
            }

    def remove(self, name: str) -> None:
        """As `Objects.remove`."""
        with told(), contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._at(name))

    def remove_halves(self, prefix: str, before: float) -> None:
        """As `Objects.remove_halves`."""
        if not hasattr(self._fs, "list_multipart_uploads"):
            return
        with told():
            bucket, _, key = self._at(prefix).partition("/")
            for upload in self._fs.list_multipart_uploads(bucket) or ():
                begun = upload["Initiated"].timestamp() if "Initiated" in upload else 0
                if upload["Key"].startswith(f"{key}/") and begun < before:
                    self._fs.abort_mpu(bucket, upload["Key"], upload["UploadId"])

    def keeps_what_is_removed(self) -> bool:
        """As `Objects.keeps_what_is_removed`."""
        if not hasattr(self._fs, "is_bucket_versioned"):
            return False
        with told():
            return bool(self._fs.is_bucket_versioned(self._at("").split("/", 1)[0]))


def _changed(seen: dict[str, Any]) -> float | None:
    """When an object was written, of what a file system says of it."""
    said = seen.get("LastModified") or seen.get("mtime") or seen.get("last_modified")
    if said is None:
        return None
    return float(said) if isinstance(said, (int, float)) else float(said.timestamp())


def _not_by_chance(fs: Any) -> None:
    """Refuse a file system that would go to its maker's servers because nobody said where else.

    Raises:
        StorageError: If it would.
    """
    if "s3" not in (fs.protocol if isinstance(fs.protocol, tuple) else (fs.protocol,)):
        return
    with told():
        fs.connect()
        host = urlsplit(str(fs.s3.meta.endpoint_url)).hostname or ""
    said = (
        any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")) or fs.endpoint_url
    )
    if host.endswith("amazonaws.com") and not said:
        raise StorageError(
            "Nobody said which server holds the store.",
            "Set AWS_ENDPOINT_URL to the address of your own, such as https://s3.office.example.",
        )


def _was_there(error: Exception) -> bool:
    """Whether an object was not created because there is one, or because somebody else is just creating it."""
    return isinstance(error, FileExistsError) or code_of(error) in {
        "PreconditionFailed",
        "412",
        "ConditionalRequestConflict",
    }


def _as_far_as(pieces: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes] | None]:
    """The beginning of what comes in pieces, and the pieces after it; None if that was all.

    >>> _as_far_as(iter([b"ab", b"cd"]), 8)
    (b'abcd', None)
    >>> begun, rest = _as_far_as(iter([b"ab", b"cd", b"ef"]), 3)
    >>> begun, list(rest)
    (b'abcd', [b'ef'])
    """
    begun, length = [], 0
    for piece in pieces:
        begun.append(piece)
        length += len(piece)
        if length > size:
            return b"".join(begun), pieces
    return b"".join(begun), None
