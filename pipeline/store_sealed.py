"""What one key sees in a store: generations and files of meetings, none of which tells anything to others."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline import store_generation as generations
from pipeline.digest import put
from pipeline.store_folder import ARRIVING
from pipeline.store_generation import Generation, Kept
from pipeline.store_objects import Objects
from pipeline.vault import DamagedError, Readable, Vault
from speakers.disk import storage_error
from speakers.error import StorageError

MARK = "zhuzi-store"
"""The object that says with which key everything is sealed."""

_FRESH_S = 43_200
"""A file that is older, in seconds, and that nobody uses may be collected at any moment: it is put there again."""


class _Hashed:
    """A file that is read, and its digest.

    Args:
        file: to be read from its beginning.
    """

    def __init__(self, file: Readable) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        """So many bytes at most; none at the end."""
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


class Sealed:
    """Meetings in a store.

    Args:
        place: of the objects.
        vault: with the key.
    """

    def __init__(self, place: Objects, vault: Vault) -> None:
        self._objects, self._vault = place, vault
        self._known = False

    def ready(self, *, make: bool = False) -> None:
        """See once whether the store is sealed with our key.

        Args:
            make: say with which it is, where nobody did, and make a key if there is none.

        Raises:
            StorageError: If it is sealed with another one, or nothing is in it.
        """
        if self._known:
            return
        mark = self._objects.read(MARK)
        if mark is None:
            self._objects.look()
            if not make:
                raise StorageError(
                    "There is nothing in the store yet.",
                    "Start a job on the machine with the data directory.",
                )
            self._vault.create()
            self._objects.create(MARK, self._vault.seal(b"1", MARK.encode()))
            mark = self._objects.read(MARK) or b""
        _ = self._vault.id  # a key that is missing is an error of its own
        try:
            self._vault.open(mark, MARK.encode())
        except StorageError as error:
            raise StorageError(
                "The store is sealed with another key.",
                "Copy the key of the machine that has the data directory.",
            ) from error
        self._known = True

    def place(self, meeting_id: str) -> str:
        """Where all of a meeting is."""
        return f"meetings/{self._vault.name('meeting', meeting_id)[:32]}"

    def index(self, meeting_id: str, number: int) -> str:
        """Name of the object that holds a generation."""
        return f"{self.place(meeting_id)}/index/{number:08d}"

    def blob(self, meeting_id: str, kept: Kept) -> str:
        """Name of the object that holds a file."""
        return f"{self.place(meeting_id)}/blobs/{self._vault.name('blob', meeting_id, kept.sha256)}"

    def blobs(self, meeting_id: str) -> set[str]:
        """Names of the files that are there and will not be collected just now."""
        found = self._objects.names(f"{self.place(meeting_id)}/blobs")
        newest = self.newest(meeting_id)
        used = {self.blob(meeting_id, kept) for kept in newest.files.values()} if newest else set()
        return {n for n, seen in found.items() if n in used or (seen.changed or 0) > time.time() - _FRESH_S}

    def numbers(self, meeting_id: str) -> list[int]:
        """Which generations there are, in their order; the first ones may be empty."""
        found = self._objects.names(f"{self.place(meeting_id)}/index")
        return sorted(int(name.rsplit("/", 1)[-1]) for name in found)

    def newest(self, meeting_id: str) -> Generation | None:
        """The newest generation; None if the store does not have the meeting."""
        numbers = self.numbers(meeting_id)
        return self.generation(meeting_id, numbers[-1]) if numbers else None

    def generation(self, meeting_id: str, number: int) -> Generation | None:
        """One generation; None if it was taken away.

        Raises:
            StorageError: If it is damaged, or another one was put in its place.
        """
        sealed = self._objects.read(self.index(meeting_id, number))
        if not sealed:
            return None
        return generations.parse(self._vault.open(sealed, self._clear("index", meeting_id, str(number))))

    def add(self, meeting_id: str, made: Generation) -> bool:
        """Create a generation, unless somebody else created that number or the meeting was forgotten meanwhile."""
        name = self.index(meeting_id, made.number)
        sealed = self._vault.seal(made.to_bytes(), self._clear("index", meeting_id, str(made.number)))
        if not self._objects.create(name, sealed):
            there = self.generation(meeting_id, made.number)
            if there is None or there.token != made.token:  # with its token it is ours: the answer was lost
                return False
        if made.number > 1 and made.number - 1 not in self.numbers(meeting_id):
            self._objects.remove(name)
            return False
        return True

    def send(self, meeting_id: str, path: Path, kept: Kept) -> None:
        """Put a file there.

        Raises:
            DamagedError: If it is not, or no longer, what the manifest says.
        """

        def pieces() -> Iterator[bytes]:
            try:
                with path.open("rb") as file:
                    plain = _Hashed(file)
                    yield from self._vault.seal_pieces(plain, self._clear("blob", meeting_id, kept.sha256))
            except OSError as error:
                raise StorageError(
                    f"A file of meeting {meeting_id} cannot be read.",
                    "Run the recording again: it is made anew.",
                ) from error
            if plain.digest.hexdigest() != kept.sha256:
                raise DamagedError(
                    f"A file of meeting {meeting_id} changed while it was sent, or is damaged.",
                    "Run the recording again: it is made anew.",
                )

        self._objects.put(self.blob(meeting_id, kept), pieces())

    def fetch(self, meeting_id: str, kept: Kept, into: Path) -> None:
        """Have a file under a name: all of it, or nothing.

        Raises:
            DamagedError: If it is damaged or gone, twice; it is not in the store any more then.
            StorageError: If the disk here is full.
        """
        half = into.with_name(f"{ARRIVING}{secrets.token_hex(8)}")
        for last in (False, True):
            try:
                into.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                if self._fetched(meeting_id, kept, half):
                    put(half, into)
                    return
            except OSError as error:
                raise storage_error(into, error) from error
            finally:
                with contextlib.suppress(OSError):
                    half.unlink(missing_ok=True)
            if last:
                self._objects.remove(self.blob(meeting_id, kept))
        raise DamagedError(
            f"A file of meeting {meeting_id} in the store is damaged or gone.",
            "Run it again: it is sent or made anew.",
        )

    def _fetched(self, meeting_id: str, kept: Kept, half: Path) -> bool:
        """Whether a file came as it was sent."""
        seen = hashlib.sha256()
        with self._objects.stream(self.blob(meeting_id, kept)) as sealed:
            if sealed is None:
                return False
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                pieces = self._vault.open_pieces(sealed, self._clear("blob", meeting_id, kept.sha256))
                try:
                    for piece in pieces:
                        seen.update(piece)
                        file.write(piece)
                except DamagedError:
                    return False
        return seen.hexdigest() == kept.sha256

    @staticmethod
    def _clear(kind: str, *of: str) -> bytes:
        """What is bound to sealed bytes, so that they open nowhere else."""
        return "\0".join(("zhuzi store 1", kind, *of)).encode()
